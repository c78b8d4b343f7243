"""Pairs for people to decide about elsewhere, as flat Argilla records that `formats` reads back.

No record says what a judge decided, nor which system wrote what: ids are metadata, not fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from trustjudge_core.errors import UsageError
from trustjudge_core.formats.argilla import CANNOT_TELL, SUBMITTED, VERDICT
from trustjudge_core.records import Question, ResponseSet, Verdict

Case = tuple[str, str, str]
"""Question, and the two responses in the order in which they are shown."""


def argilla_records(
    response_set: ResponseSet, cases: Iterable[Case], verdicts: Iterable[Verdict] = ()
) -> Iterator[dict[str, Any]]:
    """A record for each case, with what people said about it in that order.

    Raises UsageError for a response without text: nobody can decide about it.
    """
    questions = {question.question_id: question for question in response_set.questions}
    said: dict[Case, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.first is not None and verdict.second is not None:
            said.setdefault((verdict.question_id, verdict.first, verdict.second), []).append(verdict)
    for case in dict.fromkeys(cases):
        yield _record(questions[case[0]], case, said.get(case, ()))


def record_lines(records: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The records as JSON Lines."""
    for record in records:
        yield orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def has_texts(question: Question, ids: Iterable[str]) -> bool:
    """Whether the texts of these responses are known."""
    texts = {response.response_id: response.text for response in question.responses}
    return all(texts[response_id] is not None for response_id in ids)


def _record(question: Question, case: Case, verdicts: Iterable[Verdict]) -> dict[str, Any]:
    texts = {response.response_id: response.text for response in question.responses}
    if not has_texts(question, case[1:]):
        raise UsageError(
            f"a response of question {question.question_id!r} has no text; allowed: pairs of known texts; leave it out"
        )
    record: dict[str, Any] = {
        "id": orjson.dumps(case).decode(),
        "question": question.text,
        "first": texts[case[1]],
        "second": texts[case[2]],
        "question_id": case[0],
        "first_id": case[1],
        "second_id": case[2],
    }
    for verdict in verdicts:
        key = f"{verdict.criterion or VERDICT}.responses"
        for name, value in (
            (key, verdict.verdict or CANNOT_TELL),
            (f"{key}.users", verdict.annotator),
            (f"{key}.status", SUBMITTED),
        ):
            record.setdefault(name, []).append(value)
    return record
