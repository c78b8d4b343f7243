"""Make an audit pack of a run, and check one that somebody gave you."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final, get_args

import numpy as np
from sqlalchemy import Engine

from db import response_sets
from db.engine import reading
from trustjudge_core.audit import audit_evidence
from trustjudge_core.errors import InputProblems, UsageError
from trustjudge_core.evidence import Evidence
from trustjudge_core.export import pack
from trustjudge_core.export.audit_json import json_text
from trustjudge_core.export.native_bundle import write_members
from trustjudge_core.export.pack import PackSettings
from trustjudge_core.export.report import report_html
from trustjudge_core.export.seal import ALTERED, UNSEALED, broken_seal, seal
from trustjudge_core.formats import UploadedFile, read_files
from trustjudge_core.records import Note, RunJudgments
from trustjudge_core.services.describe_judge import describe_judge
from trustjudge_core.services.export_run import Table, Told, counted, export_table
from trustjudge_core.services.load_bundle import bundle_as_lines
from trustjudge_core.services.load_files import runs_of
from trustjudge_core.services.load_run import load_run
from trustjudge_core.settings import Aggregation, AuditSettings, Mode

MOST_BYTES: Final = 2_000_000_000
"""Unpacked, of a pack that is checked."""
REFUSED: Final = "allowed: an audit pack, a .zip that TrustJudge exported; name another file"
_UNREADABLE: Final = (
    OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, UnicodeDecodeError,
    struct.error,
)  # fmt: skip
"""What reading an archive raises when its bytes are not those of an archive."""


def make_pack(
    engine: Engine,
    run_id: int,
    set_id: int,
    set_name: str,
    mode: Mode,
    aggregation: Aggregation,
    tolerance: float,
    file: IO[bytes],
    told: Told | None = None,
) -> None:
    """Write the audit pack of a whole run as a .zip to an empty file that can be read too.

    Raises NotFound and UsageError.
    """
    run = load_run(engine, run_id)
    judgments = len(run.pairs.first) + len(run.scores.response)
    if not judgments:
        raise UsageError(f"run {run_id} holds no judgments yet; allowed: runs that have some; wait for the judge")
    settings = PackSettings(
        judge=run.judge,
        set_name=set_name,
        mode=mode,
        aggregation=aggregation,
        tolerance=tolerance,
        resamples=2000,
        made=f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC",
        facts=(
            *describe_judge(engine, run_id),
            *((f"Note on {note.file}", note.message) for note in _notes(engine, set_id)[:20]),
        ),
    )
    sums: dict[str, tuple[int, str]] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:

        def write(parts: Mapping[str, Iterable[bytes]]) -> None:
            sums.update((name, (size, digest)) for name, size, digest in write_members(parts, archive))

        write({pack.SETTINGS: [settings.to_json()]})
        with bundle_as_lines(engine, run_id, set_id) as parts:
            write({pack.BUNDLE + name: counted(lines, name, judgments, told) for name, lines in parts.items()})
        for name, data in _figures(run, settings, told):
            write({name: [data]})
        write({pack.MANIFEST: [pack.manifest(dict(sums))]})
        archive.comment = UNSEALED
    seal(file)


def _notes(engine: Engine, set_id: int) -> tuple[Note, ...]:
    with reading(engine) as connection:
        return response_sets.read_notes(connection, set_id)


def verify_pack(path: Path, told: Told | None = None) -> list[str]:
    """Everything wrong with a pack, a sentence each; empty when every figure follows from its judgments.

    Raises UsageError for a file that is no pack.
    """
    broken = _broken_seal(path)
    try:
        files = _unpacked(path)
    except UsageError:
        if broken == ALTERED:
            return [broken]  # it was a pack once
        raise
    wrong = [*([broken] if broken else []), *pack.altered(files)]
    if broken == ALTERED:
        return wrong  # what is known to have been changed need not be computed again
    if pack.SETTINGS not in files:
        raise UsageError(f"{path}: there is no {pack.SETTINGS} in it; allowed: an audit pack; export it again")
    settings = PackSettings.from_json(files[pack.SETTINGS])
    parts = [name for name in files if name.startswith(pack.BUNDLE)]
    if told:
        told("Reading the judgments", 0.0)
    try:
        bundle = read_files([UploadedFile(name.removeprefix(pack.BUNDLE), files[name]) for name in parts]).bundle
    except InputProblems as error:
        return [*wrong, f"its judgments cannot be read: {error}"]
    if bundle.judges != (settings.judge,):
        wrong.append(f"the judgments are of {', '.join(bundle.judges) or 'nobody'}, the settings say {settings.judge}")
        return wrong
    held = {name: data for name, data in files.items() if name not in (*parts, pack.SETTINGS, pack.MANIFEST)}
    (run,) = runs_of(bundle)
    wrong.extend(pack.differing(held, dict(_figures(run, settings, told))))
    return wrong


def _computed_under(settings: PackSettings) -> AuditSettings:
    """Without the solver, whose answer depends on how fast the machine is: a pack must come out the same anywhere."""
    return AuditSettings(settings.mode, (settings.tolerance,), resamples=settings.resamples, solver_budget=0.0)


def _figures(run: RunJudgments, settings: PackSettings, told: Told | None) -> Iterator[tuple[str, bytes]]:
    """Every file of a pack that is computed, from its judgments and settings alone, one after the other."""
    evidence = Evidence(run, settings.mode)
    steps = iter(np.linspace(0.0, 1.0, len(get_args(Table)) + 3))

    def say(words: str) -> None:
        share = float(next(steps))
        if told:
            told(words, share)

    say("Computing the audit")
    audit = audit_evidence(evidence, _computed_under(settings))
    yield "audit.json", json_text([(evidence, audit)]).encode("utf-8", "replace")
    for table in get_args(Table):
        say(f"Writing {table.replace('_', ' ')}")
        rows = export_table(table, "csv", evidence, settings.aggregation, settings.tolerance)
        if rows:
            yield f"tables/{table}.csv", rows
    say("Writing the report")
    report = report_html(
        evidence,
        settings.aggregation,
        settings.tolerance,
        set_name=settings.set_name,
        made=settings.made,
        facts=settings.facts,
        resamples=settings.resamples,
    )
    yield "report.html", report.encode("utf-8", "replace")


def _broken_seal(path: Path) -> str | None:
    try:
        return broken_seal(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); {REFUSED}") from error


def _unpacked(path: Path) -> dict[str, bytes]:
    """The files of a pack. Raises UsageError for what is no pack, and for one that unpacks to too much."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len({member.filename for member in members}) != len(members):
                raise UsageError(f"{path}: holds two files of one name; {REFUSED}")
            if sum(member.file_size for member in members) > MOST_BYTES:
                raise UsageError(f"{path}: unpacks to more than {MOST_BYTES / 1e9:.0f} GB; {REFUSED}")
            files, left = {}, MOST_BYTES
            for member in members:
                with archive.open(member) as stream:
                    data = io.BytesIO()
                    while chunk := stream.read(1 << 20):
                        left -= len(chunk)
                        if left < 0:  # the archive lied about its sizes
                            raise UsageError(f"{path}: unpacks to more than {MOST_BYTES / 1e9:.0f} GB; {REFUSED}")
                        data.write(chunk)
                files[member.filename] = data.getvalue()
            return files
    except _UNREADABLE as error:
        raise UsageError(f"{path}: cannot be read as a .zip ({error}); {REFUSED}") from error
