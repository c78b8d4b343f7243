"""Cheapest weak orders, against the price of every weak order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.relation_examples import weak_orders
from trustjudge_core.cheapest_orders import SolverClock, cheapest_orders, packing_bound
from trustjudge_core.order_solver import Program
from trustjudge_core.weak_orders import MOST_EXACT, by_moves, by_partitions, price_of

LEVELS = {n: [tuple(max(order) - a for a in order) for order in weak_orders(n)] for n in (2, 3, 4, 5, 6)}
Prices = tuple[np.ndarray, np.ndarray]


def prices(n: int, seed: int, half_steps: bool = True) -> Prices:
    """Random prices, in half steps if wanted."""
    rng = np.random.default_rng(seed)
    above, half = rng.uniform(0, 3, (n, n)), np.triu(rng.uniform(0, 3, (n, n)), 1)
    if half_steps:
        above, half = np.round(2 * above) / 2, np.round(2 * half) / 2
    np.fill_diagonal(above, 0.0)
    return above, half + half.T


def plainly(levels: tuple[int, ...], above: np.ndarray, tied: np.ndarray) -> float:
    """Price of an order pair by pair."""
    total = 0.0
    for i in range(len(levels)):
        for j in range(i + 1, len(levels)):
            a, b = levels[i], levels[j]
            total += tied[i, j] if a == b else above[i, j] if a < b else above[j, i]
    return float(total)


def least(above: np.ndarray, tied: np.ndarray) -> float:
    """Least price of all weak orders."""
    return min(plainly(levels, above, tied) for levels in LEVELS[len(above)])


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


@settings(max_examples=40)
@given(st.integers(3, 5), st.integers(0, 10_000))
def test_programs_reach_the_least_price_and_never_bound_above_it(n: int, seed: int) -> None:
    above, tied = prices(n, seed)
    program = Program(above, tied)
    for whole in (False, True):
        while True:
            x, bound = program.solve(whole, 10.0)
            assert x is not None
            assert bound <= least(above, tied) + 1e-6
            if not program.add_broken(x):
                break
    assert bound == pytest.approx(least(above, tied))


@given(st.integers(3, 5), st.integers(0, 10_000))
def test_packed_triples_never_bound_above_the_least_price(n: int, seed: int) -> None:
    above, tied = prices(n, seed, half_steps=False)
    assert packing_bound(above, tied) <= least(above, tied) + 1e-9


def stacked(parts: list[Prices]) -> Prices:
    """Groups one above the other, every pair between two groups free in that order and dear in any other."""
    n = sum(len(above) for above, _ in parts)
    group = np.repeat(np.arange(len(parts)), [len(above) for above, _ in parts])
    above = np.where(group[:, None] < group[None, :], 0.0, 2.0)
    tied = np.ones((n, n))
    start = 0
    for a, t in parts:
        own = slice(start, start + len(a))
        above[own, own], tied[own, own] = a, t
        start += len(a)
    np.fill_diagonal(above, 0.0)
    np.fill_diagonal(tied, 0.0)
    return above, tied


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(2, 5), st.integers(0, 999)), min_size=3, max_size=4), st.integers(0, 99))
def test_an_order_of_groups_costs_what_its_groups_cost(groups: list[tuple[int, int]], seed: int) -> None:
    parts = [prices(n, s) for n, s in groups]
    above, tied = stacked(parts)
    shuffled = np.random.default_rng(seed).permutation(len(above))
    above, tied = above[np.ix_(shuffled, shuffled)], tied[np.ix_(shuffled, shuffled)]
    found = cheapest_orders(above[None], tied[None], SolverClock(20.0, 20.0))
    assert found.price[0] == pytest.approx(sum(least(*part) for part in parts))
    assert found.gap[0] == 0.0
    assert price_of(found.levels[0], above, tied) == pytest.approx(found.price[0])


# Twelve responses in one part: the solver proves what the search finds with the limit lifted by hand.
@pytest.mark.parametrize("seed", range(3))
def test_solver_proves_what_an_exhaustive_search_finds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    above, tied = prices(11, seed)
    solved = cheapest_orders(above[None], tied[None], SolverClock(60.0, 60.0))
    monkeypatch.setattr("trustjudge_core.weak_orders.MOST_EXACT", 11)
    assert solved.price[0] == price_of(by_partitions(above[None], tied[None])[0], above, tied)
    assert solved.gap[0] == 0.0


def test_without_time_the_gap_is_honest() -> None:
    above, tied = prices(14, 5)
    hasty = cheapest_orders(above[None], tied[None], SolverClock(0.0, 0.0))
    patient = cheapest_orders(above[None], tied[None], SolverClock(60.0, 60.0))
    assert hasty.gap[0] > 0.0
    assert patient.gap[0] == 0.0
    assert hasty.bound[0] <= patient.price[0] <= hasty.price[0]
    clock = SolverClock(0.0, 0.0)
    cheapest_orders(above[None], tied[None], clock)
    assert clock.used == 0.0


def test_the_clock_is_shared_and_runs_out() -> None:
    clock = SolverClock(each=5.0, total=0.4)
    tables = [prices(22, seed) for seed in range(12)]
    cheapest_orders(np.stack([t[0] for t in tables]), np.stack([t[1] for t in tables]), clock)
    assert 0.0 < clock.used < 3.0
    assert clock.left() == 0.0
