"""Hold the lease of a run while working on it: a heartbeat beside the work, and patience with the database."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from sqlalchemy import Connection, Engine

from db import activity, asked_runs, leases
from db.engine import reading, writing
from trustjudge_core.errors import DatabaseBusy, DatabaseProblem

Returned = TypeVar("Returned")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: how long a ``lease`` lasts, between two looks at what people wish, the longest wait for the database."""

    lease: float = 60.0
    heartbeat: float = 1.0
    patience: float = 600.0


DEFAULT_TIMING: Final = Timing()

WORKER: Final = "worker"
"""Who did it, in the log, when no person did."""


class LeaseLost(Exception):
    """Somebody else has the run by now. Never leaves the worker: whoever lost it just stops."""


def patiently(action: Callable[[], Returned], timing: Timing) -> Returned:
    """Do it; while the database is busy, wait and do it again. Raises DatabaseBusy when the patience is over."""
    until = time.monotonic() + timing.patience
    pause = 0.05
    while True:
        try:
            return action()
        except DatabaseBusy:
            if time.monotonic() + pause > until:
                raise
            time.sleep(pause * random.uniform(0.5, 1.0))  # several workers should not come back at once
            pause = min(2 * pause, 2.0)


class Lease:
    """One run that is ours until the block ends or it is given back.

    The heartbeat is a thread of its own, so that loading a model or a long batch does not look like death.
    """

    def __init__(self, engine: Engine, run_id: int, owner: str, timing: Timing) -> None:
        self.engine, self.run_id, self.owner, self.timing = engine, run_id, owner, timing
        self._wanted: str | None = None
        self._lost = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"lease of run {run_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def wanted(self) -> str | None:
        """The state a person wished for meanwhile. Raises LeaseLost."""
        if self._lost:
            raise LeaseLost
        return self._wanted

    def note(self, **values: Any) -> None:
        """Write something about the run. Raises LeaseLost."""
        self._write(lambda connection: leases.note(connection, self.run_id, self.owner, **values))

    def release(self, state: str, message: str | None = None) -> None:
        """Give the run back in a state, and log that with the reason. Raises LeaseLost."""

        def give_back(connection: Connection) -> bool:
            if not leases.release(connection, self.run_id, self.owner, state, message):
                return False
            run = asked_runs.read(connection, self.run_id)
            reason = {"reason": message} if message else {}
            activity.record(
                connection, WORKER, f"left it {state}", run.in_words, set_id=run.set_id, run_id=run.run_id, **reason
            )
            return True

        self._write(give_back)

    def _write(self, change: Callable[[Connection], bool]) -> None:
        def once() -> bool:
            with writing(self.engine) as connection:
                return change(connection)

        if not patiently(once, self.timing):
            raise LeaseLost

    def _beat(self) -> None:
        renewed = time.monotonic()
        while not (self._ended.wait(self.timing.heartbeat) or self._lost):
            try:
                if time.monotonic() - renewed > self.timing.lease / 4:
                    with writing(self.engine) as connection:
                        self._lost = not leases.renew(connection, self.run_id, self.owner, self.timing.lease)
                    renewed = time.monotonic()
                with reading(self.engine) as connection:
                    self._wanted = leases.wanted(connection, self.run_id)
            except DatabaseProblem:
                continue  # the work itself will meet the same and decide what to do
