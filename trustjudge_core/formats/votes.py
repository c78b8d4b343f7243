"""Votes about two models: those of MT-bench, and battles of the Chatbot Arena with or without their conversations.

A battle that names no question is a question of its own, whose text is not known.
"""

from __future__ import annotations

from typing import Any, Final

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.mt_bench import judge_of, models_of, question_id_of, so_far
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.records import PairJudgment, Response, Shown, Verdict

PEOPLE: Final = "people"
"""The annotator where people voted whom nobody names."""

_NAMED: Final[dict[str, Shown]] = {"model_a": "first", "model_b": "second", "both_bad": "tie", "bothbad": "tie"}
_OF_PEOPLE: Final = frozenset({"anony", "evaluation_session_id"})
"""Fields that the arena keeps of a vote."""


def is_votes(row: Row) -> bool:
    """Whether a row says which of two models won, in the words of these files."""
    if not row.keys() >= {"model_a", "model_b", "winner"}:
        return False
    return ("turn" in row and "question_id" in row) or _won(row["winner"]) is not None


def _won(winner: Any) -> Shown | None:
    if not isinstance(winner, str):
        return None
    return _NAMED.get(winner) or ("tie" if "tie" in winner else None)


def read_votes(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Verdicts of people. What a model voted is a judgment of unknown order: its name is a list or begins with gpt,
    or nobody is named and nothing tells of the arena."""
    alone = not draft.has_responses
    for at.line, at.values in rows:
        said = _conversations(at) if alone else {}
        question_id = _question_id(at, draft, said)
        if said and question_id:
            _add(at, draft, question_id, said)
        one, two = models_of(at, draft, question_id, ("model_a", "model_b"), alone)
        verdict = _won(at.values.get("winner"))
        if verdict is None:
            at.problem("winner", shown(at.values.get("winner")), "model_a, model_b or a text with tie", "say who won")
        person = _person(at, choices)
        judge = None if person is not None else judge_of(at, choices)
        if not at.intact:
            continue
        if person is not None:
            draft.verdict(Verdict(question_id, person, one, two, verdict))
        elif judge is not None:
            draft.pair(PairJudgment(question_id, one, two, judge, verdict, order_known=False))


def _person(at: Fields, choices: Choices) -> str | None:
    """Who voted, or None for a model."""
    judge = at.values.get("judge")
    if judge is None:
        return PEOPLE if _OF_PEOPLE & at.values.keys() else None
    if isinstance(judge, list) or str(judge).startswith("gpt"):
        return None
    return at.id_of(judge, "judge")


def _question_id(at: Fields, draft: Draft, said: dict[str, dict[str, list[str | None]]]) -> str:
    """The question with its turn; the whole conversation where no turn is said."""
    if at.values.get("question_id") is not None and not (said and at.values.get("turn") is None):
        return question_id_of(at, draft)
    key = next((key for key in ("question_id", "id") if at.values.get(key) is not None), None)
    if key is not None:
        return at.id(key)
    at.report.note_once(None, "questions are not named; every battle is a question of its own")
    number = len(draft.questions) + 1
    while f"battle-{number}" in draft.questions:
        number += 1
    return f"battle-{number}"


def _conversations(at: Fields) -> dict[str, dict[str, list[str | None]]]:
    """What user and assistant said to each model, where a vote repeats it."""
    said: dict[str, dict[str, list[str | None]]] = {}
    for letter in "ab":
        key = f"conversation_{letter}"
        for message in at.items(key):
            values = at.mapping_of(message, key)
            texts = said.setdefault(letter, {"user": [], "assistant": []})
            texts.get(str(values.get("role")), []).append(_content(at, values.get("content"), key))
    return said


def _content(at: Fields, value: Any, key: str) -> str | None:
    """A message's text; one of several parts holds texts and pictures."""
    if not isinstance(value, list):
        return at.text_of(value, key)
    parts = [part for part in value if isinstance(part, dict)]
    texts = [
        at.text_of(part.get("text"), key) if part.get("type") == "text" else f"[{part.get('type')}]" for part in parts
    ]
    return "\n".join(text or "" for text in texts)


def _add(at: Fields, draft: Draft, question_id: str, said: dict[str, dict[str, list[str | None]]]) -> None:
    """Question and responses of a vote, up to its turn."""
    for letter, texts in said.items():
        least = min(map(len, texts.values()))
        turn = at.count("turn") or least
        if 0 < turn <= least:
            question = draft.question(at, question_id, so_far(texts["user"], turn))
            model = at.id(f"model_{letter}")
            draft.response(at, question, Response(model, so_far(texts["assistant"], turn), model), again=True)


PARTS = (Part("MT-bench", "votes", 4, is_votes, read_votes),)
