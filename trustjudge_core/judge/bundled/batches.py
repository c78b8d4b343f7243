"""Examples as padded tensors, batches of like length, the same for the same seed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

import torch
from tokenizers import Encoding
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from trustjudge_core.judge.bundled.examples import Example, examples
from trustjudge_core.judge.bundled.tokenizer import ASSISTANT, END, USER

POOL: Final = 2048
"""Examples that are sorted by length at a time."""


@dataclass(frozen=True, slots=True)
class Known:
    """One example in tokens: ``spoken`` is where the judge's turn begins, ``verdict`` where its verdict does."""

    tokens: list[int]
    spoken: int
    verdict: int
    places: list[tuple[int, int, bool]]
    closes: list[tuple[int, float, bool]]


@dataclass(frozen=True, eq=False)
class Batch:
    """B examples padded at the right to T tokens, and where in the flattened B x T something is known."""

    tokens: Tensor  # (B, T)
    spoken: Tensor  # (N,) places whose next token the judge says, its verdict apart
    verdicts: Tensor  # (V,) places whose next token belongs to a verdict
    truths: Tensor  # (M,) places whose next token belongs to a right part
    ends: Tensor  # (E,) last token of a part
    right: Tensor  # (E,) whether that part is right, 0. or 1.
    closes: Tensor  # (C,) first token after a response
    quality: Tensor  # (C,) its true quality
    form: Tensor  # (C,) whether it keeps the form


def known(batch: list[Example], tokenizer: PreTrainedTokenizerFast) -> list[Known]:
    """Examples in tokens, with what is known moved from characters to tokens."""
    asked = [f"{USER}{example.chat[0]['content']}{ASSISTANT}" for example in batch]
    whole = [text + example.said + END for text, example in zip(asked, batch, strict=True)]
    encodings = tokenizer.backend_tokenizer.encode_batch(whole)
    return [_known(*row) for row in zip(batch, asked, encodings, strict=True)]


def _known(example: Example, asked: str, encoding: Encoding) -> Known:
    def token(offset: int) -> int:
        found = encoding.char_to_token(offset)
        assert found is not None, "every character of a task belongs to a token"
        return found

    start = len(USER)
    return Known(
        tokens=encoding.ids,
        spoken=token(len(asked)),
        verdict=token(len(asked) + example.verdict),
        places=[(token(start + begin), token(start + end - 1), right) for begin, end, right in example.places],
        closes=[(token(start + end), quality, form) for end, quality, form in example.closes],
    )


def pad(rows: list[Known], padding: int) -> Batch:
    """One batch."""
    width = max(len(row.tokens) for row in rows)
    starts = range(0, len(rows) * width, width)
    tokens = torch.tensor([row.tokens + [padding] * (width - len(row.tokens)) for row in rows])
    placed = list(zip(starts, rows, strict=True))
    ends = [(start + last, right) for start, row in placed for _, last, right in row.places]
    truths = [
        start + t - 1
        for start, row in placed
        for first, last, right in row.places
        if right
        for t in range(first, last + 1)
    ]
    closes = [(start + place, quality, form) for start, row in placed for place, quality, form in row.closes]
    return Batch(
        tokens=tokens,
        spoken=torch.tensor(
            [start + t - 1 for start, row in placed for t in range(row.spoken, row.verdict)], dtype=torch.long
        ),
        verdicts=torch.tensor([start + t - 1 for start, row in placed for t in range(row.verdict, len(row.tokens))]),
        truths=torch.tensor(truths, dtype=torch.long),
        ends=torch.tensor([place for place, _ in ends]),
        right=torch.tensor([float(right) for _, right in ends]),
        closes=torch.tensor([place for place, _, _ in closes]),
        quality=torch.tensor([quality for _, quality, _ in closes]),
        form=torch.tensor([float(form) for _, _, form in closes]),
    )


def batches(seed: int, tokenizer: PreTrainedTokenizerFast, budget: int, pooled: int = POOL) -> Iterator[Batch]:
    """Batches of at most ``budget`` tokens, padding included, without end."""
    rng = Random(seed)
    stream = examples(rng)
    while True:
        pool = sorted(known(list(itertools.islice(stream, pooled)), tokenizer), key=lambda row: len(row.tokens))
        cut: list[list[Known]] = [[]]
        for row in pool:  # ascending, so the newest row is the widest
            if (len(cut[-1]) + 1) * len(row.tokens) > budget:
                cut.append([])
            cut[-1].append(row)
        rng.shuffle(cut)
        for rows in cut:
            yield pad(rows, tokenizer.pad_token_id)
