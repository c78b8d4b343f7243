"""XLSX -> a table. openpyxl is imported only when such a file is read; defusedxml makes it refuse XML bombs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

from trustjudge_core.formats.problems import FileProblems
from trustjudge_core.formats.streams import Unreadable
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.table_cells import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TABLE,
    Table,
    cell_value,
    column_names,
    damaged,
    too_many_rows,
)


def workbook_table(content: io.BytesIO, report: FileProblems) -> Table:
    """The first sheet. Formulas give their saved value; one that has none stays the text it is written as.

    openpyxl lets whatever the damage of a file causes pass through (KeyError, ParseError, zlib.error, ...), so
    every exception of it means a damaged file here.
    """
    try:
        _check_size(content)
        cells = _first_sheet(content, values=False, report=report)
        header = next(cells, ())
    except Unreadable:
        raise
    except Exception as error:
        raise damaged("XLSX", error) from error
    columns = column_names([cell.value for cell in header])
    while columns and not columns[-1]:
        columns = columns[:-1]
    return Table(columns, _rows(content, cells, columns, report))


def _check_size(content: io.BytesIO) -> None:
    with zipfile.ZipFile(content) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise Unreadable("is a zip file inside another file", "plain tables", "unpack it first")
        if sum(m.file_size for m in archive.infolist()) > MAX_TABLE:
            raise Unreadable(f"unpacks to more than {MAX_TABLE:,} bytes", "smaller tables", "save it as CSV")


def _first_sheet(content: io.BytesIO, values: bool, report: FileProblems) -> Iterator[Any]:
    """Rows of cells; ``values`` gives what formulas had come to when the file was saved."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content.getvalue()), read_only=True, data_only=values, keep_links=False)
    if not book.worksheets:
        raise Unreadable("has no sheet with cells", "a table in the first sheet", "add one")
    if len(book.worksheets) > 1:
        report.note_once(None, f"only the first of its {len(book.worksheets)} sheets is read")
    first: Any = book.worksheets[0]
    first.reset_dimensions()  # the file may state its size wrongly
    return iter(first.iter_rows())


def _rows(
    content: io.BytesIO, cells: Iterator[Any], columns: tuple[str, ...], report: FileProblems
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
                saved = saved or _first_sheet(content, values=True, report=report)
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
