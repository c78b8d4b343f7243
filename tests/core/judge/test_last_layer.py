"""The last layer is computed where it is read, and everything that forks still finds its keys and values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from tests.core.judge.tiny_models import gemma, judge_of, llama, qwen2, splitting_tokenizer
from trustjudge_core.judge.forking import find_forking
from trustjudge_core.judge.last_layer import last_layer_of

CHATS = [
    [{"role": "user", "content": f"First: {one}. Second: {other}. Better?"}]
    for one in ("it is four", "it is five, surely", "nobody knows")
    for other in ("yes", "no, it is not", "perhaps it is")
]


@pytest.mark.parametrize("make", [llama, qwen2, gemma])
def test_leaving_out_what_nobody_reads_changes_no_number(make: Any) -> None:
    tokenizer = splitting_tokenizer()
    model = make(len(tokenizer))
    found = []
    for trim in (True, False):
        judge = judge_of(model, tokenizer)
        assert judge._engine is not None
        assert judge._engine.forking.trim
        judge._engine.forking = replace(judge._engine.forking, trim=trim)
        found.append(judge.label_logprobs(CHATS, ("1", "2", "10", "100"), "[", "]").logprobs)  # type: ignore[arg-type]
    np.testing.assert_allclose(found[0], found[1], rtol=0, atol=1e-5)


def test_the_last_feed_forward_block_sees_the_read_columns_only() -> None:
    tokenizer = splitting_tokenizer()
    model = llama(len(tokenizer))
    judge = judge_of(model, tokenizer)
    seen: list[list[int]] = [[], []]
    for number, layer in enumerate(model.model.layers):
        layer.mlp.register_forward_pre_hook(lambda _, args, number=number: seen[number].append(args[0].shape[1]))
    judge.label_logprobs(CHATS[:1], ("1", "2", "10"), "[", "]")  # type: ignore[arg-type]
    # the base, and the nodes "1", "2" and "10", each of which the bracket may follow
    assert seen[1] == [1 + 3]
    assert seen[0][0] > 20


def test_no_hook_is_left_behind() -> None:
    tokenizer = splitting_tokenizer()
    model = llama(len(tokenizer))
    ids = torch.arange(20)[None]
    before = model(ids).logits
    judge_of(model, tokenizer).label_logprobs(CHATS, ("1", "2"), "[", "]")  # type: ignore[arg-type]
    torch.testing.assert_close(model(ids).logits, before)
    layer = last_layer_of(model, 2)
    assert layer is not None
    assert not layer._forward_pre_hooks


def test_layers_that_are_not_one_list_are_left_alone() -> None:
    assert last_layer_of(torch.nn.Linear(2, 2), 3) is None


def test_a_model_whose_last_layer_cannot_be_cut_still_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    from trustjudge_core.judge import row_batch

    def broken(*_: object) -> None:
        raise TypeError("no such argument")

    monkeypatch.setattr(row_batch, "only_last_columns", broken)
    found = find_forking(llama(100))
    assert not found.trim
    assert found.most_tokens is None
