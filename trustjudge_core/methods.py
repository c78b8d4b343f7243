"""Methods side by side: every way to read scores and every way to aggregate comparisons of one run, on the same pairs.

This is where someone decides which method to trust, so nothing here depends on a method dropping
what it finds hard: a pair counts only if all methods can use it, and the ledger says which could not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import Estimate, QuestionBootstrap, Ratio
from trustjudge_core.chance import chance_level
from trustjudge_core.evidence import Evidence
from trustjudge_core.preferences import MOST_COMMON, preferences
from trustjudge_core.records import UNKNOWN
from trustjudge_core.scores import ScoreSheet, g_eval_renormalised, gap_sign, readout, rescaled
from trustjudge_core.settings import AGGREGATIONS, METHOD_IN_WORDS, Aggregation
from trustjudge_core.tallies import (
    Tally,
    accuracy_tally,
    chain_tallies,
    conflict_tallies,
    gold_relation,
    tie_tally,
)
from trustjudge_core.transitivity import corrected_for_chance
from trustjudge_core.votes import count_votes, majority

ScoreMethod = Literal["baseline", "geval", "geval_renormalised", "softmax_weighted", "expectation"]
SCORE_METHODS: Final[tuple[ScoreMethod, ...]] = get_args(ScoreMethod)
SCORE_METHOD_IN_WORDS: Final[dict[ScoreMethod, str]] = {
    "baseline": METHOD_IN_WORDS["baseline"],
    "geval": METHOD_IN_WORDS["geval"],
    "geval_renormalised": "G-Eval, renormalised",
    "softmax_weighted": METHOD_IN_WORDS["softmax_weighted"],
    "expectation": METHOD_IN_WORDS["expectation"],
}


@dataclass(frozen=True, slots=True)
class MethodLoss:
    """Pairs that a method cannot use and that therefore count for no method; ``left_out`` methods take no pair away."""

    method: str
    reason: str
    pairs: int
    left_out: bool


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One score method on one criterion and scale: how often its scores tie, how often they name the right winner."""

    method: ScoreMethod
    criterion: str
    scale: tuple[float, float]
    ties: Ratio
    accuracy_gold: Ratio
    accuracy_people: Ratio


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One score method against one aggregation: the conflict ratio and its split, all shares of the same pairs."""

    method: ScoreMethod
    criterion: str
    scale: tuple[float, float]
    aggregation: Aggregation
    conflicts: Ratio
    reversal: Ratio
    score_tie: Ratio
    comparison_tie: Ratio


@dataclass(frozen=True, slots=True)
class ChainRow:
    """NTR_k beside the level of a random judge with the same tie rate and the value corrected for it."""

    ratio: Ratio
    chance: float
    corrected: Estimate


@dataclass(frozen=True, slots=True)
class AggregationRow:
    """One way to make preferences: tie rate, NTR_k by k, and how often it names the right winner."""

    aggregation: Aggregation
    ties: Ratio
    chains: dict[int, ChainRow]
    accuracy_gold: Ratio
    accuracy_people: Ratio


@dataclass(frozen=True, slots=True)
class MethodTable:
    """All methods at one tolerance. ``pairs`` were asked about, ``compared`` are known to every aggregation.

    Conflicts are over those of them that every score method of the criterion can use too. Accuracy counts the pairs
    in which gold scores or people name a winner; without any its total is 0.
    """

    tolerance: float
    questions: int
    pairs: int
    compared: int
    aggregations: tuple[AggregationRow, ...]
    scores: tuple[ScoreRow, ...]
    conflicts: tuple[ConflictRow, ...]
    ledger: tuple[MethodLoss, ...]


@dataclass(frozen=True, eq=False)
class ReadScores:
    """Scores by one method on one sheet, in points of the reported scale, (R,) with NaN."""

    sheet: ScoreSheet
    method: ScoreMethod
    scores: NDArray[np.float64]


class Methods:
    """Every method that the judgments of a run support, before any tolerance; ``left_out`` are supported too rarely."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.readings, self.left_out = _readings(evidence)
        self.aggregations: tuple[Aggregation, ...] = tuple(evidence.preferences)
        self.related = np.zeros(len(evidence.table), np.bool_)
        if self.aggregations:
            self.related = np.all([evidence.preferences[name].known for name in self.aggregations], axis=0)
        self.gold = gold_relation(evidence.index, evidence.table)
        votes = count_votes(evidence.table, evidence.run.verdicts, len(evidence.index.response_ids))
        self.people = majority(votes)

    def relation(self, aggregation: Aggregation, tolerance: float) -> NDArray[np.int8]:
        """Relation of every pair that all aggregations know, (N,); UNKNOWN elsewhere, in every mode."""
        return np.where(self.related, self.evidence.relation(aggregation, tolerance), np.int8(UNKNOWN))

    def has_scores(self, reading: ReadScores) -> NDArray[np.bool_]:
        """Pairs of which this method scores both responses, (N,)."""
        has = np.isfinite(reading.scores)
        found: NDArray[np.bool_] = has[self.evidence.table.i] & has[self.evidence.table.j]
        return found

    def scored(self, criterion: str) -> NDArray[np.bool_]:
        """Pairs of which every method of the criterion scores both responses, (N,)."""
        masks = [self.has_scores(reading) for reading in self.readings if reading.sheet.criterion == criterion]
        scored: NDArray[np.bool_] = np.all(masks, axis=0)
        return scored

    def sign(self, reading: ReadScores, tolerance: float) -> NDArray[np.int8]:
        """Sign of the score gap of every pair that all methods of the criterion score and all aggregations, if there
        are any, know, (N,); UNKNOWN elsewhere."""
        table = self.evidence.table
        gap = reading.scores[table.i] - reading.scores[table.j]
        gap[~self.scored(reading.sheet.criterion)] = np.nan
        if self.aggregations:
            gap[~self.related] = np.nan
        return gap_sign(gap, tolerance, self.evidence.mode)


def _readings(evidence: Evidence) -> tuple[tuple[ReadScores, ...], tuple[ReadScores, ...]]:
    """Every sheet by every method: those that take part, and those that can use too few responses to."""
    used: list[ReadScores] = []
    left_out: list[ReadScores] = []
    for sheet in evidence.sheets:
        read = [_read(evidence, sheet, method) for method in SCORE_METHODS]
        usable = [int(np.isfinite(reading.scores).sum()) for reading in read]
        for reading, count in zip(read, usable, strict=True):
            (used if count and count >= MOST_COMMON * max(usable) else left_out).append(reading)
    return tuple(used), tuple(left_out)


def _read(evidence: Evidence, sheet: ScoreSheet, method: ScoreMethod) -> ReadScores:
    if method == "geval_renormalised":
        score = np.where(sheet.sampled, np.nan, g_eval_renormalised(sheet))
    else:
        score = readout(sheet, method, evidence.mode)
    scores = np.full(len(evidence.question_of), np.nan)
    scores[sheet.response] = rescaled(score, sheet.scale, evidence.mode)
    return ReadScores(sheet, method, scores)


def method_table(
    methods: Methods, tolerance: float, ks: Sequence[int] = (3, 4, 5), resamples: int = 2000, seed: int = 0
) -> MethodTable:
    """All methods of a run at one tolerance, on the same pairs."""
    evidence = methods.evidence
    question, questions = evidence.table.question, len(evidence.index.question_ids)
    bootstrap = QuestionBootstrap(questions, resamples, seed)

    def ratio(found: Tally) -> Ratio:
        return bootstrap.ratio(found.counts, found.totals)

    def accuracies(relation: NDArray[np.int8]) -> tuple[Ratio, Ratio]:
        gold, people = (accuracy_tally(relation, t, question, questions) for t in (methods.gold, methods.people))
        return ratio(gold), ratio(people)

    relations = {name: methods.relation(name, tolerance) for name in methods.aggregations}
    aggregations = []
    for name, relation in relations.items():
        ties = tie_tally(relation, question, questions)
        tallies, counted = chain_tallies(evidence.index, evidence.table, relation, ks, seed)
        chains = {
            k: ChainRow(
                ratio(tallies[f"ntr_{k}"]),
                chance_level(k, ties.pooled),
                corrected_for_chance(bootstrap, k, counted[k], ties.counts, ties.totals),
            )
            for k in ks
        }
        aggregations.append(AggregationRow(name, ratio(ties), chains, *accuracies(relation)))
    scores, conflicts = [], []
    for reading in methods.readings:
        sign, place = methods.sign(reading, tolerance), (reading.method, reading.sheet.criterion, reading.sheet.scale)
        scores.append(ScoreRow(*place, ratio(tie_tally(sign, question, questions)), *accuracies(sign)))
        for name, relation in relations.items():
            split = conflict_tallies(sign, relation, question, questions)
            conflicts.append(ConflictRow(*place, name, *(ratio(found) for found in split.values())))
    return MethodTable(
        tolerance=tolerance,
        questions=questions,
        pairs=len(evidence.table),
        compared=int(methods.related.sum()),
        aggregations=tuple(aggregations),
        scores=tuple(scores),
        conflicts=tuple(conflicts),
        ledger=tuple(method_losses(methods)),
    )


def method_losses(methods: Methods) -> Iterator[MethodLoss]:
    """For every method the asked pairs that it cannot use; methods that were left out stand last."""
    evidence = methods.evidence
    asked = len(evidence.table)
    left_out = []
    for name in AGGREGATIONS:
        missing = asked - int(preferences(evidence.table, name, evidence.mode).known.sum())
        if name not in methods.aggregations:
            left_out.append(MethodLoss(name, _TOO_FEW, missing, True))
        elif missing:
            yield MethodLoss(name, "no usable preference", missing, False)
    for reading in (*methods.readings, *methods.left_out):
        missing = asked - int(methods.has_scores(reading).sum())
        method = f"{reading.method} on {reading.sheet.scale[0]:g}-{reading.sheet.scale[1]:g}"
        if reading in methods.left_out:
            left_out.append(MethodLoss(method, _TOO_FEW, missing, True))
        elif missing:
            yield MethodLoss(method, "a response without a usable score", missing, False)
    yield from left_out


_TOO_FEW: Final = "fewer than half as much usable as by the best method"
