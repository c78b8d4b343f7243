"""The native bundle: responses, scores, comparisons and what people decided, a JSON row each."""

from __future__ import annotations

from typing import Final

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.native_scores import read_scores
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import listed, shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.usual_rows import UsualPairs
from trustjudge_core.records import SHOWN, PairJudgment, Response, Shown, Verdict

NAMES: Final = ("responses", "scores", "comparisons", "humans")

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
        "strength",
        "sample_count",
    )
)
_HUMAN: Final = frozenset(
    ("question_id", "first", "second", "annotator", "verdict", "probs", "response_id", "criterion", "scale", "samples",
     "invalid_samples", "invalid")
)  # fmt: skip
_NOT_IN_TABLES: Final = frozenset(
    ("probs", "raw_tail", "order_known", "cumulative_logprob", "token_count", "invalid", "sample_count")
)
_VERDICTS: Final[dict[str, Shown]] = {name: name for name in SHOWN}


def part_of(row: Row) -> str | None:
    """Which part of a native bundle a row belongs to, by its fields."""
    if "question_id" not in row:
        return None
    if isinstance(row.get("responses"), list):
        return "responses"
    about_pair = "first" in row and "second" in row and not _in_other_words(row)
    about_one = "response_id" in row and ("score" not in row or "samples" in row or "probs" in row)
    if "annotator" in row and (about_pair or about_one):
        return "humans"
    if about_pair and "judge" in row:
        return "comparisons"
    if about_one and "judge" in row and ("scale" in row or "samples" in row or "probs" in row):
        return "scores"
    return None


def _in_other_words(row: Row) -> bool:
    """Whether a row says who won as tables of comparisons do: by a letter, a number, the id of the winner."""
    return row.get("verdict") not in (*SHOWN, None) and not row.keys() & _NOT_IN_TABLES


def read_responses(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
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


def read_comparisons(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Pair judgments, each in one shown order."""
    for at.line, at.values in rows.not_taken(UsualPairs(draft)):
        _read_comparison(at, draft)


def _read_comparison(at: Fields, draft: Draft) -> None:
    values = at.values
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
    strength, samples = at.number("strength"), at.count("sample_count")
    if at.intact:
        draft.pair(
            PairJudgment(
                question_id,
                first,
                second,
                judge,
                verdict,
                probs,
                logprob,
                tokens,
                text,
                known,
                failure,
                strength,
                samples,
            )
        )


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


def read_humans(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Verdicts of people, about a pair or about one response."""
    for at.line, at.values in rows:
        at.say_unread(_HUMAN)
        if "response_id" in at.values and "first" not in at.values:
            _read_human_scores(at, draft)
            continue
        question_id, first, second = _pair(at, draft)
        annotator, verdict = at.id("annotator"), _verdict(at)
        criterion = at.criterion()
        if at.values.get("probs") is not None:
            at.note("probabilities of a person are not read", "probabilities of people are not read")
        if verdict is None and at.intact:
            at.note("a person could not tell", "people who could not tell")
        if at.intact:
            draft.verdict(Verdict(question_id, annotator, first, second, verdict, criterion=criterion))


def _read_human_scores(at: Fields, draft: Draft) -> None:
    question_id, response_id, annotator = at.id("question_id"), at.id("response_id"), at.id("annotator")
    draft.knows(at, question_id, {"response_id": response_id})
    scale, criterion = at.scale(required=False), at.criterion()
    samples = [at.score(value, scale, "samples") for value in at.items("samples")]
    if not samples or at.items("invalid_samples"):
        at.note("a person gave no usable score; left out", "scores of people that cannot be used are left out")
    if at.intact:
        for score in samples:
            draft.verdict(
                Verdict(question_id, annotator, response_id=response_id, score=score, scale=scale, criterion=criterion)
            )


_READERS: Final = ((0, read_responses), (3, read_scores), (3, read_comparisons), (4, read_humans))

PARTS = tuple(
    Part("native bundle", name, rank, lambda row, name=name: part_of(row) == name, read)  # type: ignore[misc]
    for name, (rank, read) in zip(NAMES, _READERS, strict=True)
)

OF_NAME: Final = {part.name: part for part in PARTS}
