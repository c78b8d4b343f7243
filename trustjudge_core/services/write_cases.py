"""The review queue as a file, for people who decide in Argilla; `read_verdicts` brings back what they said."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
from sqlalchemy import Engine

from db import response_sets, rubrics, verdict_history
from db.engine import reading
from trustjudge_core.export.argilla import Case, argilla_records, has_texts, record_lines
from trustjudge_core.overlap import case_states
from trustjudge_core.review import Policy, review_queue
from trustjudge_core.services.open_review import ReviewGround

NOBODY = ""


@dataclass(frozen=True, slots=True)
class WrittenCases:
    """How many cases were written, and how many open ones were not because a text is not known."""

    written: int
    without_text: int


def write_cases(
    engine: Engine,
    ground: ReviewGround,
    file: IO[bytes],
    *,
    most: int | None = None,
    policy: Policy = "gain",
    seed: int = 0,
) -> WrittenCases:
    """Write the cases that wait for somebody, best first, as Argilla records (JSON Lines), at most so many.

    Blind: nothing of what the judge said is in them, and which response comes first is drawn by the seed.
    """
    with reading(engine) as connection:
        _, rubric = rubrics.current(connection, ground.set_id)
        given = verdict_history.review_columns(connection, ground.set_id, ground.numbers)
        states = case_states(ground.cases, given, NOBODY, rubrics.overlap(connection, ground.set_id), rubric.version)
        response_set, _ = response_sets.read(connection, ground.set_id)
    is_open = states.open_for_me(np.zeros(len(ground.cases), np.int64))
    order = review_queue(ground.cases, states.votes, is_open, policy, seed=seed).order
    questions = {question.question_id: question for question in response_set.questions}
    cases = list(_shown(ground, order.tolist(), seed))
    readable = [case for case in cases if has_texts(questions[case[0]], case[1:])]
    file.writelines(record_lines(argilla_records(response_set, readable[:most])))
    return WrittenCases(len(readable[:most]), len(cases) - len(readable))


def _shown(ground: ReviewGround, order: list[int], seed: int) -> Iterator[Case]:
    index, table = ground.cases.index, ground.cases.table
    sides = random.Random(seed)
    for case in order:
        first, second = (index.response_ids[int(end)] for end in (table.i[case], table.j[case]))
        question_id = index.question_ids[int(table.question[case])]
        yield (question_id, first, second) if sides.random() < 0.5 else (question_id, second, first)
