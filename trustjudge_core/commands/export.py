"""`export`: the files of a stored run, and `verify`: whether the figures of an audit pack follow from its judgments."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trustjudge_core.commands.parser import DONE, GATE_FAILED
from trustjudge_core.commands.targets import whole
from trustjudge_core.errors import NotFound, UsageError
from trustjudge_core.settings import MODES

if TYPE_CHECKING:
    from trustjudge_core.commands.parser import Commands
    from trustjudge_core.evidence import Evidence
    from trustjudge_core.services.corrected_ranking import Corrected
    from trustjudge_core.services.open_database import Engine
    from trustjudge_core.settings import Aggregation

TABLES: Final = (
    "ranking", "contradicted_pairs", "conflicts", "inconsistent_triples", "preferences", "scores", "verdicts",
    "ledger", "training_pairs",
)  # fmt: skip
TABLE_FORMATS: Final = ("csv", "json", "jsonl", "parquet", "xlsx")
WHOLE_FORMATS: Final = ("audit", "bundle", "report", "pack")


def add(commands: Commands) -> None:
    """Describe both commands."""
    parser = commands.add_parser("export", help="write a stored run as a table, report, bundle or audit pack")
    parser.add_argument("run_id", type=int, metavar="RUN", help="number of the run, as `runs` lists it")
    parser.add_argument("--format", required=True, choices=(*TABLE_FORMATS, *WHOLE_FORMATS), dest="file_format")
    parser.add_argument("--out", required=True, type=Path, metavar="PATH", help="file to write")
    parser.add_argument("--what", choices=TABLES, default="ranking", help="which table (default ranking)")
    parser.add_argument("--mode", default="corrected", metavar="|".join(MODES))
    parser.add_argument("--tolerance", type=float, default=0.0, metavar="T")
    parser.add_argument("--by", metavar="AGGREGATION", help="baseline, ppl or likelihood")
    parser.add_argument("--contradictions", action="store_true", help="keep training pairs that sit on a contradiction")
    parser.add_argument(
        "--corrected", action="store_true", help="what people decided replaces what the judge said about a pair"
    )
    parser.add_argument(
        "--weight", type=float, metavar="W", help="of a verdict with --corrected, 0 to 1 (default 1: it decides)"
    )
    parser.set_defaults(run=export)

    verifier = commands.add_parser("verify", help="recompute every figure of an audit pack from its own judgments")
    verifier.add_argument("pack", type=Path, metavar="PACK")
    verifier.set_defaults(run=verify)


def export(args: argparse.Namespace) -> int:
    """Write one file; it appears under its name only once it is complete."""
    from trustjudge_core.evidence import Evidence
    from trustjudge_core.services import export_run
    from trustjudge_core.services.list_runs import list_runs
    from trustjudge_core.services.make_pack import make_pack
    from trustjudge_core.services.open_database import open_database
    from trustjudge_core.settings import AuditSettings

    AuditSettings(args.mode, (args.tolerance,))  # says what is wrong with either before any work
    _check_correction(args)
    engine = open_database()
    run = next((run for run in list_runs(engine) if run.run_id == args.run_id), None)
    if run is None:
        raise NotFound(f"run {args.run_id} is not in the database; allowed: what `runs` lists; choose one of them")
    told = _progress()
    if args.file_format == "bundle":  # its judgments pass through, a line at a time
        with whole(args.out) as file:
            judgments = run.score_judgments + run.pair_judgments
            export_run.write_bundle(engine, run.run_id, run.set_id, file, told, judgments)
        return _done(args.out)
    exported, by = _exported(engine, run.run_id, args)
    evidence = exported if isinstance(exported, Evidence) else exported.evidence
    with whole(args.out) as file:
        match args.file_format:
            case "audit":
                file.write(export_run.export_audit(evidence, args.tolerance))
            case "report":
                text = export_run.export_report(
                    engine, exported, run.run_id, run.set_id, run.set_name, by, args.tolerance
                )
                file.write(text.encode("utf-8", "replace"))
            case "pack":
                make_pack(engine, run.run_id, run.set_id, run.set_name, args.mode, by, args.tolerance, file, told)
            case _ if args.what == "training_pairs":
                rows = export_run.training_rows(
                    engine, evidence, run.set_id, by, args.tolerance, contradictions=args.contradictions
                )
                export_run.write_training(rows, args.file_format, file, told)
            case _:
                export_run.write_rows(args.what, args.file_format, evidence, by, args.tolerance, file, told)
    return _done(args.out)


def _done(path: Path) -> int:
    print(f"wrote {path} ({path.stat().st_size:,} bytes)")
    return DONE


def _check_correction(args: argparse.Namespace) -> None:
    """Raises UsageError for a weight without --corrected, and for files that no verdict about a pair changes."""
    from trustjudge_core.services.export_run import FACTS

    if args.weight is not None and not args.corrected:
        raise UsageError("--weight says how much a verdict counts; allowed: with --corrected; add it")
    held = args.file_format if args.file_format in ("bundle", "pack") else args.what
    if args.corrected and (held in ("bundle", "pack") or (held in FACTS and args.file_format in TABLE_FORMATS)):
        raise UsageError(
            f"{held} holds what was said, which no verdict changes; allowed with --corrected: "
            f"{', '.join(name for name in TABLES if name not in FACTS)}, audit, report; leave --corrected out"
        )


def _exported(engine: Engine, run_id: int, args: argparse.Namespace) -> tuple[Evidence | Corrected, Aggregation]:
    """What is written, with people's verdicts in it if wanted, and the aggregation."""
    from trustjudge_core.correction import DECIDES
    from trustjudge_core.evidence import Evidence
    from trustjudge_core.services.export_run import corrected_run
    from trustjudge_core.services.load_run import load_run

    evidence = Evidence(load_run(engine, run_id), args.mode)
    by = args.by or evidence.default_aggregation
    if by not in evidence.preferences and evidence.preferences:
        raise UsageError(f"preferences by {by!r} do not exist here; allowed: {', '.join(evidence.preferences)}")
    if not args.corrected:
        return evidence, by
    weight = DECIDES if args.weight is None else args.weight
    return corrected_run(engine, run_id, args.mode, by, args.tolerance, weight), by


def verify(args: argparse.Namespace) -> int:
    """Say what is wrong with a pack, a line each; exit status 1 when anything is."""
    from trustjudge_core.services.verify_pack import verify_pack

    wrong = verify_pack(args.pack, _progress())
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    print(
        f"{args.pack}: {len(wrong):,} difference{'' if len(wrong) == 1 else 's'}"
        if wrong
        else f"{args.pack}: every file is as it was exported, and every figure follows from the judgments in it"
    )
    return GATE_FAILED if wrong else DONE


def _progress() -> Callable[[str, float], None] | None:
    """Says on a terminal what is being done; silent in a pipe."""
    if not sys.stderr.isatty():
        return None
    return lambda words, _share: print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)
