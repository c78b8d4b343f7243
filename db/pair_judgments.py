"""Pair judgments: one row each, by shown position; probabilities as three float64 columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, func, select

from db import attempts, bulk
from db.response_sets import ResponseNumbers, ResponseRows
from db.tables import judges, pair_judgments, questions, responses, runs
from trustjudge_core.records import CODE_OF, SHOWN_OF, UNKNOWN, PairColumns, PairJudgment

COLUMNS: Final = (
    "run_id",
    "first_id",
    "second_id",
    "verdict",
    "prob_first",
    "prob_second",
    "prob_tie",
    "cumulative_logprob",
    "token_count",
    "order_known",
    "strength",
    "failure",
    "text",
)

RECORDED: Final = (*COLUMNS, "sample_count")
"""Columns of a judgment from a file: it has no content key."""


def store(
    connection: Connection,
    run_id: int,
    judgments: Iterable[tuple[bytes, PairJudgment]],
    rows: ResponseRows,
    attempt: int,
) -> int:
    """Store pair judgments that a run asked for, each with its content key; ``rows`` knows the responses.

    Returns how many. Raises, through the database, when one of them is there already.
    """
    return bulk.insert_tuples(
        connection,
        pair_judgments,
        (*COLUMNS, *attempts.COLUMNS),
        (
            (run_id, rows[j.question_id, j.first], rows[j.question_id, j.second], CODE_OF[j.verdict],
             *(j.probs or (None, None, None)), j.cumulative_logprob, j.token_count, j.order_known, j.strength,
             j.failure, j.text, key, attempt, j.samples)
            for key, j in judgments
        ),
    )  # fmt: skip


def store_rows(connection: Connection, rows: Iterable[tuple[Any, ...]]) -> int:
    """Store pair judgments that were recorded, as values of `RECORDED`. Returns how many."""
    return bulk.insert_tuples(connection, pair_judgments, RECORDED, rows)


def columns(connection: Connection, run_id: int, numbers: ResponseNumbers) -> PairColumns:
    """A run's pair judgments that count as columns, in the order they were recorded."""
    c = pair_judgments.c
    row, first, second, verdict, *probs, per_token, order_known, failure = bulk.columns(
        connection,
        select(
            *(c.id, c.first_id, c.second_id, func.coalesce(c.verdict, UNKNOWN)),
            *(c.prob_first, c.prob_second, c.prob_tie),
            *(c.cumulative_logprob / func.nullif(c.token_count, 0), c.order_known, c.failure),
        )
        .where(c.run_id == run_id, attempts.counts(pair_judgments))
        .order_by(c.id),
        *(np.int64, np.int64, np.int64, np.int8),
        *(np.float64, np.float64, np.float64),
        *(np.float64, np.bool_, object),
    )
    codes, reasons = bulk.coded(failure)
    return PairColumns(
        first=numbers.of(first),
        second=numbers.of(second),
        verdict=verdict,
        probs=np.column_stack(probs),
        perplexity=np.exp(-per_token),
        order_known=order_known,
        failure=codes,
        reasons=reasons,
        row=row,
    )


def read(connection: Connection, run_id: int, between: Collection[int] | None = None) -> Iterator[PairJudgment]:
    """A run's pair judgments that count: all in the order they were recorded, or those between some responses (rows).

    The latter come by which was shown first; in the order of recording SQLite would walk the whole run.
    """
    c = pair_judgments.c
    first, second = responses.alias("first"), responses.alias("second")
    query = (
        select(
            *(questions.c.key, first.c.key, second.c.key, judges.c.name, c.verdict),
            *(c.prob_first, c.prob_second, c.prob_tie),
            *(c.cumulative_logprob, c.token_count, c.text, c.order_known, c.failure, c.strength, c.sample_count),
        )
        .select_from(pair_judgments)
        .join(first, c.first_id == first.c.id)
        .join(second, c.second_id == second.c.id)
        .join(questions, first.c.question_id == questions.c.id)
        .join(runs, c.run_id == runs.c.id)
        .join(judges)
        .where(c.run_id == run_id, attempts.counts(pair_judgments))
    )
    if between is None:
        query = query.order_by(c.id)
    else:
        query = query.where(c.first_id.in_(between), c.second_id.in_(between)).order_by(c.first_id, c.id)
    for question, shown_first, shown_second, judge, verdict, p_first, p_second, p_tie, *rest in connection.execute(
        query
    ):
        probs = None if p_first is None else (p_first, p_second, p_tie)
        yield PairJudgment(question, shown_first, shown_second, judge, SHOWN_OF[verdict], probs, *rest)
