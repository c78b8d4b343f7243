"""Every format that is read, in the order in which they are tried on the first rows of a file."""

from __future__ import annotations

from typing import Final

from trustjudge_core.errors import UsageError
from trustjudge_core.formats import (
    alpaca_eval,
    arena_hard,
    argilla,
    comparison_table,
    fastchat_reviews,
    flat_table,
    judge_bench,
    llm_comparator,
    lm_eval,
    mt_bench,
    native_bundle,
    promptfoo,
    reward_bench,
    score_table,
    trustjudge_answers,
    trustjudge_pairs,
    trustjudge_scores,
    votes,
)
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import listed
from trustjudge_core.formats.strict_json import Row

TABLES: Final[tuple[Part, ...]] = (*comparison_table.PARTS, *score_table.PARTS, *flat_table.PARTS)

PARTS: Final[tuple[Part, ...]] = (
    *native_bundle.PARTS,
    *trustjudge_answers.PARTS,
    *trustjudge_pairs.PARTS,
    *trustjudge_scores.PARTS,
    *arena_hard.PARTS,  # its first version looks like MT-bench but for what a turn is
    *mt_bench.PARTS,
    *votes.PARTS,
    *fastchat_reviews.PARTS,
    *alpaca_eval.PARTS,
    *judge_bench.PARTS,
    *reward_bench.PARTS,
    *llm_comparator.PARTS,
    *promptfoo.PARTS,
    *lm_eval.PARTS,
    *argilla.PARTS,
    *TABLES,
)

BY_KEY: Final = {part.key: part for part in PARTS}

FORMATS_IN_WORDS: Final = ", ".join(dict.fromkeys(part.format for part in PARTS))


def recognise(row: Row, folders: tuple[str, ...] = ()) -> Part | None:
    """The kind of file a row comes from that lies in these folders, or None."""
    return next((part for part in PARTS if part.folder in (None, *folders) and part.recognises(row)), None)


def part_named(key: str) -> Part:
    """The kind of file a person named. Raises UsageError."""
    part = BY_KEY.get(key)
    if part is None:
        raise UsageError(f"format {listed([key])} is not known; allowed: {', '.join(BY_KEY)}; choose one of these")
    return part
