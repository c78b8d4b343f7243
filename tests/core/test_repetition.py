"""Asking again, by hand and against what independent answers would do."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.small_runs import pair, run_of, score
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.evidence import Evidence
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.repetition import repetitions


# a-b asked three times: first, first, second: 1 of 3 pairs of answers agree. b-a is another prompt, asked once; its
# failed repetition does not count. a scored 3, 3; b scored 3, 4, 4: 1 of 1 and 1 of 3.
def test_stability_by_hand() -> None:
    run = run_of(
        {"q": "ab"},
        scores=[score("a", 3), score("a", 3), score("b", 3), score("b", 4), score("b", 4)],
        pairs=[
            pair("a", "b", "first"),
            pair("a", "b", "first"),
            pair("a", "b", "second"),
            pair("b", "a", "tie"),
            pair("b", "a", failure="x"),
        ],
    )
    scores, pairs = repetitions(Evidence(run, "corrected"), QuestionBootstrap(1))
    assert (scores.kind, scores.asked_again, scores.stability.count, scores.stability.total) == ("score", 2, 2, 4)
    assert (pairs.kind, pairs.asked_again, pairs.stability.count, pairs.stability.total) == ("pair", 1, 1, 3)


def test_the_same_scale_matters_as_much_as_the_same_response() -> None:
    run = run_of({"q": "a"}, scores=[score("a", 3), score("a", 3, scale=(1.0, 100.0))])
    assert repetitions(Evidence(run, "corrected"), QuestionBootstrap(1))[0].asked_again == 0


def test_nothing_asked_again_is_not_enough_data() -> None:
    for found in repetitions(Evidence(planted_run(Dials(), questions=3).run, "corrected"), QuestionBootstrap(3)):
        assert (found.asked_again, found.stability.total) == (0, 0)
        assert np.isnan(found.stability.value)


# With noise n and gap d an answer is "first" with probability p = Phi(d / n); two agree with
# p^2 + (1-p)^2, which is 1/2 at d = 0.
def test_equals_under_noise_agree_half_the_time() -> None:
    planted = planted_run(Dials(noise=1.0), questions=60, responses=5, skills=np.zeros(5), repeats=3)
    _, pairs = repetitions(Evidence(planted.run, "corrected"), QuestionBootstrap(60, 500))
    assert pairs.stability.low <= 0.5 <= pairs.stability.high
    assert pairs.stability.value == pytest.approx(0.5, abs=0.04)
    steady = planted_run(Dials(position_bias=1.0, tie=1.5, cyclic=1.0), questions=5, responses=5, repeats=3)
    assert all(r.stability.value == 1.0 for r in repetitions(Evidence(steady.run, "corrected"), QuestionBootstrap(5)))


# Only probabilities were kept: first, first, second as greedy decoding would have said, 1 of 3 pairs of answers agree.
def test_probabilities_without_a_written_verdict_say_what_is_likeliest() -> None:
    judged = [pair("a", "b", probs=probs) for probs in ((0.5, 0.3, 0.2), (0.6, 0.4, 0.0), (0.1, 0.9, 0.0))]
    _, pairs = repetitions(Evidence(run_of({"q": "ab"}, pairs=judged), "corrected"), QuestionBootstrap(1))
    assert (pairs.asked_again, pairs.stability.count, pairs.stability.total) == (1, 1, 3)
