"""Reads what a user named: recognises every file by its content and makes one checked Bundle of them."""

from __future__ import annotations

import gc
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from trustjudge_core.errors import UsageError
from trustjudge_core.formats.check import Draft
from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.flat_table import COLUMNS, missing_columns
from trustjudge_core.formats.problems import FileProblems, Problems, listed
from trustjudge_core.formats.registry import FLAT, FORMATS_IN_WORDS, NATIVE, Choices, Part, recognise
from trustjudge_core.formats.rows import Row, json_rows, lines
from trustjudge_core.formats.sources import ZIP, Collector, Source, UploadedFile
from trustjudge_core.formats.streams import Unreadable
from trustjudge_core.formats.tables import PARQUET, open_table
from trustjudge_core.formats.trustjudge_judgments import JUDGE
from trustjudge_core.records import Bundle

SAMPLE_ROWS: Final = 3
SAMPLE_CHARACTERS: Final = 300

_PEEKED: Final = 200
"""So many rows are looked at to recognise a file."""


@dataclass(frozen=True)
class Recognised:
    """What one file was taken for, how many rows it has, and its first rows with long values shortened."""

    file: str
    format: str
    part: str
    rows: int
    sample: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class ReadFiles:
    """The checked contents of all files, and what each was taken for."""

    bundle: Bundle
    recognised: tuple[Recognised, ...]


@dataclass
class _Opened:
    """A recognised file that is going to be read, and what was seen of it."""

    source: Source
    part: Part
    table: bool
    report: FileProblems
    rows: int = 0
    sample: tuple[dict[str, Any], ...] = ()


def read_files(
    files: Sequence[UploadedFile | Path],
    *,
    scale: tuple[float, float] | None = None,
    judge: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> ReadFiles:
    """All files as one set. ``scale`` and ``judge`` speak for files that do not name theirs.

    ``mapping`` names a table's columns: our column -> theirs. Raises InputProblems with everything
    that is wrong (nothing is imported then; its ``recognised`` says what the files were taken for)
    and UsageError for a scale, judge or column that does not exist.
    """
    choices = _choices(scale, judge, mapping)
    problems = Problems()
    opened: list[_Opened] = []
    bundle: Bundle | None = None
    if not files:
        problems.add("the import", None, None, "names no files", "one or more files", "choose files")
    with ExitStack() as stack, _no_garbage_collection():
        for source in Collector(problems, stack).collect(files):
            report = problems.in_file(source.name)
            try:
                one = _recognise(source, report, choices)
            except Unreadable as error:
                report.add(None, None, error.found, error.allowed, error.fix)
                continue
            if one is not None:
                opened.append(one)
        draft = Draft(problems)
        for one in sorted(opened, key=lambda one: one.part.rank):
            try:
                _read(one, draft, choices)
            except Unreadable as error:
                one.report.add(None, None, error.found, error.allowed, error.fix)
        bundle = draft.bundle()
        for one in opened:
            one.report.close_notes()
    recognised = tuple(Recognised(o.source.name, o.part.format, o.part.name, o.rows, o.sample) for o in opened)
    if bundle is None:
        error_with_files = problems.error()
        error_with_files.recognised = recognised
        raise error_with_files
    return ReadFiles(bundle, recognised)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Reading makes up to millions of records and no cycles: looking for cycles took 40 % of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _choices(scale: tuple[float, float] | None, judge: str | None, mapping: Mapping[str, str] | None) -> Choices:
    if scale is not None and not (all(math.isfinite(s) and s == int(s) for s in scale) and scale[0] < scale[1]):
        raise UsageError(
            f"scale {scale[0]:g} to {scale[1]:g} cannot be used; allowed: two whole numbers, the lower first; "
            "for example 1 and 5"
        )
    if judge is not None and not judge.strip():
        raise UsageError("the judge's name is empty; allowed: any text; give it a name or leave it out")
    unknown = [column for column in mapping or {} if column not in COLUMNS]
    if unknown:
        raise UsageError(
            f"column {listed(unknown)} cannot be mapped; allowed: {', '.join(COLUMNS)}; map one of these to yours"
        )
    whole = None if scale is None else (float(scale[0]), float(scale[1]))
    return Choices(whole, judge or JUDGE, {ours: theirs.strip() for ours, theirs in (mapping or {}).items()})


def _recognise(source: Source, report: FileProblems, choices: Choices) -> _Opened | None:
    """What the file is. A file nobody knows is reported, or left out and said when nobody asked for it."""
    kind = _kind(source)
    if kind == "empty":
        return _empty(source, report)
    if kind == "table":
        with source.open() as stream:
            columns = open_table(stream, Problems().in_file(source.name), frozenset(_wanted(choices))).columns
        missing = missing_columns(columns, choices.mapping)
        if not missing:
            return _Opened(source, FLAT, True, report)
        report.add(
            1,
            None,
            f"has the columns {listed(list(columns))} and is not recognised: {', '.join(missing)} not found",
            FORMATS_IN_WORDS,
            "rename or map the columns, or leave the file out",
        )
        return None
    part, good, broken = _peek(source, choices)
    if part is not None:
        return _Opened(source, part, False, report)
    if good is None and not broken:
        return _empty(source, report)
    if not source.required:
        report.note(None, "left out: not recognised")
        return None
    if broken:  # say all that is broken, not only that nothing was recognised
        with source.open() as stream:
            for _ in json_rows(stream, report):
                pass
    if good is not None:
        report.add(
            None,
            None,
            f"has the fields {listed(list(good))} and is not recognised",
            FORMATS_IN_WORDS,
            "name the fields as these do, map the columns, or leave the file out",
        )
    return None


def _wanted(choices: Choices) -> list[str]:
    return [choices.mapping.get(column, column) for column in COLUMNS]


def _kind(source: Source) -> str:
    """json, table or empty, by the first bytes that are not space."""
    with source.open() as stream:
        if stream.read(4) in (PARQUET, *ZIP):
            return "table"
    with source.open() as stream:
        for _, line in lines(stream):
            start = line.lstrip()
            if start:
                return "json" if start[:1] in (b"{", b"[") else "table"
    return "empty"


def _peek(source: Source, choices: Choices) -> tuple[Part | None, Row | None, bool]:
    """The part a file is, its first good row, and whether anything in its first rows is broken."""
    trial = Problems()
    good: Row | None = None
    with source.open() as stream:
        for count, (_, row) in enumerate(json_rows(stream, trial.in_file(source.name)), start=1):
            good = row if good is None else good
            part = recognise(row, choices)
            if part is not None:
                return part, good, bool(trial.total)
            if count >= _PEEKED:
                break
    return None, good, bool(trial.total)


def _empty(source: Source, report: FileProblems) -> _Opened | None:
    part = NATIVE.get(source.stem.lower())
    if part is not None or not source.required:
        report.note(None, "is empty")
        return None if part is None else _Opened(source, part, False, report)
    report.add(None, None, "is empty", "rows", "leave it out, or add its rows")
    return None


def _read(one: _Opened, draft: Draft, choices: Choices) -> None:
    """Give a file's rows to its reader."""
    with one.source.open() as stream:
        if one.table:
            rows = open_table(stream, one.report, frozenset(_wanted(choices))).rows
        else:
            rows = json_rows(stream, one.report)
        one.part.read(_seen(rows, one), Fields(one.report), draft, choices)


def _seen(rows: Iterator[tuple[int, Row]], one: _Opened) -> Iterator[tuple[int, Row]]:
    """The same rows, counted, the first of them kept."""
    for one.rows, numbered in enumerate(rows, start=1):
        if one.rows <= SAMPLE_ROWS:
            one.sample = (*one.sample, {key: _short(value) for key, value in numbered[1].items()})
        yield numbered


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > SAMPLE_CHARACTERS:
        return value[: SAMPLE_CHARACTERS - 1] + "…"
    if (isinstance(value, list) and len(value) > 10) or (isinstance(value, list | dict) and _nested(value)):
        return f"{len(value)} entries"
    return value


def _nested(value: list[Any] | dict[str, Any]) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    return any(isinstance(v, list | dict) or (isinstance(v, str) and len(v) > SAMPLE_CHARACTERS) for v in inner)
