"""The command line: the app's services without a browser.

Exit status 0 done, 1 a gate failed, 2 bad usage or bad input.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from trustjudge_core import __version__
from trustjudge_core.errors import InputProblems, TrustJudgeError, UsageError
from trustjudge_core.settings import MODES, AuditSettings

DONE, GATE_FAILED, BAD_INPUT = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see {self.prog} --help\n")


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = _Parser(
        prog="python -m trustjudge_core", description="Audit LLM judges: where does a judge contradict itself?"
    )
    parser.add_argument("--version", action="version", version=f"trustjudge {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)

    audit = commands.add_parser("audit", help="audit judgments straight from files, nothing is stored")
    audit.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="files, folders or .zip; several form one set"
    )
    audit.add_argument("--judge", metavar="NAME", help="only this judge (default: every judge in the files)")
    audit.add_argument(
        "--mode", default="corrected", metavar="|".join(MODES), help="which formulas (default corrected)"
    )
    audit.add_argument(
        "--tolerance",
        nargs="+",
        type=float,
        default=[0.0],
        metavar="T",
        help="how close is a tie: scale points for scores, probability for preferences (default 0)",
    )
    audit.add_argument("--k", type=_whole_numbers, default=(3, 4, 5), metavar="3,4,5", help="sizes of NTR_k")
    audit.add_argument(
        "--json", metavar="FILE", help="write the audit as JSON (docs/audit-json.md); - for standard output"
    )
    audit.add_argument("--fail-on", metavar="EXPR", help="exit with 1 when this holds, e.g. 'ntr_3 > 0.1 or cr > 0.3'")
    audit.set_defaults(run=_audit)

    importer = commands.add_parser("import", help="store files in the database")
    importer.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    importer.add_argument("--name", required=True, help="name of the response set")
    importer.set_defaults(run=_import)

    runs = commands.add_parser("runs", help="list what is stored")
    runs.set_defaults(run=_runs)

    demo = commands.add_parser("demo", help="prepare the database; load the sample audit if it is empty")
    demo.set_defaults(run=_demo)
    return parser


def _whole_numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of whole numbers such as 3,4,5") from None


def _audit(args: argparse.Namespace) -> int:
    # Imported late: `--help` and a typing error should not wait for NumPy and the database.
    from trustjudge_core.export.audit_json import json_of
    from trustjudge_core.export.summary import summary
    from trustjudge_core.gate import Gate, values
    from trustjudge_core.services.audit_files import audit_files

    settings = AuditSettings(args.mode, tuple(args.tolerance), tuple(sorted(set(args.k))))
    gate = Gate(args.fail_on) if args.fail_on else None
    target = _writable(args.json)
    audited, notes = audit_files(args.paths, settings, args.judge)
    measured = values([audit for _, audit in audited])
    failed = gate.fails(measured) if gate else False
    if args.json:
        text = json.dumps(json_of(audited), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
        if target is None:
            sys.stdout.write(text)
        else:
            target.write_text(text, encoding="utf-8")
    if args.json != "-":
        for _, audit in audited:
            print("\n".join(summary(audit)))
        if notes:
            print(f"{len(notes):,} notes on the files; first: {notes[0].file}: {notes[0].message}")
    if gate and failed:
        lacking = gate.missing(measured)
        why = f" (not enough data for {', '.join(lacking)})" if lacking else ""
        print(f"gate failed: {gate.text}{why}", file=sys.stderr)
        return GATE_FAILED
    return DONE


def _writable(target: str | None) -> Path | None:
    """The file to write JSON to, checked before the work starts. None for standard output or no JSON."""
    if target in (None, "-"):
        return None
    path = Path(target)
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(
            f"--json {target} cannot be written; allowed: a file in an existing folder; choose another path"
        )
    return path


def _import(args: argparse.Namespace) -> int:
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


def _runs(args: argparse.Namespace) -> int:
    from trustjudge_core.services.list_runs import list_runs
    from trustjudge_core.services.open_database import open_database

    found = list_runs(open_database())
    if not found:
        print("no runs stored; import files with: python -m trustjudge_core import PATH --name NAME")
    for run in found:
        sample = " (sample)" if run.is_sample else ""
        print(
            f"{run.run_id}  {run.state}  {run.judge}  {run.set_name}{sample}  {run.questions:,} questions, "
            f"{run.responses:,} responses, {run.score_judgments:,} score judgments, "
            f"{run.pair_judgments:,} pair judgments, {run.failed:,} failed"
        )
    return DONE


def _demo(args: argparse.Namespace) -> int:
    from trustjudge_core.services.load_sample import load_sample
    from trustjudge_core.services.open_database import open_database

    loaded = load_sample(open_database())
    print(
        "database ready; " + ("the sample audit was loaded" if loaded else "nothing was changed, it already holds sets")
    )
    return DONE


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; every expected error becomes one line per problem on standard error."""
    args = build_parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = args.run
    try:
        return command(args)
    except InputProblems as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        if error.total > len(error.problems):
            print(f"{error.total:,} problems in all, the first {len(error.problems)} shown", file=sys.stderr)
        return BAD_INPUT
    except TrustJudgeError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        # The reader went away (for example `| head`); leave quietly without a second error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("interrupted; nothing further was done", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
