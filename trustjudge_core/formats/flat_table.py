"""The flat table: one response a row, as CSV, TSV, JSON Lines, Parquet or XLSX."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from trustjudge_core.formats.check import Draft
from trustjudge_core.formats.fields import MISSING, Fields
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Row
from trustjudge_core.records import Response

REQUIRED: Final = ("question_id", "question", "response")
OPTIONAL: Final = ("system", "response_id", "category", "reference", "rubric", "score")
COLUMNS: Final = (*REQUIRED, *OPTIONAL)


def missing_columns(columns: Iterable[str], mapping: Mapping[str, str]) -> list[str]:
    """Required columns that a table does not have, after the mapping (our column -> theirs)."""
    present = set(columns)
    return [column for column in REQUIRED if mapping.get(column, column) not in present]


def has_columns(columns: Iterable[str], mapping: Mapping[str, str]) -> bool:
    """Whether a table has every required column."""
    return not missing_columns(columns, mapping)


def read_rows(rows: Iterator[tuple[int, Row]], at: Fields, draft: Draft, mapping: Mapping[str, str]) -> None:
    """Responses; one without an id is called after its system, or else after its place in the question."""
    theirs = {column: mapping.get(column, column) for column in COLUMNS}
    known = set(theirs.values())
    for at.line, row in rows:
        for column in row.keys() - known:
            at.report.note_once(None, f"column {shown(column)} is not read")
        at.values = {column: _filled(row.get(name)) for column, name in theirs.items()}
        question_text = at.text("question")
        if question_text is None:
            at.problem("question", MISSING, "text", "add the question")
        question = draft.question(
            at, at.id("question_id"), question_text, at.text("category"), at.text("reference"), at.text("rubric")
        )
        system = at.optional_id("system")
        if theirs["response_id"] in row:
            response_id = at.id("response_id")
        else:
            response_id = _new_id(system or str(len(question.responses)), question.responses)
        text = at.answer_text(row.get(theirs["response"]), "response")
        gold = _gold(at)
        draft.response(at, question, Response(response_id, text, system, gold))


def _filled(value: Any) -> Any:
    """An empty cell is a missing value, except of the response, where it is an empty answer."""
    return None if isinstance(value, str) and not value.strip() else value


def _new_id(name: str, taken: Mapping[str, Response]) -> str:
    """The name, or with #2, #3, ... when the question has it already."""
    number, new = 1, name
    while new in taken:
        number += 1
        new = f"{name}#{number}"
    return new


def _gold(at: Fields) -> float | None:
    """The score column, a number or text that reads as one."""
    value = at.values["score"]
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            at.problem("score", shown(value), "a finite number", "write a number, or leave the cell empty")
            return None
        return number
    return None if value is None else at.number_of(value, "score")
