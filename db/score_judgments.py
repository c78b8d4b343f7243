"""Score judgments: one row each, observed labels and probabilities as float64 blobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, and_, select

from db import bulk, fingerprints
from db.response_sets import ResponseNumbers, ResponseRows
from db.tables import judges, questions, responses, runs, score_judgments, score_sheets
from trustjudge_core.records import ScoreColumns, ScoreJudgment

_FLOAT64 = np.dtype("<f8")
"""Little-endian on every machine, so that a database file can move between them."""


def store(connection: Connection, run_id: int, judgments: Iterable[ScoreJudgment], rows: ResponseRows) -> int:
    """Store a run's score judgments; ``rows`` knows the responses. Returns how many."""
    sheets: dict[tuple[str, tuple[float, float]], int] = {}

    def sheet_row(criterion: str, scale: tuple[float, float]) -> int:
        if (criterion, scale) not in sheets:
            sheets[criterion, scale] = _store_sheet(connection, criterion, scale)
        return sheets[criterion, scale]

    return bulk.insert(
        connection,
        score_judgments,
        (
            {
                "run_id": run_id,
                "response_id": rows[j.question_id, j.response_id],
                "score_sheet_id": sheet_row(j.criterion, j.scale),
                "emitted": j.emitted,
                "cumulative_logprob": j.cumulative_logprob,
                "token_count": j.token_count,
                "failure": j.failure,
                "label_values": _blob(j.labels),
                "label_probs": _blob(j.probs),
                "text": j.text,
                "context": j.context,
            }
            for j in judgments
        ),
    )


def columns(connection: Connection, run_id: int, numbers: ResponseNumbers) -> ScoreColumns:
    """A run's score judgments as columns, in the order they were recorded."""
    c = score_judgments.c
    query = (
        select(c.id, c.response_id, c.score_sheet_id, c.emitted, c.failure, c.label_values, c.label_probs)
        .where(c.run_id == run_id)
        .order_by(c.id)
    )
    gathered = bulk.Columns("id", "response", "sheet", "emitted")
    reasons = bulk.Reasons()
    values, probs, lengths = bytearray(), bytearray(), [np.zeros(1, np.int64)]
    for row, response, sheet, emitted, failure, label_values, label_probs in bulk.column_pieces(connection, query):
        gathered.add(
            np.array(row, np.int64),
            np.array(response, np.int64),
            np.array(sheet, np.int64),
            np.array(emitted, np.float64),  # None becomes NaN
        )
        reasons.add(failure)
        lengths.append(np.fromiter((len(blob or b"") for blob in label_values), np.int64, len(row)) // 8)
        values += b"".join(filter(None, label_values))
        probs += b"".join(filter(None, label_probs))
    sheet_rows, sheet = np.unique(gathered.int64("sheet"), return_inverse=True)
    return ScoreColumns(
        response=numbers.of(gathered.int64("response")),
        sheet=sheet.astype(np.int64),
        sheets=tuple(_sheet(connection, int(row)) for row in sheet_rows),
        emitted=gathered.float64("emitted"),
        label_values=np.frombuffer(values, _FLOAT64).astype(np.float64),
        label_probs=np.frombuffer(probs, _FLOAT64).astype(np.float64),
        label_offsets=np.cumsum(np.concatenate(lengths)),
        failure=reasons.codes(),
        reasons=reasons.names(),
        row=gathered.int64("id"),
    )
