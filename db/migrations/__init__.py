"""The schema's history, and bringing a database to its newest state.

Migrations are numbered files in ``versions``; the newest number is the head. Nothing of Alembic
is loaded for a database that is already there.
"""

from __future__ import annotations

import io
from pathlib import Path
from threading import Lock
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from db.engine import one_writer, reading
from db.problems import in_words, translated
from trustjudge_core.errors import DatabaseProblem

FOLDER: Final = Path(__file__).parent

_ALEMBIC: Final = Lock()
"""Alembic keeps the migration under way in module variables: one thread of a process at a time."""


def migrate(engine: Engine) -> None:
    """Bring the database to the newest schema, in one transaction; several processes may do this at once.

    Raises DatabaseProblem when it cannot be opened or was made by a newer TrustJudge.
    """
    with reading(engine) as connection:
        version = _version(connection)
    if version == head():
        return
    if version is not None and version not in _revisions():
        raise DatabaseProblem(
            f"database {in_words(engine.url)} has schema {version}; "
            f"allowed: up to {head()}; use the newer TrustJudge that made it"
        )
    with _ALEMBIC, translated(engine.url), engine.connect() as connection:
        _upgrade(connection)


def head() -> str:
    """The newest revision."""
    return _revisions()[-1]


def _revisions() -> list[str]:
    """All revisions, oldest first: the numbers that the file names begin with."""
    return sorted(file.name.split("_")[0] for file in (FOLDER / "versions").glob("[0-9]*.py"))


def _version(connection: Connection) -> str | None:
    """The revision the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(connection: Connection) -> None:
    """Run what is missing on this connection and commit it."""
    from alembic import command  # 0.2 s, so only when there is something to do
    from alembic.config import Config

    config = Config(output_buffer=io.StringIO(), stdout=io.StringIO())
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    _keep_references(connection, "OFF")
    try:
        with connection.begin():
            one_writer(connection)
            command.upgrade(config, "head")
    finally:
        _keep_references(connection, "ON")


def _keep_references(connection: Connection, setting: str) -> None:
    """Switch SQLite's foreign keys, which only works outside a transaction.

    Batch mode replaces a table by a changed copy; with the keys on, dropping the old one would
    count as deleting everything that others refer to.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys = {setting}")  # type: ignore[union-attr]
