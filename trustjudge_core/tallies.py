"""Counts per question of every measure of a judge: what ratios, their differences and their intervals are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.inconsistencies import score_conflicts
from trustjudge_core.records import UNKNOWN, SetIndex
from trustjudge_core.relations import PairPlaces
from trustjudge_core.transitivity import ChainCounts, count_chains

SPLIT: Final = ("reversal", "score_tie", "comparison_tie")

MEASURE_IN_WORDS: Final = {
    "conflicts": "conflict ratio, scores against comparisons",
    "reversal": "of these: different winners",
    "score_tie": "of these: only the scores tie",
    "comparison_tie": "of these: only the comparison ties",
    "ntr_3": "inconsistent triples",
    "ntr_4": "inconsistent groups of 4",
    "ntr_5": "inconsistent groups of 5",
    "tie_rate": "tie rate",
    "position_consistency": "same verdict in both orders",
    "accuracy_gold": "same winner as the gold scores",
    "accuracy_people": "same winner as people",
}


_UNITS: Final = {"ntr_3": "triples", "tie_rate": "pairs", "position_consistency": "pairs"}


def unit_of(measure: str) -> str:
    """What a measure counts among."""
    if measure in _UNITS:
        return _UNITS[measure]
    if measure.startswith("ntr_"):
        return f"groups of {measure.removeprefix('ntr_')}"
    return "decided pairs" if measure.startswith("accuracy") else "pairs with scores"


def in_words(measure: str) -> str:
    """A measure as a person says it."""
    return MEASURE_IN_WORDS.get(measure, f"inconsistent groups of {measure.removeprefix('ntr_')}")


@dataclass(frozen=True, eq=False)
class Tally:
    """One measure per question: how often it holds among how many, (Q,) each."""

    counts: NDArray[np.int64]
    totals: NDArray[np.int64]

    @property
    def pooled(self) -> float:
        """The ratio over all questions; NaN without data."""
        total = int(self.totals.sum())
        return int(self.counts.sum()) / total if total else float("nan")


def tally(holds: NDArray[np.bool_], among: NDArray[np.bool_], question: NDArray[np.int64], questions: int) -> Tally:
    """Pairs that are marked among those that count, (N,) each with their question -> (Q,)."""
    return Tally(
        np.bincount(question[holds & among], minlength=questions),
        np.bincount(question[among], minlength=questions),
    )


def conflict_tallies(
    score_sign: NDArray[np.int8], relation: NDArray[np.int8], question: NDArray[np.int64], questions: int
) -> dict[str, Tally]:
    """Conflicts between scores and comparisons with their three-way split, all as shares of the pairs with both."""
    found = score_conflicts(score_sign, relation)
    masks = (found.conflict, found.reversal, found.score_tie, found.comparison_tie)
    names = ("conflicts", *SPLIT)
    return {name: tally(mask, found.known, question, questions) for name, mask in zip(names, masks, strict=True)}


def chain_tallies(
    index: SetIndex, pairs: PairPlaces, relation: NDArray[np.int8], ks: Sequence[int], seed: int = 0
) -> tuple[dict[str, Tally], dict[int, ChainCounts]]:
    """NTR_k as tallies named ntr_3, ntr_4, ..., and the counts behind them."""
    counted = count_chains(index, pairs, relation, ks, kinds=False, seed=seed)
    return {f"ntr_{k}": Tally(found.violations, found.subsets) for k, found in counted.items()}, counted


def tie_tally(relation: NDArray[np.int8], question: NDArray[np.int64], questions: int) -> Tally:
    """Ties among known relations."""
    return tally(relation == 0, relation != UNKNOWN, question, questions)


def accuracy_tally(
    relation: NDArray[np.int8], truth: NDArray[np.int8], question: NDArray[np.int64], questions: int
) -> Tally:
    """Pairs with the winner that the truth names among those in which it names one; a judge's tie is not right."""
    decided = (relation != UNKNOWN) & (truth != UNKNOWN) & (truth != 0)
    return tally(relation == truth, decided, question, questions)


def gold_relation(index: SetIndex, pairs: PairPlaces) -> NDArray[np.int8]:
    """Sign of the gap between gold scores of every pair, (N,); UNKNOWN where one is missing."""
    gap = index.gold[pairs.i] - index.gold[pairs.j]
    return np.where(np.isnan(gap), UNKNOWN, np.nan_to_num(np.sign(gap))).astype(np.int8)
