"""Open a database and run transactions on it.

SQLite: write-ahead log (readers never wait), foreign keys on, a wait of 30 s for the one writer,
and every write transaction takes the write lock at its start: one that reads first and writes
later would fail at once when another got there between. PostgreSQL: a read transaction sees one
snapshot, and `one_writer` gives writers the same turn-taking that SQLite has.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from db.problems import translated
from trustjudge_core.errors import DatabaseProblem, UsageError

DEFAULT_FILE: Final = Path("data") / "trustjudge.sqlite3"
"""Where the database lives when DATABASE_URL says nothing, under the working folder."""

BUSY_SECONDS: Final = 30.0
CONNECT_SECONDS: Final = 5

IMPORT_CACHE: Final = 64 * 1024**2
"""Bytes of SQLite pages in memory during an import; 2 MB otherwise. A tenth of the time of a million rows."""

_READS_ONLY: Final = "trustjudge_reads_only"
_WRITER_LOCK: Final = 0x7472757374  # any fixed number: the name of the lock on a PostgreSQL server


def open_engine(url: str | None = None) -> Engine:
    """An engine for ``url``, else for DATABASE_URL, else for the SQLite file `DEFAULT_FILE`.

    The folder of an SQLite file is made when missing. Raises UsageError for a URL that cannot
    be used, DatabaseProblem when the folder cannot be made. Connects only when first used.
    """
    text = url or os.environ.get("DATABASE_URL") or f"sqlite:///{DEFAULT_FILE}"
    try:
        parsed = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise UsageError(
            "the database URL cannot be read; allowed: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME; "
            "correct DATABASE_URL"
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            return _open_sqlite(parsed)
        case "postgresql" | "postgres":
            return _open_postgresql(parsed)
        case other:
            raise UsageError(
                f"database {other!r} is not supported; allowed: sqlite or postgresql; "
                "correct DATABASE_URL, for example sqlite:///FILE"
            )


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A read-only transaction over one consistent state. Raises DatabaseProblem when the database refuses."""
    options: dict[str, Any] = {_READS_ONLY: True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with translated(engine.url), engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """The one write transaction: committed at the end, undone by any exception.

    Others that want to write wait their turn. Raises DatabaseProblem when the database refuses.
    """
    with translated(engine.url), engine.begin() as connection:
        one_writer(connection)
        yield connection


@contextmanager
def writing_much(engine: Engine) -> Iterator[Connection]:
    """The same for very many rows: SQLite keeps more pages of its indexes in memory meanwhile."""
    with writing(engine) as connection:
        sqlite = connection.dialect.name == "sqlite"
        usual = connection.exec_driver_sql("PRAGMA cache_size").scalar() if sqlite else None
        if sqlite:
            connection.exec_driver_sql(f"PRAGMA cache_size = {-IMPORT_CACHE // 1024}")
        try:
            yield connection
        finally:
            if sqlite:
                connection.exec_driver_sql(f"PRAGMA cache_size = {usual}")


def one_writer(connection: Connection) -> None:
    """Wait until no other writes; holds until the transaction ends. SQLite does this by BEGIN IMMEDIATE."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")


def _open_sqlite(url: URL) -> Engine:
    """SQLite from a file, or in memory (one connection shared by all threads: for tests)."""
    in_memory = url.database in (None, "", ":memory:")
    if not in_memory and not url.query.get("uri"):
        folder = Path(url.database or "").parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseProblem(
                f"the folder {folder} for the database cannot be made ({error.strerror}); "
                "allowed: a folder that can be written; choose another in DATABASE_URL"
            ) from error
    arguments: dict[str, Any] = {"check_same_thread": False}
    if "timeout" not in url.query:
        arguments["timeout"] = BUSY_SECONDS
    if in_memory:
        engine = create_engine(url.set(drivername="sqlite+pysqlite"), connect_args=arguments, poolclass=StaticPool)
    else:
        # Streamlit runs each visitor's script in its own thread: connections move between threads.
        engine = create_engine(
            url.set(drivername="sqlite+pysqlite"), connect_args=arguments, pool_size=8, max_overflow=24
        )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _open_postgresql(url: URL) -> Engine:
    """PostgreSQL through psycopg 3; a connection that died while it lay in the pool is replaced."""
    arguments = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args=arguments,
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,
    )


def _set_pragmas(connection: Any, _record: Any) -> None:
    """Settings of one SQLite connection. ``recursive_triggers`` lets triggers see INSERT OR REPLACE as a delete."""
    connection.isolation_level = None  # we say BEGIN ourselves, see `_begin`
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):  # true once in a file's life
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "readonly" not in str(error):  # a read-only file keeps the mode it has
                raise
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA recursive_triggers = ON")


def _begin(connection: Connection) -> None:
    """Begin an SQLite transaction: with the write lock, unless it promised only to read."""
    reads_only = connection.get_execution_options().get(_READS_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
