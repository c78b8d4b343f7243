"""Why a case stood where it did in the queue."""

from __future__ import annotations

from tests.core.small_runs import both_orders, run_of
from trustjudge_core.case_reason import case_reason, untouched_queue
from trustjudge_core.cases import cases_of
from trustjudge_core.evidence import Evidence


def test_every_pair_of_a_cycle_sits_in_its_triple_and_the_others_in_none() -> None:
    """a > b > c > a is one strict cycle; in the other question x > y > z adds up."""
    pairs = [p for winner, loser in ("ab", "bc", "ca") for p in both_orders(winner, loser, "first")]
    pairs += [p for winner, loser in ("xy", "yz", "xz") for p in both_orders(winner, loser, "first", question="r")]
    run = run_of({"q": ["a", "b", "c"], "r": ["x", "y", "z"]}, pairs=pairs)
    cases = cases_of(Evidence(run, "corrected"), "baseline", 0.0)
    queue = untouched_queue(cases)
    reasons = [case_reason(cases, queue, case) for case in range(len(cases))]
    assert sorted(reason.triples for reason in reasons) == [0, 0, 0, 1, 1, 1]
    assert sorted(reason.place for reason in reasons) == [1, 2, 3, 4, 5, 6]
    assert {reason.place for reason in reasons if reason.triples} == {1, 2, 3}, "they come before what adds up"
    assert all(0 < reason.expected <= 1 for reason in reasons if reason.triples)
    assert {reason.cases for reason in reasons} == {6}
