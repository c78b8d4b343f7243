"""Alembic's entry: on the connection of `migrate`, else (for developers) on the database of DATABASE_URL."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from db.engine import open_engine
from db.tables import metadata


def run(connection: Connection) -> None:
    """Run the migrations on a connection whose transaction its owner commits."""
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, transaction_per_migration=False
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with open_engine().begin() as own:
        run(own)
