"""Work on runs: claim one, ask its judge for what is not stored yet, store the answers as they come.

What makes it safe to kill at any moment: a batch of answers, the counts of the run and the check
that the run is still ours are one transaction. Work left is always what was asked minus what is
stored, so going on after a pause, a crash, a full disk or a retry is the same thing as beginning.
"""

from __future__ import annotations

import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Final
from uuid import uuid4

from sqlalchemy import Engine

from db import asked_runs, attempts, leases, response_sets
from db.asked_runs import AskedRun
from db.engine import reading, writing
from trustjudge_core.asking import Ask, asks
from trustjudge_core.errors import TrustJudgeError, UsageError
from trustjudge_core.judge.contract import Answer, Judge, JudgeDescription
from trustjudge_core.judge.prompts import Protocol
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan, asked
from trustjudge_core.services.hold_lease import DEFAULT_TIMING, Lease, LeaseLost, Timing, patiently
from trustjudge_core.services.open_judge import OpenJudge
from trustjudge_core.services.store_answers import AnswerStore, Batch

HOPELESS: Final = 100
"""When so many judgments fail before a single one succeeds, asking for the others would only waste them."""

Told = Callable[[int, int, float | None], None]
"""Told after every stored batch: judgments stored in all, those of them that failed, judgments a second."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a worker goes about it: prompts handed to the judge at once; a batch is stored when it
    holds so many answers or is so many seconds old."""

    prompts: int = 2048
    answers: int = 256
    seconds: float = 1.0


DEFAULT_PACE: Final = Pace()


@dataclass(frozen=True)
class Worker:
    """Someone who works on runs: where, with which judge, how patiently.

    ``stop`` is set to make it stop within a batch; the run is then left ``stopped`` (queued: the
    next worker goes on; paused: a person decides).
    """

    engine: Engine
    judge: OpenJudge
    timing: Timing = DEFAULT_TIMING
    pace: Pace = DEFAULT_PACE
    stop: threading.Event | None = None
    stopped: str = "queued"
    told: Told | None = None

    def wants_to_stop(self) -> bool:
        """Whether ``stop`` was set."""
        return self.stop is not None and self.stop.is_set()


def work(worker: Worker, run_id: int | None = None) -> AskedRun | None:
    """Claim the run that has waited longest (or this one) and work on it until it ends, pauses or fails.

    Returns the run as it then stands, None when none waits. A judge that cannot be used makes the
    run failed, with the reason; it can go on later. Raises DatabaseProblem when nothing can be
    stored; the run's lease then runs out, and another worker goes on.
    """
    engine, timing = worker.engine, worker.timing
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:12]}"

    def claim() -> int | None:
        with reading(engine) as connection:
            if not leases.work_is_waiting(connection, run_id):
                return None
        with writing(engine) as connection:
            return leases.claim(connection, owner, timing.lease, run_id)

    claimed = patiently(claim, timing)
    if claimed is None:
        return None
    try:
        with Lease(engine, claimed, owner, timing) as lease:
            _work_on(worker, lease)
    except LeaseLost:
        worker.judge.close()  # whoever took the run over may need the memory
    with reading(engine) as connection:
        return asked_runs.read(connection, claimed)


def _work_on(worker: Worker, lease: Lease) -> None:
    """Ask until nothing is left or somebody wants to stop, and give the run back in the state that makes."""
    try:
        state, message = _ask_all(worker, lease)
    except LeaseLost:
        raise
    except TrustJudgeError as error:
        worker.judge.close()
        state, message = "failed", str(error)
    except BaseException as error:
        interrupted = isinstance(error, KeyboardInterrupt)
        said = None if interrupted else f"the worker stopped unexpectedly ({type(error).__name__}: {error})"
        lease.release(worker.stopped if interrupted else "failed", said)
        raise
    lease.release(state, message)


def _ask_all(worker: Worker, lease: Lease) -> tuple[str, str | None]:
    """Ask for everything that is left. Returns the state to leave the run in and why."""
    with reading(worker.engine) as connection:
        run = asked_runs.read(connection, lease.run_id)
        response_set, _ = response_sets.read(connection, run.set_id)
        index, _ = response_sets.index(connection, run.set_id)
        rows = response_sets.rows_by_key(connection, run.set_id)
        there = attempts.stored(connection, run.run_id, run.attempt)
    protocol = Protocol.from_json(run.protocol)
    judge = worker.judge.of(JudgeChoice.from_json(run.spec))
    _pin(run, judge.description, lease)
    everything = asks(response_set, index, asked(Plan.from_json(run.plan), index), protocol, judge.description)
    left = (ask for ask in everything if ask.key not in there.settled)
    store = AnswerStore(lease, run, protocol, rows, there.failed_before)
    reasons: Counter[str] = Counter()
    while together := list(islice(left, worker.pace.prompts)):
        for batch in _batches(worker, lease, judge, protocol, together):
            failures = store.store(batch)
            reasons.update(failures)
            if worker.told:
                worker.told(store.done, store.failed, store.rate)
            if (wanted := lease.wanted()) is not None:
                return wanted, None
            if worker.wants_to_stop():
                return worker.stopped, None
            if run.done == 0 and store.done == store.failed >= HOPELESS:
                reason, count = reasons.most_common(1)[0]
                return "failed", (
                    f"the first {store.done:,} judgments all failed, {count:,} of them with: {reason}; "
                    "allowed: a judge that gives usable answers; "
                    "look at the ledger, then resume to ask for the others all the same"
                )
    return "complete", None


def _pin(run: AskedRun, judge: JudgeDescription, lease: Lease) -> None:
    """Note what the judge is when it is first asked; later it must still be the same.

    Raises UsageError when it is not: one run would hold the judgments of two judges.
    """
    facts = asdict(judge) | {"reasons": list(judge.reasons)}
    if run.judge_facts is None:
        lease.note(judge_facts=facts)
        return
    for what in ("name", "revision"):
        if run.judge_facts.get(what) != facts[what]:
            raise UsageError(
                f"the judge of run {run.run_id} has changed since it began: its {what} was "
                f"{run.judge_facts.get(what)} and is {facts[what]}; allowed: one judge in a run; "
                "bring the former back or start a new run"
            )


def _batches(worker: Worker, lease: Lease, judge: Judge, protocol: Protocol, together: list[Ask]) -> Iterator[Batch]:
    """The answers to these asks, as many at a time as should be stored together."""
    silent = [(ask, Answer(failure=ask.lacking)) for ask in together if ask.prompt is None]
    if silent:
        yield Batch(silent)
    spoken = [ask for ask in together if ask.prompt is not None]
    unanswered = dict(enumerate(spoken))
    batch = Batch([])
    try:
        for number, answer in judge.answers([ask.prompt for ask in spoken if ask.prompt], protocol.readout):
            batch.answers.append((unanswered.pop(number), answer))
            full = len(batch.answers) >= worker.pace.answers or batch.age >= worker.pace.seconds
            if full or worker.wants_to_stop() or lease.wanted() is not None:
                yield batch
                batch = Batch([])
    except TrustJudgeError:
        if batch.answers:  # what it said before it went away is kept
            yield batch
        raise
    batch.answers.extend((ask, Answer(failure="the judge gave no answer")) for ask in unanswered.values())
    if batch.answers:
        yield batch
