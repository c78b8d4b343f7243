"""The Methods page: every method on the same pairs, and measures over the tolerance."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.core.small_runs import both_orders
from tests.pages.launched import bundle, doors, said, tracebacks
from trustjudge_core.records import Bundle, ScoreJudgment

Launch = Callable[..., AppTest]


def test_every_method_of_the_sample_stands_on_the_same_pairs(launch: Launch, sample: None) -> None:
    app = launch("methods", run="1")
    assert tracebacks(app) == []
    comparisons, scores = app.dataframe[0].value, app.dataframe[1].value
    ways = ["agreement of verdicts", "lower perplexity", "averaged probabilities"]
    assert list(comparisons.columns) == ["measure", *ways]
    assert list(scores["method"]) == [
        f"{method}, 1 to 5"
        for method in (
            "emitted score",
            "G-Eval, raw sum",
            "G-Eval, renormalised",
            "softmax at T = 0.2",
            "expected score",
        )
    ]
    # The same denominator in every method: that is what makes them comparable.
    ties = comparisons.set_index("measure").loc["tie rate", ways]
    assert len({cell.split("of")[1].split()[0] for cell in ties}) == 1
    for column in ("CR", "reversals", "only scores tie", "only comparison ties", "scores tie"):
        assert len({cell.split("of")[1].split()[0] for cell in (*scores[column], scores["CR"][0])}) == 1


def test_a_table_stands_behind_the_curves(launch: Launch, sample: None) -> None:
    app = launch("methods", run="1")
    curves = app.dataframe[-1].value
    assert set(curves["method"]) == {"agreement of verdicts", "lower perplexity", "averaged probabilities"}
    assert (curves["tolerance"].min(), curves["tolerance"].max()) == (0.0, 1.0)
    # At tolerance 1 nothing is decided by averaged probabilities.
    last = curves[(curves["method"] == "averaged probabilities") & (curves["tolerance"] == 1.0)]
    assert list(last["share"]) == ["0.0 %"]
    assert list(last["degenerate"]) == [True]


def test_a_run_of_scores_alone_says_what_is_missing(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(scores=[ScoreJudgment("q", "a", "j", (1.0, 5.0), emitted=3.0)]))
    app = launch("methods")
    assert tracebacks(app) == []
    assert "no usable comparisons" in said(app)


def test_a_run_of_comparisons_alone_says_what_is_missing(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle("ab", pairs=both_orders("a", "b", "first")))
    app = launch("methods")
    assert tracebacks(app) == []
    assert "it takes scores and comparisons" in said(app)


def test_an_empty_database_offers_the_first_step(launch: Launch, empty: None) -> None:
    app = launch("methods")
    assert tracebacks(app) == []
    assert "Upload judgments" in doors(app)
