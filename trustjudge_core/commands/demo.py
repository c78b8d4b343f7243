"""`demo`: prepare the database; load the sample audit if it is empty."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trustjudge_core.commands.parser import DONE

if TYPE_CHECKING:
    from trustjudge_core.commands.parser import Commands


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("demo", help="prepare the database; load the sample audit if it is empty")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Load the sample unless the database holds sets already."""
    from trustjudge_core.services.load_sample import load_sample
    from trustjudge_core.services.open_database import open_database

    loaded = load_sample(open_database())
    print(
        "database ready; " + ("the sample audit was loaded" if loaded else "nothing was changed, it already holds sets")
    )
    return DONE
