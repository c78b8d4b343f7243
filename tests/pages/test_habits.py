"""The Habits page: numbers of the sample, and what cannot be measured is said."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.core.small_runs import both_orders, pair
from tests.pages.launched import bundle, doors, said, tracebacks
from trustjudge_core.records import Bundle, ScoreJudgment

Launch = Callable[..., AppTest]


def test_the_sample_leans_towards_what_is_shown_first(launch: Launch, sample: None) -> None:
    app = launch("habits", run="1")
    assert tracebacks(app) == []
    words = said(app)
    assert "favour the first shown" in words
    assert "Being shown first adds" in words
    assert "Fidelity loss" in words
    assert "nothing was asked again" in words


# The texts of a and b are "... a" and "... b": equally long, so no pair can favour the longer one.
def test_pairs_judged_in_one_order_measure_no_place(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle("ab", pairs=[pair("a", "b", "first")]))
    app = launch("habits")
    assert tracebacks(app) == []
    assert "no pair was judged in both known orders" in said(app)


def test_scores_alone_show_the_scale_and_say_what_is_missing(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(scores=[ScoreJudgment("q", r, "j", (1.0, 5.0), emitted=3.0) for r in "ab"]))
    app = launch("habits")
    assert tracebacks(app) == []
    assert "it takes score distributions and comparisons" in said(app)
    assert dict(app.dataframe[-1].value.itertuples(index=False))["responses"] == "2"


def test_a_pair_asked_again_counts_for_stability(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle("ab", pairs=[*both_orders("a", "b", "first"), pair("a", "b", "second")]))
    app = launch("habits")
    assert tracebacks(app) == []
    assert "1 prompt asked again" in said(app)
    assert "0 of 1 pairs of answers" in said(app)


def test_an_empty_database_offers_the_first_step(launch: Launch, empty: None) -> None:
    app = launch("habits")
    assert tracebacks(app) == []
    assert "Upload judgments" in doors(app)
