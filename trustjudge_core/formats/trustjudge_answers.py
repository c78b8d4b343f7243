"""TrustJudge answers: a row per question with ``answers[].text[]``.

Responses are numbered in order of appearance over all answers of a question; this *global index*
is what the judgment files call them by.
"""

from __future__ import annotations

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft, DraftQuestion
from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.records import Response


def is_answers(row: Row) -> bool:
    """Whether a row has the fields of TrustJudge answers."""
    answers = row.get("answers")
    return (
        "question_id" in row and isinstance(answers, list) and any(isinstance(a, dict) and "text" in a for a in answers)
    )


def read_answers(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Questions with their responses; ``score`` of an answer is a gold score of each of its texts."""
    for at.line, at.values in rows:
        row = at.values
        question = draft.question(at, at.id("question_id"), at.text("question"), at.text("category"))
        index = 0
        for answer in at.items("answers"):
            at.values = at.mapping_of(answer, "answers")
            gold = at.number("score")
            for text in at.items("text"):
                draft.response(at, question, Response(str(index), at.answer_text(text, "text"), gold=gold))
                index += 1
        at.values = row


def add_candidates(at: Fields, draft: Draft) -> DraftQuestion:
    """The question of a judgment row with the responses the row repeats under ``candidate_answers``."""
    question = draft.question(at, at.id("question_id"), at.text("question"), at.text("category"))
    for entry in at.items("candidate_answers"):
        candidate = at.mapping_of(entry, "candidate_answers")
        response_id = at.id_of(candidate.get("global_index"), "global_index")
        text = at.answer_text(candidate.get("text"), "text")
        draft.response(at, question, Response(response_id, text), again=True)
    return question


PARTS = (Part("TrustJudge", "answers", 0, is_answers, read_answers),)
