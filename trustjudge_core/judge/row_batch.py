"""Rows of a prefix tree through the model, many at once: padding, masks and the cache of what came before.

Shapes: B rows, K columns of earlier tokens, S columns of own tokens, N label nodes. Own tokens are
aligned to the right, so that the last token of every row stands in the same column, directly before
the label nodes; what is read from a batch is therefore its last 1 + N columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache

from trustjudge_core.judge.earlier_layer import EarlierLayer
from trustjudge_core.judge.label_tails import LabelTrie
from trustjudge_core.judge.last_layer import LastLayer, last_layer_of, only_last_columns
from trustjudge_core.judge.prefix_tree import Row


@dataclass(frozen=True, eq=False)
class RowBatch:
    """Rows that go through the model together, each with the trie under its last token; all tries have N nodes."""

    rows: Sequence[Row]
    tries: Sequence[LabelTrie]

    @property
    def before(self) -> int:
        """K, columns of earlier tokens."""
        return max(row.start for row in self.rows)

    @property
    def own(self) -> int:
        """S, columns of own tokens."""
        return max(len(row.tokens) for row in self.rows)

    @property
    def nodes(self) -> int:
        """N, columns of label nodes."""
        return self.tries[0].nodes

    @property
    def tokens(self) -> int:
        """Tokens that are really there, padding left out."""
        return sum(len(row.tokens) for row in self.rows) + self.nodes * len(self.rows)

    @property
    def positions(self) -> int:
        """Tokens computed, padding included."""
        return (self.own + self.nodes) * len(self.rows)


def attention_mask(batch: RowBatch, device: torch.device, dtype: torch.dtype) -> Tensor:
    """What every token may look at, additive, (B, 1, S + N, K + S + N)."""
    size, before, own, nodes = len(batch.rows), batch.before, batch.own, batch.nodes
    starts = torch.tensor([row.start for row in batch.rows], device=device).view(size, 1, 1)
    padding = torch.tensor([own - len(row.tokens) for row in batch.rows], device=device).view(size, 1, 1)
    column = torch.arange(max(before, own), device=device)
    allowed = torch.zeros(size, own + nodes, before + own + nodes, dtype=torch.bool, device=device)
    allowed[:, :, :before] = column[:before] < starts
    real = column[:own] >= padding  # (B, 1, S)
    causal = column[:own, None] >= column[:own]  # (S, S)
    # a padding token looks at itself, for a softmax over nothing is not a number
    allowed[:, :own, before : before + own] = (causal & real) | torch.eye(own, dtype=torch.bool, device=device)
    if nodes:
        allowed[:, own:, before : before + own] = real
        for row, trie in enumerate(batch.tries):
            allowed[row, own:, before + own :] = torch.from_numpy(trie.ancestry).to(device)
    blocked = torch.finfo(dtype).min
    return torch.zeros(allowed.shape, dtype=dtype, device=device).masked_fill_(~allowed, blocked).unsqueeze(1)


def _ids_and_positions(batch: RowBatch) -> tuple[Tensor, Tensor]:
    """Token ids and positions, (B, S + N) each; padding has id 0 and position 0."""
    ids = torch.zeros(len(batch.rows), batch.own + batch.nodes, dtype=torch.long)
    positions = torch.zeros_like(ids)
    for number, (row, trie) in enumerate(zip(batch.rows, batch.tries, strict=True)):
        first = batch.own - len(row.tokens)
        ids[number, first : batch.own] = torch.from_numpy(row.tokens)
        positions[number, first : batch.own] = torch.arange(row.start, row.start + len(row.tokens))
        ids[number, batch.own :] = torch.from_numpy(trie.node_tokens)
        last = row.start + len(row.tokens) - 1
        positions[number, batch.own :] = last + torch.from_numpy(trie.node_depths)
    return ids, positions


@torch.inference_mode()
def run_batch(model: Any, layers: int, batch: RowBatch, trim: bool = False, keep_all: bool = False) -> Tensor:
    """Logits after the last token of every row and after every label node, (B, 1 + N, V).

    Rows that others fork from keep their keys and values; with ``keep_all`` every row does. With
    ``trim`` the last layer's output is computed for the columns that are read, and no others.
    """
    ids, positions = _ids_and_positions(batch)
    read = 1 + batch.nodes
    caches = [EarlierLayer(batch.rows, layer) for layer in range(layers - 1)]
    last = LastLayer(batch.rows, layers - 1)
    layer = last_layer_of(model, layers) if trim and read < ids.shape[1] else None
    with only_last_columns(layer, last, read) if layer is not None else nullcontext():
        logits: Tensor = model(
            input_ids=ids.to(model.device),
            position_ids=positions.to(model.device),
            attention_mask=attention_mask(batch, model.device, model.dtype),
            past_key_values=Cache(layers=[*caches, last]),
            use_cache=True,
            logits_to_keep=read,
        ).logits
    for number, row in enumerate(batch.rows):
        if row.forks or keep_all:
            own = slice(batch.own - len(row.tokens), batch.own)
            row.kept = [tuple(part[number, :, own] for part in cache.own or ()) for cache in (*caches, last)]
    return logits
