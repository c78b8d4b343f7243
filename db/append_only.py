"""Triggers that make a table append-only. Migrations call these.

SQLite's batch mode copies a table and forgets its triggers: a migration that alters a fact table
must call `protect` again (a test looks for the triggers after all migrations).
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
$$
"""


def protect(connection: Connection, table: str) -> None:
    """Make the database refuse every UPDATE and DELETE (and TRUNCATE) on the table."""
    if connection.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            connection.execute(
                text(
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            )
        return
    connection.execute(text(_FUNCTION))
    connection.execute(
        text(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    )
    connection.execute(
        text(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    )


def unprotect(connection: Connection, table: str) -> None:
    """Take the triggers of `protect` away again, before a migration drops or rewrites the table."""
    if connection.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}"))
        return
    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}"))
    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}"))
