"""What a file is, by its content: the kind of bytes first, then the fields of its first rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import BinaryIO, Final

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.flat_table import COLUMNS, has_columns, missing_columns
from trustjudge_core.formats.native_bundle import OF_NAME
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import FileProblems, Problems, listed
from trustjudge_core.formats.registry import FORMATS_IN_WORDS, part_named, recognise
from trustjudge_core.formats.rows import Rows, first_characters, shape_of
from trustjudge_core.formats.sources import ZIP, Source
from trustjudge_core.formats.streams import GZIP, Unreadable
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.tables import PARQUET, open_table

_PEEKED: Final = 200
"""So many rows are looked at to recognise a file."""

_FOREIGN: Final = (
    (GZIP, "is packed twice"),
    (b"\x80\x02", "is a Python pickle"),
    (b"\x80\x03", "is a Python pickle"),
    (b"\x80\x04", "is a Python pickle"),
    (b"\x80\x05", "is a Python pickle"),
    (b"\x7fELF", "is a program"),
    (b"MZ", "is a program"),
    (b"\xca\xfe\xba\xbe", "is a program"),
    (b"\xcf\xfa\xed\xfe", "is a program"),
    (b"#!", "is a program"),
    (b"%PDF", "is a PDF document"),
    (b"\x89PNG", "is a picture"),
    (b"\xff\xd8\xff", "is a picture"),
    (b"GIF8", "is a picture"),
    (b"SQLite format 3\0", "is a database"),
    (b"\xd0\xcf\x11\xe0", "is a file of an old Office"),
    (b"BZh", "is packed as .bz2"),
    (b"\xfd7zXZ", "is packed as .xz"),
    (b"7z\xbc\xaf", "is packed as .7z"),
    (b"Rar!", "is packed as .rar"),
    (b"\x28\xb5\x2f\xfd", "is packed as .zst"),
    (b"\x89HDF", "is an HDF5 file"),
    (b"\x93NUMPY", "is a NumPy array"),
    (b"ARROW1", "is an Arrow file"),
)
"""How files begin that hold no judgments, or hold them in a way that is not read."""


@dataclass
class Opened:
    """A recognised file that is going to be read."""

    source: Source
    part: Part
    report: FileProblems
    rows: Rows


def open_recognised(source: Source, report: FileProblems, choices: Choices) -> Opened | None:
    """The file as rows of a known kind. One nobody knows is reported, or left out when nobody asked for it.

    Raises Unreadable for bytes that are neither text nor a table.
    """
    kind = _kind(source)
    named = choices.formats.get(source.name)
    if kind == "empty":
        return _empty(source, report)
    if kind == "json":
        rows = Rows(source, report, shape_of(source))
    else:
        rows = Rows(source, report, None, partial(_table_rows, wanted=frozenset(_wanted(choices))))
    if named is not None:
        return Opened(source, part_named(named), report, rows)
    good: Row | None = None
    if kind == "table" and (part := _by_header(source, choices)) is not None:
        return Opened(source, part, report, rows)
    for row in islice(rows.again(), _PEEKED):
        good = row if good is None else good
        part = recognise(row) or _mapped(row, choices)
        if part is not None:
            return Opened(source, part, report, rows)
    if good is None and _is_whole(source, kind):
        return _empty(source, report)
    if not source.required:
        report.note(None, "left out: not recognised")
        return None
    _report_unknown(source, kind, good, rows, report, choices)
    return None


def _table_rows(stream: BinaryIO, report: FileProblems, wanted: frozenset[str]) -> Iterator[tuple[int, Row]]:
    return open_table(stream, report, wanted).rows


def _by_header(source: Source, choices: Choices) -> Part | None:
    """What a table is by its columns alone, which it has even without rows."""
    row: Row = dict.fromkeys(_columns(source, choices))
    return recognise(row) or _mapped(row, choices)


def _columns(source: Source, choices: Choices) -> tuple[str, ...]:
    with source.open() as stream:
        return open_table(stream, Problems().in_file(source.name), frozenset(_wanted(choices))).columns


def _wanted(choices: Choices) -> list[str]:
    return [choices.mapping.get(column, column) for column in COLUMNS]


def _mapped(row: Row, choices: Choices) -> Part | None:
    """A table of responses, where its columns were mapped by hand."""
    return part_named("flat table: responses") if choices.mapping and has_columns(row, choices.mapping) else None


def _kind(source: Source) -> str:
    """json, table or empty, by the first bytes that are not space."""
    with source.open() as stream:
        start = stream.read(16)
    if start[:4] in (PARQUET, *ZIP):
        return "table"
    for magic, what in _FOREIGN:
        if start.startswith(magic):
            raise Unreadable(what, "text, JSON, Parquet or XLSX, also as .gz or .zip", "save the data as one of these")
    text = first_characters(source)
    return "empty" if not text else "json" if text[:1] in (b"{", b"[") else "table"


def _is_whole(source: Source, kind: str) -> bool:
    """Whether nothing in the file is broken, so that having no rows means being empty."""
    trial = Problems()
    report = trial.in_file(source.name)
    if kind == "json":
        for _ in Rows(source, report, shape_of(source)):
            break
    return not trial.total


def _empty(source: Source, report: FileProblems) -> Opened | None:
    part = OF_NAME.get(source.stem.lower())
    if part is not None or not source.required:
        report.note(None, "is empty")
        return None if part is None else Opened(source, part, report, Rows(source, report, None))
    report.add(None, None, "is empty", "rows", "leave it out, or add its rows")
    return None


def _report_unknown(
    source: Source, kind: str, good: Row | None, rows: Rows, report: FileProblems, choices: Choices
) -> None:
    """Say what the file holds instead of what is read."""
    if kind == "table":
        columns = _columns(source, choices)
        missing = missing_columns(columns, choices.mapping)
        report.add(
            None,
            None,
            f"has the columns {listed(list(columns))} and is not recognised: {', '.join(missing)} not found",
            FORMATS_IN_WORDS,
            "rename or map the columns, or leave the file out",
        )
        return
    for _ in rows:  # say all that is broken, not only that nothing was recognised
        pass
    if good is not None:
        report.add(
            None,
            None,
            f"has the fields {listed(list(good))} and is not recognised",
            FORMATS_IN_WORDS,
            "name the fields as these do, map the columns, or leave the file out",
        )
