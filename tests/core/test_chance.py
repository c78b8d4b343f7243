"""The level of a random judge, by counting orders and by letting random judges answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustjudge_core.chance import chance_corrected, chance_level, chance_levels
from trustjudge_core.subsets import count_subsets


# A random judge without ties makes each of the 2^C(k,2) tournaments equally likely, of which k! are orders:
# k=3: 1 - 6/8, k=4: 1 - 24/64, k=5: 1 - 120/1024. Three-way uniform: 13, 75 and 541 weak orders of 27, 729 and 59049.
@pytest.mark.parametrize(
    ("k", "tie_rate", "level"),
    [
        (3, 0.0, 1 - 6 / 8),
        (4, 0.0, 1 - 24 / 64),
        (5, 0.0, 1 - 120 / 1024),
        (3, 1 / 3, 1 - 13 / 27),
        (4, 1 / 3, 1 - 75 / 729),
        (5, 1 / 3, 1 - 541 / 59049),
        (3, 1.0, 0.0),
        (5, 1.0, 0.0),
    ],
)
def test_chance_level_by_counting_orders(k: int, tie_rate: float, level: float) -> None:
    assert chance_level(k, tie_rate) == pytest.approx(level)


def test_chance_levels_are_the_published_percentages() -> None:
    assert [round(100 * chance_level(k, 1 / 3), 2) for k in (3, 4, 5)] == [51.85, 89.71, 99.08]
    assert [round(100 * chance_level(k, 0.0), 2) for k in (3, 4, 5)] == [25.0, 62.5, 88.28]


@pytest.mark.parametrize("tie_rate", [0.1, 0.5, 0.85])
def test_chance_level_is_what_random_judges_reach(tie_rate: float) -> None:
    rng = np.random.default_rng(7)
    draws, n = 20_000, 5
    signs = rng.choice(
        np.array([-1, 0, 1], np.int8), (draws, n, n), p=[(1 - tie_rate) / 2, tie_rate, (1 - tie_rate) / 2]
    )
    upper = np.triu(signs, 1)
    relations = (upper - upper.transpose(0, 2, 1)).astype(np.int8)
    for k, found in count_subsets(relations).items():
        measured = found.violations.sum() / found.subsets.sum()
        # Four standard errors of a share of 20,000 questions, whose subsets share relations, are below 0.015.
        assert chance_level(k, tie_rate) == pytest.approx(measured, abs=0.015)


@given(st.floats(0.0, 1.0), st.integers(3, 7))
def test_chance_level_is_a_probability_that_grows_with_k(tie_rate: float, k: int) -> None:
    assert -1e-12 <= chance_level(k, tie_rate) <= chance_level(k + 1, tie_rate) + 1e-12 <= 1 + 2e-12


@pytest.mark.parametrize("tie_rate", [float("nan"), -0.1, 1.1])
def test_chance_level_without_a_tie_rate_is_not_known(tie_rate: float) -> None:
    assert np.isnan(chance_level(3, tie_rate))


def test_many_tie_rates_at_once_are_each_their_own_level() -> None:
    rates = np.array([[0.0, 0.2, 1.0], [1 / 3, np.nan, 0.9]])
    expected = [[chance_level(4, rate) for rate in row] for row in rates.tolist()]
    assert chance_levels(4, rates).tolist() == pytest.approx(np.array(expected), nan_ok=True)


def test_corrected_value_is_1_without_inconsistency_0_at_chance_and_negative_beyond() -> None:
    corrected = chance_corrected(np.array([0.0, 0.25, 0.5]), np.array([0.25, 0.25, 0.25]))
    assert corrected.tolist() == [1.0, 0.0, -1.0]


# NTR 0 of a judge that always ties is no merit: a random judge of that tie rate reaches 0 as well.
def test_a_judge_that_always_ties_has_no_corrected_value() -> None:
    assert np.isnan(chance_corrected(np.array([0.0]), chance_levels(3, np.array([1.0]))))[0]
