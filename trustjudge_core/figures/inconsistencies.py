"""The preference graph of one question, with one chain of contradictions standing out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from trustjudge_core.cycles import Link
from trustjudge_core.figures.theme import Theme, apply, nothing, plain
from trustjudge_core.records import UNKNOWN

MOST_DRAWN = 12
"""With more responses, edges that agree with the order and are not in the chain are left out."""

NODE_SIZE = 26


@dataclass(frozen=True, eq=False)
class GraphLayout:
    """Positions (n,) of the responses, best on top, and the edges to draw.

    ``edges`` are (winner, loser, tie); a tie is listed once. ``upward`` marks edges whose loser
    stands above the winner: these contradict the order. ``left_out`` counts edges not drawn.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    edges: list[tuple[int, int, bool]]
    upward: list[bool]
    left_out: int


def graph_layout(relations: NDArray[np.int8], order: Sequence[int], chain: Sequence[Link] = ()) -> GraphLayout:
    """Place responses from top to bottom by the ranking, alternating left and right so that edges do not overlap."""
    n = len(order)
    place = np.empty(n, np.int64)
    place[list(order)] = np.arange(n)
    angle = place * 2.399963  # the golden angle spreads neighbours without a pattern
    x = np.where(n > 2, np.sin(angle) * (1.0 + 0.15 * (place % 3)), 0.0)
    y = -place.astype(np.float64)
    kept = {frozenset((link.winner, link.loser)) for link in chain}
    edges, upward, left_out = [], [], 0
    for i in range(n):
        for j in range(i + 1, n):
            if relations[i, j] == UNKNOWN:
                continue
            winner, loser = (i, j) if relations[i, j] >= 0 else (j, i)
            tie = relations[i, j] == 0
            against = bool(not tie and place[winner] > place[loser])
            if n > MOST_DRAWN and not against and frozenset((i, j)) not in kept:
                left_out += 1
                continue
            edges.append((winner, loser, bool(tie)))
            upward.append(against)
    return GraphLayout(x, y, edges, upward, left_out)


def preference_graph(
    names: Sequence[str],
    relations: NDArray[np.int8],
    margins: NDArray[np.float64],
    order: Sequence[int],
    chain: Sequence[Link],
    chosen: tuple[int, int] | None,
    flips: NDArray[np.bool_],
    theme: Theme,
) -> go.Figure:
    """Directed graph of who beats whom. Markers at the middle of edges carry customdata ["edge", winner, loser].

    Dashed = tie, thick = in the chain, orange = against the order, blue = the chosen edge; a
    diamond in the middle = the winner changes with the shown order.
    """
    if len(names) < 2:
        return nothing(theme, "One response: there is nothing to compare.")
    layout = graph_layout(relations, order, chain)
    in_chain = {frozenset((link.winner, link.loser)) for link in chain}
    figure = go.Figure()
    handles: list[tuple[float, float, str, str, float, str, list[object]]] = []
    annotations = []
    for (winner, loser, tie), against in zip(layout.edges, layout.upward, strict=True):
        pair = frozenset((winner, loser))
        picked = chosen is not None and pair == frozenset(chosen)
        held = pair in in_chain
        colour = theme.chosen if picked else theme.reversal if held else theme.contradicts if against else theme.agrees
        width = 4.0 if held or picked else 1.8 if against else 1.0
        strong = held or picked or against
        ends = _shortened(layout, winner, loser)
        figure.add_trace(
            go.Scatter(
                x=[ends[0], ends[2]],
                y=[ends[1], ends[3]],
                mode="lines",
                line={"color": colour, "width": width, "dash": "dash" if tie else "solid"},
                opacity=1.0 if strong else 0.55,
                hoverinfo="skip",
                showlegend=False,
            )
        )
        if not tie:
            annotations.append(_arrow(ends, colour, width, 1.0 if strong else 0.55))
        margin = margins[winner, loser]
        by = f" by {margin:.2f}" if math.isfinite(margin) else ""
        said = f"{plain(names[winner])} {'ties with' if tie else 'beats'} {plain(names[loser])}{by}"
        flip = bool(flips[winner, loser])
        if flip:
            said += "<br>the winner changes with the shown order"
        middle = ((ends[0] + ends[2]) / 2, (ends[1] + ends[3]) / 2)
        size = 17.0 if held or picked else 9.0
        handles.append((*middle, said, colour, size, "diamond" if flip else "circle", ["edge", winner, loser]))
        if held:
            annotations.append(
                {
                    "x": middle[0], "y": middle[1], "text": f"{'=' if tie else '>'} {margin:.2f}", "showarrow": False,
                    "xshift": 30, "font": {"size": 12, "color": theme.text}, "bgcolor": theme.paper, "opacity": 0.9,
                }
            )  # fmt: skip
    columns = list(zip(*handles, strict=True)) or [()] * 7
    x, y, text, colours, sizes, symbols, data = (list(column) for column in columns)
    unfaded = {"marker": {"opacity": 1.0}}
    figure.add_trace(
        go.Scatter(
            x=x, y=y, mode="markers", text=text, customdata=data,
            hovertemplate="%{text}<br>click to open<extra></extra>",
            marker={"size": sizes, "color": colours, "symbol": symbols, "line": {"width": 1.5, "color": theme.paper}},
            selected=unfaded, unselected=unfaded, showlegend=False, name="edges",
        )
    )  # fmt: skip
    members = {end for link in chain for end in (link.winner, link.loser)}
    figure.add_trace(
        go.Scatter(
            x=layout.x,
            y=layout.y,
            mode="markers+text",
            text=[plain(name, 16) for name in names],
            textposition=["middle right" if side >= 0 else "middle left" for side in layout.x],
            hovertext=[plain(name, 80) for name in names],
            hovertemplate="%{hovertext}<extra></extra>",
            customdata=[["node", local, -1] for local in range(len(names))],
            marker={
                "size": NODE_SIZE,
                "color": [theme.paper] * len(names),
                "line": {
                    "width": [3.5 if n in members else 1.5 for n in range(len(names))],
                    "color": [theme.reversal if n in members else theme.faint for n in range(len(names))],
                },
            },
            selected=unfaded,
            unselected=unfaded,
            showlegend=False,
            name="responses",
        )
    )
    place = {local: rank + 1 for rank, local in enumerate(order)}
    for local in range(len(names)):
        annotations.append(
            {"x": layout.x[local], "y": layout.y[local], "text": str(place[local]), "showarrow": False,
             "font": {"size": 12, "color": theme.text}, "captureevents": False}
        )  # fmt: skip
    figure.update_layout(annotations=annotations, hovermode="closest", clickmode="event+select")
    apply(figure, theme, int(150 + 62 * min(len(names), 16) + 22 * max(0, len(names) - 16)))
    figure.update_xaxes(visible=False, range=[-3.0, 3.0])
    figure.update_yaxes(visible=False, range=[-len(names) + 0.4, 0.6])
    return figure


def _shortened(layout: GraphLayout, winner: int, loser: int) -> tuple[float, float, float, float]:
    """The edge from rim to rim instead of from centre to centre."""
    x0, y0, x1, y1 = layout.x[winner], layout.y[winner], layout.x[loser], layout.y[loser]
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    cut = min(0.22 / length, 0.3)
    return x0 + (x1 - x0) * cut, y0 + (y1 - y0) * cut, x1 - (x1 - x0) * cut, y1 - (y1 - y0) * cut


def _arrow(ends: tuple[float, float, float, float], colour: str, width: float, opacity: float) -> dict[str, object]:
    """An arrowhead at the loser's end."""
    x0, y0, x1, y1 = ends
    return {
        "x": x1, "y": y1, "ax": x1 - (x1 - x0) * 0.12, "ay": y1 - (y1 - y0) * 0.12,
        "xref": "x", "yref": "y", "axref": "x", "ayref": "y", "showarrow": True, "arrowhead": 2,
        "arrowsize": 1.0, "arrowwidth": max(1.2, width), "arrowcolor": colour, "opacity": opacity, "text": "",
    }  # fmt: skip


def graph_text(names: Sequence[str], chain: Sequence[Link], layout: GraphLayout) -> str:
    """The graph in words, for those who cannot see it."""
    steps = ", ".join(
        f"{names[link.winner]} {'ties with' if link.tie else 'beats'} {names[link.loser]}" for link in chain
    )
    against = sum(layout.upward)
    text = f"{len(names)} responses ordered from best to worst, {len(layout.edges)} comparisons drawn"
    text += f", {against} of them against the order." if against else "."
    return f"{text} Chosen chain: {steps}." if steps else text
