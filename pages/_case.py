"""One case as a person sees it: the question, the rubric, two texts, and nothing else."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

import streamlit as st

from pages._texts import shown_text
from pages._verdict_keys import marking
from trustjudge_core.figures.theme import Theme, faded
from trustjudge_core.services.show_case import ShownCase
from trustjudge_core.word_differences import MOST_WORDS, Piece, word_differences

_FENCE = re.compile(r"^ {0,3}```[^\n`]*\n(.*?)^ {0,3}```[ \t]*$\n?", re.DOTALL | re.MULTILINE)


def show_case(case: ShownCase, theme: Theme) -> bool:
    """Draw a case; whether there are differences to mark. Everything in it came from files and is shown as text."""
    shown_text(case.question, f"question_{case.token}")
    _show_rubric(case)
    if case.presentation.response_id is not None:
        with st.container(border=True):
            _show_text(case.first, f"one_{case.token}")
        return False
    pieces = _compared(case)
    marked = pieces is not None and marking()
    for cell, name, text, place in zip(
        st.columns(2, border=True), ("First", "Second"), (case.first, case.second), (0, 1), strict=True
    ):
        with cell:
            st.caption(f"**{name}**" + (f" · {len(text):,} characters" if text else ""))
            if marked and pieces is not None:
                _show_marked(pieces[place], theme)
            else:
                _show_text(text, f"{name}_{case.token}")
    if marked:
        st.caption("Underlined: words that only one of them has.")
    elif pieces is None and case.first and case.second:
        st.caption(f"Longer than {MOST_WORDS:,} words: too long to mark what differs.")
    return pieces is not None


def _compared(case: ShownCase) -> tuple[Sequence[Piece], Sequence[Piece]] | None:
    """The differences of a case, made once while it is on the screen."""
    kept = st.session_state.get("differences")
    if kept is None or kept[0] != case.token:
        found = word_differences(case.first, case.second) if case.first and case.second else None
        kept = st.session_state["differences"] = (case.token, found)
    return kept[1]


def _show_rubric(case: ShownCase) -> None:
    parts = {"Judge by": case.rubric.text, "For this question": case.question_rubric, "Reference": case.reference}
    written = {head: text for head, text in parts.items() if text}
    if not written:
        return
    with st.expander("Rubric"):
        for head, text in written.items():
            st.caption(head)
            shown_text(text, f"{head}_{case.token}")


def _show_text(text: str | None, key: str) -> None:
    """A response: prose as prose, fenced code as it was written."""
    if not text or not _FENCE.search(text):
        shown_text(text, key)
        return
    place = 0
    for number, block in enumerate(_FENCE.finditer(text)):
        if text[place : block.start()].strip():
            shown_text(text[place : block.start()].strip("\n"), f"{key}_{number}")
        st.code(block.group(1), language=None)
        place = block.end()
    if text[place:].strip():
        shown_text(text[place:].strip("\n"), f"{key}_end")


def _show_marked(pieces: Sequence[Piece], theme: Theme) -> None:
    """A text with the words that the other one lacks underlined on a tinted ground; all of it escaped."""
    mark = f"background:{faded(theme.people, 0.28)};text-decoration:underline 2px;border-radius:3px"
    body = "".join(
        html.escape(piece.text) if piece.shared else f'<span style="{mark}">{html.escape(piece.text)}</span>'
        for piece in pieces
    )
    st.html(f'<div dir="auto" style="white-space:pre-wrap;overflow-wrap:anywhere;max-width:75ch">{body}</div>')
