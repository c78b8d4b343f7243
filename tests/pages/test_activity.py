"""Who did what, when: listed, filtered, paged, and never editable."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.launched import HOSTILE, bundle, said, tracebacks
from trustjudge_core.records import Bundle, PairJudgment
from trustjudge_core.services.open_database import open_database
from trustjudge_core.services.set_overlap import set_overlap
from trustjudge_core.services.set_rubric import set_rubric

Launch = Callable[..., AppTest]
PAIR = [PairJudgment("q", "a", "b", "ada", "first")]


@pytest.fixture
def busy(store: Callable[[Bundle], None]) -> None:
    """Two people who changed things 121 times, after the import."""
    store(bundle(pairs=PAIR))
    engine = open_database(os.environ["DATABASE_URL"])
    for people in (*([2, 3] * 60),):
        set_overlap(engine, 1, people, "ann")
    set_rubric(engine, 1, "Which is shorter?", "bo <script>alert(1)</script>")
    engine.dispose()


def test_nothing_happened_yet(launch: Launch, empty: None) -> None:
    app = launch("activity")
    assert not tracebacks(app)
    assert "Nothing has happened yet" in said(app)


def test_the_newest_comes_first_and_hostile_names_are_text_in_a_table(launch: Launch, busy: None) -> None:
    app = launch("activity")
    assert not tracebacks(app)
    table = app.dataframe[0].value
    assert table["who"].iloc[0] == "bo <script>alert(1)</script>"
    assert table["did"].iloc[0] == "changed the rubric"
    assert len(table) == 100
    assert "<script>" not in said(app)


def test_older_lines_follow_on_the_next_page_and_all_lines_are_there_once(launch: Launch, busy: None) -> None:
    app = launch("activity")
    first = app.dataframe[0].value
    app = next(button for button in app.button if button.label == "Older").click().run()
    second = app.dataframe[0].value
    assert not tracebacks(app)
    changes = [*first["did"], *second["did"]]
    assert changes.count("set people per case") == 120
    assert changes.count("changed the rubric") == 1
    app = next(button for button in app.button if button.label == "Newest").click().run()
    assert app.dataframe[0].value["did"].iloc[0] == "changed the rubric"


def test_filters_keep_what_fits(launch: Launch, busy: None) -> None:
    app = launch("activity")
    app = app.selectbox[1].set_value("changed the rubric").run()
    assert app.dataframe[0].value["did"].unique().tolist() == ["changed the rubric"]
    app = app.selectbox[0].set_value("ann").run()
    assert "Nothing fits" in said(app)


def test_the_sample_says_how_it_came(launch: Launch, sample: None) -> None:
    app = launch("activity")
    assert not tracebacks(app)
    assert len(app.dataframe[0].value)
    assert HOSTILE not in said(app)
