"""`import`: store files in the database."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from trustjudge_core.commands.parser import DONE
from trustjudge_core.errors import UsageError

if TYPE_CHECKING:
    from trustjudge_core.commands.parser import Commands
    from trustjudge_core.services.import_bundle import ImportOutcome


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("import", help="store files in the database")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files, folders or .zip that form one set")
    parser.add_argument("--name", required=True, help="name of the response set")
    parser.add_argument("--judge", metavar="NAME", help="the judge, where files do not name it")
    parser.add_argument(
        "--baseline", metavar="NAME", help="what all systems were compared with, where files do not say"
    )
    parser.add_argument("--scale", nargs=2, type=float, metavar=("LO", "HI"), help="the scale, where files do not say")
    parser.add_argument(
        "--format",
        action="append",
        default=[],
        metavar="FILE=FORMAT",
        help="read a file as this format instead of what it is taken for, e.g. 'a.jsonl=MT-bench: votes'",
    )
    parser.add_argument(
        "--leave-out", action="store_true", help="leave out rows with problems and what depends on them"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Store the files as one set and say what was new."""
    from trustjudge_core.formats import stage_files
    from trustjudge_core.services.import_bundle import import_bundle
    from trustjudge_core.services.open_database import open_database

    engine = open_database()
    progress = _show_progress if sys.stderr.isatty() else None
    staged = stage_files(
        args.paths,
        scale=None if args.scale is None else (args.scale[0], args.scale[1]),
        judge=args.judge,
        baseline=args.baseline,
        formats=dict(map(_file_and_format, args.format)),
        leave_out=args.leave_out,
        progress=progress,
    )
    with closing(staged):
        outcome = import_bundle(engine, staged, args.name, progress=progress)
    if progress is not None:
        print(file=sys.stderr)
    _say(outcome)
    if not outcome.already_there:
        for note in staged.notes:
            line = "" if note.line is None else f" line {note.line}"
            print(f"  note: {note.file}{line}: {note.message}")
        for one in staged.left_out:
            why = "because of rows left out" if one.depends else f"{one.field or 'row'}; allowed: {one.allowed}"
            print(f"  left out: {one.file}: {one.rows:,} rows ({why})")
    return DONE


def _say(outcome: ImportOutcome) -> None:
    if outcome.already_there:
        print(f"already there: the same content is stored as {outcome.set_name!r}; nothing was added")
        return
    named = {what.replace("_", " "): count for what, count in outcome.stored.items() if count}
    stored = ", ".join(f"{count:,} {what.removesuffix('s') if count == 1 else what}" for what, count in named.items())
    runs = ", ".join(map(str, outcome.run_ids)) or "none"
    print(f"stored {stored or 'nothing new'} in {outcome.set_name!r}; runs {runs}")


def _file_and_format(text: str) -> tuple[str, str]:
    file, equals, key = text.partition("=")
    if not equals:
        raise UsageError(
            f"--format {text!r} names no format; allowed: FILE=FORMAT; for example 'a.jsonl=MT-bench: votes'"
        )
    return file, key


def _show_progress(what: str, done: int, total: int) -> None:
    print(f"\r{what} {done / max(total, 1):4.0%}", end="", file=sys.stderr, flush=True)
