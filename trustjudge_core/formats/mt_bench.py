"""MT-bench: questions, model answers, single judgments and pair judgments. `votes` reads its votes.

The turn is part of the key: turn t of question q is the question ``q/turn-t``, whose text holds
everything the model had been asked by then and whose responses hold everything it had answered.
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
FAILED: Final = -1
REFERENCES: Final = "reference_answer"
"""The folder in which the project keeps what it shows a judge as right."""

_TWICE: Final = "remove one of the two; if a file holds reference answers, have it read as MT-bench: reference answers"
_WINNERS: Final = ("model_1", "model_2", "tie", "error")


def part_of(row: Row) -> str | None:
    """Which MT-bench file a row comes from, by its fields."""
    if "question_id" not in row:
        return "judge prompts" if row.keys() >= {"name", "type", "prompt_template"} else None
    if isinstance(row.get("choices"), list) and "model_id" in row:
        return "answers"
    if isinstance(row.get("turns"), list):
        return "questions"
    if "g1_winner" in row:
        return "pair judgments"
    if "model" in row and "score" in row and ("judge" in row or "user_prompt" in row):
        return "single judgments"
    return None


def so_far(turns: list[str | None], turn: int) -> str | None:
    """Everything said up to a turn; one turn alone as it is, several under headings."""
    if turn == 1:
        return turns[0]
    return "\n\n".join(f"Turn {t}:\n{text or ''}" for t, text in enumerate(turns[:turn], start=1))


def _turn_texts(at: Fields, turns: list[Any], key: str) -> list[str | None]:
    return [at.text_of(turn, key) for turn in turns]


def read_questions(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
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
            draft.question(at, f"{question_id}/turn-{turn}", so_far(turns, turn), category, reference)


def read_answers(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """A response for each turn of a model's first choice."""
    for at.line, at.values in rows:
        question_id, model = at.id("question_id"), at.id("model_id")
        answers = at.items("choices")
        if not answers:
            at.problem("choices", "is empty", "at least one choice", "add what the model answered")
            continue
        if len(answers) > 1:
            at.note("only the first of several choices is read", "only the first of several choices is read")
        turns = _turn_texts(at, at.items_of(at.mapping_of(answers[0], "choices").get("turns"), "turns"), "turns")
        if not turns:
            at.problem("choices", "holds no turns", "at least one turn", "add what the model answered")
        for turn in range(1, len(turns) + 1):
            key = f"{question_id}/turn-{turn}"
            if key not in draft.questions:
                at.report.note_once(at.line, "the question file is missing or lacks turns; their text is not known")
            question = draft.question(at, key, None)
            draft.response(at, question, Response(model, so_far(turns, turn), system=model), twice=_TWICE)


def read_references(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """A reference for each turn of a question that has none yet. Only their folder tells these files from answers."""
    at.report.note(None, "holds reference answers: they become references of their questions, not responses")
    for at.line, at.values in rows:
        question_id, answers = at.id("question_id"), at.items("choices")
        turns = at.items_of(at.mapping_of(answers[0] if answers else None, "choices").get("turns"), "turns")
        for turn, text in enumerate(_turn_texts(at, turns, "turns"), start=1):
            known = draft.questions.get(f"{question_id}/turn-{turn}")
            text = text if known is None or known.reference is None else None
            draft.question(at, f"{question_id}/turn-{turn}", None, reference=text)


def question_id_of(at: Fields, draft: Draft) -> str:
    """The question and turn a judgment is about. Where nobody says a turn, there is but one."""
    question_id, turn = at.id("question_id"), at.count("turn")
    if turn is None and at.values.get("turn") is None:
        if f"{question_id}/turn-2" in draft.questions:
            at.problem("turn", MISSING, "a whole number from 1", "say which turn was judged")
        else:
            at.report.note_once(at.line, "turns are not said; read as turn 1")
            turn = 1
    return f"{question_id}/turn-{turn}" if question_id and turn else ""


def judge_of(at: Fields, choices: Choices) -> str:
    """The judge's name; a list names the model and its prompt."""
    judge = at.values.get("judge")
    if judge is None:
        at.report.note_once(None, "the judge is not named in the file")
        at.report.asks.add("judge")
        return choices.named()
    return at.id_of(judge[0] if isinstance(judge, list) and judge else judge, "judge")


def read_single(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Score judgments from 1 to 10; -1 is a failure."""
    alone = not draft.has_responses
    for at.line, at.values in rows:
        question_id, model, judge = question_id_of(at, draft), at.id("model"), judge_of(at, choices)
        draft.refer(at, question_id, {"model": model}, alone, systems=True)
        _score(at, draft, (question_id, model, judge), "score", "judgment")


def _score(at: Fields, draft: Draft, about: tuple[str, str, str], key: str, text_key: str) -> None:
    value, text = at.values.get(key), at.text(text_key)
    if value == FAILED and type(value) is not bool:
        number, failure = None, f"invalid: {FAILED}"
    else:
        number, failure = at.score(value, SCALE, key), None
    if at.intact:
        draft.score(ScoreJudgment(*about, SCALE, emitted=number, text=text, failure=failure))


def read_pairs(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Two games a row: game 1 shows model_1 first, game 2 shows model_2 first.

    A judge that scores single answers played no game: its rows hold two scores, and a winner taken from them.
    """
    alone = not draft.has_responses
    for at.line, at.values in rows:
        question_id, judge = question_id_of(at, draft), judge_of(at, choices)
        one, two = models_of(at, draft, question_id, ("model_1", "model_2"), alone)
        if "m1_score" in at.values and "m2_score" in at.values:
            for model, key, text_key in ((one, "m1_score", "g1_judgment"), (two, "m2_score", "g2_judgment")):
                _score(at, draft, (question_id, model, judge), key, text_key)
            continue
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
            draft.pair(
                PairJudgment(
                    question_id, first, second, judge, None if failure else verdict, text=text, failure=failure
                )
            )  # fmt: skip


def models_of(at: Fields, draft: Draft, question_id: str, keys: tuple[str, str], alone: bool) -> tuple[str, str]:
    """The two models a judgment is about, which must be two."""
    models = at.id(keys[0]), at.id(keys[1])
    draft.refer(at, question_id, dict(zip(keys, models, strict=True)), alone, systems=True)
    if models[0] == models[1] and models[0]:
        at.problem(keys[1], f"{shown(models[1])} is the same as {keys[0]}", "two different models", "correct one")
    return models


PARTS = (
    Part("MT-bench", "questions", 0, lambda row: part_of(row) == "questions", read_questions),
    Part("MT-bench", "reference answers", 1, lambda row: part_of(row) == "answers", read_references, folder=REFERENCES),
    Part("MT-bench", "answers", 1, lambda row: part_of(row) == "answers", read_answers),
    Part("MT-bench", "single judgments", 3, lambda row: part_of(row) == "single judgments", read_single),
    Part("MT-bench", "pair judgments", 3, lambda row: part_of(row) == "pair judgments", read_pairs),
    Part("MT-bench", "judge prompts", 5, lambda row: part_of(row) == "judge prompts", not_read("describes prompts")),
)
