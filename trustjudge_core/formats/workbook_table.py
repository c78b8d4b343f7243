"""XLSX -> a table. openpyxl is imported only when such a file is read; defusedxml makes it refuse XML bombs."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any, BinaryIO, Final

from trustjudge_core.errors import UsageError
from trustjudge_core.formats.problems import FileProblems, listed
from trustjudge_core.formats.streams import Unreadable, refuse_bomb
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.table_cells import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TABLE,
    Table,
    TableLayout,
    cell_value,
    column_names,
    damaged,
    on_disk,
    too_many_rows,
)

MAX_TEXTS: Final = 64 * 1024**2
"""Bytes of the texts that a workbook keeps apart from its sheets; they are held in memory, twice with formulas."""


def workbook_table(stream: BinaryIO, report: FileProblems, sheet: str | None) -> Table:
    """The first sheet, or the one that was chosen. Formulas give their saved value; one that has none stays text.

    openpyxl lets whatever the damage of a file causes pass through (KeyError, ParseError, zlib.error, ...), so
    every exception of it means a damaged file here. Links to other files are not followed, nothing is computed.
    """
    content = on_disk(stream)
    try:
        _check_size(content)
        chosen, sheets, cells = _cells(content, sheet, values=False)
        header = next(cells, ())
    except (Unreadable, UsageError):
        raise
    except Exception as error:
        raise damaged("XLSX", error) from error
    if len(sheets) > 1 and sheet is None:
        report.note_once(None, f"only the first of its {len(sheets)} sheets is read")
    if len(header) > MAX_COLUMNS:
        raise Unreadable(f"has {len(header):,} columns", f"at most {MAX_COLUMNS:,}", "keep the columns that are read")
    columns = column_names([cell.value for cell in header])
    while columns and not columns[-1]:
        columns = columns[:-1]
    layout = TableLayout("XLSX", sheet=chosen, sheets=sheets)
    return Table(columns, _rows(content, chosen, cells, columns, report), layout)


def _check_size(content: IO[bytes]) -> None:
    with zipfile.ZipFile(content) as archive:
        members = {m.filename: m for m in archive.infolist()}
        if "xl/workbook.xml" not in members:
            raise Unreadable("is a zip file inside another file", "plain tables", "unpack it first")
        refuse_bomb(sum(m.compress_size for m in members.values()), sum(m.file_size for m in members.values()))
        if sum(m.file_size for m in members.values()) > MAX_TABLE:
            raise Unreadable(f"unpacks to more than {MAX_TABLE:,} bytes", "smaller tables", "save it as CSV")
        texts = members.get("xl/sharedStrings.xml")
        if texts is not None and texts.file_size > MAX_TEXTS:
            raise Unreadable(f"holds more than {MAX_TEXTS:,} bytes of texts", "smaller tables", "save it as CSV")


def _cells(content: IO[bytes], sheet: str | None, values: bool) -> tuple[str, tuple[str, ...], Iterator[Any]]:
    """The sheet's name, all names, and its rows of cells; ``values``: what formulas had come to when it was saved."""
    import openpyxl

    book = openpyxl.load_workbook(content, read_only=True, data_only=values, keep_links=False)
    sheets = {found.title: found for found in book.worksheets}
    if not sheets:
        raise Unreadable("has no sheet with cells", "a table in the first sheet", "add one")
    if sheet is not None and sheet not in sheets:
        raise UsageError(
            f"sheet {listed([sheet])} is not in the workbook; allowed: {listed(list(sheets))}; choose one of them"
        )
    chosen: Any = sheets[sheet] if sheet is not None else book.worksheets[0]
    chosen.reset_dimensions()  # the file may state its size wrongly
    return chosen.title, tuple(sheets), iter(chosen.iter_rows())


def _rows(
    content: IO[bytes], sheet: str, cells: Iterator[Any], columns: tuple[str, ...], report: FileProblems
) -> Iterator[tuple[int, Row]]:
    saved: Iterator[Any] | None = None  # the same sheet with saved values, opened at the first formula
    reached = 0
    number = 1
    while True:
        number += 1
        try:
            row = next(cells, None)
            if row is None:
                return
            if number > MAX_ROWS + 1:
                raise too_many_rows()
            if len(row) > MAX_COLUMNS:
                raise Unreadable(f"row {number:,} has {len(row):,} cells", f"at most {MAX_COLUMNS:,}", "remove columns")
            values = [cell.value for cell in row]
            formulas = [at for at, cell in enumerate(row) if cell.data_type == "f"]
            if formulas:
                saved = saved or _cells(content, sheet, values=True)[2]
                said = next(islice(saved, number - reached - 1, None), ())
                reached = number
                for at in formulas:
                    value = said[at].value if at < len(said) else None
                    values[at] = value if value is not None else str(getattr(values[at], "text", values[at]))
        except Unreadable:
            raise
        except Exception as error:
            raise damaged("XLSX", error) from error
        if all(value is None for value in values) or not report.begins():
            continue
        if any(value is not None for value in values[len(columns) :]):
            report.add(number, None, "has cells outside the columns", "a header above every cell", "name the column")
        values += [None] * (len(columns) - len(values))
        named = zip(columns, values, strict=False)
        yield number, {name: cell_value(value, name, number, report) for name, value in named if name}
