"""A verdict is stored once, as shown, with when, why and under which rubric; nothing half."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from db.engine import open_engine
from tests.core.services.reviewing import decide, shown, stored_tournament
from tests.databases import row_counts
from trustjudge_core.errors import NotFound, UsageError
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.list_activity import list_activity
from trustjudge_core.services.list_runs import list_runs
from trustjudge_core.services.list_verdicts import list_verdicts
from trustjudge_core.services.load_bundle import load_bundle
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.set_rubric import set_rubric
from trustjudge_core.services.show_case import show_response
from trustjudge_core.services.store_verdict import store_score, store_verdict


def test_everything_about_a_verdict_is_kept(engine: Engine) -> None:
    ground = stored_tournament(engine)
    set_rubric(engine, ground.set_id, "Is it right?", "ann")
    case = shown(engine, ground)
    stored = store_verdict(engine, case.token, "ann", "second", seconds=12.5, note=" shorter \n")
    (kept,) = list_verdicts(engine, ground.set_id)
    assert stored.new
    assert kept == stored.verdict
    assert (kept.person, kept.verdict, kept.kind, kept.stands, kept.reviewed) == ("ann", "second", "decide", True, True)
    assert (kept.rubric, kept.seconds, kept.note) == (1, 12.5, "shorter")
    assert (kept.first, kept.second) == (case.presentation.first, case.presentation.second)
    assert kept.created_at.utcoffset() is not None


def test_a_double_key_press_stores_one_verdict_and_the_first_counts(engine: Engine) -> None:
    ground = stored_tournament(engine)
    token = shown(engine, ground).token
    first = store_verdict(engine, token, "ann", "first")
    again = store_verdict(engine, token, "ann", "second")
    assert (first.new, again.new) == (True, False)
    assert again.verdict == first.verdict
    assert [v.verdict for v in list_verdicts(engine, ground.set_id)] == ["first"]
    assert [entry.action for entry in list_activity(engine, person="ann")] == ["decided"]


def test_a_request_sent_by_many_threads_at_once_is_stored_once(engine: Engine) -> None:
    ground = stored_tournament(engine)
    token = shown(engine, ground).token
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda _: store_verdict(engine, token, "ann", "tie"), range(8)))
    assert sum(s.new for s in stored) == 1
    assert len(list_verdicts(engine, ground.set_id)) == 1


def test_two_people_on_the_same_case_are_both_kept(engine: Engine) -> None:
    ground = stored_tournament(engine, questions=1, responses=2)
    one, other = shown(engine, ground, "ann"), shown(engine, ground, "bob")
    store_verdict(engine, one.token, "ann", "tie")
    store_verdict(engine, other.token, "bob", "first")
    assert [(v.person, v.stands) for v in list_verdicts(engine, ground.set_id)] == [("ann", True), ("bob", True)]


def test_nothing_is_stored_for_what_cannot_be(engine: Engine) -> None:
    ground = stored_tournament(engine)
    case = shown(engine, ground)
    alone = show_response(engine, ground, "ann", "q0000", "r00")
    before = row_counts(engine)
    with pytest.raises(NotFound, match="was not shown by this database"):
        store_verdict(engine, "0" * 32, "ann", "first")
    with pytest.raises(UsageError, match="was shown to ann, not to bob"):
        store_verdict(engine, case.token, "bob", "first")
    with pytest.raises(UsageError, match="verdict 'both' does not exist; allowed: first, second, tie or none"):
        store_verdict(engine, case.token, "ann", "both")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="the note has 10,001 characters"):
        store_verdict(engine, case.token, "ann", "first", note="x" * 10_001)
    with pytest.raises(UsageError, match="-1 seconds cannot have passed"):
        store_verdict(engine, case.token, "ann", "first", seconds=-1)
    with pytest.raises(UsageError, match="one response was shown, not two"):
        store_verdict(engine, alone.token, "ann", "first")
    with pytest.raises(UsageError, match="two responses were shown, not one"):
        store_score(engine, case.token, "ann", 3, (1, 5))
    with pytest.raises(UsageError, match="score 7 is outside the scale; allowed: 1 to 5"):
        store_score(engine, alone.token, "ann", 7, (1, 5))
    with pytest.raises(UsageError, match="the scale 5 to 1 cannot be used"):
        store_score(engine, alone.token, "ann", 3, (5, 1))
    assert row_counts(engine) == before


def test_a_score_of_one_response_is_kept_and_scoring_again_supersedes_it(engine: Engine) -> None:
    ground = stored_tournament(engine)
    for score in (4.0, 2.0):
        token = show_response(engine, ground, "ann", "q0000", "r00").token
        store_score(engine, token, "ann", score, (1, 5), seconds=3.0)
    first, second = list_verdicts(engine, ground.set_id)
    assert (first.score, first.stands, second.score, second.stands) == (4.0, False, 2.0, True)
    assert (second.scale, second.criterion, second.supersedes) == ((1.0, 5.0), "overall", first.verdict_id)


def test_verdicts_take_part_in_the_run_and_in_its_list(engine: Engine) -> None:
    ground = stored_tournament(engine)
    decide(engine, ground, "first")
    decide(engine, ground, None)
    verdicts = load_run(engine, ground.run_id).verdicts
    assert (verdicts.verdict.tolist(), verdicts.annotators) == ([1], ("ann",))  # who cannot tell decides nothing
    (run,) = list_runs(engine)
    assert (run.verdicts, run.verdict_history) == (2, 2)


def test_an_export_imported_again_doubles_no_verdict(engine: Engine) -> None:
    ground = stored_tournament(engine)
    for verdict in ("first", "tie", None):
        decide(engine, ground, verdict)  # type: ignore[arg-type]
    bundle = load_bundle(engine, ground.run_id, ground.set_id)
    assert len(bundle.verdicts) == 3
    before = row_counts(engine)
    assert import_bundle(engine, bundle, "again").already_there
    assert row_counts(engine) == before
    elsewhere = open_engine("sqlite:///:memory:")
    from db.migrations import migrate

    migrate(elsewhere)
    outcome = import_bundle(elsewhere, bundle, "copy")
    assert load_bundle(elsewhere, outcome.run_ids[0], outcome.set_id).verdicts == bundle.verdicts
