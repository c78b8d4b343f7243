"""Which tokens make the labels different, exactly as the tokenizer reads the whole string.

The whole string prompt + prefix + label + suffix is tokenized for each label. The longest token
prefix common to all of them is the *base*, what follows it is the label's *tail*, and
ln P(label) is the sum of the log-probabilities of the tail's tokens. So a tokenizer may merge the
bracket with the digit (``[8``), split numbers into digits, or let 1 be the beginning of 10: the
suffix is part of the event, and nothing is assumed about where tokens begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.errors import UsageError

MARGIN: Final = 48
"""Characters before the verdict that are tokenized again with every label."""
SETTLED: Final = 4
"""Tokens at the beginning of those that must be the same for every label, or whole strings are tokenized."""
_MOST_REMEMBERED: Final = 4096

Tokens = tuple[int, ...]
Offsets = Sequence[tuple[int, int]]


@dataclass(frozen=True, eq=False)
class LabelTrie:
    """The tails of L labels as a tree under the base; N inner nodes are read by the model, leaves are not.

    Node 0 is the base itself, nodes 1..N are the proper beginnings of tails. Each of the E edges is
    one token after one node; ``steps`` lists the edges of each label, filled up with E.
    """

    tails: tuple[Tokens, ...]
    node_tokens: NDArray[np.int64]  # (N,)
    node_depths: NDArray[np.int64]  # (N,) tokens after the base, from 1
    ancestry: NDArray[np.bool_]  # (N, N) [i, j]: node j+1 lies on the way to node i+1, itself included
    edge_nodes: NDArray[np.int64]  # (E,)
    edge_tokens: NDArray[np.int64]  # (E,)
    steps: NDArray[np.int64]  # (L, longest tail)

    @property
    def nodes(self) -> int:
        """N, the tokens that the model reads beyond the base."""
        return len(self.node_tokens)

    @property
    def depth(self) -> int:
        """Tokens of the longest tail."""
        return int(self.steps.shape[1])

    def sum_edges(self, edge_logprobs: NDArray[np.float64]) -> NDArray[np.float32]:
        """ln P of every label from ln P of every edge, (E,) -> (L,)."""
        padded: NDArray[np.float64] = np.append(edge_logprobs, 0.0)
        summed: NDArray[np.float64] = padded[self.steps].sum(axis=1)
        return summed.astype(np.float32)

    def depths_on(self, path: Tokens) -> dict[int, int]:
        """The nodes on the way along these tokens, each with how many of the tokens lead to it."""
        found = {0: 0}
        for node, (token, depth) in enumerate(zip(self.node_tokens, self.node_depths, strict=True), start=1):
            on_path = depth <= len(path) and all(
                self.node_tokens[above] == path[self.node_depths[above] - 1]
                for above in np.flatnonzero(self.ancestry[node - 1])
            )
            if on_path and token == path[depth - 1]:
                found[node] = int(depth)
        return found

    def inner_paths(self) -> list[Tokens]:
        """The longest token paths of inner nodes: run each after the base and every node has been read."""
        inner = {tail[:size] for tail in self.tails for size in range(1, len(tail))}
        return sorted(
            path for path in inner if not any(other[: len(path)] == path and other != path for other in inner)
        )


def grow(tails: tuple[Tokens, ...]) -> LabelTrie:
    """The trie of these tails."""
    numbers: dict[Tokens, int] = {(): 0}
    edges: dict[tuple[int, int], int] = {}
    paths: list[list[int]] = []
    for tail in tails:
        path: list[int] = []
        for size, token in enumerate(tail):
            node = numbers.setdefault(tail[:size], len(numbers))
            path.append(edges.setdefault((node, token), len(edges)))
        paths.append(path)
    nodes = list(numbers)[1:]
    ancestry = np.array([[path[: len(other)] == other for other in nodes] for path in nodes], dtype=np.bool_)
    steps = np.full((len(tails), max(map(len, tails))), len(edges), dtype=np.int64)
    for label, path in enumerate(paths):
        steps[label, : len(path)] = path
    return LabelTrie(
        tails=tails,
        node_tokens=np.array([path[-1] for path in nodes], dtype=np.int64),
        node_depths=np.array([len(path) for path in nodes], dtype=np.int64),
        ancestry=ancestry.reshape(len(nodes), len(nodes)),
        edge_nodes=np.array([node for node, _ in edges], dtype=np.int64),
        edge_tokens=np.array([token for _, token in edges], dtype=np.int64),
        steps=steps,
    )


NO_LABELS: Final = grow(((),))
"""A trie for when only what follows the base is wanted."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a verdict begins and how its labels differ: ids of the base, and the trie under it."""

    base: NDArray[np.int64]
    trie: LabelTrie


@dataclass(frozen=True, slots=True)
class _Ending:
    """The tokens of one ending of a prompt: with the first label, common to all labels, and the trie."""

    first: list[int]
    common: list[int]
    trie: LabelTrie


def _common(strings: Sequence[list[int]]) -> int:
    """Length of the longest beginning common to all."""
    low, high = min(strings), max(strings)
    for place, (one, other) in enumerate(zip(low, high, strict=False)):
        if one != other:
            return place
    return min(len(low), len(high))


class VerdictTokenizer:
    """Finds bases and tries with one Hugging Face tokenizer; ``opening`` are ids put before every text.

    Whole strings decide. Tokenizing a long prompt once for each of a hundred labels would cost more
    than the model does, so only an ending is tokenized with every label, and that is believed where
    it agrees with the whole string of the first label, token for token, and where every label leaves
    the beginning of the ending as it was. Where either fails, whole strings are tokenized.
    """

    def __init__(self, tokenizer: Any, opening: Tokens = ()) -> None:
        self._tokenizer = tokenizer
        self._opening = list(opening)
        self._endings: dict[tuple[str, int, tuple[str, ...], str], _Ending | None] = {}
        self._tries: dict[tuple[Tokens, ...], LabelTrie] = {}

    def encode(self, texts: Sequence[str]) -> list[NDArray[np.int64]]:
        """Ids of whole texts."""
        return [np.array(self._opening + ids, dtype=np.int64) for ids in self._ids(texts)]

    def split(self, texts: Sequence[str], labels: tuple[str, ...], prefix: str, suffix: str) -> list[Verdict]:
        """Base and trie of each prompt text.

        Raises UsageError for labels that cannot be told apart, or a text so short that nothing precedes them.
        """
        if len(set(labels)) != len(labels) or not labels:
            raise UsageError(f"labels {labels!r} cannot be used; allowed: one or more different texts; correct them")
        leads = [text + prefix for text in texts]
        wholes = [lead + labels[0] + suffix for lead in leads]
        if not self._tokenizer.is_fast:  # no offsets, so nothing to cut by
            return [self._split_whole(lead, labels, suffix) for lead in leads]
        read = self._read(wholes)
        return [
            self._split_ending(lead, ids, offsets, labels, suffix) or self._split_whole(lead, labels, suffix)
            for lead, (ids, offsets) in zip(leads, read, strict=True)
        ]

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        if not texts:
            return []
        encoded = self._tokenizer(list(texts), add_special_tokens=False, return_attention_mask=False, verbose=False)
        ids: list[list[int]] = encoded["input_ids"]
        return ids

    def _read(self, texts: Sequence[str]) -> list[tuple[list[int], Offsets]]:
        """Ids of each text with the characters that each token covers."""
        if not texts:
            return []
        encoded = self._tokenizer(
            list(texts),
            add_special_tokens=False,
            return_attention_mask=False,
            return_offsets_mapping=True,
            verbose=False,
        )
        return list(zip(encoded["input_ids"], encoded["offset_mapping"], strict=True))

    def _split_whole(self, lead: str, labels: tuple[str, ...], suffix: str) -> Verdict:
        strings = self._ids([lead + label + suffix for label in labels])
        common = _common(strings)
        base = self._opening + strings[0][:common]
        if not base:
            raise UsageError(
                f"nothing stands before the labels {labels[0]!r}, {labels[-1]!r} once tokenized; allowed: a prompt or "
                "a verdict prefix of at least one token; add one"
            )
        return Verdict(np.array(base, dtype=np.int64), self._trie(strings, common, labels))

    def _split_ending(
        self, lead: str, ids: list[int], offsets: Offsets, labels: tuple[str, ...], suffix: str
    ) -> Verdict | None:
        """Base and trie from the ending of a prompt alone; None where that cannot be trusted."""
        place = _token_at(offsets, len(lead) - MARGIN)
        if place is None:
            return None
        begins = max(0, offsets[place][0] - MARGIN)
        key = (lead[begins:], offsets[place][0] - begins, labels, suffix)
        if key not in self._endings:
            if len(self._endings) >= _MOST_REMEMBERED:
                self._endings.clear()
            self._endings[key] = self._ending(*key)
        ending = self._endings[key]
        if ending is None or ending.first != ids[place:]:
            return None
        return Verdict(np.array(self._opening + ids[:place] + ending.common, dtype=np.int64), ending.trie)

    def _ending(self, lead: str, at: int, labels: tuple[str, ...], suffix: str) -> _Ending | None:
        strings: list[list[int]] = []
        for ids, offsets in self._read([lead + label + suffix for label in labels]):
            place = _token_at(offsets, at)
            if place is None or offsets[place][0] != at:
                return None
            strings.append(ids[place:])
        common = _common(strings)
        if common < SETTLED:
            return None
        return _Ending(strings[0], strings[0][:common], self._trie(strings, common, labels))

    def _trie(self, strings: Sequence[list[int]], common: int, labels: tuple[str, ...]) -> LabelTrie:
        tails = tuple(tuple(string[common:]) for string in strings)
        if len(set(tails)) < len(tails):
            twins = next(
                (labels[tails.index(tail)], label)
                for label, tail in zip(labels, tails, strict=True)
                if labels[tails.index(tail)] != label
            )
            raise UsageError(
                f"labels {twins[0]!r} and {twins[1]!r} are the same tokens for this model; "
                "allowed: labels that it can tell apart; choose others"
            )
        if tails not in self._tries:
            self._tries[tails] = grow(tails)
        return self._tries[tails]


def _token_at(offsets: Offsets, character: int) -> int | None:
    """The last token that begins at or before a character with nothing reaching over its beginning; None if none."""
    found = None
    for place, (before, token) in enumerate(pairwise(offsets), start=1):
        if token[0] > character:
            break
        if before[1] <= token[0] and token[0] < token[1]:
            found = place
    return found
