"""The next case for a person to decide: chosen, its sides drawn, and stored as shown."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from db import moments, presentations, rubrics, verdict_history
from db.engine import writing
from trustjudge_core.errors import UsageError
from trustjudge_core.overlap import CaseStates, case_states
from trustjudge_core.review import Policy, named, review_queue
from trustjudge_core.review_records import Presentation
from trustjudge_core.services.open_review import ReviewGround
from trustjudge_core.services.show_case import ShownCase, case_of, present, shown_case

HELD: Final = timedelta(minutes=10)
"""How long a case that somebody is looking at is kept from others who could as well take another."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which cases to show. ``pairs`` picks them by hand, (question, response, response), and they come in that order.

    ``category`` keeps to one category. ``disagreements`` shows what people see differently, also to those who
    decided it.
    """

    policy: Policy = "gain"
    category: str | None = None
    pairs: tuple[tuple[str, str, str], ...] = ()
    disagreements: bool = False
    seed: int = 0


def next_case(engine: Engine, ground: ReviewGround, person: str, choice: Choice | None = None) -> ShownCase | None:
    """The case that this person should decide next; None when nothing is open for them.

    One that they were shown and have not decided comes back with the same token, as after a browser was
    closed. Cases on other people's screens are passed over while others are open.
    Raises UsageError for a name or category that cannot be used, NotFound for a hand-picked pair that is no case.
    """
    wanted = choice or Choice()
    person = named(person)
    with writing(engine) as connection:
        rubric_id, rubric = rubrics.current(connection, ground.set_id)
        given = verdict_history.review_columns(connection, ground.set_id, ground.numbers)
        states = case_states(ground.cases, given, person, rubrics.overlap(connection, ground.set_id), rubric.version)
        shown = [
            (p, case)
            for p in presentations.unanswered(connection, ground.set_id, moments.now() - HELD)
            if p.rubric_id == rubric_id and (case := case_of(ground, p)) is not None
        ]
        order = _order(ground, states, wanted, person, shown)
        fitting = set(order[:1].tolist() if wanted.pairs else order.tolist())
        mine = next((p for p, case in shown if p.person == person and case in fitting), None)
        if mine is not None:
            return shown_case(connection, ground, mine, rubric)
        if not len(order):
            return None
        table, case = ground.cases.table, int(order[0])
        ends = [int(table.i[case]), int(table.j[case])]
        if secrets.randbits(1):
            ends.reverse()
        question = int(table.question[case])
        ids = [ground.cases.index.response_ids[end] for end in ends]
        return present(connection, ground, person, ground.cases.index.question_ids[question], ids, rubric_id, rubric)


def _order(
    ground: ReviewGround,
    states: CaseStates,
    wanted: Choice,
    person: str,
    shown: Collection[tuple[Presentation, int]],
) -> NDArray[np.int64]:
    """Cases to show to this person, best first."""
    cases = ground.cases
    held = np.zeros(len(cases), np.int64)
    for presentation, case in shown:
        held[case] += presentation.person != person
    fits = np.ones(len(cases), np.bool_)
    if wanted.category is not None:
        fits = _of_category(ground, wanted.category)
    if wanted.disagreements:
        return np.flatnonzero(fits & states.to_reconsider)
    if wanted.pairs:
        picked = np.array([ground.case_number(*pair) for pair in wanted.pairs], np.int64)
        is_open = states.open_for_me(np.zeros_like(held)) & fits
        return picked[is_open[picked]]
    is_open = states.open_for_me(held) & fits
    if not is_open.any():
        is_open = states.open_for_me(np.zeros_like(held)) & fits
    return review_queue(cases, states.votes, is_open, wanted.policy, seed=wanted.seed).order


def _of_category(ground: ReviewGround, category: str) -> NDArray[np.bool_]:
    names, of_question = ground.evidence.categories
    if category not in names:
        raise UsageError(f"category {category!r} is not in this set; allowed: {', '.join(names)}; choose one of these")
    fits: NDArray[np.bool_] = of_question[ground.cases.table.question] == names.index(category)
    return fits
