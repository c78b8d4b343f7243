"""How much of a scale is used, by hand and against planted dials."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.small_runs import run_of, score
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.evidence import Evidence
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.score_use import ScoreUse, score_uses


def use_of(*scores: object) -> ScoreUse:
    """Use of the first scale of a run of one question."""
    run = run_of({"q": "abcdefghijk"[: len(scores)]}, scores=scores)  # type: ignore[arg-type]
    return score_uses(Evidence(run, "corrected"), QuestionBootstrap(1))[0]


# Eleven expected scores 1.0, 1.2, .. 3.0 on 1-5: the 5th percentile is 1.1, the 95th 2.9, 1.8 of 4 points.
def test_spread_is_between_percentiles_as_a_share_of_the_scale() -> None:
    steps = [1.0 + 0.2 * n for n in range(11)]
    found = use_of(*(score(r, value) for r, value in zip("abcdefghijk", steps, strict=True)))
    assert found.spread == pytest.approx(1.8 / 4)
    assert found.responses == 11
    assert np.isnan([found.entropy.value, found.leaked.value, found.one_digit.value]).all()  # samples, 1-5


# Two equally likely labels of five: ln 2 / ln 5; 0.8 seen.
def test_entropy_and_leak_by_hand() -> None:
    found = use_of(score("a", probs={1.0: 0.4, 2.0: 0.4}))
    assert found.entropy.value == pytest.approx(np.log(2) / np.log(5))
    assert found.leaked.value == pytest.approx(0.2)


def test_one_digit_labels_of_a_longer_scale() -> None:
    found = use_of(score("a", probs={7.0: 0.3, 72.0: 0.5}, scale=(1.0, 100.0)))
    assert found.one_digit.value == pytest.approx(3 / 8)


@pytest.mark.parametrize("compression", [0.0, 0.5, 0.8])
def test_compression_shrinks_the_spread_by_its_share(compression: float) -> None:
    def spread(c: float) -> float:
        planted = planted_run(Dials(compression=c), questions=60, responses=8)
        return score_uses(Evidence(planted.run, "corrected"), QuestionBootstrap(60, 10))[0].spread

    # Near the ends of an uncompressed scale distributions are cut off, which pulls their expectation in.
    assert spread(compression) / spread(0.0) == pytest.approx(1 - compression, abs=0.08)


def test_nothing_scored_is_no_sheet() -> None:
    assert score_uses(Evidence(run_of({"q": "a"}), "corrected"), QuestionBootstrap(1)) == ()
