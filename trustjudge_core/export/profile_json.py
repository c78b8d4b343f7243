"""What a judge does besides judging, and why it contradicts itself, as part of the documented JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trustjudge_core.audit import Audit
from trustjudge_core.bootstrap import Estimate
from trustjudge_core.causes import CauseCounts
from trustjudge_core.export.numbers import interval, number
from trustjudge_core.judge_profile import JudgeProfile
from trustjudge_core.position_profile import Favouring
from trustjudge_core.soft_conflict import SoftConflict
from trustjudge_core.structure import SoftTransitivity


def causes_entry(audit: Audit) -> dict[str, Any]:
    """Inconsistencies by cause."""
    found: CauseCounts = audit.causes
    return {
        "judge": audit.judge,
        "aggregation": found.aggregation,
        "method": found.method,
        "tolerance": found.tolerance,
        "margin_error": number(found.margin_error),
        "triples": dict(found.triples),
        "conflicts": dict(found.conflicts),
    }


def position_profile(profile: JudgeProfile) -> dict[str, Any]:
    """What the profile adds to the position entry of a judge."""
    found = profile.position
    return {
        "fairness": number(found.whole.fairness.value),
        "fairness_interval": _interval(found.whole.fairness),
        "effect": number(found.effect.value),
        "effect_interval": _interval(found.effect),
        "by_category": {name: _favouring(entry) for name, entry in found.by_category.items()},
    }


def _favouring(found: Favouring) -> dict[str, Any]:
    return {
        "pairs": found.pairs,
        "first_favouring": found.first_favouring,
        "second_favouring": found.second_favouring,
        "fairness": number(found.fairness.value),
        "fairness_interval": _interval(found.fairness),
    }


def length_entry(judge: str, profile: JudgeProfile) -> dict[str, Any]:
    """Preference against length."""
    found = profile.length
    return {
        "judge": judge,
        "pairs": found.pairs,
        "spread": number(found.spread),
        "slope": number(found.slope.value),
        "interval": _interval(found.slope),
        "decided": found.longer_wins.total,
        "longer_wins": found.longer_wins.count,
        "longer_wins_interval": interval(found.longer_wins.low, found.longer_wins.high),
    }


def repetition_entries(judge: str, profile: JudgeProfile) -> Iterator[dict[str, Any]]:
    """Stability of scores and of pairs."""
    for found in profile.repetition:
        yield {
            "judge": judge,
            "kind": found.kind,
            "asked_again": found.asked_again,
            "answer_pairs": found.stability.total,
            "agreeing": found.stability.count,
            "stability": number(found.stability.value),
            "interval": interval(found.stability.low, found.stability.high),
        }


def score_use_entries(judge: str, profile: JudgeProfile) -> Iterator[dict[str, Any]]:
    """Use of every scale."""
    for found in profile.score_use:
        yield {
            "judge": judge,
            "criterion": found.criterion,
            "scale": _scale(found.scale),
            "responses": found.responses,
            "spread": number(found.spread),
            "entropy": number(found.entropy.value),
            "leaked": number(found.leaked.value),
            "one_digit": number(found.one_digit.value),
        }


def soft_conflict_entries(judge: str, profile: JudgeProfile) -> Iterator[dict[str, Any]]:
    """Fidelity loss and reliability curve of every sheet and predictor."""
    for found in profile.soft_conflict:
        yield {
            "judge": judge,
            "criterion": found.criterion,
            "scale": _scale(found.scale),
            "aggregation": found.aggregation,
            "predictor": found.predictor,
            "pairs": found.pairs,
            "fidelity_loss": number(found.loss.value),
            "interval": _interval(found.loss),
            "calibration_error": number(found.calibration_error),
            "calibration": list(_curve(found)),
        }


def soft_transitivity_entry(judge: str, aggregation: str, profile: JudgeProfile) -> dict[str, Any]:
    """How far preferences are from following from each other."""
    found: SoftTransitivity = profile.soft_transitivity
    return {
        "judge": judge,
        "aggregation": aggregation,
        "triples": found.triples,
        "deviation": number(found.deviation.value),
        "interval": _interval(found.deviation),
    }


def _curve(found: SoftConflict) -> Iterator[dict[str, Any]]:
    for point in found.calibration:
        yield {
            "from": point.low,
            "to": point.high,
            "pairs": point.pairs,
            "predicted": point.predicted,
            "preference": number(point.preference.value),
            "interval": _interval(point.preference),
        }


def _interval(found: Estimate) -> list[float] | None:
    return interval(found.low, found.high)


def _scale(scale: tuple[float, float]) -> list[int | float]:
    return [int(end) if float(end).is_integer() else end for end in scale]
