"""The flat table: one response a row, as CSV, TSV, JSON Lines, Parquet or XLSX."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import MISSING, Fields
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
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


def read_rows(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Responses; one without an id is called after its system, or else after its place in the question."""
    theirs = {column: choices.mapping.get(column, column) for column in COLUMNS}
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
            response_id = question.free_id(system or str(len(question.responses)))
        text = at.answer_text(row.get(theirs["response"]), "response")
        gold = _gold(at)
        draft.response(at, question, Response(response_id, text, system, gold))


def _filled(value: Any) -> Any:
    """An empty cell is a missing value, except of the response, where it is an empty answer."""
    return None if isinstance(value, str) and not value.strip() else value


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


PARTS = (Part("flat table", "responses", 1, lambda row: has_columns(row, {}), read_rows),)
