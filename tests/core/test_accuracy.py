"""The judge against people: by hand, against scikit-learn, and with probabilities known to be right."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from tests.core.small_runs import both_orders, pair, run_of
from trustjudge_core.accuracy import accuracy, accuracy_by_category, calibration, calibration_by_category
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.cases import Cases, cases_of
from trustjudge_core.evidence import Evidence
from trustjudge_core.records import UNKNOWN, Shown

SAYS: dict[int, Shown] = {1: "first", 0: "tie", -1: "second"}


def _judged(relations: list[int], categories: dict[str, str] | None = None) -> Evidence:
    """One pair a question."""
    pairs = [p for n, r in enumerate(relations) for p in both_orders("a", "b", SAYS[r], question=f"q{n}")]
    run = run_of({f"q{n}": "ab" for n in range(len(relations))}, pairs=pairs, categories=categories)
    return Evidence(run, "corrected")


# Judge a, a, tie, b, b; people a, b, a, tie, nothing. Both decide the first two: one right.
def test_counts_by_hand() -> None:
    evidence = _judged([1, 1, 0, -1, -1], {f"q{n}": "X" if n < 2 else "Y" for n in range(5)})
    cases = cases_of(evidence, "baseline", 0.0)
    people = np.array([1, -1, 1, 0, UNKNOWN], np.int8)
    bootstrap = QuestionBootstrap(5, 200)
    found = accuracy(cases, people, bootstrap)
    assert found.pairs == 4
    assert (found.right.count, found.right.total) == (1, 2)
    assert (found.judge_ties.count, found.judge_ties.total) == (1, 3)
    assert (found.people_tie.count, found.people_tie.total) == (1, 4)
    wanted = cohen_kappa_score([1, 1, 0, -1, -1, -1, 0, 1], [1, -1, 1, 0, -1, 1, -1, 0])
    assert found.kappa == pytest.approx(wanted)
    by_category = accuracy_by_category(evidence, cases, people, bootstrap)
    assert list(by_category) == ["X", "Y"]
    assert (by_category["X"].right.count, by_category["X"].right.total) == (1, 2)
    assert (by_category["Y"].pairs, by_category["Y"].right.total) == (2, 0)


def _with_probability(favourites: NDArray[np.float64], categories: dict[str, str] | None = None) -> Evidence:
    """One pair a question whose judge gives a that probability and a tenth to a tie, the same in both orders."""
    pairs = []
    for n, p in enumerate(favourites.tolist()):
        a, b = 0.9 * p, 0.9 * (1 - p)
        pairs += [
            pair("a", "b", probs=(a, b, 0.1), question=f"q{n}"),
            pair("b", "a", probs=(b, a, 0.1), question=f"q{n}"),
        ]
    run = run_of({f"q{n}": "ab" for n in range(len(favourites))}, pairs=pairs, categories=categories)
    return Evidence(run, "corrected")


def _cases(favourites: NDArray[np.float64]) -> Cases:
    return cases_of(_with_probability(favourites), "likelihood", 0.0)


# Probabilities 0.95, 0.95, 0.05 (b is the favourite); people say a, b, b: two of three favourites win. 0.55: they tie.
def test_calibration_by_hand() -> None:
    cases = _cases(np.array([0.95, 0.95, 0.05, 0.55]))
    votes = np.array([[0, 0, 1], [1, 0, 0], [2, 0, 1], [0, 1, 0]])
    found = calibration(cases, votes, QuestionBootstrap(4, 200))
    assert found.pairs == 3
    last = found.bins[-1]
    assert (last.low, last.high, last.agree.count, last.agree.total) == (0.9, 1.0, 2, 3)
    assert last.mean == pytest.approx(0.95)
    assert found.error.value == pytest.approx(0.95 - 2 / 3)
    assert found.brier.value == pytest.approx((0.05**2 + 0.95**2 + 0.05**2) / 3)
    assert all(b.agree.total == 0 and np.isnan(b.mean) for b in found.bins[:-1])


def test_probabilities_that_are_true_are_calibrated_and_overstated_ones_are_not() -> None:
    rng = np.random.default_rng(0)
    true = rng.uniform(0.05, 0.95, 4000)
    wins = rng.random(4000) < true
    votes = np.zeros((4000, 3), np.int64)
    votes[wins, 2], votes[~wins, 0] = 1, 1
    bootstrap = QuestionBootstrap(4000, 100)
    honest = calibration(_cases(true), votes, bootstrap)
    loud = calibration(_cases(np.where(true > 0.5, 0.5 + true / 2, true / 2)), votes, bootstrap)
    assert honest.error.value < 0.03
    # Favourites are overstated by (1 - p)/2, on average over p from 0.5 to 0.95.
    assert loud.error.value == pytest.approx(0.1375, abs=0.02)
    assert honest.brier.high < loud.brier.low
    inside = sum(b.agree.low - 0.01 <= b.mean <= b.agree.high + 0.01 for b in honest.bins)
    assert inside >= len(honest.bins) - 1


# X: 0.95 for a, who wins twice; Y: 0.95 for a, who loses once. Errors 0.05 and 0.95; together 0.95 - 2/3.
def test_calibration_by_category_by_hand() -> None:
    judged = _with_probability(np.array([0.95, 0.95, 0.95]), {"q0": "X", "q1": "X", "q2": "Y"})
    cases = cases_of(judged, "likelihood", 0.0)
    votes = np.array([[0, 0, 1], [0, 0, 1], [1, 0, 0]])
    bootstrap = QuestionBootstrap(3, 200)
    found = calibration_by_category(judged, cases, votes, bootstrap)
    assert {name: c.pairs for name, c in found.items()} == {"X": 2, "Y": 1}
    assert found["X"].error.value == pytest.approx(0.05)
    assert found["Y"].error.value == pytest.approx(0.95)
    assert np.isnan(found["Y"].error.low), "one question gives no interval"
    assert calibration(cases, votes, bootstrap).error.value == pytest.approx(0.95 - 2 / 3)


def test_without_verdicts_nothing_is_claimed() -> None:
    cases = _cases(np.array([0.9]))
    nothing = calibration(cases, np.zeros((1, 3), np.int64), QuestionBootstrap(1, 10))
    assert (nothing.pairs, np.isnan(nothing.error.value), np.isnan(nothing.brier.value)) == (0, True, True)
    found = accuracy(cases, np.array([UNKNOWN], np.int8), QuestionBootstrap(1, 10))
    assert (found.pairs, found.right.total, np.isnan(found.kappa)) == (0, 0, True)
