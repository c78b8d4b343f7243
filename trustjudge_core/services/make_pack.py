"""Make an audit pack of a run, and check one that somebody gave you."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final, get_args

from sqlalchemy import Engine

from trustjudge_core.audit import audit_evidence
from trustjudge_core.errors import InputProblems, UsageError
from trustjudge_core.evidence import Evidence
from trustjudge_core.export import pack
from trustjudge_core.export.audit_json import json_text
from trustjudge_core.export.native_bundle import bundle_parts
from trustjudge_core.export.pack import PackSettings
from trustjudge_core.export.report import report_html
from trustjudge_core.formats import UploadedFile, read_files
from trustjudge_core.records import Bundle
from trustjudge_core.services.export_run import Table, export_table
from trustjudge_core.services.load_bundle import load_bundle
from trustjudge_core.services.load_files import runs_of
from trustjudge_core.settings import Aggregation, AuditSettings, Mode

MOST_BYTES: Final = 2_000_000_000
"""Unpacked, of a pack that is checked."""
_DATE: Final = (1980, 1, 1, 0, 0, 0)

Told = Callable[[str], None]
"""Told what is being made or checked now."""


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
    """Write the audit pack of a whole run as a .zip. Raises NotFound and UsageError."""
    bundle = load_bundle(engine, run_id, set_id)
    settings = PackSettings(
        judge=bundle.judges[0] if bundle.judges else "",
        set_name=set_name,
        mode=mode,
        aggregation=aggregation,
        tolerance=tolerance,
        resamples=2000,
        made=f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC",
        facts=tuple((f"Note on {note.file}", note.message) for note in bundle.notes[:20]),
    )
    files = {pack.SETTINGS: settings.to_json()}
    files |= {pack.BUNDLE + name: data for name, data in bundle_parts(bundle).items()}
    files |= _figures(bundle, settings, told)
    files[pack.MANIFEST] = pack.manifest(files)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, _DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, data)


def export_pack(
    engine: Engine, run_id: int, set_id: int, set_name: str, mode: Mode, aggregation: Aggregation, tolerance: float
) -> bytes:
    """The audit pack in memory, for a download."""
    file = io.BytesIO()
    make_pack(engine, run_id, set_id, set_name, mode, aggregation, tolerance, file)
    return file.getvalue()


def verify_pack(path: Path, told: Told | None = None) -> list[str]:
    """Everything wrong with a pack, a sentence each; empty when every figure follows from its judgments.

    Raises UsageError for a file that is no pack.
    """
    files = _unpacked(path)
    wrong = list(pack.altered(files))
    if pack.SETTINGS not in files:
        raise UsageError(f"{path}: there is no {pack.SETTINGS} in it; allowed: an audit pack; export it again")
    settings = PackSettings.from_json(files[pack.SETTINGS])
    parts = [name for name in files if name.startswith(pack.BUNDLE)]
    if told:
        told("Reading the judgments")
    try:
        bundle = read_files([UploadedFile(name.removeprefix(pack.BUNDLE), files[name]) for name in parts]).bundle
    except InputProblems as error:
        return [*wrong, f"its judgments cannot be read: {error}"]
    if bundle.judges != (settings.judge,):
        wrong.append(f"the judgments are of {', '.join(bundle.judges) or 'nobody'}, the settings say {settings.judge}")
        return wrong
    held = {name: data for name, data in files.items() if name not in (*parts, pack.SETTINGS, pack.MANIFEST)}
    wrong.extend(pack.differing(held, _figures(bundle, settings, told)))
    return wrong


def _computed_under(settings: PackSettings) -> AuditSettings:
    """Without the solver, whose answer depends on how fast the machine is: a pack must come out the same anywhere."""
    return AuditSettings(settings.mode, (settings.tolerance,), resamples=settings.resamples, solver_budget=0.0)


def _figures(bundle: Bundle, settings: PackSettings, told: Told | None) -> dict[str, bytes]:
    """Every file of a pack that is computed, from its judgments and settings alone."""
    say = told or (lambda _: None)
    say("Loading the judgments")
    (run,) = runs_of(bundle)
    evidence = Evidence(run, settings.mode)
    say("Computing the audit")
    audit = audit_evidence(evidence, _computed_under(settings))
    files = {"audit.json": json_text([(evidence, audit)]).encode("utf-8", "replace")}
    for table in get_args(Table):
        say(f"Writing {table.replace('_', ' ')}")
        rows = export_table(table, "csv", evidence, settings.aggregation, settings.tolerance)
        if rows:
            files[f"tables/{table}.csv"] = rows
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
    files["report.html"] = report.encode("utf-8", "replace")
    return files


def _unpacked(path: Path) -> dict[str, bytes]:
    """The files of a pack. Raises UsageError for what is no pack, and for one that unpacks to too much."""
    refused = "allowed: an audit pack, a .zip that TrustJudge exported; name another file"
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len({member.filename for member in members}) != len(members):
                raise UsageError(f"{path}: holds two files of one name; {refused}")
            if sum(member.file_size for member in members) > MOST_BYTES:
                raise UsageError(f"{path}: unpacks to more than {MOST_BYTES / 1e9:.0f} GB; {refused}")
            files, left = {}, MOST_BYTES
            for member in members:
                with archive.open(member) as stream:
                    data = io.BytesIO()
                    while chunk := stream.read(1 << 20):
                        left -= len(chunk)
                        if left < 0:  # the archive lied about its sizes
                            raise UsageError(f"{path}: unpacks to more than {MOST_BYTES / 1e9:.0f} GB; {refused}")
                        data.write(chunk)
                files[member.filename] = data.getvalue()
            return files
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise UsageError(f"{path}: cannot be read as a .zip ({error}); {refused}") from error
