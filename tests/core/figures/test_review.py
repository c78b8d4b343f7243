"""The numbers behind the curves, and that names from files stay text."""

from __future__ import annotations

import numpy as np

from trustjudge_core.figures.review import MOST_POINTS, Curve, curves, thinned
from trustjudge_core.figures.theme import dark, light


def _falling(name: str, start: int, steps: int, each: int) -> Curve:
    spent = np.arange(steps + 1)
    return Curve(name, spent, np.maximum(start - each * spent, 0))


def test_each_line_goes_through_its_numbers_and_differs_by_dash() -> None:
    figure = curves([_falling("gain", 10, 4, 2), _falling("random", 10, 4, 1)], light())
    gain, other = figure.data
    assert (list(gain.x), list(gain.y)) == ([0, 1, 2, 3, 4], [10, 8, 6, 4, 2])
    assert gain.line.dash != other.line.dash
    assert gain.line.width > other.line.width
    title = figure.layout.title.text
    assert title.index("gain") < title.index("random")


def test_a_ring_stands_where_the_mark_is_reached_first() -> None:
    figure = curves([_falling("gain", 10, 4, 2), _falling("random", 10, 4, 1)], light(), mark=6)
    rings = {t.name: (t.x[0], t.y[0], t.text[0]) for t in figure.data if t.mode == "markers+text"}
    assert rings == {"gain, mark": (2, 6, "2"), "random, mark": (4, 6, "4")}
    assert _falling("slow", 10, 2, 1).reaches(6) is None


def test_long_lines_are_thinned_but_keep_their_ends_and_their_marks() -> None:
    long = _falling("gain", 5000, 4999, 1)
    short = thinned(long)
    assert len(short.spent) <= MOST_POINTS
    assert (short.spent[0], short.spent[-1], short.left[-1]) == (0, 4999, 1)
    ring = curves([long], dark(), mark=3333).data[1]
    assert ring.x[0] == 1667


def test_names_are_text_and_nothing_is_said_in_words() -> None:
    figure = curves([_falling("<b>x</b>", 3, 2, 1)], light())
    assert "<b>" not in figure.to_json().replace("\\u003c", "<")
    assert "no verdicts yet" in curves([], light()).layout.annotations[0].text
