"""What a judge does besides judging: favours a place or a length, uses part of a scale, changes its mind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trustjudge_core.bootstrap import Estimate, QuestionBootstrap, share
from trustjudge_core.evidence import Evidence
from trustjudge_core.length_effect import LengthEffect, length_effect
from trustjudge_core.position_profile import PositionProfile, position_profile
from trustjudge_core.repetition import Repetition, repetitions
from trustjudge_core.score_use import ScoreUse, score_uses
from trustjudge_core.settings import AuditSettings
from trustjudge_core.soft_conflict import SoftConflict, soft_conflicts
from trustjudge_core.structure import SoftTransitivity, soft_transitivity


@dataclass(frozen=True, eq=False)
class JudgeProfile:
    """Everything of one run that needs no threshold between right and wrong, by the default aggregation.

    ``pair_leaked``: mean probability of pair judgments outside first, second and tie.
    """

    position: PositionProfile
    length: LengthEffect
    repetition: tuple[Repetition, Repetition]
    score_use: tuple[ScoreUse, ...]
    pair_leaked: Estimate
    soft_conflict: tuple[SoftConflict, ...]
    soft_transitivity: SoftTransitivity


def judge_profile(evidence: Evidence, settings: AuditSettings) -> JudgeProfile:
    """The profile of one run under the settings of its audit."""
    bootstrap = QuestionBootstrap(len(evidence.index.question_ids), settings.resamples, settings.seed)
    aggregation = evidence.default_aggregation
    return JudgeProfile(
        position=position_profile(evidence, bootstrap),
        length=length_effect(evidence, aggregation, settings.tolerances[0], bootstrap),
        repetition=repetitions(evidence, bootstrap),
        score_use=score_uses(evidence, bootstrap),
        pair_leaked=_pair_leaked(evidence, bootstrap),
        soft_conflict=tuple(soft_conflicts(evidence, aggregation, bootstrap)),
        soft_transitivity=soft_transitivity(evidence, aggregation, bootstrap),
    )


def _pair_leaked(evidence: Evidence, bootstrap: QuestionBootstrap) -> Estimate:
    pairs = evidence.run.pairs
    leaked = 1.0 - np.minimum(pairs.probs.sum(axis=1), 1.0)
    use = ~np.isnan(leaked)
    question, questions = evidence.question_of[pairs.first[use]], len(evidence.index.question_ids)
    sums = np.bincount(question, leaked[use], questions)
    return bootstrap.estimate(np.stack([sums, np.bincount(question, minlength=questions)], axis=1), share)
