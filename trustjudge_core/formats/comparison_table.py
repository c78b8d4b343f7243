"""Tables of comparisons: one a row, with the two compared and who won, whatever words say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import MISSING, Fields
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.table_cells import TableChoice
from trustjudge_core.formats.table_columns import COMPARISONS, missing_columns
from trustjudge_core.formats.table_rows import cell_number, is_person, judge_of, mapped_rows, question_of, unguard
from trustjudge_core.formats.verdict_labels import read_label
from trustjudge_core.records import SHOWN, PairJudgment, Shown, Verdict

FAILED: Final = "failed"

_WORDS: Final[dict[str, Shown]] = {
    **dict.fromkeys(("first", "left", "a", "1", "1.0", "model_a", "model_1", "output_1", "response_a"), "first"),
    **dict.fromkeys(("second", "right", "b", "2", "2.0", "model_b", "model_2", "output_2", "response_b"), "second"),
    **dict.fromkeys(("tie", "c", "draw", "equal", "both", "neither", "same", "tie (bothbad)", "1.5", "="), "tie"),
}  # fmt: skip
_FAILURES: Final = ("-1", "-1.0", "error", "invalid", "failed", "null", "none", "n/a", "nan", "unparsed")
_WORDS_IN_WORDS: Final = "first, second, tie, A, B, left, right, 1, 2, A>B, the id of the winner; or -1, error"


def is_comparisons(row: Row) -> bool:
    """Whether a row says who won, and between which ids or texts."""
    return not missing_columns(row, COMPARISONS, {}) or row.keys() >= {"first_text", "second_text", "verdict"}


def read_comparisons(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Pair judgments, or verdicts where an annotator is named."""
    choice, alone = choices.table(rows.source.name), not draft.has_responses
    for _ in mapped_rows(rows, at, choice, COMPARISONS):
        unguard(at, draft, rows)
        question_id = question_of(at, draft)
        first, second = _compared(at, draft, question_id, alone)
        if first == second and first:
            at.problem("second", f"{shown(second)} is the same as first", "two different responses", "correct one")
        verdict, strength, failure = _verdict(at, choice, first, second)
        probs = _probabilities(at)
        if probs is not None and verdict is None:
            failure = None
        strength = cell_number(at, "strength") if at.values.get("strength") is not None else strength
        text = at.text("text")
        if is_person(at.values):
            if at.intact:
                draft.verdict(Verdict(question_id, at.id("annotator"), first, second, verdict))
            continue
        judge = judge_of(at, choices)
        if at.intact:
            draft.pair(
                PairJudgment(
                    question_id, first, second, judge, verdict, probs, text=text, order_known=choice.order_known,
                    failure=failure, strength=strength,
                )
            )  # fmt: skip


def _compared(at: Fields, draft: Draft, question_id: str, alone: bool) -> tuple[str, str]:
    """Ids of the two responses; a table that has their texts brings them."""
    texts = [at.values.get(f"{place}_text") for place in ("first", "second")]
    if texts == [None, None]:
        first, second = at.id("first"), at.id("second")
        if alone:
            draft.question(at, question_id, at.text("question"), at.text("category"))
        draft.refer(at, question_id, {"first": first, "second": second}, alone, systems=True)
        return first, second
    question = draft.question(at, question_id, at.text("question"), at.text("category"))
    first, second = (
        draft.place(at, question, at.optional_id(place), at.answer_text(text, f"{place}_text"))
        for place, text in zip(("first", "second"), texts, strict=True)
    )
    return first, second


def _verdict(at: Fields, choice: TableChoice, first: str, second: str) -> tuple[Shown | None, float | None, str | None]:
    """Who won, how firmly, and why not. A word that a person explained comes first, then the ids, then known words."""
    value: Any = at.values.get("verdict")
    if value is None:
        return None, None, "no verdict"
    word = value if isinstance(value, str) else at.id_of(value, "verdict") if type(value) is not bool else ""
    explained = _explained(choice.verdicts, word.strip())
    if explained is not None:
        return (None, None, f"invalid: {word.strip()}"[:80]) if explained == FAILED else (explained, None, None)
    ids: dict[str, Shown] = {first: "first", second: "second"} if first != second else {}
    known = ids.get(word) or _WORDS.get(word.strip().lower())
    label = None if known else read_label(word)
    if label is not None:
        return label[0], label[1], None
    if known is None and word.strip().lower() in _FAILURES:
        return None, None, f"invalid: {word.strip()}"
    if known is None:
        at.problem("verdict", shown(value), _WORDS_IN_WORDS, "correct it, or say what this word means")
    return known, None, None


def _explained(verdicts: Mapping[str, str], word: str) -> Any:
    said = verdicts.get(word)
    return said if said in SHOWN or said == FAILED else None


def _probabilities(at: Fields) -> tuple[float, float, float] | None:
    columns = [f"prob_{shown_as}" for shown_as in SHOWN]
    if all(at.values.get(column) is None for column in columns[:2]):
        return None
    numbers = [cell_number(at, column) for column in columns]
    if numbers[0] is None or numbers[1] is None:
        at.problem("prob_first" if numbers[0] is None else "prob_second", MISSING, "numbers from 0 to 1", "add it")
        return None
    first, second, tie = at.probabilities([numbers[0], numbers[1], numbers[2] or 0.0], "prob_first")
    return first, second, tie


PARTS = (Part("flat table", COMPARISONS, 3, is_comparisons, read_comparisons, asks=("judge",)),)
