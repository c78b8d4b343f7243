"""Who wins against whom in one question, and both orders of a pair."""

from __future__ import annotations

import json
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.pages.launched import bundle, said, tracebacks, warned
from trustjudge_core.records import Bundle, PairJudgment, ScoreJudgment

Launch = Callable[..., AppTest]
JUDGE = "ada"


def test_the_sample_shows_a_matrix_and_the_same_as_a_table(launch: Launch, sample: None) -> None:
    app = launch("preferences", run="1", question="explain-leaves")
    assert not tracebacks(app)
    assert len(app.get("plotly_chart")) == 1
    assert len(app.dataframe[0].value) == 15  # 6 responses
    assert "Choose a cell or a row" in said(app)


def test_a_link_opens_both_orders_and_both_responses(launch: Launch, sample: None) -> None:
    app = launch("preferences", run="1", question="explain-leaves", pair="cedar-small~birch-medium")
    assert not tracebacks(app)
    text = said(app)
    assert "Relation: A wins, margin 0.548" in text
    assert "Autumn coloration is the result" in text
    assert "Leaves are green because" in text
    assert len(app.get("plotly_chart")) == 2


def test_a_flip_is_said(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=[PairJudgment("q", a, b, JUDGE, "first") for a, b in ("ab", "ba")]))
    app = launch("preferences", run="1", pair="a~b")
    assert not tracebacks(app)
    text = said(app)
    assert "Relation: tie" in text
    assert "names a different winner when the order is swapped" in text
    assert app.dataframe[0].value["winner changes"].tolist() == ["yes"]


def test_a_failed_order_shows_its_reason(launch: Launch, store: Callable[[Bundle], None]) -> None:
    pairs = [
        PairJudgment("q", "a", "b", JUDGE, "first", (0.9, 0.05, 0.05)),
        PairJudgment("q", "b", "a", JUDGE, failure="ran out of tokens"),
        PairJudgment("q", "b", "c", JUDGE, "first", (0.9, 0.05, 0.05)),
        PairJudgment("q", "c", "b", JUDGE, "second", (0.05, 0.9, 0.05)),
    ]
    store(bundle(pairs=pairs))
    app = launch("preferences", run="1", pair="a~b")
    assert not tracebacks(app)
    text = said(app)
    assert "no preference: an order is missing or failed" in text
    assert "ran out of tokens" in text


def test_a_pair_that_was_not_compared_says_so(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=[PairJudgment("q", "a", "b", JUDGE, "first")]))
    app = launch("preferences", run="1", pair="a~c")
    assert not tracebacks(app)
    assert "This pair was not compared." in said(app)


def test_many_responses_are_a_table_without_a_matrix(launch: Launch, store: Callable[[Bundle], None]) -> None:
    names = [f"r{n}" for n in range(40)]
    store(bundle(names, pairs=[PairJudgment("q", "r0", "r1", JUDGE, "first")]))
    app = launch("preferences", run="1")
    assert not tracebacks(app)
    assert "too many for a matrix" in said(app)
    assert len(app.dataframe[0].value) == 1


def test_a_pair_that_does_not_exist_is_said(launch: Launch, sample: None) -> None:
    for wrong in ("a~b", "cedar-small", "cedar-small~cedar-small"):
        app = launch("preferences", run="1", question="explain-leaves", pair=wrong)
        assert not tracebacks(app)
        assert f"{wrong!r}" in warned(app)


def test_scores_alone_point_to_the_scores(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(scores=[ScoreJudgment("q", "a", JUDGE, (1, 5), emitted=4.0)]))
    app = launch("preferences", run="1")
    assert not tracebacks(app)
    assert "This run has no comparisons" in said(app)


def test_an_empty_database_says_so(launch: Launch, empty: None) -> None:
    app = launch("preferences")
    assert not tracebacks(app)
    assert "No judgments are stored yet" in said(app)


def test_asked_twice_in_one_order_is_two_bars(launch: Launch, store: Callable[[Bundle], None]) -> None:
    pairs = [PairJudgment("q", "a", "b", JUDGE, "first"), PairJudgment("q", "a", "b", JUDGE, "tie")]
    store(bundle(pairs=[*pairs, PairJudgment("q", "b", "a", JUDGE, "second")]))
    app = launch("preferences", run="1", pair="b~a")
    assert not tracebacks(app)
    labels = json.loads(app.get("plotly_chart")[1].proto.spec)["layout"]["yaxis"]["ticktext"]
    assert labels == ["A shown first", "B shown first", "B shown first (2)", "both orders"]


def test_nothing_usable_is_no_preference(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=[PairJudgment("q", a, b, JUDGE, failure="no verdict") for a, b in ("ab", "ba")]))
    for page in ("preferences", "inconsistencies"):
        app = launch(page, run="1", question="q", pair="a~b")
        assert not tracebacks(app)
        assert "no preference: an order is missing or failed" in said(app)
