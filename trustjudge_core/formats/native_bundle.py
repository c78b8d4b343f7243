"""The native bundle: responses, scores, comparisons and what people decided, a JSON row each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trustjudge_core.formats.check import Draft
from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.problems import listed, shown
from trustjudge_core.formats.rows import Row
from trustjudge_core.records import SHOWN, PairJudgment, Response, Shown, Verdict

PARTS: Final = ("responses", "scores", "comparisons", "humans")

_QUESTION: Final = frozenset(("question_id", "category", "question", "reference", "rubric", "responses"))
_RESPONSE: Final = frozenset(("response_id", "system", "text", "gold"))
_PAIR: Final = frozenset(
    (
        "question_id",
        "first",
        "second",
        "judge",
        "verdict",
        "probs",
        "raw_tail",
        "order_known",
        "cumulative_logprob",
        "token_count",
        "text",
        "invalid",
    )
)
_HUMAN: Final = frozenset(
    ("question_id", "first", "second", "annotator", "verdict", "probs", "response_id", "criterion", "scale", "samples",
     "invalid_samples", "invalid")
)  # fmt: skip
_VERDICTS: Final[dict[str, Shown]] = {name: name for name in SHOWN}


def part_of(row: Row) -> str | None:
    """Which part of a native bundle a row belongs to, by its fields."""
    if "question_id" not in row:
        return None
    if isinstance(row.get("responses"), list):
        return "responses"
    about_pair, about_one = "first" in row and "second" in row, "response_id" in row
    if "annotator" in row and (about_pair or about_one):
        return "humans"
    if about_pair and "judge" in row:
        return "comparisons"
    if about_one and "judge" in row and ("scale" in row or "samples" in row or "probs" in row):
        return "scores"
    return None


def read_responses(rows: Iterator[tuple[int, Row]], at: Fields, draft: Draft) -> None:
    """Questions with their responses."""
    for at.line, at.values in rows:
        at.say_unread(_QUESTION)
        question_id = at.id("question_id")
        if question_id in draft.questions and draft.questions[question_id].report is at.report:
            before = draft.questions[question_id].line
            at.problem(
                "question_id",
                f"{shown(question_id)} is there twice (first at line {before})",
                "every question once",
                "put all responses of a question into one row",
            )
            continue
        question = draft.question(
            at, question_id, at.text("question"), at.text("category"), at.text("reference"), at.text("rubric")
        )
        entries = at.items("responses")
        if not entries:
            at.problem("responses", "is empty", "at least one response", "add responses, or leave the question out")
        row = at.values
        for entry in entries:
            at.values = at.mapping_of(entry, "responses")
            if at.values is not entry:
                continue
            at.say_unread(_RESPONSE)
            response = Response(
                at.id("response_id"),
                at.answer_text(at.values.get("text"), "text"),
                at.optional_id("system"),
                at.number("gold"),
            )
            draft.response(at, question, response)
        at.values = row


def read_comparisons(rows: Iterator[tuple[int, Row]], at: Fields, draft: Draft) -> None:
    """Pair judgments, each in one shown order."""
    judges: dict[str, str] = {}
    for at.line, at.values in rows:
        values = at.values
        ordinary = _ordinary_pair(values, draft, judges)
        if ordinary is not None:
            draft.pairs.append(ordinary)
            continue
        at.say_unread(_PAIR)
        question_id, first, second = _pair(at, draft)
        judge, verdict = at.id("judge"), _verdict(at)
        probs = None if values.get("probs") is None else _shown_probabilities(at)
        failure = None
        reason = at.text("invalid") if "invalid" in values else None
        if verdict is None and probs is None:
            failure = reason if reason is not None and reason.strip() else "no verdict"
        elif reason is not None:
            at.problem("invalid", "stands beside a verdict", "one of the two", "take one of the two out")
        text = at.text("raw_tail" if values.get("text") is None else "text")
        logprob, tokens, known = at.number("cumulative_logprob"), at.count("token_count"), at.truth("order_known", True)
        if at.intact:
            draft.pairs.append(
                PairJudgment(question_id, first, second, judge, verdict, probs, logprob, tokens, text, known, failure)
            )


def _ordinary_pair(values: Row, draft: Draft, judges: dict[str, str]) -> PairJudgment | None:
    """The judgment of a row that has exactly the six usual fields, all as they should be; None for any other row.

    Nearly all of a million rows are such rows, and checking field by field takes several times as long.
    """
    if len(values) != 6 or "probs" not in values or type(values.get("question_id")) is not str:
        return None
    question, verdict, judge = draft.questions.get(values["question_id"]), values.get("verdict"), values.get("judge")
    if question is None or type(verdict) is not str or verdict not in _VERDICTS or type(judge) is not str:
        return None
    one, two, probs = values.get("first"), values.get("second"), values["probs"]
    if type(one) is not str or type(two) is not str or one == two or not judge.strip():
        return None
    first, second = question.responses.get(one), question.responses.get(two)
    if first is None or second is None:
        return None
    if probs is not None:
        if type(probs) is not dict or probs.keys() != _VERDICTS.keys():
            return None
        probs = (probs["first"], probs["second"], probs["tie"])
        if not all(type(p) is float and 0.0 <= p <= 1.0 for p in probs) or not 0.0 < sum(probs) <= 1.0:
            return None
    ids = question.question_id, first.response_id, second.response_id
    return PairJudgment(*ids, judges.setdefault(judge, judge), _VERDICTS[verdict], probs)


def _pair(at: Fields, draft: Draft) -> tuple[str, str, str]:
    """Question and the two responses by shown position."""
    question_id, first, second = at.id("question_id"), at.id("first"), at.id("second")
    question = draft.questions.get(question_id)
    if question is None or first not in question.responses or second not in question.responses:
        draft.knows(at, question_id, {"first": first, "second": second})
    if first == second and first:
        at.problem("second", f"{shown(second)} is the same as first", "two different responses", "correct one of them")
    return question_id, first, second


def _verdict(at: Fields) -> Shown | None:
    value = at.values.get("verdict")
    if value is None:
        return None
    verdict = _VERDICTS.get(value) if isinstance(value, str) else None
    if verdict is None:
        at.problem("verdict", shown(value), "first, second, tie or null", "say who won by shown position")
    return verdict


def _shown_probabilities(at: Fields) -> tuple[float, float, float]:
    table = at.mapping_of(at.values["probs"], "probs")
    unknown = [key for key in table if key not in SHOWN]
    if unknown:
        at.problem("probs", f"holds {listed(unknown)}", "first, second and tie", "name them by shown position")
    first, second, tie = at.probabilities([table.get(key, 0.0) for key in SHOWN], "probs")
    return first, second, tie


def read_humans(rows: Iterator[tuple[int, Row]], at: Fields, draft: Draft) -> None:
    """Verdicts of people, about a pair or about one response."""
    for at.line, at.values in rows:
        at.say_unread(_HUMAN)
        if "response_id" in at.values and "first" not in at.values:
            _read_human_scores(at, draft)
            continue
        question_id, first, second = _pair(at, draft)
        annotator, verdict = at.id("annotator"), _verdict(at)
        criterion = at.optional_id("criterion")
        if at.values.get("probs") is not None:
            at.note("probabilities of a person are not read", "probabilities of people are not read")
        if verdict is None and at.intact:
            at.note("a person gave no verdict; left out", "rows of people without a verdict are left out")
        elif at.intact:
            draft.verdicts.append(Verdict(question_id, annotator, first, second, verdict, criterion=criterion))


def _read_human_scores(at: Fields, draft: Draft) -> None:
    question_id, response_id, annotator = at.id("question_id"), at.id("response_id"), at.id("annotator")
    draft.knows(at, question_id, {"response_id": response_id})
    scale, criterion = at.scale(required=False), at.optional_id("criterion")
    samples = [at.score(value, scale, "samples") for value in at.items("samples")]
    if not samples or at.items("invalid_samples"):
        at.note("a person gave no usable score; left out", "scores of people that cannot be used are left out")
    if at.intact:
        draft.verdicts += [
            Verdict(
                question_id, annotator, response_id=response_id, score=score, scale=scale, criterion=criterion
            )
            for score in samples
        ]  # fmt: skip
