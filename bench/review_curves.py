"""Does reviewing by expected gain pay? Curves of every policy on planted judges, and on tournaments that are given.

    python -m bench.review_curves [PATH ...] [--seeds N] [--sets N] [--picture FILE]

A PATH holds a tournament with recorded human verdicts (a native bundle). The picture shows the last one.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trustjudge_core import belief
from trustjudge_core.cases import Cases, cases_of
from trustjudge_core.evidence import Evidence
from trustjudge_core.figures.review import Curve, curves
from trustjudge_core.figures.theme import light
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.records import UNKNOWN
from trustjudge_core.review import POLICIES, Policy
from trustjudge_core.review_gain import corrected_relation, count_inconsistent, expected_gain, one_hot
from trustjudge_core.services.load_files import load_files
from trustjudge_core.simulation import Simulation, simulate
from trustjudge_core.votes import count_votes, majority

PLANTED = (
    Dials(noise=0.6, position_bias=0.6, tie=0.5),
    Dials(noise=0.7, position_bias=0.8, tie=0.5),
    Dials(noise=1.0, position_bias=1.0, tie=0.5),
    Dials(noise=1.0, position_bias=2.0, tie=0.3),
    Dials(noise=1.0, position_bias=0.5, tie=1.0),
    Dials(noise=0.8, position_bias=1.5, tie=0.2),
    Dials(noise=0.5, position_bias=0.5, tie=0.3),
    Dials(noise=0.4, position_bias=0.4, tie=0.5),
)
HALF, FORTY_PERCENT = 0.5, 0.6
"""Share of inconsistent triples left at the mark: of planted judges, of real ones."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Cases, who answers them, and the share of inconsistent triples that may be left at the mark."""

    name: str
    cases: Cases
    answers: NDArray[np.int8]
    left: float


def planted_problems(sets: int) -> Iterator[Problem]:
    """Planted judges of 40 questions with 8 responses, so many sets of each; the true order answers."""
    for dials in PLANTED:
        for seed in range(1, sets + 1):
            planted = planted_run(dials, questions=40, responses=8, seed=seed)
            cases = cases_of(Evidence(planted.run, "corrected"), "baseline", 0.0)
            truth = np.sign(planted.skills[cases.table.i] - planted.skills[cases.table.j]).astype(np.int8)
            name = f"planted, noise {dials.noise:g}, bias {dials.position_bias:g}, tie {dials.tie:g}, set {seed}"
            yield Problem(name, cases, truth, HALF)


def recorded_problem(path: Path) -> Problem:
    """The judge with most comparisons in a tournament; the majority of its people answers."""
    run = max(load_files([path])[1], key=lambda run: len(run.pairs.first))
    evidence = Evidence(run, "corrected")
    cases = cases_of(evidence, evidence.default_aggregation, 0.0)
    answers = majority(count_votes(cases.table, run.verdicts, len(cases.index.response_ids)))
    return Problem(f"{path.name}, {run.judge}", cases, answers, FORTY_PERCENT)


def spent(problem: Problem, policy: Policy, seed: int) -> tuple[int | None, Simulation]:
    """Verdicts until the mark, and the whole way."""
    found = simulate(problem.cases, problem.answers, policy, seed=seed)
    return found.spent_until(problem.left * found.steps[0].inconsistent_triples), found


def seeing_everything(problem: Problem) -> int | None:
    """Verdicts until the mark when the order knows every answer beforehand: about the fewest that any order needs."""
    cases, answers = problem.cases, problem.answers
    votes = np.zeros((len(cases), 3), np.int64)
    open_cases = cases.known & (answers != UNKNOWN)
    known = np.where(open_cases, answers, cases.relation).astype(np.int8)
    mark = problem.left * count_inconsistent(cases, cases.relation)
    for asked in range(int(open_cases.sum()) + 1):
        if count_inconsistent(cases, corrected_relation(cases, votes)) <= mark:
            return asked
        worth = np.where(open_cases, expected_gain(cases, votes, one_hot(known)).ahead, -np.inf)
        case = int(np.argmax(worth))
        votes[case, answers[case] + 1] += 1
        open_cases[case] = False
    return None


def with_priors(problem: Problem, factor: float) -> int | None:
    """Verdicts until the mark by gain, with every mean of the prior multiplied."""
    kept = belief.DIRECTED_PRIOR[:, 0].copy(), belief.LEVEL_PRIOR[:, 0].copy()
    try:
        belief.DIRECTED_PRIOR[:, 0] *= factor
        belief.LEVEL_PRIOR[:, 0] *= factor
        return spent(problem, "gain", 0)[0]
    finally:
        belief.DIRECTED_PRIOR[:, 0], belief.LEVEL_PRIOR[:, 0] = kept


def main() -> None:
    """Print one line per problem; draw the last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--seeds", type=int, default=3, help="replays of the random policy (default 3)")
    parser.add_argument("--sets", type=int, default=1, help="sets drawn for each planted judge (default 1)")
    parser.add_argument("--picture", type=Path, help="PNG of the last problem's curves")
    args = parser.parse_args()
    last: dict[Policy, Simulation] = {}
    for problem in [*planted_problems(args.sets), *map(recorded_problem, args.paths)]:
        before = count_inconsistent(problem.cases, problem.cases.relation)
        asked = int((problem.cases.known & (problem.answers != UNKNOWN)).sum())
        print(f"{problem.name}: {before:,} inconsistent triples, {asked:,} answers, mark {problem.left:.0%} left")
        for policy in POLICIES:
            seeds = range(args.seeds if policy == "random" else 1)
            found = [spent(problem, policy, seed) for seed in seeds]
            needed = [str(n) if n is not None else "never" for n, _ in found]
            last[policy] = found[0][1]
            print(f"  {policy:12} {', '.join(needed)} verdicts", flush=True)
        print(f"  {'all-seeing':12} {seeing_everything(problem) or 'never'} verdicts", flush=True)
        print(
            f"  gain, prior means halved {with_priors(problem, 0.5)}, doubled {with_priors(problem, 2.0)}", flush=True
        )
        mark = problem.left * before
    if args.picture:
        draw(last, mark, args.picture)


def draw(found: dict[Policy, Simulation], mark: float, target: Path) -> None:
    """The curves as a picture, by way of a browser."""
    from playwright.sync_api import sync_playwright

    lines = [
        Curve(
            policy,
            np.array([step.spent for step in simulation.steps]),
            np.array([step.inconsistent_triples for step in simulation.steps]),
        )
        for policy, simulation in found.items()
    ]
    page_text = curves(lines, light(), mark).to_html(include_plotlyjs=True, config={"displayModeBar": False})
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 820, "height": 340})
        page.set_content(page_text)
        page.wait_for_selector(".main-svg")
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main()
