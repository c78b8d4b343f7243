"""Argilla records of pairs to decide about: flat, as its datasets hold them, or nested, as its JSON export does.

A record shows a question with a first and a second response; the ids of all three are its metadata. People's
responses to a label question become verdicts, a suggestion a pair judgment of its agent. `export.argilla`
writes the same.
"""

from __future__ import annotations

from typing import Any, Final

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.records import SHOWN, PairJudgment, Response, Shown, Verdict

VERDICT: Final = "verdict"
"""Name of the question people answer; another name becomes the criterion."""

CANNOT_TELL: Final = "cannot tell"
SUBMITTED: Final = "submitted"

_IDS: Final = ("question_id", "first_id", "second_id")
_VERDICTS: Final[dict[str, Shown | None]] = {**{name: name for name in SHOWN}, CANNOT_TELL: None}
_ENDINGS: Final = (".responses", ".response", ".suggestion")


def is_records(row: Row) -> bool:
    """Whether a row is an Argilla record with an answer or a suggestion, or one that still waits for both."""
    if isinstance(row.get("fields"), dict) and isinstance(row.get("responses"), dict):
        return True
    return row.keys() >= {"question", "first", "second", *_IDS} or any(key.endswith(_ENDINGS) for key in row)


def read_records(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Verdicts of people and suggestions of judges, with the responses they are about."""
    for at.line, row in rows:
        at.values = _flat(row)
        question_id, first, second = (at.id(key) for key in _IDS)
        if first == second and first:
            at.problem("second_id", f"{shown(second)} is the same as first_id", "two responses", "correct one of them")
        question = draft.question(at, question_id, at.text("question"))
        for key, response_id in (("first", first), ("second", second)):
            text = at.answer_text(at.values.get(key), key)
            draft.response(at, question, Response(response_id, text), again=True)
        draft.compared(question_id, (first, second))
        for name in _questions(at.values):
            about = (question_id, first, second)
            _read_people(at, draft, name, about)
            _read_suggestion(at, draft, name, about, choices)


def _flat(row: Row) -> Row:
    """A nested record with the names of a flat one."""
    if not isinstance(row.get("fields"), dict):
        return row
    flat: Row = {}
    for part in ("fields", "metadata"):
        flat |= row.get(part) or {} if isinstance(row.get(part) or {}, dict) else {}
    responses, suggestions = row.get("responses"), row.get("suggestions")
    for name, answers in responses.items() if isinstance(responses, dict) else ():
        answers = [a for a in answers if isinstance(a, dict)] if isinstance(answers, list) else []
        flat[f"{name}.responses"] = [a.get("value") for a in answers]
        flat[f"{name}.responses.users"] = [a.get("user_id") for a in answers]
        flat[f"{name}.responses.status"] = [a.get("status", SUBMITTED) for a in answers]
    for name, suggestion in suggestions.items() if isinstance(suggestions, dict) else ():
        if isinstance(suggestion, dict):
            flat[f"{name}.suggestion"] = suggestion.get("value")
            flat[f"{name}.suggestion.agent"] = suggestion.get("agent")
    return flat


def _questions(row: Row) -> list[str]:
    """Names of the questions a record has answers or suggestions for."""
    return list(dict.fromkeys(key[: -len(end)] for key in row for end in _ENDINGS if key.endswith(end)))


def _read_people(at: Fields, draft: Draft, name: str, about: tuple[str, str, str]) -> None:
    single = at.values.get(f"{name}.response")
    answers = at.items(f"{name}.responses") if single is None else [single]
    users, states = at.items(f"{name}.responses.users"), at.items(f"{name}.responses.status")
    for number, answer in enumerate(answers):
        if number < len(states) and states[number] not in (SUBMITTED, None):
            at.note("an answer that was not submitted is left out", "answers that were not submitted are left out")
            continue
        user: Any = users[number] if number < len(users) else None
        annotator = "argilla" if user is None else at.id_of(user, f"{name}.responses.users")
        verdict = _verdict(at, answer, f"{name}.responses")
        if at.intact:
            criterion = None if name == VERDICT else name
            draft.verdict(Verdict(about[0], annotator, about[1], about[2], verdict, criterion=criterion))


def _read_suggestion(at: Fields, draft: Draft, name: str, about: tuple[str, str, str], choices: Choices) -> None:
    suggestion = at.values.get(f"{name}.suggestion")
    if suggestion is None:
        return
    verdict = _verdict(at, suggestion, f"{name}.suggestion")
    judge = at.name(f"{name}.suggestion.agent", choices.named())
    if at.intact:
        failure = CANNOT_TELL if verdict is None else None
        draft.pair(PairJudgment(*about, judge, verdict, failure=failure))


def _verdict(at: Fields, value: Any, key: str) -> Shown | None:
    if isinstance(value, str) and value in _VERDICTS:
        return _VERDICTS[value]
    at.problem(key, shown(value), "first, second, tie or cannot tell", "ask for one of these labels")
    return None


PARTS = (Part("Argilla", "records", 3, is_records, read_records),)
