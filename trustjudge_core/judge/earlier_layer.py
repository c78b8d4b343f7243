"""The cache of what came before: keys and values of earlier tokens, put together from the rows that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from torch import Tensor
from transformers.cache_utils import DynamicLayer

from trustjudge_core.judge.prefix_tree import Row

KeysValues = tuple[Tensor, Tensor]


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
