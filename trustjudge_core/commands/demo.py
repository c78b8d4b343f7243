"""`demo`: the judge in the box over the sample, and the audit of what it says."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trustjudge_core.commands.parser import DONE

if TYPE_CHECKING:
    from trustjudge_core.commands.parser import Commands


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("demo", help="run the judge in the box over the sample and audit it")
    parser.add_argument("--queue", action="store_true", help="only load the sample and leave the run to a worker")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Load the sample into an empty database, run the bundled judge over it, print its audit."""
    from trustjudge_core.commands.foreground import work_in_foreground
    from trustjudge_core.services.open_database import open_database
    from trustjudge_core.services.open_judge import OpenJudge
    from trustjudge_core.services.queue_sample import queue_sample

    engine = open_database()
    sample = queue_sample(engine)
    if sample is None:
        print("database ready; nothing was changed: it holds sets of its own and not the sample")
        return DONE
    print(f"database ready; the sample audit {'was loaded' if sample.loaded else 'is there'}")
    started = sample.started
    if args.queue:
        print(f"run {started.run_id} of the judge in the box over the sample is {started.state}")
        return DONE
    print(f"run {started.run_id}: the judge in the box, a demonstration, over the sample")
    with OpenJudge() as judge:
        return work_in_foreground(engine, judge, started.run_id, "python -m trustjudge_core demo")
