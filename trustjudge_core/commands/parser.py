"""What every command shares: how it is described, and the exit status it ends with.

A command is a module with ``add(commands)``, which describes it to argparse and names the function
that runs it: ``set_defaults(run=...)``, a function of the arguments that returns the exit status.
Everything slow is imported inside that function: `--help` and a typing error should not wait for
NumPy and the database.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final, NoReturn

DONE: Final = 0
GATE_FAILED: Final = 1
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130


class CommandParser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see {self.prog} --help\n")


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[CommandParser]
