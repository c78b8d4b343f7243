"""An audit: everything computed from one run's judgments at a mode and tolerances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.agreement import Agreement, agreements
from trustjudge_core.bootstrap import QuestionBootstrap, Ratio
from trustjudge_core.chance import chance_level
from trustjudge_core.evidence import Evidence, MethodScores
from trustjudge_core.inconsistencies import score_conflicts
from trustjudge_core.position import position
from trustjudge_core.records import UNKNOWN, PairColumns, RunJudgments, ScoreColumns
from trustjudge_core.relations import relation_blocks
from trustjudge_core.scores import reported_scale
from trustjudge_core.settings import LOW_MASS, Aggregation, AuditSettings
from trustjudge_core.subsets import count_subsets


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Judgments of one kind (score or pair) that gave no usable number, for one reason."""

    kind: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """Size of what was audited, and how much of it could be used.

    ``pairs`` were asked about; ``pairs_compared`` of them have a usable preference by every
    supported aggregation; ``low_mass`` score distributions hold less than 90 % of the probability.
    """

    questions: int
    responses: int
    pairs: int
    pairs_compared: int
    score_judgments: int
    pair_judgments: int
    both_orders: bool
    low_mass: int


@dataclass(frozen=True, eq=False)
class ScoreComparison:
    """Conflicts between scores and comparisons for one sheet, method and tolerance.

    ``scores`` (R,) are in points of ``reported_scale``; the tolerance is in the same points for
    scores and in probability for preferences.
    """

    method: str
    criterion: str
    scale: tuple[float, float]
    reported_scale: tuple[float, float]
    aggregation: Aggregation
    tolerance: float
    ratio: Ratio
    reversal: Ratio
    score_tie: Ratio
    comparison_tie: Ratio
    both_decide: int  # pairs in which neither side ties; reversals are a share of these too
    by_category: dict[str, tuple[int, int]]  # name -> (pairs, conflicts)
    scores: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Transitivity:
    """NTR_k of one aggregation at one tolerance. ``exact`` is False when some question is too large to count."""

    aggregation: Aggregation
    k: int
    tolerance: float
    ratio: Ratio
    kinds: dict[str, int]
    reference_types: dict[str, int]
    by_category: dict[str, tuple[int, int]]  # name -> (subsets, violations)
    tie_rate: float
    chance: float
    exact: bool


@dataclass(frozen=True, slots=True)
class PositionCounts:
    """Pairs judged in both orders, by what the swap changed; each with its interval."""

    pairs: int
    consistent: Ratio
    first_favouring: Ratio
    second_favouring: Ratio
    hard_flips: Ratio
    hard_first: int
    hard_second: int
    tie_rate: float


@dataclass(frozen=True, eq=False)
class Audit:
    """All numbers of one run. Structure and rankings are separate: see structure.py and leaderboard.py."""

    judge: str
    settings: AuditSettings
    inputs: Inputs
    ledger: tuple[LedgerEntry, ...]
    score_comparison: tuple[ScoreComparison, ...]
    transitivity: tuple[Transitivity, ...]
    position: PositionCounts
    agreement: tuple[tuple[Aggregation, Agreement], ...]
    default_aggregation: Aggregation


def audit(run: RunJudgments, settings: AuditSettings) -> Audit:
    """Audit one run. Pure: the same judgments and settings give the same numbers."""
    return audit_evidence(Evidence(run, settings.mode), settings)


def audit_evidence(evidence: Evidence, settings: AuditSettings) -> Audit:
    """The same from evidence already gathered under ``settings.mode``."""
    bootstrap = QuestionBootstrap(len(evidence.index.question_ids), settings.resamples, settings.seed)
    default = evidence.default_aggregation
    relation = evidence.relation(default, settings.tolerances[0])
    people = agreements(evidence.table, relation, evidence.run.verdicts, bootstrap, len(evidence.index.response_ids))
    return Audit(
        judge=evidence.run.judge,
        settings=settings,
        inputs=_inputs(evidence),
        ledger=tuple(ledger(evidence.run.scores, evidence.run.pairs)),
        score_comparison=tuple(_score_comparisons(evidence, settings, bootstrap)),
        transitivity=tuple(_transitivities(evidence, settings, bootstrap)),
        position=_position_counts(evidence, bootstrap),
        agreement=tuple((default, found) for found in people),
        default_aggregation=default,
    )


def _inputs(evidence: Evidence) -> Inputs:
    index, run = evidence.index, evidence.run
    compared = evidence.common_pairs if evidence.preferences else np.zeros(len(evidence.table), np.bool_)
    return Inputs(
        questions=len(index.question_ids),
        responses=len(index.response_ids),
        pairs=len(evidence.table),
        pairs_compared=int(compared.sum()),
        score_judgments=len(run.scores.response),
        pair_judgments=len(run.pairs.first),
        both_orders=evidence.table.both_orders,
        low_mass=sum(int((sheet.mass < LOW_MASS).sum()) for sheet in evidence.sheets),
    )


def ledger(scores: ScoreColumns, pairs: PairColumns) -> Iterator[LedgerEntry]:
    """Failed judgments by kind and reason, most frequent first."""
    for kind, columns in (("score", scores), ("pair", pairs)):
        failed = columns.failure[columns.failure >= 0]
        counts = np.bincount(failed, minlength=len(columns.reasons))
        for number in np.argsort(-counts, kind="stable"):
            if counts[number]:
                yield LedgerEntry(kind, columns.reasons[number], int(counts[number]))


def _score_comparisons(
    evidence: Evidence, settings: AuditSettings, bootstrap: QuestionBootstrap
) -> Iterator[ScoreComparison]:
    # The published code always sets scores against agreeing verdicts.
    aggregation = "baseline" if settings.mode == "reference" else evidence.default_aggregation
    if not evidence.preferences:
        return
    for scores in evidence.method_scores:
        for tolerance in settings.tolerances:
            yield _score_comparison(evidence, scores, aggregation, tolerance, bootstrap)


def _score_comparison(
    evidence: Evidence, scores: MethodScores, aggregation: Aggregation, tolerance: float, bootstrap: QuestionBootstrap
) -> ScoreComparison:
    sign, relation = evidence.score_sign(scores, tolerance), evidence.relation(aggregation, tolerance)
    found = score_conflicts(sign, relation)
    pairs = evidence.per_question(found.known)

    def ratio(mask: NDArray[np.bool_]) -> Ratio:
        return bootstrap.ratio(evidence.per_question(mask), pairs)

    conflicts = evidence.per_question(found.conflict)
    return ScoreComparison(
        method=scores.method,
        criterion=scores.sheet.criterion,
        scale=scores.sheet.scale,
        reported_scale=reported_scale(scores.sheet.scale, evidence.mode),
        aggregation=aggregation,
        tolerance=tolerance,
        ratio=ratio(found.conflict),
        reversal=ratio(found.reversal),
        score_tie=ratio(found.score_tie),
        comparison_tie=ratio(found.comparison_tie),
        both_decide=int((found.known & (sign != 0) & (relation != 0)).sum()),
        by_category={name: (total, count) for name, (total, count) in evidence.by_category(pairs, conflicts)},
        scores=scores.scores,
    )


def _transitivities(
    evidence: Evidence, settings: AuditSettings, bootstrap: QuestionBootstrap
) -> Iterator[Transitivity]:
    for aggregation in evidence.preferences:
        for tolerance in settings.tolerances:
            relation = evidence.relation(aggregation, tolerance)
            known = int((relation != UNKNOWN).sum())
            tie_rate = float((relation == 0).sum() / known) if known else float("nan")
            yield from _transitivity(evidence, settings, bootstrap, aggregation, tolerance, relation, tie_rate)


def _transitivity(
    evidence: Evidence,
    settings: AuditSettings,
    bootstrap: QuestionBootstrap,
    aggregation: Aggregation,
    tolerance: float,
    relation: NDArray[np.int8],
    tie_rate: float,
) -> Iterator[Transitivity]:
    questions = len(evidence.index.question_ids)
    blocks = relation_blocks(evidence.index, evidence.table, relation)
    published = settings.mode == "reference"
    counted = [
        (block.questions, count_subsets(block.relations, settings.ks, published=published, seed=settings.seed))
        for block in blocks
    ]
    for k in settings.ks:
        subsets, violations = np.zeros(questions, np.int64), np.zeros(questions, np.int64)
        kinds: dict[str, int] = {"strict_cycle": 0, "broken_chain": 0, "contradicted_tie": 0}
        types: dict[str, int] = {"circle": 0, "equal": 0} if published else {}
        exact = True
        for where, counts in counted:
            found = counts[k]
            subsets[where], violations[where] = found.subsets, found.violations
            exact &= bool(found.exact.all())
            for name in kinds:
                kinds[name] += int(found.kinds[name].sum())
            for name, counts_of_type in found.reference_types.items():
                types[name] += int(counts_of_type.sum())
        yield Transitivity(
            aggregation=aggregation,
            k=k,
            tolerance=tolerance,
            ratio=bootstrap.ratio(violations, subsets),
            kinds=kinds,
            reference_types=types,
            by_category={name: (total, count) for name, (total, count) in evidence.by_category(subsets, violations)},
            tie_rate=tie_rate,
            chance=chance_level(k, tie_rate),
            exact=exact,
        )


def _position_counts(evidence: Evidence, bootstrap: QuestionBootstrap) -> PositionCounts:
    found = position(evidence.table)
    pairs = evidence.per_question(found.known)

    def ratio(mask: NDArray[np.bool_]) -> Ratio:
        return bootstrap.ratio(evidence.per_question(mask), pairs)

    return PositionCounts(
        pairs=int(found.known.sum()),
        consistent=ratio(found.consistent),
        first_favouring=ratio(found.first_favouring),
        second_favouring=ratio(found.second_favouring),
        hard_flips=ratio(found.hard_flip),
        hard_first=int((found.hard_flip & found.first_favouring).sum()),
        hard_second=int((found.hard_flip & found.second_favouring).sum()),
        tie_rate=found.tie_rate,
    )
