"""The preference graph of one question, with one chain of contradictions standing out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from trustjudge_core.cycles import Link
from trustjudge_core.figures.theme import SMALL, UNFADED, Theme, apply, faded, key, nothing, plain
from trustjudge_core.records import UNKNOWN

MOST_DRAWN: Final = 12
"""With more responses, edges that agree with the order and are not in the chain are left out."""

POINTS: Final = 21
"""Points of a drawn edge; odd, so that one of them is its middle."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One comparison to draw: ``winner`` over ``loser``; of a tie the one that stands higher comes first.

    ``upward`` says that the loser stands above the winner, which contradicts the order.
    ``bend`` is how far the edge bends away from the line of responses, 0 to 1.
    """

    winner: int
    loser: int
    tie: bool
    upward: bool
    bend: float


@dataclass(frozen=True, eq=False)
class GraphLayout:
    """An arc diagram: responses on one vertical line x = 0, the best on top, edges bending to the right.

    An edge bends further the more places it spans, so no two edges lie on each other, the
    middles (the handles) are all apart, and no edge crosses a name.
    """

    y: NDArray[np.float64]  # (n,) 0 for the best, -1 for the next, ...
    edges: tuple[Edge, ...]
    left_out: int  # comparisons that agree with the order and are not drawn

    @property
    def upward(self) -> int:
        """Edges that contradict the order."""
        return sum(edge.upward for edge in self.edges)

    def path(self, edge: Edge) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A parabola from winner to loser, (POINTS,) x and y."""
        t = np.linspace(0.0, 1.0, POINTS)
        return 4.0 * edge.bend * t * (1.0 - t), self.y[edge.winner] + t * (self.y[edge.loser] - self.y[edge.winner])


def graph_layout(relations: NDArray[np.int8], order: Sequence[int], chain: Sequence[Link] = ()) -> GraphLayout:
    """Place the n responses by ``order`` (best first) and choose the edges to draw, from relations (n, n)."""
    n = len(order)
    place = np.empty(n, np.int64)
    place[list(order)] = np.arange(n)
    kept = {frozenset((link.winner, link.loser)) for link in chain}
    drawn: list[tuple[int, int, bool, bool]] = []
    left_out = 0
    for a, upper in enumerate(order):
        for lower in order[a + 1 :]:
            relation = int(relations[upper, lower])
            if relation == UNKNOWN:
                continue
            against = relation == -1
            if n > MOST_DRAWN and not against and frozenset((upper, lower)) not in kept:
                left_out += 1
                continue
            winner, loser = (lower, upper) if against else (upper, lower)
            drawn.append((winner, loser, relation == 0, against))
    spans = [abs(int(place[winner] - place[loser])) for winner, loser, _, _ in drawn]
    widest = max(spans, default=1)
    # Growing slower than the span, so that the edges of one response fan out instead of running together.
    bends = [(span / widest) ** 0.55 for span in spans]
    edges = tuple(Edge(*known, bend) for known, bend in zip(drawn, bends, strict=True))
    return GraphLayout(-place.astype(np.float64), edges, left_out)


@dataclass(frozen=True, slots=True)
class _Stroke:
    """How edges of one role look; widths and sizes in px."""

    colour: str
    width: float
    opacity: float
    arrow: float
    handle: float


def _strokes(theme: Theme) -> dict[str, _Stroke]:
    """Looks by role, in the order in which they are drawn over each other."""
    return {
        "agrees": _Stroke(theme.agrees, 1.0, 0.6, 7.0, 8.0),
        "against": _Stroke(theme.contradicts, 2.0, 1.0, 12.0, 11.0),
        "chain": _Stroke(theme.reversal, 4.0, 1.0, 18.0, 18.0),
        "chosen": _Stroke(theme.chosen, 5.0, 1.0, 20.0, 20.0),
    }


def preference_graph(
    names: Sequence[str],
    relations: NDArray[np.int8],
    margins: NDArray[np.float64],
    order: Sequence[int],
    chain: Sequence[Link],
    chosen: tuple[int, int] | None,
    flips: NDArray[np.bool_],
    theme: Theme,
    ranks: Sequence[int] | None = None,
) -> go.Figure:
    """Directed graph of who beats whom, the best response on top.

    Orange edges run upward, against the order; thick = in the chain, blue = the chosen pair,
    dashed = tie, a diamond in the middle = the winner changes with the shown order. The middles
    are handles with customdata ["edge", winner, loser], the circles have ["node", response, -1],
    for lines cannot be clicked. ``ranks`` are the numbers in the circles, places without it.
    """
    n = len(names)
    if n < 2:
        return nothing(theme, "one response, nothing to compare")
    layout = graph_layout(relations, order, chain)
    if not layout.edges and not layout.left_out:
        return nothing(theme, "no pair of this question was compared")
    in_chain = {frozenset((link.winner, link.loser)) for link in chain}
    by_role: dict[str, list[Edge]] = {role: [] for role in _strokes(theme)}
    for edge in layout.edges:
        pair = frozenset((edge.winner, edge.loser))
        picked = chosen is not None and pair == frozenset(chosen)
        by_role["chosen" if picked else "chain" if pair in in_chain else "against" if edge.upward else "agrees"].append(
            edge
        )
    node_size = 26.0 if n <= 16 else 20.0
    figure = go.Figure()
    for role, stroke in _strokes(theme).items():
        for tie in (False, True):
            edges = [edge for edge in by_role[role] if edge.tie == tie]
            if edges:
                figure.add_trace(_lines(layout, edges, role, tie, stroke, node_size / 2 + 2))
    figure.add_trace(_handles(names, margins, flips, layout, by_role, theme))
    figure.add_trace(_nodes(names, layout, order, ranks, in_chain, node_size, theme))
    row = float(np.clip(620 / n, 30, 64))
    apply(figure, theme, int(56 + row * n + (24 if layout.left_out else 0)))
    held = [edge for role in ("chain", "chosen") for edge in by_role[role] if math.isfinite(_margin(margins, edge))]
    figure.update_layout(
        annotations=_margin_labels(margins, layout, held, theme), hovermode="closest", clickmode="event+select",
        margin={"t": 12, "b": 34 if layout.left_out else 8, "r": 8},
    )  # fmt: skip
    if layout.left_out:
        said = f"{layout.left_out:,} agreeing comparisons are not drawn"
        key(figure, theme, [("+", theme.faint, said)], bottom=True)
    # Room for the margins on a phone; and wide pages do not stretch the edges until they run together.
    right = max(1.2, max((edge.bend for edge in held), default=0.0) + 0.34, 4.0 / n)
    figure.update_xaxes(visible=False, range=[-0.045, right])
    figure.update_yaxes(
        range=[-n + 0.45, 0.55], tickvals=layout.y.tolist(), ticktext=[plain(name, 18) for name in names],
        showgrid=False, showline=False, ticklabelstandoff=10,
    )  # fmt: skip
    return figure


def _margin(margins: NDArray[np.float64], edge: Edge) -> float:
    return float(margins[edge.winner, edge.loser])


def _lines(
    layout: GraphLayout, edges: Sequence[Edge], role: str, tie: bool, stroke: _Stroke, standoff: float
) -> go.Scatter:
    """All edges of one look as one trace with gaps; a win ends in an arrowhead at the loser."""
    x: list[float | None] = []
    y: list[float | None] = []
    for edge in edges:
        across, down = layout.path(edge)
        x += [*across.tolist(), None]
        y += [*down.tolist(), None]
    head = 0.0 if tie else stroke.arrow
    colour = faded(stroke.colour, stroke.opacity)
    return go.Scatter(
        x=x, y=y, mode="lines" if tie else "lines+markers", name=f"{role}, ties" if tie else role,
        line={"color": colour, "width": stroke.width, "dash": "dash" if tie else "solid"},
        marker={"symbol": "arrow", "angleref": "previous", "size": ([0.0] * (POINTS - 1) + [head, 0.0]) * len(edges),
                "standoff": ([0.0] * (POINTS - 1) + [standoff, 0.0]) * len(edges),
                "color": colour, "opacity": 1.0, "line": {"width": 0}},
        hoverinfo="skip", connectgaps=False, selected=UNFADED, unselected=UNFADED,
    )  # fmt: skip


def _handles(
    names: Sequence[str],
    margins: NDArray[np.float64],
    flips: NDArray[np.bool_],
    layout: GraphLayout,
    by_role: dict[str, list[Edge]],
    theme: Theme,
) -> go.Scatter:
    """A marker at the middle of every edge: what can be hovered and clicked."""
    strokes = _strokes(theme)
    drawn = [(edge, strokes[role]) for role, edges in by_role.items() for edge in edges]
    text = []
    for edge, _ in drawn:
        margin = _margin(margins, edge)
        by = f" by {margin:z.2f}" if math.isfinite(margin) else ""
        said = f"{plain(names[edge.winner])} {'ties with' if edge.tie else 'beats'} {plain(names[edge.loser])}{by}"
        said += " (order flips)" if flips[edge.winner, edge.loser] else ""
        text.append(said + ("<br>against the order" if edge.upward else ""))
    return go.Scatter(
        x=[edge.bend for edge, _ in drawn],
        y=[float(layout.y[edge.winner] + layout.y[edge.loser]) / 2 for edge, _ in drawn],
        mode="markers", name="edges", hovertext=text,
        customdata=[["edge", edge.winner, edge.loser] for edge, _ in drawn],
        hovertemplate="%{hovertext}<br>click to open<extra></extra>",
        marker={"size": [stroke.handle for _, stroke in drawn], "opacity": 1.0,
                "color": [stroke.colour for _, stroke in drawn],
                "symbol": ["diamond" if flips[edge.winner, edge.loser] else "circle" for edge, _ in drawn],
                "line": {"width": 1.5, "color": theme.paper}},
        selected=UNFADED, unselected=UNFADED, cliponaxis=False,
    )  # fmt: skip


def _nodes(
    names: Sequence[str],
    layout: GraphLayout,
    order: Sequence[int],
    ranks: Sequence[int] | None,
    in_chain: set[frozenset[int]],
    size: float,
    theme: Theme,
) -> go.Scatter:
    """The responses as circles with their rank; those of the chain have a thick rim."""
    place = {local: number + 1 for number, local in enumerate(order)}
    numbers = [place[local] if ranks is None else ranks[local] for local in range(len(names))]
    members = set().union(*in_chain)
    unfaded = {**UNFADED, "textfont": {"color": theme.text}}
    return go.Scatter(
        x=[0.0] * len(names), y=layout.y.tolist(), mode="markers+text", name="responses",
        text=[str(number) if number else "–" for number in numbers], textposition="middle center",
        textfont={"size": SMALL if size > 24 else 10, "color": theme.text},
        hovertext=[plain(name, 80) for name in names], hovertemplate="%{hovertext}<extra></extra>",
        customdata=[["node", local, -1] for local in range(len(names))],
        marker={"size": size, "color": theme.paper, "opacity": 1.0,
                "line": {"width": [3.5 if local in members else 1.5 for local in range(len(names))],
                         "color": [theme.reversal if local in members else theme.faint
                                   for local in range(len(names))]}},
        selected=unfaded, unselected=unfaded, cliponaxis=False,
    )  # fmt: skip


def _margin_labels(
    margins: NDArray[np.float64], layout: GraphLayout, held: Sequence[Edge], theme: Theme
) -> list[dict[str, object]]:
    """The margins of the chain beside its handles."""
    return [
        {"x": edge.bend, "y": float(layout.y[edge.winner] + layout.y[edge.loser]) / 2, "xanchor": "left", "xshift": 13,
         "text": f"{'=' if edge.tie else '&gt;'} {_margin(margins, edge):z.2f}", "showarrow": False,
         "font": {"size": 13, "color": theme.text}, "bgcolor": faded(theme.paper, 0.85), "borderpad": 1}
        for edge in held
    ]  # fmt: skip


def graph_text(names: Sequence[str], chain: Sequence[Link], layout: GraphLayout) -> str:
    """The graph in words, for those who cannot see it. Plain text: names stand in it as given."""
    drawn = f"{len(layout.edges):,} comparisons drawn" + (f", {layout.left_out:,} not" if layout.left_out else "")
    text = f"{len(names)} responses from best to worst; {drawn}; {layout.upward or 'none'} against the order."
    steps = [
        f"{names[link.winner]} {'ties with' if link.tie else 'beats'} {names[link.loser]}"
        + (f" by {link.margin:z.2f}" if math.isfinite(link.margin) else "")
        for link in chain
    ]
    return f"{text} Chosen chain: {', '.join(steps)}." if steps else text
