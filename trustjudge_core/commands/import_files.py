"""`import`: store files in the database."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from trustjudge_core.commands.parser import DONE

if TYPE_CHECKING:
    from trustjudge_core.commands.parser import Commands


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("import", help="store files in the database")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--name", required=True, help="name of the response set")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Store the files as one set and say what was new."""
    from trustjudge_core.formats import read_files
    from trustjudge_core.services.import_bundle import import_bundle
    from trustjudge_core.services.open_database import open_database

    read = read_files(args.paths)
    outcome = import_bundle(open_database(), read.bundle, args.name)
    if outcome.already_there:
        print(f"already there: the same content is stored as {outcome.set_name!r}; nothing was added")
        return DONE
    stored = ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in outcome.stored.items() if count)
    runs = ", ".join(map(str, outcome.run_ids)) or "none"
    print(f"stored {stored or 'nothing new'} in {outcome.set_name!r}; runs {runs}")
    for note in read.bundle.notes:
        line = "" if note.line is None else f" line {note.line}"
        print(f"  note: {note.file}{line}: {note.message}")
    return DONE
