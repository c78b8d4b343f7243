"""Preference against length: the planted slope, SciPy's least squares, and texts that were not kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.core.small_runs import both_orders, run_of
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.evidence import Evidence
from trustjudge_core.length_effect import length_effect
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.records import RunJudgments


def with_lengths(run: RunJudgments, lengths: list[float]) -> Evidence:
    """The run with lengths of its texts."""
    return Evidence(replace(run, index=replace(run.index, lengths=np.array(lengths))), "corrected")


# Differences a-b 10, a-c 30, b-c 20: root mean square sqrt(1400/3). a>b, a>c, c>b at the surest flow, L = ln 99.
# Slope: L (10 + 30 - 20) / sqrt(1400/3) over (100 + 900 + 400) / (1400/3) = 3.
def test_slope_by_hand() -> None:
    judged = [*both_orders("a", "b", "first"), *both_orders("a", "c", "first"), *both_orders("c", "b", "first")]
    evidence = with_lengths(run_of({"q": "abc"}, pairs=judged), [40.0, 30.0, 10.0])
    found = length_effect(evidence, "baseline", 0.0, QuestionBootstrap(1))
    unit = np.sqrt(1400 / 3)
    assert (found.pairs, found.spread) == (3, pytest.approx(unit))
    assert found.slope.value == pytest.approx(np.log(99) * 20 / unit / 3)
    assert (found.longer_wins.count, found.longer_wins.total) == (2, 3)


# Little noise: the mean of two noisy probabilities lies nearer to one half than the probability of the mean logit.
@pytest.mark.parametrize("slope", [-0.4, 0.0, 0.7])
def test_the_planted_slope_is_found(slope: float) -> None:
    planted = planted_run(Dials(length=slope, noise=0.1), questions=80, responses=6, skills=np.zeros(6))
    found = length_effect(Evidence(planted.run, "corrected"), "likelihood", 0.0, QuestionBootstrap(80, 500))
    assert found.slope.value == pytest.approx(slope, abs=0.03)
    assert found.slope.low <= slope <= found.slope.high


def test_texts_that_were_not_kept_take_no_part() -> None:
    judged = [*both_orders("a", "b", "first"), *both_orders("a", "c", "first")]
    evidence = with_lengths(run_of({"q": "abc"}, pairs=judged), [40.0, 30.0, np.nan])
    assert length_effect(evidence, "baseline", 0.0, QuestionBootstrap(1)).pairs == 1
    none = length_effect(
        Evidence(run_of({"q": "abc"}, pairs=judged), "corrected"), "baseline", 0.0, QuestionBootstrap(1)
    )
    assert (none.pairs, none.longer_wins.total) == (0, 0)
    assert np.isnan([none.spread, none.slope.value, none.longer_wins.value]).all()


def test_equal_lengths_have_no_slope() -> None:
    evidence = with_lengths(run_of({"q": "ab"}, pairs=both_orders("a", "b", "first")), [7.0, 7.0])
    found = length_effect(evidence, "baseline", 0.0, QuestionBootstrap(1))
    assert (found.pairs, found.spread, found.longer_wins.total) == (1, 0.0, 0)
    assert np.isnan(found.slope.value)
