"""`selftest`: plant judges with known defects and see whether the measures find them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trustjudge_core.commands.parser import DONE, GATE_FAILED

if TYPE_CHECKING:
    from trustjudge_core.commands.parser import Commands


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("selftest", help="plant judges with known defects; exit with 1 if a measure is wrong")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one line per planted defect; 1 if a measure missed it or moved when it should not have."""
    from trustjudge_core.selftest import DRIFT, QUESTIONS, REPEATS, SKILLS, selftest

    print(f"{QUESTIONS} questions x {len(SKILLS)} responses, every judgment asked {REPEATS} times; docs/validity.md")
    print(f"{'planted':<22}{'measure':<18}{'expected':>9}{'found':>9}   left alone, moved most")
    wrong = 0
    for outcome in selftest():
        planting = outcome.planting
        fine = outcome.recovered and outcome.left_alone
        wrong += not fine
        print(
            f"{planting.dial + f' {planting.value:g}':<22}{planting.measure:<18}{outcome.expected:>9.3f}"
            f"{outcome.found:>9.3f}   {outcome.most_moved} {outcome.drift:z.3f}"
            + ("" if fine else f"   WRONG: {'not found' if not outcome.recovered else f'moved more than {DRIFT}'}")
        )
    print("all found, nothing else moved" if not wrong else f"{wrong} wrong")
    return GATE_FAILED if wrong else DONE
