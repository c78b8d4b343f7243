"""The gate: its numbers by hand, its promise by simulation with known truth."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from tests.core.small_runs import pair, run_of
from trustjudge_core.acceptance import acceptance
from trustjudge_core.cases import Cases, cases_of
from trustjudge_core.errors import UsageError
from trustjudge_core.evidence import Evidence
from trustjudge_core.planted import Dials, planted_run


def _cases(sure: int, unsure: int) -> Cases:
    """One pair a question: ``sure`` ones at 0.9, ``unsure`` ones at 0.5; a always wins by the judge."""
    tops = [0.9] * sure + [0.5] * unsure
    pairs = []
    for n, top in enumerate(tops):
        rest = (1 - top) / 2
        pairs += [
            pair("a", "b", "first", (top, rest, rest), question=f"q{n}"),
            pair("b", "a", "second", (rest, top, rest), question=f"q{n}"),
        ]
    run = run_of({f"q{n}": "ab" for n in range(len(tops))}, pairs=pairs)
    return cases_of(Evidence(run, "corrected"), "likelihood", 0.0)


def _votes(cases: Cases, right: list[int], wrong: list[int]) -> NDArray[np.int64]:
    votes = np.zeros((len(cases), 3), np.int64)
    votes[right, 2] = 1
    votes[wrong, 0] = 1
    return votes


# Sure pairs: 60 decided, 1 wrong: P(at most 1 of 60 | 10 %) = 0.9^60 + 60 * 0.1 * 0.9^59 = 0.014 <= 0.1. Unsure ones:
# 30 decided, 15 wrong, together 16 of 90, which is far from refuting 10 %.
def test_sure_pairs_are_accepted_and_unsure_ones_are_not() -> None:
    cases = _cases(100, 50)
    votes = _votes(cases, [*range(59), *range(100, 115)], [59, *range(115, 130)])
    found = acceptance(cases, votes, level=0.1, confidence=0.9)
    assert found.accepted.tolist() == [True] * 100 + [False] * 50
    assert (found.unseen, found.checked, found.wrong) == (40, 60, 1)
    # Clopper and Pearson's interval, two-sided at 80 %, ends where the one-sided one at 90 % does.
    assert found.bound == pytest.approx(binomtest(1, 60).proportion_ci(0.8, "exact").high)
    assert found.needed == 22  # 0.9^22 = 0.098 <= 0.1 < 0.9^21


def test_too_few_verdicts_promise_nothing() -> None:
    cases = _cases(30, 0)
    found = acceptance(cases, _votes(cases, list(range(21)), []), level=0.1, confidence=0.9)
    assert (found.unseen, found.accepted.any(), np.isnan(found.threshold), found.needed) == (0, False, True, 22)
    enough = acceptance(cases, _votes(cases, list(range(22)), []), level=0.1, confidence=0.9)
    assert enough.unseen == 8
    assert acceptance(cases, _votes(cases, [], []), level=0.5).unseen == 0


def test_a_tie_that_the_judge_did_not_say_is_wrong_too() -> None:
    cases = _cases(40, 0)
    votes = np.zeros((40, 3), np.int64)
    votes[:, 1] = 1
    assert acceptance(cases, votes, level=0.5).unseen == 0
    assert np.isnan(acceptance(cases, votes, level=0.5).threshold)


@pytest.mark.parametrize(("level", "confidence"), [(0.0, 0.9), (1.0, 0.9), (0.1, 1.0), (float("nan"), 0.9)])
def test_levels_outside_0_to_1_are_refused(level: float, confidence: float) -> None:
    cases = _cases(2, 0)
    with pytest.raises(UsageError, match="cannot be used; allowed: between 0 and 1"):
        acceptance(cases, _votes(cases, [], []), level, confidence)


# 80 judges, each with its own gate from 250 random verdicts. At confidence 0.9 at most one gate in ten may let through
# more than 15 % wrong pairs; 15 of 80 would happen by chance with probability below 0.01. Pairs of a question depend.
def test_the_promise_holds_on_planted_judges_whose_pairs_depend_on_each_other() -> None:
    broken = accepting = 0
    for seed in range(80):
        planted = planted_run(
            Dials(noise=1.2, position_bias=0.5, tie=0.3, question_effect=0.5), questions=60, responses=5, seed=seed
        )
        cases = cases_of(Evidence(planted.run, "corrected"), "likelihood", 0.0)
        truth = np.sign(planted.skills[cases.table.i] - planted.skills[cases.table.j]).astype(int)
        asked = np.random.default_rng(seed).choice(len(cases), 250, replace=False)
        votes = np.zeros((len(cases), 3), np.int64)
        votes[asked, truth[asked] + 1] = 1
        found = acceptance(cases, votes, level=0.15, confidence=0.9, seed=seed)
        if found.accepted.any():
            accepting += 1
            broken += bool((cases.relation[found.accepted] != truth[found.accepted]).mean() > 0.15)
    assert accepting > 40
    assert broken < 15
