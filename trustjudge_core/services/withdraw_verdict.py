"""Take a verdict back: the case is open again and every ranking is as if it had never been given."""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from db import activity, response_sets, verdict_history
from db.engine import writing
from trustjudge_core.errors import UsageError
from trustjudge_core.review import named
from trustjudge_core.review_records import RecordedVerdict
from trustjudge_core.services.store_verdict import checked_note, in_words, said


def withdraw_verdict(engine: Engine, verdict_id: int, person: str, *, note: str | None = None) -> bool:
    """Withdraw a standing verdict, one's own or somebody else's: the log says who did it.

    Returns whether anything changed: withdrawing twice is withdrawing once. Raises NotFound for a
    verdict that does not exist, UsageError for one that was superseded.
    """
    person = named(person)
    text = checked_note(note)
    with writing(engine) as connection:
        given = verdict_history.find(connection, verdict_id)
        if not given.stands:
            following = verdict_history.successor(connection, verdict_id)
            if given.kind == "withdraw" or (following is not None and following.kind == "withdraw"):
                return False
            raise UsageError(
                f"verdict {verdict_id} was superseded meanwhile; allowed: verdicts that stand; look at the newest one"
            )
        take_back(connection, given, person, text)
        return True


def take_back(connection: Connection, given: RecordedVerdict, person: str, note: str | None = None) -> None:
    """Withdraw a verdict that stands, within a transaction."""
    ids = [key for key in (given.first, given.second, given.response_id) if key is not None]
    rows = response_sets.find_rows(connection, given.set_id, given.question_id, ids)
    verdict_history.withdraw(connection, given, rows, note)
    activity.record(
        connection,
        person,
        "withdrew",
        in_words(given),
        set_id=given.set_id,
        before=said(given),
        by=given.person,
        verdict=given.verdict_id,
    )
