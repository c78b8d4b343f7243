"""A worker's day: one run after the other, drafts in between, patience when nothing waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from db.asked_runs import AskedRun
from trustjudge_core.errors import DatabaseProblem
from trustjudge_core.services.estimate_run import measure_drafts
from trustjudge_core.services.work import Worker, work

POLL_SECONDS: Final = 1.0
TROUBLE_SECONDS: Final = 10.0
"""Pause after the database refused (no space left, out of reach), before trying again."""


def work_queue(worker: Worker, say: Callable[[str], None], *, once: bool = False) -> None:
    """Work on every run that waits, and on those that come, until ``worker.stop`` is set.

    With ``once`` only until nothing waits; what the database then refuses is raised.
    """
    stop = worker.stop or threading.Event()
    worker = replace(worker, stop=stop)
    while not stop.is_set():
        try:
            run = work(worker)
            if run is not None:
                say(in_words(run))
            elif not measure_drafts(worker.engine, worker.judge):
                if once:
                    return
                stop.wait(POLL_SECONDS)
        except DatabaseProblem as error:
            if once:
                raise
            say(f"{error}; the worker tries again")
            stop.wait(TROUBLE_SECONDS)


def in_words(run: AskedRun) -> str:
    """`run 3 (bundled over Sample) is complete: 96 of 96 judgments, 2 failed`, and why where there is a reason."""
    failed = f", {run.failed:,} failed" if run.failed else ""
    message = f"; {run.message}" if run.message else ""
    return f"{run.in_words} is {run.state}: {run.done:,} of {run.asked:,} judgments{failed}{message}"
