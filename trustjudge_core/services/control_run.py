"""Pause a run, let it go on, cancel it, or ask again for what failed.

What is stored always stays. While a worker is at a run, its state is only wished for here; the
worker sees that within a batch. When the worker died, nobody else will, so the state changes at once.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, Engine

from db import activity, asked_runs
from db.asked_runs import AskedRun
from db.engine import writing
from trustjudge_core.errors import UsageError

__all__ = ["AskedRun", "cancel_run", "pause_run", "resume_run", "retry_failed"]

_RESUMABLE: Final = ("draft", "paused", "failed", "cancelled")


def pause_run(engine: Engine, run_id: int, person: str = activity.LOCAL) -> AskedRun:
    """Stop asking for now. Raises NotFound, UsageError unless the run is queued or running."""
    return _stop(engine, run_id, person, "paused", ("queued", "running"), "pausing")


def cancel_run(engine: Engine, run_id: int, person: str = activity.LOCAL) -> AskedRun:
    """Stop asking for good; the audit then says how much is missing.

    Raises NotFound, UsageError for a run that has ended.
    """
    return _stop(engine, run_id, person, "cancelled", ("draft", "queued", "running", "paused", "failed"), "cancelling")


def resume_run(engine: Engine, run_id: int, person: str = activity.LOCAL) -> AskedRun:
    """Let a run go on where it stopped: queue it for a worker, or take back a wish to stop.

    Raises NotFound, UsageError for a run that is complete or needs no resuming.
    """
    with writing(engine) as connection:
        run = asked_runs.read(connection, run_id)
        if run.state == "running" and run.wanted is not None:
            asked_runs.change(connection, run_id, wanted=None)
        else:
            _check(run, _RESUMABLE, "resuming")
            if run.state == "draft":
                asked_runs.undraft(connection, run)
            asked_runs.change(connection, run_id, state="queued", wanted=None, message=None, finished_at=None)
        return _logged(connection, run_id, person, "resumed")


def retry_failed(engine: Engine, run_id: int, person: str = activity.LOCAL) -> AskedRun:
    """Ask again for every failed judgment, and for what was not asked yet; the failed attempts stay as history.

    Raises NotFound, UsageError when nothing failed or a worker is at the run.
    """
    with writing(engine) as connection:
        run = asked_runs.read(connection, run_id)
        if not run.failed:
            raise UsageError(
                f"run {run_id} has no failed judgments; allowed: asking again for failed ones; nothing needs doing"
            )
        _check(run, ("queued", "paused", "failed", "cancelled", "complete"), "asking again")
        asked_runs.change(
            connection, run_id, state="queued", attempt=run.attempt + 1, wanted=None, message=None, finished_at=None
        )
        return _logged(connection, run_id, person, "asked again for failed judgments")


def _stop(engine: Engine, run_id: int, person: str, state: str, allowed: Collection[str], doing: str) -> AskedRun:
    with writing(engine) as connection:
        run = asked_runs.read(connection, run_id)
        _check(run, allowed, doing)
        if run.state == "running" and (run.lease_until or 0) > time.time():
            asked_runs.change(connection, run_id, wanted=state)
        else:
            asked_runs.change(connection, run_id, state=state, wanted=None, lease_owner=None, lease_until=None)
        return _logged(connection, run_id, person, state)


def _logged(connection: Connection, run_id: int, person: str, action: str) -> AskedRun:
    run = asked_runs.read(connection, run_id)
    activity.record(connection, person, action, run.in_words, set_id=run.set_id, run_id=run_id)
    return run


def _check(run: AskedRun, allowed: Collection[str], doing: str) -> None:
    if run.state not in allowed:
        raise UsageError(
            f"run {run.run_id} is {run.state}; allowed: {doing} a run that is {' or '.join(allowed)}; "
            "choose another run or wait until this one is in such a state"
        )
