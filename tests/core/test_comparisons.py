"""Tallies between entries, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.small_runs import pair, run_of
from trustjudge_core.comparisons import comparisons
from trustjudge_core.evidence import Evidence


# Question p: a against b at 60 : 30 : 10 in both orders; question q: b against c at 20 : 20 : 60. d is nobody.
def run() -> Evidence:
    judged = [
        pair("a", "b", probs=(0.6, 0.3, 0.1), question="p"),
        pair("b", "a", probs=(0.3, 0.6, 0.1), question="p"),
        pair("b", "c", probs=(0.2, 0.2, 0.6), question="q"),
        pair("c", "b", probs=(0.2, 0.2, 0.6), question="q"),
        pair("c", "d", probs=(1.0, 0.0, 0.0), question="q"),
        pair("d", "c", probs=(0.0, 1.0, 0.0), question="q"),
    ]
    return Evidence(run_of({"p": "ab", "q": "bcd"}, pairs=judged), "corrected")


def test_tallies_by_hand() -> None:
    found = comparisons(run(), "likelihood", 0.0, np.array([0, 1, 1, 2, -1]), 3)
    assert np.argwhere(found.wins).tolist() == [[0, 0, 1]]
    assert np.argwhere(found.ties).tolist() == [[1, 1, 2], [1, 2, 1]]
    assert found.soft_wins[0, 0, 1] == pytest.approx(0.6)
    assert found.soft_wins[0, 1, 0] == pytest.approx(0.3)
    assert found.soft_ties[0, 0, 1] == found.soft_ties[0, 1, 0] == pytest.approx(0.1)
    assert found.flow[0, 0, 1] == pytest.approx(np.log(0.65 / 0.35))
    assert found.flow[1, 1, 2] == pytest.approx(0.0)
    assert found.compared.sum() == 4.0


def test_pooled_and_resampled_tallies_are_sums_over_questions() -> None:
    found = comparisons(run(), "likelihood", 0.0, np.array([0, 1, 1, 2, 2]), 3)
    assert found.pooled().soft_wins == pytest.approx(found.soft_wins.sum(axis=0))
    weighted = found.resampled(np.array([[2.0, 0.0], [1.0, 3.0]]))
    assert weighted.flow[1] == pytest.approx(found.flow[0] + 3 * found.flow[1])
    assert weighted.wins[0] == pytest.approx(2 * found.wins[0])
    assert found.of_questions(np.array([1])).of_question(0).ties.tolist() == found.ties[1].tolist()


def test_responses_of_one_entry_are_not_compared() -> None:
    found = comparisons(run(), "likelihood", 0.0, np.zeros(5, np.int64), 1)
    assert found.compared.sum() == 0.0
