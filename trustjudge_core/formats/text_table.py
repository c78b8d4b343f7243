"""CSV and TSV -> a table. Row numbers count the header as line 1."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO, Final

from trustjudge_core.formats.problems import FileProblems
from trustjudge_core.formats.rows import MAX_LINE, lines
from trustjudge_core.formats.streams import Unreadable
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.table_cells import Table, column_names

_SEPARATORS: Final = (",", "\t", ";", "|")


def text_table(stream: Rejoined, report: FileProblems, wanted: frozenset[str]) -> Table:
    csv.field_size_limit(MAX_LINE)
    decoded = _decoded(stream, report)
    first = next(decoded, "")
    separator = max(_SEPARATORS, key=lambda s: _header_fit(first, s, wanted))

    def again() -> Iterator[str]:
        yield first
        yield from decoded

    reader = csv.reader(again(), delimiter=separator, strict=True)
    try:
        columns = column_names(next(reader, []))
    except csv.Error as error:
        raise Unreadable(
            f"has a broken header ({error})", "column names in line 1", "write the header again"
        ) from error
    return Table(columns, _text_rows(reader, columns, report))


def _header_fit(header: str, separator: str, wanted: frozenset[str]) -> tuple[int, int]:
    cells = [cell.strip(' "\r\n') for cell in header.split(separator)]
    return len(wanted.intersection(cells)), len(cells)


def _decoded(stream: Rejoined, report: FileProblems) -> Iterator[str]:
    for number, line in lines(stream):  # type: ignore[arg-type]
        try:
            text = line.decode()
        except UnicodeDecodeError:
            report.add(number, None, "is not UTF-8 text", "UTF-8", "save the file as UTF-8")
            text = line.decode(errors="replace")
        if "\0" in text:
            report.add(number, None, "holds the character NUL", "text without NUL characters", "take the character out")
            text = text.replace("\0", "")
        yield text


def _text_rows(
    reader: Iterator[list[str]], columns: tuple[str, ...], report: FileProblems
) -> Iterator[tuple[int, Row]]:
    number = 1
    while True:
        number += 1
        keep = report.begins()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            report.add(
                number,
                None,
                f"cannot be split into cells ({error})",
                "cells in quotes, quotes doubled",
                "quote the row",
            )
            continue
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


class Rejoined(io.RawIOBase):
    """A stream whose first bytes were looked at already."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start, self._rest = start, rest

    def readline(self, size: int | None = -1, /) -> bytes:
        """The next line, with the first bytes back in their place."""
        line, self._start = self._start, b""
        if line and b"\n" in line:
            cut = line.index(b"\n") + 1
            self._start = line[cut:]
            return line[:cut]
        return line + self._rest.readline(-1 if size is None else size)
