from __future__ import annotations

import os
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.pages.launched import HOSTILE, doors, said, tracebacks
from tests.small_bundle import SMALL
from trustjudge_core.errors import UsageError
from trustjudge_core.judge.contract import Judge
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan
from trustjudge_core.records import Bundle, Question, Response, ResponseSet, ScoreJudgment
from trustjudge_core.services.make_protocol import list_templates, make_protocol
from trustjudge_core.services.open_database import open_database
from trustjudge_core.services.open_judge import OpenJudge
from trustjudge_core.services.start_run import start_run
from trustjudge_core.services.work import Worker, work


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
    app.session_state["runs_page"] = 3
    app.run()
    assert tracebacks(app) == []
    assert [t.value for t in app.text if t.value.startswith("judge ")] == [f"judge {n}" for n in range(40, 45)]


def start(plan: Plan | None = None, judge: str = "local:/models/none") -> int:
    """A run over the only set, as the Judge page starts it."""
    engine = open_database(os.environ["DATABASE_URL"])
    run = start_run(engine, 1, JudgeChoice(judge), make_protocol(list_templates()[0].source, (1, 5)), plan or Plan())
    engine.dispose()
    return run.run_id


def pressed(app: AppTest, label: str) -> AppTest:
    (button,) = [button for button in app.button if button.label == label]
    return button.click().run()


def test_a_run_that_waits_can_be_paused_resumed_and_cancelled(
    launch: Callable[..., AppTest], store: Callable[[Bundle], None]
) -> None:
    store(Bundle(SMALL.response_set))
    start()
    app = launch("runs")
    assert tracebacks(app) == []
    assert "Waiting for a worker" in said(app)
    for label, state in (("Pause", "Paused"), ("Resume", "Queued"), ("Cancel", "Cancelled")):
        app = pressed(app, label)
        assert tracebacks(app) == []
        assert state in said(app)
    assert [button.label for button in app.button] == ["Resume"]


def test_a_run_that_failed_says_why_and_offers_to_go_on(
    launch: Callable[..., AppTest], store: Callable[[Bundle], None]
) -> None:
    store(Bundle(SMALL.response_set))
    run_id = start()
    engine = open_database(os.environ["DATABASE_URL"])

    def refuse(choice: JudgeChoice) -> Judge:
        raise UsageError(f"{HOSTILE} is missing; allowed: a folder; name one")

    work(Worker(engine, OpenJudge(refuse)), run_id)
    engine.dispose()
    app = launch("runs")
    assert tracebacks(app) == []
    (error,) = app.error
    assert error.value.replace("\\", "").startswith("<script>alert(1)</script>")
    assert error.value.startswith("\\<script")  # shown as text, not as markup
    assert "Resume" in [button.label for button in app.button]


def test_runs_under_way_stand_before_the_others(
    launch: Callable[..., AppTest], store: Callable[[Bundle], None]
) -> None:
    store(SMALL)
    start()
    app = launch("runs")
    assert [text.value for text in app.text if text.value in ("ada", "bo", "none")] == ["none", "ada", "bo"]
