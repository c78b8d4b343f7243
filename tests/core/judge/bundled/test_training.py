"""Training: the same seed gives the same weights, and a few batches already lower the losses."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from trustjudge_core.judge.bundled.batches import batches
from trustjudge_core.judge.bundled.training import (
    LOSSES,
    Insight,
    Recipe,
    learn,
    losses_of,
    new_model,
    rate_at,
    tokenizer_of,
)

SMALL = replace(
    Recipe(), steps=6, batch_tokens=512, layers=1, width=16, inner_width=32, heads=2, warmup=1, tokenizer_examples=50
)


def test_the_rate_rises_and_falls_straight_to_nothing() -> None:
    recipe = replace(Recipe(), steps=100, warmup=20)
    assert rate_at(0, recipe) == pytest.approx(1 / 20)
    assert rate_at(19, recipe) == 1.0
    assert rate_at(60, recipe) == pytest.approx(0.5)
    assert rate_at(99, recipe) == pytest.approx(1 / 80)


def test_the_same_seed_trains_the_same_weights_and_lowers_every_loss() -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        tokenizer = tokenizer_of(SMALL)
        assert tokenizer.backend_tokenizer.to_str() == tokenizer_of(SMALL).backend_tokenizer.to_str()
        trained = []
        for _ in range(2):
            model = new_model(SMALL, tokenizer)
            untrained = _losses(model, tokenizer)
            learn(model, SMALL, batches(SMALL.seed, tokenizer, SMALL.batch_tokens, pooled=50), lambda line: None)
            trained.append(model)
    finally:
        torch.set_num_threads(threads)
    for first, second in zip(trained[0].parameters(), trained[1].parameters(), strict=True):
        assert first.equal(second)
    assert (_losses(trained[0], tokenizer)[:3] < untrained[:3]).all(), LOSSES


def _losses(model: torch.nn.Module, tokenizer: object) -> torch.Tensor:
    torch.manual_seed(1)
    batch = next(batches(99, tokenizer, 4096, pooled=30))  # type: ignore[arg-type]
    with torch.no_grad():
        return losses_of(model, Insight(SMALL.width), batch)  # type: ignore[arg-type]
