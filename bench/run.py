"""`make bench`: every measurement with its bar; ends with status 1 when one is missed."""

from __future__ import annotations

import platform
import sys

import numpy as np

from bench.chains import measure_chains, measure_triples
from bench.imports import measure_import
from bench.web_process import model_libraries_asked_for, seconds_until_ready

QUESTIONS, RESPONSES, SEED = 100, 20, 0
LEAST_RATIO = {5: 5000.0}
LARGE_QUESTION, MOST_TRIPLE_SECONDS = 1000, 2.0
MOST_READY_SECONDS = 3.0
IMPORTED, LEAST_IMPORT_RATIO = 100_000, 4.0


def report(held: bool, line: str) -> bool:
    """Print one measurement, marked when its bar is missed."""
    print(("  ok      " if held else "  MISSED  ") + line, flush=True)
    return held


def main() -> int:
    """Measure everything in one run."""
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    held = []

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

    print("\nAll triples of one question by kind")
    seconds, counts = measure_triples(LARGE_QUESTION, SEED)
    held.append(
        report(
            seconds <= MOST_TRIPLE_SECONDS,
            f"{LARGE_QUESTION:,} responses: {seconds:.2f} s for {counts.known:,} known triples, "
            f"{counts.inconsistent:,} inconsistent  bar {MOST_TRIPLE_SECONDS:.0f} s",
        )
    )

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

    print("\nWeb process")
    ready = min(seconds_until_ready() for _ in range(3))
    held.append(report(ready <= MOST_READY_SECONDS, f"ready after {ready:.2f} s  bar {MOST_READY_SECONDS:.0f} s"))
    asked = model_libraries_asked_for()
    held.append(
        report(not asked, f"model libraries imported by any page: {', '.join(asked) if asked else 'none'}  bar none")
    )
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
