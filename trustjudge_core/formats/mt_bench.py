"""MT-bench: questions, model answers, single judgments, pair judgments and votes.

The turn is part of the key: turn t of question q is the question ``q/turn-t``, whose text holds
everything the model had been asked by then and whose responses hold everything it had answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from trustjudge_core.formats.check import Draft
from trustjudge_core.formats.fields import MISSING, Fields
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Row
from trustjudge_core.records import PairJudgment, Response, ScoreJudgment, Shown, Verdict

SCALE: Final = (1.0, 10.0)
FAILED: Final = -1

_WINNERS: Final = ("model_1", "model_2", "tie", "error")


def part_of(row: Row) -> str | None:
    """Which MT-bench file a row comes from, by its fields."""
    if "question_id" not in row:
        return None
    if isinstance(row.get("choices"), list) and "model_id" in row:
        return "answers"
    if isinstance(row.get("turns"), list):
        return "questions"
    if "g1_winner" in row:
        return "pair judgments"
    if "model_a" in row and "winner" in row:
        return "votes"
    if "model" in row and "judge" in row and "score" in row:
        return "single judgments"
    return None


def _so_far(turns: list[str | None], turn: int) -> str | None:
    """Everything said up to a turn; one turn alone as it is, several under headings."""
    if turn == 1:
        return turns[0]
    return "\n\n".join(f"Turn {t}:\n{text or ''}" for t, text in enumerate(turns[:turn], start=1))


def _turn_texts(at: Fields, turns: list[Any], key: str) -> list[str | None]:
    return [at.text_of(turn, key) for turn in turns]


def read_questions(rows: Iterator[tuple[int, Row]], at: Fields, draft: Draft) -> None:
    """A question for each turn."""
    for at.line, at.values in rows:
        question_id, category = at.id("question_id"), at.text("category")
        turns = _turn_texts(at, at.items("turns"), "turns")
        references = _turn_texts(at, at.items("reference"), "reference")
        if not turns:
            at.problem("turns", "is empty", "at least one turn", "add what was asked")
        if f"{question_id}/turn-1" in draft.questions:
            at.problem("question_id", f"{shown(question_id)} is there twice", "every question once", "remove one")
            continue
        for turn in range(1, len(turns) + 1):
            reference = references[turn - 1] if turn <= len(references) else None
            draft.question(at, f"{question_id}/turn-{turn}", _so_far(turns, turn), category, reference)


def read_answers(rows: Iterator[tuple[int, Row]], at: Fields, draft: Draft) -> None:
    """A response for each turn of a model's first choice."""
    for at.line, at.values in rows:
        question_id, model = at.id("question_id"), at.id("model_id")
        choices = at.items("choices")
        if not choices:
            at.problem("choices", "is empty", "at least one choice", "add what the model answered")
            continue
        if len(choices) > 1:
            at.note("only the first of several choices is read", "only the first of several choices is read")
        turns = _turn_texts(at, at.items_of(at.mapping_of(choices[0], "choices").get("turns"), "turns"), "turns")
        if not turns:
            at.problem("choices", "holds no turns", "at least one turn", "add what the model answered")
        for turn in range(1, len(turns) + 1):
            key = f"{question_id}/turn-{turn}"
            if key not in draft.questions:
                at.report.note_once(at.line, "the question file is missing or lacks turns; their text is not known")
            question = draft.question(at, key, None)
            draft.response(at, question, Response(model, _so_far(turns, turn), system=model))


def _question_id(at: Fields) -> str:
    """The question and turn a judgment is about."""
    question_id, turn = at.id("question_id"), at.count("turn")
    if turn is None and at.values.get("turn") is None:
        at.problem("turn", MISSING, "a whole number from 1", "say which turn was judged")
    return f"{question_id}/turn-{turn}" if question_id and turn else ""


def _judge(at: Fields) -> str:
    """The judge's name; a list names the model and its prompt."""
    judge = at.values.get("judge")
    return at.id_of(judge[0] if isinstance(judge, list) and judge else judge, "judge")


def read_single(rows: Iterator[tuple[int, Row]], at: Fields, draft: Draft) -> None:
    """Score judgments from 1 to 10; -1 is a failure."""
    for at.line, at.values in rows:
        question_id, model, judge = _question_id(at), at.id("model"), _judge(at)
        draft.knows(at, question_id, {"model": model})
        value, text = at.values.get("score"), at.text("judgment")
        if value == FAILED and type(value) is not bool:
            number, failure = None, f"invalid: {FAILED}"
        else:
            number, failure = at.score(value, SCALE, "score"), None
        if at.intact:
            draft.scores.append(
                ScoreJudgment(question_id, model, judge, SCALE, emitted=number, text=text, failure=failure)
            )


def read_pairs(rows: Iterator[tuple[int, Row]], at: Fields, draft: Draft) -> None:
    """Two games a row: game 1 shows model_1 first, game 2 shows model_2 first."""
    for at.line, at.values in rows:
        question_id, judge = _question_id(at), _judge(at)
        one, two = _models(at, draft, question_id, "model_1", "model_2")
        for game, first, second in (("g1", one, two), ("g2", two, one)):
            if game == "g2" and "g2_winner" not in at.values:
                at.note("game 2 is missing", "rows without game 2")
                continue
            winner = at.values.get(f"{game}_winner")
            if winner not in _WINNERS:
                at.problem(f"{game}_winner", shown(winner), ", ".join(_WINNERS), "say who won, or error")
            text = at.text(f"{game}_judgment")
            if not at.intact:
                continue
            won = {"model_1": one, "model_2": two}.get(str(winner))
            verdict: Shown | None = "tie" if won is None else "first" if won == first else "second"
            failure = "error" if winner == "error" else None
            draft.pairs.append(
                PairJudgment(
                    question_id, first, second, judge, None if failure else verdict, text=text, failure=failure
                )
            )  # fmt: skip


def _models(at: Fields, draft: Draft, question_id: str, one: str, two: str) -> tuple[str, str]:
    models = at.id(one), at.id(two)
    draft.knows(at, question_id, {one: models[0], two: models[1]})
    if models[0] == models[1] and models[0]:
        at.problem(two, f"{shown(models[1])} is the same as {one}", "two different models", "correct one of them")
    return models


def read_votes(rows: Iterator[tuple[int, Row]], at: Fields, draft: Draft) -> None:
    """Verdicts of people; a vote whose judge is a list or begins with "gpt" is a judgment of unknown order."""
    for at.line, at.values in rows:
        question_id, judge = _question_id(at), _judge(at)
        one, two = _models(at, draft, question_id, "model_a", "model_b")
        winner = at.values.get("winner")
        verdict: Shown | None = None
        if isinstance(winner, str):
            named: dict[str, Shown] = {"model_a": "first", "model_b": "second"}
            verdict = named.get(winner) or ("tie" if "tie" in winner else None)
        if verdict is None:
            at.problem("winner", shown(winner), "model_a, model_b or a text with tie", "say who won")
        if not at.intact:
            continue
        if isinstance(at.values.get("judge"), list) or judge.startswith("gpt"):
            draft.pairs.append(PairJudgment(question_id, one, two, judge, verdict, order_known=False))
        else:
            draft.verdicts.append(Verdict(question_id, judge, one, two, verdict))
