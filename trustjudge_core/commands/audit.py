"""`audit`: audit judgments straight from files, nothing is stored."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trustjudge_core.commands.parser import DONE, GATE_FAILED
from trustjudge_core.commands.targets import json_target
from trustjudge_core.settings import MODES, SOLVER_BUDGET, SOLVER_SECONDS, AuditSettings

if TYPE_CHECKING:
    from trustjudge_core.commands.parser import Commands


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("audit", help="audit judgments straight from files, nothing is stored")
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="files, folders or .zip; several form one set"
    )
    parser.add_argument("--judge", metavar="NAME", help="only this judge (default: every judge in the files)")
    parser.add_argument("--scale", nargs=2, type=float, metavar=("LO", "HI"), help="the scale, where files do not say")
    parser.add_argument("--baseline", metavar="NAME", help="what all were compared with, where files do not say")
    parser.add_argument(
        "--mode", default="corrected", metavar="|".join(MODES), help="which formulas (default corrected)"
    )
    parser.add_argument(
        "--tolerance",
        nargs="+",
        type=float,
        default=[0.0],
        metavar="T",
        help="how close is a tie: scale points for scores, probability for preferences (default 0)",
    )
    parser.add_argument("--k", type=_whole_numbers, default=(3, 4, 5), metavar="3,4,5", help="sizes of NTR_k")
    parser.add_argument(
        "--solver-seconds",
        type=float,
        default=SOLVER_SECONDS,
        metavar="S",
        help="how long fewest edits and Kemeny orders of one question of more than 10 responses may take "
        f"(default {SOLVER_SECONDS:g}); what is then unproven is said as a gap",
    )
    parser.add_argument(
        "--solver-budget",
        type=float,
        default=SOLVER_BUDGET,
        metavar="S",
        help=f"the same for all questions of a judge together (default {SOLVER_BUDGET:g})",
    )
    parser.add_argument(
        "--json", metavar="FILE", help="write the audit as JSON (docs/audit-json.md); - for standard output"
    )
    parser.add_argument("--fail-on", metavar="EXPR", help="exit with 1 when this holds, e.g. 'ntr_3 > 0.1 or cr > 0.3'")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the summary of every judge, write the JSON if wanted, hold the gate."""
    from trustjudge_core.export.audit_json import json_text
    from trustjudge_core.export.summary import summary
    from trustjudge_core.gate import Gate, values
    from trustjudge_core.services.audit_files import audit_files

    settings = AuditSettings(
        args.mode,
        tuple(args.tolerance),
        tuple(sorted(set(args.k))),
        solver_seconds=args.solver_seconds,
        solver_budget=args.solver_budget,
    )
    gate = Gate(args.fail_on) if args.fail_on else None
    target = json_target(args.json)
    scale = None if args.scale is None else (args.scale[0], args.scale[1])
    audited, notes = audit_files(args.paths, settings, args.judge, scale=scale, baseline=args.baseline)
    measured = values([audit for _, audit in audited])
    failed = gate.fails(measured) if gate else False
    if args.json:
        text = json_text(audited)
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


def _whole_numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of whole numbers such as 3,4,5") from None
