"""CSV and TSV -> a table. Row numbers count the header as line 1."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Final

from trustjudge_core.formats.json_text import MAX_VALUE
from trustjudge_core.formats.problems import FileProblems
from trustjudge_core.formats.streams import Unreadable
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.table_cells import MAX_ROWS, Table, TableChoice, TableLayout, column_names, too_many_rows
from trustjudge_core.formats.text_layout import SAMPLE, TOLD, TextLayout, text_layout

MAX_CELL: Final = 16 * 1024**2
"""Characters of one cell; the csv module takes four bytes for each."""

MAX_CELLS: Final = 1_000_000
"""Separators in one line, be they in texts or between cells."""

_BLOCK: Final = 1 << 18


def text_table(stream: io.BufferedReader, report: FileProblems, wanted: frozenset[str], choice: TableChoice) -> Table:
    """A table in text. Raises Unreadable for a header that is none, or bytes that are no text."""
    csv.field_size_limit(MAX_CELL)
    layout = text_layout(stream.peek(SAMPLE)[:SAMPLE], wanted, choice.encoding, choice.delimiter)
    decoded = _wide_lines(stream, layout, report) if layout.is_wide else _lines(stream, layout, report)
    reader = csv.reader(decoded, delimiter=layout.delimiter, strict=True)
    line = 1
    try:
        header = next(reader, [])
        if TOLD.match(layout.delimiter.join(header)):
            line, header = 2, next(reader, [])
        columns = column_names(header)
    except csv.Error as error:
        raise Unreadable(
            f"has a broken header ({error})", "column names in line 1", "write the header again"
        ) from error
    said = TableLayout("CSV", layout.encoding, layout.confidence, layout.delimiter)
    return Table(columns, _text_rows(reader, columns, report, line), said)


def _lines(stream: io.BufferedReader, layout: TextLayout, report: FileProblems) -> Iterator[str]:
    number, encoding = 0, layout.encoding
    while line := stream.readline(MAX_VALUE + 1):
        number += 1
        _check_length(len(line), number)
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            report.add(
                number, None, f"is not {encoding.upper()} text", encoding.upper(), "save the file as UTF-8, or say "
                "in which encoding it is",
            )  # fmt: skip
            text = line.decode(encoding, errors="replace")
        if encoding == "utf-8-sig":
            encoding = "utf-8"
        yield _checked(text, number, layout.delimiter, report)


def _wide_lines(stream: io.BufferedReader, layout: TextLayout, report: FileProblems) -> Iterator[str]:
    """Lines of an encoding in which a line end is more than one byte."""
    decoder = codecs.getincrementaldecoder(layout.encoding)()
    start, number = "", 0
    while True:
        block = stream.read(_BLOCK)
        try:
            start += decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            raise Unreadable(
                f"is not {layout.encoding.upper()} text", "the encoding it was saved in", "save the file as UTF-8"
            ) from error
        *whole, start = start.split("\n")
        for line in whole:
            number += 1
            yield _checked(line, number, layout.delimiter, report) + "\n"
        _check_length(len(start), number + 1)
        if not block:
            break
    if start:
        yield _checked(start, number + 1, layout.delimiter, report)


def _checked(line: str, number: int, delimiter: str, report: FileProblems) -> str:
    if len(line) > MAX_CELLS and line.count(delimiter) > MAX_CELLS:
        raise Unreadable(f"line {number:,} has more than {MAX_CELLS:,} cells", "fewer columns", "leave some out")
    if "\0" not in line:
        return line
    report.add(number, None, "holds the character NUL", "text without NUL characters", "take the character out")
    return line.replace("\0", "")


def _check_length(length: int, number: int) -> None:
    if length > MAX_VALUE:
        raise Unreadable(f"line {number:,} is longer than {MAX_VALUE:,} bytes", "shorter lines", "write one row a line")


def _text_rows(
    reader: Iterator[list[str]], columns: tuple[str, ...], report: FileProblems, number: int
) -> Iterator[tuple[int, Row]]:
    """The rows under the header, whose line is ``number``."""
    while True:
        number += 1
        keep = report.begins()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if keep:
                report.add(
                    number,
                    None,
                    f"cannot be split into cells ({error})",
                    "cells in quotes, quotes doubled",
                    "quote the row",
                )
            continue
        if number > MAX_ROWS:
            raise too_many_rows()
        if not cells or not keep:
            continue
        if len(cells) != len(columns):
            report.add(
                number,
                None,
                f"has {len(cells)} cells",
                f"{len(columns)}, as the header",
                "quote cells that hold separators",
            )
            continue
        yield number, dict(zip(columns, cells, strict=True))
