"""Arena-Hard: questions, answers, and two games of each model against a baseline.

Game 0 shows the baseline as A, game 1 the model as A. Files of before version 2 say question_id for
uid, hold turns instead of messages, and name no baseline.
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
from trustjudge_core.formats.verdict_labels import LABELS_IN_WORDS, is_torn, read_label
from trustjudge_core.records import PairJudgment, Response


def is_questions(row: Row) -> bool:
    """Whether a row is a question of either version."""
    return ("uid" in row and "prompt" in row) or ("question_id" in row and _old_turns(row.get("turns")))


def is_answers(row: Row) -> bool:
    """Whether a row is an answer of either version."""
    if "uid" in row and "model" in row and isinstance(row.get("messages"), list):
        return True
    choices = row.get("choices")
    return (
        "model_id" in row
        and isinstance(choices, list)
        and bool(choices)
        and isinstance(choices[0], dict)
        and _old_turns(choices[0].get("turns"))
    )


def is_judgments(row: Row) -> bool:
    """Whether a row holds the games of a model."""
    return isinstance(row.get("games"), list) and "model" in row and ("uid" in row or "question_id" in row)


def is_leaderboard(row: Row) -> bool:
    """Whether a row sums up a model."""
    return row.keys() >= {"model", "score", "rating_q025", "rating_q975"}


def _old_turns(turns: Any) -> bool:
    """Turns as objects with a content; MT-bench has plain texts there."""
    return isinstance(turns, list) and bool(turns) and all(isinstance(t, dict) and "content" in t for t in turns)


def _uid(at: Fields) -> str:
    return at.id("uid" if at.values.get("uid") is not None else "question_id")


def _content(at: Fields, value: Any, key: str) -> str | None:
    """A message's content: text, an object with the answer, or a text with its images."""
    if isinstance(value, dict):
        value = value.get("answer")
    elif isinstance(value, list):
        value = next((part for part in value if isinstance(part, str)), None)
    return at.answer_text(value, key)


def _turns(at: Fields, turns: Any) -> str | None:
    texts = [_content(at, turn.get("content"), "content") for turn in turns]
    return texts[0] if len(texts) == 1 else "\n\n".join(text or "" for text in texts)


def read_questions(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Questions with their category."""
    for at.line, at.values in rows:
        turns = at.values.get("turns")
        text = at.text("prompt") if turns is None or not _old_turns(turns) else _turns(at, turns)
        draft.question(at, _uid(at), text, at.text("category"))


def read_answers(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """One response a row: the last message."""
    for at.line, at.values in rows:
        model = at.id("model" if at.values.get("model") is not None else "model_id")
        question = draft.question(at, _uid(at), None)
        messages = at.items("messages")
        if messages:
            text = _content(at, at.mapping_of(messages[-1], "messages").get("content"), "messages")
        else:
            answers = at.items("choices")
            turns = at.mapping_of(answers[0] if answers else None, "choices").get("turns")
            text = _turns(at, turns) if _old_turns(turns) else at.answer_text(None, "choices")
        draft.response(at, question, Response(model, text, system=model))


_NO_GAMES: Final = (None, None)
"""A judge that failed altogether."""


def read_judgments(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """A pair judgment a game, with its strength."""
    alone = not draft.has_responses
    for at.line, at.values in rows:
        question_id, model, judge = _uid(at), at.id("model"), at.name("judge", choices.named())
        baseline = at.name("baseline", choices.baseline or "")
        if not baseline:
            at.problem("baseline", MISSING, "the model that all others were compared with", "name the baseline")
            continue
        draft.refer(at, question_id, {"model": model, "baseline": baseline}, alone, systems=True)
        if model == baseline:
            at.problem("model", f"{shown(model)} is the baseline itself", "another model", "leave the row out")
        for number, game in enumerate(at.items("games") or _NO_GAMES):
            first, second = (model, baseline) if number % 2 else (baseline, model)
            judgment = _game(at, game, (question_id, first, second, judge))
            if at.intact:
                draft.pair(judgment)


def _game(at: Fields, game: Any, about: tuple[str, str, str, str]) -> PairJudgment:
    """One game; null is a judge that gave nothing."""
    if game is None:
        return PairJudgment(*about, failure="no judgment")
    values = at.mapping_of(game, "games")
    said = values.get("judgment")
    text = at.any_text(said.get("answer") if isinstance(said, dict) else said, "judgment")
    score = values.get("score")
    if score is None:
        return PairJudgment(*about, text=text, failure="no verdict")
    if isinstance(score, str) and is_torn(score):
        return PairJudgment(*about, text=text, failure=f"invalid: {score.strip()}")
    label = read_label(score) if isinstance(score, str) else None
    if label is None:
        at.problem("score", shown(score), f"{LABELS_IN_WORDS}, or null", "correct the label")
        return PairJudgment(*about, text=text)
    return PairJudgment(*about, label[0], text=text, strength=label[1])


PARTS = (
    Part("Arena-Hard", "questions", 0, is_questions, read_questions),
    Part("Arena-Hard", "answers", 1, is_answers, read_answers),
    Part("Arena-Hard", "judgments", 3, is_judgments, read_judgments, asks=("baseline",)),
    Part("Arena-Hard", "leaderboard", 5, is_leaderboard, not_read("is a leaderboard")),
)
