from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.pages.launched import doors, said, tracebacks
from tests.small_bundle import SMALL
from trustjudge_core.records import Bundle, Question, Response, ResponseSet, ScoreJudgment


def test_an_empty_database_says_what_will_appear(launch: Callable[..., AppTest], empty: None) -> None:
    app = launch("runs")
    assert tracebacks(app) == []
    assert "Runs appear here as soon as judgments are stored" in said(app)
    assert "Upload judgments" in doors(app)


def test_each_run_has_its_counts_and_a_door(launch: Callable[..., AppTest], store: Callable[[Bundle], None]) -> None:
    store(SMALL)
    app = launch("runs")
    assert tracebacks(app) == []
    words = said(app)
    assert "2 questions, 5 responses" in words
    assert "4 scores, 5 comparisons, 5 verdicts of people" in words  # ada
    assert "1 score, 1 comparison, 5 verdicts of people" in words  # bo
    assert "No failed judgments." in words
    assert doors(app)["Overview"].startswith("overview?run=")


def test_failed_judgments_are_counted_and_their_reasons_are_read_when_asked_for(
    launch: Callable[..., AppTest], store: Callable[[Bundle], None]
) -> None:
    store(SMALL)
    app = launch("runs")
    (why,) = [e for e in app.expander if "failed" in e.label]
    assert why.label == "3 of 9 judgments failed: why"
    assert len(app.dataframe) == 0
    app.session_state["why_1"] = True
    app.run()
    assert tracebacks(app) == []
    (ledger,) = app.dataframe
    assert {(row.kind, row.reason): row.judgments for row in ledger.value.itertuples()} == {
        ("score", "no verdict in brackets"): 1,
        ("pair", "error"): 2,
    }


def test_many_runs_come_a_page_at_a_time(launch: Callable[..., AppTest], store: Callable[[Bundle], None]) -> None:
    one = ResponseSet((Question("q", "?", (Response("a", "text"),)),))
    judges = [ScoreJudgment("q", "a", f"judge {n:02}", (1.0, 5.0), emitted=3.0) for n in range(45)]
    store(Bundle(one, tuple(judges)))
    app = launch("runs")
    assert "45 runs" in said(app)
    assert sum(text.value.startswith("judge ") for text in app.text) == 20
    app.number_input[0].set_value(3).run()
    assert tracebacks(app) == []
    assert [t.value for t in app.text if t.value.startswith("judge ")] == [f"judge {n}" for n in range(40, 45)]
