"""The command line: the app's services without a browser.

Exit status 0 done, 1 a gate failed, 2 bad usage or bad input.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from trustjudge_core import __version__
from trustjudge_core.commands import (
    audit,
    demo,
    exchange,
    export,
    import_files,
    judge,
    probe,
    review,
    runs,
    selftest,
    worker,
)
from trustjudge_core.commands.parser import BAD_INPUT, DONE, INTERRUPTED, CommandParser
from trustjudge_core.errors import InputProblems, TrustJudgeError

if TYPE_CHECKING:
    import argparse

COMMANDS: Final = (audit, import_files, runs, judge, worker, review, exchange, export, probe, demo, selftest)
"""Every command, in the order of `--help`."""


def build_parser() -> CommandParser:
    """The whole command line."""
    parser = CommandParser(
        prog="python -m trustjudge_core", description="Audit LLM judges: where does a judge contradict itself?"
    )
    parser.add_argument("--version", action="version", version=f"trustjudge {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=CommandParser)
    for command in COMMANDS:
        command.add(commands)
    return parser


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
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
