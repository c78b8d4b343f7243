from __future__ import annotations

import math

from trustjudge_core.figures.compare import difference_dots
from trustjudge_core.figures.theme import light


def test_a_difference_that_leaves_out_zero_is_filled_and_one_that_holds_it_is_open() -> None:
    rows = [("sure", 0.2, 0.1, 0.3), ("unsure", -0.1, -0.3, 0.1), ("no data", math.nan, math.nan, math.nan)]
    figure = difference_dots(rows, light())
    assert [(t.marker.symbol, list(t.x), list(t.y)) for t in figure.data] == [
        ("circle", [0.2], [0]),
        ("circle-open", [-0.1], [1]),
    ]
    assert [round(x, 9) for x in figure.data[0].error_x.array] == [0.1]
    assert list(figure.layout.yaxis.ticktext) == ["sure", "unsure"]


def test_labels_are_text_and_nothing_to_draw_says_so() -> None:
    figure = difference_dots([("<i>x</i>", 0.1, math.nan, math.nan)], light())
    assert "<i>" not in figure.layout.yaxis.ticktext[0]
    assert "Not enough data" in difference_dots([], light()).layout.annotations[0].text
