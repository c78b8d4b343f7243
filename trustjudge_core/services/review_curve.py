"""What the verdicts given so far have resolved, one after the other."""

from __future__ import annotations

from typing import Final

import numpy as np
from sqlalchemy import Engine

from db import verdict_history
from db.engine import reading
from trustjudge_core.records import UNKNOWN
from trustjudge_core.review_gain import corrected_relation, count_inconsistent
from trustjudge_core.services.open_review import ReviewGround
from trustjudge_core.votes import newest_of_each, placed

MOST_POINTS: Final = 120


def review_curve(engine: Engine, ground: ReviewGround) -> list[tuple[int, int]]:
    """(verdicts, inconsistent triples left) along the standing verdicts in the order they were given, from 0.

    Of each person the newest verdict about a pair counts, where it was given. Long histories are
    shown at MOST_POINTS places, the last among them.
    """
    with reading(engine) as connection:
        given = verdict_history.review_columns(connection, ground.set_id, ground.numbers)
    cases = ground.cases
    place, said = placed(cases.table, given.verdicts, len(cases.index.response_ids))
    decides = (place >= 0) & (given.verdicts.verdict != UNKNOWN)
    order = newest_of_each(place, given.verdicts.annotator, decides)
    stops = np.unique(np.linspace(0, len(order), min(len(order) + 1, MOST_POINTS)).round().astype(np.int64))
    votes = np.zeros((len(cases), 3), np.int64)
    points, done = [], 0
    for stop in stops.tolist():
        some = order[done:stop]
        np.add.at(votes, (place[some], said[some] + 1), 1)
        done = stop
        points.append((stop, count_inconsistent(cases, corrected_relation(cases, votes))))
    return points
