"""Write every file of an audit pack that is computed: the same code makes a pack and checks one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np

from trustjudge_core.audit import audit_evidence
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.audit_json import json_text
from trustjudge_core.export.pack import PackSettings
from trustjudge_core.export.report import report_html
from trustjudge_core.records import RunJudgments
from trustjudge_core.services.export_run import Table, Told, write_rows
from trustjudge_core.settings import AuditSettings


def pack_figures(
    run: RunJudgments, settings: PackSettings, folder: Path, told: Told | None = None
) -> Iterator[tuple[str, Path]]:
    """Name and place of every computed file, from the judgments and settings alone, one after the other.

    Each is written to the folder and removed before the next is made: none stands in memory, and one on disk.
    """
    place = folder / "figure"
    evidence = Evidence(run, settings.mode)
    steps = iter(np.linspace(0.0, 1.0, len(get_args(Table)) + 3))

    def say(words: str) -> None:
        share = float(next(steps))
        if told:
            told(words, share)

    say("Computing the audit")
    _write(place, _audit_text(evidence, settings))
    yield "audit.json", place
    for table in get_args(Table):
        say(f"Writing {table.replace('_', ' ')}")
        with place.open("wb") as file:
            rows = write_rows(table, "csv", evidence, settings.aggregation, settings.tolerance, file)
        if rows:
            yield f"tables/{table}.csv", place
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
    _write(place, report)
    yield "report.html", place
    place.unlink()


def _audit_text(evidence: Evidence, settings: PackSettings) -> str:
    """Without the solver, whose answer depends on how fast the machine is: a pack must come out the same anywhere."""
    chosen = AuditSettings(settings.mode, (settings.tolerance,), resamples=settings.resamples, solver_budget=0.0)
    return json_text([(evidence, audit_evidence(evidence, chosen))])


def _write(place: Path, text: str) -> None:
    with place.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write(text)
