"""`make bench`: every measurement with its bar; ends with status 1 when one is missed."""

from __future__ import annotations

import platform
import sys

import numpy as np

from bench.array_kernels import measure_kernels
from bench.chains import measure_chains, measure_large, measure_triples
from bench.imports import measure_import
from bench.judge_process import judge_bars_hold
from bench.resampling import measure_resampling
from bench.web_process import model_libraries_asked_for, seconds_until_ready
from bench.whole_audit import measure_audit, measure_growth

QUESTIONS, RESPONSES, SEED = 100, 20, 0
LEAST_RATIO = {5: 5000.0}
LARGE_QUESTION, MOST_TRIPLE_SECONDS = 1000, 2.0
LARGE_GROUPS, MOST_LARGE_SECONDS = ((200, 4), (100, 5)), 5.0
AUDITED_QUESTIONS, MOST_AUDIT_SECONDS, MOST_AUDIT_MEMORY = 2500, 10.0, 2048.0
RESAMPLED_QUESTIONS, RESAMPLES, MOST_RESAMPLING_SECONDS = 1000, 1000, 5.0
GROWTH = ((250, 10), (250, 20), (250, 40), (500, 20), (1000, 20))
MOST_READY_SECONDS = 3.0
IMPORTED, LEAST_IMPORT_RATIO = 100_000, 4.0


def report(held: bool, line: str) -> bool:
    """Print one measurement, marked when its bar is missed."""
    print(("  ok      " if held else "  MISSED  ") + line, flush=True)
    return held


def chains() -> list[bool]:
    """NTR_k of many questions against the published enumeration."""
    held: list[bool] = []
    print(f"\nNTR_k, {QUESTIONS} questions x {RESPONSES} responses, against the published enumeration")
    for k, plain_questions, kinds in ((3, 50, False), (4, 10, False), (5, 3, False), (5, 3, True)):
        chain = measure_chains(k, QUESTIONS, RESPONSES, plain_questions, rounds=5, seed=SEED, kinds=kinds)
        bar = None if kinds else LEAST_RATIO.get(k)
        held.append(
            report(
                chain.equal and (bar is None or chain.ratio >= bar),
                f"k = {k}{', kinds as well' if kinds else ''}: {chain.ratio:8,.0f}x  "
                f"({chain.seconds * 1e3:.2f} ms against {chain.plain_seconds:.2f} s, "
                f"which was timed on {chain.plain_questions} questions; counts {'equal' if chain.equal else 'DIFFER'})"
                + (f"  bar {bar:,.0f}x" if bar else ""),
            )
        )
    return held


def large_questions() -> list[bool]:
    """Exact counts of one large question: all triples by kind, all groups of four and five."""
    held: list[bool] = []
    print("\nAll triples of one question by kind")
    seconds, counts = measure_triples(LARGE_QUESTION, SEED)
    held.append(
        report(
            seconds <= MOST_TRIPLE_SECONDS,
            f"{LARGE_QUESTION:,} responses: {seconds:.2f} s for {counts.known:,} known triples, "
            f"{counts.inconsistent:,} inconsistent  bar {MOST_TRIPLE_SECONDS:.0f} s",
        )
    )
    for responses, k in LARGE_GROUPS:
        large = measure_large(responses, k, SEED)
        held.append(
            report(
                large.exact and large.seconds <= MOST_LARGE_SECONDS,
                f"{responses} responses, groups of {k}: {large.seconds:.2f} s for {large.subsets:,} known groups, "
                f"{large.violations:,} with an inconsistent triple  bar {MOST_LARGE_SECONDS:.0f} s",
            )
        )
    return held


def imports() -> list[bool]:
    """Import against the ORM."""
    held: list[bool] = []
    print("\nImport into SQLite, parsing included, against the ORM's add_all of the same rows")
    imported = measure_import(IMPORTED, SEED)
    held.append(
        report(
            imported.equal and imported.ratio >= LEAST_IMPORT_RATIO,
            f"{imported.judgments:,} judgments: {imported.ratio:.1f}x  ({imported.seconds:.1f} s against "
            f"{imported.orm_seconds:.1f} s; rows {'equal' if imported.equal else 'DIFFER'})"
            f"  bar {LEAST_IMPORT_RATIO:.0f}x",
        )
    )
    return held


def whole_audits() -> list[bool]:
    """An audit of a million stored judgments, resampling alone, and how an audit grows."""
    print("\nAudit of stored judgments, everything but the solvers, in a process of its own")
    held: list[bool] = []
    whole = measure_audit(AUDITED_QUESTIONS, RESPONSES, SEED, rounds=2)
    steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in whole.steps.items())
    held.append(
        report(
            whole.seconds <= MOST_AUDIT_SECONDS and whole.peak <= MOST_AUDIT_MEMORY,
            f"{whole.pair_judgments:,} pair and {whole.score_judgments:,} score judgments: {whole.seconds:.1f} s "
            f"({steps}; processor {whole.processor:.1f} s), peak {whole.peak:,.0f} MiB"
            f"  bar {MOST_AUDIT_SECONDS:.0f} s and {MOST_AUDIT_MEMORY:,.0f} MiB",
        )
    )
    again = measure_resampling(RESAMPLED_QUESTIONS, RESPONSES, RESAMPLES, SEED)
    held.append(
        report(
            again.seconds <= MOST_RESAMPLING_SECONDS,
            f"{RESAMPLES:,} resamples of the conflict ratio and of NTR_3 over {RESAMPLED_QUESTIONS:,} questions x "
            f"{RESPONSES} responses: {again.seconds:.2f} s  bar {MOST_RESAMPLING_SECONDS:.0f} s",
        )
    )
    for grown in measure_growth(GROWTH, SEED):
        per_judgment = 1e6 * grown.seconds / grown.judgments
        report(
            True,
            f"growth: {grown.questions:,} questions x {grown.responses} responses, {grown.judgments:,} judgments: "
            f"{grown.seconds:.2f} s, {per_judgment:.1f} microseconds a judgment",
        )
    return held


def array_libraries() -> list[bool]:
    """The same kernels on NumPy and torch: equal results, and who is faster where."""
    print("\nOne source on every array library (seconds; the way to a GPU and back included)")
    held: list[bool] = []
    for found in measure_kernels(seed=SEED):
        times = ", ".join(f"{name} {seconds:.4f}" for name, seconds in found.seconds.items())
        size = " x ".join(f"{number:,}" for number in found.size)
        equal = "equal" if found.equal else "DIFFER"
        held.append(report(found.equal, f"{found.kernel}, {size}: {times}; results {equal}; fastest {found.fastest}"))
    return held


def web_process() -> list[bool]:
    """What the web process needs."""
    held: list[bool] = []
    print("\nWeb process")
    ready = min(seconds_until_ready() for _ in range(3))
    held.append(report(ready <= MOST_READY_SECONDS, f"ready after {ready:.2f} s  bar {MOST_READY_SECONDS:.0f} s"))
    asked = model_libraries_asked_for()
    held.append(
        report(not asked, f"model libraries imported by any page: {', '.join(asked) if asked else 'none'}  bar none")
    )
    return held


def local_judge() -> list[bool]:
    """The local judge against lm-evaluation-harness."""
    print("\nLocal judge, in a process of its own", flush=True)
    return [judge_bars_hold()]


def main() -> int:
    """Measure everything in one run."""
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    parts = (chains, large_questions, imports, whole_audits, array_libraries, local_judge, web_process)
    held = [one for part in parts for one in part()]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
