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
from trustjudge_core.judge.label_tails import NO_LABELS, grow
from trustjudge_core.judge.prefix_tree import plant
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

    Raises JudgeRefusal for a model that looks ahead and so gives no next-token probabilities.
    """
    layers, most, reason = _by_configuration(model.config)
    ids = np.random.default_rng(0).integers(0, model.get_input_embeddings().num_embeddings, (3, TRIAL))
    ids[1, : TRIAL // 2] = ids[0, : TRIAL // 2]
    plain = _logprobs(model, ids)
    agree = AGREE.get(model.dtype, AGREE[torch.float32])
    if not np.allclose(_logprobs(model, ids[:, : TRIAL - 4]), plain[:, : TRIAL - 4], rtol=0, atol=agree):
        raise JudgeRefusal(
            "the model reads what comes after a token, so it gives no next-token probabilities; "
            "allowed: causal language models; choose one"
        )
    if most is not None and most < TRIAL:
        return Forking(0, reason, layers)
    for trim in (True, False):
        problem = _trial(model, layers, ids, plain[:, -1], agree, trim)
        if problem is None:
            return Forking(most, reason, layers, trim=trim)
    return Forking(0, f"nothing is shared: {problem}", layers)


def _trial(
    model: Any, layers: int, ids: NDArray[np.int64], expected: NDArray[np.float32], agree: float, trim: bool
) -> str | None:
    """What is wrong with rows that fork, None when they give what whole strings give."""
    try:
        forked = _forked_logprobs(model, layers, ids, trim)
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
def _logprobs(model: Any, ids: NDArray[np.int64]) -> NDArray[np.float32]:
    given = torch.from_numpy(ids).to(model.device)
    logits = model(input_ids=given, attention_mask=torch.ones_like(given), use_cache=False).logits
    found: NDArray[np.float32] = logits.float().log_softmax(-1).cpu().numpy()
    return found


def _forked_logprobs(model: Any, layers: int, ids: NDArray[np.int64], trim: bool) -> NDArray[np.float32]:
    """The last log-probabilities of three sequences: one whole, one forked from it, one ending in label nodes."""
    (first,) = plant(list(ids[:2])).roots
    (fork,) = first.forks
    tail = tuple(int(token) for token in ids[2, -2:])
    (other,) = plant([ids[2, :-2]]).roots
    trie = grow(((*tail, 0), (*tail, 1), (tail[0] + 1, 0, 0)))
    found: dict[int, Any] = {}
    together = RowBatch([first], [NO_LABELS])
    found[first.index] = run_batch(model, layers, together, trim)[0, -1]
    found[fork.index] = run_batch(model, layers, RowBatch([fork], [NO_LABELS]), trim)[0, -1]
    read = run_batch(model, layers, RowBatch([other], [trie]), trim)[0]
    node = next(node for node, depth in trie.depths_on(tail).items() if depth == len(tail))
    found[2] = read[node]
    logprobs: NDArray[np.float32] = torch.stack([found[n] for n in range(3)]).float().log_softmax(-1).cpu().numpy()
    return logprobs
