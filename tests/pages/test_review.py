"""Reviewing blind and by key: what is shown, what is stored, and what a person is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages import _verdict_keys
from tests.pages.launched import HOSTILE, bundle, said, tracebacks
from trustjudge_core.records import Bundle, PairJudgment, ScoreJudgment, Verdict
from trustjudge_core.review_records import RecordedVerdict
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.list_verdicts import list_verdicts
from trustjudge_core.services.open_database import open_database
from trustjudge_core.services.open_review import open_review
from trustjudge_core.services.set_rubric import set_rubric
from trustjudge_core.services.undo_verdict import undo_verdict

Launch = Callable[..., AppTest]
Store = Callable[[Bundle], None]
CYCLE = [
    PairJudgment("q", first, second, "secret-judge", verdict, text="SECRET REASON")  # type: ignore[arg-type]
    for winner, loser in ("ab", "bc", "ca")
    for first, second, verdict in ((winner, loser, "first"), (loser, winner, "second"))
]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests press faster than people."""
    monkeypatch.setattr(_verdict_keys, "HASTY", 0.0)


def _stored() -> list[RecordedVerdict]:
    engine = open_database(os.environ["DATABASE_URL"])
    found = list_verdicts(engine, 1)
    engine.dispose()
    return found


def _as(app: AppTest, name: str) -> AppTest:
    app.text_input[0].set_value(name)
    return next(button for button in app.button if button.label == "Start reviewing").click().run()


def _reviewing(launch: Launch, name: str = "ann") -> AppTest:
    app = _as(launch("review", run="1"), name)
    assert not tracebacks(app)
    return app


def _press(app: AppTest, label: str) -> AppTest:
    app = next(button for button in app.button if button.label == label).click().run()
    assert not tracebacks(app)
    return app


def test_an_empty_database_offers_the_first_step(launch: Launch, empty: None) -> None:
    app = launch("review")
    assert not tracebacks(app)
    assert "No judgments are stored yet" in said(app)


def test_a_run_without_comparisons_has_no_pairs_to_decide(launch: Launch, store: Store) -> None:
    store(bundle(scores=[ScoreJudgment("q", "a", "ada", (1, 5), emitted=3.0)]))
    app = launch("review", run="1")
    assert not tracebacks(app)
    assert "no pairs to decide" in said(app)


def test_nothing_is_shown_before_a_name_is_given_and_a_blank_one_is_refused(launch: Launch, store: Store) -> None:
    store(bundle(pairs=CYCLE))
    app = launch("review", run="1")
    assert HOSTILE not in [text.value for text in app.text]
    app = _as(app, "   ")
    assert "cannot be used" in app.error[0].value
    assert "person" not in app.session_state


def test_a_case_is_blind_and_its_texts_are_text(launch: Launch, store: Store) -> None:
    store(bundle(pairs=CYCLE))
    app = _reviewing(launch)
    shown = [text.value for text in app.text if text.value != "ann"]
    assert len(shown) == 3, "the question and two responses"
    assert shown[0] == HOSTILE
    assert all(text.startswith(HOSTILE) for text in shown)
    assert "system" not in said(app)
    assert "SECRET REASON" not in said(app)
    assert not any(name in app.query_params for name in ("question", "pair", "chain"))


def test_each_key_stores_what_it_says_about_the_sides_as_shown(launch: Launch, store: Store) -> None:
    store(bundle(pairs=CYCLE))
    app = _reviewing(launch)
    for label in ("First is better", "Tie", "Cannot tell"):
        before = [text.value for text in app.text if text.value != "ann"][1]
        app = _press(app, label)
        newest = _stored()[-1]
        assert newest.verdict == {"First is better": "first", "Tie": "tie", "Cannot tell": None}[label]
        assert before == f"{HOSTILE} {newest.first}"
        assert newest.seconds is not None
        assert newest.seconds >= 0
    assert "Nothing is open for you" in app.success[0].value


def test_the_keys_are_one_to_four_d_u_and_n(launch: Launch, store: Store) -> None:
    store(bundle(pairs=CYCLE))
    app = _reviewing(launch)
    keys = {button.label: button.proto.shortcut for button in app.button if button.proto.shortcut}
    assert keys == {
        "First is better": "1", "Second is better": "2", "Tie": "3", "Cannot tell": "4",
        "Mark differences": "d", "Undo": "u", "Note": "n",
    }  # fmt: skip


def test_deciding_the_cycle_says_that_it_is_resolved(launch: Launch, store: Store) -> None:
    """The only triple a > b > c > a: whichever pair is turned over, an order remains."""
    store(bundle(pairs=CYCLE))
    app = _reviewing(launch)
    texts = [text.value for text in app.text if text.value != "ann"]
    first, second = texts[1][-1], texts[2][-1]
    loser_by_judge = "Second is better" if (first + second) in ("ab", "bc", "ca") else "First is better"
    app = _press(app, loser_by_judge)
    assert "It resolved 1 inconsistent triple" in said(app)
    assert "0 of 1 inconsistent triple left" in said(app)


def test_the_judge_is_shown_only_afterwards_and_on_request(launch: Launch, store: Store) -> None:
    store(bundle(pairs=CYCLE))
    app = _press(_reviewing(launch), "Tie")
    assert "SECRET REASON" not in said(app)
    app.session_state[f"why_{_stored()[-1].verdict_id}"] = True
    app = app.run()
    assert not tracebacks(app)
    assert "SECRET REASON" in said(app)
    assert "this pair sat in 1 inconsistent triple" in said(app)


def test_undo_brings_the_case_back_with_its_sides(launch: Launch, store: Store) -> None:
    store(bundle(pairs=CYCLE))
    app = _reviewing(launch)
    before = [text.value for text in app.text]
    app = _press(_press(app, "First is better"), "Undo")
    assert [text.value for text in app.text] == before
    assert [verdict.kind for verdict in _stored()] == ["decide", "withdraw"]


def test_a_note_is_kept_with_the_verdict(launch: Launch, store: Store) -> None:
    store(bundle(pairs=CYCLE))
    app = _press(_reviewing(launch), "Note")
    next(area for area in app.text_area if area.label == "Note").set_value(HOSTILE).run()
    app = _press(app, "Tie")
    assert _stored()[-1].note == HOSTILE
    assert not any(area.label == "Note" for area in app.text_area)


def test_a_key_pressed_twice_on_one_case_is_one_verdict(launch: Launch, store: Store) -> None:
    store(bundle(pairs=CYCLE))
    app = _reviewing(launch)
    case = app.session_state["reviewing"].case
    app = _press(app, "First is better")
    # The second press was under way with the case of the first one still on the screen.
    app.session_state["reviewing"].case = case
    app = app.run()
    app = _press(app, "Second is better")
    assert "You had decided that pair already: first is better." in said(app)
    assert [verdict.verdict for verdict in _stored()] == ["first"]
    assert app.session_state["reviewing"].case.token != case.token


def test_a_press_faster_than_reading_is_not_stored(
    launch: Launch, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(bundle(pairs=CYCLE))
    app = _reviewing(launch)
    monkeypatch.setattr(_verdict_keys, "HASTY", 3600.0)
    app = _press(app, "First is better")
    assert "was not stored" in said(app)
    assert not _stored()
    assert len([text for text in app.text if text.value.startswith(HOSTILE)]) == 3


def test_a_case_of_another_database_is_refused_and_the_review_goes_on(
    launch: Launch, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(bundle(pairs=CYCLE))
    app = _reviewing(launch)
    _use_another_database(tmp_path, monkeypatch, bundle(pairs=CYCLE))
    app = _press(app, "Tie")
    assert "Nothing was stored" in app.error[0].value
    assert not _stored()
    _press(app, "Tie")
    assert len(_stored()) == 1


def test_a_run_that_vanished_is_said(
    launch: Launch, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(bundle(pairs=CYCLE))
    app = _reviewing(launch)
    _use_another_database(tmp_path, monkeypatch, None)
    app = _press(app, "Tie")
    assert "Nothing was stored" in app.error[0].value
    assert "No judgments are stored yet" in said(app)


def _use_another_database(folder: Path, monkeypatch: pytest.MonkeyPatch, holds: Bundle | None) -> None:
    """As when somebody puts another file in the place of the one that was reviewed."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder / 'other.sqlite3'}")
    engine = open_database(os.environ["DATABASE_URL"])
    if holds is not None:
        import_bundle(engine, holds, "another set")
    engine.dispose()


def test_two_people_each_decide_and_a_new_rubric_reopens(launch: Launch, store: Store) -> None:
    store(bundle(pairs=CYCLE))
    app = _reviewing(launch)
    for _ in range(3):
        app = _press(app, "Tie")
    engine = open_database(os.environ["DATABASE_URL"])
    set_rubric(engine, 1, HOSTILE, "bo")
    engine.dispose()
    app = _reviewing(launch)
    assert HOSTILE in [text.value for text in app.text], "the rubric, as text"
    assert any(button.label == "Tie" for button in app.button)


def test_one_response_can_be_scored_where_the_judge_is_least_sure(launch: Launch, store: Store) -> None:
    scores = [
        ScoreJudgment("q", r, "secret-judge", (1, 5), emitted=4.0, labels=(4.0, 5.0), probs=probs)
        for r, probs in (("a", (0.9, 0.1)), ("b", (0.5, 0.5)), ("c", (0.8, 0.2)))
    ]
    store(bundle(pairs=CYCLE, scores=scores))
    app = _reviewing(launch)
    app = app.selectbox(key="review_which").set_value("scores").run()
    assert not tracebacks(app)
    app = _press(app, "Store score")
    assert not _stored(), "without a score there is nothing to store"
    assert "There is no score yet" in said(app)
    next(number for number in app.number_input if number.label.startswith("Score")).set_value(2.0)
    _press(app, "Store score")
    newest = _stored()[-1]
    assert (newest.response_id, newest.score, newest.scale) == ("b", 2.0, (1.0, 5.0))


@pytest.mark.parametrize("which", ["strict_cycle", "broken_chain", "flips", "disagreements"])
def test_every_choice_of_pairs_opens(launch: Launch, store: Store, which: str) -> None:
    store(bundle(pairs=CYCLE))
    app = _reviewing(launch).selectbox(key="review_which").set_value(which).run()
    assert not tracebacks(app)


def test_what_only_one_text_has_is_marked_and_escaped(launch: Launch, store: Store) -> None:
    store(bundle(pairs=CYCLE))
    app = _reviewing(launch)
    app = _press(app, "Mark differences")
    marked = [element.proto.body for element in app.get("html") if "pre-wrap" in element.proto.body]
    assert len(marked) == 2
    assert not any("<script" in body for body in marked)
    assert all("&lt;script&gt;alert(1)&lt;/script&gt;" in body for body in marked)
    # The texts differ in their last word alone.
    assert sorted(body.count("<span") for body in marked) == [1, 1]
    app = _press(app, "Unmark differences")
    assert not any("pre-wrap" in element.proto.body for element in app.get("html"))


def test_a_verdict_is_changed_later_and_the_past_is_kept(launch: Launch, store: Store) -> None:
    store(bundle(pairs=CYCLE))
    app = _press(_reviewing(launch), "First is better")
    app.session_state["my_verdicts"] = True
    app = app.run()
    assert not tracebacks(app)
    first = _stored()[-1]
    app.session_state[f"mine_{first.verdict_id}"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app = app.run()
    assert not tracebacks(app)
    app.segmented_control(key=f"again_said_{first.verdict_id}").set_value("2").run()
    app = _press(app, "Change it")
    assert [(v.verdict, v.stands) for v in _stored()] == [("first", False), ("second", True)]
    engine = open_database(os.environ["DATABASE_URL"])
    assert undo_verdict(engine, open_review(engine, 1), "ann") is not None
    engine.dispose()


def test_a_pair_can_be_settled_from_its_evidence_without_its_ids_in_the_address(launch: Launch, store: Store) -> None:
    store(bundle(pairs=CYCLE))
    app = launch("inconsistencies", run="1", question="q", pair="b~c")
    assert not tracebacks(app)
    assert any(button.label == "Settle this pair" for button in app.button)
    app.session_state["settle"] = (1, "q", "b", "c")
    app.session_state["person"] = "ann"
    app.switch_page("pages/review.py")
    app = app.run()
    assert not tracebacks(app)
    texts = [text.value for text in app.text if text.value.startswith(HOSTILE)]
    assert {text[-1] for text in texts[1:]} == {"b", "c"}
    assert not any(name in app.query_params for name in ("question", "pair"))
    app = _press(app, "Tie")
    app.session_state["settle"] = (1, "q", "b", "c")
    app = app.run()
    assert "decided already" in said(app)


def test_the_curve_holds_what_each_verdict_left(launch: Launch, store: Store) -> None:
    store(bundle(pairs=CYCLE))
    app = _reviewing(launch)
    for _ in range(2):
        app = _press(app, "Tie")
    app.session_state["curve"] = True
    app = app.run()
    assert not tracebacks(app)
    table = next(table.value for table in app.dataframe if "inconsistent triples left" in table.value)
    # A cycle of three wins; one tie leaves a broken chain, two ties a contradicted one.
    assert table.to_numpy().tolist() == [[0, 1], [1, 1], [2, 1]]
    assert "2 verdicts: 1 inconsistent triples before, 1 now" in said(app)


def test_people_are_set_beside_each_other_and_the_judge_without_naming_responses(launch: Launch, store: Store) -> None:
    """On a and b the two agree with the judge; on b and c they are divided, one with it."""
    verdicts = [
        Verdict("q", person, first, second, said)  # type: ignore[arg-type]
        for person, first, second, said in (
            ("ann", "a", "b", "first"),
            ("bo <b>", "a", "b", "first"),
            ("ann", "b", "c", "first"),
            ("bo <b>", "c", "b", "first"),
        )
    ]
    store(replace(bundle(pairs=CYCLE), verdicts=tuple(verdicts)))
    app = _reviewing(launch)
    app.session_state["people"] = True
    app = app.run()
    assert not tracebacks(app)
    assert "Same verdict: 50.0 % · 1 of 2 couples of verdicts" in said(app)
    divided = next(table.value for table in app.dataframe if "for one" in table.value)
    assert sorted([divided["for one"].iloc[0], divided["for the other"].iloc[0]]) == ["ann", "bo <b>"]
    judge = next(table.value for table in app.dataframe if "people tie" in table.value)
    # A split is a tie: of the two pairs that people decided, the judge and they name a winner on one, the same.
    assert judge["same winner where both decide"].iloc[0].startswith("100.0 % · 1 of 1 pairs")
    assert judge["pairs"].iloc[0] == 2
    believed = next(table.value for table in app.dataframe if "calibration error" in table.value)
    assert believed["category"].iloc[0] == "all" and believed["pairs"].iloc[0] == 1
