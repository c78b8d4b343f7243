"""Favouring a place, by hand and against planted biases."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.small_runs import pair, run_of
from tests.core.worked_run import worked_run
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.evidence import Evidence
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.position_profile import position_profile


# Six pairs in both orders, one of them, in category Y, won by the first shown both times.
def test_profile_of_the_worked_run_by_hand() -> None:
    found = position_profile(Evidence(worked_run(), "corrected"), QuestionBootstrap(3, 50))
    assert (found.whole.pairs, found.whole.first_favouring, found.whole.second_favouring) == (6, 1, 0)
    assert found.whole.fairness.value == pytest.approx(-1 / 6)
    assert {name: entry.fairness.value for name, entry in found.by_category.items()} == pytest.approx(
        {"X": 0.0, "Y": -1 / 3}
    )
    assert found.by_question.tolist() == [[3, 0, 0], [3, 1, 0], [0, 0, 0]]
    assert np.isnan(found.effect.value)


@pytest.mark.parametrize(("winner", "fairness"), [("first", -1.0), ("second", 1.0), ("tie", 0.0)])
def test_always_the_same_place_is_the_end_of_the_scale(winner: str, fairness: float) -> None:
    judged = [pair(a, b, winner) for a, b in ("ab", "ba", "ac", "ca")]  # type: ignore[arg-type]
    found = position_profile(Evidence(run_of({"q": "abc"}, pairs=judged), "corrected"), QuestionBootstrap(1))
    assert found.whole.fairness.value == fairness


@pytest.mark.parametrize("bias", [-0.6, 0.0, 0.9])
def test_the_effect_is_the_planted_bias_in_logits(bias: float) -> None:
    planted = planted_run(Dials(position_bias=bias, noise=0.5), questions=60, responses=6, skills=np.linspace(-1, 1, 6))
    found = position_profile(Evidence(planted.run, "corrected"), QuestionBootstrap(60, 500))
    assert found.effect.value == pytest.approx(bias, abs=0.06)
    assert found.effect.low <= bias <= found.effect.high
    fairness = found.whole.fairness
    if bias:
        assert fairness.value * bias < 0  # a bias to the first is a negative fairness
    else:
        assert fairness.low <= 0.0 <= fairness.high


def test_one_order_says_nothing_about_places() -> None:
    once = run_of({"q": "ab"}, pairs=[pair("a", "b", "first", (0.9, 0.1, 0.0))])
    found = position_profile(Evidence(once, "corrected"), QuestionBootstrap(1))
    assert found.whole.pairs == 0
    assert np.isnan([found.whole.fairness.value, found.effect.value]).all()
    empty = position_profile(Evidence(run_of({}), "corrected"), QuestionBootstrap(0))
    assert (empty.whole.pairs, empty.by_category) == (0, {})
