"""The last layer of a model for the few tokens that are read.

Whatever forks from a row needs the keys and values of all its tokens, in the last layer too, and
these depend on what goes into that layer, not on what comes out. What comes out is needed only where
something is read: after the last token of a row and after its label nodes. So the last layer runs
twice: once for all tokens up to the moment it hands its keys and values to the cache, and once from
beginning to end for the last columns alone. With eight layers that is a tenth of the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn

from trustjudge_core.judge.earlier_layer import EarlierLayer, KeysValues
from trustjudge_core.judge.prefix_tree import Row

_BY_TOKEN = ("hidden_states", "position_ids", "position_embeddings")


class _KeysAreKnown(Exception):
    """Leaves the first run of the last layer."""


class LastLayer(EarlierLayer):
    """The last layer's cache: remembers what the first run gives it, and gives all of it to the second."""

    def __init__(self, rows: Sequence[Row], layer: int) -> None:
        super().__init__(rows, layer)
        self.first_run = False

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> KeysValues:
        """Keys and values of all columns; the second run's own are a part of the first run's."""
        if self.first_run:
            self.own = key_states, value_states
            raise _KeysAreKnown
        if self.own is None:
            return super().update(key_states, value_states)
        return super().update(*self.own)


def last_layer_of(model: Any, layers: int) -> nn.Module | None:
    """The last of the model's decoder layers, None where they are not one list of that length."""
    lists = [module for module in model.modules() if isinstance(module, nn.ModuleList) and len(module) == layers]
    return lists[0][-1] if lists else None


def _cut(value: Any, columns: int) -> Any:
    """The last columns of a tensor (B, columns, ...), or of each of several."""
    if isinstance(value, Tensor):
        return value[:, -columns:]
    return tuple(_cut(part, columns) for part in value) if isinstance(value, tuple) else value


@contextmanager
def only_last_columns(layer: nn.Module, cache: LastLayer, columns: int) -> Iterator[None]:
    """Within this, the layer computes its output for the last columns alone."""

    def run_twice(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        cache.first_run = True
        try:
            module.forward(*args, **kwargs)
        except _KeysAreKnown:
            pass
        finally:
            cache.first_run = False
        kwargs = {name: _cut(value, columns) if name in _BY_TOKEN else value for name, value in kwargs.items()}
        mask = kwargs.get("attention_mask")
        if isinstance(mask, Tensor):
            kwargs["attention_mask"] = mask[:, :, -columns:]  # (B, 1, queries, keys)
        return (_cut(args[0], columns), *args[1:]) if args else args, kwargs

    hook = layer.register_forward_pre_hook(run_twice, with_kwargs=True)
    try:
        yield
    finally:
        hook.remove()
