"""The score distributions of a question."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.launched import bundle, said, tracebacks, warned
from trustjudge_core.records import Bundle, PairJudgment, ScoreJudgment

Launch = Callable[..., AppTest]
JUDGE = "ada"


def test_the_sample_shows_a_distribution_of_every_response(launch: Launch, sample: None) -> None:
    app = launch("scores", run="1", question="explain-leaves")
    assert not tracebacks(app)
    table = app.dataframe[0].value
    assert len(table) == 6
    assert table["expectation"].is_monotonic_decreasing
    assert len(app.get("plotly_chart")) == 1


def test_readouts_of_one_distribution(launch: Launch, store: Callable[[Bundle], None]) -> None:
    """P(1) = P(5) = 0.4 of mass 0.8: E = 3, H = ln 2, sd = 2, E within 0.8 * 3 + 0.2 * 1 .. 0.8 * 3 + 0.2 * 5."""
    found = ScoreJudgment("q", "a", JUDGE, (1, 5), emitted=1.0, labels=(1.0, 5.0), probs=(0.4, 0.4))
    store(bundle(scores=[found]))
    app = launch("scores", run="1")
    assert not tracebacks(app)
    row = app.dataframe[0].value.iloc[0]
    assert row["expectation"] == pytest.approx(3.0)
    assert row["standard deviation"] == pytest.approx(2.0)
    assert row["entropy (nats)"] == pytest.approx(0.6931, abs=1e-4)
    assert row["share of the highest entropy"] == pytest.approx(0.6931 / 1.6094, abs=1e-4)
    assert (row["lowest possible"], row["highest possible"]) == (pytest.approx(2.6), pytest.approx(3.4))
    assert row["mass"] == pytest.approx(0.8)
    text = said(app)
    assert "1 of 1 distributions hold less than 90 %" in text
    assert "Without a usable score: 2 of 3 responses" in text


def test_repeated_answers_have_a_standard_error(launch: Launch, store: Callable[[Bundle], None]) -> None:
    """Samples 2, 4: mean 3, variance of the mean (1 + 1) / (2 - 1) / 2 = 1."""
    store(bundle(scores=[ScoreJudgment("q", "a", JUDGE, (1, 5), emitted=value) for value in (2.0, 4.0)]))
    row = launch("scores", run="1").dataframe[0].value.iloc[0]
    assert row["standard error"] == pytest.approx(1.0)
    assert row["judgments"] == 2


def test_several_scales_can_be_chosen_between(launch: Launch, store: Callable[[Bundle], None]) -> None:
    scores = [
        ScoreJudgment("q", "a", JUDGE, (1, 5), emitted=4.0),
        ScoreJudgment("q", "a", JUDGE, (1, 100), emitted=70.0),
    ]
    store(bundle(scores=scores))
    app = launch("scores", run="1")
    chooser = next(box for box in app.selectbox if box.label == "Scores of")
    assert len(chooser.options) == 2
    chooser.select_index(1).run()
    assert not tracebacks(app)
    assert app.dataframe[0].value["emitted"].tolist() == [70.0]


def test_a_question_without_scores_says_so(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(scores=[ScoreJudgment("q", "a", JUDGE, (1, 5), failure="no number")]))
    app = launch("scores", run="1")
    assert not tracebacks(app)
    assert "This run has no usable scores" in said(app)


def test_comparisons_alone_point_to_the_preferences(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=[PairJudgment("q", "a", "b", JUDGE, "first")]))
    app = launch("scores", run="1")
    assert not tracebacks(app)
    assert "This run has no usable scores" in said(app)


def test_a_question_that_does_not_exist_is_said(launch: Launch, sample: None) -> None:
    app = launch("scores", run="1", question="nowhere")
    assert not tracebacks(app)
    assert "'nowhere'" in warned(app)


def test_an_empty_database_says_so(launch: Launch, empty: None) -> None:
    app = launch("scores")
    assert not tracebacks(app)
    assert "No judgments are stored yet" in said(app)
