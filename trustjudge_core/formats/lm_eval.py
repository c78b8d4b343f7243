"""Samples of lm-evaluation-harness: what a model answered to the documents of a task.

Documents are joined across files by their hash. The model is not named in the rows: it is called after the
folder the file lies in, or else after the file.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, Final

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft, DraftQuestion
from trustjudge_core.formats.fields import LARGEST_NUMBER, Fields
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.sources import Source
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.records import Response

_NO_METRIC: Final = "bypass"
"""What stands for a metric, always 999, where answers are only collected."""

_METRICS: Final = ("exact_match", "acc", "acc_norm", "f1", "rougeL", "bleu")


def is_samples(row: Row) -> bool:
    """Whether a row is a sample."""
    return ("doc_hash" in row or row.keys() >= {"doc", "doc_id"}) and ("resps" in row or "filtered_resps" in row)


def system_of(source: Source) -> str:
    """The model a file is about: its folder, or the file's name without ending."""
    return source.folder or source.label


def read_samples(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """A response a document; further filters of one document repeat it and are left out."""
    system = at.id_of(system_of(rows.source), "file name")
    for at.line, at.values in rows:
        question_id, target = _document(at), at.any_text(at.values.get("target"), "target")
        arguments = _arguments(at.values.get("arguments"))
        prompt = at.any_text(_only(arguments[0][0]) if arguments else at.values.get("doc"), "arguments")
        answer = _answer(at, arguments)
        gold = _metric(at)
        known: DraftQuestion | None = draft.questions.get(question_id)
        if known is not None and system in known.responses:
            at.note(
                f"document {shown(question_id)} is there again under another filter; left out",
                "documents repeated by a further filter are left out",
            )
            continue
        if known is not None and known.text is not None and known.text != prompt:
            prompt = known.text  # the same document under another model's chat template
        question = draft.question(at, question_id, prompt, _task(at), target)
        if at.intact:
            draft.response(at, question, Response(system, answer, system, gold))


def _document(at: Fields) -> str:
    """The hash of the document, made as the harness makes it for files of before it wrote any."""
    if at.values.get("doc_hash") is not None or at.values.get("doc") is None:
        return at.id("doc_hash")
    return sha256(json.dumps(at.values["doc"], indent=2, ensure_ascii=False).encode()).hexdigest()


def _task(at: Fields) -> str | None:
    task = at.values.get("task_name")
    return task if isinstance(task, str) else None


def _arguments(value: Any) -> list[list[Any]]:
    """The requests of a document: a list of argument lists, or objects gen_args_N of arg_N."""
    if isinstance(value, dict):
        value = [list(entry.values()) if isinstance(entry, dict) else entry for entry in value.values()]
    if not isinstance(value, list):
        return []
    return [entry if isinstance(entry, list) else [entry] for entry in value if entry]


def _answer(at: Fields, arguments: list[list[Any]]) -> str | None:
    """What the model wrote; for a choice by likelihood the most likely continuation."""
    for key in ("filtered_resps", "resps"):
        answers = at.items(key)
        first: Any = _only(answers[0]) if answers else None
        if isinstance(first, list) and first and not _likelihood(first):
            first = first[0]
        if _likelihood(first):
            return _most_likely(at, answers, arguments)
        if first is not None:
            return at.any_text(first, key)
    return at.answer_text(None, "resps")


def _only(value: Any) -> Any:
    """What lies in lists of one entry."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value


def _likelihood(value: Any) -> bool:
    """Whether a value is [log-probability, is greedy], as numbers or as texts of them."""
    return isinstance(value, list) and len(value) == 2 and str(value[1]) in ("True", "False")


def _most_likely(at: Fields, answers: list[Any], arguments: list[list[Any]]) -> str | None:
    best, best_number = 0, -float("inf")
    for place, answer in enumerate(map(_only, answers)):
        if not _likelihood(answer):
            continue
        try:
            number = float(answer[0])
        except (TypeError, ValueError):
            continue
        if number > best_number:
            best, best_number = place, number
    if best >= len(arguments) or len(arguments[best]) < 2:
        return None
    at.report.note_once(None, "answers are choices by likelihood; the text is the most likely continuation")
    return at.any_text(arguments[best][1], "arguments")


def _metric(at: Fields) -> float | None:
    """The first metric of the sample that is a number."""
    named = at.values.get("metrics")
    for name in [*(named if isinstance(named, list) else ()), *_METRICS]:
        value = at.values.get(name) if isinstance(name, str) and name != _NO_METRIC else None
        if isinstance(value, int | float) and abs(value) <= LARGEST_NUMBER:
            return float(value)
    return None


PARTS = (Part("lm-eval", "samples", 1, is_samples, read_samples),)
