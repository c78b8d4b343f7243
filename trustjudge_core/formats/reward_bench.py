"""RewardBench, both versions: a prompt with responses of which some are right and the others wrong.

Ids repeat across subsets, so a question is known by subset and id. Responses are numbered, so that an id does
not tell which of them is right; that is their gold score, and the verdict of the annotator ``gold``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from trustjudge_core.formats.alpaca_eval import id_of_text
from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft, DraftQuestion
from trustjudge_core.formats.fields import MISSING, Fields
from trustjudge_core.formats.judge_bench import GOLD, REWARD, range_of
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.records import Response, ScoreJudgment, Verdict

_AGAIN: Final = ""

_RESPONSES: Final = (("chosen", "rejected"), ("text_chosen", "text_rejected"))
_REWARDS: Final = (("scores_chosen", "scores_rejected"), ("score_chosen", "score_rejected"))
"""What the project's own command writes beside the responses, and preference data that a model scored."""


def is_rewards(row: Row) -> bool:
    """Whether a row has a prompt with chosen and rejected responses."""
    return "prompt" in row and any(row.keys() >= set(keys) for keys in _RESPONSES)


def read_rewards(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Questions with their responses and which are right; the rewards of a model are score judgments."""
    scale: tuple[float, float] | None = None
    for at.line, at.values in rows:
        prompt, subset = _prompt(at), at.optional_id("subset")
        if at.values.get("id") is not None:
            question_id = at.id("id")
            question_id = f"{subset}/{question_id}" if subset and question_id else question_id
        else:
            question_id = _unused(at, draft, id_of_text(prompt or ""))
        if question_id in draft.questions and draft.questions[question_id].responses:
            at.problem("id", f"{shown(question_id)} is there twice", "every id once in its subset", "remove one")
            continue
        question = draft.question(at, question_id, prompt, subset)
        keys = next((keys for keys in _RESPONSES if at.values.keys() >= set(keys)), _RESPONSES[0])
        chosen, rejected = (_texts(at, key) for key in keys)
        rewards = _rewards(at, len(chosen), len(rejected))
        if not at.intact:
            continue
        _add(at, draft, question, chosen, rejected)
        if rewards:
            scale = scale or range_of(_all_rewards(rows))
            judge = choices.judge or at.name("model", choices.named())
            if at.values.get("model") is None:
                at.report.asks.add("judge")
            for number, reward in enumerate(rewards):
                failure = "no score" if reward is None else None
                draft.score(ScoreJudgment(question_id, str(number), judge, scale, REWARD, reward, failure=failure))


def _unused(at: Fields, draft: Draft, question_id: str) -> str:
    """The id, or with #2, #3, ... where rows without ids repeat a prompt: each says only which of its own is right."""
    first = draft.questions.get(question_id)
    if first is None or not first.responses:
        return question_id
    at.report.note_once(None, "prompts are there again without an id; each row is a question of its own")
    free, number = question_id, first.taken.get(_AGAIN, 1)
    while free in draft.questions:
        number += 1
        free = f"{question_id}#{number}"
    first.taken[_AGAIN] = number
    return free


def _prompt(at: Fields) -> str | None:
    value = at.values.get("prompt")
    text = _conversation(at, value, "prompt") if isinstance(value, list) else at.text("prompt")
    if text is None:
        at.problem("prompt", MISSING, "text", "add what was asked")
    return text


def _texts(at: Fields, key: str) -> list[str | None]:
    """One response or a list of them; a list of messages is one response, its last message."""
    value = at.values.get(key)
    if not isinstance(value, list):
        return [at.answer_text(value, key)]
    if not value:
        at.problem(key, "is empty", "one response or a list of them", "add a response, or leave the row out")
    if all(isinstance(entry, dict) for entry in value):
        return [_conversation(at, value[-1:], key)] if value else []
    return [at.answer_text(entry, key) for entry in value]


def _conversation(at: Fields, messages: list[Any], key: str) -> str | None:
    texts = [at.text_of(at.mapping_of(message, key).get("content"), key) for message in messages]
    return "\n\n".join(text for text in texts if text is not None) or None


def _add(
    at: Fields, draft: Draft, question: DraftQuestion, chosen: list[str | None], rejected: list[str | None]
) -> None:
    systems = _systems(at, len(chosen), len(rejected))
    for number, text in enumerate([*chosen, *rejected]):
        gold = float(number < len(chosen))
        draft.response(at, question, Response(str(number), text, systems[number], gold))
    for right in range(len(chosen)):
        for wrong in range(len(chosen), len(chosen) + len(rejected)):
            draft.verdict(Verdict(question.question_id, GOLD, str(right), str(wrong), "first"))


def _rewards(at: Fields, chosen: int, rejected: int) -> list[float | None]:
    """A reward a response, first of the chosen, then of the rejected; nothing where the file has none."""
    keys = next((keys for keys in _REWARDS if at.values.keys() >= set(keys)), ())
    found: list[float | None] = []
    for key, count in zip(keys, (chosen, rejected), strict=False):
        values = _listed(at.values[key])
        if len(values) != count:
            at.problem(key, f"holds {len(values)} numbers", f"{count}, one a response", "give every response a score")
        found += [None if value is None else at.number_of(value, key) for value in values]
    return found


def _listed(value: Any) -> list[Any]:
    """A value, or the values of a list in which each may be a list of one."""
    values = value if isinstance(value, list) else [value]
    return [one[0] if isinstance(one, list) and len(one) == 1 else one for one in values]


def _all_rewards(rows: Rows) -> Iterator[float]:
    for row in rows.again():
        for key in (key for keys in _REWARDS for key in keys):
            yield from (float(one) for one in _listed(row.get(key)) if type(one) in (int, float))


def _systems(at: Fields, chosen: int, rejected: int) -> list[str | None]:
    """Who wrote the responses, where the row says it for all of them."""
    models = at.values.get("models")
    if isinstance(models, list) and len(models) == chosen + rejected and all(isinstance(m, str) for m in models):
        return [at.id_of(model, "models") for model in models]
    one, other = at.optional_id("chosen_model"), at.optional_id("rejected_model")
    return [one] * chosen + [other] * rejected


PARTS = (Part("RewardBench", "responses", 1, is_rewards, read_rewards),)
