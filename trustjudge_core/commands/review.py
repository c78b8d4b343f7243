"""`review`: what reviewing a run would gain, by replaying human verdicts that are recorded already."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trustjudge_core.commands.parser import DONE
from trustjudge_core.commands.targets import json_target
from trustjudge_core.errors import UsageError
from trustjudge_core.settings import AGGREGATIONS, MODES

if TYPE_CHECKING:
    from trustjudge_core.commands.parser import Commands
    from trustjudge_core.services.simulate_review import Replay, ReplaySettings


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("review", help="replay recorded human verdicts: what does each verdict resolve?")
    parser.add_argument("source", nargs="+", metavar="RUN", help="number of a stored run, or files, folders or .zip")
    parser.add_argument(
        "--simulate",
        required=True,
        metavar="HUMANS",
        help="who answers: majority (of everybody), names of annotators, gold, or a file with verdicts",
    )
    parser.add_argument("--policy", default="gain", metavar="gain|uncertainty|random", help="order of cases")
    parser.add_argument("--budget", type=int, metavar="N", help="verdicts to spend (default: all there are)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="for everything drawn at random (default 0)")
    parser.add_argument("--json", metavar="FILE", help="write every step as JSON; - for standard output")
    parser.add_argument("--judge", metavar="NAME", help="of several judges (default: the one with most comparisons)")
    parser.add_argument("--mode", default="corrected", choices=MODES, help="which formulas (default corrected)")
    parser.add_argument("--aggregation", choices=AGGREGATIONS, help="of both orders (default: the run's)")
    parser.add_argument("--tolerance", type=float, default=0.0, metavar="T", help="how close is a tie (default 0)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print how far the verdicts went; write the steps if wanted."""
    from trustjudge_core.review import checked_policy
    from trustjudge_core.services.simulate_review import ReplaySettings
    from trustjudge_core.settings import AuditSettings

    AuditSettings(tolerances=(args.tolerance,))  # says what is wrong with a tolerance
    settings = ReplaySettings(
        policy=checked_policy(args.policy),
        budget=args.budget,
        seed=args.seed,
        judge=args.judge,
        mode=args.mode,
        aggregation=args.aggregation,
        tolerance=args.tolerance,
    )
    if args.seed < 0:
        raise UsageError(f"seed {args.seed} cannot be used; allowed: 0 or more; choose another")
    target = json_target(args.json)
    replay = _replay(args.source, args.simulate, settings)
    text = json.dumps(steps_json(replay), allow_nan=False) + "\n"
    if args.json == "-":
        sys.stdout.write(text)
        return DONE
    if target is not None:
        target.write_text(text, encoding="utf-8")
    for line in said(replay):
        print(line)
    return DONE


def _replay(source: list[str], humans: str, settings: ReplaySettings) -> Replay:
    from trustjudge_core.services.open_database import open_database
    from trustjudge_core.services.simulate_review import simulate_files, simulate_stored

    if len(source) == 1 and source[0].isdigit() and not Path(source[0]).exists():
        return simulate_stored(open_database(), int(source[0]), humans, settings)
    return simulate_files([Path(path) for path in source], humans, settings)


def steps_json(replay: Replay) -> dict[str, Any]:
    """{policy, seed, steps:[{spent, inconsistent_triples, kendall_tau}]}; a tau that nothing gives is null."""
    simulation = replay.simulation
    return {
        "policy": simulation.policy,
        "seed": simulation.seed,
        "steps": [
            {
                "spent": step.spent,
                "inconsistent_triples": step.inconsistent_triples,
                "kendall_tau": step.kendall_tau if math.isfinite(step.kendall_tau) else None,
            }
            for step in simulation.steps
        ],
    }


def said(replay: Replay) -> list[str]:
    """The replay in a few lines."""
    simulation = replay.simulation
    first, last = simulation.steps[0], simulation.steps[-1]
    lines = [
        f"{replay.judge}, answered by {replay.answered_by} ({simulation.answers:,} pairs), policy {simulation.policy}, "
        f"seed {simulation.seed}",
        f"inconsistent triples: {first.inconsistent_triples:,} before, {last.inconsistent_triples:,} after "
        f"{last.spent:,} verdicts",
    ]
    for share in (0.2, 0.4, 0.5, 0.6, 0.8):
        spent = simulation.spent_until((1.0 - share) * first.inconsistent_triples)
        if spent is not None and first.inconsistent_triples:
            lines.append(f"  {share:.0%} of them removed after {spent:,} verdicts")
    return lines
