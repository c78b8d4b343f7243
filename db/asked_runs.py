"""Runs that ask a judge: what they ask for, how far they are, and what people want of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from db import bulk, judges
from db.moments import now, utc
from db.runs import find
from db.tables import judges as judge_table
from db.tables import response_sets, runs
from trustjudge_core.errors import UsageError


@dataclass(frozen=True, slots=True)
class AskedRun:
    """One run that asks a judge: what it asks for and how far it is.

    ``spec`` describes the judge, ``plan`` and ``protocol`` are as the core wrote them. ``wanted``
    is the state a person asked for while a worker was at it. ``lease_until`` is in seconds since
    1970, None while no worker has it. ``judge_facts`` is what the model said it was when it was
    first asked, ``estimate`` what a worker measured before the start.
    """

    run_id: int
    set_id: int
    set_name: str
    judge: str
    spec: dict[str, Any]
    plan: dict[str, Any]
    protocol: str
    state: str
    wanted: str | None
    message: str | None
    asked: int
    scores: int
    pairs: int
    failed: int
    attempt: int
    rate: float | None
    judge_facts: dict[str, Any] | None
    estimate: dict[str, Any] | None
    lease_owner: str | None
    lease_until: float | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def in_words(self) -> str:
        """What the run is: `run 3 (bundled over Sample)`."""
        return f"run {self.run_id} ({self.judge} over {self.set_name})"

    @property
    def done(self) -> int:
        """Judgments stored, failed ones included."""
        return self.scores + self.pairs


def store(
    connection: Connection,
    set_id: int,
    judge: str,
    spec: dict[str, Any],
    plan: dict[str, Any],
    protocol: str,
    asked: int,
    state: str,
) -> int:
    """Make a run that asks a judge. The judge's name gets a number when another run over the set has it."""
    name = judge if state == "draft" else free_name(connection, set_id, judge)
    return bulk.insert_one(
        connection,
        runs,
        response_set_id=set_id,
        judge_id=judges.store(connection, name, spec),
        state=state,
        plan=plan,
        protocol=protocol,
        asked_count=asked,
        attempt=1,
        score_judgment_count=0,
        pair_judgment_count=0,
        failed_count=0,
        created_at=now(),
    )


def free_name(connection: Connection, set_id: int, judge: str) -> str:
    """The judge's name, with a number when a run over the set has it; drafts do not count."""
    taken = set(
        connection.scalars(
            select(judge_table.c.name)
            .join_from(runs, judge_table)
            .where(runs.c.response_set_id == set_id, runs.c.state != "draft")
        )
    )
    free, number = judge, 2
    while free in taken:
        free, number = f"{judge} ({number})", number + 1
    return free


def undraft(connection: Connection, run: AskedRun) -> None:
    """Queue a draft; only now its judge needs a name of its own."""
    name = free_name(connection, run.set_id, run.judge)
    change(connection, run.run_id, state="queued", judge_id=judges.store(connection, name, run.spec))


def read(connection: Connection, run_id: int) -> AskedRun:
    """One run that asks a judge. Raises NotFound, UsageError for a run that was recorded elsewhere."""
    found = next(_read(connection, _QUERY.where(runs.c.id == run_id)), None)
    if found is None:
        _, judge = find(connection, run_id)
        raise UsageError(
            f"run {run_id} holds judgments of {judge} that were recorded elsewhere; allowed: runs that ask a judge; "
            "start a new run over the same set"
        )
    return found


def read_all(connection: Connection) -> list[AskedRun]:
    """Every run that asks a judge, newest first."""
    return list(_read(connection, _QUERY.order_by(runs.c.id.desc())))


def unmeasured(connection: Connection) -> list[AskedRun]:
    """Drafts that no worker has measured yet, oldest first."""
    drafts = _QUERY.where(runs.c.state == "draft", runs.c.estimate.is_(None)).order_by(runs.c.id)
    return list(_read(connection, drafts))


def change(connection: Connection, run_id: int, **values: Any) -> None:
    """Write columns of a run: for people, who need no lease."""
    connection.execute(runs.update().where(runs.c.id == run_id).values(**values))


_QUERY: Final = (
    select(
        runs.c.id.label("run_id"),
        runs.c.response_set_id.label("set_id"),
        response_sets.c.name.label("set_name"),
        judge_table.c.name.label("judge"),
        judge_table.c.spec,
        *(runs.c.plan, runs.c.protocol, runs.c.state, runs.c.wanted, runs.c.message),
        runs.c.asked_count.label("asked"),
        runs.c.score_judgment_count.label("scores"),
        runs.c.pair_judgment_count.label("pairs"),
        runs.c.failed_count.label("failed"),
        *(runs.c.attempt, runs.c.rate, runs.c.judge_facts, runs.c.estimate, runs.c.lease_owner, runs.c.lease_until),
        *(runs.c.created_at, runs.c.started_at, runs.c.finished_at),
    )
    .select_from(runs)
    .join(response_sets)
    .join(judge_table)
    .where(runs.c.asked_count.is_not(None))
)


def _read(connection: Connection, query: Select[Any]) -> Iterator[AskedRun]:
    for row in connection.execute(query).mappings():
        known = {name: utc(row[name]) if row[name] else None for name in ("created_at", "started_at", "finished_at")}
        yield AskedRun(**{**row, **known})
