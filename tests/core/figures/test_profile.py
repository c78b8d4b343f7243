from __future__ import annotations

import math

from trustjudge_core.figures.profile import calibration, fairness_dots
from trustjudge_core.figures.theme import light

NAN = math.nan


def test_fairness_is_drawn_with_its_interval_or_as_an_open_dot() -> None:
    figure = fairness_dots(
        [("<b>a</b>", -0.5, -0.7, -0.3, 10), ("b", 0.1, NAN, NAN, 2), ("c", NAN, NAN, NAN, 0)], light()
    )
    assert [(t.marker.symbol, list(t.x)) for t in figure.data] == [("circle", [-0.5]), ("circle-open", [0.1])]
    assert "<b>" not in figure.layout.yaxis.ticktext[0]
    assert "10 pairs" in figure.data[0].hovertext[0]


def test_calibration_points_stand_beside_the_diagonal() -> None:
    figure = calibration([(0.6, 0.7, 0.6, 0.8, 40), (0.9, NAN, NAN, NAN, 0)], light())
    diagonal, judge = figure.data
    assert list(diagonal.x) == list(diagonal.y)
    assert (list(judge.x), list(judge.y)) == ([0.6], [0.7])


def test_nothing_to_draw_says_why() -> None:
    assert "both known orders" in fairness_dots([], light()).layout.annotations[0].text
    assert "score distributions" in calibration([], light()).layout.annotations[0].text
