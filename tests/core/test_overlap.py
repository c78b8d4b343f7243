"""Who still has to look at what, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.core.small_runs import both_orders, run_of
from trustjudge_core.cases import Cases, cases_of
from trustjudge_core.evidence import Evidence
from trustjudge_core.overlap import CaseStates, case_states
from trustjudge_core.records import UNKNOWN, VerdictColumns
from trustjudge_core.review_records import ReviewColumns

SAYS = {"i": 1, "j": -1, "tie": 0, "?": UNKNOWN}


def _cases() -> Cases:
    pairs = [p for x in ("ab", "ac", "bc") for p in both_orders(*x, "tie")]
    return cases_of(Evidence(run_of({"q": "abc"}, pairs=pairs), "corrected"), "baseline", 0.0)


def _given(*rows: tuple[str, str, str], rubrics: list[int] | None = None) -> ReviewColumns:
    """(pair, who, what) in the order of recording; the pair's letters are in shown order."""
    people = tuple(dict.fromkeys(who for _, who, _ in rows))
    columns: dict[str, Any] = {
        "first": np.array(["abc".index(pair[0]) for pair, _, _ in rows], np.int64),
        "second": np.array(["abc".index(pair[1]) for pair, _, _ in rows], np.int64),
        "verdict": np.array([SAYS[what] for _, _, what in rows], np.int8),
        "annotator": np.array([people.index(who) for _, who, _ in rows], np.int64),
    }
    count = len(rows)
    return ReviewColumns(
        VerdictColumns(**columns, annotators=people),
        np.arange(count),
        np.array(rubrics or [0] * count, np.int64),
        np.full(count, np.nan),
    )


def _states(given: ReviewColumns, person: str = "ann", overlap: int = 1, rubric: int = 0) -> CaseStates:
    return case_states(_cases(), given, person, overlap, rubric)


def _open(states: CaseStates, held: list[int] | None = None) -> list[bool]:
    found: list[bool] = states.open_for_me(np.array(held or [0, 0, 0], np.int64)).tolist()
    return found


def test_without_verdicts_everything_is_open() -> None:
    states = _states(_given())
    assert _open(states) == [True] * 3
    assert not states.settled.any()
    assert states.relation.tolist() == [UNKNOWN] * 3


def test_each_person_counts_once_by_the_newest_verdict_from_either_side() -> None:
    states = _states(_given(("ab", "ann", "i"), ("ba", "ann", "i"), ("ab", "bob", "j")), overlap=2)
    assert states.votes.tolist() == [[2, 0, 0], [0, 0, 0], [0, 0, 0]]  # ba said first wins: that is j
    assert states.settled.tolist() == [True, False, False]
    assert _open(states) == [False, True, True]


def test_cannot_tell_is_seen_but_decides_nothing() -> None:
    given = _given(("ab", "ann", "?"))
    assert _open(_states(given)) == [False, True, True]
    assert _open(_states(given, "bob")) == [True, True, True]
    assert _states(given).people.tolist() == [0, 0, 0]


def test_overlap_wants_that_many_people_and_screens_of_others_count() -> None:
    given = _given(("ab", "bob", "i"))
    assert _open(_states(given)) == [False, True, True]
    assert _open(_states(given, overlap=2)) == [True, True, True]
    assert _open(_states(given, overlap=2), held=[1, 1, 2]) == [False, True, False]


def test_a_split_is_open_to_whoever_has_not_seen_it_and_to_those_who_spoke_before_the_others() -> None:
    given = _given(("ab", "ann", "i"), ("ab", "bob", "j"))
    assert _states(given, overlap=2).split.tolist() == [True, False, False]
    assert _open(_states(given, "cy", 2)) == [True, True, True]
    assert not _open(_states(given, "ann", 2))[0]
    reconsider = {who: bool(_states(given, who, 2).to_reconsider[0]) for who in ("ann", "bob", "cy")}
    assert reconsider == {"ann": True, "bob": False, "cy": True}
    third = _given(("ab", "ann", "i"), ("ab", "bob", "j"), ("ab", "cy", "i"))
    settled = _states(third, overlap=2)
    assert (settled.disagreement[0], settled.split[0], settled.settled[0]) == (True, False, True)
    assert settled.relation[0] == 1


def test_verdicts_under_another_rubric_leave_the_case_open() -> None:
    given = _given(("ab", "ann", "i"), ("ac", "ann", "i"), rubrics=[0, 1])
    assert _open(_states(given, rubric=1)) == [True, False, True]
    assert _states(given, rubric=1).people.tolist() == [0, 1, 0]
