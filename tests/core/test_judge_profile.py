"""The profile of a judge gathers its parts, and says nothing about what is not there."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.small_runs import pair, run_of
from tests.core.worked_run import worked_run
from trustjudge_core.evidence import Evidence
from trustjudge_core.judge_profile import judge_profile
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.records import RunJudgments
from trustjudge_core.settings import MODES, AuditSettings, Mode

FEW = AuditSettings(resamples=20)


# 0.85 and 0.75 on first, second and tie: 0.15 and 0.25 leaked. A third judgment kept no probabilities.
def test_leaked_mass_of_pairs_by_hand() -> None:
    judged = [pair("a", "b", probs=(0.5, 0.3, 0.05)), pair("b", "a", probs=(0.5, 0.2, 0.05)), pair("a", "c", "first")]
    found = judge_profile(Evidence(run_of({"q": "abc"}, pairs=judged), "corrected"), FEW)
    assert found.pair_leaked.value == pytest.approx(0.2)


def test_parts_are_those_of_the_planted_judge() -> None:
    planted = planted_run(Dials(position_bias=0.5, leak=0.1, noise=0.4), questions=30, responses=5, repeats=2)
    found = judge_profile(Evidence(planted.run, "corrected"), FEW)
    assert found.position.effect.value == pytest.approx(0.5, abs=0.08)
    assert found.pair_leaked.value == pytest.approx(0.1, abs=0.01)
    assert found.score_use[0].leaked.value == pytest.approx(0.1, abs=0.02)
    assert [r.asked_again for r in found.repetition] == [150, 600]
    assert {c.predictor for c in found.soft_conflict} == {"convolution", "thurstone"}
    assert found.soft_transitivity.triples == 300


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "run", [run_of({}), run_of({"q": "abc"}), worked_run()], ids=["nothing", "no judgments", "worked run"]
)
def test_too_little_data_is_not_a_number(run: RunJudgments, mode: Mode) -> None:
    found = judge_profile(Evidence(run, mode), FEW)
    assert np.isnan(found.pair_leaked.value)
    assert np.isnan(found.position.effect.value)
    assert found.length.pairs == 0
