"""Every pair in which a system met another is counted once, from its side."""

from __future__ import annotations

import numpy as np

from tests.core.small_runs import both_orders, pair, run_of
from trustjudge_core.evidence import Evidence
from trustjudge_core.head_to_head import Meetings, meetings

# Question q: x beats y, y beats z, x and z tie. Question r: y2 beats x2, and x2 was asked against z2 in vain.
QUESTIONS = {"q": ["x", "y", "z"], "r": ["x2", "y2", "z2"]}
SYSTEMS = {"x": "X", "y": "Y", "z": "Z", "x2": "X", "y2": "Y", "z2": "Z"}
PAIRS = [
    *both_orders("x", "y", "first"),
    *both_orders("y", "z", "first"),
    *both_orders("x", "z", "tie"),
    *both_orders("y2", "x2", "first", question="r"),
    pair("x2", "z2", None, question="r", failure="unparsed"),
]


def _met(*own: str) -> tuple[Evidence, Meetings]:
    evidence = Evidence(run_of(QUESTIONS, pairs=PAIRS, systems=SYSTEMS), "corrected")
    marked = np.array([response in own for response in evidence.index.response_ids])
    return evidence, meetings(evidence, "baseline", 0.0, marked)


def _named(evidence: Evidence, found: Meetings) -> list[tuple[str, str, int]]:
    ids = evidence.index.response_ids
    return [(ids[a], ids[b], int(r)) for a, b, r in zip(found.own, found.other, found.relation, strict=True)]


def test_results_are_seen_from_the_side_of_the_system() -> None:
    evidence, found = _met("x", "x2")
    assert _named(evidence, found) == [("x", "y", 1), ("x", "z", 0), ("x2", "y2", -1)]
    evidence, found = _met("y", "y2")
    assert _named(evidence, found) == [("y", "x", -1), ("y", "z", 1), ("y2", "x2", 1)]


def test_rows_point_into_the_pair_table() -> None:
    evidence, found = _met("y", "y2")
    table = evidence.table
    for row, own, other in zip(found.pair, found.own, found.other, strict=True):
        assert {int(table.i[row]), int(table.j[row])} == {int(own), int(other)}


def test_only_meetings_with_one_opponent_remain_when_asked_for() -> None:
    evidence, found = _met("x", "x2")
    against = np.array([response in ("y", "y2") for response in evidence.index.response_ids])
    assert _named(evidence, found.against(against)) == [("x", "y", 1), ("x2", "y2", -1)]


def test_responses_of_the_same_system_do_not_meet() -> None:
    evidence, found = _met("x", "y", "x2", "y2")
    assert _named(evidence, found) == [("x", "z", 0), ("y", "z", 1)]
