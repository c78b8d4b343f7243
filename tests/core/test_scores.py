"""Score distributions and their readouts, against hand derivations, SciPy and plain loops."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import logsumexp

from tests.core.small_runs import run_of, score
from trustjudge_core import scores as stage
from trustjudge_core.records import UNKNOWN, ScoreJudgment
from trustjudge_core.scores import ScoreSheet, gap_sign, reported_scale, rescaled, score_sheets
from trustjudge_core.settings import Mode

WIDE = (1.0, 100.0)


def sheet_of(judgments: Sequence[ScoreJudgment]) -> ScoreSheet:
    """The only sheet of some judgments about a, b, c."""
    (sheet,) = score_sheets(run_of({"q": "abc"}, scores=judgments).scores)
    return sheet


def sheet(probs: Mapping[float, float], emitted: float | None = None) -> ScoreSheet:
    """The sheet of one judgment with these raw label probabilities."""
    return sheet_of([score("a", emitted, probs)])


tables = st.lists(st.floats(0.001, 1.0), min_size=5, max_size=5).map(
    lambda w: {float(n): p / (1.25 * sum(w)) for n, p in enumerate(w, 1)}
)


# By hand: P(2) = 0.2, P(4) = 0.6 raw, mass 0.8, renormalised 1/4 and 3/4.
# E = 2/4 + 3*4/4 = 3.5; V = (1.5^2)/4 + (0.5^2)*3/4 = 0.5625 + 0.1875 = 0.75;
# the cumulative probability passes one half at label 4.
def test_readouts_of_two_labels_by_hand() -> None:
    two = sheet({4.0: 0.6, 2.0: 0.2}, 4.0)
    assert two.mass == pytest.approx([0.8])
    assert two.values.tolist() == [[2.0, 4.0]]
    assert two.probs[0] == pytest.approx([0.25, 0.75])
    assert two.raw[0] == pytest.approx([0.2, 0.6])
    assert stage.expectation(two) == pytest.approx([3.5])
    assert stage.variance(two) == pytest.approx([0.75])
    assert stage.mode(two).tolist() == [4.0]
    assert stage.median(two).tolist() == [4.0]


# G-Eval by hand, not renormalised: 2*0.2 + 4*0.6 = 2.8.
def test_geval_is_not_renormalised() -> None:
    assert stage.g_eval(sheet({4.0: 0.6, 2.0: 0.2})) == pytest.approx([2.8])


# By hand: the odds are 1/4 and 3/2, and exp(logit / 0.2) = odds^5, so the weights are 1/1024 and
# 243/32 = 7776/1024: (2 + 4 * 7776) / 7777 = 31106 / 7777. The 1e-8 in the logit moves it by less than 1e-7.
def test_softmax_weighting_is_the_fifth_power_of_the_odds() -> None:
    assert stage.softmax_weighted(sheet({4.0: 0.6, 2.0: 0.2})) == pytest.approx([31106 / 7777], abs=1e-7)


@given(tables)
def test_softmax_weighting_agrees_with_the_formula_in_plain_numbers(probs: dict[float, float]) -> None:
    logits = np.array([math.log((p + 1e-8) / (1 - p + 1e-8)) / 0.2 for p in probs.values()])
    expected = float(np.array(list(probs)) @ np.exp(logits - logsumexp(logits)))
    assert stage.softmax_weighted(sheet(probs)) == pytest.approx([expected], abs=1e-9)


@given(tables)
def test_moments_and_entropy_agree_with_scipy(probs: dict[float, float]) -> None:
    one, weights = sheet(probs), np.array(list(probs.values()))
    law = stats.rv_discrete(values=(list(probs), weights / weights.sum()))
    assert stage.expectation(one) == pytest.approx([law.mean()])
    assert stage.variance(one) == pytest.approx([law.var()], abs=1e-9)
    assert stage.entropy(one) == pytest.approx([stats.entropy(weights)])  # SciPy renormalises and uses nats
    assert one.probs.sum(axis=1) == pytest.approx([1.0])


def test_entropy_of_certainty_is_zero_and_of_five_equal_labels_ln_5() -> None:
    certain, even = sheet({3.0: 1.0}), sheet({float(n): 0.2 for n in range(1, 6)})
    assert stage.entropy(certain).tolist() == [0.0]
    assert math.copysign(1.0, stage.entropy(certain)[0]) == 1.0  # not "-0"
    assert stage.entropy(even) == pytest.approx([math.log(5)])


def test_the_share_of_the_highest_entropy_counts_labels_of_the_scale_and_those_between() -> None:
    even = sheet({float(n): 0.2 for n in range(1, 6)})
    assert stage.entropy_share(even) == pytest.approx([1.0])
    halves = sheet({4.0: 0.5, 4.5: 0.5})  # 1, 2, 3, 4, 5 and 4.5: six labels
    assert stage.entropy_share(halves) == pytest.approx([math.log(2) / math.log(6)])


def test_equal_probabilities_have_the_smallest_label_as_mode_and_the_lower_median() -> None:
    even = sheet({2.0: 0.5, 5.0: 0.5})
    assert stage.mode(even).tolist() == [2.0]
    assert stage.median(even).tolist() == [2.0]


# By hand: mass 0.8, E = 3.5. What was not seen lies at 1 at worst and at 5 at best:
# 0.8*3.5 + 0.2*1 = 3.0 and 0.8*3.5 + 0.2*5 = 3.8.
def test_bounds_put_the_unseen_mass_at_either_end() -> None:
    low, high = stage.expectation_bounds(sheet({2.0: 0.2, 4.0: 0.6}))
    assert (low[0], high[0]) == (pytest.approx(3.0), pytest.approx(3.8))


@given(tables)
def test_bounds_hold_the_expectation_of_every_completion(probs: dict[float, float]) -> None:
    low, high = stage.expectation_bounds(sheet(probs))
    for label in range(1, 6):  # all of the unseen mass on one label
        completed = sum(n * p for n, p in probs.items()) + label * (1 - sum(probs.values()))
        assert low[0] - 1e-9 <= completed <= high[0] + 1e-9


# By hand: 3, 4, 4, 5: mean 4, sum of squares 2, V = 1/2; the standard error is
# sqrt(2/3) / sqrt(4) = sqrt(1/6). SciPy's sem uses n - 1 as well.
def test_samples_are_an_empirical_distribution_with_its_standard_error() -> None:
    drawn = sheet_of([score("a", x) for x in (4, 3, 5, 4)])
    assert drawn.values.tolist() == [[3.0, 4.0, 5.0]]
    assert drawn.probs[0] == pytest.approx([0.25, 0.5, 0.25])
    assert drawn.judgments.tolist() == [4]
    assert stage.expectation(drawn) == pytest.approx([4.0])
    assert stage.standard_error(drawn) == pytest.approx([math.sqrt(1 / 6)])
    assert stage.standard_error(drawn) == pytest.approx([stats.sem([4, 3, 5, 4])])
    assert drawn.emitted.tolist() == [4.0]


def test_standard_error_of_one_sample_is_not_known() -> None:
    assert np.isnan(stage.standard_error(sheet_of([score("a", 3)]))).all()


def test_probabilities_have_no_sampling_error() -> None:
    assert np.isnan(stage.standard_error(sheet_of([score("a", 3, {3.0: 0.9}), score("a", 4, {4.0: 0.9})]))).all()


# The same four answers as shares: one judgment of 1/4, 1/2, 1/4 from four samples has the error of the four.
def test_shares_of_sampled_answers_have_the_error_of_the_answers() -> None:
    shares = replace(score("a", None, {3.0: 0.25, 4.0: 0.5, 5.0: 0.25}), samples=4)
    assert sheet_of([shares]).draws.tolist() == [4]
    assert stage.standard_error(sheet_of([shares])) == pytest.approx([stats.sem([4, 3, 5, 4])])
    # With a fifth answer beside them there are five draws; with probabilities of the judge's own, nobody can say.
    assert sheet_of([shares, score("a", 4)]).draws.tolist() == [5]
    assert sheet_of([shares, score("a", 4, {4.0: 0.9})]).draws.tolist() == [0]


def test_geval_and_softmax_need_probabilities() -> None:
    drawn = sheet_of([score("a", 3), score("a", 4)])
    for method in ("geval", "softmax_weighted"):
        assert np.isnan(stage.readout(drawn, method, "corrected")).all()
    assert stage.readout(drawn, "expectation", "corrected") == pytest.approx([3.5])


# Asked twice: P = (1, 0) of mass 0.5 and (0.5, 0.5) of mass 1. Each answer counts the same after
# renormalising: (0.75, 0.25), E = 0.75*2 + 0.25*4 = 2.5; the mass is the mean, 0.75.
def test_answers_with_probabilities_given_twice_are_averaged_after_renormalising() -> None:
    twice = sheet_of([score("a", 2, {2.0: 0.5}), score("a", 2, {2.0: 0.5, 4.0: 0.5})])
    assert twice.probs[0] == pytest.approx([0.75, 0.25])
    assert stage.expectation(twice) == pytest.approx([2.5])
    assert twice.mass == pytest.approx([0.75])


def test_rows_of_different_length_do_not_touch_each_other() -> None:
    long, short = {float(n): 0.2 for n in range(1, 6)}, {5.0: 0.9}
    both = sheet_of([score("c", 5, short), score("a", 3, long)])
    assert both.response.tolist() == [0, 2]
    assert stage.expectation(both) == pytest.approx([3.0, 5.0])
    assert stage.median(both).tolist() == [3.0, 5.0]
    assert stage.mode(both).tolist() == [1.0, 5.0]
    assert stage.g_eval(both) == pytest.approx([3.0, 4.5])


def test_failed_judgments_are_in_no_sheet() -> None:
    failed = score("a", failure="unparsed")
    assert score_sheets(run_of({"q": "abc"}, scores=[failed]).scores) == ()
    assert sheet_of([failed, score("b", 2), score("b", failure="unparsed")]).response.tolist() == [1]
    assert sheet_of([score("a", 2), score("a", failure="unparsed")]).judgments.tolist() == [1]


def test_no_judgments_are_no_sheet() -> None:
    assert score_sheets(run_of({}).scores) == ()


def test_criteria_and_scales_are_kept_apart() -> None:
    run = run_of({"q": "abc"}, scores=[score("a", 3), score("a", 70, scale=WIDE), score("a", 2, criterion="style")])
    assert [(s.criterion, s.scale) for s in score_sheets(run.scores)] == [
        ("overall", (1.0, 5.0)),
        ("overall", WIDE),
        ("style", (1.0, 5.0)),
    ]


def test_emitted_score_is_the_number_written_even_if_another_label_was_likelier() -> None:
    assert sheet({3.0: 0.6, 4.0: 0.3}, emitted=4.0).emitted.tolist() == [4.0]
    assert sheet({3.0: 0.6, 4.0: 0.3}).emitted.tolist() == [3.0]


@pytest.mark.parametrize("probs", [{2.0: 0.0, 4.0: 0.0}, {3.0: 0.0}])
def test_labels_without_any_probability_are_not_enough_data_and_never_zero(probs: dict[float, float]) -> None:
    nothing = sheet(probs)
    assert nothing.mass.tolist() == [0.0]
    for readout in (stage.expectation, stage.variance, stage.median, stage.mode, stage.entropy):
        assert np.isnan(readout(nothing)).all(), readout.__name__
    assert np.isnan(stage.readout(nothing, "baseline", "corrected")).all()
    low, high = stage.expectation_bounds(nothing)
    assert (low.tolist(), high.tolist()) == ([1.0], [5.0])  # it could be anything


def test_an_answer_without_any_probability_does_not_dilute_another() -> None:
    assert stage.expectation(sheet_of([score("a", 4, {4.0: 0.0}), score("a", 4, {4.0: 0.8})])) == pytest.approx([4.0])


# The published softmax leaves out labels at 0 and 1 exactly, and says 0.0 when none is left.
def test_softmax_without_a_label_inside_is_zero_in_reference_mode_only() -> None:
    certain = sheet({3.0: 1.0}, emitted=3.0)
    assert stage.readout(certain, "softmax_weighted", "reference").tolist() == [0.0]
    assert np.isnan(stage.readout(certain, "softmax_weighted", "corrected")).all()
    assert stage.softmax_weighted(sheet({2.0: 1.0, 4.0: 0.3})) == pytest.approx([4.0])


@given(tables)
def test_a_single_label_inside_is_its_own_softmax(probs: dict[float, float]) -> None:
    assert stage.softmax_weighted(sheet({4.0: probs[4.0]})) == pytest.approx([4.0])


# Rescale 100 -> 5. Affine: 1 -> 1, 100 -> 5, 50.5 -> 3, 34 -> 1 + 33*4/99 = 7/3.
# Factor as printed: 1 -> 0.05, 100 -> 5, 34 -> 1.7. Reference: none.
@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("corrected", [1.0, 7 / 3, 3.0, 5.0]),
        ("paper", [0.05, 1.7, 2.525, 5.0]),
        ("reference", [1.0, 34.0, 50.5, 100.0]),
    ],
)
def test_rescaling_of_the_wide_scale_in_each_mode(mode: Mode, expected: list[float]) -> None:
    assert rescaled(np.array([1.0, 34.0, 50.5, 100.0]), WIDE, mode) == pytest.approx(expected)
    assert reported_scale(WIDE, mode) == (WIDE if mode == "reference" else (1.0, 5.0))


@pytest.mark.parametrize("mode", ["corrected", "paper", "reference"])
@pytest.mark.parametrize("scale", [(1.0, 5.0), (1.0, 10.0), (0.0, 100.0)])
def test_other_scales_stay_as_they_were_judged(mode: Mode, scale: tuple[float, float]) -> None:
    assert reported_scale(scale, mode) == scale
    assert rescaled(np.array([1.0, 4.5]), scale, mode).tolist() == [1.0, 4.5]


# Tie rule: a gap of exactly the tolerance ties by <= and decides by <.
@pytest.mark.parametrize(("mode", "at_tolerance"), [("corrected", 0), ("paper", 0), ("reference", 1)])
def test_gap_of_exactly_the_tolerance(mode: Mode, at_tolerance: int) -> None:
    gaps = np.array([0.5, -0.5, 0.25, 0.75, -0.75])
    assert gap_sign(gaps, 0.5, mode).tolist() == [at_tolerance, -at_tolerance, 0, 1, -1]


@pytest.mark.parametrize("mode", ["corrected", "paper", "reference"])
def test_equal_scores_tie_at_tolerance_zero_in_every_mode(mode: Mode) -> None:
    assert gap_sign(np.array([0.0, 1e-3, np.nan]), 0.0, mode).tolist() == [0, 1, UNKNOWN]


# 0.1 + 0.2 - 0.3 is 5.6e-17 in floating point and 0 on paper.
def test_rounding_is_not_a_gap_except_in_reference_mode() -> None:
    gap = np.array([0.1 + 0.2 - 0.3])
    assert gap_sign(gap, 0.0, "corrected").tolist() == [0]
    assert gap_sign(gap, 0.0, "reference").tolist() == [1]


@given(st.lists(st.permutations(range(3)).map(tuple), min_size=1, max_size=1), st.lists(tables, min_size=3, max_size=3))
def test_relabelling_responses_permutes_the_scores(
    orders: list[tuple[int, ...]], probs: list[dict[float, float]]
) -> None:
    names = "abc"
    plain = stage.expectation(sheet_of([score(n, None, p) for n, p in zip(names, probs, strict=True)]))
    order = list(orders[0])
    moved = stage.expectation(sheet_of([score(names[to], None, p) for to, p in zip(order, probs, strict=True)]))
    assert moved[order] == pytest.approx(plain)
