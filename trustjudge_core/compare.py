"""Two or more runs, judges, methods or modes over one response set: what differs, how surely, where, and what drifted.

Everything is paired: the same pairs, the same resampled questions on both sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import Estimate, QuestionBootstrap, Ratio, share
from trustjudge_core.evidence import NO_CATEGORY
from trustjudge_core.opinions import Opinion, SamePairs
from trustjudge_core.records import UNKNOWN, SetIndex
from trustjudge_core.significance import paired_p_value, q_values, smallest_detectable
from trustjudge_core.tallies import Tally


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of two opinions on the same pairs: ``estimate`` is second minus first.

    ``detectable`` is the smallest true difference that data like these show in four of five cases: what to say
    when nothing is found. ``q_value`` is adjusted over the categories that were compared (NaN for all questions).
    """

    measure: str
    first: Ratio
    second: Ratio
    estimate: Estimate
    p_value: float
    q_value: float
    detectable: float

    @property
    def found(self) -> bool:
        """Whether the interval of the difference leaves out zero."""
        return self.estimate.low > 0.0 or self.estimate.high < 0.0


@dataclass(frozen=True, eq=False)
class Disagreements:
    """Pairs on which known relations differ, opposite winners first, firmest first, (D,) and (D, opinions).

    A pair is as firm as the least firm of the opinions about it.
    """

    i: NDArray[np.int64]
    j: NDArray[np.int64]
    question: NDArray[np.int64]
    relation: NDArray[np.int8]
    lead: NDArray[np.float64]
    opposite: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.i)


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the second of two runs moved from the first, on the same pairs and responses.

    ``changed`` relations and, of the same pairs, ``reversed`` winners; ``preference_shift`` the mean size of the change
    of P(i wins) + P(tie) / 2, ``score_shift`` the mean change of scores in scale points (above 0: scores rose) and
    ``score_change`` its mean size.
    """

    changed: Ratio
    reversed: Ratio
    preference_shift: Estimate
    score_shift: Estimate
    score_change: Estimate


@dataclass(frozen=True, eq=False)
class Comparison:
    """Every opinion against the first. ``against[n]`` belongs to opinion n + 1.

    ``by_category[n]`` maps a measure to the differences of every category, in order of appearance.
    """

    names: tuple[str, ...]
    pairs: int
    compared: int
    lost: tuple[tuple[str, str, int], ...]  # opinion, reason, pairs
    against: tuple[tuple[Difference, ...], ...]
    by_category: tuple[dict[str, dict[str, Difference]], ...]
    disagreements: Disagreements
    drift: tuple[Drift, ...]
    seed: int
    resamples: int


def compare(
    index: SetIndex,
    opinions: Sequence[Opinion],
    *,
    ks: Sequence[int] = (3, 4, 5),
    resamples: int = 2000,
    seed: int = 0,
) -> Comparison:
    """Compare every opinion with the first. Raises UsageError for fewer than two."""
    same = SamePairs(index, opinions)
    first, *others = same.opinions
    bootstrap = QuestionBootstrap(len(index.question_ids), resamples, seed)
    tallies = [same.tallies(opinion, ks, seed) for opinion in same.opinions]
    return Comparison(
        names=tuple(opinion.name for opinion in opinions),
        pairs=len(same),
        compared=int(same.related.sum()),
        lost=tuple(same.lost()),
        against=tuple(tuple(_differences(tallies[0], other, bootstrap, seed)) for other in tallies[1:]),
        by_category=tuple(_by_category(index, tallies[0], other, resamples, seed) for other in tallies[1:]),
        disagreements=_disagreements(same),
        drift=tuple(_drift(first, other, same, bootstrap) for other in others),
        seed=seed,
        resamples=resamples,
    )


def _differences(
    first: Mapping[str, Tally], second: Mapping[str, Tally], bootstrap: QuestionBootstrap, seed: int
) -> list[Difference]:
    """Of every measure that both have."""
    return [difference(name, first[name], second[name], bootstrap, seed) for name in first if name in second]


def difference(measure: str, first: Tally, second: Tally, bootstrap: QuestionBootstrap, seed: int = 0) -> Difference:
    """Second minus first of one measure, paired by question; both tallies need the same totals."""
    columns = np.stack([first.counts, second.counts, first.totals], axis=1)
    estimate = bootstrap.estimate(columns, gap_of_shares)
    gaps = (second.counts - first.counts).astype(np.float64)
    return Difference(
        measure=measure,
        first=bootstrap.ratio(first.counts, first.totals),
        second=bootstrap.ratio(second.counts, second.totals),
        estimate=estimate,
        p_value=paired_p_value(gaps[first.totals > 0], np.random.default_rng(seed)),
        q_value=float("nan"),
        detectable=smallest_detectable(estimate.error, estimate.questions),
    )


def gap_of_shares(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Second column minus first, over the third, (..., 3) -> (...); NaN over zero."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sums[..., 2] > 0, (sums[..., 1] - sums[..., 0]) / sums[..., 2], np.nan)


def _by_category(
    index: SetIndex, first: Mapping[str, Tally], second: Mapping[str, Tally], resamples: int, seed: int
) -> dict[str, dict[str, Difference]]:
    """Differences inside every category, with q-values over the categories of a measure."""
    names = np.array([category or NO_CATEGORY for category in index.categories])
    found: dict[str, dict[str, Difference]] = {measure: {} for measure in first if measure in second}
    for category in dict.fromkeys(names.tolist()):
        inside = names == category
        bootstrap = QuestionBootstrap(int(inside.sum()), resamples, seed)
        for measure, differences in found.items():
            a, b = (Tally(t.counts[inside], t.totals[inside]) for t in (first[measure], second[measure]))
            differences[category] = difference(measure, a, b, bootstrap, seed)
    return {measure: _with_q_values(differences) for measure, differences in found.items()}


def _with_q_values(differences: Mapping[str, Difference]) -> dict[str, Difference]:
    q = q_values([found.p_value for found in differences.values()])
    return {name: replace(found, q_value=v) for (name, found), v in zip(differences.items(), q, strict=True)}


def _disagreements(same: SamePairs) -> Disagreements:
    relation = np.stack([opinion.relation for opinion in same.opinions], axis=1)
    lead = np.stack([opinion.lead for opinion in same.opinions], axis=1)
    differs = same.related & (relation != relation[:, :1]).any(axis=1)
    opposite = differs & (relation == 1).any(axis=1) & (relation == -1).any(axis=1)
    rows = np.flatnonzero(differs)
    firmness = np.nan_to_num(lead[rows].min(axis=1), nan=0.0)
    rows = rows[np.lexsort((-firmness, ~opposite[rows]))]
    first = same.opinions[0]
    return Disagreements(first.i[rows], first.j[rows], first.question[rows], relation[rows], lead[rows], opposite[rows])


def _drift(first: Opinion, second: Opinion, same: SamePairs, bootstrap: QuestionBootstrap) -> Drift:
    question, questions = first.question, bootstrap.questions
    known = (first.relation != UNKNOWN) & (second.relation != UNKNOWN)

    def pair_ratio(mask: NDArray[np.bool_]) -> Ratio:
        counts = np.bincount(question[known & mask], minlength=questions)
        return bootstrap.ratio(counts, np.bincount(question[known], minlength=questions))

    def mean(values: NDArray[np.float64], of: NDArray[np.int64]) -> Estimate:
        use = np.isfinite(values)
        sums = np.bincount(of[use], values[use], questions)
        columns = np.stack([sums, np.bincount(of[use], minlength=questions)], axis=1)
        return bootstrap.estimate(columns, share)

    shift = second.scores - first.scores
    return Drift(
        changed=pair_ratio(first.relation != second.relation),
        reversed=pair_ratio(first.relation.astype(np.int64) * second.relation == -1),
        preference_shift=mean(np.abs(second.share - first.share), question),
        score_shift=mean(shift, same.index.question_of),
        score_change=mean(np.abs(shift), same.index.question_of),
    )
