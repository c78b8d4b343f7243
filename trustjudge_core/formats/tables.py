"""CSV, TSV, Parquet and XLSX -> rows by column name, with line numbers (the header is line 1)."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from trustjudge_core.formats.problems import FileProblems, listed, shown
from trustjudge_core.formats.rows import MAX_LINE, Row
from trustjudge_core.formats.sources import Unreadable

MAX_COLUMNS: Final = 1_000
MAX_TABLE: Final = 512 * 1024**2
"""Bytes of a Parquet or XLSX file, which has to be held in memory."""

PARQUET: Final = b"PAR1"
_DELIMITERS: Final = (",", "\t", ";", "|")


def text_rows(stream: BinaryIO, report: FileProblems) -> Iterator[tuple[int, Row]]:
    """Rows of a CSV or TSV file; the delimiter is the one that the header holds most of."""
    csv.field_size_limit(MAX_LINE)
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        first = text.readline(MAX_LINE + 1)
        delimiter = max(_DELIMITERS, key=first.count)
        reader = csv.reader(_checked(first, text, report), delimiter=delimiter, strict=True)
        header = next(reader, None)
        if header is None:
            return
        names = _names(header, report)
        if names is None:
            return
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) != len(names):
                report.add(
                    reader.line_num,
                    None,
                    f"has {len(cells)} cells for {len(names)} columns",
                    "a cell for every column",
                    "quote cells that hold the delimiter or a line break",
                )
                continue
            yield reader.line_num, dict(zip(names, cells, strict=True))
    except UnicodeDecodeError as error:
        raise Unreadable("is not UTF-8 text", "UTF-8", "save the file as UTF-8") from error
    except csv.Error as error:
        raise Unreadable(
            f"is not a readable table ({error})", "CSV with quoted cells", "export the table again"
        ) from error


def _checked(first: str, rest: io.TextIOWrapper, report: FileProblems) -> Iterator[str]:
    """The lines, with over-long ones refused and the character NUL reported and taken out."""
    number, line = 1, first
    while line:
        if len(line) > MAX_LINE:
            raise Unreadable(
                f"line {number:,} is longer than {MAX_LINE:,} characters", "shorter lines", "check the quotes"
            )
        if "\0" in line:
            report.add(number, None, "holds the character NUL", "text without NUL characters", "take it out")
            line = line.replace("\0", "")
        yield line
        line = rest.readline(MAX_LINE + 1)
        number += 1


def _names(header: Sequence[Any], report: FileProblems) -> list[str] | None:
    """Column names, or None after reporting why they cannot be used."""
    names = [str(name).strip() if name is not None else "" for name in header]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise Unreadable(f"has {len(names):,} columns", f"at most {MAX_COLUMNS:,}", "leave out what is not needed")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        report.add(1, None, f"names {listed(twice)} twice", "every column once", "rename one of the columns")
        return None
    return names


def parquet_rows(stream: BinaryIO, report: FileProblems) -> Iterator[tuple[int, Row]]:
    """Rows of a Parquet file, read in batches."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(_whole(stream)))
        names = _names(file.schema_arrow.names, report)
        if names is None:
            return
        line = 1
        for batch in file.iter_batches(batch_size=10_000):
            for row in batch.to_pylist():
                line += 1
                yield line, {name: _cell(value, name, line, report) for name, value in row.items()}
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        reason = " ".join(str(error).split())[:120]
        raise Unreadable(
            f"is damaged or not Parquet ({reason})", "a complete Parquet file", "write it again"
        ) from error


def workbook_rows(stream: BinaryIO, report: FileProblems) -> Iterator[tuple[int, Row]]:
    """Rows of the first sheet of an XLSX workbook. Formulas are not computed: their stored values are read."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(_whole(stream)), read_only=True, data_only=True, keep_links=False)
        sheets = book.worksheets
        if not sheets:
            raise Unreadable("holds no sheet", "a workbook with a table", "save the table into the first sheet")
        if len(sheets) > 1:
            report.note(None, f"only the first of {len(sheets)} sheets is read: {shown(sheets[0].title)}")
        names: list[str] | None = None
        for line, cells in enumerate(sheets[0].iter_rows(values_only=True), 1):
            if names is None:
                if any(cell is not None for cell in cells):
                    names = _names(cells, report)
                    if names is None:
                        return
                continue
            if any(cell is not None for cell in cells):
                yield line, {n: _cell(c, n, line, report) for n, c in zip(names, cells, strict=False)}
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever its XML parser, zip reader and converters raise
        reason = " ".join(str(error).split())[:120]
        raise Unreadable(
            f"is damaged or not a workbook ({reason})", "a complete .xlsx file", "save it again"
        ) from error


def _whole(stream: BinaryIO) -> bytes:
    data = stream.read(MAX_TABLE + 1)
    if len(data) > MAX_TABLE:
        raise Unreadable(f"is larger than {MAX_TABLE:,} bytes", "smaller tables", "write it as CSV or JSON Lines")
    return data


def _cell(value: Any, column: str, line: int, report: FileProblems) -> Any:
    """A cell as a JSON value: dates and the like become text; NaN is an empty cell, infinity is refused."""
    if value is None or isinstance(value, str | bool | int):
        if isinstance(value, str) and "\0" in value:
            report.add(line, column, "holds the character NUL", "text without NUL characters", "take it out")
        return value
    if isinstance(value, float):
        if math.isinf(value):
            report.add(line, column, "is infinite", "finite numbers", "correct the number")
        return None if math.isnan(value) or math.isinf(value) else value
    return str(value)
