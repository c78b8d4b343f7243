"""The exact prompts that a run would begin with, without a model."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from db import response_sets
from db.engine import reading
from trustjudge_core.errors import NotFound
from trustjudge_core.judge.contract import Prompt
from trustjudge_core.judge.prompts import Protocol, pair_prompt, score_prompt

__all__ = ["Prompt", "PromptPreview", "Protocol", "preview_prompt"]


@dataclass(frozen=True, slots=True)
class PromptPreview:
    """What the judge reads for the first response of a question, and for its first pair; None where there is none."""

    question_id: str
    score: Prompt
    pair: Prompt | None


def preview_prompt(engine: Engine, set_id: int, protocol: Protocol, question_id: str | None = None) -> PromptPreview:
    """The prompts of the first question that has texts, or of the named one.

    Raises NotFound when there is none, UsageError when the named question has no texts.
    """
    with reading(engine) as connection:
        if question_id is not None:
            question = response_sets.read_question(connection, set_id, question_id)
        else:
            candidates = response_sets.read(connection, set_id)[0].questions
            spoken = (q for q in candidates if q.text is not None and any(r.text is not None for r in q.responses))
            found = max(spoken, key=lambda q: min(2, sum(r.text is not None for r in q.responses)), default=None)
            if found is None:
                raise NotFound(
                    "no question of this set has texts; allowed: questions and responses with texts; import the texts"
                )
            question = found
    given = [response for response in question.responses if response.text is not None] or list(question.responses)
    return PromptPreview(
        question.question_id,
        score_prompt(protocol, question, given[0]),
        pair_prompt(protocol, question, given[0], given[1]) if len(given) > 1 else None,
    )
