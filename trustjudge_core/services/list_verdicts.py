"""Everything that anybody ever said about the cases of a set, taken back or not."""

from __future__ import annotations

from sqlalchemy import Engine

from db import response_sets, verdict_history
from db.engine import reading
from trustjudge_core.review_records import RecordedVerdict

__all__ = ["RecordedVerdict", "list_verdicts"]


def list_verdicts(
    engine: Engine,
    set_id: int,
    *,
    person: str | None = None,
    question_id: str | None = None,
    pair: tuple[str, str] | None = None,
    only_standing: bool = False,
) -> list[RecordedVerdict]:
    """The history of verdicts of a set, oldest first: all, of a person, about two responses, only what stands.

    Raises NotFound for a set that does not exist.
    """
    with reading(engine) as connection:
        response_sets.name_of(connection, set_id)
        about = None
        if question_id is not None and pair is not None:
            about = tuple(response_sets.find_rows(connection, set_id, question_id, pair).values())
        return verdict_history.history(connection, set_id, person=person, about=about, only_standing=only_standing)
