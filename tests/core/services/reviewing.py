"""A stored tournament for people to review, whose judge flips with the order on purpose."""

from __future__ import annotations

from sqlalchemy import Engine

from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.planted_bundle import planted_bundle
from trustjudge_core.records import Shown
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.next_case import Choice, next_case
from trustjudge_core.services.open_review import ReviewGround, open_review
from trustjudge_core.services.show_case import ShownCase
from trustjudge_core.services.store_verdict import StoredVerdict, store_verdict

DIALS = Dials(noise=0.7, position_bias=1.0, tie=0.5)


def stored_tournament(engine: Engine, questions: int = 4, responses: int = 4, seed: int = 1) -> ReviewGround:
    """Import a planted tournament and open it for review."""
    planted = planted_run(DIALS, questions=questions, responses=responses, seed=seed)
    outcome = import_bundle(engine, planted_bundle(planted), "planted")
    return open_review(engine, outcome.run_ids[0], aggregation="baseline")


def shown(engine: Engine, ground: ReviewGround, person: str = "ann", choice: Choice | None = None) -> ShownCase:
    """The next case, which must exist."""
    case = next_case(engine, ground, person, choice)
    assert case is not None
    return case


def decide(
    engine: Engine, ground: ReviewGround, verdict: Shown | None, person: str = "ann", choice: Choice | None = None
) -> StoredVerdict:
    """Decide the next case."""
    return store_verdict(engine, shown(engine, ground, person, choice).token, person, verdict)


def pair_of(case: ShownCase) -> tuple[str, frozenset[str | None]]:
    """Which pair a case is about, whatever the sides."""
    return case.presentation.question_id, frozenset((case.presentation.first, case.presentation.second))
