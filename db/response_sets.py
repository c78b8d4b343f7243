"""Response sets: their questions and responses, stored once and read back as records or columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Select, func, null, select

from db import bulk
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


def find(connection: Connection, content_hash: str) -> StoredSet | None:
    """The set of this content, whatever its name; None when there is none."""
    there = connection.execute(
        select(response_sets.c.id, response_sets.c.name).where(response_sets.c.content_hash == content_hash)
    ).first()
    return None if there is None else StoredSet(there.id, there.name, new=False)


def add(
    connection: Connection,
    content_hash: str,
    name: str,
    counts: tuple[int, int],
    notes: Iterable[Note],
    left_out: Sequence[dict[str, Any]] = (),
    is_sample: bool = False,
) -> StoredSet:
    """A new set of so many (questions, responses), which `add_questions` and `add_responses` fill.

    A name that another set has already gets a number behind it.
    """
    free = _free_name(connection, name)
    set_id = bulk.insert_one(
        connection,
        response_sets,
        name=free,
        content_hash=content_hash,
        is_sample=is_sample,
        question_count=counts[0],
        response_count=counts[1],
        notes=[asdict(note) for note in notes],
        left_out=list(left_out) or null(),
        created_at=datetime.now(UTC),
    )
    return StoredSet(set_id, free, new=True)


@dataclass(frozen=True, slots=True)
class SetSummary:
    """One line of the list of response sets."""

    set_id: int
    name: str
    is_sample: bool
    questions: int
    responses: int


def summaries(connection: Connection) -> list[SetSummary]:
    """All response sets, newest first, judged or not."""
    c = response_sets.c
    query = select(c.id, c.name, c.is_sample, c.question_count, c.response_count).order_by(c.id.desc())
    return [SetSummary(*row) for row in connection.execute(query)]


def add_questions(connection: Connection, set_id: int, asked: Iterable[tuple[Any, ...]]) -> list[int]:
    """Store the questions of a new set: (key, category, text, reference, rubric). Returns their rows, in that order."""
    names = ("response_set_id", "position", "key", "category", "text", "reference", "rubric")
    bulk.insert_tuples(connection, questions, names, ((set_id, n, *fields) for n, fields in enumerate(asked)))
    query = select(questions.c.id).where(questions.c.response_set_id == set_id).order_by(questions.c.position)
    return list(connection.scalars(query))


def add_responses(connection: Connection, given: Iterable[tuple[Any, ...]]) -> int:
    """Store responses of a new set: (question row, position, key, system, gold, text). Returns how many."""
    names = ("question_id", "position", "key", "system", "gold", "text")
    return bulk.insert_tuples(connection, responses, names, given)


def rows_in_order(connection: Connection, set_id: int) -> list[int]:
    """The row of every response of a set, in order of appearance."""
    query = (
        select(responses.c.id)
        .join_from(questions, responses)
        .where(questions.c.response_set_id == set_id)
        .order_by(questions.c.position, responses.c.position)
    )
    return list(connection.scalars(query))


def left_out(connection: Connection, set_id: int) -> list[dict[str, Any]]:
    """What was left out by choice when the set was imported: file, field, allowed, rows, depends. Raises NotFound."""
    return list(_row(connection, set_id).left_out or [])


def add_notes(
    connection: Connection, set_id: int, notes: Iterable[Note], left_out: Sequence[dict[str, Any]] = ()
) -> None:
    """Add what a later import into the same set had to say, without repeating what is there."""
    there = _row(connection, set_id)
    more = [note for note in map(asdict, notes) if note not in there.notes]
    gone = [entry for entry in left_out if entry not in (there.left_out or ())]
    if more or gone:
        connection.execute(
            response_sets.update()
            .where(response_sets.c.id == set_id)
            .values(notes=[*there.notes, *more], left_out=[*(there.left_out or ()), *gone] or null())
        )


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
    positions, question_keys, categories = bulk.columns(
        connection,
        select(questions.c.position, questions.c.key, questions.c.category)
        .where(questions.c.response_set_id == set_id)
        .order_by(questions.c.position),
        *(np.int64, object, object),
    )
    rows, asked_at, keys, systems, gold, lengths = bulk.columns(
        connection,
        select(
            *(responses.c.id, questions.c.position, responses.c.key, responses.c.system, responses.c.gold),
            func.length(responses.c.text),
        )
        .join_from(questions, responses)
        .where(questions.c.response_set_id == set_id)
        .order_by(questions.c.position, responses.c.position),
        *(np.int64, np.int64, object, object, np.float64, np.float64),
    )
    per_question = np.bincount(np.searchsorted(positions, asked_at), minlength=len(positions))
    order = np.argsort(rows)
    return (
        SetIndex(
            question_ids=tuple(question_keys.tolist()),
            categories=tuple(categories.tolist()),
            offsets=np.concatenate(([0], np.cumsum(per_question))).astype(np.int64),
            response_ids=tuple(keys.tolist()),
            systems=tuple(systems.tolist()),
            gold=gold,
            lengths=lengths,
        ),
        ResponseNumbers(rows[order], order),
    )


def read(connection: Connection, set_id: int) -> tuple[ResponseSet, tuple[Note, ...]]:
    """A set and the notes of its imports, as records. Raises NotFound."""
    return ResponseSet(tuple(read_questions(connection, set_id))), read_notes(connection, set_id)


def read_questions(connection: Connection, set_id: int) -> Iterator[Question]:
    """The questions of a set with their responses, one after the other."""
    return _questions(connection, _with_responses(set_id))


def read_notes(connection: Connection, set_id: int) -> tuple[Note, ...]:
    """The notes of a set's imports. Raises NotFound."""
    return tuple(Note(**note) for note in _row(connection, set_id).notes)


def read_question(connection: Connection, set_id: int, question_id: str) -> Question:
    """One question with its responses. Raises NotFound."""
    found = next(_questions(connection, _with_responses(set_id).where(questions.c.key == question_id)), None)
    if found is None:
        raise NotFound(
            f"question {question_id!r} is not in this response set; allowed: the ids of its questions; "
            "choose one from the list"
        )
    return found


def name_of(connection: Connection, set_id: int) -> str:
    """The name of a set. Raises NotFound."""
    return str(_row(connection, set_id).name)


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
