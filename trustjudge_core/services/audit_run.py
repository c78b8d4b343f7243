"""Audit one stored run."""

from __future__ import annotations

from sqlalchemy import Engine

from trustjudge_core.audit import Audit, audit_evidence
from trustjudge_core.evidence import Evidence, of_category
from trustjudge_core.services.load_run import load_run
from trustjudge_core.settings import AuditSettings


def audit_run(
    engine: Engine, run_id: int, settings: AuditSettings, category: str | None = None
) -> tuple[Evidence, Audit]:
    """Evidence and numbers of a run, of one category if given. Raises NotFound and UsageError."""
    evidence = Evidence(of_category(load_run(engine, run_id), category), settings.mode)
    return evidence, audit_evidence(evidence, settings)
