"""Audit judgments straight from files, with a database that is thrown away afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from trustjudge_core.audit import Audit, audit_evidence
from trustjudge_core.errors import UsageError
from trustjudge_core.evidence import Evidence
from trustjudge_core.formats import read_files
from trustjudge_core.records import Note
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.open_database import open_database
from trustjudge_core.settings import AuditSettings


def audit_files(
    paths: Sequence[Path], settings: AuditSettings, judge: str | None = None
) -> tuple[list[tuple[Evidence, Audit]], tuple[Note, ...]]:
    """Evidence and audit of every judge in the files (of one, if named), and what was noted on reading.

    The files take the same way through the database as an import, so that the command line and
    the app cannot differ. Raises InputProblems for bad files and UsageError for an unknown judge.
    """
    bundle = read_files(paths).bundle
    judges = bundle.judges
    if not judges:
        raise UsageError(
            f"{', '.join(map(str, paths))}: holds responses but no judgments; allowed: files with scores or "
            "comparisons of at least one judge; add the files that hold them"
        )
    if judge is not None and judge not in judges:
        raise UsageError(f"judge {judge!r} is not in the files; allowed: {', '.join(judges)}; choose one of them")
    with tempfile.TemporaryDirectory(prefix="trustjudge-") as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'audit.sqlite3'}")
        try:
            stored = import_bundle(engine, bundle, "files")
            runs = [load_run(engine, run_id) for run_id in stored.run_ids]
        finally:
            engine.dispose()
    chosen = [run for run in runs if judge in (None, run.judge)]
    gathered = [Evidence(run, settings.mode) for run in chosen]
    return [(evidence, audit_evidence(evidence, settings)) for evidence in gathered], bundle.notes
