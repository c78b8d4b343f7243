"""How many pairs may be accepted unseen: a gate on the entropy of the preference, with a promise about its errors.

A pair is accepted when the entropy of its averaged preference is at most a threshold. The threshold is
the largest one found by fixed-sequence testing (Angelopoulos, Bates, Candes, Jordan and Lei 2021, "Learn then Test",
arXiv 2110.01052): candidate thresholds are tried from the smallest up, each against the hypothesis that more
than ``level`` of the pairs it accepts are wrong, by the exact binomial test on the pairs that people decided;
the first that cannot be refuted ends the search. So with probability ``confidence`` over the verdicts, the
share of wrong ones among accepted pairs is at most ``level``.

The promise needs pairs that people decided to be like those that they did not: review at random, or
read it as a guide. Pairs of one question are not independent either, so for each candidate one decided pair of
a question is drawn, and kept with a probability proportional to how many pairs of that question the
candidate accepts: what is left are independent draws of accepted pairs, and the test is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, binom

from trustjudge_core.cases import Cases
from trustjudge_core.errors import UsageError
from trustjudge_core.records import UNKNOWN
from trustjudge_core.review import entropy
from trustjudge_core.votes import majority

EASY_START: Final = 2
"""The search begins at a candidate with this many times the pairs needed, if there is one."""

CANDIDATES: Final = 40
"""Thresholds tried, at most: quantiles of the entropies of all pairs."""


@dataclass(frozen=True, eq=False)
class Acceptance:
    """A gate. ``threshold`` in nats, NaN when no threshold keeps the promise; ``accepted`` (N,) are pairs let through.

    ``unseen`` of them nobody decided. ``checked`` pairs that people decided tested the threshold, ``wrong`` of
    them not what the judge said; ``bound`` is the upper end of the exact interval of their error rate.
    ``needed``: how many decided pairs it takes at least before anything can be accepted.
    """

    level: float
    confidence: float
    threshold: float
    accepted: NDArray[np.bool_]
    unseen: int
    checked: int
    wrong: int
    bound: float
    needed: int


def acceptance(
    cases: Cases, votes: NDArray[np.int64], level: float = 0.1, confidence: float = 0.9, seed: int = 0
) -> Acceptance:
    """The gate for an error rate of at most ``level``, from the verdicts so far, (N, 3).

    A pair is wrong when the judge's relation is not what most people said, ties included. Raises UsageError for a
    level or confidence outside 0 to 1.
    """
    for name, value in (("level", level), ("confidence", confidence)):
        if not 0.0 < value < 1.0:
            raise UsageError(f"{name} {value:g} cannot be used; allowed: between 0 and 1; for example 0.1")
    needed = int(np.ceil(np.log(1.0 - confidence) / np.log(1.0 - level)))
    unsure = np.round(entropy(cases.shares), 12)
    people = majority(votes)
    decided = np.flatnonzero(cases.known & (people != UNKNOWN))
    wrong = people[decided] != cases.relation[decided]
    rng = np.random.default_rng(seed)
    order, chance = rng.permutation(len(decided)), rng.random(len(cases.index.question_ids))
    where = cases.table.question[decided]
    threshold, checked, errors = float("nan"), 0, 0
    candidates, samples = _candidates(unsure[cases.known]), []
    for candidate in candidates:
        let_through = np.bincount(cases.table.question[cases.known & (unsure <= candidate)], minlength=len(chance))
        sample = _one_of_each(where, unsure[decided] <= candidate, order)
        samples.append(sample[chance[where[sample]] * let_through.max() < let_through[where[sample]]])
    # Where the search begins may depend on how many were decided, not on what was said. With the least
    # possible number a single wrong one would end it.
    enough = max(needed, min(EASY_START * needed, max((len(sample) for sample in samples), default=0)))
    for candidate, sample in zip(candidates, samples, strict=True):
        if len(sample) < enough and not checked:
            continue
        found = int(wrong[sample].sum())
        if binom.cdf(found, len(sample), level) > 1.0 - confidence:
            break
        threshold, checked, errors = float(candidate), len(sample), found
    with np.errstate(invalid="ignore"):
        accepted = cases.known & (unsure <= threshold)
    bound = float(beta.ppf(confidence, errors + 1, checked - errors)) if checked > errors else float("nan")
    unseen = int((accepted & (people == UNKNOWN)).sum())
    return Acceptance(level, confidence, threshold, accepted, unseen, checked, errors, bound, needed)


def _candidates(unsure: NDArray[np.float64]) -> NDArray[np.float64]:
    """Thresholds to try, ascending."""
    if not len(unsure):
        return unsure
    return np.unique(np.quantile(unsure, np.linspace(0.0, 1.0, CANDIDATES), method="inverted_cdf"))


def _one_of_each(question: NDArray[np.int64], inside: NDArray[np.bool_], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first marked pair of every question in a random order, (D,), (D,), (D,) -> places."""
    marked = order[inside[order]]
    _, first = np.unique(question[marked], return_index=True)
    return marked[first]
