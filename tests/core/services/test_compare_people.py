"""People and the judge compared from stored verdicts."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.core.services.reviewing import decide, shown, stored_tournament
from trustjudge_core.errors import UsageError
from trustjudge_core.services.compare_people import compare_people
from trustjudge_core.services.next_case import Choice
from trustjudge_core.services.open_review import ReviewGround
from trustjudge_core.services.set_overlap import set_overlap

PAIRS = (("q0000", "r00", "r01"), ("q0001", "r00", "r01"), ("q0002", "r00", "r01"))


def _say(engine: Engine, ground: ReviewGround, person: str, wanted: str, pair: tuple[str, str, str]) -> None:
    choice = Choice(pairs=(pair,))
    first = shown(engine, ground, person, choice).presentation.first
    decide(engine, ground, "first" if first == wanted else "second", person, choice)


# ann: r00 three times. bob: r00, r00, r01. They agree on two of three.
def test_agreement_and_disagreements_can_go_straight_back_into_the_queue(engine: Engine) -> None:
    ground = stored_tournament(engine)
    set_overlap(engine, ground.set_id, 2, "ann")
    for pair, bobs in zip(PAIRS, ("r00", "r00", "r01"), strict=True):
        _say(engine, ground, "ann", "r00", pair)
        _say(engine, ground, "bob", bobs, pair)
    found = compare_people(engine, ground)
    assert (found.people.agree.count, found.people.agree.total) == (2, 3)
    (divided,) = found.disagreements
    assert (divided.question_id, divided.a, divided.b) == PAIRS[2]
    assert (divided.for_a, divided.tie, divided.for_b) == (("ann",), (), ("bob",))
    again = shown(engine, ground, "cy", Choice(pairs=((divided.question_id, divided.a, divided.b),)))
    assert again.presentation.question_id == "q0002"
    assert found.overall.pairs == 3
    assert found.overall.people_tie.count == 1  # the split
    assert sum(a.pairs for a in found.by_category.values()) == 3
    alone = compare_people(engine, ground, people=["bob"])
    assert (alone.people.agree.total, alone.overall.people_tie.count) == (0, 0)
    with pytest.raises(UsageError, match="'eve' decided nothing here"):
        compare_people(engine, ground, people=["eve"])
