"""`runs`: list what is stored, how far it is, and why what failed did."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trustjudge_core.commands.parser import DONE

if TYPE_CHECKING:
    from trustjudge_core.commands.parser import Commands


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("runs", help="list what is stored and how far it is")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a line per run."""
    from trustjudge_core.services.list_runs import list_runs
    from trustjudge_core.services.open_database import open_database

    found = list_runs(open_database())
    if not found:
        print("no runs stored; import files with: python -m trustjudge_core import PATH --name NAME")
    for stored in found:
        sample = " (sample)" if stored.is_sample else ""
        of_asked = ""
        if stored.asked is not None:
            done = stored.score_judgments + stored.pair_judgments
            of_asked = f"{done:,} of {stored.asked:,} judgments ({100 * done / stored.asked:z.0f} %), "
        print(
            f"{stored.run_id}  {stored.state}  {stored.judge}  {stored.set_name}{sample}  "
            f"{stored.questions:,} questions, {stored.responses:,} responses, {of_asked}"
            f"{stored.score_judgments:,} score judgments, {stored.pair_judgments:,} pair judgments, "
            f"{stored.failed:,} failed"
        )
        if stored.message:
            print(f"    {stored.message}")
    return DONE
