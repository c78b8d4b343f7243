"""Change one's mind about a verdict; what was said before stays in the history."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, Engine

from db import activity, presentations, response_sets, rubrics, runs, verdict_history
from db.engine import writing
from trustjudge_core.errors import UsageError
from trustjudge_core.records import SHOWN, Shown, Verdict
from trustjudge_core.review import named
from trustjudge_core.review_records import RecordedVerdict
from trustjudge_core.services.store_verdict import StoredVerdict, checked_note, in_words, said


def revise_verdict(
    engine: Engine, verdict_id: int, run_id: int, person: str, verdict: Shown | None, *, note: str | None = None
) -> StoredVerdict:
    """Supersede one's own standing verdict about a pair, under the rubric of today.

    Asking for what stands already changes nothing. Raises NotFound for a verdict or run that does not exist,
    UsageError for somebody else's, one that no longer stands, or one about a single response.
    """
    if verdict is not None and verdict not in SHOWN:
        raise UsageError(f"verdict {verdict!r} does not exist; allowed: {', '.join(SHOWN)} or none; choose one of them")
    text = checked_note(note)
    with writing(engine) as connection:
        runs.find(connection, run_id)  # says so when there is no such run
        before = verdict_history.find(connection, verdict_id)
        if before.person != named(person):
            raise UsageError(
                f"verdict {verdict_id} is {before.person}'s; allowed: one's own verdicts; decide the case yourself"
            )
        if before.first is None or before.second is None:
            raise UsageError(f"verdict {verdict_id} is about one response; allowed: verdicts about two; score it again")
        newest = _newest(connection, before)
        if not newest.stands or newest.verdict_id != verdict_id:
            if newest.stands and newest.verdict == verdict:
                return StoredVerdict(newest, new=False)  # the same request, sent again
            how = "superseded" if newest.stands else "withdrawn"
            raise UsageError(
                f"verdict {verdict_id} was {how} meanwhile; allowed: verdicts that stand; look at the newest one"
            )
        rubric_id, rubric = rubrics.current(connection, before.set_id)
        if before.verdict == verdict and before.note == text and before.rubric == rubric.version:
            return StoredVerdict(before, new=False)
        return StoredVerdict(_revise(connection, before, run_id, verdict, text, rubric_id), new=True)


def _revise(
    connection: Connection,
    before: RecordedVerdict,
    run_id: int,
    verdict: Shown | None,
    note: str | None,
    rubric_id: int | None,
) -> RecordedVerdict:
    assert before.first is not None and before.second is not None
    rows = response_sets.find_rows(connection, before.set_id, before.question_id, (before.first, before.second))
    presentation_id = presentations.store(
        connection,
        token=secrets.token_hex(16),
        set_id=before.set_id,
        run_id=run_id,
        person=before.person,
        rubric_id=rubric_id,
        first_id=rows[before.first],
        second_id=rows[before.second],
    )
    revised = Verdict(before.question_id, before.person, before.first, before.second, verdict)
    verdict_id = verdict_history.add(
        connection,
        before.set_id,
        revised,
        rows,
        supersedes=before.verdict_id,
        presentation_id=presentation_id,
        rubric_id=rubric_id,
        note=note,
    )
    activity.record(
        connection,
        before.person,
        "revised",
        in_words(revised),
        set_id=before.set_id,
        run_id=run_id,
        said=said(revised),
        before=said(before),
        verdict=verdict_id,
    )
    return verdict_history.find(connection, verdict_id)


def _newest(connection: Connection, verdict: RecordedVerdict) -> RecordedVerdict:
    """The end of the line of rows that supersede each other, starting here."""
    while (following := verdict_history.successor(connection, verdict.verdict_id)) is not None:
        verdict = following
    return verdict
