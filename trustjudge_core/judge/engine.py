"""Log-probabilities of labels from a causal language model, exactly and with nothing computed twice.

Prompts become rows of a prefix tree (`prefix_tree`), rows become batches cut by a token budget
(`row_batch`), and the label trie under each prompt is read in the same forward pass. Running out of
memory halves the budget and goes on. Models whose cache cannot be forked are read string by string.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trustjudge_core.judge.devices import out_of_memory, release_memory
from trustjudge_core.judge.forking import Forking
from trustjudge_core.judge.label_tails import NO_LABELS, LabelTrie, Tokens, Verdict
from trustjudge_core.judge.prefix_tree import NOTHING, Row, plant
from trustjudge_core.judge.row_batch import RowBatch, run_batch

T = TypeVar("T")

FULL: Final = {"cpu": 512, "cuda": 4096, "mps": 2048}
"""Tokens that keep a device busy; a batch that holds so many takes no row that would be padded much."""
LEAST_FILL: Final = 0.97
"""Of the longest row of a batch that is full; a shorter row waits for the next batch."""


@dataclass(frozen=True, slots=True)
class EngineCounts:
    """What an engine has done: tokens computed, and the distinct prefixes among what was asked, the least possible.

    ``padding`` are positions computed for nothing, in neither of the two; ``halvings`` of the token
    budget happen when memory runs out.
    """

    tokens: int = 0
    distinct: int = 0
    padding: int = 0
    batches: int = 0
    halvings: int = 0

    @property
    def padding_share(self) -> float:
        """Padding among all computed positions, NaN before anything was."""
        positions = self.tokens + self.padding
        return self.padding / positions if positions else float("nan")


def edge_logprobs(logits: Tensor, tries: Sequence[LabelTrie]) -> list[NDArray[np.float64]]:
    """ln P of every edge of each trie, from the logits at its nodes, (B, 1 + N, V)."""
    found = []
    for own, trie in zip(logits, tries, strict=True):  # row by row: in float32 a large vocabulary fills the memory
        nodes, tokens = (torch.from_numpy(at).to(own.device) for at in (trie.edge_nodes, trie.edge_tokens))
        read = own.float()
        found.append(read[nodes, tokens] - read.logsumexp(-1)[nodes])
    edges = torch.cat(found).double().cpu().numpy()
    return np.split(edges, np.cumsum([len(trie.edge_nodes) for trie in tries])[:-1])


def whole_logits(logits: Tensor, tries: Sequence[LabelTrie]) -> Tensor:
    """The logits as they are, for those who want no labels."""
    return logits


def _trie(row: Row, verdicts: Sequence[Verdict]) -> LabelTrie:
    """What is read after a row."""
    return NO_LABELS if row.index == NOTHING else verdicts[row.index].trie


class Engine:
    """One model with its token budget; ``forking`` says up to where prompts may share computation."""

    def __init__(self, model: Any, forking: Forking, batch_tokens: int) -> None:
        self.model = model
        self.forking = forking
        self.batch_tokens = batch_tokens
        self.counts = EngineCounts()
        self._keeps_logits = "logits_to_keep" in inspect.signature(model.forward).parameters

    def read(self, verdicts: Sequence[Verdict]) -> Iterator[tuple[int, NDArray[np.float32] | None]]:
        """ln P of every label of each verdict, (L,), by number, each as soon as it is there.

        None stands for a prompt that does not fit into memory even alone.
        """
        askers: dict[tuple[bytes, int], list[int]] = {}
        for number, verdict in enumerate(verdicts):
            askers.setdefault((verdict.base.tobytes(), id(verdict.trie)), []).append(number)
        numbers = list(askers.values())
        asked = [verdicts[same[0]] for same in numbers]
        shared = [n for n, v in enumerate(asked) if self.forking.allows(len(v.base) + v.trie.depth)]
        alone = sorted(set(range(len(asked))) - set(shared))
        for part, way in ((shared, self._read_rows), (alone, self._read_strings)):
            for place, logprobs in way([asked[number] for number in part]):
                for number in numbers[part[place]]:
                    yield number, logprobs

    def walk(
        self, verdicts: Sequence[Verdict], finish: Callable[[Tensor, Sequence[LabelTrie]], T], keep_all: bool = False
    ) -> Iterator[tuple[RowBatch, T | None]]:
        """Every row of the verdicts' prefix tree with what ``finish`` makes of its logits (B, 1 + N, V) and tries.

        None stands for rows that do not fit into memory. With ``keep_all`` every row holds its keys
        and values until the next one is asked for.
        """
        forest = plant([verdict.base for verdict in verdicts], self.forking.share)
        self._count(distinct=forest.distinct + sum(verdict.trie.nodes for verdict in verdicts))
        waiting = [self._in_order(forest.roots, verdicts)] if forest.roots else []
        while waiting:
            batch, rest = self._cut(waiting.pop(), verdicts)
            try:
                finished = finish(self._run(batch, keep_all), batch.tries)
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
                if len(batch.rows) > 1:
                    self._halve()
                    waiting.append(self._in_order([*batch.rows, *rest], verdicts))
                else:
                    lost = list(batch.rows[0].below())
                    yield RowBatch(lost, [_trie(row, verdicts) for row in lost]), None
                    waiting.append(rest)
            else:
                self._count(tokens=batch.tokens, padding=batch.positions - batch.tokens, batches=1)
                yield batch, finished
                del finished
                waiting.append(rest)
                waiting.append(self._in_order([fork for row in batch.rows for fork in row.forks], verdicts))
                for row in batch.rows:
                    # forks hold on to the row; the row must not hold on to them, so that memory goes with the last fork
                    row.kept = row.kept if row.forks else None
                    row.forks = []
            waiting = [rows for rows in waiting if rows]

    def _read_rows(self, verdicts: Sequence[Verdict]) -> Iterator[tuple[int, NDArray[np.float32] | None]]:
        for batch, edges in self.walk(verdicts, edge_logprobs):
            for place, (row, trie) in enumerate(zip(batch.rows, batch.tries, strict=True)):
                if row.index != NOTHING:
                    yield row.index, None if edges is None else trie.sum_edges(edges[place])

    def _in_order(self, rows: Sequence[Row], verdicts: Sequence[Verdict]) -> list[Row]:
        """Rows that fit together side by side: as many label nodes, then the longest, then the same parent."""
        return sorted(rows, key=lambda row: (-_trie(row, verdicts).nodes, -len(row.tokens), id(row.parent)))

    def _cut(self, rows: list[Row], verdicts: Sequence[Verdict]) -> tuple[RowBatch, list[Row]]:
        """The first batch of ordered rows, within the token budget and with little padding, and the rest."""
        full = min(FULL.get(self.model.device.type, FULL["cuda"]), self.batch_tokens)
        longest, nodes, before, real = len(rows[0].tokens), _trie(rows[0], verdicts).nodes, 0, 0
        taken = 0
        for row in rows:
            own = len(row.tokens)
            before = max(before, row.start)
            if taken and (
                _trie(row, verdicts).nodes != nodes
                or (taken + 1) * (before + longest + nodes) > self.batch_tokens
                or (real >= full and own < LEAST_FILL * longest)
            ):
                break
            taken += 1
            real += own + nodes
        batch = sorted(rows[:taken], key=lambda row: (id(row.parent), row.start))
        return RowBatch(batch, [_trie(row, verdicts) for row in batch]), rows[taken:]

    def _read_strings(self, verdicts: Sequence[Verdict]) -> Iterator[tuple[int, NDArray[np.float32] | None]]:
        """The same without a cache: every string from its first token, side by side with those of its length only."""
        self._count(distinct=plant([v.base for v in verdicts]).distinct + sum(v.trie.nodes for v in verdicts))
        strings = [(n, path) for n, verdict in enumerate(verdicts) for path in verdict.trie.inner_paths() or [()]]
        strings.sort(key=lambda string: -len(verdicts[string[0]].base) - len(string[1]))
        edges = [np.full(len(verdict.trie.edge_nodes), np.nan) for verdict in verdicts]
        left = np.bincount([number for number, _ in strings], minlength=len(verdicts))
        while strings:
            length = len(verdicts[strings[0][0]].base) + len(strings[0][1])
            most = max(1, self.batch_tokens // length)
            same = [s for s in strings[:most] if len(verdicts[s[0]].base) + len(s[1]) == length]
            try:
                found = self._read_alike(verdicts, same)
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
                if len(same) > 1:
                    self._halve()
                else:
                    lost = same[0][0]
                    strings = [string for string in strings if string[0] != lost]
                    yield lost, None
                continue
            strings = strings[len(same) :]
            for (number, _), own in zip(same, found, strict=True):
                edges[number] = np.where(np.isnan(own), edges[number], own)
                left[number] -= 1
                if not left[number]:
                    yield number, verdicts[number].trie.sum_edges(edges[number])

    @torch.inference_mode()
    def _read_alike(
        self, verdicts: Sequence[Verdict], strings: Sequence[tuple[int, Tokens]]
    ) -> list[NDArray[np.float64]]:
        """ln P of the edges that strings of one length pass, NaN elsewhere."""
        keep = 1 + max(len(path) for _, path in strings)
        ids = np.stack([np.append(verdicts[number].base, np.array(path, dtype=np.int64)) for number, path in strings])
        extra = {"logits_to_keep": keep} if self._keeps_logits else {}
        given = torch.from_numpy(ids).to(self.model.device)
        logits = self.model(input_ids=given, attention_mask=torch.ones_like(given), use_cache=False, **extra).logits
        logprobs = logits[:, -keep:].float().log_softmax(-1)
        self._count(tokens=ids.size, batches=1)
        found = []
        for row, (number, path) in enumerate(strings):
            trie = verdicts[number].trie
            edges = np.full(len(trie.edge_nodes), np.nan)
            depths = trie.depths_on(path)
            for edge, (node, token) in enumerate(zip(trie.edge_nodes, trie.edge_tokens, strict=True)):
                if int(node) in depths:
                    place = keep - 1 - len(path) + depths[int(node)]
                    edges[edge] = float(logprobs[row, place, int(token)])
            found.append(edges)
        return found

    def _run(self, batch: RowBatch, keep_all: bool) -> Tensor:
        return run_batch(self.model, self.forking.layers, batch, self.forking.trim, keep_all)

    def _count(self, **more: int) -> None:
        self.counts = replace(self.counts, **{name: getattr(self.counts, name) + n for name, n in more.items()})

    def _halve(self) -> None:
        self.batch_tokens = max(1, self.batch_tokens // 2)
        self._count(halvings=1)
        release_memory(self.model.device)
