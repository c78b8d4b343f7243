"""Every measure over the tolerance, up to the degenerate end at which a judge says tie to nearly everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from trustjudge_core.bootstrap import QuestionBootstrap, Ratio
from trustjudge_core.chance import chance_level
from trustjudge_core.methods import Methods, ScoreMethod
from trustjudge_core.settings import Aggregation
from trustjudge_core.tallies import Tally, accuracy_tally, chain_tallies, conflict_tallies, tie_tally

TOLERANCES: Final = tuple(np.linspace(0.0, 1.0, 21).round(2).tolist())

DEGENERATE: Final = 0.9
"""From this tie rate on NTR and conflicts shrink because nothing is decided any more."""


@dataclass(frozen=True, slots=True)
class ChainPoint:
    """One aggregation at one tolerance; ``degenerate`` when it ties on at least 90 % of pairs."""

    tolerance: float
    ties: Ratio
    chains: dict[int, Ratio]
    chance: dict[int, float]
    accuracy_gold: Ratio
    accuracy_people: Ratio
    degenerate: bool


@dataclass(frozen=True, slots=True)
class ConflictPoint:
    """One score method against one aggregation at one tolerance; ``degenerate`` when either ties on 90 % of pairs."""

    tolerance: float
    conflicts: Ratio
    reversal: Ratio
    score_tie: Ratio
    comparison_tie: Ratio
    degenerate: bool


@dataclass(frozen=True, slots=True)
class ToleranceCurves:
    """Points by tolerance, ascending. Conflicts are keyed by method, criterion and scale, against ``aggregation``."""

    aggregation: Aggregation
    chains: dict[Aggregation, tuple[ChainPoint, ...]]
    conflicts: dict[tuple[ScoreMethod, str, tuple[float, float]], tuple[ConflictPoint, ...]]


def tolerance_curves(
    methods: Methods,
    aggregation: Aggregation,
    tolerances: Sequence[float] = TOLERANCES,
    ks: Sequence[int] = (3, 4, 5),
    resamples: int = 500,
    seed: int = 0,
) -> ToleranceCurves:
    """Curves of every aggregation, and of every score method against one of them; the same pairs at every tolerance."""
    ordered = sorted(set(tolerances))
    bootstrap = QuestionBootstrap(len(methods.evidence.index.question_ids), resamples, seed)
    return ToleranceCurves(
        aggregation,
        {
            name: tuple(_chain_point(methods, name, tolerance, ks, bootstrap, seed) for tolerance in ordered)
            for name in methods.aggregations
        },
        _conflicts(methods, aggregation, ordered, bootstrap) if aggregation in methods.aggregations else {},
    )


def _chain_point(
    methods: Methods,
    aggregation: Aggregation,
    tolerance: float,
    ks: Sequence[int],
    bootstrap: QuestionBootstrap,
    seed: int,
) -> ChainPoint:
    table, index = methods.evidence.table, methods.evidence.index
    relation = methods.relation(aggregation, tolerance)
    ties = tie_tally(relation, table.question, bootstrap.questions)
    tallies, _ = chain_tallies(index, table, relation, ks, seed)
    gold, people = (
        accuracy_tally(relation, truth, table.question, bootstrap.questions) for truth in (methods.gold, methods.people)
    )
    return ChainPoint(
        tolerance=tolerance,
        ties=_ratio(bootstrap, ties),
        chains={k: _ratio(bootstrap, tallies[f"ntr_{k}"]) for k in ks},
        chance={k: chance_level(k, ties.pooled) for k in ks},
        accuracy_gold=_ratio(bootstrap, gold),
        accuracy_people=_ratio(bootstrap, people),
        degenerate=ties.pooled >= DEGENERATE,
    )


def _conflicts(
    methods: Methods, aggregation: Aggregation, tolerances: Sequence[float], bootstrap: QuestionBootstrap
) -> dict[tuple[ScoreMethod, str, tuple[float, float]], tuple[ConflictPoint, ...]]:
    question = methods.evidence.table.question
    found = {}
    for reading in methods.readings:
        points = []
        for tolerance in tolerances:
            sign, relation = methods.sign(reading, tolerance), methods.relation(aggregation, tolerance)
            split = conflict_tallies(sign, relation, question, bootstrap.questions)
            ties = (tie_tally(side, question, bootstrap.questions).pooled for side in (sign, relation))
            ratios = {name: _ratio(bootstrap, tally) for name, tally in split.items()}
            points.append(ConflictPoint(tolerance, **ratios, degenerate=any(rate >= DEGENERATE for rate in ties)))
        found[reading.method, reading.sheet.criterion, reading.sheet.scale] = tuple(points)
    return found


def _ratio(bootstrap: QuestionBootstrap, tally: Tally) -> Ratio:
    return bootstrap.ratio(tally.counts, tally.totals)
