"""Audit judgments straight from files, with a database that is thrown away afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trustjudge_core.audit import Audit, audit_evidence
from trustjudge_core.errors import UsageError
from trustjudge_core.evidence import Evidence
from trustjudge_core.records import Note
from trustjudge_core.services.load_files import judged_files, runs_of
from trustjudge_core.settings import AuditSettings


def audit_files(
    paths: Sequence[Path], settings: AuditSettings, judge: str | None = None, **reading: Any
) -> tuple[list[tuple[Evidence, Audit]], tuple[Note, ...]]:
    """Evidence and audit of every judge in the files (of one, if named), and what was noted on reading.

    ``reading`` are options of `formats.stage_files`. Raises InputProblems for bad files and UsageError for an
    unknown judge.
    """
    with judged_files(paths, **reading) as staged:
        if judge is not None and judge not in staged.judges:
            raise UsageError(
                f"judge {judge!r} is not in the files; allowed: {', '.join(staged.judges)}; choose one of them"
            )
        runs, notes = runs_of(staged), staged.notes
    chosen = [run for run in runs if judge in (None, run.judge)]
    gathered = [Evidence(run, settings.mode) for run in chosen]
    return [(evidence, audit_evidence(evidence, settings)) for evidence in gathered], notes
