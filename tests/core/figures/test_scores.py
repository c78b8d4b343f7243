"""Ridgelines of score distributions."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from trustjudge_core.figures.scores import RIDGE, ridgelines, ridges
from trustjudge_core.figures.theme import light

THEME = light()
VALUES = np.array([[1.0, 2.0, 3.0], [3.0, 5.0, 0.0]])
PROBS = np.array([[0.2, 0.8, 0.0], [0.5, 0.5, 0.0]])
EXPECTATION = np.array([1.8, 4.0])
MODE = np.array([2.0, 3.0])
EMITTED = np.array([1.0, 5.0])


def drawn(mass: tuple[float, float] = (1.0, 1.0), names: tuple[str, str] = ("low", "high")) -> go.Figure:
    return ridgelines(names, VALUES, PROBS, EMITTED, MODE, EXPECTATION, np.array(mass), (1.0, 5.0), THEME)


def wide(values: list[float], probs: list[float]) -> go.Figure:
    """One response on 1-100."""
    return ridgelines(["r"], np.array([values]), np.array([probs]), np.array([80.0]), np.array([80.0]),
                      np.array([80.0]), np.ones(1), (1.0, 100.0), THEME)  # fmt: skip


def trace(figure: go.Figure, name: str) -> go.Scatter:
    (found,) = [t for t in figure.data if t.name == name]
    return found


def test_the_highest_expectation_stands_on_top() -> None:
    figure = drawn()
    assert figure.layout.yaxis.ticktext == ("high", "low")
    assert list(figure.layout.yaxis.tickvals) == [0, -1]
    assert [t.base for t in figure.data if t.type == "bar"] == [0.0, -1.0]


def test_bars_are_probabilities_of_the_labels_seen() -> None:
    high, low = [t for t in drawn().data if t.type == "bar"]
    assert list(high.x) == [3.0, 5.0] and list(low.x) == [1.0, 2.0]
    # 0.8 is the highest probability of all and reaches RIDGE; the others are in proportion.
    assert list(low.y) == pytest.approx([RIDGE / 4, RIDGE])
    assert list(high.y) == pytest.approx([RIDGE * 5 / 8] * 2)
    assert low.hovertext[1] == "low<br>score 2: probability 0.800"


def test_half_points_get_narrower_bars() -> None:
    figure = ridgelines(["r"], np.array([[8.5, 9.0]]), np.array([[0.5, 0.5]]), np.array([9.0]), np.array([8.5]),
                        np.array([8.75]), np.ones(1), (1.0, 10.0), THEME)  # fmt: skip
    assert figure.data[0].width == pytest.approx(0.4)
    assert drawn().data[0].width == pytest.approx(0.8)


def test_expectation_emitted_and_mode_have_shapes_of_their_own() -> None:
    figure = drawn()
    marks = {name: trace(figure, name) for name in ("expectation", "emitted", "mode")}
    assert len({mark.marker.symbol for mark in marks.values()}) == 3
    assert list(marks["expectation"].x) == [4.0, 1.8]
    assert list(marks["emitted"].x) == [5.0, 1.0]
    assert list(marks["mode"].x) == [3.0, 2.0]
    assert list(marks["emitted"].y) == [0, -1]
    assert max(marks["mode"].y) < 0, "the mode stands under the line, so that it never covers the others"


def test_missing_mass_stands_hatched_beyond_the_scale() -> None:
    figure = drawn(mass=(0.75, 0.99))
    leak = trace(figure, "on no label")
    # Row 1 is "low"; 0.01 is too little to draw. The strip is a fifth of the scale: 0.2 * 4 * 0.25 = 0.2 wide.
    assert list(leak.base) == [5.6] and list(leak.x) == pytest.approx([0.2]) and list(leak.text) == ["25%"]
    assert leak.marker.pattern.shape == "/" and -1 < leak.y[0] < 0
    assert figure.layout.xaxis.range[1] > 5.6 + 0.8
    assert list(figure.layout.xaxis.tickvals) == [1, 2, 3, 4, 5], "no tick under the strip"


def test_without_missing_mass_there_is_no_strip() -> None:
    figure = drawn()
    assert "on no label" not in [t.name for t in figure.data]
    assert figure.layout.xaxis.range == pytest.approx((0.45, 5.55))


def test_ridges_give_rows_to_leaks() -> None:
    found = ridges(PROBS, EXPECTATION, np.array([0.5, 0.9]), (1.0, 5.0))
    assert found.order.tolist() == [1, 0]
    assert [(leak.row, leak.share) for leak in found.leaks] == [(0, pytest.approx(0.1)), (1, pytest.approx(0.5))]


def test_wide_scales_are_a_filled_line_that_falls_between_labels_not_seen() -> None:
    line = wide([80.0, 81.0, 90.0], [0.5, 0.25, 0.25]).data[0]
    assert line.type == "scatter" and line.fill == "toself"
    assert list(line.x) == [79.5, 80.0, 81.0, 81.5, 89.5, 90.0, 90.5]
    assert list(line.y) == pytest.approx([0, RIDGE, RIDGE / 2, 0, 0, RIDGE / 2, 0])
    assert line.hovertext[1] == "r<br>score 80: probability 0.500" and line.hovertext[0] == "score 79.5: not seen"


def test_wide_scales_have_few_ticks_inside_the_scale() -> None:
    assert list(wide([80.0], [1.0]).layout.xaxis.tickvals) == [1, 20, 40, 60, 80, 100]


def test_padding_of_short_rows_is_not_a_label() -> None:
    line = wide([80.0, 0.0], [1.0, 0.0]).data[0]
    assert min(line.x) == 79.5


def test_unknown_emitted_scores_leave_a_gap() -> None:
    figure = ridgelines(["r"], VALUES[:1], PROBS[:1], np.array([np.nan]), MODE[:1], EXPECTATION[:1], np.ones(1),
                        (1.0, 5.0), THEME)  # fmt: skip
    assert np.isnan(trace(figure, "emitted").x[0])


def test_score_names_are_escaped() -> None:
    figure = drawn(names=("<img onerror>", "b"))
    assert figure.layout.yaxis.ticktext == ("b", "&lt;img onerror&gt;")
    assert all("<img" not in said for t in figure.data for said in (t.hovertext or ()))


def test_no_scores_is_not_enough_data() -> None:
    nothing = np.zeros(0)
    figure = ridgelines([], np.zeros((0, 1)), np.zeros((0, 1)), nothing, nothing, nothing, nothing, (1.0, 5.0), THEME)
    assert figure.layout.annotations[0].text == "Not enough data: no usable score for this question"
