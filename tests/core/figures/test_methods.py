from __future__ import annotations

import math

from trustjudge_core.figures.methods import Curve, degenerate_from, tolerance_lines
from trustjudge_core.figures.theme import dark, light

NAN = math.nan
FALLING = Curve(
    "<b>one</b>", ((0.0, 0.5, 0.4, 0.6, 20, False), (0.5, 0.2, 0.1, 0.3, 20, True), (1.0, 0.0, NAN, NAN, 20, True))
)
FLAT = Curve("two", ((0.0, 0.3, 0.2, 0.4, 20, False), (0.5, 0.3, 0.2, 0.4, 20, False), (1.0, 0.3, 0.2, 0.4, 20, True)))


def test_the_end_is_degenerate_only_where_every_method_ties() -> None:
    assert degenerate_from([FALLING]) == 0.5
    assert degenerate_from([FALLING, FLAT]) == 1.0
    assert degenerate_from([FLAT, Curve("never", ((0.0, 0.3, 0.2, 0.4, 20, False),))]) is None
    assert degenerate_from([]) is None


def test_points_hold_the_numbers_and_their_place_among_all_points() -> None:
    figure = tolerance_lines([FALLING, FLAT], 0.5, "triples", light())
    first = figure.data[0]
    assert list(first.y) == [0.5, 0.2, 0.0]
    assert [[point[0] for point in trace.customdata] for trace in figure.data] == [[0, 1, 2], [3, 4, 5]]
    assert list(first.marker.symbol) == ["circle", "circle-open", "circle-open"]
    assert first.line.dash != figure.data[1].line.dash
    assert "20 triples" in first.hovertext[0] and "40.0% to 60.0%" in first.hovertext[0]
    assert figure.layout.shapes[0].x0 == 0.5  # the tolerance that is looked at


def test_curves_and_points_without_data_keep_their_places_free() -> None:
    nothing = Curve("none", ((0.0, NAN, NAN, NAN, 0, False),))
    holed = Curve("holed", ((0.0, NAN, NAN, NAN, 0, False), (0.5, 0.1, NAN, NAN, 4, False)))
    figure = tolerance_lines([nothing, holed], 0.0, "triples", light())
    assert [point[0] for point in figure.data[0].customdata] == [2]


def test_names_are_text() -> None:
    figure = tolerance_lines([FALLING], 0.0, "triples", dark())
    assert "<b>" not in figure.data[0].name
    assert "<b>" not in figure.layout.title.text


def test_a_measure_that_nobody_has_says_so() -> None:
    figure = tolerance_lines([Curve("one", ((0.0, NAN, NAN, NAN, 0, False),))], 0.0, "pairs", light())
    assert "Not enough data" in figure.layout.annotations[0].text
