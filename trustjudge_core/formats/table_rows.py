"""The cells of a table's rows under our names, read as what they should be: text of a CSV file may be a number."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.table_cells import TableChoice
from trustjudge_core.formats.table_columns import COLUMNS

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
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            at.problem(column, shown(value), "a finite number", "write a number, or leave the cell empty")
            return None
        return number
    return None if value is None else at.number_of(value, column)


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
