"""A file for a download, made by another thread than the page's."""

from __future__ import annotations

from typing import IO

import pytest
import streamlit as st

from pages import _making
from trustjudge_core.errors import UsageError
from trustjudge_core.services.export_run import Told


@pytest.fixture(autouse=True)
def _session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})


def test_the_file_is_handed_over_whole_and_the_bar_is_gone() -> None:
    during = []

    def write(file: IO[bytes], told: Told) -> None:
        told("1,000 of 2,000 rows", 0.5)
        state = st.session_state["making_table"]
        during.append((state.name, state.words, state.share))
        file.write(b"first ")
        file.write(b"second")
        file.seek(0)  # as whoever seals a pack does

    raw = _making.made("table", "a.csv", write)()
    raw.seek(0)
    assert raw.read() == b"first second"
    assert during == [("a.csv", "1,000 of 2,000 rows", 0.5)]
    assert st.session_state["making_table"].name == ""


def test_what_cannot_be_made_is_said_on_the_page_and_forgotten_with_the_next_file() -> None:
    def refuse(file: IO[bytes], told: Told) -> None:
        raise UsageError("the table has more rows than a sheet; choose CSV")

    with pytest.raises(UsageError):
        _making.made("table", "a.xlsx", refuse)()
    state = st.session_state["making_table"]
    assert (state.name, state.failed) == ("", "a.xlsx was not made: the table has more rows than a sheet; choose CSV")
    _making.made("table", "a.csv", lambda file, told: None)()
    assert state.failed == ""
