"""Is it worth going on? By hand, and along a whole simulated review."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.small_runs import both_orders, pair, run_of
from trustjudge_core.cases import Cases, cases_of
from trustjudge_core.evidence import Evidence
from trustjudge_core.outlook import Outlook, outlook
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.records import RunJudgments
from trustjudge_core.review import review_queue


def _look(cases: Cases, votes: np.ndarray, open_cases: np.ndarray | None = None) -> Outlook:
    still_open = votes.sum(axis=1) == 0 if open_cases is None else open_cases
    return outlook(cases, votes, review_queue(cases, votes, still_open))


def _flipping(questions: int) -> RunJudgments:
    """a against b, whoever is shown first wins."""
    names = [f"q{n}" for n in range(questions)]
    pairs = [p for q in names for p in (pair("a", "b", "first", question=q), pair("b", "a", "first", question=q))]
    return run_of(dict.fromkeys(names, "ab"), pairs=pairs)


def test_nothing_left_to_decide_is_a_reason_to_stop() -> None:
    cases = cases_of(Evidence(_flipping(4), "corrected"), "baseline", 0.0)
    votes = np.zeros((4, 3), np.int64)
    votes[:, 2] = 1
    found = _look(cases, votes)
    assert (found.verdicts, found.triples, found.minutes, found.stop) == (0, 0.0, 0.0, True)


def test_the_look_covers_as_many_as_were_given_and_a_tenth_at_least() -> None:
    cases = cases_of(Evidence(_flipping(40), "corrected"), "baseline", 0.0)
    votes = np.zeros((40, 3), np.int64)
    assert _look(cases, votes).verdicts == 4
    votes[:15, 2] = 1
    found = _look(cases, votes)
    assert found.verdicts == 15
    assert found.minutes == pytest.approx(15 * 6 / 60)  # no texts: deciding only


# 40 pairs tied by the judge, 20 decided for a: a has 20 + 10 of 40 points. The other 20 are believed like the
# first: the shares move by the sum of expected changes over 40, which is more than the interval is wide.
def test_movement_is_the_expected_move_over_half_the_interval() -> None:
    cases = cases_of(Evidence(_flipping(40), "corrected"), "baseline", 0.0)
    votes = np.zeros((40, 3), np.int64)
    votes[:20, 2] = 1
    queue = review_queue(cases, votes, votes.sum(axis=1) == 0)
    found = outlook(cases, votes, queue)
    belief = queue.belief.shares[20:]
    drift = ((belief[:, 2] - belief[:, 0]) / 2).sum()
    spread = ((belief[:, 2] + belief[:, 0]) / 4 - ((belief[:, 2] - belief[:, 0]) / 2) ** 2).sum()
    points = np.array([1.0] * 20 + [0.5] * 20)
    draws = np.random.default_rng(3).choice(points, (20_000, 40)).mean(axis=1)
    low, high = np.quantile(draws, [0.020, 0.980])  # of a t interval over 40 questions, in steps of 1/80
    assert found.movement == pytest.approx(np.hypot(drift, np.sqrt(spread)) / 40 / ((high - low) / 2), rel=0.2)
    assert not found.stop


def test_a_review_begins_with_work_and_ends_with_none_worth_doing() -> None:
    planted = planted_run(Dials(noise=0.7, position_bias=0.8, tie=0.5), questions=20, responses=6, seed=1)
    cases = cases_of(Evidence(planted.run, "corrected"), "baseline", 0.0)
    truth = np.sign(planted.skills[cases.table.i] - planted.skills[cases.table.j]).astype(int)
    votes = np.zeros((len(cases), 3), np.int64)
    stops, looks = [], []
    while True:
        queue = review_queue(cases, votes, votes.sum(axis=1) == 0)
        looks.append(outlook(cases, votes, queue))
        stops.append(looks[-1].stop)
        if not len(queue.order) or len(stops) > 200:
            break
        for case in queue.order[:10]:
            votes[case, truth[case] + 1] = 1
    assert looks[0].triples > 5
    assert not stops[0]
    assert stops[-1]
    assert looks[-1].triples < 1


def test_without_systems_contradictions_decide() -> None:
    run = run_of({"q": "abc"}, pairs=[p for x in ("ab", "bc", "ca") for p in both_orders(*x, "first")], systems={})
    cases = cases_of(Evidence(run, "corrected"), "baseline", 0.0)
    found = _look(cases, np.zeros((3, 3), np.int64))
    assert np.isnan(found.movement)
    assert found.mover is None
    assert found.stop == (found.triples < 0.05 * found.verdicts)
