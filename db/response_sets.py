"""Response sets: their questions and responses, stored once and read back as records or columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Select, func, select

from db import bulk, fingerprints
from db.tables import questions, response_sets, responses
from trustjudge_core.errors import NotFound
from trustjudge_core.records import Note, Question, Response, ResponseSet, SetIndex

ResponseRows = dict[tuple[str, str], int]
"""(question id, response id) -> row."""


@dataclass(frozen=True, slots=True)
class StoredSet:
    """Where a response set lies; ``new`` is False when the same content was there before."""

    set_id: int
    name: str
    new: bool


@dataclass(frozen=True, eq=False)
class ResponseNumbers:
    """Turns rows of responses into their numbers 0..R-1 in order of appearance."""

    rows: NDArray[np.int64]  # (R,) ascending
    numbers: NDArray[np.int64]  # (R,)

    def of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Response number of each row, (n,) -> (n,). Every row must belong to the set."""
        return self.numbers[np.searchsorted(self.rows, rows)]


def store(
    connection: Connection, response_set: ResponseSet, name: str, notes: Iterable[Note], is_sample: bool
) -> StoredSet:
    """Store a response set, or recognise it by its content and leave it as it is, name included.

    A name that another set has already gets a number behind it.
    """
    content_hash = fingerprints.of_response_set(response_set)
    there = connection.execute(
        select(response_sets.c.id, response_sets.c.name).where(response_sets.c.content_hash == content_hash)
    ).first()
    if there is not None:
        return StoredSet(there.id, there.name, new=False)
    free = _free_name(connection, name)
    set_id = bulk.insert_one(
        connection,
        response_sets,
        name=free,
        content_hash=content_hash,
        is_sample=is_sample,
        question_count=len(response_set.questions),
        response_count=sum(len(question.responses) for question in response_set.questions),
        notes=[asdict(note) for note in notes],
        created_at=datetime.now(UTC),
    )
    _insert_questions(connection, set_id, response_set.questions)
    return StoredSet(set_id, free, new=True)


def add_notes(connection: Connection, set_id: int, notes: Iterable[Note]) -> None:
    """Add what a later import into the same set had to say, without repeating what is there."""
    there = _row(connection, set_id).notes
    more = [note for note in map(asdict, notes) if note not in there]
    if more:
        connection.execute(response_sets.update().where(response_sets.c.id == set_id).values(notes=[*there, *more]))


def count(connection: Connection) -> int:
    """How many response sets there are."""
    return connection.scalar(select(func.count()).select_from(response_sets)) or 0


def rows_by_key(connection: Connection, set_id: int) -> ResponseRows:
    """The row of every response of a set."""
    found = connection.execute(
        select(questions.c.key, responses.c.key, responses.c.id)
        .join_from(questions, responses)
        .where(questions.c.response_set_id == set_id)
    )
    return {(question, response): row for question, response, row in found}


def find_rows(connection: Connection, set_id: int, question_id: str, response_ids: Collection[str]) -> dict[str, int]:
    """The rows of some responses of a question; an id that it does not have is not in the answer."""
    found = connection.execute(
        select(responses.c.key, responses.c.id)
        .join_from(questions, responses)
        .where(
            questions.c.response_set_id == set_id,
            questions.c.key == question_id,
            responses.c.key.in_(response_ids),
        )
    )
    return dict(found.all())


def index(connection: Connection, set_id: int) -> tuple[SetIndex, ResponseNumbers]:
    """A set as columns, and the way from rows to its response numbers. Of the texts only the lengths are read."""
    asked = connection.execute(
        select(questions.c.id, questions.c.key, questions.c.category)
        .where(questions.c.response_set_id == set_id)
        .order_by(questions.c.position)
    ).all()
    given = connection.execute(
        select(
            *(responses.c.id, responses.c.question_id, responses.c.key, responses.c.system, responses.c.gold),
            func.length(responses.c.text).label("length"),
        )
        .join_from(questions, responses)
        .where(questions.c.response_set_id == set_id)
        .order_by(questions.c.position, responses.c.position)
    ).all()
    number_of = {row.id: number for number, row in enumerate(asked)}
    per_question = np.bincount([number_of[row.question_id] for row in given], minlength=len(asked))
    rows = np.array([row.id for row in given], np.int64)
    order = np.argsort(rows)
    return (
        SetIndex(
            question_ids=tuple(row.key for row in asked),
            categories=tuple(row.category for row in asked),
            offsets=np.concatenate(([0], np.cumsum(per_question))).astype(np.int64),
            response_ids=tuple(row.key for row in given),
            systems=tuple(row.system for row in given),
            gold=np.array([row.gold for row in given], np.float64),
            lengths=np.array([row.length for row in given], np.float64),
        ),
        ResponseNumbers(rows[order], order),
    )


def read(connection: Connection, set_id: int) -> tuple[ResponseSet, tuple[Note, ...]]:
    """A set and the notes of its imports, as records. Raises NotFound."""
    notes = tuple(Note(**note) for note in _row(connection, set_id).notes)
    return ResponseSet(tuple(_questions(connection, _with_responses(set_id)))), notes


def read_question(connection: Connection, set_id: int, question_id: str) -> Question:
    """One question with its responses. Raises NotFound."""
    found = next(_questions(connection, _with_responses(set_id).where(questions.c.key == question_id)), None)
    if found is None:
        raise NotFound(
            f"question {question_id!r} is not in this response set; allowed: the ids of its questions; "
            "choose one from the list"
        )
    return found


def _row(connection: Connection, set_id: int) -> Row[Any]:
    row = connection.execute(select(response_sets).where(response_sets.c.id == set_id)).first()
    if row is None:
        raise NotFound(
            f"response set {set_id} is not in the database; allowed: the sets that were imported; choose one of them"
        )
    return row


def _free_name(connection: Connection, name: str) -> str:
    taken = set(connection.scalars(select(response_sets.c.name)))
    free, number = name, 2
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free


def _insert_questions(connection: Connection, set_id: int, asked: tuple[Question, ...]) -> None:
    bulk.insert(
        connection,
        questions,
        (
            {
                "response_set_id": set_id,
                "position": position,
                "key": question.question_id,
                "category": question.category,
                "text": question.text,
                "reference": question.reference,
                "rubric": question.rubric,
            }
            for position, question in enumerate(asked)
        ),
    )
    position_and_row = select(questions.c.position, questions.c.id).where(questions.c.response_set_id == set_id)
    row_of = dict(connection.execute(position_and_row).all())
    bulk.insert(
        connection,
        responses,
        (
            {
                "question_id": row_of[number],
                "position": position,
                "key": response.response_id,
                "system": response.system,
                "gold": response.gold,
                "text": response.text,
            }
            for number, question in enumerate(asked)
            for position, response in enumerate(question.responses)
        ),
    )


def _with_responses(set_id: int) -> Select[Any]:
    """Every response beside its question, in order of appearance."""
    return (
        select(
            questions.c.key,
            questions.c.text,
            questions.c.category,
            questions.c.reference,
            questions.c.rubric,
            responses.c.key,
            responses.c.text,
            responses.c.system,
            responses.c.gold,
        )
        .outerjoin_from(questions, responses)
        .where(questions.c.response_set_id == set_id)
        .order_by(questions.c.position, responses.c.position)
    )


def _questions(connection: Connection, query: Select[Any]) -> Iterator[Question]:
    for (key, text, category, reference, rubric), group in groupby(connection.execute(query), lambda row: row[:5]):
        given = tuple(Response(*row[5:]) for row in group if row[5] is not None)
        yield Question(key, text, given, category, reference, rubric)
