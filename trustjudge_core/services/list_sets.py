"""The list of response sets, those that no judge has seen yet among them."""

from __future__ import annotations

from sqlalchemy import Engine

from db import response_sets
from db.engine import reading
from db.response_sets import SetSummary

__all__ = ["SetSummary", "list_sets"]


def list_sets(engine: Engine) -> list[SetSummary]:
    """All response sets with their counts, newest first."""
    with reading(engine) as connection:
        return response_sets.summaries(connection)
