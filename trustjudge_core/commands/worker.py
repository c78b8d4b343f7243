"""`worker`: work on the runs that wait, as a process of its own beside the app."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trustjudge_core.commands.parser import DONE

if TYPE_CHECKING:
    from trustjudge_core.commands.parser import Commands


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("worker", help="ask the judges of the runs that wait; several may run at once")
    parser.add_argument("--once", action="store_true", help="end when no run waits any more")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Work until stopped; a run that is under way then waits for the next worker."""
    from trustjudge_core.commands.interruption import stopped_by_signals
    from trustjudge_core.services.open_database import open_database
    from trustjudge_core.services.open_judge import OpenJudge
    from trustjudge_core.services.work import Worker
    from trustjudge_core.services.work_queue import work_queue

    engine = open_database()
    with stopped_by_signals() as stop, OpenJudge() as judge:
        work_queue(Worker(engine, judge, stop=stop), lambda text: print(text, flush=True), once=args.once)
    return DONE
