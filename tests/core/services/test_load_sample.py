"""The sample is loaded into an empty database, and only there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from tests.databases import row_counts
from tests.small_bundle import SMALL
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.list_runs import list_runs
from trustjudge_core.services.load_sample import load_sample


def test_an_empty_database_gets_the_sample_which_says_that_it_is_one(engine: Engine) -> None:
    outcome = load_sample(engine)
    assert outcome is not None
    assert outcome.stored["questions"] >= 12
    assert [(run.run_id, run.is_sample) for run in list_runs(engine)] == [(outcome.run_ids[0], True)]
    assert load_sample(engine) is None


def test_a_database_in_use_is_left_alone(engine: Engine) -> None:
    import_bundle(engine, SMALL, "small")
    before = row_counts(engine)
    assert load_sample(engine) is None
    assert row_counts(engine) == before


def test_two_that_start_at_once_load_it_once(engine: Engine) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(load_sample, [engine, engine]))
    assert row_counts(engine)["response_sets"] == 1
