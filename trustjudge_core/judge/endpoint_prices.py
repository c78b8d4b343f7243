"""What a run at a paid server costs, from prices that a person gives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from trustjudge_core.errors import UsageError
from trustjudge_core.judge.contract import Readout
from trustjudge_core.judge.endpoint_requests import longest_answer


@dataclass(frozen=True, slots=True)
class Prices:
    """Price of a million prompt tokens and of a million answer tokens, in whatever currency the person thinks in."""

    prompt: float
    answer: float

    def __post_init__(self) -> None:
        for name, price in (("prompt", self.prompt), ("answer", self.answer)):
            if not math.isfinite(price) or price < 0:
                raise UsageError(
                    f"price {price} of a million {name} tokens cannot be used; allowed: numbers >= 0; correct it"
                )


@dataclass(frozen=True, slots=True)
class TokenEstimate:
    """Tokens of a run: those of its prompts, and the most its answers can have."""

    prompt: int
    answer_at_most: int


def estimate_tokens(prompt_tokens: Sequence[int], readout: Readout) -> TokenEstimate:
    """Tokens of asking prompts of these lengths once each, or ``readout.samples`` times."""
    times = max(1, readout.samples)
    return TokenEstimate(times * sum(prompt_tokens), times * len(prompt_tokens) * longest_answer(readout))


def cost(prompt_tokens: int, answer_tokens: int, prices: Prices) -> float:
    """Price of so many tokens, in the currency of the prices."""
    return (prompt_tokens * prices.prompt + answer_tokens * prices.answer) / 1_000_000
