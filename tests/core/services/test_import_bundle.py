"""An import stores all or nothing, and nothing twice."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import Engine

from db.engine import open_engine, reading
from db.response_sets import read
from tests.databases import row_counts
from tests.small_bundle import PAIRS, RESPONSE_SET, SCORES, SMALL, VERDICTS
from trustjudge_core.errors import DatabaseProblem, UsageError
from trustjudge_core.records import Bundle, Note, Question, Response, ResponseSet, ScoreJudgment, Verdict
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.open_database import open_database

EVERYTHING = {
    "questions": 2,
    "responses": 5,
    "score_judgments": 5,
    "pair_judgments": 6,
    "verdicts": 5,
}


def test_everything_is_stored_once(engine: Engine) -> None:
    outcome = import_bundle(engine, SMALL, " small ")
    assert (outcome.set_name, outcome.new_set, outcome.new_runs, outcome.new_verdicts) == ("small", True, 2, 5)
    assert outcome.stored == EVERYTHING
    assert not outcome.already_there
    counts = row_counts(engine)
    assert {name: counts[name] for name in EVERYTHING} == EVERYTHING
    assert (counts["response_sets"], counts["judges"], counts["runs"], counts["score_sheets"]) == (1, 2, 2, 2)


def test_the_same_content_is_recognised_under_another_name_and_in_another_order(engine: Engine) -> None:
    first = import_bundle(engine, SMALL, "small")
    before = row_counts(engine)
    rng = random.Random(7)
    shuffled = Bundle(
        ResponseSet(
            tuple(
                replace(q, responses=tuple(rng.sample(q.responses, len(q.responses))))
                for q in reversed(RESPONSE_SET.questions)
            )
        ),
        tuple(rng.sample(SCORES, len(SCORES))),
        tuple(rng.sample(PAIRS, len(PAIRS))),
        tuple(rng.sample(VERDICTS, len(VERDICTS))),
        (Note("other name.zip", None, "said differently"),),
    )
    again = import_bundle(engine, shuffled, "other name")
    assert again.already_there
    assert again.set_name == "small"
    assert (again.set_id, set(again.run_ids)) == (first.set_id, set(first.run_ids))
    assert set(again.stored.values()) == {0}
    assert row_counts(engine) == before


def test_a_further_judge_adds_a_run_to_the_set_that_is_there(engine: Engine) -> None:
    alone = Bundle(RESPONSE_SET, tuple(s for s in SCORES if s.judge == "bo"), notes=SMALL.notes)
    first = import_bundle(engine, alone, "small")
    note = Note("comparisons.jsonl", 1, "new to the set")
    both = import_bundle(engine, replace(SMALL, pairs=(), verdicts=(), notes=(*SMALL.notes, note)), "small")
    assert (both.set_id, both.new_set, both.new_runs) == (first.set_id, False, 1)
    assert both.run_ids[1] == first.run_ids[0], "bo said nothing new"
    assert both.stored == {**dict.fromkeys(EVERYTHING, 0), "score_judgments": 4}
    with reading(engine) as connection:
        assert read(connection, both.set_id)[1] == (*SMALL.notes, note), "notes are added, not repeated"


def test_a_judge_that_said_something_else_is_another_run_of_the_same_judge(engine: Engine) -> None:
    import_bundle(engine, SMALL, "small")
    changed = replace(SMALL, scores=(*SCORES, ScoreJudgment("sky", "b", "bo", (1, 5), emitted=2.0)))
    again = import_bundle(engine, changed, "small")
    assert (again.new_runs, row_counts(engine)["runs"], row_counts(engine)["judges"]) == (1, 3, 2)


def test_only_verdicts_that_are_new_are_added(engine: Engine) -> None:
    import_bundle(engine, SMALL, "small")
    more = replace(SMALL, verdicts=(*VERDICTS, Verdict("sky", "fay", first="a", second="b", verdict="first")))
    outcome = import_bundle(engine, more, "small")
    assert (outcome.new_verdicts, outcome.new_runs, outcome.already_there) == (1, 0, False)
    assert row_counts(engine)["verdicts"] == 6


def test_other_responses_under_a_taken_name_get_a_number(engine: Engine) -> None:
    names = [
        import_bundle(engine, Bundle(ResponseSet((Question("q", text, (Response("r", "x"),)),))), "set").set_name
        for text in ("one", "two", "three")
    ]
    assert names == ["set", "set (2)", "set (3)"]


def test_a_failure_at_the_very_end_leaves_nothing(engine: Engine) -> None:
    before = row_counts(engine)
    broken = replace(SMALL, verdicts=(*VERDICTS, Verdict("sky", "half \ud800", first="a", second="b", verdict="first")))
    with pytest.raises(DatabaseProblem, match="half of a character"):
        import_bundle(engine, broken, "small")
    assert row_counts(engine) == before == dict.fromkeys(before, 0)
    assert import_bundle(engine, SMALL, "small").new_set


@pytest.mark.parametrize("name", ["", "  \n", "\u200b\u202e"])
def test_a_set_needs_a_name(engine: Engine, name: str) -> None:
    with pytest.raises(UsageError, match="has no name"):
        import_bundle(engine, SMALL, name)


@pytest.mark.parametrize("name", ["x" * 2_001, "é" * 1_001, "a\0b"])
def test_a_name_that_some_database_cannot_hold_is_refused_by_all(engine: Engine, name: str) -> None:
    with pytest.raises(UsageError, match="at most 2,000 bytes"):
        import_bundle(engine, SMALL, name)
    assert import_bundle(engine, SMALL, "é" * 1_000).new_set


def test_a_number_beyond_the_database_is_said(engine: Engine) -> None:
    huge = ScoreJudgment("sky", "a", "ada", (1, 5), emitted=1.0, token_count=10**30)
    with pytest.raises(DatabaseProblem, match="allowed"):
        import_bundle(engine, replace(SMALL, scores=(huge,)), "small")
    assert row_counts(engine)["response_sets"] == 0


def test_several_that_import_the_same_at_once_store_it_once(database_url: str) -> None:
    together = Barrier(4)

    def start(number: int) -> tuple[int, tuple[int, ...], bool]:
        engine = open_database(database_url)
        together.wait(timeout=120)
        outcome = import_bundle(engine, SMALL, f"from {number}")
        engine.dispose()
        return outcome.set_id, outcome.run_ids, outcome.already_there

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(start, range(4)))
    assert len({outcome[:2] for outcome in outcomes}) == 1
    assert sorted(outcome[2] for outcome in outcomes) == [False, True, True, True]
    engine = open_engine(database_url)
    counts = row_counts(engine)
    assert {name: counts[name] for name in EVERYTHING} == EVERYTHING
    engine.dispose()
