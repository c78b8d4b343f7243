"""How far questions are from an order, as part of the documented JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from trustjudge_core.audit import Audit
from trustjudge_core.cheapest_orders import SolverClock
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.numbers import number
from trustjudge_core.structure import Change, structures

_RELATION: Final = {1: "first", 0: "tie", -1: "second"}


def structure_entries(evidence: Evidence, audit: Audit, clock: SolverClock) -> Iterator[dict[str, Any]]:
    """One entry per compared question, by the default aggregation at the first tolerance."""
    aggregation, index = audit.default_aggregation, evidence.index
    if aggregation not in evidence.preferences:
        return
    for question, found in structures(evidence, aggregation, audit.settings.tolerances[0], clock).items():
        names = index.response_ids[index.offsets[question] : index.offsets[question + 1]]
        flip = None
        if found.best_flip is not None:
            flip = {**_change(found.best_flip, names), "removes": found.flip_removes}
        yield {
            "judge": audit.judge,
            "aggregation": aggregation,
            "question": index.question_ids[question],
            "fewest_edits": found.fewest_edits,
            "gap": found.gap,
            "edits": [_change(change, names) for change in found.edits],
            "best_flip": flip,
            "groups": [[names[n] for n in group] for group in found.groups],
            "cyclicity": number(found.cyclicity),
            "soft_deviation": number(found.soft_deviation),
        }


def _change(change: Change, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "first": names[change.i],
        "second": names[change.j],
        "before": _RELATION[change.before],
        "after": _RELATION[change.after],
    }
