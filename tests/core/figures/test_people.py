"""Reliability of the judge's probabilities, as drawn."""

from __future__ import annotations

import pytest

from trustjudge_core.accuracy import Calibration, CalibrationBin
from trustjudge_core.bootstrap import Estimate, Ratio
from trustjudge_core.figures.people import reliability
from trustjudge_core.figures.theme import light

NAN = float("nan")
UNUSED = Estimate(NAN, NAN, NAN, NAN, NAN, NAN, 0)


def test_a_dot_for_each_bin_with_pairs_and_a_bar_where_there_is_an_interval() -> None:
    bins = (
        CalibrationBin(0.5, 0.6, NAN, Ratio(0, 0, NAN, NAN)),
        CalibrationBin(0.6, 0.7, 0.65, Ratio(3, 4, 0.25, 1.0)),
        CalibrationBin(0.9, 1.0, 0.95, Ratio(1, 1, NAN, NAN)),
    )
    figure = reliability(Calibration(5, bins, UNUSED, UNUSED), light())
    by_name = {trace.name: trace for trace in figure.data}
    bar, bare = by_name["with interval"], by_name["without interval"]
    assert (list(bar.x), list(bar.y), list(bar.text)) == ([0.65], [0.75], ["4"])
    assert list(bar.error_y.array) == pytest.approx([0.25])
    assert list(bar.error_y.arrayminus) == pytest.approx([0.5])
    assert (list(bare.x), list(bare.y), bare.marker.symbol) == ([0.95], [1.0], "circle-open")
    assert "3 of 4 pairs, 25% to 100%" in bar.hovertext[0]


def test_without_verdicts_it_says_so() -> None:
    figure = reliability(Calibration(0, (), UNUSED, UNUSED), light())
    assert "Not enough data" in figure.layout.annotations[0].text
