"""AlpacaEval: what models answered, and what an annotator preferred.

The annotator saw the two outputs in a random order that the files do not keep: the order is unknown.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft, DraftQuestion
from trustjudge_core.formats.fields import MISSING, Fields
from trustjudge_core.formats.parts import Part, not_read
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.records import PairJudgment, Shown


def is_outputs(row: Row) -> bool:
    """Whether a row is what one model answered."""
    return row.keys() >= {"instruction", "output", "generator"}


def is_annotations(row: Row) -> bool:
    """Whether a row compares two outputs."""
    return row.keys() >= {"instruction", "output_1", "output_2"} and bool(row.keys() & {"preference", "annotator"})


def is_leaderboard(row: Row) -> bool:
    """Whether a row sums up a model."""
    return row.keys() >= {"win_rate", "standard_error", "n_total"}


def id_of_text(text: str) -> str:
    """A question id for formats that know questions by their text: the same in every file."""
    return "q-" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _instruction(at: Fields) -> str:
    instruction = at.text("instruction")
    if instruction is None:
        at.problem("instruction", MISSING, "text", "add what was asked")
    return instruction or ""


def _question(at: Fields, draft: Draft, instruction: str) -> DraftQuestion:
    """The question of an instruction; one that two data sets hold belongs to the first."""
    question_id, category = id_of_text(instruction), at.text("dataset")
    known = draft.questions.get(question_id)
    if known is not None and known.category is not None and category not in (None, known.category):
        at.note("an instruction is in two data sets; the first is its category", "instructions in two data sets")
        category = None
    return draft.question(at, question_id, instruction, category)


def read_outputs(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """One response a row; the dataset a question is from is its category."""
    for at.line, at.values in rows:
        instruction = _instruction(at)
        generator, text = at.id("generator"), at.answer_text(at.values.get("output"), "output")
        question = _question(at, draft, instruction)
        if at.intact:
            draft.place(at, question, generator, text)


def read_annotations(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Pair judgments of unknown order; 1 and 2 name the preferred output, 1.5 is a tie, between is 1 + P(second)."""
    for at.line, at.values in rows:
        instruction = _instruction(at)
        systems = [at.name(f"generator_{n}", f"output_{n}") for n in (1, 2)]
        texts = [at.answer_text(at.values.get(f"output_{n}"), f"output_{n}") for n in (1, 2)]
        question = _question(at, draft, instruction)
        judge = choices.judge or at.name("annotator", choices.named())
        verdict, probs, failure = _preference(at)
        said = _completion(at, at.values.get("raw_completion"))
        if not at.intact:
            continue
        one, two = (draft.place(at, question, system, text) for system, text in zip(systems, texts, strict=True))
        if one == two:
            at.note("compares an output with itself; left out", "comparisons of an output with itself are left out")
            continue
        draft.pair(
            PairJudgment(
                question.question_id, one, two, judge, verdict, probs, text=said, order_known=False, failure=failure
            )
        )


def _preference(at: Fields) -> tuple[Shown | None, tuple[float, float, float] | None, str | None]:
    value = at.values.get("preference")
    if value is None:
        return None, None, "no preference"
    number = at.number_of(value, "preference")
    if number in (0.0, 1.5):  # 0 in files of before version 0.3
        return "tie", None, None
    if number in (1.0, 2.0):
        return "first" if number == 1.0 else "second", None, None
    if not 1.0 < number < 2.0:
        at.problem("preference", shown(value), "1, 2, 1.5, a number between 1 and 2, or null", "correct it")
        return None, None, None
    return "first" if number < 1.5 else "second", (2.0 - number, number - 1.0, 0.0), None


def _completion(at: Fields, value: Any) -> str | None:
    """What the annotator wrote: text, the message of a chat completion, or else the whole object as it is."""
    if isinstance(value, dict):
        message = value.get("message")
        said = message.get("content") if isinstance(message, dict) else None
        said = value.get("text") if said is None else said
        value = value if said is None else said
    return at.any_text(value, "raw_completion")


PARTS = (
    Part("AlpacaEval", "outputs", 1, is_outputs, read_outputs),
    Part("AlpacaEval", "annotations", 2, is_annotations, read_annotations),
    Part("AlpacaEval", "leaderboard", 5, is_leaderboard, not_read("is a leaderboard")),
)
