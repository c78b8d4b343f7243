"""The database: engine, tables, migrations and one module per stored noun; records in, records out."""
