"""Facts cannot be changed or removed, whatever program tries."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import Engine, text

from db.engine import writing
from db.tables import APPEND_ONLY
from tests.databases import row_counts
from tests.small_bundle import SMALL
from trustjudge_core.errors import DatabaseProblem
from trustjudge_core.services.import_bundle import import_bundle


def test_the_facts_are_what_was_asked_answered_judged_and_decided() -> None:
    assert set(APPEND_ONLY) == {"questions", "responses", "score_judgments", "pair_judgments", "verdicts"}


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
def test_a_fact_is_neither_changed_nor_deleted(engine: Engine, table: str, statement: str) -> None:
    import_bundle(engine, SMALL, "small")
    before = row_counts(engine)
    with pytest.raises(DatabaseProblem, match="keeps what was recorded"), writing(engine) as connection:
        connection.execute(text(statement.format(table)))
    assert row_counts(engine) == before


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_replace_and_truncate_do_not_get_around_it(engine: Engine, table: str) -> None:
    import_bundle(engine, SMALL, "small")
    statement = (
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        if engine.dialect.name == "sqlite"
        else f"TRUNCATE {table} CASCADE"
    )
    with pytest.raises(DatabaseProblem, match="keeps what was recorded"), writing(engine) as connection:
        connection.execute(text(statement))


def test_another_program_is_refused_as_well(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("only an SQLite file can be opened past the app")
    import_bundle(engine, SMALL, "small")
    other = sqlite3.connect(str(engine.url.database))
    with pytest.raises(sqlite3.IntegrityError, match="verdicts is append-only"):
        other.execute("DELETE FROM verdicts")
    other.close()
