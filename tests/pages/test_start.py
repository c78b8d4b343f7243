from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.launched import HOSTILE, bundle, doors, said, tracebacks
from tests.small_bundle import SMALL
from trustjudge_core.records import Bundle, ScoreJudgment


def test_an_empty_database_offers_the_sample_and_an_upload(launch: Callable[..., AppTest], empty: None) -> None:
    app = launch("start")
    assert tracebacks(app) == []
    assert [button.label for button in app.button] == ["Load the sample"]
    assert doors(app).keys() == {"Upload judgments", "Pick a judge"}
    assert "Nothing is stored yet" in said(app)


def test_one_click_on_the_sample_opens_its_overview(launch: Callable[..., AppTest], empty: None) -> None:
    app = launch("start")
    app.button[0].click().run()
    assert tracebacks(app) == []
    assert app.title[0].value == "Overview"
    assert "This is the sample" in said(app)


def test_recent_runs_show_two_numbers_with_what_they_count(launch: Callable[..., AppTest], sample: None) -> None:
    app = launch("start")
    assert tracebacks(app) == []
    assert [metric.label for metric in app.metric] == ["Inconsistent triples", "Winner changes"]
    assert "of 219 triples" in said(app)
    assert "Load the sample" not in [button.label for button in app.button]


def test_a_run_without_comparisons_says_not_enough_data(
    launch: Callable[..., AppTest], store: Callable[[Bundle], None]
) -> None:
    store(Bundle(SMALL.response_set, SMALL.scores))
    app = launch("start")
    assert tracebacks(app) == []
    # ada gave four scores, one of which failed; bo gave one.
    assert "3 usable scores, no comparisons" in said(app)
    assert "1 usable score, no comparisons" in said(app)
    assert not app.metric


@pytest.mark.parametrize("page", ["start", "runs"])
def test_a_hostile_judge_is_shown_as_text(
    launch: Callable[..., AppTest], store: Callable[[Bundle], None], page: str
) -> None:
    store(bundle(scores=[ScoreJudgment("q", "a", HOSTILE, (1.0, 5.0), emitted=3.0)]))
    app = launch(page)
    assert tracebacks(app) == []
    assert any(HOSTILE in text.value for text in app.text)
    assert not any("<script>" in markdown.value for markdown in app.markdown)
