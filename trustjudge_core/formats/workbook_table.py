"""XLSX -> a table."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import IO, BinaryIO, Final

from trustjudge_core.formats.limited_process import LimitedTable
from trustjudge_core.formats.problems import FileProblems
from trustjudge_core.formats.streams import BROKEN_ARCHIVE, Unreadable, refuse_bomb
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.table_cells import (
    MAX_COLUMNS,
    MAX_TABLE,
    Table,
    TableLayout,
    cell_value,
    column_names,
    damaged,
    on_disk,
)

MOST_CELLS: Final = 20_000
"""Cells of one row, those outside the columns included; Excel allows 16,384."""

MOST_ROWS: Final = 1_048_576
"""Rows of a sheet, empty ones included: what Excel allows."""

_BLOCK: Final = 1 << 20


def workbook_table(stream: BinaryIO, report: FileProblems, sheet: str | None) -> Table:
    """The first sheet, or the one that was chosen. Formulas give their saved value; one that has none stays text.

    Links to other files are not followed, nothing is computed. Raises Unreadable, and UsageError for a sheet
    that is not there.
    """
    content, size = on_disk(stream)
    try:
        _check_size(content)
    except (*BROKEN_ARCHIVE, OSError) as error:  # a place before the file's beginning is an OSError
        raise damaged("XLSX", error) from error
    table = LimitedTable("XLSX", content, size, sheet)
    try:
        columns = column_names(table.head["columns"])
    except BaseException:
        table.close()
        raise
    sheets = tuple(table.head["sheets"])
    if len(sheets) > 1 and sheet is None:
        report.note_once(None, f"only the first of its {len(sheets)} sheets is read")
    layout = TableLayout("XLSX", sheet=table.head["sheet"], sheets=sheets)
    return Table(columns, _rows(table, columns, report), layout, table.close)


def _check_size(content: IO[bytes]) -> None:
    with zipfile.ZipFile(content) as archive:
        members = {m.filename: m for m in archive.infolist()}
        if "xl/workbook.xml" not in members:
            raise Unreadable("is a zip file inside another file", "plain tables", "unpack it first")
        size = sum(m.file_size for m in members.values())
        refuse_bomb(sum(m.compress_size for m in members.values()), size)
        if size > MAX_TABLE:
            raise Unreadable(f"unpacks to more than {MAX_TABLE:,} bytes", "smaller tables", "save it as CSV")
        for name in members:
            if name.endswith((".xml", ".rels")):
                with archive.open(name) as part:
                    _refuse_wide_and_long(part)


def _refuse_wide_and_long(part: IO[bytes]) -> None:
    """What would be built for many seconds before anybody could say so: a text of megabytes, which expat looks at anew
    with every block, a row of a million cells, rows without end."""
    rows = 0
    while block := part.read(_BLOCK):
        if len(block) == _BLOCK and b"<" not in block and b">" not in block:
            raise Unreadable(f"has a text of more than {_BLOCK:,} bytes in one cell", "shorter texts", "save it as CSV")
        begun = block.count(b"<row") + block.count(b":row")
        cells = sum(map(block.count, (b"<c ", b"<c>", b"<c/>", b":c ", b":c>", b":c/>")))
        if cells > MOST_CELLS and not begun:
            raise Unreadable(
                f"has a row of more than {MOST_CELLS:,} cells", f"at most {MAX_COLUMNS:,}", "leave some out"
            )
        rows += begun
        if rows > MOST_ROWS:
            raise Unreadable(f"has a sheet of more than {MOST_ROWS:,} rows", f"at most {MOST_ROWS:,}", "split it")


def _rows(table: LimitedTable, columns: tuple[str, ...], report: FileProblems) -> Iterator[tuple[int, Row]]:
    for number, values in table.rows():
        if not report.begins():
            continue
        if any(value is not None for value in values[len(columns) :]):
            report.add(number, None, "has cells outside the columns", "a header above every cell", "name the column")
        values += [None] * (len(columns) - len(values))
        named = zip(columns, values, strict=False)
        yield number, {name: cell_value(value, name, number, report) for name, value in named if name}
