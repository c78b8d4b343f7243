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
from trustjudge_core.services.next_case import next_case
from trustjudge_core.services.open_review import open_review
from trustjudge_core.services.set_overlap import set_overlap
from trustjudge_core.services.set_rubric import set_rubric


def test_the_facts_are_what_was_asked_answered_judged_and_decided() -> None:
    assert set(APPEND_ONLY) == {
        *("questions", "responses", "score_judgments", "pair_judgments", "verdicts"),
        *("rubrics", "review_rules", "presentations", "activity"),
    }


def _fill(engine: Engine) -> None:
    """At least one row in every fact table."""
    outcome = import_bundle(engine, SMALL, "small")
    set_rubric(engine, outcome.set_id, "Is it right?", "ann")
    set_overlap(engine, outcome.set_id, 2, "ann")
    assert next_case(engine, open_review(engine, outcome.run_ids[0]), "ann") is not None
    assert all(row_counts(engine)[table] for table in APPEND_ONLY)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
def test_a_fact_is_neither_changed_nor_deleted(engine: Engine, table: str, statement: str) -> None:
    _fill(engine)
    before = row_counts(engine)
    with pytest.raises(DatabaseProblem, match="keeps what was recorded"), writing(engine) as connection:
        connection.execute(text(statement.format(table)))
    assert row_counts(engine) == before


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_replace_and_truncate_do_not_get_around_it(engine: Engine, table: str) -> None:
    _fill(engine)
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
