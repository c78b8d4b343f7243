"""Runs: one judge over one response set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from db import bulk, judges, moments
from db.tables import judges as judge_table
from db.tables import response_sets, runs, verdicts
from db.verdicts import stands
from trustjudge_core.errors import NotFound


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One line of the list of runs. ``failed`` of the judgments gave no usable number.

    ``verdicts`` of the set stand; ``verdict_history`` counts every row, revisions and withdrawals
    too: it grows with every change, so what was computed under another count is stale. ``asked``
    counts the judgments a run asks for, None when it was recorded elsewhere; ``rate`` is judgments a
    second, lately; ``message`` says why it failed or waits.
    """

    run_id: int
    set_id: int
    set_name: str
    judge: str
    state: str
    created_at: datetime
    is_sample: bool
    questions: int
    responses: int
    score_judgments: int
    pair_judgments: int
    verdicts: int
    verdict_history: int
    failed: int
    asked: int | None = None
    rate: float | None = None
    message: str | None = None
    judge_kind: str = "recorded"  # or local, endpoint, bundled


@dataclass(frozen=True, slots=True)
class StoredRun:
    """Where a run lies; ``new`` is False when this judge had said exactly this before."""

    run_id: int
    new: bool


def record(
    connection: Connection, set_id: int, judge: str, content_hash: str, *, scores: int, pairs: int, failed: int
) -> StoredRun:
    """The complete run of all that one judge said in files: recognised, or made for whoever stores its judgments."""
    judge_id = judges.store(connection, judge, judges.RECORDED)
    there = connection.scalar(
        select(runs.c.id).where(
            runs.c.response_set_id == set_id, runs.c.judge_id == judge_id, runs.c.content_hash == content_hash
        )
    )
    if there is not None:
        return StoredRun(int(there), new=False)
    run_id = bulk.insert_one(
        connection,
        runs,
        response_set_id=set_id,
        judge_id=judge_id,
        state="complete",
        content_hash=content_hash,
        score_judgment_count=scores,
        pair_judgment_count=pairs,
        failed_count=failed,
        created_at=datetime.now(UTC),
    )
    return StoredRun(run_id, new=True)


def summaries(connection: Connection) -> list[RunSummary]:
    """All runs but drafts, those of the newest response set first, within a set in the order of import."""
    decided = (
        select(
            verdicts.c.response_set_id,
            func.count().label("history"),
            func.count().filter(stands()).label("standing"),
        )
        .group_by(verdicts.c.response_set_id)
        .subquery()
    )
    query = (
        select(
            runs.c.id.label("run_id"),
            response_sets.c.id.label("set_id"),
            response_sets.c.name.label("set_name"),
            judge_table.c.name.label("judge"),
            judge_table.c.spec["kind"].as_string().label("judge_kind"),
            runs.c.state,
            runs.c.created_at,
            response_sets.c.is_sample,
            response_sets.c.question_count.label("questions"),
            response_sets.c.response_count.label("responses"),
            runs.c.score_judgment_count.label("score_judgments"),
            runs.c.pair_judgment_count.label("pair_judgments"),
            func.coalesce(decided.c.standing, 0).label("verdicts"),
            func.coalesce(decided.c.history, 0).label("verdict_history"),
            runs.c.failed_count.label("failed"),
            runs.c.asked_count.label("asked"),
            runs.c.rate,
            runs.c.message,
        )
        .select_from(runs)
        .join(response_sets)
        .join(judge_table)
        .outerjoin(decided, decided.c.response_set_id == response_sets.c.id)
        .where(runs.c.state != "draft")
        .order_by(response_sets.c.id.desc(), runs.c.id)
    )
    return [
        RunSummary(**{**row, "created_at": moments.utc(row["created_at"])})
        for row in connection.execute(query).mappings()
    ]


def find(connection: Connection, run_id: int) -> tuple[int, str]:
    """The response set of a run and the name of its judge. Raises NotFound."""
    found = connection.execute(
        select(runs.c.response_set_id, judge_table.c.name).join_from(runs, judge_table).where(runs.c.id == run_id)
    ).first()
    if found is None:
        raise NotFound(f"run {run_id} is not in the database; allowed: the runs that were imported; choose one of them")
    return found[0], found[1]


def of_set(connection: Connection, set_id: int) -> list[int]:
    """The runs over a response set, oldest first."""
    return list(connection.scalars(select(runs.c.id).where(runs.c.response_set_id == set_id).order_by(runs.c.id)))
