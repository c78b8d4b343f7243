"""Everything recorded about one response by itself: its text and every score that the run's judge gave it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from db import response_sets, runs, score_judgments
from db.engine import reading
from trustjudge_core.errors import NotFound
from trustjudge_core.records import Response, ScoreJudgment


@dataclass(frozen=True, slots=True)
class ResponseEvidence:
    """A response and its score judgments that count, failed ones too, in the order they were recorded."""

    response: Response
    scores: tuple[ScoreJudgment, ...]


def read_response(engine: Engine, run_id: int, question_id: str, response_id: str) -> ResponseEvidence:
    """The evidence about one response. Raises NotFound."""
    with reading(engine) as connection:
        set_id, _ = runs.find(connection, run_id)
        question = response_sets.read_question(connection, set_id, question_id)
        given = {response.response_id: response for response in question.responses}
        if response_id not in given:
            raise NotFound(
                f"response {response_id!r} is not in question {question_id!r}; allowed: {', '.join(given)}; "
                "choose one of them"
            )
        rows = response_sets.find_rows(connection, set_id, question_id, (response_id,))
        return ResponseEvidence(
            response=given[response_id],
            scores=tuple(score_judgments.read(connection, run_id, about=rows[response_id])),
        )
