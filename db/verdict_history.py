"""The history of verdicts: decide, revise, withdraw. Rows are only added; what each supersedes is named in it."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, func, select
from sqlalchemy import true as always

from db import bulk, fingerprints, moments
from db.response_sets import ResponseNumbers
from db.tables import questions, rubrics, verdicts
from db.verdicts import FIRST, SCORED, SECOND, stands, with_names
from trustjudge_core.errors import NotFound
from trustjudge_core.records import CODE_OF, SHOWN_OF, UNKNOWN, Verdict, VerdictColumns
from trustjudge_core.review_records import RecordedVerdict, ReviewColumns, VerdictKind


def add(
    connection: Connection,
    set_id: int,
    verdict: Verdict,
    rows: dict[str, int],
    *,
    supersedes: int | None = None,
    presentation_id: int | None = None,
    rubric_id: int | None = None,
    seconds: float | None = None,
    note: str | None = None,
) -> int:
    """Store a verdict, as a revision of the row that it supersedes if that is given. Returns its id.

    ``rows`` are the rows of its responses. The caller holds the one write transaction, so that
    nobody supersedes the same row between its look and this.
    """
    return _insert(
        connection,
        set_id,
        verdict,
        rows,
        kind="decide" if supersedes is None else "revise",
        content_hash=_free_hash(connection, set_id, verdict),
        supersedes_id=supersedes,
        presentation_id=presentation_id,
        rubric_id=rubric_id,
        seconds=seconds,
        note=note,
    )


def withdraw(connection: Connection, withdrawn: RecordedVerdict, rows: dict[str, int], note: str | None) -> int:
    """Take a standing verdict back. Returns the id of the row that says so."""
    superseded = connection.scalar(select(verdicts.c.content_hash).where(verdicts.c.id == withdrawn.verdict_id))
    about = Verdict(
        withdrawn.question_id,
        withdrawn.person,
        withdrawn.first,
        withdrawn.second,
        response_id=withdrawn.response_id,
    )
    return _insert(
        connection,
        withdrawn.set_id,
        about,
        rows,
        kind="withdraw",
        content_hash=fingerprints.of_withdrawal(str(superseded)),
        supersedes_id=withdrawn.verdict_id,
        note=note,
    )


def _insert(
    connection: Connection, set_id: int, verdict: Verdict, rows: dict[str, int], kind: VerdictKind, **further: Any
) -> int:
    def row(key: str | None) -> int | None:
        return None if key is None else rows[key]

    return bulk.insert_one(
        connection,
        verdicts,
        response_set_id=set_id,
        annotator=verdict.annotator,
        first_id=row(verdict.first),
        second_id=row(verdict.second),
        verdict=CODE_OF[verdict.verdict],
        response_id=row(verdict.response_id),
        score=verdict.score,
        scale_low=None if verdict.scale is None else verdict.scale[0],
        scale_high=None if verdict.scale is None else verdict.scale[1],
        criterion=verdict.criterion,
        created_at=moments.now(),
        kind=kind,
        **further,
    )


def _free_hash(connection: Connection, set_id: int, verdict: Verdict) -> str:
    """The hash an import would give the next verdict of this content, so that an export comes back without doubling."""
    for before in count():
        content_hash = fingerprints.of_verdict(verdict, before)
        there = select(verdicts.c.id).where(
            verdicts.c.response_set_id == set_id, verdicts.c.content_hash == content_hash
        )
        if connection.scalar(there) is None:
            return content_hash
    raise AssertionError("counting ends")


def find(connection: Connection, verdict_id: int) -> RecordedVerdict:
    """One row of the history. Raises NotFound."""
    row = connection.execute(_history().where(verdicts.c.id == verdict_id)).first()
    if row is None:
        raise NotFound(
            f"verdict {verdict_id} is not in the database; allowed: verdicts of the history; choose one of them"
        )
    return _record(row)


def successor(connection: Connection, verdict_id: int) -> RecordedVerdict | None:
    """The row that supersedes a verdict, if there is one."""
    row = connection.execute(_history().where(verdicts.c.supersedes_id == verdict_id)).first()
    return None if row is None else _record(row)


def of_presentation(connection: Connection, presentation_id: int) -> RecordedVerdict | None:
    """The verdict that was given on a presentation, if there is one."""
    row = connection.execute(_history().where(verdicts.c.presentation_id == presentation_id)).first()
    return None if row is None else _record(row)


def standing(
    connection: Connection, person: str, rows: tuple[int, int] | int, criterion: str | None = None
) -> RecordedVerdict | None:
    """The newest standing verdict of a person about a pair (rows in either order) or about one response."""
    c = verdicts.c
    query = _history().where(c.annotator == person, stands())
    if isinstance(rows, tuple):
        query = query.where(c.first_id.in_(rows), c.second_id.in_(rows))
    else:
        query = query.where(c.response_id == rows, c.criterion == criterion)
    row = connection.execute(query.order_by(c.id.desc()).limit(1)).first()
    return None if row is None else _record(row)


def latest_of(connection: Connection, set_id: int, person: str) -> RecordedVerdict | None:
    """The newest standing verdict that a person gave here, which undoing takes back."""
    c = verdicts.c
    given_here = c.presentation_id.is_not(None)
    row = connection.execute(
        _history()
        .where(c.response_set_id == set_id, c.annotator == person, given_here, stands())
        .order_by(c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else _record(row)


def history(
    connection: Connection,
    set_id: int,
    *,
    person: str | None = None,
    about: tuple[int, ...] | None = None,
    only_standing: bool = False,
) -> list[RecordedVerdict]:
    """Every row of a set in the order of recording; of a person, or about some responses (rows), if named."""
    c = verdicts.c
    query = _history().where(c.response_set_id == set_id).order_by(c.id)
    if person is not None:
        query = query.where(c.annotator == person)
    if about is not None:
        query = query.where((c.first_id.in_(about) & c.second_id.in_(about)) | c.response_id.in_(about))
    if only_standing:
        query = query.where(stands())
    return [_record(row) for row in connection.execute(query)]


def version(connection: Connection, set_id: int) -> tuple[int, int]:
    """(rows, newest row) of a set: changes whenever anything is decided, revised or withdrawn."""
    found = connection.execute(
        select(func.count(), func.coalesce(func.max(verdicts.c.id), 0)).where(verdicts.c.response_set_id == set_id)
    ).one()
    return int(found[0]), int(found[1])


def review_columns(connection: Connection, set_id: int, numbers: ResponseNumbers) -> ReviewColumns:
    """Standing verdicts about pairs as columns, "cannot tell" among them, in the order of recording."""
    c = verdicts.c
    row, first, second, verdict, annotator, rubric, seconds = bulk.columns(
        connection,
        select(
            *(c.id, c.first_id, c.second_id, func.coalesce(c.verdict, UNKNOWN), c.annotator),
            *(func.coalesce(rubrics.c.version, 0), c.seconds),
        )
        .outerjoin_from(verdicts, rubrics, c.rubric_id == rubrics.c.id)
        .where(c.response_set_id == set_id, c.first_id.is_not(None), stands())
        .order_by(c.id),
        *(np.int64, np.int64, np.int64, np.int8, object, np.int64, np.float64),
    )
    codes, annotators = bulk.coded(annotator)
    given = VerdictColumns(numbers.of(first), numbers.of(second), verdict, codes, annotators)
    return ReviewColumns(given, row, rubric, seconds)


def _history() -> Select[Any]:
    c = verdicts.c
    named = with_names(
        select(
            *(c.id, c.response_set_id, c.kind, c.supersedes_id, (stands() & always()).label("stands"), c.annotator),
            *(questions.c.key, FIRST.c.key, SECOND.c.key, c.verdict, SCORED.c.key),
            *(c.score, c.scale_low, c.scale_high, c.criterion, func.coalesce(rubrics.c.version, 0)),
            *(c.presentation_id, c.seconds, c.note, c.created_at),
        )
    )
    return named.outerjoin(rubrics, c.rubric_id == rubrics.c.id)


def _record(row: Any) -> RecordedVerdict:
    (verdict_id, set_id, kind, supersedes, does_stand, person, question, first, second, verdict, scored) = row[:11]
    score, low, high, criterion, rubric, presentation, seconds, note, created_at = row[11:]
    return RecordedVerdict(
        verdict_id=verdict_id,
        set_id=set_id,
        kind=kind,
        supersedes=supersedes,
        stands=bool(does_stand),
        person=person,
        question_id=question,
        first=first,
        second=second,
        verdict=SHOWN_OF[verdict],
        response_id=scored,
        score=score,
        scale=None if low is None else (low, high),
        criterion=criterion,
        rubric=rubric,
        reviewed=presentation is not None,
        seconds=seconds,
        note=note,
        created_at=moments.utc(created_at),
    )
