"""Small figures of the overview."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from trustjudge_core.figures.overview import category_dots, chance_bars, split_bar
from trustjudge_core.figures.theme import light

THEME = light()
NAN = float("nan")


def trace(figure: go.Figure, name: str) -> go.Scatter:
    (found,) = [t for t in figure.data if t.name == name]
    return found


def categories(**changed: object) -> go.Figure:
    given: dict[str, object] = {
        "names": ["math", "writing", "coding", "none"],
        "values": np.array([0.1, 0.4, 0.2, NAN]),
        "lows": np.array([0.05, 0.3, NAN, NAN]),
        "highs": np.array([0.2, 0.5, NAN, NAN]),
        "totals": np.array([100, 2000, 3, 0]),
    } | changed
    return category_dots(**given, theme=THEME, unit="triples")  # type: ignore[arg-type]


def test_split_bar_adds_up_and_names_counts() -> None:
    parts = [("reversal", 1, THEME.reversal, "x"), ("agree", 3, THEME.agrees, "")]
    figure = split_bar(parts, 4, THEME)
    assert [t.x[0] for t in figure.data] == [0.25, 0.75]
    assert figure.layout.barmode == "stack"
    assert [t.marker.pattern.shape for t in figure.data] == ["x", ""]
    assert "reversal: 1 (25.0%)" in figure.layout.title.text and "agree: 3 (75.0%)" in figure.layout.title.text
    assert figure.data[0].hovertext[0] == "reversal: 1 of 4 (25.0%)"


def test_intervals_stand_at_the_ends_of_all_parts_up_to_theirs() -> None:
    parts = [("a", 1, THEME.reversal, "x"), ("b", 2, THEME.contradicts, "/"), ("c", 7, THEME.agrees, "")]
    figure = split_bar(parts, 10, THEME, {0: (0.05, 0.2), 1: (0.2, 0.5), 2: (NAN, NAN)})
    whiskers = trace(figure, "95 % interval")
    assert list(whiskers.x) == pytest.approx([0.1, 0.3])
    assert list(whiskers.error_x.array) == pytest.approx([0.1, 0.2])
    assert list(whiskers.error_x.arrayminus) == pytest.approx([0.05, 0.1])


def test_split_bar_of_nothing_is_not_enough_data() -> None:
    assert split_bar([("a", 0, THEME.agrees, "")], 0, THEME).layout.annotations[0].text == "Not enough data"


def test_split_bar_labels_are_escaped() -> None:
    figure = split_bar([("<img onerror>", 1, THEME.agrees, "")], 1, THEME)
    assert "<img" not in figure.layout.title.text and "<img" not in figure.data[0].hovertext[0]


def test_chance_stands_in_the_row_of_its_value() -> None:
    figure = chance_bars(["NTR_3", "NTR_4"], [0.24, 0.53], [(0.2, 0.3), (0.5, 0.6)], [0.36, 0.75], THEME)
    assert list(trace(figure, "chance level").x) == [0.36, 0.75]
    assert list(trace(figure, "chance level").y) == list(trace(figure, "with interval").y) == [0, 1]
    assert figure.layout.yaxis.ticktext == ("NTR_3", "NTR_4")
    bars = trace(figure, "with interval").error_x
    assert list(bars.array) == pytest.approx([0.06, 0.07]) and list(bars.arrayminus) == pytest.approx([0.04, 0.03])


def test_values_nobody_knows_have_no_row() -> None:
    figure = chance_bars(["NTR_3", "NTR_4"], [NAN, 0.5], [(NAN, NAN), (0.4, 0.6)], [0.3, 0.7], THEME)
    assert figure.layout.yaxis.ticktext == ("NTR_4",) and list(trace(figure, "chance level").x) == [0.7]


def test_chance_of_nothing_is_not_enough_data() -> None:
    assert chance_bars(["NTR_3"], [NAN], [(NAN, NAN)], [NAN], THEME).layout.annotations[0].text == "Not enough data"


def test_the_worst_category_stands_on_top_with_its_count() -> None:
    figure = categories()
    assert figure.layout.yaxis.ticktext == ("writing (2,000)", "coding (3)", "math (100)", "none (0)")
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1], "row 0 on top"
    assert figure.layout.xaxis.title.text == "share of triples (in brackets: of how many)"


def test_a_category_without_an_interval_has_an_open_dot_and_no_bar() -> None:
    figure = categories()
    bare = trace(figure, "without interval")
    assert list(bare.y) == [1] and list(bare.x) == [0.2] and bare.marker.symbol == "circle-open"
    assert bare.error_x.array is None
    assert bare.hovertext == ("coding, 3 triples: 20.0%, not enough data for an interval",)
    known = trace(figure, "with interval")
    assert list(known.y) == [0, 2] and list(known.error_x.array) == pytest.approx([0.1, 0.1])
    assert known.hovertext[0] == "writing, 2,000 triples: 40.0%, 30.0% to 50.0%"


def test_a_category_without_data_says_so_and_has_no_dot() -> None:
    (said,) = categories().layout.annotations
    assert (said.text, said.y) == ("not enough data", 3)


def test_categories_start_at_zero_and_show_whole_intervals() -> None:
    low, high = categories().layout.xaxis.range
    assert low == 0 and 0.5 < high < 0.6


def test_equal_shortened_names_keep_rows_of_their_own() -> None:
    figure = categories(names=["a" * 30 + "1" + "b" * 30, "a" * 30 + "2" + "b" * 30, "c", "d"], totals=np.full(4, 5))
    assert list(trace(figure, "with interval").y) == [0, 2]


def test_category_names_are_escaped() -> None:
    figure = categories(names=["<img onerror>", "b", "c", "d"])
    assert all("<img" not in text for text in figure.layout.yaxis.ticktext)
    assert all("<img" not in said for t in figure.data for said in t.hovertext)


def test_no_category_with_data_is_not_enough_data() -> None:
    figure = categories(values=np.full(4, NAN))
    assert figure.layout.annotations[0].text == "Not enough data: no category has any"
