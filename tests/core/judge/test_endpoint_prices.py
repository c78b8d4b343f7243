"""What a run at a paid server costs."""

from __future__ import annotations

import pytest

from trustjudge_core.errors import UsageError
from trustjudge_core.judge.contract import Readout
from trustjudge_core.judge.endpoint_prices import Prices, TokenEstimate, cost, estimate_tokens


def test_cost_is_tokens_times_price_per_million() -> None:
    # 2 million prompt tokens at 0.50 and 100,000 answer tokens at 2.00 a million: 1.00 + 0.20
    assert cost(2_000_000, 100_000, Prices(prompt=0.5, answer=2.0)) == pytest.approx(1.2)
    assert cost(0, 0, Prices(0.5, 2.0)) == 0


def test_samples_are_paid_one_by_one() -> None:
    rationale = Readout(order="rationale_first", max_tokens=300)
    assert estimate_tokens([100, 150], rationale) == TokenEstimate(prompt=250, answer_at_most=600)
    assert estimate_tokens([100, 150], Readout("rationale_first", 300, 1.0, 0, 20)) == TokenEstimate(5000, 12_000)


def test_verdict_first_answers_are_short_whatever_a_rationale_may_have() -> None:
    assert estimate_tokens([100], Readout(max_tokens=5000)).answer_at_most < 100


@pytest.mark.parametrize("price", [-0.1, float("nan"), float("inf")])
def test_prices_that_are_none_are_refused(price: float) -> None:
    with pytest.raises(UsageError, match="allowed: numbers >= 0"):
        Prices(1.0, price)
