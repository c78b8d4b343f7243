"""One response as the judge saw it: its text, the scores it was given, and what the judge wrote about it."""

from __future__ import annotations

import math

import streamlit as st

from pages._bar import View
from pages._session import engine
from pages._texts import shown_text
from pages._words import counted
from trustjudge_core.records import Response, ScoreJudgment
from trustjudge_core.services.read_response import read_response

MOST_SAMPLES = 20
MOST_WRITTEN = 50
"""Answers whose words are listed; a judge that was asked hundreds of times repeats itself."""


def number_of(view: View, response_id: str) -> int:
    """The response's number in the run; it is one of the chosen question."""
    index, question = view.evidence.index, view.question or 0
    start, stop = int(index.offsets[question]), int(index.offsets[question + 1])
    return start + index.response_ids[start:stop].index(response_id)


def show_text_and_scores(view: View, response: Response, scores: tuple[ScoreJudgment, ...], key: str) -> None:
    """The text under its id, the emitted scores by scale, the expected score, and how many judgments failed."""
    named = response.system if response.system and response.system not in response.response_id else None
    st.text(response.response_id + (f" ({named})" if named else ""))
    shown_text(response.text, f"{key}_{response.response_id}")
    emitted: dict[tuple[float, float], list[float]] = {}
    for score in scores:
        if score.emitted is not None:
            emitted.setdefault(score.scale, []).append(score.emitted)
    for (low, high), numbers in emitted.items():
        more = f" and {len(numbers) - MOST_SAMPLES:,} more" if len(numbers) > MOST_SAMPLES else ""
        shown = ", ".join(f"{number:g}" for number in numbers[:MOST_SAMPLES])
        st.caption(f"Emitted score on {low:g} to {high:g}: {shown}{more}")
    default = view.evidence.default_scores
    if default is not None:
        expected = float(default.scores[number_of(view, response.response_id)])
        if math.isfinite(expected) and default.method == "expectation":
            st.caption(f"Expected score {expected:z.2f}")
    failed = sum(score.failure is not None for score in scores)
    if failed:
        st.caption(f"{counted(failed, 'score judgment')} failed.")


def show_response(view: View, response_id: str) -> None:
    """A response of the chosen question with every score judgment about it."""
    found = read_response(engine(), view.run.run_id, view.question_id, response_id)
    with st.container(border=True):
        show_text_and_scores(view, found.response, found.scores, "scored")
    with st.expander(f"What the judge wrote ({counted(len(found.scores), 'score judgment')})", expanded=True):
        for place, score in enumerate(found.scores[:MOST_WRITTEN]):
            _written(score, f"wrote_{place}_{response_id}")
        if len(found.scores) > MOST_WRITTEN:
            st.caption(f"The first {MOST_WRITTEN} of {len(found.scores):,}.")


def _written(score: ScoreJudgment, key: str) -> None:
    given = "no number" if score.emitted is None else f"{score.emitted:g}"
    st.text(f"{score.criterion}, {score.scale[0]:g} to {score.scale[1]:g}: {given}")
    if score.failure:
        st.text(f"Failed: {score.failure}")
    if score.text:
        shown_text(score.text, key)
    else:
        st.caption("Its words were not recorded.")
