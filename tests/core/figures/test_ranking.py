"""Strengths with intervals, and the bump chart between methods."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustjudge_core.figures.ranking import bump, bump_rows, strengths
from trustjudge_core.figures.theme import light

THEME = light()
NAN = float("nan")


def board(names: tuple[str, ...] = ("a", "b", "c", "d")) -> go.Figure:
    """b is first; a and c share rank 2, c without an interval; d has no strength."""
    return strengths(
        names, np.array([1.0, 2.0, 1.0, NAN]), np.array([0.5, 1.5, NAN, NAN]), np.array([1.25, 2.5, NAN, NAN]),
        np.array([2, 1, 2, 0]), THEME, "log-odds",
    )  # fmt: skip


def trace(figure: go.Figure, name: str) -> go.Scatter:
    (found,) = [t for t in figure.data if t.name == name]
    return found


def test_the_best_stands_on_top_and_shared_ranks_say_so() -> None:
    figure = board()
    assert figure.layout.yaxis.ticktext == ("1 b", "2= a", "2= c")
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert figure.layout.xaxis.title.text == "log-odds"


def test_bars_reach_from_low_to_high() -> None:
    known = trace(board(), "with interval")
    assert list(known.x) == [2.0, 1.0] and list(known.y) == [0, 1]
    assert list(known.error_x.array) == [0.5, 0.25] and list(known.error_x.arrayminus) == [0.5, 0.5]
    assert known.hovertext[0] == "b<br>rank 1, 2.00, 1.50 to 2.50"


def test_no_interval_no_bar() -> None:
    bare = trace(board(), "without interval")
    assert list(bare.y) == [2] and bare.error_x.array is None and bare.marker.symbol == "circle-open"
    assert bare.hovertext == ("c<br>rank 2=, 1.00, no interval",)


def test_no_finite_strength_is_not_enough_data() -> None:
    nan = np.full(2, NAN)
    figure = strengths(("a", "b"), nan, nan, nan, np.array([1, 2]), THEME, "log-odds")
    assert figure.layout.annotations[0].text == "Not enough data: no finite strengths to draw"


def test_ranking_names_are_escaped() -> None:
    figure = board(("<img onerror>", "b", "c", "d"))
    assert figure.layout.yaxis.ticktext[1] == "2= &lt;img onerror&gt;"
    assert all("<img" not in said for t in figure.data for said in t.hovertext)
    drawn = bump(["<b>x</b>", "y"], ["<img onerror>", "b"], np.array([[1, 2], [2, 1]]), THEME)
    assert drawn.layout.xaxis.ticktext[0] == "&lt;b&gt;x&lt;/b&gt;"
    assert drawn.layout.yaxis.ticktext == ("1 &lt;img onerror&gt;", "2 b")
    assert drawn.layout.yaxis2.ticktext == ("2 &lt;img onerror&gt;", "1 b")
    assert all("<img" not in str(t.hovertext) and "<img" not in t.name for t in drawn.data)


# Three entries by two methods: the first method ties b with c, the second cannot rank c.
RANKS = np.array([[1, 2], [2, 1], [2, 0]])


def test_entries_of_one_rank_get_rows_of_their_own() -> None:
    rows = bump_rows(RANKS)
    assert rows[:, 0].tolist() == [0, 1, 2]
    assert rows[:2, 1].tolist() == [1, 0] and np.isnan(rows[2, 1])


def test_shared_ranks_keep_the_order_of_the_column_before() -> None:
    assert bump_rows(np.array([[3, 1], [2, 1], [1, 1]]))[:, 1].tolist() == [2, 1, 0]


@given(st.integers(1, 8), st.integers(1, 4), st.integers(0, 1000))
def test_rows_of_a_column_are_all_different_and_follow_the_ranks(n: int, m: int, seed: int) -> None:
    ranks = np.random.default_rng(seed).integers(0, n + 1, (n, m))
    rows = bump_rows(ranks)
    for rank, row in zip(ranks.T, rows.T, strict=True):
        assert np.array_equal(np.isnan(row), rank == 0)
        assert sorted(row[rank > 0].tolist()) == list(range(int((rank > 0).sum())))
        by_row = rank[rank > 0][np.argsort(row[rank > 0])]
        assert (np.diff(by_row) >= 0).all()


def test_lines_break_where_an_entry_is_not_ranked() -> None:
    c = trace(bump(["one", "two"], ["a", "b", "c"], RANKS, THEME), "c")
    assert list(c.y) == [2.0, None] and c.connectgaps is False


@pytest.mark.parametrize(
    ("ranks", "colour", "dash"),
    [([1, 1], THEME.agrees, "solid"), ([3, 1], THEME.chosen, "solid"), ([1, 3], THEME.reversal, "dash")],
)
def test_a_fall_is_orange_and_dashed_a_rise_blue(ranks: list[int], colour: str, dash: str) -> None:
    line = bump(["one", "two"], ["a"], np.array([ranks]), THEME).data[0].line
    assert (line.color, line.dash) == (colour, dash)


def test_both_ends_name_entries_with_their_ranks() -> None:
    layout = bump(["one", "two"], ["a", "b", "c"], RANKS, THEME).layout
    assert layout.yaxis.ticktext == ("1 a", "2= b", "2= c")
    assert layout.yaxis2.ticktext == ("2 a", "1 b") and layout.yaxis2.side == "right"
    assert layout.yaxis.range == layout.yaxis2.range


def test_more_than_two_method_names_are_turned_so_that_a_phone_has_room_for_them() -> None:
    methods = ["Copeland", "Bradley-Terry with ties", "Expected score"]
    turned = bump(methods, ["a"], np.ones((1, 3), int), THEME).layout
    assert turned.xaxis.ticktext == tuple(methods)
    assert turned.xaxis.tickangle == -40
    flat = bump(["judge alone", "corrected"], ["a"], np.ones((1, 2), int), THEME).layout
    assert flat.xaxis.tickangle == 0 and flat.margin.t < turned.margin.t


@pytest.mark.parametrize(("methods", "names"), [(["one"], ["a"]), (["one", "two"], [])])
def test_one_method_or_no_entry_is_not_enough_data(methods: list[str], names: list[str]) -> None:
    figure = bump(methods, names, np.ones((len(names), len(methods)), int), THEME)
    assert figure.layout.annotations[0].text.startswith("Not enough data")
