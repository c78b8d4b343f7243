"""Tables of scores: one a row, of a response by a judge or a person."""

from __future__ import annotations

from typing import Final

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import MISSING, Fields
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.table_columns import SCORES, missing_columns
from trustjudge_core.formats.table_rows import cell_number, is_person, judge_of, mapped_rows, question_of, unguard
from trustjudge_core.records import ScoreJudgment, Verdict

_MINUS_ONE: Final = ("-1", "-1.0")
_FAILURES: Final = ("error", "invalid", "failed", "null", "none", "n/a", "nan", "unparsed")


def is_scores(row: Row) -> bool:
    """Whether a row has every needed column and says who scored, and is no row of responses."""
    return not missing_columns(row, SCORES, {}) and bool(row.keys() & {"judge", "annotator"}) and "response" not in row


def read_scores(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Score judgments, or verdicts where an annotator is named; the scale is in the table, or said by a person."""
    choice, alone = choices.table(rows.source.name), not draft.has_responses
    for _ in mapped_rows(rows, at, choice, SCORES):
        unguard(at, draft, rows)
        question_id, response_id = question_of(at, draft), at.id("response_id")
        scale, criterion = _scale(at, choices), at.criterion() or "overall"
        failure, number = _failure(at, scale), None
        if not (alone and failure is not None and is_person(at.values)):  # nothing will be said about the response
            draft.refer(at, question_id, {"response_id": response_id}, alone, systems=True)
        if failure is None:
            number = cell_number(at, "score")
            if number is not None and scale is not None:
                at.score(number, scale, "score")
        text = at.text("text")
        if is_person(at.values):
            annotator = at.id("annotator")
            if number is None and at.intact:
                at.note("a person gave no usable score; left out", "scores of people that cannot be used are left out")
            if at.intact and number is not None:
                draft.verdict(
                    Verdict(
                        question_id, annotator, response_id=response_id, score=number, scale=scale, criterion=criterion
                    )
                )
            continue
        judge = judge_of(at, choices)
        if at.intact and scale is not None:
            draft.score(
                ScoreJudgment(question_id, response_id, judge, scale, criterion, number, text=text, failure=failure)
            )


def _scale(at: Fields, choices: Choices) -> tuple[float, float] | None:
    if at.values.get("scale_low") is None and at.values.get("scale_high") is None:
        if choices.scale is None:
            at.problem("scale", MISSING, "the lowest and the highest score", "add scale_low and scale_high, or say it")
        return choices.scale
    low, high = cell_number(at, "scale_low"), cell_number(at, "scale_high")
    if low is None or high is None or not low < high:
        at.problem("scale_high", MISSING if low is None or high is None else f"{high:g} is not above {low:g}",
                   "a lowest score and a higher one", "correct the scale")  # fmt: skip
        return None
    return low, high


def _failure(at: Fields, scale: tuple[float, float] | None) -> str | None:
    """Why there is no score; -1 has failed where the scale does not hold it."""
    value = at.values.get("score")
    if value is None:
        return "no score"
    word = str(value).strip().lower()
    if word in _MINUS_ONE and scale is not None and scale[0] <= -1.0 <= scale[1]:
        return None
    return f"invalid: {word}" if word in (*_MINUS_ONE, *_FAILURES) else None


PARTS = (Part("flat table", SCORES, 3, is_scores, read_scores, asks=("judge", "scale")),)
