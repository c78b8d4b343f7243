"""Rows of a prefix tree through the model, many at once: padding, masks and the cache of what came before.

Shapes: B rows, K columns of earlier tokens, S columns of own tokens, N label nodes. Own tokens are
aligned to the right, so that the last token of every row stands in the same column, directly before
the label nodes; what is read from a batch is therefore its last 1 + N columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache, DynamicLayer

from trustjudge_core.judge.label_tails import LabelTrie
from trustjudge_core.judge.prefix_tree import Row

KeysValues = tuple[Tensor, Tensor]


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


class EarlierLayer(DynamicLayer):  # type: ignore[misc]
    """One layer's cache, put together from the rows that hold the earlier tokens, in a single copy.

    ``own`` keeps the keys and values of this batch, (B, heads, S + N, width) each, for rows that fork from it.
    """

    def __init__(self, rows: Sequence[Row], layer: int) -> None:
        super().__init__()
        self._rows = rows
        self._layer = layer
        self._before = max(row.start for row in rows)
        self.own: KeysValues | None = None

    def get_seq_length(self) -> int:
        return self._before

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self._before + query_length, 0

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> KeysValues:
        """Keys and values of all columns, (B, heads, K + S + N, width) each."""
        self.own = key_states, value_states
        if not self._before:
            return self.own
        return self._joined(0, key_states), self._joined(1, value_states)

    def _joined(self, which: int, own: Tensor) -> Tensor:
        size, heads, columns, width = own.shape
        joined = own.new_empty(size, heads, self._before + columns, width)
        joined[:, :, self._before :] = own
        first = 0
        # rows that fork from the same place stand side by side and are filled by one broadcast copy
        for (_, start), group in groupby(self._rows, key=lambda row: (id(row.parent), row.start)):
            alike = list(group)
            rows = slice(first, first + len(alike))
            first += len(alike)
            end = start
            for row, tokens in alike[0].before():
                joined[rows, :, end - tokens : end] = row.kept[self._layer][which][:, :tokens]
                end -= tokens
            joined[rows, :, start : self._before] = 0  # masked, but nothing times a probability of 0 must not be NaN
        return joined


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
def run_batch(model: Any, layers: int, batch: RowBatch, keep_all: bool = False) -> Tensor:
    """Logits after the last token of every row and after every label node, (B, 1 + N, V).

    Rows that others fork from keep their keys and values; with ``keep_all`` every row does.
    """
    ids, positions = _ids_and_positions(batch)
    cache = Cache(layers=[EarlierLayer(batch.rows, layer) for layer in range(layers)])
    logits: Tensor = model(
        input_ids=ids.to(model.device),
        position_ids=positions.to(model.device),
        attention_mask=attention_mask(batch, model.device, model.dtype),
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1 + batch.nodes,
    ).logits
    for number, row in enumerate(batch.rows):
        if row.forks or keep_all:
            own = slice(batch.own - len(row.tokens), batch.own)
            row.kept = [(layer.own[0][number, :, own], layer.own[1][number, :, own]) for layer in cache.layers]
    return logits
