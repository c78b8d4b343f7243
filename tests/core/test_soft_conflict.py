"""Predicted preferences, against plain double sums, drawn scores and SciPy's normal distribution."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from tests.core.small_runs import both_orders, pair, run_of, score
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.evidence import Evidence
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.soft_conflict import bin_numbers, fidelity_loss, predictions, soft_conflicts

Probs = dict[float, float]


def evidence_of(one: Probs, other: Probs, preference: tuple[float, float, float] = (0.7, 0.2, 0.1)) -> Evidence:
    """Two scored responses and one preference for the first, the same in both orders."""
    first, second, tie = preference
    judged = [pair("a", "b", probs=preference), pair("b", "a", probs=(second, first, tie))]
    run = run_of({"q": "ab"}, scores=[score("a", probs=one), score("b", probs=other)], pairs=judged)
    return Evidence(run, "corrected")


def found_for(one: Probs, other: Probs) -> tuple[float, ...]:
    """P(a higher), P(b higher), P(same), by convolution; Thurstone's P(a beats b)."""
    evidence = evidence_of(one, other)
    found = predictions(evidence, evidence.sheets[0], "likelihood")
    return (*found.outcome[0].tolist(), float(found.thurstone[0]))


# X is 1, 3 with 1/2 each; Y is 2 or 3 at 1/4 and 3/4: X>Y only as 3>2, 1/8; X=Y as 3=3, 3/8; else X<Y, 1/2.
# E = 2 and 2.75, V = 1 and 3/16.
def test_two_small_distributions_by_hand() -> None:
    above, below, same, thurstone = found_for({1.0: 0.5, 3.0: 0.5}, {2.0: 0.25, 3.0: 0.75})
    assert (above, below, same) == pytest.approx((1 / 8, 1 / 2, 3 / 8))
    assert thurstone == pytest.approx(norm.cdf(-0.75 / np.sqrt(1 + 3 / 16)))


distributions = st.dictionaries(st.sampled_from([1.0, 2.0, 2.5, 4.0, 5.0]), st.floats(0.05, 1), min_size=1, max_size=5)


@given(distributions, distributions)
def test_convolution_is_the_plain_double_sum(one: Probs, other: Probs) -> None:
    above, below, same, thurstone = found_for(one, other)
    total = sum(one.values()) * sum(other.values())
    plain = dict.fromkeys((-1, 0, 1), 0.0)
    for x, p in one.items():
        for y, q in other.items():
            plain[int(np.sign(x - y))] += p * q / total
    assert (above, below, same) == pytest.approx((plain[1], plain[-1], plain[0]), abs=1e-12)
    back_above, back_below, back_same, back = found_for(other, one)
    assert (back_above, back_below, back_same) == pytest.approx((below, above, same), abs=1e-12)
    assert thurstone + back == pytest.approx(1.0)


def test_scores_without_spread_are_sure_or_level() -> None:
    assert found_for({4.0: 1.0}, {2.0: 1.0})[3] == 1.0
    assert found_for({2.0: 1.0}, {2.0: 1.0})[3] == 0.5


# sqrt(0.9 * 0.4) + sqrt(0.1 * 0.6) = 0.6 + 0.2449...
def test_fidelity_loss_by_hand() -> None:
    found = fidelity_loss(np.array([0.9, 0.3, 1.0, 0.0]), np.array([0.4, 0.3, 0.0, 0.0]))
    assert found == pytest.approx([1 - 0.6 - np.sqrt(0.06), 0.0, 1.0, 0.0])


def test_preference_counts_ties_half_and_unscored_or_uncompared_pairs_are_unknown() -> None:
    run = run_of(
        {"q": "abc"},
        scores=[score("a", probs={1.0: 1.0}), score("b", probs={2.0: 1.0}), score("c", failure="x")],
        pairs=[
            *both_orders("a", "b", "first"),
            *both_orders("a", "c", "first"),
            pair("b", "c", "first"),
            pair("c", "b", failure="x"),
        ],
    )
    evidence = Evidence(run, "corrected")
    found = predictions(evidence, evidence.sheets[0], "baseline")
    assert found.preference[:2].tolist() == [1.0, 1.0]
    assert np.isnan(found.preference[2])
    assert found.convolution[0] == 0.0
    assert np.isnan(found.convolution[1:]).all()
    assert found.loss("convolution")[0] == 1.0


# Three pairs of one question; predictions 1, 1, 0 against preferences 0.9, 0.6, 0.3: by the favourite
# 0.9, 0.6, 0.7, on average 0.7333 in the last bin.
def test_reliability_looks_from_the_side_of_the_favourite() -> None:
    questions = {"p": (5.0, 1.0, 0.9), "q": (4.0, 2.0, 0.6), "r": (1.0, 2.0, 0.3)}
    run = run_of(
        dict.fromkeys(questions, "ab"),
        scores=[
            score(r, probs={value: 1.0}, question=q)
            for q, (one, other, _) in questions.items()
            for r, value in (("a", one), ("b", other))
        ],
        pairs=[
            judgment
            for q, (_, _, p) in questions.items()
            for judgment in (
                pair("a", "b", probs=(p, 1 - p, 0.0), question=q),
                pair("b", "a", probs=(1 - p, p, 0.0), question=q),
            )
        ],
    )
    convolution, thurstone = soft_conflicts(Evidence(run, "corrected"), "likelihood", QuestionBootstrap(3, 50))
    (only,) = convolution.calibration
    assert (only.low, only.high, only.pairs, only.predicted) == (0.95, 1.0, 3, 1.0)
    assert only.preference.value == pytest.approx((0.9 + 0.6 + 0.7) / 3)
    assert convolution.calibration_error == pytest.approx(1 - (0.9 + 0.6 + 0.7) / 3)
    assert convolution.loss.value == pytest.approx(1 - np.mean(np.sqrt([0.9, 0.6, 0.7])))
    assert (convolution.pairs, thurstone.predictor) == (3, "thurstone")
    assert np.isnan(only.preference.low), "three questions give no interval"


def test_without_scores_or_preferences_there_is_no_soft_conflict() -> None:
    only_pairs = Evidence(run_of({"q": "ab"}, pairs=both_orders("a", "b", "first")), "corrected")
    assert soft_conflicts(only_pairs, "baseline", QuestionBootstrap(1)) == []
    only_scores = Evidence(run_of({"q": "ab"}, scores=[score("a", 1)]), "corrected")
    assert soft_conflicts(only_scores, "baseline", QuestionBootstrap(1)) == []
    apart = run_of({"q": "abc"}, scores=[score("c", 1)], pairs=both_orders("a", "b", "first"))
    (found, _) = soft_conflicts(Evidence(apart, "corrected"), "baseline", QuestionBootstrap(1))
    assert found.pairs == 0
    assert np.isnan([found.loss.value, found.calibration_error]).all()


# 40,000 draws of both scores: the share of draws in which i is higher is the prediction within four standard errors.
def test_convolution_is_what_drawn_scores_do() -> None:
    planted = planted_run(Dials(), questions=1, responses=3, seed=4)
    evidence = Evidence(planted.run, "corrected")
    sheet = evidence.sheets[0]
    found = predictions(evidence, sheet, "likelihood")
    rng = np.random.default_rng(0)
    draws = np.array([rng.choice(sheet.values[r], 40_000, p=sheet.probs[r]) for r in range(3)])
    for n, (i, j) in enumerate(zip(evidence.table.i, evidence.table.j, strict=True)):
        assert found.outcome[n, 0] == pytest.approx(float((draws[i] > draws[j]).mean()), abs=0.01)


# Everything a product of rounded shares can sum to: 1 + 2e-16 is certainty, not "unknown".
def test_rounding_beyond_certainty_loses_no_pair() -> None:
    beyond = np.array([1.0 + 2e-16, np.nextafter(1.0, 2.0), -1e-17])
    with np.errstate(all="raise"):
        assert fidelity_loss(beyond, np.array([1.0, 0.0, 0.0])) == pytest.approx([0.0, 1.0, 0.0], abs=1e-7)


# Both responses score 3 for sure, so nobody is the favourite: which of them stands first in the file must not show.
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_without_a_favourite_the_curve_does_not_depend_on_who_is_named_first(order: str) -> None:
    judged = [*both_orders("a", "b", "first")]
    run = run_of({"q": order}, scores=[score(r, probs={3.0: 1.0}) for r in order], pairs=judged)
    for found in soft_conflicts(Evidence(run, "corrected"), "baseline", QuestionBootstrap(1)):
        (only,) = found.calibration
        assert (only.low, only.predicted, only.preference.value) == (0.5, 0.5, 0.5)
        assert found.calibration_error == 0.0


# 0.85 is the start of a bin; as 1 - 0.15 or as a sum of products it is a rounding less.
def test_predictions_on_an_edge_belong_to_the_bin_that_starts_there() -> None:
    assert bin_numbers(np.array([0.5, 0.55, 0.85, 1 - 0.85, 0.849, 0.95, 1.0, 0.0, np.nan])).tolist() == [
        0, 1, 7, 7, 6, 9, 9, 9, 0,
    ]  # fmt: skip
