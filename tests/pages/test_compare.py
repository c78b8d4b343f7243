"""The Compare page: two judges over one set, one run read in two ways, and what cannot be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from streamlit.testing.v1 import AppTest

from tests.core.small_runs import both_orders
from tests.pages.launched import HOSTILE, bundle, doors, said, tracebacks
from trustjudge_core.records import Bundle, PairJudgment, ScoreJudgment, Shown

Launch = Callable[..., AppTest]


def by(judge: str, *verdicts: tuple[str, str, Shown]) -> list[PairJudgment]:
    return [replace(p, judge=judge) for first, second, v in verdicts for p in both_orders(first, second, v)]


# Of three pairs the judges agree on a > b, name opposite winners of b and c, and differ by a tie on a and c.
TWO = bundle(
    pairs=[
        *by("ada", ("a", "b", "first"), ("b", "c", "first"), ("a", "c", "first")),
        *by(HOSTILE, ("a", "b", "first"), ("b", "c", "second"), ("a", "c", "tie")),
    ]
)


def test_two_judges_stand_side_by_side_and_their_disagreements_are_listed(
    launch: Launch, store: Callable[[Bundle], None]
) -> None:
    store(TWO)
    app = launch("compare")
    assert tracebacks(app) == []
    words = said(app)
    assert "2 pairs of 3 (66.7 %); opposite winners in 1." in words
    assert "On the same 3 of 3 pairs" in words
    listed = app.dataframe[-1].value
    assert [(row["A"], row["B"]) for _, row in listed.iterrows()] == [("b", "c"), ("a", "c")]


def test_one_run_can_be_read_in_two_ways(launch: Launch, sample: None) -> None:
    app = launch("compare")
    assert tracebacks(app) == []
    assert "Where they disagree" in said(app), "in two modes, to begin with"
    app.selectbox(key="compare_mode_1_again").set_value("corrected").run()
    assert "read in the same way" in said(app)
    app.selectbox(key="compare_by_1").set_value("baseline").run()
    assert tracebacks(app) == []
    assert "Where they disagree" in said(app)


def test_runs_with_scores_alone_are_set_beside_each_other_by_their_scores(
    launch: Launch, store: Callable[[Bundle], None]
) -> None:
    given = {"one": 2.0, "two": 3.5}
    store(bundle(scores=[ScoreJudgment("q", r, judge, (1, 5), emitted=s) for r in "ab" for judge, s in given.items()]))
    app = launch("compare")
    assert tracebacks(app) == []
    words = said(app)
    assert "no comparisons of the same responses" in words
    assert "1.50 points higher than by" in words or "1.50 points lower than by" in words
    assert "Nowhere" not in words


def test_nothing_chosen_says_what_to_choose(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(TWO)
    app = launch("compare")
    app.multiselect[0].set_value([]).run()
    assert tracebacks(app) == []
    assert "Choose two runs" in said(app)


def test_a_way_to_read_that_a_run_does_not_support_is_said(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(TWO)
    app = launch("compare")
    app.selectbox(key="compare_by_1").set_value("ppl").run()
    assert tracebacks(app) == []
    assert app.error


def test_an_empty_database_offers_the_first_step(launch: Launch, empty: None) -> None:
    app = launch("compare")
    assert tracebacks(app) == []
    assert "Upload judgments" in doors(app)


def test_a_judge_that_is_called_like_a_column_does_not_take_its_place(
    launch: Launch, store: Callable[[Bundle], None]
) -> None:
    renamed = [replace(pair, judge="question" if pair.judge == TWO.pairs[0].judge else "A") for pair in TWO.pairs]
    store(replace(TWO, pairs=tuple(renamed)))
    app = launch("compare")
    assert tracebacks(app) == []
    listed = app.dataframe[-1].value
    assert [(row["question"], row["A"], row["B"]) for _, row in listed.iterrows()] == [("q", "b", "c"), ("q", "a", "c")]
    assert {"by question", "by A"} <= set(listed.columns)
