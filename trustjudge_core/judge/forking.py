"""Whether prompts may share computation: what a model keeps of earlier tokens, and a trial of it.

Forking needs a cache of keys and values for every earlier token, a model that takes positions and
a mask with a row for every token, and the promise that a token is computed the same whatever
follows it. Configurations say most of this; the trial says the rest, whatever the architecture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

from trustjudge_core.errors import JudgeRefusal
from trustjudge_core.judge.label_tails import grow
from trustjudge_core.judge.prefix_tree import Ids, plant
from trustjudge_core.judge.row_batch import RowBatch, run_batch

AGREE: Final = {torch.float32: 2e-4, torch.float16: 0.1, torch.bfloat16: 0.4}
"""Largest difference in log-probability between two ways to compute the same, by dtype."""
TRIAL: Final = 24
"""Tokens of the longest sequence of the trial."""


@dataclass(frozen=True, slots=True)
class Forking:
    """Up to how many tokens a prompt may share computation (0: never, None: always), with the reason in words.

    ``layers`` is the number of layers with a cache. With ``share`` off every prompt is computed from
    its first token, but its labels still in one forward pass. ``trim`` says that the last layer may
    compute only what is read (`last_layer`).
    """

    most_tokens: int | None
    reason: str
    layers: int
    share: bool = True
    trim: bool = False

    def allows(self, tokens: int) -> bool:
        """Whether a prompt with so many tokens can be computed row by row."""
        return self.most_tokens is None or tokens <= self.most_tokens


def find_forking(model: Any) -> Forking:
    """What this model allows, by its configuration and by trial.

    Raises JudgeRefusal for a model that looks ahead and so gives no next-token probabilities, or gives no numbers.
    """
    layers, most, reason = _by_configuration(model.config)
    sequences, tail = _trial_sequences(model.get_input_embeddings().num_embeddings)
    plain = [_logprobs(model, np.concatenate([ids, tail])) for ids in sequences]
    if not all(np.isfinite(found).all() for found in plain):
        raise JudgeRefusal(
            f"the model gives no finite numbers in {str(model.dtype).removeprefix('torch.')}; "
            "allowed: models that do; choose float32, or copy the weights again"
        )
    agree = AGREE.get(model.dtype, AGREE[torch.float32])
    if not all(
        np.allclose(_logprobs(model, ids), found[: len(ids)], rtol=0, atol=agree)
        for ids, found in zip(sequences, plain, strict=True)
    ):
        raise JudgeRefusal(
            "the model reads what comes after a token, so it gives no next-token probabilities; "
            "allowed: causal language models; choose one"
        )
    if most is not None and most < TRIAL + len(tail):
        return Forking(0, reason, layers)
    expected = np.stack([found[[len(ids) - 1, -1]] for ids, found in zip(sequences, plain, strict=True)])
    for trim in (True, False):
        problem = _trial(model, layers, sequences, tail, expected, agree, trim)
        if problem is None:
            return Forking(most, reason, layers, trim=trim)
    return Forking(0, f"nothing is shared: {problem}", layers)


def _trial_sequences(vocabulary: int) -> tuple[list[Ids], Ids]:
    """Three sequences of two lengths, two of which fork from the first at different places, and a tail."""
    rng = np.random.default_rng(0)
    first, second, third = rng.integers(0, vocabulary, (3, TRIAL))
    third = np.concatenate([first[: TRIAL // 3], third[: TRIAL // 3]])
    return [first, np.concatenate([first[: TRIAL // 2], second[TRIAL // 2 :]]), third], rng.integers(0, vocabulary, 2)


def _trial(
    model: Any, layers: int, sequences: list[Ids], tail: Ids, expected: NDArray[np.float32], agree: float, trim: bool
) -> str | None:
    """What is wrong with rows that fork, None when they give what whole strings give."""
    try:
        forked = _forked_logprobs(model, layers, sequences, tail, trim)
    except (RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError, NotImplementedError) as error:
        return f"this architecture takes no forked cache ({type(error).__name__})"
    if not np.allclose(forked, expected, rtol=0, atol=agree):
        return "a trial with a forked cache gave other numbers"
    return None


def _by_configuration(config: Any) -> tuple[int, int | None, str]:
    """Layers, most tokens, and the reason, as far as the configuration tells."""
    text = config.get_text_config(decoder=True)
    layers = DynamicCache(config=config).layers
    limits: dict[int, str] = {}
    for layer in layers:
        if isinstance(layer, DynamicSlidingWindowLayer):
            limits[int(layer.sliding_window) - 1] = "a layer looks back through a window"
        elif type(layer) is not DynamicLayer:
            return len(layers), 0, f"nothing is shared: {type(layer).__name__} keeps a state that cannot be forked"
    rope = getattr(text, "rope_parameters", None) or {}
    if rope.get("rope_type") in ("dynamic", "longrope"):
        start = rope.get("original_max_position_embeddings") or getattr(text, "max_position_embeddings", 0)
        limits[int(start or 0)] = "positions are scaled by the length of the whole prompt"
    if not limits:
        return len(layers), None, "prompts share what they begin with"
    least = min(limits)
    return len(layers), least, f"prompts of up to {least:,} tokens share what they begin with: {limits[least]}"


@torch.inference_mode()
def _logprobs(model: Any, ids: Ids) -> NDArray[np.float32]:
    """ln P after every token of one string, (T, V)."""
    given = torch.from_numpy(ids)[None].to(model.device)
    logits = model(input_ids=given, attention_mask=torch.ones_like(given), use_cache=False).logits[0]
    found: NDArray[np.float32] = logits.float().log_softmax(-1).cpu().numpy()
    return found


def _forked_logprobs(model: Any, layers: int, sequences: list[Ids], tail: Ids, trim: bool) -> NDArray[np.float32]:
    """ln P after each sequence and after its tail, (3, 2, V), from rows that fork and are padded, with a label trie."""
    one, two = (int(token) for token in tail)
    trie = grow(((one, two, 0), (one, two, 1), ((one + 1) % 2, 0, 0)))
    (after_tail,) = (node for node, depth in trie.depths_on((one, two)).items() if depth == 2)
    found = {}
    rows = plant(sequences).roots
    while rows:
        batch = RowBatch(rows, [trie] * len(rows))
        logits = run_batch(model, layers, batch, trim)
        found.update({row.index: own[[0, after_tail]] for row, own in zip(rows, logits, strict=True)})
        rows = [fork for row in rows for fork in row.forks]
    logprobs: NDArray[np.float32] = torch.stack([found[n] for n in range(3)]).float().log_softmax(-1).cpu().numpy()
    return logprobs
