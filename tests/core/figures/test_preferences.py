"""The matrix of one question and both orders of one pair."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from trustjudge_core.figures.preferences import OrderBar, matrix_cells, pair_bars, relation_matrix
from trustjudge_core.figures.theme import dark, light
from trustjudge_core.records import UNKNOWN

THEME = light()
# a beats b by 0.4, a ties with c, b and c were not compared.
RELATIONS = np.array([[0, 1, 0], [-1, 0, UNKNOWN], [0, UNKNOWN, 0]], np.int8)
MARGINS = np.array([[np.nan, 0.4, 0.05], [0.4, np.nan, np.nan], [0.05, np.nan, np.nan]])
NONE = np.zeros((3, 3), np.bool_)
AB = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], np.bool_)


def matrix(
    names: tuple[str, ...] = ("a", "b", "c"), flips: np.ndarray = NONE, verdicts: np.ndarray = NONE
) -> go.Figure:
    return relation_matrix(names, RELATIONS, MARGINS, flips, verdicts, THEME)


def trace(figure: go.Figure, name: str) -> go.Scatter:
    (found,) = [t for t in figure.data if t.name == name]
    return found


def test_every_cell_off_the_diagonal_can_be_clicked() -> None:
    cells = trace(matrix(), "cells")
    assert cells.type == "scatter", "heat maps return no selections"
    assert [tuple(d) for d in cells.customdata] == [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]
    # Row i stands at y = i, column j at x = j, row 0 on top.
    assert list(zip(cells.y, cells.x, strict=True)) == [tuple(d) for d in cells.customdata]
    assert matrix().layout.yaxis.range[0] > matrix().layout.yaxis.range[1]


def test_marks_repeat_what_colours_say() -> None:
    marks = [t for t in matrix().data if t.name == "marks"]
    said = {(y, x): text for t in marks for y, x, text in zip(t.y, t.x, t.text, strict=True)}
    assert said == {(0, 1): "▲", (0, 2): "=", (1, 0): "▽", (1, 2): "?", (2, 0): "=", (2, 1): "?"}
    cells = trace(matrix(), "cells")
    assert cells.marker.color[0].startswith("rgba(0,114,178,") and cells.marker.color[2].startswith("rgba(230,159,0,")


def test_a_larger_margin_is_a_darker_cell() -> None:
    said = {(c.i, c.j): c for c in matrix_cells("abc", RELATIONS, MARGINS, NONE, NONE)}
    assert said[(0, 1)].strength == pytest.approx(0.25 + 0.65 * 0.4)
    assert said[(0, 1)].strength > said[(0, 2)].strength > said[(1, 2)].strength


def test_margins_above_one_are_as_dark_as_one() -> None:
    (cell, _) = matrix_cells("ab", np.array([[0, 1], [-1, 0]]), np.array([[0, 1.7], [1.7, 0]]), NONE, NONE)
    assert cell.strength == pytest.approx(0.9)


def test_hover_says_who_wins_by_how_much() -> None:
    said = [cell.said for cell in matrix_cells("abc", RELATIONS, MARGINS, AB, AB)]
    extra = "<br>the winner changes with the shown order<br>a person decided this pair"
    assert said[0] == f"a beats b by 0.40{extra}"
    assert said[2] == f"b loses to a by 0.40{extra}"
    assert said[1] == "a ties with c by 0.05"
    assert said[3] == "b was not compared with c"


def test_flips_have_a_ring_and_verdicts_a_purple_dot() -> None:
    figure = matrix(flips=AB, verdicts=AB)
    ring, dot = trace(figure, "winner changes with the order"), trace(figure, "decided by a person")
    assert list(zip(ring.y, ring.x, strict=True)) == [(0, 1), (1, 0)] and ring.marker.symbol == "square-open"
    assert dot.marker.color == THEME.people and dot.marker.symbol == "circle" and len(dot.x) == 2
    assert "decided by a person" in figure.layout.title.text
    assert {t.name for t in matrix().data} == {"cells", "marks"} and not matrix().layout.title.text


def test_selecting_a_cell_fades_nothing() -> None:
    for drawn in matrix(flips=AB, verdicts=AB).data:
        if drawn.mode == "text":
            assert drawn.selected.textfont.color == drawn.unselected.textfont.color == drawn.textfont.color
        else:
            assert drawn.selected.marker.opacity == drawn.unselected.marker.opacity == 1.0


def test_nine_responses_fit_on_a_phone_and_cells_do_not_overlap() -> None:
    for n in (2, 9, 30):
        relations = np.zeros((n, n), np.int8)
        figure = relation_matrix(
            ["some-model"] * n, relations, np.zeros((n, n)), relations.astype(bool), relations.astype(bool), THEME
        )
        layout = figure.layout
        inside = layout.width - layout.margin.l - layout.margin.r
        assert trace(figure, "cells").marker.size < inside / n
        if n <= 9:
            assert layout.width <= 390 - 32


def test_matrix_names_are_escaped() -> None:
    figure = matrix(("<img onerror>", "b", "c"))
    assert figure.layout.xaxis.ticktext[0] == figure.layout.yaxis.ticktext[0] == "&lt;img onerror&gt;"
    assert all("<img" not in text for text in trace(figure, "cells").hovertext)


@pytest.mark.parametrize("n", [0, 1])
def test_matrix_of_fewer_than_two_is_not_enough_data(n: int) -> None:
    empty = np.zeros((n, n))
    figure = relation_matrix(["a"] * n, empty.astype(np.int8), empty, empty.astype(bool), empty.astype(bool), THEME)
    assert figure.layout.annotations[0].text.startswith("Not enough data")


ORDERS = [
    OrderBar("A shown first", (0.62, 0.08, 0.30)),
    OrderBar("B shown first", (0.21, 0.02, 0.77)),
    OrderBar("both orders", (0.415, 0.05, 0.535)),
]


def test_bars_stack_a_wins_tie_b_wins() -> None:
    figure = pair_bars("A", "B", ORDERS, THEME)
    assert [t.name for t in figure.data] == ["A wins", "tie", "B wins"]
    assert [list(t.x) for t in figure.data] == [[0.62, 0.21, 0.415], [0.08, 0.02, 0.05], [0.30, 0.77, 0.535]]
    assert figure.layout.barmode == "stack" and figure.layout.xaxis.range == (0, 1)


def test_bars_carry_their_numbers_where_there_is_room() -> None:
    a, tie, b = pair_bars("A", "B", ORDERS, THEME).data
    assert list(a.text[:2]) == ["0.62", "0.21"] and list(tie.text) == ["", "", ""] and b.text[1] == "0.77"
    assert a.hovertext[0] == "A shown first<br>A wins: 0.620"


def test_bars_differ_by_pattern_too() -> None:
    a, _, b = pair_bars("A", "B", ORDERS, THEME).data
    assert not a.marker.pattern.shape and b.marker.pattern.shape == "/"


@pytest.mark.parametrize("theme", [light(), dark()], ids=["light", "dark"])
def test_numbers_are_readable_on_blue(theme: object) -> None:
    a = pair_bars("A", "B", ORDERS, theme).data[0]  # type: ignore[arg-type]
    assert a.textfont.color == ("#FFFFFF" if a.marker.color == "#0072B2" else "#14171A")


def test_the_same_order_asked_twice_has_two_rows() -> None:
    figure = pair_bars("A", "B", [OrderBar("A shown first", (1, 0, 0)), OrderBar("A shown first", (0, 0, 1))], THEME)
    assert [list(t.y) for t in figure.data] == [[0, 1]] * 3
    assert figure.layout.yaxis.ticktext == ("A shown first", "A shown first")


def test_a_failed_judgment_says_why_instead_of_a_bar() -> None:
    figure = pair_bars("A", "B", [OrderBar("A shown first", None, "<b>no verdict</b>")], THEME)
    assert [list(t.x) for t in figure.data] == [[0.0]] * 3
    assert [a.text for a in figure.layout.annotations] == ["&lt;b&gt;no verdict&lt;/b&gt;"]


def test_pair_names_are_escaped_everywhere() -> None:
    figure = pair_bars("<img onerror>", "B", ORDERS, THEME)
    assert figure.data[0].name == "&lt;img onerror&gt; wins" and "<img" not in figure.layout.title.text
    assert "<img" not in figure.data[0].hovertext[0]


def test_a_pair_never_judged_is_not_enough_data() -> None:
    assert pair_bars("A", "B", [], THEME).layout.annotations[0].text == "Not enough data: this pair was not judged"
