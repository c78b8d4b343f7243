"""How much a judge favours a place: over the run, by category and by question.

Preference fairness is second_favouring / pairs - first_favouring / pairs: 0 favours neither place, -1 always the
first shown, 1 always the second. Its sign is that of Shi, Ma, Liang, Diao, Ma and Vosoughi 2024 (arXiv 2406.07791),
who multiply counts and shares of either side; the plain difference has the same zero and the same ends, and can
be pooled and resampled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import Estimate, QuestionBootstrap, share
from trustjudge_core.evidence import Evidence
from trustjudge_core.position import position


@dataclass(frozen=True, slots=True)
class Favouring:
    """Pairs judged in both orders, how many favour either place, and what that leaves as fairness in [-1, 1]."""

    pairs: int
    first_favouring: int
    second_favouring: int
    fairness: Estimate


@dataclass(frozen=True, eq=False)
class PositionProfile:
    """Favouring over the whole run and by category; ``by_question`` (Q, 3) = pairs, first and second favouring.

    ``effect``: logits that being shown first adds, half the mean difference between the two orders' logits; needs
    probabilities, which are kept within 0.01 to 0.99.
    """

    whole: Favouring
    by_category: dict[str, Favouring]
    by_question: NDArray[np.int64]
    effect: Estimate


def position_profile(evidence: Evidence, bootstrap: QuestionBootstrap) -> PositionProfile:
    """The profile of one run; NaN where the judge was not asked in both orders."""
    found = position(evidence.table)
    counts = np.stack([evidence.per_question(m) for m in (found.known, found.first_favouring, found.second_favouring)])
    names, of_question = evidence.categories
    logits = evidence.table.logits
    gain = (logits[:, 0] - logits[:, 1]) / 2.0
    use = ~np.isnan(gain) & evidence.table.order_known & evidence.table.both_orders
    gains = np.bincount(evidence.table.question[use], gain[use], len(evidence.index.question_ids))
    return PositionProfile(
        whole=_favouring(counts, bootstrap),
        by_category={
            name: _favouring(np.where(of_question == number, counts, 0), bootstrap) for number, name in enumerate(names)
        },
        by_question=counts.T,
        effect=bootstrap.estimate(np.stack([gains, evidence.per_question(use)], axis=1), share),
    )


def _favouring(counts: NDArray[np.int64], bootstrap: QuestionBootstrap) -> Favouring:
    """From pairs, first and second favouring of every question, (3, Q)."""
    pairs, first, second = counts
    fairness = bootstrap.estimate(np.stack([second - first, pairs], axis=1), share)
    return Favouring(int(pairs.sum()), int(first.sum()), int(second.sum()), fairness)
