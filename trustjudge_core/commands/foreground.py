"""A run worked on in the foreground, with a progress bar, until it ends or Ctrl-C pauses it."""

from __future__ import annotations

import sys
import threading
from typing import Final

from tqdm import tqdm

from trustjudge_core.commands.interruption import stopped_by_signals
from trustjudge_core.commands.parser import BAD_INPUT, DONE, INTERRUPTED
from trustjudge_core.errors import UsageError
from trustjudge_core.services.audit_run import audit_run
from trustjudge_core.services.control_run import pause_run
from trustjudge_core.services.open_database import Engine
from trustjudge_core.services.open_judge import OpenJudge
from trustjudge_core.services.run_progress import AskedRun, run_progress
from trustjudge_core.services.work import Worker, work
from trustjudge_core.services.work_queue import in_words
from trustjudge_core.settings import AuditSettings

LOOK_SECONDS: Final = 0.5


def work_in_foreground(engine: Engine, judge: OpenJudge, run_id: int, resume_with: str) -> int:
    """Work on a queued run, or watch the worker that was faster, then print its audit. Returns the exit status."""
    with stopped_by_signals() as stop:
        run = _until_it_ends(engine, judge, run_id, stop)
    print(in_words(run), file=sys.stderr if run.state == "failed" else sys.stdout)
    if run.state != "complete":
        print(f"what is stored stays; to go on: {resume_with}", file=sys.stderr)
        return BAD_INPUT if run.state == "failed" else INTERRUPTED
    from trustjudge_core.export.summary import summary

    print("\n".join(summary(audit_run(engine, run_id, AuditSettings())[1])))
    return DONE


def _until_it_ends(engine: Engine, judge: OpenJudge, run_id: int, stop: threading.Event) -> AskedRun:
    begun = run_progress(engine, run_id).run
    with tqdm(total=begun.asked, initial=begun.done, unit=" judgments", disable=None, dynamic_ncols=True) as bar:

        def show(done: int, failed: int, rate: float | None) -> None:
            if failed:
                bar.set_postfix_str(f"{failed:,} failed", refresh=False)
            bar.update(done - bar.n)

        worker = Worker(engine, judge, stop=stop, stopped="paused", told=show)
        while True:
            run = work(worker, run_id) or run_progress(engine, run_id).run
            if run.state not in ("queued", "running"):
                return run
            if stop.is_set():  # another worker is at it: what a person wants is still that it stops
                return _paused(engine, run)
            show(run.done, run.failed, run.rate)
            stop.wait(LOOK_SECONDS)


def _paused(engine: Engine, run: AskedRun) -> AskedRun:
    try:
        return pause_run(engine, run.run_id)
    except UsageError:  # it ended in this moment
        return run_progress(engine, run.run_id).run
