"""How far a review has come: what is decided, what the last verdict resolved, whether going on pays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from db import rubrics, verdict_history
from db.engine import reading
from trustjudge_core.outlook import Outlook, outlook
from trustjudge_core.overlap import case_states
from trustjudge_core.review import named, review_queue
from trustjudge_core.review_gain import corrected_relation, count_inconsistent
from trustjudge_core.review_records import ReviewColumns
from trustjudge_core.services.open_review import ReviewGround
from trustjudge_core.votes import placed


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the review of a run stands under the present rubric.

    ``settled`` of ``cases`` have enough agreeing people; ``mine`` this person decided or could not tell, and
    ``open_for_me`` can still be shown to them; ``disagreements`` are seen differently, ``split`` of them without a
    most frequent answer. ``inconsistent_before`` triples by the judge alone, ``inconsistent`` with the verdicts.
    ``last_resolved``: how many fewer there are for this person's newest verdict (negative: more), None without
    one. ``pace``: median of seconds taken over seconds expected, NaN when not known. ``outlook`` looks ahead.
    """

    cases: int
    settled: int
    decided: int
    mine: int
    open_for_me: int
    disagreements: int
    split: int
    overlap: int
    inconsistent_before: int
    inconsistent: int
    last_resolved: int | None
    pace: float
    outlook: Outlook


def review_progress(engine: Engine, ground: ReviewGround, person: str) -> Progress:
    """Progress as this person sees it. Raises UsageError for a name that cannot be used."""
    person = named(person)
    with reading(engine) as connection:
        _, rubric = rubrics.current(connection, ground.set_id)
        people = rubrics.overlap(connection, ground.set_id)
        given = verdict_history.review_columns(connection, ground.set_id, ground.numbers)
    cases = ground.cases
    states = case_states(cases, given, person, people, rubric.version)
    open_for_me = states.open_for_me(np.zeros(len(cases), np.int64))
    queue = review_queue(cases, states.votes, open_for_me)
    return Progress(
        cases=len(cases),
        settled=int(states.settled.sum()),
        decided=int((states.people > 0).sum()),
        mine=int(states.seen_by_me.sum()),
        open_for_me=int(open_for_me.sum()),
        disagreements=int(states.disagreement.sum()),
        split=int(states.split.sum()),
        overlap=people,
        inconsistent_before=count_inconsistent(cases, cases.relation),
        inconsistent=queue.inconsistent,
        last_resolved=_last_resolved(ground, given, person, states.votes, rubric.version),
        pace=_pace(ground, given, person),
        outlook=outlook(cases, states.votes, queue),
    )


def _last_resolved(
    ground: ReviewGround, given: ReviewColumns, person: str, votes: NDArray[np.int64], rubric: int
) -> int | None:
    """Inconsistent triples without this person's newest verdict minus those with it."""
    place, said = placed(ground.cases.table, given.verdicts, len(ground.cases.index.response_ids))
    mine = np.array([name == person for name in given.verdicts.annotators], np.bool_)
    usable = (place >= 0) & (given.rubric == rubric)
    newest = np.flatnonzero(usable & mine[given.verdicts.annotator]) if len(mine) else np.zeros(0, np.int64)
    if not len(newest):
        return None
    last = int(newest[np.argmax(given.row[newest])])
    if said[last] not in (-1, 0, 1):
        return 0  # who cannot tell changes nothing
    without = votes.copy()
    without[place[last], said[last] + 1] -= 1
    now, before = (count_inconsistent(ground.cases, corrected_relation(ground.cases, v)) for v in (votes, without))
    return before - now


def _pace(ground: ReviewGround, given: ReviewColumns, person: str) -> float:
    place, _ = placed(ground.cases.table, given.verdicts, len(ground.cases.index.response_ids))
    mine = np.array([name == person for name in given.verdicts.annotators], np.bool_)
    timed = (place >= 0) & np.isfinite(given.seconds)
    if not len(mine) or not (timed & mine[given.verdicts.annotator]).any():
        return float("nan")
    use = timed & mine[given.verdicts.annotator]
    return float(np.median(given.seconds[use] / ground.cases.seconds[place[use]]))
