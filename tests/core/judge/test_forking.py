"""What a model allows to be shared is read from its configuration and proved by a trial."""

from __future__ import annotations

import pytest
import torch

from tests.core.judge.tiny_models import gpt2, llama, mamba, mistral, mpt, qwen2
from trustjudge_core.errors import JudgeRefusal
from trustjudge_core.judge import forking
from trustjudge_core.judge.forking import find_forking


@pytest.mark.parametrize("make", [llama, qwen2, gpt2])
def test_a_cache_of_every_token_is_shared_at_any_length(make: object) -> None:
    found = find_forking(make(100))  # type: ignore[operator]
    assert found.most_tokens is None
    assert found.layers == 2


def test_a_window_limits_what_is_shared() -> None:
    found = find_forking(mistral(100, window=64))
    assert found.most_tokens == 63
    assert found.allows(63)
    assert not found.allows(64)
    assert "window" in found.reason


def test_a_state_is_never_shared() -> None:
    found = find_forking(mamba(100))
    assert found.most_tokens == 0
    assert "cannot be forked" in found.reason


def test_a_model_that_counts_columns_instead_of_positions_is_found_out() -> None:
    found = find_forking(mpt(100))
    assert found.most_tokens == 0
    assert "other numbers" in found.reason


def test_positions_scaled_by_length_limit_what_is_shared() -> None:
    rope = {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0}
    found = find_forking(llama(100, max_position_embeddings=128, rope_parameters=rope))
    assert found.most_tokens == 128


def test_a_trial_that_gives_other_numbers_turns_sharing_off(monkeypatch: pytest.MonkeyPatch) -> None:
    real = forking.run_batch
    monkeypatch.setattr(forking, "run_batch", lambda *args: real(*args) + torch.rand(100))
    found = find_forking(llama(100))
    assert found.most_tokens == 0
    assert "other numbers" in found.reason


def test_an_architecture_that_takes_no_forked_cache_is_read_string_by_string(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise ValueError("no cache please")

    monkeypatch.setattr(forking, "run_batch", refuses)
    found = find_forking(llama(100))
    assert found.most_tokens == 0
    assert "ValueError" in found.reason


def test_a_model_without_numbers_is_refused() -> None:
    model = llama(100)
    model.lm_head.weight.data[3] = float("nan")
    with pytest.raises(JudgeRefusal, match="no finite numbers in float32"):
        find_forking(model)


def test_a_model_that_looks_ahead_is_refused() -> None:
    model = llama(100)
    for layer in model.model.layers:
        layer.self_attn.is_causal = False
    model.config.is_causal = False
    with pytest.raises(JudgeRefusal, match="reads what comes after"):
        find_forking(model)
