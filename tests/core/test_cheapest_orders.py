"""Orders of many questions: split, searched and solved, with honest gaps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.priced_orders import Prices, least, prices
from trustjudge_core.cheapest_orders import SolverClock, cheapest_orders, packing_bound
from trustjudge_core.weak_orders import by_partitions, price_of


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
