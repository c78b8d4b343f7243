"""Everything recorded about two responses: what a person needs to judge the judge."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from db import pair_judgments, response_sets, runs, score_judgments, verdicts
from db.engine import reading
from trustjudge_core.errors import NotFound
from trustjudge_core.records import PairJudgment, Question, Response, ScoreJudgment, Verdict


@dataclass(frozen=True, slots=True)
class PairEvidence:
    """Two responses of a question and all that the run's judge and people said about them.

    ``orders`` holds every pair judgment of the two, whichever was shown first; ``verdicts`` those
    about the pair, in either order, and about each response.
    """

    question: Question
    a: Response
    b: Response
    orders: tuple[PairJudgment, ...]
    scores_a: tuple[ScoreJudgment, ...]
    scores_b: tuple[ScoreJudgment, ...]
    verdicts: tuple[Verdict, ...]


def read_pair(engine: Engine, run_id: int, question_id: str, a_id: str, b_id: str) -> PairEvidence:
    """The evidence about responses ``a_id`` and ``b_id``. Raises NotFound."""
    with reading(engine) as connection:
        set_id, _ = runs.find(connection, run_id)
        question = response_sets.read_question(connection, set_id, question_id)
        given = {response.response_id: response for response in question.responses}
        for response_id in (a_id, b_id):
            if response_id not in given:
                raise NotFound(
                    f"response {response_id!r} is not in question {question_id!r}; allowed: {', '.join(given)}; "
                    "choose two of them"
                )
        rows = response_sets.find_rows(connection, set_id, question_id, (a_id, b_id))
        return PairEvidence(
            question=question,
            a=given[a_id],
            b=given[b_id],
            orders=tuple(pair_judgments.read(connection, run_id, between=rows.values())),
            scores_a=tuple(score_judgments.read(connection, run_id, about=rows[a_id])),
            scores_b=tuple(score_judgments.read(connection, run_id, about=rows[b_id])),
            verdicts=tuple(verdicts.read(connection, set_id, about=rows.values())),
        )
