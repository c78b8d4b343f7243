"""Programs of orders, against the price of every weak order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.priced_orders import least, prices
from trustjudge_core.order_solver import Program


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
