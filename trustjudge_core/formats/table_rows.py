"""The cells of a table's rows under our names, read as what they should be: text of a CSV file may be a number."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping
from typing import Any, Final

from trustjudge_core.export.tables import FORMULA
from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import Fields, number_in
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.table_cells import TableChoice
from trustjudge_core.formats.table_columns import COLUMNS

_IDS: Final = frozenset(("first", "second", "response_id"))
_NAMES: Final = frozenset(("judge", "annotator", "verdict"))

ALL = "all"
"""The question of comparisons and scores that name none."""


def mapped_rows(rows: Rows, at: Fields, choice: TableChoice, holds: str) -> Iterator[Row]:
    """Each row as it lies there; ``at`` is pointed at its cells under our names."""
    theirs = {column: choice.mapping.get(column, column) for column in COLUMNS[holds]}
    known = set(theirs.values())
    for at.line, row in rows:
        if not row.keys() <= known:
            at.say_unread_of([column for column in row if column not in known], "column")
        at.values = {column: filled(row.get(name)) for column, name in theirs.items()}
        yield row


def filled(value: Any) -> Any:
    """An empty cell is a missing value."""
    return None if isinstance(value, str) and not value.strip() else value


def cell_number(at: Fields, column: str) -> float | None:
    """A cell that is a number, or text that reads as one."""
    value = at.values.get(column)
    if isinstance(value, str):
        number = number_in(value)
        if not math.isfinite(number):
            at.problem(column, shown(value), "a finite number", "write a number, or leave the cell empty")
            return None
        return at.number_of(number, column)
    return None if value is None else at.number_of(value, column)


def unguard(at: Fields, draft: Draft, rows: Rows) -> None:
    """Take the apostrophe away that keeps a spreadsheet from computing a cell (`export.tables.safe_text`).

    Of an id only where the set has it without and not with. Of a name always: none begins so by itself.
    """
    if rows.is_json:
        return
    values = at.values
    values["question_id"] = _known(values.get("question_id"), draft.questions)
    question = draft.questions.get(str(values.get("question_id") or ALL))
    for column in _IDS & values.keys():
        values[column] = _known(values[column], question.responses if question is not None else ())
    for column in _NAMES & values.keys():
        if _is_guarded(values[column]):
            values[column] = values[column][1:]


def _known(value: Any, ids: Container[str]) -> Any:
    return value[1:] if _is_guarded(value) and value not in ids and value[1:] in ids else value


def _is_guarded(value: Any) -> bool:
    return isinstance(value, str) and value[:1] == "'" and value[1:].startswith(FORMULA)


def question_of(at: Fields, draft: Draft) -> str:
    """The question a judgment is about; tables that name none are about one question."""
    if at.values.get("question_id") is None:
        at.report.note_once(None, f"no question is named; everything is about one question, {ALL}")
        return ALL
    return at.id("question_id")


def judge_of(at: Fields, choices: Choices) -> str:
    """Who judged: the column, or what the person said."""
    return at.name("judge", choices.named())


def is_person(values: Mapping[str, Any]) -> bool:
    """Whether a row is what a person decided."""
    return values.get("annotator") is not None
