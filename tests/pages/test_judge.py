"""The Judge page: choices on one side, the exact prompt and what it takes on the other."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from tests.core.fake_judge import DESCRIPTION, FakeJudge
from tests.pages.launched import HOSTILE, bundle, doors, said, tracebacks
from trustjudge_core.errors import JudgeRefusal
from trustjudge_core.judge.contract import Judge
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.records import Bundle, ResponseSet
from trustjudge_core.services.estimate_run import measure_drafts
from trustjudge_core.services.list_runs import list_runs
from trustjudge_core.services.open_database import open_database
from trustjudge_core.services.open_judge import OpenJudge
from trustjudge_core.services.run_progress import run_progress

Launch = Callable[..., AppTest]


def errors(app: AppTest) -> str:
    return "\n".join(str(error.value).replace("\\", "") for error in app.error)


def test_an_empty_database_offers_the_first_step(launch: Launch, empty: None) -> None:
    app = launch("judge")
    assert tracebacks(app) == []
    assert "Upload judgments" in doors(app)


def test_the_first_comparison_and_score_are_shown_word_for_word(
    launch: Launch, store: Callable[[Bundle], None]
) -> None:
    store(bundle())
    app = launch("judge")
    assert tracebacks(app) == []
    words = [text.value for text in app.text]
    assert "Question q, two of its responses" in words
    # Both responses and the question stand in the prompt as text; none is interpreted.
    (pair,) = [text for text in words if f"{HOSTILE} a" in text and f"{HOSTILE} b" in text]
    assert pair.count(HOSTILE) == 3
    assert sum(" | " in text for text in words) == 2
    assert any("1 | 2 | 3 | 4 | 5" in text for text in words)


def test_the_judge_in_the_box_says_that_it_is_a_demonstration_on_other_texts(
    launch: Launch, store: Callable[[Bundle], None]
) -> None:
    store(bundle())
    words = said(launch("judge")).replace("\\", "")
    assert "Here 1 of 1 questions are not of its kind." in words


# Three responses: 3 scores, and 3 pairs in both orders.
def test_the_estimate_counts_what_is_asked(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle())
    app = launch("judge")
    assert "9 judgments" in said(app)
    app.toggle(key="plan_scores").set_value(False).run()
    assert "6 judgments" in said(app)
    app.selectbox(key="pairs").set_value("opponents").run()
    app.number_input(key="opponents").set_value(1).run()
    assert tracebacks(app) == []
    assert "4 judgments" in said(app)  # an odd circle: two pairs give each of three responses an opponent


def test_a_plan_that_asks_for_nothing_is_said(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle())
    app = launch("judge")
    app.toggle(key="plan_scores").set_value(False).run()
    app.selectbox(key="pairs").set_value("none").run()
    assert tracebacks(app) == []
    assert "asks for nothing" in errors(app)
    assert not [button for button in app.button if button.label == "Start"]


def test_a_template_with_a_mistake_is_said_beside_it(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle())
    app = launch("judge")
    (area,) = [area for area in app.text_area if area.label == "Template"]
    area.set_value("id = broken").run()
    assert tracebacks(app) == []
    assert "not TOML" in errors(app)


def test_a_server_named_with_a_password_is_refused_without_repeating_it(
    launch: Launch, store: Callable[[Bundle], None]
) -> None:
    store(bundle())
    app = launch("judge")
    app.segmented_control(key="judge_kind").set_value("endpoint").run()
    app.text_input(key="judge_url").set_value("http://me:secret@127.0.0.1/v1").run()
    app.text_input(key="judge_served").set_value("m").run()
    assert tracebacks(app) == []
    assert "holds a user, a password or a query" in errors(app)
    assert "secret" not in errors(app)


def test_start_queues_the_run_and_shows_it(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle())
    app = launch("judge")
    (start,) = [button for button in app.button if button.label == "Start"]
    start.click().run()
    assert tracebacks(app) == []
    engine = open_database(os.environ["DATABASE_URL"])
    (run,) = list_runs(engine)
    found = run_progress(engine, run.run_id)
    engine.dispose()
    assert (run.state, run.judge, found.run.asked) == ("queued", "bundled", 9)


def test_a_model_of_this_machine_needs_a_name_before_it_can_start(
    launch: Launch, store: Callable[[Bundle], None]
) -> None:
    store(bundle())
    app = launch("judge")
    app.segmented_control(key="judge_kind").set_value("local").run()
    assert not [button for button in app.button if button.label == "Start"]
    app.text_input(key="judge_model").set_value("/models/mine").run()
    assert [button for button in app.button if button.label == "Start"]


def test_a_set_in_the_address_that_does_not_exist_is_said(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle())
    app = launch("judge", set="77")
    assert tracebacks(app) == []
    assert "77" in "".join(str(w.value) for w in app.warning)


def test_a_set_without_texts_says_so(launch: Launch, store: Callable[[Bundle], None]) -> None:
    (question,) = bundle().response_set.questions
    store(Bundle(ResponseSet((replace(question, text=None),))))
    app = launch("judge")
    assert tracebacks(app) == []
    assert "has texts" in errors(app)


def test_the_judge_itself_is_asked_what_fits_it(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle())
    app = launch("judge")
    button(app, "Check with the judge").click().run()
    assert tracebacks(app) == []
    assert "Waiting for a worker" in said(app)
    engine = open_database(os.environ["DATABASE_URL"])
    assert list_runs(engine) == []  # a draft is no run yet
    short = FakeJudge(replace(DESCRIPTION, context=20))
    assert measure_drafts(engine, OpenJudge(lambda choice: short)) == 1
    app.run()
    assert tracebacks(app) == []
    assert "counted by the judge's tokenizer" in said(app)
    assert "do not fit into the 20 tokens the judge can read" in said(app)
    longest = app.dataframe[0].value
    assert list(longest.columns) == ["question", "responses", "tokens"]
    assert longest["tokens"].is_monotonic_decreasing
    button(app, "Start").click().run()
    (run,) = list_runs(engine)
    assert run.state == "queued"


def test_a_judge_that_cannot_be_opened_is_said_before_the_start(
    launch: Launch, store: Callable[[Bundle], None]
) -> None:
    store(bundle())
    app = launch("judge")
    button(app, "Check with the judge").click().run()

    def missing(choice: JudgeChoice) -> Judge:
        raise JudgeRefusal("the weights are not there; allowed: safetensors; copy them")

    assert measure_drafts(open_database(os.environ["DATABASE_URL"]), OpenJudge(missing)) == 1
    app.run()
    assert "the weights are not there" in errors(app)


def button(app: AppTest, label: str) -> Button:
    return next(found for found in app.button if found.label == label)
