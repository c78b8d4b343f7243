"""Cheapest weak orders, against the price of every weak order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.priced_orders import LEVELS, least, plainly, prices
from trustjudge_core.weak_orders import MOST_EXACT, by_moves, by_partitions, price_of


def test_all_weak_orders_are_there() -> None:
    assert [len(LEVELS[n]) for n in (2, 3, 4, 5, 6)] == [3, 13, 75, 541, 4683]  # Fubini numbers


@given(st.integers(2, 5), st.integers(0, 10_000))
def test_price_of_an_order_adds_up_over_its_pairs(n: int, seed: int) -> None:
    above, tied = prices(n, seed, half_steps=False)
    for levels in LEVELS[n][::7]:
        assert price_of(np.array(levels), above, tied) == pytest.approx(plainly(levels, above, tied))


@settings(max_examples=60)
@given(st.integers(2, 5), st.lists(st.integers(0, 10_000), min_size=1, max_size=3))
def test_partitions_find_the_cheapest_of_all_weak_orders(n: int, seeds: list[int]) -> None:
    tables = [prices(n, seed, half_steps=False) for seed in seeds]
    found = by_partitions(np.stack([t[0] for t in tables]), np.stack([t[1] for t in tables]))
    for levels, (above, tied) in zip(found, tables, strict=True):
        assert price_of(levels, above, tied) == pytest.approx(least(above, tied))
        assert sorted(set(levels.tolist())) == list(range(int(levels.max()) + 1))


@pytest.mark.parametrize("seed", range(3))
def test_partitions_and_moves_on_six(seed: int) -> None:
    above, tied = prices(6, seed)
    assert price_of(by_partitions(above[None], tied[None])[0], above, tied) == least(above, tied)
    by_move = by_moves(above, tied, starts=10)
    assert price_of(by_move, above, tied) >= least(above, tied)
    # No single move makes it cheaper: on a level, or between two.
    for i in range(6):
        for place in range(-1, 2 * 6):
            moved = 2 * by_move
            moved[i] = place
            assert price_of(moved, above, tied) >= price_of(by_move, above, tied) - 1e-9


def test_more_than_can_be_searched_are_refused() -> None:
    nothing = np.zeros((1, MOST_EXACT + 1, MOST_EXACT + 1))
    with pytest.raises(ValueError, match="exact up to 10"):
        by_partitions(nothing, nothing)
