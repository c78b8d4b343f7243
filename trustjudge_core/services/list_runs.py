"""The list of runs."""

from __future__ import annotations

from sqlalchemy import Engine

from db import runs
from db.engine import reading
from db.runs import RunSummary

__all__ = ["RunSummary", "list_runs"]


def list_runs(engine: Engine) -> list[RunSummary]:
    """All runs with their counts: those of the newest response set first, within a set as imported."""
    with reading(engine) as connection:
        return runs.summaries(connection)
