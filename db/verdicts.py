"""Verdicts that stand: what people decided about the responses of a set, each stored once, however often imported."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from db import bulk, fingerprints
from db.response_sets import ResponseNumbers, ResponseRows
from db.tables import questions, responses, verdicts
from trustjudge_core.records import CODE_OF, SHOWN_OF, Verdict, VerdictColumns

FIRST, SECOND, SCORED = (responses.alias(name) for name in ("first", "second", "scored"))
"""The responses that a verdict is about: two of a pair as they were shown, or one that was scored."""


def store(connection: Connection, set_id: int, given: Iterable[Verdict], rows: ResponseRows) -> int:
    """Store the verdicts that are not there yet. Returns how many that were."""
    given = tuple(given)
    there = set(connection.scalars(select(verdicts.c.content_hash).where(verdicts.c.response_set_id == set_id)))
    now = datetime.now(UTC)
    return bulk.insert(
        connection,
        verdicts,
        (
            {
                "response_set_id": set_id,
                "content_hash": content_hash,
                "annotator": v.annotator,
                "first_id": None if v.first is None else rows[v.question_id, v.first],
                "second_id": None if v.second is None else rows[v.question_id, v.second],
                "verdict": CODE_OF[v.verdict],
                "response_id": None if v.response_id is None else rows[v.question_id, v.response_id],
                "score": v.score,
                "scale_low": None if v.scale is None else v.scale[0],
                "scale_high": None if v.scale is None else v.scale[1],
                "criterion": v.criterion,
                "created_at": now,
                "kind": "decide",
            }
            for v, content_hash in zip(given, fingerprints.of_verdicts(given), strict=True)
            if content_hash not in there
        ),
    )


def stands() -> ColumnElement[bool]:
    """A row that no later row supersedes and that takes nothing back."""
    later = verdicts.alias("later")
    superseded = select(later.c.id).where(later.c.supersedes_id == verdicts.c.id).exists()
    return (verdicts.c.kind != "withdraw") & ~superseded


def columns(connection: Connection, set_id: int, numbers: ResponseNumbers) -> VerdictColumns:
    """What people decided about pairs, as columns; verdicts that leave it open are not in them."""
    c = verdicts.c
    first, second, verdict, annotator = bulk.columns(
        connection,
        select(c.first_id, c.second_id, c.verdict, c.annotator)
        .where(c.response_set_id == set_id, c.first_id.is_not(None), c.verdict.is_not(None), stands())
        .order_by(c.id),
        *(np.int64, np.int64, np.int8, object),
    )
    codes, annotators = bulk.coded(annotator)
    return VerdictColumns(numbers.of(first), numbers.of(second), verdict, codes, annotators)


def read(connection: Connection, set_id: int, about: Collection[int] | None = None) -> Iterator[Verdict]:
    """Standing verdicts of a set as records, in the order of recording: all, or those about some responses (rows).

    A verdict about a pair is about them when both its responses are.
    """
    c = verdicts.c
    if about is None:
        chosen = c.response_set_id == set_id
    else:  # responses belong to one set; naming it too would lead SQLite away from their indexes
        chosen = or_(c.first_id.in_(about) & c.second_id.in_(about), c.response_id.in_(about))
    for question, annotator, first, second, verdict, scored, score, low, high, criterion in connection.execute(
        _records().where(chosen, stands()).order_by(c.id)
    ):
        scale = None if low is None else (low, high)
        yield Verdict(question, annotator, first, second, SHOWN_OF[verdict], scored, score, scale, criterion)


def _records() -> Select[Any]:
    """Verdicts with the ids their files gave, in the order of `Verdict`'s fields."""
    c = verdicts.c
    return with_names(
        select(
            *(questions.c.key, c.annotator, FIRST.c.key, SECOND.c.key, c.verdict),
            *(SCORED.c.key, c.score, c.scale_low, c.scale_high, c.criterion),
        )
    )


def with_names(query: Select[Any]) -> Select[Any]:
    """The query over verdicts, with the question and the responses (`FIRST`, `SECOND`, `SCORED`) they are about."""
    c = verdicts.c
    return (
        query.select_from(verdicts)
        .outerjoin(FIRST, c.first_id == FIRST.c.id)
        .outerjoin(SECOND, c.second_id == SECOND.c.id)
        .outerjoin(SCORED, c.response_id == SCORED.c.id)
        .join(questions, questions.c.id == func.coalesce(FIRST.c.question_id, SCORED.c.question_id))
    )
