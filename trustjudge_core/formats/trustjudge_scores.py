"""TrustJudge score judgments: ``judgements[].judgement.output_probs`` for each response.

The file does not name its scale. Of the published scales, 1-5 and 1-100, it is the longer one when
most of the probability at the label positions lies above 5. Single labels do not decide: a judge on
a scale of five sometimes writes 7, and such a judgment has failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from trustjudge_core.errors import UsageError
from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.token_tables import bracketed, label_value
from trustjudge_core.formats.trustjudge_answers import add_candidates
from trustjudge_core.formats.trustjudge_judgments import read_output
from trustjudge_core.records import ScoreJudgment

SHORT: Final = (1.0, 5.0)
LONG: Final = (1.0, 100.0)

_LOOKED_AT: Final = 500
"""So many judgments are looked at to tell the scale."""


def is_scores(row: Row) -> bool:
    """Whether a row has the fields of TrustJudge score judgments."""
    judgements = row.get("judgements")
    return isinstance(judgements, list) and any(isinstance(j, dict) and "judgement" in j for j in judgements)


def read_scores(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Score judgments of one scale; where nobody said which, it is told from the labels."""
    scale = choices.scale or _told_scale(_first_rows(rows), at)
    judge = choices.named()
    allowed = _allowed_labels(scale)
    values: dict[str, float | None] = {}  # many tables, few labels
    for at.line, at.values in rows:
        question = add_candidates(at, draft)
        for entry in at.items("judgements"):
            judgement = at.mapping_of(entry, "judgements")
            response_id = at.id_of(judgement.get("candidate_global_index"), "candidate_global_index")
            draft.knows(at, question.question_id, {"candidate_global_index": response_id})
            output = read_output(at, judgement.get("judgement"), "judgement", lambda token: allowed(token) is not None)
            labels, probs = [], []
            for token, probability in (output.table or {}).items():
                if token not in values:
                    values[token] = allowed(token)
                label = values[token]
                if label is not None:
                    labels.append(label)
                    probs.append(float(probability))
            if at.intact:
                draft.score(
                    ScoreJudgment(
                        question.question_id, response_id, judge, scale, "overall", labels[0] if labels else None,
                        tuple(labels), tuple(probs), output.cumulative_logprob, output.token_count, output.text,
                        failure=output.failure,
                    )
                )  # fmt: skip


def _first_rows(rows: Rows) -> Iterator[Row]:
    """Rows enough to tell the scale from."""
    seen = 0
    for row in rows.again():
        yield row
        seen += len(row["judgements"]) if isinstance(row.get("judgements"), list) else 0
        if seen >= _LOOKED_AT:
            return


def _allowed_labels(scale: tuple[float, float]) -> Callable[[str], float | None]:
    """Reads a token as a label of the scale; its labels are whole numbers."""
    if not (scale[0].is_integer() and scale[1].is_integer()):
        raise UsageError(f"scale {scale[0]:g} to {scale[1]:g} has no whole labels; allowed: whole numbers; use --scale")
    lowest, highest = int(scale[0]), int(scale[1])
    return lambda token: label_value(token, lowest, highest)


def _told_scale(rows: Iterable[Row], at: Fields) -> tuple[float, float]:
    """1-5 or 1-100, whichever holds most of the probability seen in brackets."""
    short = total = 0.0
    for row in rows:
        for tables in _raw_tables(row):
            for table in bracketed(tables):
                numbered = [(label_value(token, 1, 100), p) for token, p in table.items()]
                mass = sum(p for value, p in numbered if value is not None)
                total += mass
                short += sum(p for value, p in numbered if value is not None and value <= SHORT[1])
    if total > 0.0 and short < total / 2:
        return LONG
    if total == 0.0:
        at.report.note(None, "no label in brackets was seen, so the scale cannot be told; taken as 1-5")
    return SHORT


def _raw_tables(row: Row) -> Iterator[list[dict[str, Any]]]:
    """Token tables of a row that are well formed; the others are reported when they are read."""
    for entry in row["judgements"] if isinstance(row.get("judgements"), list) else ():
        output = entry.get("judgement") if isinstance(entry, dict) else None
        tables = output.get("output_probs") if isinstance(output, dict) else None
        if isinstance(tables, list) and all(
            isinstance(t, dict) and all(type(p) in (int, float) for p in t.values()) for t in tables
        ):
            yield tables


PARTS = (Part("TrustJudge", "score judgments", 2, is_scores, read_scores, asks=("judge", "scale")),)
