"""A first look at a table: its columns, its first rows, and what it may hold, for a person who says what is what."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from trustjudge_core.errors import InputProblems
from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.problems import Problems
from trustjudge_core.formats.rows import Rows, first_characters, shape_of
from trustjudge_core.formats.sources import ZIP, Collector, Source, UploadedFile
from trustjudge_core.formats.streams import Unreadable
from trustjudge_core.formats.table_cells import TableChoice, TableLayout
from trustjudge_core.formats.table_columns import COLUMNS, Guess, guess_mapping
from trustjudge_core.formats.tables import PARQUET, open_table

PREVIEWED: Final = 10
_LOOKED_AT: Final = 50


@dataclass(frozen=True)
class TableLook:
    """One table as it lies there. ``rows`` are its first ones under their own names; ``guess`` is a start."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    layout: TableLayout | None
    guess: Guess

    def preview(self, choice: TableChoice) -> list[dict[str, Any]]:
        """The first rows under our names, through a mapping."""
        holds = choice.holds or self.guess.holds
        theirs = {ours: choice.mapping.get(ours, ours) for ours in COLUMNS[holds]}
        return [{ours: row.get(name) for ours, name in theirs.items() if name in self.columns} for row in self.rows]


def look_at_tables(files: list[UploadedFile | Path], choices: dict[str, TableChoice] | None = None) -> list[TableLook]:
    """The tables, and JSON files of flat rows, among some files; others are passed over.

    Raises UsageError for a choice that cannot be used.
    """
    said = Choices(tables=choices or {}).checked()
    problems = Problems()
    with ExitStack() as stack:
        sources = Collector(problems, stack).collect(files)
        looks = [_look(source, said.table(source.name)) for source in sources]
    return [look for look in looks if look is not None]


def _look(source: Source, choice: TableChoice) -> TableLook | None:
    scratch = Problems().in_file(source.name)
    try:
        with source.open() as stream:
            start = stream.read(4)
        text = first_characters(source)[:1]
        if start not in (PARQUET, *ZIP) and text in (b"{", b"["):
            rows = [
                row for row, _ in zip(Rows(source, scratch, shape_of(source)).again(), range(_LOOKED_AT), strict=False)
            ]
            columns, layout = tuple(dict.fromkeys(key for row in rows for key in row)), None
        elif text:
            with source.open() as stream:
                table = open_table(stream, scratch, frozenset(choice.mapping.values()), choice)
                rows = [row for _, row in islice(table.rows, _LOOKED_AT)]
                table.close()
            columns, layout = tuple(column for column in table.columns if column), table.layout
        else:
            return None
    except (Unreadable, InputProblems):
        return None
    if len(columns) < 2:  # any text is a table of one column
        return None
    return TableLook(source.name, columns, tuple(rows[:PREVIEWED]), layout, guess_mapping(columns, rows))


def with_guess(look: TableLook, choice: TableChoice | None = None) -> TableChoice:
    """The choice that the guess stands for, to start from."""
    return replace(choice or TableChoice(), holds=look.guess.holds, mapping=dict(look.guess.mapping))
