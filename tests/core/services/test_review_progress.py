"""How far a review has come, as each person sees it."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import Engine

from tests.core.services.reviewing import decide, shown, stored_tournament
from trustjudge_core.errors import UsageError
from trustjudge_core.services.next_case import next_case
from trustjudge_core.services.review_progress import review_progress
from trustjudge_core.services.set_overlap import set_overlap
from trustjudge_core.services.set_rubric import set_rubric
from trustjudge_core.services.store_verdict import store_verdict
from trustjudge_core.services.undo_verdict import undo_verdict


def test_before_the_first_verdict(engine: Engine) -> None:
    ground = stored_tournament(engine)
    found = review_progress(engine, ground, "ann")
    assert (found.cases, found.settled, found.decided, found.mine, found.open_for_me) == (24, 0, 0, 0, 24)
    assert found.inconsistent == found.inconsistent_before > 0
    assert found.last_resolved is None
    assert np.isnan(found.pace)
    assert found.outlook.triples > 0


def test_each_verdict_says_what_it_resolved_and_the_sum_is_what_changed(engine: Engine) -> None:
    ground = stored_tournament(engine)
    start, resolved = review_progress(engine, ground, "ann").inconsistent, []
    for verdict in ("first", "tie", "second", None, "first"):
        decide(engine, ground, verdict)  # type: ignore[arg-type]
        resolved.append(review_progress(engine, ground, "ann").last_resolved)
    now = review_progress(engine, ground, "ann")
    assert resolved[3] == 0  # cannot tell
    assert sum(n for n in resolved if n is not None) == start - now.inconsistent
    assert (now.decided, now.mine, now.settled, now.open_for_me) == (4, 5, 4, 19)
    undo_verdict(engine, ground, "ann")
    back = review_progress(engine, ground, "ann")
    assert (back.mine, back.inconsistent) == (4, now.inconsistent + (resolved[4] or 0))


def test_others_see_their_own_share(engine: Engine) -> None:
    ground = stored_tournament(engine)
    set_overlap(engine, ground.set_id, 2, "ann")
    decide(engine, ground, "first", "ann")
    ann, bob = (review_progress(engine, ground, name) for name in ("ann", "bob"))
    assert (ann.mine, ann.open_for_me, bob.mine, bob.open_for_me) == (1, 23, 0, 24)
    assert (ann.decided, ann.settled, ann.overlap) == (1, 0, 2)
    assert bob.last_resolved is None


def test_disagreements_are_counted(engine: Engine) -> None:
    ground = stored_tournament(engine, questions=1, responses=2)
    set_overlap(engine, ground.set_id, 2, "ann")
    for name in ("ann", "bob"):
        case = shown(engine, ground, name).presentation
        lower_wins = str(case.first) < str(case.second)
        says_first = lower_wins if name == "ann" else not lower_wins
        decide(engine, ground, "first" if says_first else "second", name)
    found = review_progress(engine, ground, "cy")
    assert (found.disagreements, found.split, found.settled) == (1, 1, 0)


def test_pace_is_the_seconds_taken_over_those_expected(engine: Engine) -> None:
    ground = stored_tournament(engine)
    for factor in (0.5, 2.0, 4.0):
        case = shown(engine, ground)
        store_verdict(engine, case.token, "ann", "tie", seconds=factor * case.expected_seconds)
    assert review_progress(engine, ground, "ann").pace == pytest.approx(2.0)
    assert np.isnan(review_progress(engine, ground, "bob").pace)


def test_a_new_rubric_starts_over_and_the_end_says_stop(engine: Engine) -> None:
    ground = stored_tournament(engine, questions=1, responses=3)
    while next_case(engine, ground, "ann") is not None:
        decide(engine, ground, "tie")
    done = review_progress(engine, ground, "ann")
    assert (done.settled, done.open_for_me, done.outlook.stop, done.outlook.verdicts) == (3, 0, True, 0)
    set_rubric(engine, ground.set_id, "Count the facts.", "bob")
    again = review_progress(engine, ground, "ann")
    assert (again.settled, again.mine, again.open_for_me) == (0, 0, 3)
    with pytest.raises(UsageError, match="the name ' ' cannot be used"):
        review_progress(engine, ground, " ")
