"""p-values by shuffling questions, against every shuffle there is and against SciPy."""

from __future__ import annotations

import math
from itertools import combinations, product

import numpy as np
import pytest
from scipy import stats

from trustjudge_core.significance import group_p_value, paired_p_value, q_values, smallest_detectable

RNG_SEED = 3


def rng() -> np.random.Generator:
    """The same draws in every test."""
    return np.random.default_rng(RNG_SEED)


# Differences 1, 2, 3: of the 8 sign flips only +++ and --- sum to 6 in size, so p = 2/8.
def test_three_questions_that_all_favour_one_side_give_one_quarter() -> None:
    assert paired_p_value(np.array([1.0, 2.0, 3.0]), rng()) == 0.25


@pytest.mark.parametrize("seed", range(4))
def test_few_questions_are_flipped_in_every_way(seed: int) -> None:
    differences = np.random.default_rng(seed).integers(-5, 9, 7).astype(float)
    sums = [abs(sum(s * d for s, d in zip(signs, differences, strict=True))) for signs in product((1, -1), repeat=7)]
    expected = sum(total >= abs(differences.sum()) for total in sums) / len(sums)
    assert paired_p_value(differences, rng()) == pytest.approx(expected)


@pytest.mark.parametrize("questions", [60, 400])
def test_many_questions_agree_with_scipy(questions: int) -> None:
    differences = np.random.default_rng(1).normal(0.13, 1.0, questions)
    other = stats.permutation_test(
        (differences, np.zeros(questions)), lambda a, b, axis: (a - b).sum(axis=axis), permutation_type="samples",
        vectorized=True, n_resamples=9999, rng=np.random.default_rng(2),
    ).pvalue  # fmt: skip
    # Two simulations of 10,000 at p about 0.1 differ by at most four of their errors, 4 * sqrt(2 p (1 - p) / 10,000).
    assert paired_p_value(differences, rng()) == pytest.approx(other, abs=0.02)


def test_no_difference_at_all_is_no_evidence_and_one_question_is_no_test() -> None:
    assert paired_p_value(np.zeros(30), rng()) == 1.0
    assert math.isnan(paired_p_value(np.array([2.0]), rng()))
    assert math.isnan(paired_p_value(np.array([np.nan, 2.0]), rng()))


# Six questions of 10 pairs; the two inside have 9 and 8 conflicts, the others 1, 2, 3, 1. Of the 15 pairs of
# questions only this one and none on the other side is as far from 2/6 of all conflicts.
def test_group_of_two_among_six_by_all_fifteen_choices() -> None:
    counts, totals = np.array([9, 8, 1, 2, 3, 1]), np.full(6, 10)
    inside = np.array([True, True, False, False, False, False])
    far = [abs(counts[list(c)].sum() - counts.sum() / 3) for c in combinations(range(6), 2)]
    expected = sum(f >= far[0] for f in far) / 15
    assert expected == 1 / 15
    assert group_p_value(counts, totals, inside, rng()) == pytest.approx(expected, abs=0.01)


def test_a_group_is_tested_the_same_from_both_sides_and_by_draws_as_by_the_normal_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    totals = np.random.default_rng(0).integers(5, 30, 90)
    inside = np.arange(90) < 35
    counts = np.random.default_rng(1).binomial(totals, np.where(inside, 0.42, 0.36))
    limit = group_p_value(counts, totals, inside, rng())
    monkeypatch.setattr("trustjudge_core.significance._MANY", 1000)
    drawn = group_p_value(counts, totals, inside, rng())
    assert 0.001 < limit < 0.5
    assert drawn == pytest.approx(limit, abs=0.02)
    assert group_p_value(counts, totals, ~inside, rng()) == pytest.approx(drawn, abs=0.02)


def test_a_group_of_everyone_or_no_one_cannot_be_compared() -> None:
    counts, totals = np.array([1, 2, 3]), np.full(3, 5)
    assert math.isnan(group_p_value(counts, totals, np.ones(3, np.bool_), rng()))
    assert math.isnan(group_p_value(counts, totals, np.zeros(3, np.bool_), rng()))
    assert group_p_value(np.full(3, 2), totals, np.array([True, False, False]), rng()) == 1.0


# Under no difference p-values are uniform: 5 % lie below 0.05, four errors of 800 draws are 3.1 points.
def test_questions_of_one_kind_are_called_different_in_one_of_twenty_cases() -> None:
    simulated = np.random.default_rng(8)
    inside = np.arange(40) < 12
    found = []
    for _ in range(800):
        totals = simulated.integers(3, 40, 40)
        counts = simulated.binomial(totals, simulated.beta(2, 4, 40))  # questions differ, groups do not
        found.append(group_p_value(counts, totals, inside, np.random.default_rng(0)))
    assert np.mean(np.array(found) < 0.05) == pytest.approx(0.05, abs=0.031)


# Benjamini and Hochberg by hand: sorted p 0.01, 0.02, 0.04 times 3 / rank = 0.03, 0.03, 0.04.
def test_q_values_by_hand_and_unknown_ones_do_not_count() -> None:
    q = q_values([0.04, float("nan"), 0.01, 0.02])
    assert q[0] == pytest.approx(0.04)
    assert math.isnan(q[1])
    assert q[2:] == pytest.approx([0.03, 0.03])
    assert q_values([]) == []


# A two-sided 5 % z test finds a difference of d errors with probability Phi(d - 1.96) (+ a negligible other tail).
def test_smallest_detectable_difference_is_found_in_four_of_five_studies() -> None:
    size = smallest_detectable(0.01, 10**6)
    z = np.random.default_rng(0).normal(size / 0.01, 1.0, 200_000)
    assert (np.abs(z) > stats.norm.ppf(0.975)).mean() == pytest.approx(0.8, abs=0.005)


# Of 20 questions with normal differences resampled means spread by sigma / sqrt(20) times sqrt(19 / 20), and the
# test is Student's: its power comes from the noncentral t distribution.
def test_of_few_questions_the_difference_has_to_be_larger() -> None:
    size = smallest_detectable(np.sqrt(19 / 20) / np.sqrt(20), 20)
    power = stats.nct(19, size * np.sqrt(20)).sf(stats.t(19).ppf(0.975))
    assert power == pytest.approx(0.8, abs=0.015)
    assert np.isnan(smallest_detectable(0.01, 1))
