"""Every format that is read, and how a row of it is recognised by its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from trustjudge_core.formats import (
    flat_table,
    mt_bench,
    native_bundle,
    native_scores,
    trustjudge_answers,
    trustjudge_pairs,
    trustjudge_scores,
)
from trustjudge_core.formats.check import Draft
from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.rows import Row
from trustjudge_core.formats.trustjudge_judgments import JUDGE


@dataclass(frozen=True)
class Choices:
    """What the user said about files that do not say it themselves."""

    scale: tuple[float, float] | None = None
    judge: str = JUDGE
    mapping: Mapping[str, str] = field(default_factory=dict)


Reader = Callable[[Iterator[tuple[int, Row]], Fields, Draft, Choices], None]


@dataclass(frozen=True)
class Part:
    """One kind of file. Parts of a lower rank are read first: questions, then responses, then judgments."""

    format: str
    name: str
    rank: int
    read: Reader


NATIVE: Final = {
    "responses": Part("native bundle", "responses", 0, lambda r, at, d, c: native_bundle.read_responses(r, at, d)),
    "scores": Part("native bundle", "scores", 3, lambda r, at, d, c: native_scores.read_scores(r, at, d)),
    "comparisons": Part(
        "native bundle", "comparisons", 3, lambda r, at, d, c: native_bundle.read_comparisons(r, at, d)
    ),
    "humans": Part("native bundle", "humans", 4, lambda r, at, d, c: native_bundle.read_humans(r, at, d)),
}
FLAT: Final = Part("flat table", "responses", 1, lambda r, at, d, c: flat_table.read_rows(r, at, d, c.mapping))
_MT_BENCH: Final = {
    "questions": Part("MT-bench", "questions", 0, lambda r, at, d, c: mt_bench.read_questions(r, at, d)),
    "answers": Part("MT-bench", "answers", 1, lambda r, at, d, c: mt_bench.read_answers(r, at, d)),
    "single judgments": Part("MT-bench", "single judgments", 3, lambda r, at, d, c: mt_bench.read_single(r, at, d)),
    "pair judgments": Part("MT-bench", "pair judgments", 3, lambda r, at, d, c: mt_bench.read_pairs(r, at, d)),
    "votes": Part("MT-bench", "votes", 4, lambda r, at, d, c: mt_bench.read_votes(r, at, d)),
}
_ANSWERS: Final = Part("TrustJudge", "answers", 0, lambda r, at, d, c: trustjudge_answers.read_answers(r, at, d))
_SCORES: Final = Part(
    "TrustJudge", "score judgments", 2, lambda r, at, d, c: trustjudge_scores.read_scores(r, at, d, c.scale, c.judge)
)
_PAIRS: Final = Part(
    "TrustJudge", "pair judgments", 3, lambda r, at, d, c: trustjudge_pairs.read_pairs(r, at, d, c.judge)
)

FORMATS_IN_WORDS: Final = (
    "a native bundle, a flat table (question_id, question, response), TrustJudge answers or judgments, MT-bench files"
)


def recognise(row: Row, choices: Choices) -> Part | None:
    """The kind of file a row comes from, or None."""
    native = native_bundle.part_of(row)
    if native is not None:
        return NATIVE[native]
    if trustjudge_answers.is_answers(row):
        return _ANSWERS
    if trustjudge_pairs.is_pairs(row):
        return _PAIRS
    if trustjudge_scores.is_scores(row):
        return _SCORES
    bench = mt_bench.part_of(row)
    if bench is not None:
        return _MT_BENCH[bench]
    if flat_table.has_columns(row, choices.mapping):
        return FLAT
    return None
