"""Bytes -> records: `read_files` recognises what files hold by their content and joins them into one Bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from trustjudge_core.errors import InputProblems
from trustjudge_core.formats import flat_table
from trustjudge_core.formats.check import Draft
from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.native_bundle import PARTS
from trustjudge_core.formats.problems import FileProblems, Problems, listed
from trustjudge_core.formats.registry import FORMATS_IN_WORDS, NATIVE, Choices, Part, recognise
from trustjudge_core.formats.rows import Row, json_rows
from trustjudge_core.formats.sources import ZIP, Collector, Source, Unreadable, UploadedFile
from trustjudge_core.formats.tables import PARQUET, parquet_rows, text_rows, workbook_rows
from trustjudge_core.formats.trustjudge_judgments import JUDGE
from trustjudge_core.records import Bundle

__all__ = ["ReadFiles", "Recognised", "UploadedFile", "read_files"]

SAMPLE_ROWS: Final = 3
_LOOKED_AT: Final = 20
"""So many rows are looked at to recognise a file; the first may be the one that is broken."""

_Rows = Callable[[BinaryIO, FileProblems], Iterator[tuple[int, Row]]]


@dataclass(frozen=True)
class Recognised:
    """What one file was taken for: its format and part, its number of rows and the first few of them."""

    file: str
    format: str
    part: str
    rows: int
    sample: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class ReadFiles:
    """Everything the files held, and what each was taken for."""

    bundle: Bundle
    recognised: tuple[Recognised, ...]


class UnreadableFiles(InputProblems):
    """Files that cannot be imported, with what could be recognised all the same."""

    def __init__(self, problems: Problems, recognised: tuple[Recognised, ...]) -> None:
        super().__init__(problems.first, problems.total)
        self.recognised = recognised


def read_files(
    files: Sequence[UploadedFile | Path],
    *,
    scale: tuple[float, float] | None = None,
    judge: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> ReadFiles:
    """Read files, folders and archives as one response set with its judgments.

    ``scale`` and ``judge`` are for formats that do not say them, ``mapping`` (our column ->
    theirs) is for flat tables. Raises InputProblems with every problem of every file.
    """
    choices = Choices(scale, judge or JUDGE, mapping or {})
    problems = Problems()
    recognised: dict[str, Recognised] = {}
    with ExitStack() as stack:
        sources = Collector(problems, stack).collect(files)
        if not sources and not problems.total:
            problems.add("the import", None, None, "holds no files that can be read", FORMATS_IN_WORDS, "add files")
        kinds = [(source, *_kind(source, choices, problems)) for source in sources]
        draft = Draft(problems)
        for source, part, rows in sorted(kinds, key=lambda kind: kind[1].rank if kind[1] else 9):
            if part is not None and rows is not None:
                recognised[source.name] = _read(source, part, rows, draft, choices)
        found = tuple(recognised[source.name] for source in sources if source.name in recognised)
        bundle = draft.bundle()
    if bundle is None:
        raise UnreadableFiles(problems, found)
    return ReadFiles(bundle, found)


def _read(source: Source, part: Part, rows: _Rows, draft: Draft, choices: Choices) -> Recognised:
    """Read one file into the draft; what is wrong with it is reported there."""
    report = draft.problems.in_file(source.name)
    count = 0
    sample: list[dict[str, Any]] = []

    def counted(stream: BinaryIO) -> Iterator[tuple[int, Row]]:
        nonlocal count
        for line, row in rows(stream, report):
            count += 1
            if count <= SAMPLE_ROWS:
                sample.append(row)
            yield line, row

    try:
        with source.open() as stream:
            part.read(counted(stream), Fields(report), draft, choices)
    except Unreadable as error:
        report.add(None, None, error.found, error.allowed, error.fix)
    report.close_notes()
    return Recognised(source.name, part.format, part.name, count, tuple(sample))


def _kind(source: Source, choices: Choices, problems: Problems) -> tuple[Part | None, _Rows | None]:
    """What a file is and how its rows are read; (None, None) after saying why it is neither."""
    report = problems.in_file(source.name)
    try:
        with source.open() as stream:
            start = stream.read(1 << 16)
        rows = _rows_of(start)
        if not start.strip():
            return _empty(source, report)
        with source.open() as stream:
            # Problems of these rows are reported when the file is read.
            seen = [row for _, row in islice(rows(stream, Problems().in_file(source.name)), _LOOKED_AT)]
    except Unreadable as error:
        report.add(None, None, error.found, error.allowed, error.fix)
        return None, None
    for row in seen:
        part = recognise(row, choices)
        if part is not None:
            return part, rows
    return _unknown(source, seen, rows, report)


def _rows_of(start: bytes) -> _Rows:
    """How a file that begins with these bytes is read."""
    if start.startswith(PARQUET):
        return parquet_rows
    if start[:4] in ZIP:
        return workbook_rows
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return json_rows if text[:1] in (b"{", b"[") else text_rows


def _empty(source: Source, report: FileProblems) -> tuple[Part | None, _Rows | None]:
    if source.stem in PARTS:
        report.note(None, "is empty")
        return NATIVE[source.stem], json_rows
    if source.required:
        report.add(None, None, "is empty", FORMATS_IN_WORDS, "add the rows, or leave the file out")
    return None, None


def _unknown(
    source: Source, seen: list[Row], rows: _Rows, report: FileProblems
) -> tuple[Part | None, _Rows | None]:
    """Say what is missing from a file that no reader recognises."""
    if not source.required:
        report.note(None, "left out: none of the known formats")
        return None, None
    if not seen and rows is json_rows:
        before = report.all.total
        # Nothing readable at all: its own lines tell more than "not recognised".
        try:
            with source.open() as stream:
                for _ in rows(stream, report):
                    break
        except Unreadable as error:
            report.add(None, None, error.found, error.allowed, error.fix)
        if report.all.total > before:
            return None, None
    fields = list(seen[0]) if seen else []
    lacking = flat_table.missing_columns(fields, {})
    what = f"has the fields {listed(fields)}" if fields else "holds no rows"
    near = f" (for a flat table {listed(lacking)} is missing)" if len(lacking) < len(flat_table.REQUIRED) else ""
    report.add(None, None, f"is not recognised: it {what}{near}", FORMATS_IN_WORDS, "rename or map its columns")
    return None, None


