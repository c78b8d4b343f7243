"""`cases`: the review queue as Argilla records, and `verdicts`: what people decided elsewhere, taken over."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from trustjudge_core.commands.parser import DONE
from trustjudge_core.errors import UsageError

if TYPE_CHECKING:
    from trustjudge_core.commands.parser import Commands


def add(commands: Commands) -> None:
    """Describe both commands."""
    parser = commands.add_parser("cases", help="write the pairs that people should decide about, for Argilla")
    parser.add_argument("run_id", type=int, metavar="RUN", help="number of the run, as `runs` lists it")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="file to write (JSON Lines)")
    parser.add_argument("--most", type=int, metavar="N", help="at most so many (default: all that are open)")
    parser.add_argument("--policy", default="gain", metavar="gain|uncertainty|random", help="order of cases")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="for the sides, drawn at random (default 0)")
    parser.set_defaults(run=cases)

    reader = commands.add_parser("verdicts", help="take over what people decided elsewhere about a stored set")
    reader.add_argument("set", metavar="SET", help="name or number of a stored response set")
    reader.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="Argilla records, or any table of verdicts")
    reader.set_defaults(run=verdicts)


def cases(args: argparse.Namespace) -> int:
    """Write the open cases of a run, best first."""
    from trustjudge_core.commands.targets import whole
    from trustjudge_core.review import checked_policy
    from trustjudge_core.services.open_database import open_database
    from trustjudge_core.services.open_review import open_review
    from trustjudge_core.services.write_cases import write_cases

    if args.most is not None and args.most < 1:
        raise UsageError(f"--most {args.most} cannot be used; allowed: 1 or more; choose another")
    policy = checked_policy(args.policy)
    engine = open_database()
    ground = open_review(engine, args.run_id)
    with whole(args.out) as file:
        found = write_cases(engine, ground, file, most=args.most, policy=policy, seed=args.seed)
    left = f"; {found.without_text:,} are left out because a text is not known" if found.without_text else ""
    print(f"wrote {found.written:,} cases to {args.out}{left}")
    return DONE


def verdicts(args: argparse.Namespace) -> int:
    """Store the verdicts and say how many."""
    from trustjudge_core.services.find_set import stored_set
    from trustjudge_core.services.open_database import open_database
    from trustjudge_core.services.read_verdicts import read_verdicts

    engine = open_database()
    set_id, name = stored_set(engine, args.set)
    found = read_verdicts(engine, set_id, args.paths)
    print(f"{name}: {found.new:,} new verdicts, {found.revised:,} revised, {found.there:,} known before")
    if found.judgments:
        print(f"  {found.judgments:,} judgments of judges were not taken over; use `import` for them")
    return DONE
