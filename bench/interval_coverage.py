"""Do nominal 95 % intervals hold the truth in 95 % of audits? Planted judges whose questions differ.

Questions of a planted judge differ in the skills they compare and in how noisy the judge is on them
(`question_effect`), so pairs of a question belong together. One large planted run is cut into small audits, or each
audit is planted anew; the truth is what all questions of the large run say, whose own error is thirty times smaller
than that of an audit. `python -m bench.interval_coverage` prints the table of docs/validity.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.agreement import kappa_estimate
from trustjudge_core.bootstrap import Estimate, QuestionBootstrap, Ratio
from trustjudge_core.compare import gap_of_shares
from trustjudge_core.comparisons import comparisons
from trustjudge_core.evidence import Evidence
from trustjudge_core.judge_profile import judge_profile
from trustjudge_core.moves import BY_COMPARISON
from trustjudge_core.opinions import SamePairs, opinion
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.ranking import RANKING_IN_WORDS, RANKING_METHODS, Ranking, RankingMethod
from trustjudge_core.ranking_intervals import mean_score, with_interval
from trustjudge_core.settings import AuditSettings
from trustjudge_core.tallies import in_words
from trustjudge_core.transitivity import ChainCounts, corrected_for_chance

JUDGES: dict[str, Dials] = {
    "noisy": Dials(noise=1.0, question_effect=0.8),
    "tying": Dials(noise=0.8, tie=1.2, question_effect=0.8),
    "biased": Dials(noise=0.8, tie=0.6, position_bias=0.8, length=0.3, question_effect=0.5),
    "cyclic": Dials(noise=0.6, tie=0.5, cyclic=0.8, question_effect=0.5),
    "failing": Dials(noise=1.0, tie=0.5, leak=0.05, failure=0.1, question_effect=0.8),
}
QUESTIONS = (20, 40, 80)
RESPONSES, SCALE = 6, (1, 5)
SYSTEM_SKILLS = np.linspace(-1.0, 1.0, RESPONSES)
"""In logits; on every question a system is a standard normal away from its own."""

QUICK: Collection[RankingMethod] = tuple(method for method in RANKING_METHODS if method != "kemeny")

LEAST, MOST = 0.93, 0.97
WHOLE = "whole number"
"""Ranks, and strengths by Copeland and Kemeny: an interval of whole numbers holds the truth more often than it says."""

APART = 1_000_000
"""Between the seeds of judgments and of resamples."""
INTERVALS = ("percentile", "bca")

Numbers = NDArray[np.float64]
"""Value, low, high, BCa low and BCa high of k things under one name, (5, k)."""

Audit = Callable[[slice, QuestionBootstrap], dict[str, Numbers]]
"""Name to numbers, from some questions of a planted run."""


@dataclass(frozen=True)
class Coverage:
    """How often intervals held the truth, as shares of those that were given; ``missing`` is the share that was not."""

    kind: str
    judge: str
    name: str
    questions: int
    percentile: float
    bca: float
    missing: float


@dataclass(frozen=True)
class Size:
    """How many audits of how many questions, and the resamples of each."""

    audits: int
    questions: int
    resamples: int = 1000


def ratio_coverage(
    judge: str, dials: Dials, size: Size, seed: int = 0, kinds: Collection[str] = ("ratio", "difference", "other")
) -> list[Coverage]:
    """Of every ratio of agreeing verdicts and its difference to averaged probabilities, of NTR_3 corrected for chance
    and of the kappa between both.
    """
    count = size.audits * size.questions
    run = planted_run(dials, questions=count, responses=RESPONSES, scale=SCALE, seed=seed).run
    evidence = Evidence(run, "corrected")
    scores = evidence.scores_by("expectation")
    same = SamePairs(run.index, [opinion(evidence, name, 0.0, scores, name) for name in ("baseline", "likelihood")])
    one, other = same.opinions
    first, second = same.tallies(one, (3, 4, 5)), same.tallies(other, (3, 4, 5))
    start = np.searchsorted(one.question, np.arange(count + 1))

    def ratios(own: slice, bootstrap: QuestionBootstrap) -> dict[str, Numbers]:
        columns = {name: (a.counts[own], a.totals[own]) for name, a in first.items() if 0 < a.pooled < 1}
        return {
            in_words(name): _of_estimate(found)
            for name, found in zip(columns, bootstrap.ratios(list(columns.values())), strict=True)
        }

    def differences(own: slice, bootstrap: QuestionBootstrap) -> dict[str, Numbers]:
        columns = {name: (a.counts[own], second[name].counts[own], a.totals[own]) for name, a in first.items()}
        return {
            in_words(name): _of_estimate(bootstrap.estimate(np.stack(parts, axis=1), gap_of_shares))
            for name, parts in columns.items()
            if (first[name].counts != second[name].counts).any()
        }

    def others(own: slice, bootstrap: QuestionBootstrap) -> dict[str, Numbers]:
        chains, ties = first["ntr_3"], first["tie_rate"]
        nothing = np.zeros_like(ties.counts[own])
        counts = ChainCounts(chains.totals[own], chains.counts[own], {}, {}, nothing, nothing)
        corrected = corrected_for_chance(bootstrap, 3, counts, ties.counts[own], ties.totals[own])
        rows = np.arange(start[own.start], start[own.stop])
        rows = rows[same.related[rows]]
        said = (opinion.relation[rows].astype(np.int64) for opinion in (one, other))
        kappa = kappa_estimate(one.question[rows] - own.start, *said, bootstrap)
        return {
            "inconsistent triples, corrected for chance": _of_estimate(corrected),
            "Cohen's kappa": _of_estimate(kappa),
        }

    audits: dict[str, Audit] = {"ratio": ratios, "difference": differences, "other": others}
    return [found for kind in kinds for found in _of_cuts(kind, judge, audits[kind], size)]


def ranking_coverage(
    judge: str, dials: Dials, size: Size, seed: int = 0, methods: Collection[RankingMethod] = QUICK
) -> list[Coverage]:
    """Of the strengths and ranks of systems by some methods; Kemeny orders of so few are exact without a solver."""
    count = size.audits * size.questions
    skills = SYSTEM_SKILLS + np.random.default_rng(seed).normal(size=(count, RESPONSES))
    run = planted_run(dials, questions=count, responses=RESPONSES, skills=skills, scale=SCALE, seed=seed).run
    evidence = Evidence(run, "corrected")
    system = np.tile(np.arange(RESPONSES), count)
    each = comparisons(evidence, evidence.default_aggregation, 0.0, system, RESPONSES)
    scores = evidence.scores_by("expectation").scores.reshape(count, RESPONSES)

    def rankings(own: slice, bootstrap: QuestionBootstrap) -> dict[str, Numbers]:
        some = each.of_questions(np.arange(own.start, own.stop))
        tally, scored = some.pooled(), np.isfinite(scores[own])
        found = [rank(tally) for method, rank in BY_COMPARISON.items() if method in methods]
        if len(bootstrap.weights):
            found = [with_interval(ranking, some, bootstrap) for ranking in found]
        if "expected_score" in methods:
            found.append(mean_score(np.where(scored, scores[own], 0.0), scored.astype(float), tally.wins, bootstrap))
        return {name: numbers for ranking in found for name, numbers in _of_ranking(ranking).items()}

    found = _of_cuts("strength", judge, rankings, size)
    return [replace(one, kind=WHOLE) if _is_whole(one.name) else one for one in found]


def _is_whole(name: str) -> bool:
    return name.endswith("ranks") or name.startswith(tuple(RANKING_IN_WORDS[m] for m in ("copeland", "kemeny")))


def profile_coverage(judge: str, dials: Dials, size: Size, seed: int = 0) -> list[Coverage]:
    """Of what a judge's profile holds: means and slopes over pairs, from runs that are planted one by one."""

    def profile(questions: int, resamples: int, number: int) -> dict[str, Numbers]:
        run = planted_run(dials, questions=questions, responses=RESPONSES, scale=SCALE, seed=number).run
        settings = AuditSettings(resamples=resamples, seed=APART + number)
        found = judge_profile(Evidence(run, "corrected"), settings)
        estimates = {
            "position effect": found.position.effect,
            "preference fairness": found.position.whole.fairness,
            "length effect": found.length.slope,
            "soft conflict": found.soft_conflict[0].loss,
            "soft non-transitivity": found.soft_transitivity.deviation,
        }
        return {name: _of_estimate(estimate) for name, estimate in estimates.items()}

    truth = profile(size.audits * size.questions, 0, seed)
    audits = (profile(size.questions, size.resamples, seed + 1 + audit) for audit in range(size.audits))
    return _covered("profile", judge, size, truth, audits)


def _of_cuts(kind: str, judge: str, audit: Audit, size: Size) -> list[Coverage]:
    """Of a large run, cut into audits; every one draws its own resamples."""
    count = size.audits * size.questions
    truth = audit(slice(0, count), QuestionBootstrap(count, 0))
    cuts = (slice(start, start + size.questions) for start in range(0, count, size.questions))
    audits = (audit(own, QuestionBootstrap(size.questions, size.resamples, number)) for number, own in enumerate(cuts))
    return _covered(kind, judge, size, truth, audits)


def _covered(
    kind: str, judge: str, size: Size, truth: dict[str, Numbers], audits: Iterator[dict[str, Numbers]]
) -> list[Coverage]:
    held, given = ({name: np.zeros(2) for name in truth} for _ in range(2))
    for audit in audits:
        for name, numbers in audit.items():
            low, high = numbers[1::2], numbers[2::2]
            held[name] += ((low <= truth[name][0]) & (truth[name][0] <= high)).mean(axis=1)
            given[name] += np.isfinite(low).mean(axis=1)
    with np.errstate(invalid="ignore"):
        return [
            Coverage(
                kind,
                judge,
                name,
                size.questions,
                *(held[name] / given[name]).tolist(),
                1 - given[name][0] / size.audits,
            )
            for name in truth
        ]


def _of_estimate(found: Estimate | Ratio) -> Numbers:
    return np.array([[found.value], [found.low], [found.high], [found.bca_low], [found.bca_high]])


def _of_ranking(found: Ranking) -> dict[str, Numbers]:
    """Strengths with both intervals and ranks with theirs; NaN where a ranking has none."""
    name, nothing = RANKING_IN_WORDS[found.method], np.full(len(found.strength), np.nan)
    strengths = (found.strength, found.low, found.high, found.bca_low, found.bca_high)
    ranks = (found.rank, found.rank_low, found.rank_high, None, None)
    return {
        f"{name}, {what}": np.array([nothing if part is None else part for part in parts], np.float64)
        for what, parts in (("strengths", strengths), ("ranks", ranks))
    }


def main() -> int:
    """Print coverage by measure and question count; status 1 when a mean over measures is outside 93 to 97 %."""
    audits, found = int(sys.argv[1]) if len(sys.argv) > 1 else 1000, list[Coverage]()
    parts = (
        (ratio_coverage, tuple(JUDGES)),
        (partial(ranking_coverage, methods=RANKING_METHODS), ("noisy", "tying")),
        (profile_coverage, ("biased", "failing")),
    )
    for questions in QUESTIONS:
        for measure, judges in parts:
            for judge in judges:
                for one in measure(judge, JUDGES[judge], Size(audits, questions), questions):
                    found.append(one)
                    print(_line(one), file=sys.stderr, flush=True)
    return 0 if _report(found) else 1


def _line(one: Coverage) -> str:
    missing = f"  ({100 * one.missing:.1f} % had none)" if one.missing > 0 else ""
    return (
        f"{one.questions:3} questions  {one.kind:10}  {one.judge:8}  {one.name:45}  "
        f"percentile {100 * one.percentile:5.1f} %  BCa {100 * one.bca:5.1f} %{missing}"
    )


def _report(found: list[Coverage]) -> bool:
    """Tables in Markdown; whether the mean over measures and judges is 93 to 97 % for each kind of measure."""
    held = True
    print("\n| kind | questions | percentile: mean (least to most) | BCa: mean (least to most) |\n|---|---|---|---|")
    for kind in dict.fromkeys(one.kind for one in found):
        for questions in QUESTIONS:
            own = [one for one in found if (one.kind, one.questions) == (kind, questions)]
            spans = [np.array([share for one in own if np.isfinite(share := getattr(one, name))]) for name in INTERVALS]
            held &= all(LEAST <= span.mean() <= (1.0 if kind == WHOLE else MOST) for span in spans)
            print(f"| {kind} | {questions} | {' | '.join(map(_span, spans))} |")
    print("\n| measure | " + " | ".join(f"{questions} questions" for questions in QUESTIONS) + " |\n|---|---|---|---|")
    for kind, name in dict.fromkeys((one.kind, one.name) for one in found):
        cells = []
        for questions in QUESTIONS:
            own = [one for one in found if (one.kind, one.name, one.questions) == (kind, name, questions)]
            means = (100 * np.mean([getattr(one, interval) for one in own]) for interval in INTERVALS)
            cells.append(" / ".join("–" if np.isnan(mean) else f"{mean:.1f}" for mean in means))
        print(f"| {kind}: {name} | {' | '.join(cells)} |")
    return held


def _span(shares: NDArray[np.float64]) -> str:
    return f"{100 * shares.mean():.1f} % ({100 * shares.min():.1f} to {100 * shares.max():.1f})"


if __name__ == "__main__":
    sys.exit(main())
