"""`judge`: ask a judge about a response set, with progress; interrupted, the same command goes on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from trustjudge_core.commands.parser import DONE
from trustjudge_core.errors import UsageError

if TYPE_CHECKING:
    from trustjudge_core.commands.parser import Commands
    from trustjudge_core.judge.prompts import Protocol
    from trustjudge_core.judge_choice import JudgeChoice
    from trustjudge_core.plan import Plan


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("judge", help="ask a judge about a response set and audit what it says")
    parser.add_argument("set", nargs="+", metavar="SET", help="number or name of a stored set, or files that hold one")
    parser.add_argument(
        "--judge", required=True, metavar="SPEC", help="local:FOLDER_OR_ID, endpoint:URL#MODEL or bundled"
    )
    asked = parser.add_argument_group("how it is asked")
    asked.add_argument(
        "--template",
        metavar="NAME",
        help="a template in the box, or a .toml file (default: the judge's own, or general)",
    )
    asked.add_argument("--scale", default="1-5", metavar="1-5", help="lowest and highest score (default 1-5)")
    asked.add_argument("--criterion", default="overall", metavar="TEXT", help="what is judged (default overall)")
    asked.add_argument(
        "--rubric", default="", metavar="TEXT", help="instead of the rubrics of set and template; @FILE reads one"
    )
    asked.add_argument("--readout", default="verdict-first", choices=("verdict-first", "rationale-first"))
    asked.add_argument("--max-tokens", type=int, default=512, metavar="N", help="longest rationale (default 512)")
    asked.add_argument(
        "--temperature", type=float, default=0.0, metavar="T", help="of rationales and samples (default 0)"
    )
    asked.add_argument(
        "--samples", type=int, default=0, metavar="N", help="sampled verdicts, for servers that give no probabilities"
    )
    plan = parser.add_argument_group("what is asked")
    plan.add_argument(
        "--pairs",
        nargs="+",
        default=["all"],
        metavar="all|none|K|budget N",
        help="all pairs (the default), none, K opponents for each response, or what N judgments allow",
    )
    plan.add_argument("--no-scores", action="store_true", help="only comparisons")
    plan.add_argument("--seed", type=int, default=0, metavar="S", help="for everything drawn at random (default 0)")
    opened = parser.add_argument_group("how the judge is opened")
    opened.add_argument("--device", default="auto", metavar="auto|cpu|cuda|mps")
    opened.add_argument("--dtype", default="auto", metavar="auto|float32|bfloat16|float16")
    opened.add_argument("--key-variable", metavar="NAME", help="environment variable that holds the key of a server")
    opened.add_argument(
        "--concurrency", type=int, default=8, metavar="N", help="requests at a server at once (default 8)"
    )
    opened.add_argument(
        "--timeout", type=float, default=120.0, metavar="S", help="seconds for one request (default 120)"
    )
    parser.add_argument(
        "--price",
        nargs=2,
        type=float,
        metavar=("PROMPT", "ANSWER"),
        help="of a million tokens each, to estimate the cost",
    )
    parser.add_argument("--estimate", action="store_true", help="say what the run would take and ask nothing")
    parser.add_argument("--retry-failed", action="store_true", help="ask again for what failed")
    parser.add_argument(
        "--again", action="store_true", help="a second run of the same, to see whether the judge drifts"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Say what the run takes, then do it."""
    from trustjudge_core.commands.estimate_lines import estimate_lines
    from trustjudge_core.commands.foreground import work_in_foreground
    from trustjudge_core.judge.endpoint_prices import Prices
    from trustjudge_core.judge_choice import JudgeChoice
    from trustjudge_core.services.control_run import retry_failed
    from trustjudge_core.services.estimate_run import estimate_run
    from trustjudge_core.services.find_set import find_set
    from trustjudge_core.services.open_database import open_database
    from trustjudge_core.services.open_judge import OpenJudge
    from trustjudge_core.services.run_progress import run_progress
    from trustjudge_core.services.start_run import start_run

    choice = JudgeChoice(args.judge, args.device, args.dtype, args.key_variable, args.concurrency, args.timeout)
    protocol, plan = _protocol(args, choice), _plan(args)
    prices = Prices(*args.price) if args.price else None
    engine = open_database()
    set_id, set_name = find_set(engine, args.set)
    with OpenJudge() as judge:
        opened = judge.of(choice)
        print(f"{opened.description.name} over {set_name!r}")
        for reason in opened.description.reasons:
            print(f"  {reason}")
        if opened.description.demonstration:
            print("  This judge is a demonstration: outside the tasks it was trained on its verdicts mean nothing.")
        print("\n".join(estimate_lines(estimate_run(engine, set_id, choice, protocol, plan, prices, opened))))
        if args.estimate:
            return DONE
        started = start_run(engine, set_id, choice, protocol, plan, again=args.again)
        if not started.new:
            done = run_progress(engine, started.run_id).run.done
            print(f"run {started.run_id} had been started before; {done:,} of {started.asked:,} judgments are there")
        if args.retry_failed:
            retry_failed(engine, started.run_id)
        return work_in_foreground(engine, judge, started.run_id, "give the same command again")


def _protocol(args: argparse.Namespace, choice: JudgeChoice) -> Protocol:
    from trustjudge_core.judge.prompts import load_template
    from trustjudge_core.services.make_protocol import Order, make_protocol

    low, _, high = args.scale.partition("-")
    if not (low.isascii() and low.isdigit() and high.isascii() and high.isdigit()):
        raise UsageError(
            f"--scale {args.scale} is no scale; allowed: LOW-HIGH in whole numbers; for example 1-5 or 1-100"
        )
    orders: dict[str, Order] = {"verdict-first": "verdict_first", "rationale-first": "rationale_first"}
    return make_protocol(
        load_template(args.template or choice.template).source,
        (int(low), int(high)),
        criterion=args.criterion,
        rubric=_rubric(args.rubric),
        order=orders[args.readout],
        max_tokens=args.max_tokens,
        temperature=args.temperature,
        seed=args.seed,
        samples=args.samples,
    )


def _rubric(text: str) -> str:
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"--rubric {text} cannot be read ({error}); allowed: a text file in UTF-8; check the path"
        ) from error


def _plan(args: argparse.Namespace) -> Plan:
    from trustjudge_core.plan import Plan

    scores, seed = not args.no_scores, args.seed
    match args.pairs:
        case ["all" | "none" as pairs]:
            return Plan(scores, pairs, seed=seed)
        case ["budget", number] if number.isdecimal():
            return Plan(scores, "budget", budget=int(number), seed=seed)
        case [number] if number.isdecimal():
            return Plan(scores, "opponents", opponents=int(number), seed=seed)
    raise UsageError(
        f"--pairs {' '.join(args.pairs)} cannot be asked for; allowed: all, none, a number of opponents, or budget N; "
        "for example --pairs 4"
    )
