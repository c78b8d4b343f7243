"""Score judgments of the native bundle: samples, a probability table or a failure in each row."""

from __future__ import annotations

import math
from typing import Any, Final

import orjson

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import Fields, number_in
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.usual_rows import UsualScores
from trustjudge_core.records import ScoreJudgment

_SCORE: Final = frozenset(
    ("question_id", "response_id", "judge", "criterion", "scale", "samples", "probs", "invalid_samples", "context",
     "emitted", "cumulative_logprob", "token_count", "sample_count", "text", "invalid")
)  # fmt: skip


_DETAILS: Final = ("text", "cumulative_logprob", "token_count", "sample_count")
"""What a row says about one judgment; beside several samples nobody knows which it belongs to."""


def read_scores(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Score judgments: one a sample, one a probability table, one a failure."""
    for at.line, at.values in rows.not_taken(UsualScores(draft)):
        _read_score(at, draft)


def _read_score(at: Fields, draft: Draft) -> None:
    at.say_unread(_SCORE)
    question_id, response_id, judge = at.id("question_id"), at.id("response_id"), at.id("judge")
    draft.knows(at, question_id, {"response_id": response_id})
    criterion, scale = at.criterion() or "overall", at.scale()
    made: list[ScoreJudgment] = []
    about = (question_id, response_id, judge, scale or (0.0, 1.0), criterion)
    if at.values.get("probs") is not None:
        if at.values.get("samples") is not None:
            at.problem("samples", "stands beside probs", "one of the two", "split the row in two")
        emitted = at.values.get("emitted")
        labels, probs = _label_probabilities(at, scale)
        number = None if emitted is None else at.score(emitted, scale, "emitted")
        made.append(ScoreJudgment(*about, emitted=number, labels=labels, probs=probs))
    else:
        made += [ScoreJudgment(*about, emitted=at.score(v, scale, "samples")) for v in at.items("samples")]
        made += [ScoreJudgment(*about, failure=f"invalid: {_found(v)}") for v in at.items("invalid_samples")]
        reason = at.text("invalid")
        if reason is not None and made:
            at.problem("invalid", "stands beside samples", "one of the two", "split the row in two")
        elif reason is not None and reason.strip():
            made.append(ScoreJudgment(*about, failure=reason))
        elif not made:
            at.problem(
                "samples", "and probs are missing", "samples, probs, or a reason under invalid", "add what was said"
            )
    for judgment in _with_details(at, made):
        draft.score(judgment)


def _found(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= 60 else shown(value)


def _label_probabilities(at: Fields, scale: tuple[float, float] | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Labels and their probabilities from {label: probability}."""
    table = at.mapping_of(at.values["probs"], "probs")
    labels = []
    for key in table:
        label = number_in(key)
        if math.isnan(label):
            at.problem("probs", f"{shown(key)} is not a number", "labels of the scale", "correct the label")
            continue
        labels.append(at.score(label, scale, "probs"))
    return tuple(labels), at.probabilities(list(table.values()), "probs")


def _with_details(at: Fields, made: list[ScoreJudgment]) -> list[ScoreJudgment]:
    """The judgments with context, and with text and log-probability where the row is about one judgment."""
    values = at.values
    context = at.items("context")
    details = [
        key for key in ("text", "cumulative_logprob", "token_count", "sample_count") if values.get(key) is not None
    ]
    contextual = [m for m in made if m.failure is None] or made[:1]
    if context and len(context) != len(contextual):
        at.problem(
            "context", f"has {len(context)} entries for {len(contextual)} samples", "one entry a sample", "correct it"
        )
    if details and len(made) > 1:
        at.problem(details[0], f"stands beside {len(made)} samples", "one sample a row", "write a row for each sample")
    if not (context or details) or not at.intact:
        return made if at.intact else []
    logprob, tokens, text = at.number("cumulative_logprob"), at.count("token_count"), at.text("text")
    samples = at.count("sample_count")
    entries = iter([_context_text(at, entry) for entry in context])
    return [
        ScoreJudgment(
            m.question_id, m.response_id, m.judge, m.scale, m.criterion, m.emitted, m.labels, m.probs,
            logprob, tokens, text, next(entries, None) if m in contextual else None, m.failure, samples,
        )
        for m in made
    ] if at.intact else []  # fmt: skip


def _context_text(at: Fields, entry: Any) -> str | None:
    """A context entry as text; anything but text as compact JSON."""
    if entry is None or isinstance(entry, str):
        return entry
    try:
        return orjson.dumps(entry).decode()
    except TypeError:
        at.problem("context", "nests too deep", "flat entries", "write a flatter entry")
        return None
