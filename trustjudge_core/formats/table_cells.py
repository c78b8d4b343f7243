"""What all kinds of tables share: column names, cells as JSON would hold them, a table itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import IO, Any, BinaryIO, Final

from trustjudge_core.formats.problems import FileProblems, listed
from trustjudge_core.formats.streams import Unreadable
from trustjudge_core.formats.strict_json import Row, holds_nul

MAX_TABLE: Final = 512 * 1024**2
"""Bytes of a Parquet or XLSX file, which is copied to disk."""

MAX_COLUMNS: Final = 1_000

MAX_ROWS: Final = 5_000_000
"""Rows of a Parquet or XLSX file: both can state very many rows in very few bytes."""


@dataclass(frozen=True)
class TableChoice:
    """What a person said about one table: how it is written, what it holds, and what its columns and words mean.

    ``holds`` is responses, comparisons or scores. ``mapping`` is our column -> theirs. ``verdicts`` is
    their word -> first, second, tie or failed. ``order_known`` says whether first was shown first.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    holds: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    verdicts: Mapping[str, str] = field(default_factory=dict)
    order_known: bool = True


@dataclass(frozen=True)
class TableLayout:
    """How a table was read: which kind it is, and what was declared or guessed.

    ``confidence`` is of the encoding, 1 where it was declared or cannot be another. ``sheets`` are all
    sheets of a workbook, ``sheet`` the one that is read.
    """

    kind: str
    encoding: str | None = None
    confidence: float = 1.0
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """Column names and an iterator over rows, which can be read once; ``close`` for whoever does not read them."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Row]]
    layout: TableLayout
    close: Callable[[], None] = lambda: None


def on_disk(stream: BinaryIO) -> tuple[IO[bytes], int]:
    """The bytes of a table in a file without a name, for libraries that jump around in them, and how many."""
    content = tempfile.TemporaryFile()  # noqa: SIM115
    size = 0
    while block := stream.read(1 << 20):
        size += len(block)
        if size > MAX_TABLE:
            content.close()
            raise Unreadable(f"is larger than {MAX_TABLE:,} bytes", "smaller tables", "split it, or write JSON Lines")
        content.write(block)
    content.flush()
    return content, size


def column_names(names: list[Any]) -> tuple[str, ...]:
    """Column names as text. Raises Unreadable for names that are there twice or hold NUL."""
    columns = tuple("" if name is None else str(name).strip() for name in names)
    if len(columns) > MAX_COLUMNS:
        raise Unreadable(f"has {len(columns):,} columns", f"at most {MAX_COLUMNS:,}", "keep the columns that are read")
    if holds_nul(list(columns)):
        raise Unreadable("has a column whose name holds the character NUL", "names without it", "rename the column")
    twice = sorted({c for c in columns if c and columns.count(c) > 1})
    if twice:
        raise Unreadable(f"has columns that are there twice ({listed(twice)})", "every column once", "rename or remove")
    return columns


def cell_value(value: Any, column: str, line: int, report: FileProblems) -> Any:
    """A cell as JSON would hold it: dates and decimals become text, NUL and half characters are reported."""
    if isinstance(value, str | list | dict):
        if holds_nul(value):
            report.add(line, column, "holds the character NUL", "text without NUL characters", "take the character out")
        return value
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, bytes):
        report.add(line, column, "holds bytes", "text", "save the column as text")
        return None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def damaged(kind: str, error: Exception) -> Unreadable:
    why = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
    return Unreadable(f"is a damaged {kind} file ({why})", f"a complete {kind} file", "save it again")


def too_many_rows() -> Unreadable:
    """A table that is too long, in words."""
    return Unreadable(f"has more than {MAX_ROWS:,} rows", f"at most {MAX_ROWS:,}", "split it, or write JSON Lines")
