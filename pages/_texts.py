"""Texts that came from files, always shown as text."""

from __future__ import annotations

import streamlit as st

FOLDED_CHARACTERS = 1_500
"""Longer texts are folded, with their length shown."""

COLUMN_WIDTH = 680
"""About 75 characters."""


def shown_text(text: str | None, key: str) -> None:
    """A response, question or judge's text: as written, wrapped, long ones folded. Never Markdown, never HTML."""
    if text is None:
        st.caption("The text was not recorded.")
        return
    if not text.strip():
        st.caption("The text is empty.")
        return
    if len(text) <= FOLDED_CHARACTERS:
        st.text(text, width=COLUMN_WIDTH)
        return
    st.text(text[:FOLDED_CHARACTERS].rstrip() + " …", width=COLUMN_WIDTH)
    if st.toggle(f"Show all {len(text):,} characters", key=f"unfold_{key}"):
        st.text(text[FOLDED_CHARACTERS:].lstrip(), width=COLUMN_WIDTH)
