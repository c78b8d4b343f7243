"""What was left out by choice when a response set was imported, for screens and reports."""

from __future__ import annotations

from sqlalchemy import Engine

from db import response_sets
from db.engine import reading
from trustjudge_core.formats import LeftOut


def read_left_out(engine: Engine, set_id: int) -> tuple[LeftOut, ...]:
    """Rows left out by file and problem; empty when none were. Raises NotFound."""
    with reading(engine) as connection:
        return tuple(LeftOut(**entry) for entry in response_sets.left_out(connection, set_id))
