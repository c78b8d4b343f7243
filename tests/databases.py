"""A fresh database per test: SQLite always, PostgreSQL when TRUSTJUDGE_TEST_POSTGRES names a server.

The variable is the URL of a server and user that may create databases, for example
postgresql://postgres@127.0.0.1:5432/postgres. Conftest files import the fixtures from here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, func, make_url, select, text

from db.engine import open_engine, reading
from db.migrations import migrate
from db.tables import metadata

SERVER = "TRUSTJUDGE_TEST_POSTGRES"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.sqlite3'}"
        return
    if SERVER not in os.environ:
        pytest.skip(f"{SERVER} does not name a PostgreSQL server to test on")
    server = make_url(os.environ[SERVER]).set(drivername="postgresql+psycopg")
    name = f"trustjudge_test_{uuid4().hex}"
    administrator = create_engine(server, isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with administrator.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administrator.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database of each kind with the newest schema and nothing in it."""
    opened = open_engine(database_url)
    migrate(opened)
    yield opened
    opened.dispose()


def row_counts(engine: Engine) -> dict[str, int]:
    """Rows of every table, so that a test can see that nothing was added."""
    with reading(engine) as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
        }
