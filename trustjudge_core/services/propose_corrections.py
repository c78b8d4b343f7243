"""What could be corrected without asking anybody. Proposals only: nothing here changes anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trustjudge_core.acceptance import Acceptance, acceptance
from trustjudge_core.cheapest_orders import SolverClock
from trustjudge_core.score_edits import ScoreEdit, score_edits
from trustjudge_core.services.corrected_ranking import Corrected
from trustjudge_core.structure import structures


@dataclass(frozen=True, slots=True)
class ProposedEdit:
    """A relation that the nearest order of its question would have: ``case`` is the pair's row."""

    case: int
    question: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ProposedEdits:
    """The fewest edits of all questions together. ``gap``: at most how many fewer would do, 0 when proven."""

    edits: tuple[ProposedEdit, ...]
    questions: int
    gap: int


def propose_edits(corrected: Corrected, clock: SolverClock | None = None) -> ProposedEdits:
    """The fewest relations to change so that every question is an order, verdicts kept in mind as relations."""
    ground = corrected.ground
    table, offsets = ground.cases.table, ground.cases.index.offsets
    found = structures(corrected.evidence, ground.aggregation, ground.tolerance, clock)
    place = {(int(i), int(j)): n for n, (i, j) in enumerate(zip(table.i, table.j, strict=True))}
    edits = [
        ProposedEdit(
            place[int(offsets[question]) + edit.i, int(offsets[question]) + edit.j], question, edit.before, edit.after
        )
        for question, structure in found.items()
        for edit in structure.edits
    ]
    touched = len({edit.question for edit in edits})
    return ProposedEdits(tuple(edits), touched, sum(structure.gap for structure in found.values()))


def propose_scores(corrected: Corrected, clock: SolverClock | None = None) -> list[ScoreEdit]:
    """Scores moved as little as possible to agree with the corrected comparisons; empty without scores."""
    ground, scores = corrected.ground, corrected.evidence.default_scores
    if scores is None:
        return []
    edits = score_edits(corrected.evidence, scores, ground.aggregation, ground.tolerance, clock)
    return sorted(edits, key=lambda edit: -edit.moved if np.isfinite(edit.moved) else 0.0)


def propose_acceptance(corrected: Corrected, level: float = 0.1, confidence: float = 0.9) -> Acceptance:
    """How many pairs may be accepted unseen at an error rate of at most ``level``. Raises UsageError."""
    return acceptance(corrected.ground.cases, corrected.evidence.votes, level, confidence)
