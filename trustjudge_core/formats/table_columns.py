"""The columns of tables: what each kind of table needs, what it may have, and a guess at which of theirs is which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from trustjudge_core.errors import UsageError
from trustjudge_core.formats.problems import listed

RESPONSES, COMPARISONS, SCORES = "responses", "comparisons", "scores"

REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    RESPONSES: ("question_id", "question", "response"),
    COMPARISONS: ("first", "second", "verdict"),
    SCORES: ("response_id", "score"),
}
OPTIONAL: Final[dict[str, tuple[str, ...]]] = {
    RESPONSES: ("system", "response_id", "category", "reference", "rubric", "score"),
    COMPARISONS: (
        "question_id", "question", "category", "first_text", "second_text", "judge", "annotator", "prob_first",
        "prob_second", "prob_tie", "strength", "text",
    ),
    SCORES: ("question_id", "judge", "annotator", "criterion", "scale_low", "scale_high", "text"),
}  # fmt: skip
"""An ``annotator`` is a person: the row is a verdict then, not a judgment."""

COLUMNS: Final = {holds: (*REQUIRED[holds], *OPTIONAL[holds]) for holds in REQUIRED}

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "question_id": ("question id", "qid", "prompt id", "instruction id", "example id", "item id", "uid", "id"),
    "question": ("question", "prompt", "instruction", "query", "input", "request", "task", "user"),
    "response": ("response", "answer", "output", "completion", "generation", "reply", "model output", "text"),
    "response_id": ("response id", "answer id", "output id", "candidate id", "candidate", "system", "model"),
    "system": ("system", "model", "generator", "model name", "model id", "provider", "agent"),
    "category": ("category", "dataset", "subset", "topic", "domain", "tag"),
    "reference": ("reference", "target", "gold answer", "ground truth", "expected"),
    "rubric": ("rubric", "criteria", "guideline"),
    "score": ("score", "rating", "grade", "points", "gold", "stars", "mark"),
    "first": ("first", "left", "model a", "model 1", "system a", "system 1", "option a", "item 1", "a"),
    "second": ("second", "right", "model b", "model 2", "system b", "system 2", "option b", "item 2", "b"),
    "first_text": ("first text", "response a", "answer a", "output a", "response 1", "answer 1", "output 1"),
    "second_text": ("second text", "response b", "answer b", "output b", "response 2", "answer 2", "output 2"),
    "verdict": ("verdict", "winner", "preference", "preferred", "better", "choice", "decision", "outcome", "label"),
    "judge": ("judge", "judge model", "evaluator", "grader", "rater model"),
    "annotator": ("annotator", "worker", "human", "labeler", "rater", "reviewer", "user id", "person"),
    "criterion": ("criterion", "dimension", "aspect", "metric"),
    "scale_low": ("scale low", "scale min", "min score", "lowest"),
    "scale_high": ("scale high", "scale max", "max score", "highest"),
    "prob_first": ("prob first", "prob a", "p first", "p a"),
    "prob_second": ("prob second", "prob b", "p second", "p b"),
    "prob_tie": ("prob tie", "p tie"),
    "strength": ("strength", "margin", "confidence"),
    "text": ("rationale", "explanation", "reason", "judgment", "judgement", "comment", "text"),
}  # fmt: skip
"""What people call the columns, the likelier names first."""


@dataclass(frozen=True)
class Guess:
    """What a table may hold and which of its columns is which (ours -> theirs); only a start for a person."""

    holds: str
    mapping: Mapping[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """Needed columns for which none was found."""
        return tuple(column for column in REQUIRED[self.holds] if column not in self.mapping)


def missing_columns(columns: Iterable[str], holds: str, mapping: Mapping[str, str]) -> list[str]:
    """Needed columns that a table does not have, after the mapping (our column -> theirs)."""
    present = set(columns)
    return [column for column in REQUIRED[holds] if mapping.get(column, column) not in present]


def check_mapping(mapping: Mapping[str, str], holds: str | None) -> None:
    """Raises UsageError for a kind of table or a column of ours that does not exist."""
    if holds is not None and holds not in COLUMNS:
        raise UsageError(f"a table of {holds!r} is not read; allowed: {', '.join(COLUMNS)}; choose one of these")
    allowed = COLUMNS[holds] if holds else tuple(dict.fromkeys(c for known in COLUMNS.values() for c in known))
    unknown = [column for column in mapping if column not in allowed]
    if unknown:
        raise UsageError(
            f"column {listed(unknown)} cannot be mapped; allowed: {', '.join(allowed)}; map one of these to yours"
        )


def guess_mapping(columns: Sequence[str], rows: Sequence[Mapping[str, Any]] = ()) -> Guess:
    """A start for the mapping of a table, from the names of its columns and its first rows."""
    found = {holds: _match(columns, COLUMNS[holds], rows) for holds in COLUMNS}
    complete = [holds for holds in (COMPARISONS, RESPONSES, SCORES) if all(c in found[holds] for c in REQUIRED[holds])]
    if not complete and "verdict" in found[COMPARISONS] and {"first_text", "second_text"} <= found[COMPARISONS].keys():
        complete = [COMPARISONS]
    holds = complete[0] if complete else max(found, key=lambda h: sum(c in found[h] for c in REQUIRED[h]))
    return Guess(holds, found[holds])


def _match(columns: Sequence[str], ours: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Ours -> theirs: exact names first, then what people call them, each of theirs once."""
    mapping = {column: column for column in ours if column in columns}
    plain = {_plain(column): column for column in reversed(columns) if column not in mapping.values()}
    candidates = [(rank, column, name) for column in ours for rank, name in enumerate(_NAMES.get(column, ()))]
    for _, column, name in sorted(candidates, key=lambda c: (c[0], ours.index(c[1]))):
        theirs = plain.get(name)
        if (
            column not in mapping
            and theirs is not None
            and theirs not in mapping.values()
            and _fits(column, theirs, rows)
        ):
            mapping[column] = theirs
    return mapping


def _plain(name: str) -> str:
    """A column's name in small letters with single spaces: modelA, model_a and Model A are one."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Za-z])|[_\-.\s]+", " ", name.strip())
    return " ".join(spaced.lower().split())


def _fits(column: str, theirs: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the first rows hold what the column is for; columns without values always do."""
    values = [row[theirs] for row in rows if row.get(theirs) not in (None, "")]
    if column in ("score", "scale_low", "scale_high", "strength", "prob_first", "prob_second", "prob_tie"):
        return all(_is_number(value) for value in values)
    if column in ("response", "question", "first_text", "second_text"):
        return not values or not all(_is_number(value) for value in values)
    return not any(isinstance(value, list | dict) for value in values)


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
