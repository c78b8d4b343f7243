"""Store what a person decided about the case they were shown: once, however often it is sent."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine

from db import activity, presentations, response_sets, verdict_history
from db.engine import writing
from trustjudge_core.errors import UsageError
from trustjudge_core.records import SHOWN, Shown, Verdict
from trustjudge_core.review import named
from trustjudge_core.review_records import Presentation, RecordedVerdict

MOST_NOTE: Final = 10_000
"""Characters of a note."""


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """The verdict that now stands on the case. ``new`` is False when it was stored before: a double key press, say."""

    verdict: RecordedVerdict
    new: bool


def store_verdict(
    engine: Engine,
    token: str,
    person: str,
    verdict: Shown | None,
    *,
    seconds: float | None = None,
    note: str | None = None,
) -> StoredVerdict:
    """Store a verdict about a shown pair; None is "cannot tell". The first verdict on a token is the one that counts.

    A verdict that this person gave on the same pair before, in another presentation, is superseded and
    kept in the history. Raises NotFound for a token that was never shown, UsageError for one shown
    to somebody else or a verdict that does not exist; then nothing is stored.
    """
    if verdict is not None and verdict not in SHOWN:
        raise UsageError(f"verdict {verdict!r} does not exist; allowed: {', '.join(SHOWN)} or none; choose one of them")
    with writing(engine) as connection:
        shown = _shown_to(connection, token, person)
        if shown.first is None or shown.second is None:
            raise UsageError("one response was shown, not two; allowed: a score; give the response a score")
        said = Verdict(shown.question_id, shown.person, shown.first, shown.second, verdict)
        return _store(connection, shown, said, seconds, note)


def store_score(
    engine: Engine,
    token: str,
    person: str,
    score: float | None,
    scale: tuple[float, float],
    *,
    criterion: str = "overall",
    seconds: float | None = None,
    note: str | None = None,
) -> StoredVerdict:
    """Store a score about a shown response; None is "cannot tell". Otherwise as `store_verdict`."""
    low, high = scale
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise UsageError(f"the scale {low:g} to {high:g} cannot be used; allowed: a lower and a higher number")
    if score is not None and not low <= score <= high:
        raise UsageError(f"score {score:g} is outside the scale; allowed: {low:g} to {high:g}; choose one there")
    with writing(engine) as connection:
        shown = _shown_to(connection, token, person)
        if shown.response_id is None:
            raise UsageError("two responses were shown, not one; allowed: first, second, tie or none; compare them")
        said = Verdict(
            shown.question_id,
            shown.person,
            response_id=shown.response_id,
            score=score,
            scale=scale,
            criterion=criterion,
        )
        return _store(connection, shown, said, seconds, note)


def checked_note(note: str | None) -> str | None:
    """The note without blanks around it, None for an empty one. Raises UsageError for one that is too long."""
    text = (note or "").strip()
    if len(text) > MOST_NOTE:
        raise UsageError(f"the note has {len(text):,} characters; allowed: up to {MOST_NOTE:,}; shorten it")
    return text or None


def in_words(verdict: Verdict | RecordedVerdict) -> str:
    """What a verdict is about, for the log."""
    if verdict.response_id is not None:
        return f"{verdict.question_id}: {verdict.response_id}"
    return f"{verdict.question_id}: {verdict.first} against {verdict.second}"


def said(verdict: Verdict | RecordedVerdict) -> str:
    """What a verdict says, for the log."""
    if verdict.response_id is not None:
        return "cannot tell" if verdict.score is None else f"{verdict.score:g}"
    return verdict.verdict or "cannot tell"


def _shown_to(connection: Connection, token: str, person: str) -> Presentation:
    shown = presentations.find(connection, token)
    if shown.person != named(person):
        raise UsageError(
            f"this case was shown to {shown.person}, not to {named(person)}; allowed: cases shown to the person who "
            "decides; ask for the next case"
        )
    return shown


def _store(
    connection: Connection, shown: Presentation, verdict: Verdict, seconds: float | None, note: str | None
) -> StoredVerdict:
    there = verdict_history.of_presentation(connection, shown.presentation_id)
    if there is not None:
        return StoredVerdict(there, new=False)
    note = checked_note(note)
    if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
        raise UsageError(f"{seconds} seconds cannot have passed; allowed: 0 or more; leave them out")
    ids = [key for key in (shown.first, shown.second, shown.response_id) if key is not None]
    rows = response_sets.find_rows(connection, shown.set_id, shown.question_id, ids)
    about = rows[ids[0]] if len(ids) == 1 else (rows[ids[0]], rows[ids[1]])
    earlier = verdict_history.standing(connection, shown.person, about, verdict.criterion)
    verdict_id = verdict_history.add(
        connection,
        shown.set_id,
        verdict,
        rows,
        supersedes=None if earlier is None else earlier.verdict_id,
        presentation_id=shown.presentation_id,
        rubric_id=shown.rubric_id,
        seconds=seconds,
        note=note,
    )
    activity.record(
        connection,
        shown.person,
        "decided" if earlier is None else "revised",
        in_words(verdict),
        set_id=shown.set_id,
        run_id=shown.run_id,
        said=said(verdict),
        verdict=verdict_id,
    )
    return StoredVerdict(verdict_history.find(connection, verdict_id), new=True)
