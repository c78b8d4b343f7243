"""The rows of one file, whatever it is: JSON Lines, a JSON array, a document or a table.

An *entry* is one row as it lies in the file, good or broken; every entry is counted where it is
produced, so that a problem is known by its row and rows can be left out by choice.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO, Final, cast

import orjson

from trustjudge_core.formats.documents import document_rows, rows_path, shared
from trustjudge_core.formats.json_text import MAX_VALUE, Broken, JsonText, TooDeep, elements
from trustjudge_core.formats.problems import FileProblems, Problems
from trustjudge_core.formats.sources import Source
from trustjudge_core.formats.streams import CountedStream, Unreadable
from trustjudge_core.formats.strict_json import Row, broken, not_utf8, strict_object, too_deep

MAX_LINE: Final = MAX_VALUE
"""Bytes of one line."""

MAX_LINES: Final = 30_000_000
"""Lines of one file."""

SAMPLE_ROWS: Final = 3

_BLOCK: Final = 1 << 20

_SPACE = b" \t\r\n"

Shape = tuple[str, ...] | None
"""How a JSON file holds its rows: a line each, in one array, one after another over several lines each, or in a
list inside one object, which this is the path to."""

LINES: Final[Shape] = None
ARRAY: Final[Shape] = ()
SPREAD: Final[Shape] = ("{}",)

Entry = tuple[int, bytes]
Opener = Callable[[BinaryIO, FileProblems], Iterator[tuple[int, Row]]]


def lines(stream: BinaryIO) -> Iterator[Entry]:
    """Line number from 1 and line without byte order mark. Raises Unreadable at a line over the limit."""
    number = 0
    for block in _blocks_of_lines(stream):
        for line in block:
            number += 1
            yield number, line
        if number > MAX_LINES:
            raise Unreadable(f"has more than {MAX_LINES:,} lines", "fewer lines", "split it")


def _blocks_of_lines(stream: BinaryIO) -> Iterator[list[bytes]]:
    """Lines without their ends, as many at a time as a block holds: line by line takes twice as long."""
    begun, number, start = False, 0, b""
    while block := stream.read(_BLOCK):
        if not begun:
            block, begun = _without_mark(block), True
        found = block.split(b"\n")
        found[0] = start + found[0]
        start = found.pop()
        if len(start) > _BLOCK:  # a long line is put together once, not anew with every block
            start = _long_line(stream, start, number + len(found) + 1)
            found.append(start)
            start = b""
        number += len(found)
        yield found
    if start:
        yield [start]


def _long_line(stream: BinaryIO, start: bytes, number: int) -> bytes:
    """The rest of a line that is longer than a block."""
    line = start + stream.readline(MAX_LINE + 1 - len(start))
    if len(line) > MAX_LINE:
        raise Unreadable(f"line {number:,} is longer than {MAX_LINE:,} bytes", "shorter lines", "write one row a line")
    return line.removesuffix(b"\n")


def _without_mark(line: bytes) -> bytes:
    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable("is UTF-16 text", "UTF-8", "save the file as UTF-8")
    return line.removeprefix(codecs.BOM_UTF8)


def first_characters(source: Source) -> bytes:
    """The first bytes of a file that are not blank, without byte order mark; b"" for an empty one."""
    with source.open() as stream:
        start = stream.read(1 << 16).removeprefix(codecs.BOM_UTF8).lstrip(_SPACE)
        while not start and (more := stream.read(1 << 16)):
            start = more.lstrip(_SPACE)
    return start


def shape_of(source: Source) -> Shape:
    """How a JSON file holds its rows. Raises Unreadable."""
    start = first_characters(source)[:1]
    if start == b"[":
        return ARRAY
    if start != b"{":
        return LINES
    with source.open() as stream:
        first, following = _first_line(stream)
    whole = _is_json(first)
    if whole and following == b"{":
        return LINES
    with source.open() as stream:
        path = rows_path(stream)
    if path is not None:
        return path
    return LINES if whole or following in (b"", b"{") else SPREAD


def _first_line(stream: BinaryIO) -> tuple[bytes, bytes]:
    """The first line that is not blank, a block of it at most, and with what the next such line begins."""
    block = stream.read(_BLOCK).removeprefix(codecs.BOM_UTF8).lstrip(_SPACE)
    while not block and (more := stream.read(_BLOCK)):
        block = more.lstrip(_SPACE)
    line, end, rest = block.partition(b"\n")
    following = rest.lstrip(_SPACE) or (stream.read(_BLOCK).lstrip(_SPACE) if end else b"")
    return line, following[:1]


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def json_entries(stream: BinaryIO, report: FileProblems, shape: Shape) -> Iterator[Entry]:
    """Line and text of each row."""
    if shape is LINES:
        for number, line in lines(stream):
            if line and not line.isspace() and report.begins():
                yield number, line
    elif shape == SPREAD:
        yield from _counted(_spread(stream), report)
    elif shape:
        yield from _counted(document_rows(stream, shape), report)
    else:
        yield from _counted(_array(stream), report)


def _array(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    text = JsonText(stream)
    yield from elements(text)
    if text.peek():
        raise Broken(text.line, "something follows the closing bracket")


def _spread(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    text = JsonText(stream)
    while text.peek():
        line, raw, _ = text.value()
        yield line, raw


def _counted(found: Iterator[tuple[int, str]], report: FileProblems) -> Iterator[Entry]:
    """The same rows as bytes, each an entry; where the text breaks is reported and ends them."""
    try:
        for line, text in found:
            if report.begins():
                yield line, text.encode("utf-8", "surrogatepass")
    except TooDeep as error:
        too_deep(error.line, report)
    except Broken as error:
        report.entry += 1  # what is broken here has no rows behind it
        if error.what == "not UTF-8":
            not_utf8(error.line, report)
        else:
            broken(error.line, error.what, report)


def json_rows(stream: BinaryIO, report: FileProblems, shape: Shape) -> Iterator[tuple[int, Row]]:
    """Rows that are objects; everything else is reported."""
    for number, raw in json_entries(stream, report, shape):
        row = strict_object(raw, number, report)
        if row is not None:
            yield number, row


class Rows:
    """The rows of one recognised file, to be read once by its reader; ``again`` looks at them another time.

    A JSON file has a `Shape`; a table has an ``opener`` instead. Reading counts rows and keeps the first.
    """

    def __init__(self, source: Source, report: FileProblems, shape: Shape, opener: Opener | None = None) -> None:
        self.source = source
        self.count = 0
        self.first: list[Row] = []
        self.is_json = opener is None
        self._report, self._shape = report, shape
        self._opener: Opener = partial(json_rows, shape=shape) if opener is None else opener
        self._stream: io.BufferedReader | None = None

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        with self.source.open() as self._stream:
            for line, row in self._opener(self._stream, self._report):
                self.count += 1
                if self.count <= SAMPLE_ROWS:
                    self.first.append(row)
                yield line, row

    def not_taken(self, take: Callable[[bytes], bool]) -> Iterator[tuple[int, Row]]:
        """The rows that a faster reader does not ``take`` from their JSON text; of a table, all rows."""
        if not self.is_json:
            yield from self
            return
        with self.source.open() as self._stream:
            for line, text in json_entries(self._stream, self._report, self._shape):
                self.count += 1
                if self.count <= SAMPLE_ROWS:
                    sample = strict_object(text, line, Problems().in_file(self.source.name))
                    self.first += [] if sample is None else [sample]
                if not take(text):
                    row = strict_object(text, line, self._report)
                    if row is not None:
                        yield line, row

    def again(self) -> Iterator[Row]:
        """The rows once more, from the start, without reporting what is wrong with them."""
        with self.source.open() as stream:
            for _, row in self._opener(stream, Problems().in_file(self.source.name)):
                yield row

    def shared(self) -> dict[str, Any]:
        """What a document says beside its rows; empty for other files."""
        if not self._shape or self._shape == SPREAD:
            return {}
        with self.source.open() as stream:
            return shared(stream)

    def reached(self) -> int:
        """Bytes of the file that were read so far, packed as it lies there."""
        if self._stream is None or self._stream.closed:
            return 0
        return cast(CountedStream, self._stream.raw).reached()
