"""The flat table of responses: one a row, as CSV, TSV, JSON Lines, Parquet or XLSX."""

from __future__ import annotations

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import MISSING, Fields
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.table_columns import RESPONSES, missing_columns
from trustjudge_core.formats.table_rows import cell_number, mapped_rows
from trustjudge_core.records import Response


def is_responses(row: Row) -> bool:
    """Whether a row has every needed column."""
    return not missing_columns(row, RESPONSES, {})


def read_responses(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Responses; one without an id is called after its system, or else after its place in the question.

    An empty response cell is an empty answer, not a missing one.
    """
    choice = choices.table(rows.source.name)
    text_column = choice.mapping.get("response", "response")
    id_column = choice.mapping.get("response_id", "response_id")
    for row in mapped_rows(rows, at, choice, RESPONSES):
        question_text = at.text("question")
        if question_text is None:
            at.problem("question", MISSING, "text", "add the question")
        question = draft.question(
            at, at.id("question_id"), question_text, at.text("category"), at.text("reference"), at.text("rubric")
        )
        system = at.optional_id("system")
        if id_column in row:
            response_id = at.id("response_id")
        else:
            response_id = question.free_id(system or str(len(question.responses)))
        text = at.answer_text(row.get(text_column), "response")
        draft.response(at, question, Response(response_id, text, system, cell_number(at, "score")))


PARTS = (Part("flat table", RESPONSES, 1, is_responses, read_responses),)
