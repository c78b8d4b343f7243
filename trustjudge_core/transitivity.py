"""Comparisons against each other: NTR_k of every aggregation and tolerance, beside what makes it readable.

A judge that always ties reaches NTR 0, one that answers at random nearly 1: so every NTR_k stands
beside the tie rate, the level of a random judge with that tie rate, how far the judge is from that level, and the
share of inconsistent triples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import Estimate, QuestionBootstrap, Ratio, share
from trustjudge_core.categories import CategoryShare, CategoryShares
from trustjudge_core.chance import chance_corrected, chance_levels
from trustjudge_core.evidence import Evidence
from trustjudge_core.inconsistencies import KINDS, REFERENCE_TYPES
from trustjudge_core.records import UNKNOWN, SetIndex
from trustjudge_core.relations import PairPlaces, relation_blocks
from trustjudge_core.sampled_subsets import drawing_interval
from trustjudge_core.settings import Aggregation, AuditSettings
from trustjudge_core.subsets import count_subsets


@dataclass(frozen=True, eq=False)
class ChainCounts:
    """k-subsets per question, (Q,) each: known ones, violating ones, by kind and published type; ``drawn`` as there."""

    subsets: NDArray[np.int64]
    violations: NDArray[np.int64]
    kinds: dict[str, NDArray[np.int64]]
    reference_types: dict[str, NDArray[np.int64]]
    drawn: NDArray[np.int64]
    drawn_known: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Transitivity:
    """NTR_k of one aggregation at one tolerance.

    ``ties`` of the known pairs; ``chance`` is NTR_k of a random judge with that tie rate, ``corrected`` =
    1 - NTR_k / chance; ``triples`` the inconsistent ones among known triples. Where ``drawn`` is above 0 some
    question was too large: so many of its subsets were drawn, counts are scaled up, and
    ``drawing_low`` to ``drawing_high`` is what the drawing alone leaves open.
    """

    aggregation: Aggregation
    k: int
    tolerance: float
    ratio: Ratio
    kinds: dict[str, int]
    reference_types: dict[str, int]  # empty outside reference mode
    by_category: dict[str, CategoryShare]
    ties: Ratio
    chance: float
    corrected: Estimate
    triples: Ratio
    drawn: int
    drawing_low: float
    drawing_high: float

    @property
    def tie_rate(self) -> float:
        """Share of known pairs that tie; decisiveness is what is left of 1."""
        return self.ties.value

    @property
    def exact(self) -> bool:
        """Whether every subset of every question was counted."""
        return self.drawn == 0


def count_chains(
    index: SetIndex,
    pairs: PairPlaces,
    relation: NDArray[np.int8],
    ks: Sequence[int],
    *,
    published: bool = False,
    kinds: bool = True,
    seed: int = 0,
) -> dict[int, ChainCounts]:
    """Inconsistent k-subsets of every question of a set from the relation of every pair, (N,) -> per k (Q,)."""
    questions = len(index.question_ids)

    def zeros() -> NDArray[np.int64]:
        return np.zeros(questions, np.int64)

    found = {
        k: ChainCounts(
            zeros(),
            zeros(),
            {name: zeros() for name in KINDS if kinds},
            {name: zeros() for name in REFERENCE_TYPES if published},
            zeros(),
            zeros(),
        )
        for k in ks
    }
    for block in relation_blocks(index, pairs, relation):
        counted = count_subsets(block.relations, tuple(found), published=published, kinds=kinds, seed=seed)
        for k, chains in found.items():
            for name in ("subsets", "violations", "drawn", "drawn_known"):
                getattr(chains, name)[block.questions] = getattr(counted[k], name)
            for name, counts in (*chains.kinds.items(), *chains.reference_types.items()):
                counts[block.questions] = {**counted[k].kinds, **counted[k].reference_types}[name]
    return found


def transitivities(
    evidence: Evidence, settings: AuditSettings, bootstrap: QuestionBootstrap, shares: CategoryShares
) -> Iterator[Transitivity]:
    """Every aggregation at every tolerance and k of the settings."""
    for aggregation in evidence.preferences:
        for tolerance in settings.tolerances:
            yield from _transitivity(evidence, settings, bootstrap, shares, aggregation, tolerance)


def _transitivity(
    evidence: Evidence,
    settings: AuditSettings,
    bootstrap: QuestionBootstrap,
    shares: CategoryShares,
    aggregation: Aggregation,
    tolerance: float,
) -> Iterator[Transitivity]:
    relation = evidence.relation(aggregation, tolerance)
    pairs, ties = evidence.per_question(relation != UNKNOWN), evidence.per_question(relation == 0)
    counted = count_chains(
        evidence.index,
        evidence.table,
        relation,
        sorted({3, *settings.ks}),
        published=settings.mode == "reference",
        seed=settings.seed,
    )
    tie_ratio, *ratios = bootstrap.ratios(
        [(ties, pairs), *((found.violations, found.subsets) for found in counted.values())]
    )
    ratio_of = dict(zip(counted, ratios, strict=True))
    for k in settings.ks:
        found = counted[k]
        low, high = drawing_interval(found.violations, found.subsets, found.drawn_known)
        yield Transitivity(
            aggregation=aggregation,
            k=k,
            tolerance=tolerance,
            ratio=ratio_of[k],
            kinds={name: int(counts.sum()) for name, counts in found.kinds.items()},
            reference_types={name: int(counts.sum()) for name, counts in found.reference_types.items()},
            by_category=shares.of(found.violations, found.subsets),
            ties=tie_ratio,
            chance=float(chance_levels(k, np.array(tie_ratio.value))),
            corrected=corrected_for_chance(bootstrap, k, found, ties, pairs),
            triples=ratio_of[3],
            drawn=int(found.drawn.sum()),
            drawing_low=low,
            drawing_high=high,
        )


def corrected_for_chance(
    bootstrap: QuestionBootstrap, k: int, chains: ChainCounts, ties: NDArray[np.int64], pairs: NDArray[np.int64]
) -> Estimate:
    """1 - NTR_k / chance with its interval: the tie rate behind the chance level is resampled too, (Q,) each."""

    def statistic(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return chance_corrected(share(sums[..., :2]), chance_levels(k, share(sums[..., 2:])))

    return bootstrap.estimate(np.stack([chains.violations, chains.subsets, ties, pairs], axis=1), statistic)
