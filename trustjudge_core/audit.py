"""An audit: everything computed from one run's judgments at a mode and tolerances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from trustjudge_core.agreement import Agreement, agreements
from trustjudge_core.bootstrap import QuestionBootstrap, Ratio
from trustjudge_core.categories import CategoryShares
from trustjudge_core.causes import CauseCounts, cause_counts
from trustjudge_core.evidence import Evidence
from trustjudge_core.position import position
from trustjudge_core.records import PairColumns, RunJudgments, ScoreColumns
from trustjudge_core.score_comparison import ScoreComparison, score_comparisons
from trustjudge_core.settings import LOW_MASS, Aggregation, AuditSettings
from trustjudge_core.transitivity import Transitivity, transitivities


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


@dataclass(frozen=True, slots=True)
class PositionCounts:
    """Pairs judged in both orders, by what the swap changed; each with its interval.

    ``order_unknown`` counts pairs that are not among them because nobody kept which response was shown first.
    """

    pairs: int
    order_unknown: int
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
    causes: CauseCounts


def audit(run: RunJudgments, settings: AuditSettings) -> Audit:
    """Audit one run. Pure: the same judgments and settings give the same numbers."""
    return audit_evidence(Evidence(run, settings.mode), settings)


def audit_evidence(evidence: Evidence, settings: AuditSettings) -> Audit:
    """The same from evidence already gathered under ``settings.mode``."""
    bootstrap = QuestionBootstrap(len(evidence.index.question_ids), settings.resamples, settings.seed)
    shares = CategoryShares(evidence, settings.resamples, settings.seed)
    default = evidence.default_aggregation
    relation = evidence.relation(default, settings.tolerances[0])
    people = agreements(evidence.table, relation, evidence.run.verdicts, bootstrap, len(evidence.index.response_ids))
    return Audit(
        judge=evidence.run.judge,
        settings=settings,
        inputs=_inputs(evidence),
        ledger=tuple(ledger(evidence.run.scores, evidence.run.pairs)),
        score_comparison=tuple(score_comparisons(evidence, settings, bootstrap, shares)),
        transitivity=tuple(transitivities(evidence, settings, bootstrap, shares)),
        position=_position_counts(evidence, bootstrap),
        agreement=tuple((default, found) for found in people),
        default_aggregation=default,
        causes=cause_counts(evidence, default, settings.tolerances[0], evidence.default_scores),
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


def _position_counts(evidence: Evidence, bootstrap: QuestionBootstrap) -> PositionCounts:
    found = position(evidence.table)
    pairs = evidence.per_question(found.known)

    masks = (found.consistent, found.first_favouring, found.second_favouring, found.hard_flip)
    ratios = bootstrap.ratios([(evidence.per_question(mask), pairs) for mask in masks])
    return PositionCounts(
        pairs=int(found.known.sum()),
        order_unknown=int(found.order_unknown.sum()),
        consistent=ratios[0],
        first_favouring=ratios[1],
        second_favouring=ratios[2],
        hard_flips=ratios[3],
        hard_first=int((found.hard_flip & found.first_favouring).sum()),
        hard_second=int((found.hard_flip & found.second_favouring).sum()),
        tie_rate=found.tie_rate,
    )
