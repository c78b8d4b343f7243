"""Revising, withdrawing and undoing: what was said stays, what stands is clear."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from tests.core.services.reviewing import decide, pair_of, shown, stored_tournament
from trustjudge_core.errors import NotFound, UsageError
from trustjudge_core.services.list_activity import list_activity
from trustjudge_core.services.list_verdicts import list_verdicts
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.open_database import open_database
from trustjudge_core.services.revise_verdict import revise_verdict
from trustjudge_core.services.set_rubric import set_rubric
from trustjudge_core.services.store_verdict import store_verdict
from trustjudge_core.services.undo_verdict import undo_verdict
from trustjudge_core.services.withdraw_verdict import withdraw_verdict


def test_a_revision_stands_and_the_past_is_kept(engine: Engine) -> None:
    ground = stored_tournament(engine)
    given_first = decide(engine, ground, "first").verdict
    revised = revise_verdict(engine, given_first.verdict_id, ground.run_id, "ann", "tie", note="on reflection")
    before, after = list_verdicts(engine, ground.set_id)
    assert (before.stands, before.verdict, after.stands, after.verdict) == (False, "first", True, "tie")
    assert (after.kind, after.supersedes, after.note) == ("revise", before.verdict_id, "on reflection")
    assert (after.first, after.second) == (before.first, before.second)
    assert revised.new
    assert load_run(engine, ground.run_id).verdicts.verdict.tolist() == [0]
    newest = list_activity(engine)[0]
    assert (newest.person, newest.action, newest.detail["before"], newest.detail["said"]) == (
        "ann",
        "revised",
        "first",
        "tie",
    )


def test_a_revision_sent_twice_is_one(engine: Engine) -> None:
    ground = stored_tournament(engine)
    verdict_id = decide(engine, ground, "first").verdict.verdict_id
    one = revise_verdict(engine, verdict_id, ground.run_id, "ann", "second")
    two = revise_verdict(engine, verdict_id, ground.run_id, "ann", "second")
    assert (one.new, two.new) == (True, False)
    assert two.verdict == one.verdict
    with pytest.raises(UsageError, match="was superseded meanwhile"):
        revise_verdict(engine, verdict_id, ground.run_id, "ann", "tie")
    assert len(list_verdicts(engine, ground.set_id)) == 2


def test_only_ones_own_pair_verdicts_that_stand_can_be_revised(engine: Engine) -> None:
    ground = stored_tournament(engine)
    verdict_id = decide(engine, ground, "first").verdict.verdict_id
    with pytest.raises(UsageError, match=f"verdict {verdict_id} is ann's"):
        revise_verdict(engine, verdict_id, ground.run_id, "bob", "tie")
    with pytest.raises(NotFound, match="verdict 99 is not in the database"):
        revise_verdict(engine, 99, ground.run_id, "ann", "tie")
    with pytest.raises(NotFound, match="run 99 is not in the database"):
        revise_verdict(engine, verdict_id, 99, "ann", "tie")
    withdraw_verdict(engine, verdict_id, "ann")
    with pytest.raises(UsageError, match="was withdrawn meanwhile"):
        revise_verdict(engine, verdict_id, ground.run_id, "ann", "tie")


def test_withdrawing_opens_the_case_again_and_twice_is_once(engine: Engine) -> None:
    ground = stored_tournament(engine, questions=1, responses=2)
    verdict_id = decide(engine, ground, "first").verdict.verdict_id
    assert withdraw_verdict(engine, verdict_id, "boss", note="wrong case")
    assert not withdraw_verdict(engine, verdict_id, "boss")
    given_first, taken = list_verdicts(engine, ground.set_id)
    assert (given_first.stands, taken.stands, taken.kind, taken.person, taken.note) == (
        *(False, False, "withdraw", "ann"),
        "wrong case",
    )
    assert list_activity(engine)[0].person == "boss"
    assert len(load_run(engine, ground.run_id).verdicts.verdict) == 0
    decide(engine, ground, "second")
    assert load_run(engine, ground.run_id).verdicts.verdict.tolist() == [-1]
    with pytest.raises(NotFound, match="verdict 99"):
        withdraw_verdict(engine, 99, "boss")


def test_undo_shows_the_same_case_with_the_same_sides_and_goes_back_further_each_time(engine: Engine) -> None:
    ground = stored_tournament(engine)
    cases = []
    for verdict in ("first", "second"):
        cases.append(shown(engine, ground))
        decide(engine, ground, verdict)  # type: ignore[arg-type]
    for case in reversed(cases):
        back = undo_verdict(engine, ground, "ann")
        assert back is not None
        assert (back.presentation.first, back.presentation.second) == (
            case.presentation.first,
            case.presentation.second,
        )
        assert back.token != case.token
    assert undo_verdict(engine, ground, "ann") is None
    assert undo_verdict(engine, ground, "bob") is None
    assert all(not v.stands for v in list_verdicts(engine, ground.set_id))


def test_undo_leaves_what_was_imported_under_the_same_name(engine: Engine) -> None:
    from dataclasses import replace

    from tests.small_bundle import SMALL
    from trustjudge_core.services.import_bundle import import_bundle
    from trustjudge_core.services.open_review import open_review

    outcome = import_bundle(engine, replace(SMALL), "small")
    assert undo_verdict(engine, open_review(engine, outcome.run_ids[0]), "eve") is None


def test_a_new_rubric_reopens_what_was_judged_under_the_old_one(engine: Engine) -> None:
    ground = stored_tournament(engine, questions=1, responses=2)
    old = decide(engine, ground, "first").verdict
    rubric = set_rubric(engine, ground.set_id, "Only facts count.", "ann")
    assert set_rubric(engine, ground.set_id, " Only facts count. ", "bob") == rubric  # the same text is no change
    case = shown(engine, ground)
    assert case.rubric == rubric
    assert case.presentation.question_id == old.question_id
    assert load_run(engine, ground.run_id).verdicts.verdict.tolist() == [1]  # until it is decided anew
    new = store_verdict(engine, case.token, "ann", "tie").verdict
    assert (old.rubric, new.rubric, new.kind, new.supersedes) == (0, 1, "revise", old.verdict_id)
    assert load_run(engine, ground.run_id).verdicts.verdict.tolist() == [0]


def test_a_case_shown_before_the_rubric_changed_is_judged_under_the_rubric_that_was_shown(engine: Engine) -> None:
    ground = stored_tournament(engine, questions=1, responses=2)
    case = shown(engine, ground)
    set_rubric(engine, ground.set_id, "Only facts count.", "bob")
    assert store_verdict(engine, case.token, "ann", "tie").verdict.rubric == 0
    assert shown(engine, ground).token != case.token


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(("first", "second", "tie", "undo", "revise", "withdraw")), max_size=12))
def test_what_stands_is_what_a_plain_stack_says(tmp_path_factory: pytest.TempPathFactory, acts: list[str]) -> None:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('acts')}/a.sqlite3")
    ground = stored_tournament(engine, questions=3, responses=3)
    model: dict[tuple[str, frozenset[str | None]], tuple[int, str]] = {}
    for act in acts:
        newest = max(model.values(), default=None)
        pair = next((p for p, v in model.items() if v == newest), None)
        if act in ("undo", "withdraw", "revise"):
            if newest is None or pair is None:
                continue
            if act == "revise":
                turned = "second" if newest[1] != "second" else "first"
                done = revise_verdict(engine, newest[0], ground.run_id, "ann", turned)  # type: ignore[arg-type]
                model[pair] = (done.verdict.verdict_id, turned)
                continue
            if act == "undo":
                undo_verdict(engine, ground, "ann")
            else:
                withdraw_verdict(engine, newest[0], "ann")
            del model[pair]
        else:
            case = shown(engine, ground)
            stored = store_verdict(engine, case.token, "ann", act).verdict  # type: ignore[arg-type]
            model[pair_of(case)] = (stored.verdict_id, act)
    standing = list_verdicts(engine, ground.set_id, only_standing=True)
    assert {v.verdict_id: v.verdict for v in standing} == dict(model.values())
    assert len(np.unique([v.verdict_id for v in standing])) == len(standing)
    engine.dispose()
