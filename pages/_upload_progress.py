"""Large uploads: kept on disk, read and stored with a bar that says how far it is, and a way to stop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import streamlit as st

from pages._kept_uploads import claim
from trustjudge_core.formats import KeptBytes, Progress, UploadedFile

EVERY: Final = 0.25
"""Seconds between two moves of the bar."""


def kept_bytes(uploads: list[Any], uploader: str) -> list[UploadedFile]:
    """What an uploader was given; large files lie on disk, for as long as they are among the uploads."""
    key = f"kept_{uploader}"
    before: dict[str, KeptBytes] = st.session_state.get(key, {})
    kept = {upload.file_id: before.get(upload.file_id) or claim(upload.getvalue()) for upload in uploads}
    st.session_state[key] = {file_id: found for file_id, found in kept.items() if found is not None}
    return [UploadedFile(upload.name, kept[upload.file_id] or upload.getvalue()) for upload in uploads]


@contextmanager
def shown_progress(words: str) -> Iterator[Progress]:
    """A bar for work that says how far it is. *Stop* runs the page anew, which ends the work with nothing stored."""
    bar, stop = st.empty(), st.empty()
    shown = time.monotonic()
    offered = False

    def told(what: str, done: int, total: int) -> None:
        nonlocal shown, offered
        if time.monotonic() - shown < EVERY:
            return
        shown = time.monotonic()
        share = min(1.0, done / total) if total else 0.0
        bar.progress(share, f"{words}: {what}, {done:,}" + (f" of {total:,}" if total else ""))
        if not offered:
            stop.button("Stop", icon=":material/stop:", key=f"stop_{words}")
            offered = True

    with st.spinner(words, show_time=True):
        yield told
    bar.empty()
    stop.empty()
