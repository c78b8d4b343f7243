"""FastChat reviews (Vicuna's evaluation and what descends from it): questions, answers, reviews of two answers.

Ids say which answer was shown first, never file names. A pair of scores is two score judgments and the
comparison they make.
"""

from __future__ import annotations

from typing import Any, Final

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import MISSING, Fields
from trustjudge_core.formats.parts import Part, not_read
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.records import PairJudgment, Response, ScoreJudgment, Shown

SCALE: Final = (1.0, 10.0)
CRITERION: Final = "overall, scored side by side"
FAILED: Final = -1

_CLASSES: Final[dict[float, Shown]] = {1.0: "first", 2.0: "second", 3.0: "tie"}
_ALLOWED: Final = "1, 2, 3, -1 or two numbers"
_SETUP: Final = (("reviewer_id", "prompt_id"), ("prompt_id", "prompt_template"), ("model_id", "model_name"))


def is_reviews(row: Row) -> bool:
    """Whether a row is a review of two answers."""
    return "answer1_id" in row and "answer2_id" in row and "question_id" in row


def is_answers(row: Row) -> bool:
    """Whether a row is one answer of a model."""
    return "answer_id" in row and "question_id" in row and "text" in row


def is_questions(row: Row) -> bool:
    """Whether a row is a question."""
    return row.keys() >= {"question_id", "text", "category"} and not row.keys() & {"answer_id", "judge", "model_id"}


def is_setup(row: Row) -> bool:
    """Whether a row describes a reviewer, prompt or model; nothing is judged in it."""
    return "question_id" not in row and any(row.keys() >= set(keys) for keys in _SETUP)


def read_questions(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Questions with their category."""
    for at.line, at.values in rows:
        draft.question(at, at.id("question_id"), at.text("text"), at.text("category"))


def read_answers(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Responses under the ids that reviews call them by."""
    for at.line, at.values in rows:
        question = draft.question(at, at.id("question_id"), None)
        text = at.answer_text(at.values.get("text"), "text")
        draft.response(at, question, Response(at.id("answer_id"), text, at.optional_id("model_id")))


def read_reviews(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Pair judgments, and score judgments where the reviewer scored both answers."""
    alone = not draft.has_responses
    for at.line, at.values in rows:
        question_id, one, two = at.id("question_id"), at.id("answer1_id"), at.id("answer2_id")
        draft.refer(at, question_id, {"answer1_id": one, "answer2_id": two}, alone)
        if one == two and one:
            at.problem("answer2_id", f"{shown(two)} is the same as answer1_id", "two answers", "correct one of them")
        judge = _judge(at, choices)
        text, score = at.text("text"), at.values.get("score", MISSING)
        about = (question_id, one, two, judge)
        if text == "error":
            _add(at, draft, PairJudgment(*about, text=text, failure="error"))
        elif score is None or score == FAILED or score == [FAILED, FAILED]:
            reason = "no score" if score is None else f"invalid: {FAILED}"
            _add(at, draft, PairJudgment(*about, text=text, failure=reason))
        elif isinstance(score, list):
            _both_scores(at, draft, about, score, text)
        else:
            verdict = _CLASSES.get(score) if type(score) in (int, float) else None
            if verdict is None:
                at.problem("score", MISSING if score == MISSING else shown(score), _ALLOWED, "say who won")
            _add(at, draft, PairJudgment(*about, verdict, text=text))


def _judge(at: Fields, choices: Choices) -> str:
    """The reviewer, where the id is a name. A number stands for one of the prompts that a single judge was given."""
    reviewer = at.name("reviewer_id", choices.named())
    if not reviewer.isdecimal():
        return choices.judge or reviewer
    at.report.note_once(None, "reviewers are numbered, not named; read as one judge")
    return choices.named()


def _add(at: Fields, draft: Draft, judgment: PairJudgment) -> None:
    if at.intact:
        draft.pair(judgment)


def _both_scores(
    at: Fields, draft: Draft, about: tuple[str, str, str, str], scores: list[Any], text: str | None
) -> None:
    """The higher score wins. A score outside 1-10 has failed as a score, and still compares."""
    question_id, one, two, judge = about
    if len(scores) != 2:
        at.problem("score", f"holds {len(scores)} numbers", _ALLOWED, "give a score for each of the two answers")
        return
    first, second = (at.number_of(value, "score") for value in scores)
    if not at.intact:
        return
    verdict: Shown = "first" if first > second else "second" if second > first else "tie"
    draft.pair(PairJudgment(*about, verdict, text=text, strength=abs(first - second) or None))
    for response, number, place in ((one, first, "first"), (two, second, "second")):
        on_scale = SCALE[0] <= number <= SCALE[1]
        draft.score(
            ScoreJudgment(
                question_id, response, judge, SCALE, CRITERION, number if on_scale else None, text=text,
                context=f'{{"shown":"{place}"}}', failure=None if on_scale else f"outside 1-10: {number:g}",
            )
        )  # fmt: skip


PARTS = (
    Part("FastChat reviews", "questions", 0, is_questions, read_questions),
    Part("FastChat reviews", "answers", 1, is_answers, read_answers),
    Part("FastChat reviews", "reviews", 3, is_reviews, read_reviews, asks=("judge",)),
    Part(
        "FastChat reviews",
        "reviewers, prompts, models",
        5,
        is_setup,
        not_read("describes reviewers, prompts or models"),
    ),
)
