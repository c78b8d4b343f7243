"""What a click on a mark stands for: its place among what the figure was given, however the figure orders it."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go
import pytest

from trustjudge_core.figures.compare import difference_dots
from trustjudge_core.figures.overview import category_dots, chance_bars, split_bar
from trustjudge_core.figures.profile import calibration, fairness_dots
from trustjudge_core.figures.ranking import bump, strengths
from trustjudge_core.figures.scores import ridgelines
from trustjudge_core.figures.theme import UNFADED, light

THEME, NAN = light(), math.nan


def marks(figure: go.Figure) -> dict[int, set[float]]:
    """Place -> where along x its marks stand."""
    found: dict[int, set[float]] = {}
    for trace in figure.data:
        for x, carried in zip(trace.x, trace.customdata if trace.customdata is not None else [], strict=False):
            if x is not None:
                found.setdefault(carried[0], set()).add(float(x))
    return found


def test_parts_of_a_bar() -> None:
    figure = split_bar([("reversal", 1, "#000000", ""), ("agree", 3, "#000000", "")], 4, THEME)
    assert marks(figure) == {0: {0.25}, 1: {0.75}}


def test_categories_that_are_drawn_worst_first() -> None:
    values, nothing = np.array([0.1, NAN, 0.4, 0.2]), np.array([NAN, NAN, 0.3, 0.1])
    figure = category_dots(["a", "b", "c", "d"], values, nothing, values + 0.1, np.full(4, 9), THEME, "pairs")
    assert marks(figure) == {0: {0.1}, 2: {0.4}, 3: {0.2}}


def test_shares_beside_chance() -> None:
    figure = chance_bars(["NTR_3", "NTR_4", "NTR_5"], [0.2, NAN, 0.6], [(0.1, 0.3), (NAN, NAN), (NAN, NAN)],
                         [0.5, NAN, 0.9], THEME)  # fmt: skip
    assert marks(figure) == {0: {0.2}, 2: {0.6}}


def test_rows_with_and_without_an_interval() -> None:
    rows = [("a", NAN, NAN, NAN), ("b", 0.1, NAN, NAN), ("c", -0.2, -0.3, -0.1)]
    assert marks(difference_dots(rows, THEME)) == {1: {0.1}, 2: {-0.2}}
    assert marks(fairness_dots([(*row, 5) for row in rows], THEME)) == {1: {0.1}, 2: {-0.2}}


def test_points_of_a_calibration() -> None:
    figure = calibration([(0.6, NAN, NAN, NAN, 0), (0.7, 0.8, NAN, NAN, 3), (0.9, 0.7, 0.6, 0.8, 4)], THEME)
    assert marks(figure) == {1: {0.7}, 2: {0.9}}


def test_entries_of_a_ranking_that_are_drawn_best_first() -> None:
    rank, strength = np.array([2, 0, 1]), np.array([0.5, NAN, 1.5])
    figure = strengths(["a", "b", "c"], strength, strength - 0.1, strength + 0.1, rank, THEME, "points")
    assert marks(figure) == {0: {0.5}, 2: {1.5}}
    moved = bump(["one", "two"], ["a", "b", "c"], np.array([[2, 1], [0, 0], [1, 2]]), THEME)
    assert {place: len(where) for place, where in marks(moved).items() if place != 1} == {0: 2, 2: 2}


@pytest.mark.parametrize("high", [5.0, 100.0])
def test_distributions_that_are_drawn_highest_first(high: float) -> None:
    values, probs = np.array([[1.0, 2.0], [4.0, 5.0]]), np.array([[0.5, 0.5], [0.25, 0.75]])
    low_first = np.array([1.5, 4.75])
    figure = ridgelines(["low", "high"], values, probs, low_first, low_first, low_first, np.array([1.0, 0.5]),
                        (1.0, high), THEME)  # fmt: skip
    found = marks(figure)
    assert {1.0, 2.0, 1.5} <= found[0] and {4.0, 5.0, 4.75} <= found[1]


def test_a_click_fades_nothing_and_shows_nothing_hidden() -> None:
    figure = bump(["one", "two"], ["a", "b"], np.array([[1, 2], [2, 1]]), THEME)
    assert figure.layout.clickmode == "event+select"
    for trace in figure.data:
        assert trace.unselected.marker.opacity == trace.selected.marker.opacity == UNFADED["marker"]["opacity"]
    assert figure.data[-1].marker.color == "rgba(0,0,0,0)"  # the trace that only carries an axis stays unseen
