"""Files made for a download: written to disk, not into memory, with a bar that says how far."""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Final

import streamlit as st

from pages._words import plain
from trustjudge_core.errors import TrustJudgeError
from trustjudge_core.services.export_run import Told
from trustjudge_core.services.list_runs import RunSummary

LARGE: Final = 50_000
"""Judgments of a run from which files take long enough for a bar."""
EVERY: Final = "2s"

MIME: Final = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "zip": "application/zip",
}

Write = Callable[[IO[bytes], Told], object]


@dataclass
class Making:
    """The file that one part of the page is making for a session, watched by it while another thread makes it."""

    name: str = ""
    failed: str = ""
    words: str = ""
    share: float = field(default=math.nan)

    def told(self, words: str, share: float) -> None:
        """Hear how far it is."""
        self.words, self.share = words, share


def _making(place: str) -> Making:
    """What that part of the page is making for this session."""
    state: Making = st.session_state.setdefault(f"making_{place}", Making())
    return state


def made(place: str, name: str, write: Write) -> Callable[[], io.RawIOBase]:
    """What a download button in a part of the page calls, in another thread: it makes the file on disk."""
    state = _making(place)

    def make() -> io.RawIOBase:
        # A name, and so a bar, until the file is there or could not be made.
        state.name, state.words, state.share, state.failed = name, "reading what it takes", math.nan, ""
        try:
            raw = tempfile.TemporaryFile(prefix="trustjudge-", buffering=0)  # noqa: SIM115 - handed over open
            assert isinstance(raw, io.FileIO)
            file = io.BufferedRandom(raw)
            write(file, state.told)
            file.flush()
            file.detach()  # Streamlit takes raw files and readers, not what can be written too
        except TrustJudgeError as error:
            state.failed = f"{name} was not made: {error}"
            raise
        finally:
            state.name = ""
        return raw

    return make


def offer(what: str, place: str, name: str, write: Write, run: RunSummary, *, icon: str, first: bool = False) -> None:
    """A button that makes a file and hands it over, and below it how far that is or why it failed.

    ``name`` ends in what the file is; ``first`` marks the button that most people come for.
    """
    st.download_button(
        f"Download {what}",
        made(place, name, write),
        name,
        MIME[name.rsplit(".", 1)[1]],
        on_click="ignore",
        icon=icon,
        key=f"download_{place}",
        type="primary" if first else "secondary",
    )
    _show_making(place, run)


def _show_making(place: str, run: RunSummary) -> None:
    """Looked at every other second for runs large enough to need a bar."""
    large = run.score_judgments + run.pair_judgments >= LARGE
    st.fragment(_bar, run_every=EVERY if large else None)(place)


def _bar(place: str) -> None:
    state = _making(place)
    if state.failed:
        st.error(plain(state.failed))
    if not state.name:
        return
    words = f"Making {state.name}: {state.words}"
    st.progress(0.0 if math.isnan(state.share) else state.share, text=words)
