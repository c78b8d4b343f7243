"""The preference graph: where responses and edges stand, what is thick, dashed, orange and clickable."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustjudge_core.cycles import Link
from trustjudge_core.figures.inconsistencies import (
    MOST_DRAWN,
    POINTS,
    Edge,
    graph_layout,
    graph_text,
    preference_graph,
)
from trustjudge_core.figures.theme import light
from trustjudge_core.records import UNKNOWN

THEME = light()
NAMES = ["A", "B", "C", "D"]

# A beats B by 0.5, B beats C by 0.3, C beats A by 0.2: a cycle. All three beat D, but A ties with it.
RELATIONS = np.array([[0, 1, -1, 0], [-1, 0, 1, 1], [1, -1, 0, 1], [0, -1, -1, 0]], np.int8)
MARGINS = np.array([[np.nan, 0.5, 0.2, 0.0], [0.5, np.nan, 0.3, 0.9], [0.2, 0.3, np.nan, 0.8], [0.0, 0.9, 0.8, np.nan]])
CYCLE = (Link(0, 1, False, 0.5), Link(1, 2, False, 0.3), Link(2, 0, False, 0.2))
NO_FLIPS = np.zeros((4, 4), np.bool_)


def graph(
    chain: tuple[Link, ...] = (),
    chosen: tuple[int, int] | None = None,
    flips: np.ndarray = NO_FLIPS,
    names: list[str] = NAMES,
) -> go.Figure:
    """The graph of the four responses in the order A, B, C, D."""
    return preference_graph(names, RELATIONS, MARGINS, [0, 1, 2, 3], chain, chosen, flips, THEME)


def trace(figure: go.Figure, name: str) -> go.Scatter:
    (found,) = [t for t in figure.data if t.name == name]
    return found


def order_of(relations: np.ndarray) -> list[int]:
    return list(range(len(relations)))


def random_relations(n: int, seed: int) -> np.ndarray:
    upper = np.triu(np.random.default_rng(seed).integers(-1, 2, (n, n)), 1)
    return (upper - upper.T).astype(np.int8)


def test_responses_stand_from_best_to_worst_on_one_line() -> None:
    layout = graph_layout(RELATIONS, [2, 0, 3, 1])
    assert layout.y.tolist() == [-1.0, -3.0, 0.0, -2.0]


def test_only_the_edge_against_the_order_runs_upward() -> None:
    layout = graph_layout(RELATIONS, [0, 1, 2, 3])
    assert [(e.winner, e.loser) for e in layout.edges if e.upward] == [(2, 0)]
    assert layout.upward == 1
    assert all((layout.y[e.loser] > layout.y[e.winner]) == e.upward for e in layout.edges)


def test_a_tie_starts_at_the_response_that_stands_higher() -> None:
    layout = graph_layout(RELATIONS, [3, 2, 1, 0])
    assert [(e.winner, e.loser) for e in layout.edges if e.tie] == [(3, 0)]


def test_unknown_pairs_have_no_edge() -> None:
    relations = RELATIONS.copy()
    relations[0, 1] = relations[1, 0] = UNKNOWN
    drawn = {frozenset((e.winner, e.loser)) for e in graph_layout(relations, [0, 1, 2, 3]).edges}
    assert len(drawn) == 5 and frozenset((0, 1)) not in drawn


def test_an_edge_runs_from_winner_to_loser_through_its_handle() -> None:
    layout = graph_layout(RELATIONS, [0, 1, 2, 3])
    x, y = layout.path(Edge(2, 0, False, True, 0.8))
    assert (x[0], y[0], x[-1], y[-1]) == pytest.approx((0.0, -2.0, 0.0, 0.0))
    assert (x[POINTS // 2], y[POINTS // 2]) == pytest.approx((0.8, -1.0))


@given(st.integers(2, 14), st.integers(0, 10_000))
def test_no_two_handles_stand_in_one_place(n: int, seed: int) -> None:
    relations = random_relations(n, seed)
    layout = graph_layout(relations, order_of(relations))
    places = {(round(e.bend, 9), float(layout.y[e.winner] + layout.y[e.loser])) for e in layout.edges}
    assert len(places) == len(layout.edges)
    assert all(0 < e.bend <= 1 for e in layout.edges)


@given(st.integers(2, 16), st.integers(0, 10_000))
def test_every_comparison_is_drawn_or_counted_as_left_out(n: int, seed: int) -> None:
    relations = random_relations(n, seed)
    layout = graph_layout(relations, order_of(relations))
    assert len(layout.edges) + layout.left_out == n * (n - 1) // 2
    assert layout.upward == int((np.triu(relations, 1) == -1).sum())
    if n <= MOST_DRAWN:
        assert layout.left_out == 0


def test_large_questions_keep_the_chain_and_what_contradicts_the_order() -> None:
    n = 13
    relations = np.triu(np.ones((n, n), np.int8), 1)
    relations = (relations - relations.T).astype(np.int8)
    relations[0, 12], relations[12, 0] = -1, 1
    layout = graph_layout(relations, list(range(n)), [Link(0, 1, False, 0.1)])
    assert [(e.winner, e.loser) for e in layout.edges] == [(0, 1), (12, 0)]
    assert layout.left_out == 13 * 12 // 2 - 2
    figure = preference_graph(
        [str(i) for i in range(n)], relations, np.full((n, n), np.nan), list(range(n)), (), None,
        np.zeros((n, n), np.bool_), THEME,
    )  # fmt: skip
    assert "77 agreeing comparisons are not drawn" in figure.layout.title.text


def test_ties_are_dashed_and_have_no_arrowhead() -> None:
    figure = graph()
    assert trace(figure, "agrees, ties").line.dash == "dash" and trace(figure, "agrees, ties").mode == "lines"
    assert trace(figure, "agrees").line.dash == "solid"


def test_a_win_ends_in_an_arrowhead_at_the_loser() -> None:
    drawn = trace(graph(), "against")
    assert drawn.marker.angleref == "previous" and drawn.marker.symbol == "arrow"
    heads = [(x, y) for x, y, size in zip(drawn.x, drawn.y, drawn.marker.size, strict=True) if size]
    assert heads == [pytest.approx((0.0, 0.0))]  # C beats A, and A stands at the top


def test_what_contradicts_the_order_is_orange_and_the_rest_faint() -> None:
    figure = graph()
    assert trace(figure, "against").line.color == "rgba(230,159,0,1.000)"
    assert trace(figure, "agrees").line.color == "rgba(154,161,171,0.600)"


def test_the_chain_is_thick_and_the_chosen_pair_blue() -> None:
    figure = graph(CYCLE, (1, 2))
    assert trace(figure, "chain").line.width == 4.0
    assert trace(figure, "chosen").line.color == "rgba(0,114,178,1.000)"
    assert trace(figure, "chosen").line.width > trace(figure, "chain").line.width > trace(figure, "agrees").line.width
    assert "against" not in [t.name for t in figure.data], "C over A belongs to the chain"


def test_margins_of_the_chain_stand_beside_its_handles() -> None:
    figure = graph(CYCLE, (0, 1))
    assert sorted(a.text for a in figure.layout.annotations) == ["&gt; 0.20", "&gt; 0.30", "&gt; 0.50"]


def test_a_margin_nobody_knows_has_no_label() -> None:
    margins = np.full((4, 4), np.nan)
    figure = preference_graph(NAMES, RELATIONS, margins, [0, 1, 2, 3], CYCLE, None, NO_FLIPS, THEME)
    assert not figure.layout.annotations
    assert "A beats B" in trace(figure, "edges").hovertext


def test_every_edge_has_a_handle_that_names_winner_and_loser() -> None:
    handles = trace(graph(CYCLE, (0, 1)), "edges")
    assert sorted(map(tuple, handles.customdata)) == [
        ("edge", 0, 1), ("edge", 0, 3), ("edge", 1, 2), ("edge", 1, 3), ("edge", 2, 0), ("edge", 2, 3),
    ]  # fmt: skip
    said = dict(zip([tuple(d[1:]) for d in handles.customdata], handles.hovertext, strict=True))
    assert said[(0, 1)] == "A beats B by 0.50"
    assert said[(2, 0)] == "C beats A by 0.20<br>against the order"
    assert said[(0, 3)] == "A ties with D by 0.00"


def test_handles_of_the_chain_are_larger() -> None:
    handles = trace(graph(CYCLE, (0, 1)), "edges")
    size = dict(zip([tuple(d[1:]) for d in handles.customdata], handles.marker.size, strict=True))
    assert size[(0, 1)] > size[(1, 2)] > size[(1, 3)]


def test_a_flip_is_a_diamond_and_is_said() -> None:
    flips = NO_FLIPS.copy()
    flips[0, 1] = flips[1, 0] = True
    handles = trace(graph(flips=flips), "edges")
    symbol = dict(zip([tuple(d[1:]) for d in handles.customdata], handles.marker.symbol, strict=True))
    assert symbol[(0, 1)] == "diamond" and symbol[(1, 2)] == "circle"
    assert "A beats B by 0.50 (order flips)" in handles.hovertext


def test_responses_can_be_clicked_and_show_their_rank() -> None:
    ranked = preference_graph(NAMES, RELATIONS, MARGINS, [0, 1, 2, 3], (), None, NO_FLIPS, THEME, ranks=[1, 1, 3, 0])
    nodes = trace(ranked, "responses")
    assert [tuple(d) for d in nodes.customdata] == [("node", n, -1) for n in range(4)]
    assert list(nodes.text) == ["1", "1", "3", "–"]
    assert list(trace(graph(), "responses").text) == ["1", "2", "3", "4"]


def test_selecting_fades_nothing() -> None:
    figure = graph(CYCLE, (0, 1))
    for drawn in figure.data:  # arrowheads are markers too
        assert drawn.type == "scatter" and drawn.marker.opacity == 1.0
        assert drawn.selected.marker.opacity == drawn.unselected.marker.opacity == 1.0
    assert trace(figure, "responses").unselected.textfont.color == THEME.text


def test_names_are_escaped_on_the_axis_and_in_hover() -> None:
    figure = graph(CYCLE, (0, 1), names=["<img src=x onerror=alert(1)>", "B & co", "C", "D"])
    assert figure.layout.yaxis.ticktext[:2] == ("&lt;img src=…lert(1)&gt;", "B &amp; co")
    for drawn in ("edges", "responses"):
        assert all("<img" not in text for text in trace(figure, drawn).hovertext)
    assert any("&lt;img" in text for text in trace(figure, "edges").hovertext)


def test_names_of_files_are_never_templates() -> None:
    figure = graph(names=["%{customdata}", "B", "C", "D"])
    assert all("customdata" not in (t.hovertemplate or "") for t in figure.data)


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_responses_are_not_enough_data(n: int) -> None:
    empty = np.zeros((n, n))
    figure = preference_graph(
        ["A"] * n, empty.astype(np.int8), empty, list(range(n)), (), None, empty.astype(bool), THEME
    )
    assert figure.layout.annotations[0].text.startswith("Not enough data")


def test_a_question_without_comparisons_is_not_enough_data() -> None:
    relations = np.full((3, 3), UNKNOWN, np.int8)
    figure = preference_graph(
        ["A", "B", "C"], relations, np.full((3, 3), np.nan), [0, 1, 2], (), None, np.zeros((3, 3), np.bool_), THEME
    )
    assert figure.layout.annotations[0].text == "Not enough data: no pair of this question was compared"


def test_graph_in_words() -> None:
    layout = graph_layout(RELATIONS, [0, 1, 2, 3], CYCLE)
    assert graph_text(NAMES, CYCLE, layout) == (
        "4 responses from best to worst; 6 comparisons drawn; 1 against the order. "
        "Chosen chain: A beats B by 0.50, B beats C by 0.30, C beats A by 0.20."
    )
    assert graph_text(NAMES, (Link(0, 3, True, math.nan),), layout).endswith("Chosen chain: A ties with D.")
    assert graph_text(NAMES, (), layout).endswith("1 against the order.")


def test_thirty_responses_have_room() -> None:
    relations = random_relations(30, 7)
    figure = preference_graph(
        [str(i) for i in range(30)], relations, np.full((30, 30), 0.1), list(range(30)), (), None,
        np.zeros((30, 30), np.bool_), THEME,
    )  # fmt: skip
    nodes = trace(figure, "responses")
    assert nodes.marker.size < (figure.layout.height - 60) / 30, "circles may not touch"
