"""The next single response for a person to score: where the judge's own score is least sure."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Engine

from db import rubrics, verdict_history
from db.engine import reading, writing
from trustjudge_core.review import named
from trustjudge_core.scores import entropy
from trustjudge_core.services.open_review import ReviewGround
from trustjudge_core.services.show_case import ShownCase, present


def next_response(engine: Engine, ground: ReviewGround, person: str) -> ShownCase | None:
    """A response that this person has not scored under the present rubric; None when there is none left.

    Widest distributions of the judge's first criterion come first (entropy), responses that it did not score after
    them, in the order of the set. Raises UsageError for a name that cannot be used.
    """
    person, index = named(person), ground.cases.index
    with writing(engine) as connection:
        rubric_id, rubric = rubrics.current(connection, ground.set_id)
        given = verdict_history.history(connection, ground.set_id, person=person, only_standing=True)
        done = {(v.question_id, v.response_id) for v in given if v.rubric == rubric.version}
        for response in _least_sure_first(ground):
            about = index.question_ids[int(ground.evidence.question_of[response])], index.response_ids[response]
            if about not in done:
                return present(connection, ground, person, about[0], [about[1]], rubric_id, rubric)
    return None


def scored_responses(engine: Engine, ground: ReviewGround, person: str) -> int:
    """How many responses this person has scored, or could not, under the present rubric."""
    with reading(engine) as connection:
        _, rubric = rubrics.current(connection, ground.set_id)
        given = verdict_history.history(connection, ground.set_id, person=named(person), only_standing=True)
    return sum(v.response_id is not None and v.rubric == rubric.version for v in given)


def _least_sure_first(ground: ReviewGround) -> list[int]:
    unsure = np.full(len(ground.cases.index.response_ids), -1.0)
    for sheet in ground.evidence.sheets[:1]:
        unsure[sheet.response] = entropy(sheet)
    order: list[int] = np.argsort(-unsure, kind="stable").tolist()
    return order
