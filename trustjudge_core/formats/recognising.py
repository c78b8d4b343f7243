"""What a file is, by its content: the kind of bytes first, then the fields of its first rows."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import BinaryIO, Final, cast

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.native_bundle import OF_NAME
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import FileProblems, Problems, listed
from trustjudge_core.formats.registry import FORMATS_IN_WORDS, TABLES, part_named, recognise
from trustjudge_core.formats.rows import Rows, first_characters, shape_of
from trustjudge_core.formats.sources import ZIP, Source
from trustjudge_core.formats.streams import GZIP, Unreadable
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.table_cells import TableChoice, TableLayout
from trustjudge_core.formats.table_columns import COLUMNS, guess_mapping, missing_columns
from trustjudge_core.formats.tables import PARQUET, open_table

_PEEKED: Final = 200
"""So many rows are looked at to recognise a file."""

MAP_COLUMNS: Final = "map the columns"
"""What a person can do about a table of which nothing is known but its columns."""

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
    (b"version https://git-lfs", "only points to a file in Git LFS, and is not that file"),
    (b"<!DOCTYPE", "is a web page"),
    (b"<!doctype", "is a web page"),
    (b"<html", "is a web page"),
    (b"<?xml", "is XML"),
    (b"<svg", "is a picture"),
    (b"OggS", "is a sound or film"),
    (b"\0asm", "is a program"),
    (b"\xce\xfa\xed\xfe", "is a program"),
    (b"GGUF", "is the weights of a model"),
    (b"PARE", "is an encrypted Parquet file"),
    (b"ORC\x11", "is an ORC file"),
    (b"Obj\x01", "is an Avro file"),
    (b"%!PS", "is a PostScript document"),
    (b"{\\rtf", "is a document of a word processor"),
    (codecs.BOM_UTF8 * 2, "begins with two byte order marks"),
)
"""How files begin that hold no judgments, or hold them in a way that is not read."""

_TAR: Final = 257
"""Where an archive of tar says that it is one."""

_WIDE_JSON: Final = tuple(
    (opening.encode(encoding), f"is {encoding[:6].upper()} text")
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
    for opening in "{["
)


@dataclass
class Opened:
    """A recognised file that is going to be read. ``layout`` is how a table is written."""

    source: Source
    part: Part
    report: FileProblems
    rows: Rows
    layout: TableLayout | None = None


def open_recognised(source: Source, report: FileProblems, choices: Choices) -> Opened | None:
    """The file as rows of a known kind. One nobody knows is reported, or left out when nobody asked for it.

    Raises Unreadable for bytes that are neither text nor a table.
    """
    kind = _kind(source)
    if kind == "empty":
        return _empty(source, report)
    layout: TableLayout | None = None
    columns: tuple[str, ...] = ()
    choice = choices.table(source.name)
    if kind == "json":
        rows = Rows(source, report, shape_of(source))
    else:
        rows = Rows(source, report, None, partial(_table_rows, choice=choice))
        with source.open() as stream:
            table = open_table(stream, Problems().in_file(source.name), _wanted(choice), choice)
            columns, layout = table.columns, table.layout
            table.close()
    part = _said(source, choices) or (_by_columns(columns, choice) if columns else None)
    good: Row | None = None
    for row in islice(rows.again(), 0 if part else _PEEKED):
        good = row if good is None else good
        # Columns tell what a table is; what lies in them only for kinds that are told by lists and objects.
        part = (
            (_by_columns(row, choice) if columns else None)
            or recognise(row, source.folders)
            or _by_columns(row, choice)
        )
        if part is not None:
            break
    if part is not None:
        _say_guess(layout, report)
        return Opened(source, part, report, rows, layout)
    if good is None and not columns and _is_whole(source):
        return _empty(source, report)
    if not source.required:
        report.note(None, "left out: not recognised")
        return None
    _report_unknown(good, columns, rows, report, choice)
    return None


def _table_rows(stream: BinaryIO, report: FileProblems, choice: TableChoice) -> Iterator[tuple[int, Row]]:
    return open_table(cast(io.BufferedReader, stream), report, _wanted(choice), choice).rows


def _wanted(choice: TableChoice) -> frozenset[str]:
    """Columns by which a text table's separator is told."""
    ours = {column for columns in COLUMNS.values() for column in columns}
    return frozenset(choice.mapping.get(column, column) for column in ours)


def _said(source: Source, choices: Choices) -> Part | None:
    """What a person said the file is."""
    named, holds = choices.formats.get(source.name), choices.table(source.name).holds
    return part_named(named) if named else part_named(f"flat table: {holds}") if holds else None


def _by_columns(columns: Iterable[str], choice: TableChoice) -> Part | None:
    """What a table is by its columns, which it has even without rows: under their names, then under ours."""
    row: Row = dict.fromkeys(columns)
    renamed = {theirs: ours for ours, theirs in choice.mapping.items()}
    ours: Row = {renamed.get(column, column): None for column in row}
    return next((part for part in TABLES if part.recognises(ours)), None) or recognise(row)


def _say_guess(layout: TableLayout | None, report: FileProblems) -> None:
    if layout is not None and layout.confidence < 1.0:
        report.note_once(
            None,
            f"read as {layout.encoding}, a guess ({layout.confidence:.0%}); say the encoding if the text looks wrong",
        )


def _kind(source: Source) -> str:
    """json, table or empty, by the first bytes that are not space."""
    with source.open() as stream:
        start = stream.read(512)
    if start[:4] in (PARQUET, *ZIP):
        return "table"
    for magic, what in _FOREIGN:
        if start.startswith(magic):
            raise Unreadable(what, "text, JSON, Parquet or XLSX, also as .gz or .zip", "save the data as one of these")
    if start.startswith(b"ustar", _TAR):
        raise Unreadable("is packed as .tar", "files, folders, .gz or .zip", "unpack it, or pack it as .zip")
    unmarked = start.removeprefix(codecs.BOM_UTF32_LE).removeprefix(codecs.BOM_UTF32_BE)
    unmarked = unmarked.removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE)
    for opening, what in _WIDE_JSON:
        if unmarked.startswith(opening):
            raise Unreadable(what, "UTF-8", "save the file as UTF-8")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        if start.decode("utf-16", "ignore").lstrip()[:1] in ("{", "["):
            raise Unreadable("is UTF-16 text", "UTF-8", "save the file as UTF-8")
        return "table"
    text = first_characters(source)
    return "empty" if not text else "json" if text[:1] in (b"{", b"[") else "table"


def _is_whole(source: Source) -> bool:
    """Whether nothing in the file is broken, so that having no rows means being empty."""
    trial = Problems()
    for _ in Rows(source, trial.in_file(source.name), shape_of(source)):
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
    good: Row | None, columns: tuple[str, ...], rows: Rows, report: FileProblems, choice: TableChoice
) -> None:
    """Say what the file holds instead of what is read."""
    if columns:
        holds = guess_mapping(columns).holds
        missing = missing_columns(columns, holds, choice.mapping)
        report.add(
            None,
            None,
            f"has the columns {listed(list(columns))} and is not recognised: {', '.join(missing)} not found",
            FORMATS_IN_WORDS,
            f"rename or {MAP_COLUMNS}, or leave the file out",
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
            f"name the fields as these do, {MAP_COLUMNS}, or leave the file out",
        )
