"""Score judgments: one row each, observed labels and probabilities as float64 blobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import pack
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from db import attempts, bulk, fingerprints
from db.response_sets import ResponseNumbers, ResponseRows
from db.tables import judges, questions, responses, runs, score_judgments, score_sheets
from trustjudge_core.records import ScoreColumns, ScoreJudgment

_FLOAT64 = np.dtype("<f8")
"""Little-endian on every machine, so that a database file can move between them."""


COLUMNS: Final = (
    "run_id",
    "response_id",
    "score_sheet_id",
    "emitted",
    "cumulative_logprob",
    "token_count",
    "failure",
    "label_values",
    "label_probs",
    "text",
    "context",
)

RECORDED: Final = (*COLUMNS, "sample_count")
"""Columns of a judgment from a file: it has no content key."""


def store(
    connection: Connection,
    run_id: int,
    judgments: Iterable[tuple[bytes, ScoreJudgment]],
    rows: ResponseRows,
    attempt: int,
) -> int:
    """Store score judgments that a run asked for, each with its content key; ``rows`` knows the responses.

    Returns how many. Raises, through the database, when one of them is there already.
    """
    sheets: dict[tuple[str, tuple[float, float]], int] = {}

    def sheet_row(criterion: str, scale: tuple[float, float]) -> int:
        if (criterion, scale) not in sheets:
            sheets[criterion, scale] = store_sheet(connection, criterion, scale)
        return sheets[criterion, scale]

    return bulk.insert_tuples(
        connection,
        score_judgments,
        (*COLUMNS, *attempts.COLUMNS),
        (
            (run_id, rows[j.question_id, j.response_id], sheet_row(j.criterion, j.scale), j.emitted,
             j.cumulative_logprob, j.token_count, j.failure, _blob(j.labels), _blob(j.probs), j.text, j.context,
             key, attempt, j.samples)
            for key, j in judgments
        ),
    )  # fmt: skip


def store_rows(connection: Connection, rows: Iterable[tuple[Any, ...]]) -> int:
    """Store score judgments that were recorded, as values of `RECORDED`. Returns how many."""
    return bulk.insert_tuples(connection, score_judgments, RECORDED, rows)


def columns(connection: Connection, run_id: int, numbers: ResponseNumbers) -> ScoreColumns:
    """A run's score judgments that count as columns, in the order they were recorded."""
    c = score_judgments.c
    row, response, sheet, emitted, samples, failure, label_values, label_probs = bulk.columns(
        connection,
        select(
            *(c.id, c.response_id, c.score_sheet_id, c.emitted, func.coalesce(c.sample_count, 0)),
            *(c.failure, c.label_values, c.label_probs),
        )
        .where(c.run_id == run_id, attempts.counts(score_judgments))
        .order_by(c.id),
        *(np.int64, np.int64, np.int64, np.float64, np.int64, object, object, object),
    )
    sheet_rows, sheet_number = np.unique(sheet, return_inverse=True)
    lengths = np.fromiter((len(blob or b"") for blob in label_values), np.int64, len(row)) // _FLOAT64.itemsize
    codes, reasons = bulk.coded(failure)
    return ScoreColumns(
        response=numbers.of(response),
        sheet=sheet_number.astype(np.int64),
        sheets=tuple(_sheet(connection, int(number)) for number in sheet_rows),
        emitted=emitted,
        label_values=_floats(b"".join(filter(None, label_values))),
        label_probs=_floats(b"".join(filter(None, label_probs))),
        label_offsets=np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths))),
        failure=codes,
        reasons=reasons,
        row=row,
        samples=samples,
    )


def read(connection: Connection, run_id: int, about: int | None = None) -> Iterator[ScoreJudgment]:
    """A run's score judgments that count, in the order they were recorded: all, or those of one response (row)."""
    c = score_judgments.c
    query = (
        select(
            *(questions.c.key, responses.c.key, judges.c.name),
            *(score_sheets.c.scale_low, score_sheets.c.scale_high, score_sheets.c.criterion),
            *(c.emitted, c.label_values, c.label_probs, c.cumulative_logprob, c.token_count),
            *(c.text, c.context, c.failure, c.sample_count),
        )
        .select_from(score_judgments)
        .join(responses, c.response_id == responses.c.id)
        .join(questions)
        .join(score_sheets, c.score_sheet_id == score_sheets.c.id)
        .join(runs, c.run_id == runs.c.id)
        .join(judges)
        .where(c.run_id == run_id, attempts.counts(score_judgments))
        .order_by(c.id)
    )
    if about is not None:
        query = query.where(c.response_id == about)
    for question, response, judge, low, high, criterion, emitted, labels, probs, *rest in connection.execute(query):
        yield ScoreJudgment(
            question,
            response,
            judge,
            (low, high),
            criterion,
            emitted,
            tuple(_floats(labels or b"").tolist()),
            tuple(_floats(probs or b"").tolist()),
            *rest,
        )


def store_sheet(connection: Connection, criterion: str, scale: tuple[float, float]) -> int:
    """The row of what scores are about, made when it is new."""
    content_hash = fingerprints.of_sheet(criterion, scale)
    there = connection.scalar(select(score_sheets.c.id).where(score_sheets.c.content_hash == content_hash))
    if there is not None:
        return int(there)
    return bulk.insert_one(
        connection,
        score_sheets,
        criterion=criterion,
        scale_low=scale[0],
        scale_high=scale[1],
        content_hash=content_hash,
    )


def _sheet(connection: Connection, row: int) -> tuple[str, tuple[float, float]]:
    found = connection.execute(select(score_sheets).where(score_sheets.c.id == row)).one()
    return found.criterion, (found.scale_low, found.scale_high)


def _blob(numbers: tuple[float, ...]) -> bytes | None:
    return pack(f"<{len(numbers)}d", *numbers) if numbers else None


def _floats(blob: bytes) -> NDArray[np.float64]:
    return np.frombuffer(blob, _FLOAT64).astype(np.float64)
