"""Whether a judge prefers longer responses.

The length difference of a pair, in characters, is divided by its root mean square over the compared pairs.
The effect is the slope of the preference's logit on it, least squares through the origin, because swapping
the two responses turns both round: logits per standardised difference. An effect is not yet a bias: longer
responses may be better.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import Estimate, QuestionBootstrap, Ratio, share
from trustjudge_core.evidence import Evidence
from trustjudge_core.records import UNKNOWN
from trustjudge_core.settings import Aggregation
from trustjudge_core.structure import preference_flow


@dataclass(frozen=True, slots=True)
class LengthEffect:
    """Preference against length over ``pairs`` whose texts were kept; ``spread`` characters are one standardised unit.

    ``slope``: logits per unit. ``longer_wins``: of the decided pairs of different lengths. NaN where no text was kept.
    """

    pairs: int
    spread: float
    slope: Estimate
    longer_wins: Ratio


def length_effect(
    evidence: Evidence, aggregation: Aggregation, tolerance: float, bootstrap: QuestionBootstrap
) -> LengthEffect:
    """The length effect of one run by one aggregation."""
    table, questions = evidence.table, len(evidence.index.question_ids)
    lengths = evidence.index.lengths
    if lengths is None or aggregation not in evidence.preferences:
        lengths = np.full(len(evidence.question_of), np.nan)
    relation = evidence.relation(aggregation, tolerance)
    flow = preference_flow(evidence, aggregation, tolerance)
    difference = lengths[table.i] - lengths[table.j]
    use = ~np.isnan(difference) & ~np.isnan(flow)
    spread = float(np.sqrt(np.mean(difference[use] ** 2))) if use.any() else float("nan")
    x, y = difference[use] / (spread or 1.0), flow[use]

    def summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(table.question[use], values, questions).astype(np.float64)

    decided = use & (relation != UNKNOWN) & (relation != 0) & (difference != 0)
    longer = decided & (np.sign(difference) == relation)
    return LengthEffect(
        pairs=int(use.sum()),
        spread=spread,
        slope=bootstrap.estimate(np.stack([summed(x * y), summed(x * x)], axis=1), share),
        longer_wins=bootstrap.ratio(evidence.per_question(longer), evidence.per_question(decided)),
    )
