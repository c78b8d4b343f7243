"""promptfoo results: what providers answered to prompts, with the score of their assertions.

Both layouts hold one result a row, under ``results.results`` or ``results.outputs``; its JSON Lines export too.
"""

from __future__ import annotations

from typing import Any, Final

from trustjudge_core.formats.alpaca_eval import id_of_text
from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import MISSING, Fields
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.records import ScoreJudgment

SCALE: Final = (0.0, 1.0)
JUDGE: Final = "promptfoo"
CRITERION: Final = "assertions"

_ANSWERS: Final = ("response", "output", "text")
_LONGEST_REASON: Final = 80


def is_results(row: Row) -> bool:
    """Whether a row is what one provider answered to one prompt."""
    return "prompt" in row and "provider" in row and bool(row.keys() & {*_ANSWERS, "error", "success", "pass"})


def read_results(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Responses by prompt and provider, and the score each was given; an error is a failed judgment."""
    judge = choices.judge or JUDGE
    for at.line, at.values in rows:
        prompt, provider = _prompt(at), _provider(at)
        text, error = _answer(at), at.any_text(at.values.get("error"), "error")
        question = draft.question(at, id_of_text(prompt or ""), prompt)
        score = at.values.get("score")
        number = None if score is None else at.number_of(score, "score")
        if not at.intact:
            continue
        response_id = draft.place(at, question, provider, text)
        failure = None
        if text is None:
            failure = " ".join(error.split())[:_LONGEST_REASON] if error and error.strip() else "no output"
        elif number is not None and not SCALE[0] <= number <= SCALE[1]:
            failure = f"outside 0-1: {number:g}"
        elif number is None:
            continue
        emitted = number if failure is None else None
        said = error if text is None else _reason(at)
        draft.score(
            ScoreJudgment(
                question.question_id, response_id, judge, SCALE, CRITERION, emitted, text=said, failure=failure
            )
        )


def _prompt(at: Fields) -> str | None:
    value = at.values.get("prompt")
    raw = value.get("raw", value.get("display")) if isinstance(value, dict) else value
    text = at.any_text(raw, "prompt")
    if text is None:
        at.problem("prompt", MISSING, "text, or an object with raw", "add what was asked")
    return text


def _provider(at: Fields) -> str:
    """The provider's id; a label names it when it has one."""
    value = at.values.get("provider")
    if isinstance(value, dict):
        label = value.get("label")
        value = label if isinstance(label, str) and label.strip() else value.get("id")
    return at.id_of(value, "provider")


def _answer(at: Fields) -> str | None:
    key = next((key for key in _ANSWERS if at.values.get(key) is not None), None)
    if key is None:
        return None
    value = at.values[key]
    if key == "response" and isinstance(value, dict):
        value = value.get("output")
    return at.any_text(value, key)


def _reason(at: Fields) -> str | None:
    """Why the assertions scored as they did."""
    result: Any = at.values.get("gradingResult")
    if result is not None and not isinstance(result, dict):
        at.note(f"gradingResult {shown(result)} is not read", "gradingResult that is not read")
        return None
    reason = result.get("reason") if result else None
    return reason if isinstance(reason, str) else None


PARTS = (Part("promptfoo", "results", 2, is_results, read_results),)
