"""LLM Comparator: examples with the outputs of two models, a score, and the ratings it was made from.

A score above 0 favours A; ratings of the flipped order are turned back already.
"""

from __future__ import annotations

from typing import Any

from trustjudge_core.formats.alpaca_eval import id_of_text
from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import MISSING, Fields
from trustjudge_core.formats.lookalikes import is_blank
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.records import PairJudgment, Shown


def is_examples(row: Row) -> bool:
    """Whether a row is an example with two outputs."""
    return row.keys() >= {"input_text", "output_text_a", "output_text_b"}


def read_examples(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """A pair judgment for each rating; without ratings one of unknown order from the score."""
    models = _models(at, rows.shared().get("models"))
    judge = choices.named()
    for at.line, at.values in rows:
        text = _text(at, "input_text")
        if text is None:
            at.problem("input_text", MISSING, "text", "add what was asked")
        tags = at.items("tags")
        category = at.text_of(tags[0], "tags") if tags else None
        if len(tags) > 1:
            at.note("only the first of several tags is the category", "only the first of several tags is the category")
        outputs = [_text(at, f"output_text_{letter}") for letter in "ab"]
        question = draft.question(at, id_of_text(text or ""), text, category)
        ratings = at.items("individual_rater_scores") or [{"score": at.values.get("score"), "is_flipped": None}]
        if not at.intact:
            continue
        a, b = (draft.place(at, question, model, output) for model, output in zip(models, outputs, strict=True))
        if a == b:
            at.note("both outputs are one", "examples whose outputs are one are left out")
            continue
        for rating in ratings:
            judgment = _rating(at, at.mapping_of(rating, "individual_rater_scores"), question.question_id, a, b, judge)
            if at.intact:
                draft.pair(judgment)


def _rating(at: Fields, rating: Row, question_id: str, a: str, b: str, judge: str) -> PairJudgment:
    """One rating, by shown position."""
    flipped, score = rating.get("is_flipped"), rating.get("score")
    if flipped is not None and type(flipped) is not bool:
        at.problem("is_flipped", shown(flipped), "true, false or null", "say whether B was shown first")
    about = (question_id, *((b, a) if flipped is True else (a, b)), judge)
    text = at.text_of(rating.get("rationale"), "rationale")
    known = flipped is not None
    if score is None:
        return PairJudgment(*about, text=text, order_known=known, failure="no score")
    number = at.number_of(score, "score")
    favours_first = number < 0 if flipped else number > 0
    verdict: Shown = "tie" if number == 0 else "first" if favours_first else "second"
    return PairJudgment(*about, verdict, text=text, order_known=known, strength=abs(number) or None)


def _models(at: Fields, models: Any) -> tuple[str, str]:
    """Names of the two models, A and B where they are not told."""
    names = [m.get("name") if isinstance(m, dict) else m for m in models] if isinstance(models, list) else []
    one, other = [
        at.id_of(name, "models") if isinstance(name, str) and not is_blank(name) else letter
        for name, letter in zip([*names[:2], None, None][:2], "AB", strict=True)
    ]
    return (one, other) if one != other else (f"{one} (A)", f"{other} (B)")


def _text(at: Fields, key: str) -> str | None:
    """Text, or the texts of a sequence of chunks."""
    value = at.values.get(key)
    if not isinstance(value, list):
        return at.answer_text(value, key)
    parts: list[str | None] = []
    for chunk in value:
        if isinstance(chunk, str):
            parts.append(chunk)
            continue
        chunk = at.mapping_of(chunk, key)
        parts.append(at.text_of(chunk.get("data"), key) if chunk.get("type") == "text" else f"[{chunk.get('type')}]")
    return "\n".join(part or "" for part in parts)


PARTS = (Part("LLM Comparator", "examples", 2, is_examples, read_examples, asks=("judge",)),)
