"""Measures over the tolerance, one line for each method, up to where nothing is decided any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import plotly.graph_objects as go

from trustjudge_core.figures.theme import Theme, apply, clickable, faded, key, nothing, plain

DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash")
SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "x")
MARKS: Final = ("●", "■", "◆", "▲", "✕")


@dataclass(frozen=True, slots=True)
class Curve:
    """One method: (tolerance, share, low, high, denominator, degenerate) by tolerance, ascending."""

    name: str
    points: tuple[tuple[float, float, float, float, int, bool], ...]


def degenerate_from(curves: Sequence[Curve]) -> float | None:
    """The tolerance from which on every method says tie to nearly everything; None where none does."""
    starts = [next((point[0] for point in curve.points if point[5]), None) for curve in curves]
    reached = [start for start in starts if start is not None]
    return max(reached) if starts and len(reached) == len(starts) else None


def tolerance_lines(curves: Sequence[Curve], tolerance: float, unit: str, theme: Theme) -> go.Figure:
    """A line for each method, a bar at the current tolerance, the degenerate end shaded; intervals on hover.

    Points of a line where its method ties on 90 % of pairs or more are open. Each point carries its place
    among the points of all curves, one curve after the other.
    """
    starts = accumulate((len(curve.points) for curve in curves), initial=0)
    placed = [(curve, start) for curve, start in zip(curves, starts, strict=False) if any(p[4] for p in curve.points)]
    drawn = [curve for curve, _ in placed]
    if not drawn:
        return nothing(theme, "no method has any")
    colours = (theme.chosen, theme.contradicts, theme.people, theme.faint, theme.reversal)
    figure = go.Figure()
    for number, (curve, start) in enumerate(placed):
        style = number % len(DASHES)
        points = [point for point in curve.points if point[4]]
        symbols = [SYMBOLS[style] + ("-open" if point[5] else "") for point in points]
        figure.add_trace(
            go.Scatter(
                x=[p[0] for p in points], y=[p[1] for p in points], mode="lines+markers", name=plain(curve.name),
                cliponaxis=False,  # the marks at tolerance 0 lie on the axis
                line={"color": colours[style], "dash": DASHES[style], "width": 2},
                marker={"symbol": symbols, "size": 8, "color": colours[style],
                        "line": {"color": colours[style], "width": 1}},
                customdata=[[start + n] for n, point in enumerate(curve.points) if point[4]],
                hovertext=[
                    f"{plain(curve.name)}<br>tolerance {p[0]:g}: {p[1]:.1%} of {p[4]:,} {plain(unit)}"
                    + (f", {p[2]:.1%} to {p[3]:.1%}" if p[2] == p[2] else "")
                    + ("<br>ties on 90 % of pairs or more" if p[5] else "")
                    for p in points
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )  # fmt: skip
    apply(figure, theme, 340)
    key(
        figure,
        theme,
        [(MARKS[n % len(MARKS)], colours[n % len(colours)], plain(c.name)) for n, c in enumerate(drawn)],
        bottom=True,
    )
    figure.update_layout(margin={"t": 12, "b": 74 + 18 * len(drawn)}, hovermode="closest")
    figure.update_xaxes(title={"text": "tolerance"}, rangemode="tozero")
    figure.update_yaxes(title={"text": f"share of {plain(unit)}"}, tickformat=".0%", rangemode="tozero")
    figure.add_vline(x=tolerance, line={"color": theme.text, "width": 2, "dash": "dot"})
    end, last = degenerate_from(drawn), max(point[0] for curve in drawn for point in curve.points)
    if end is not None:
        figure.add_vrect(
            x0=end, x1=last, fillcolor=faded(theme.agrees, 0.25), line={"width": 0}, layer="below",
            annotation={"text": "says tie to nearly everything", "font": {"size": 11, "color": theme.faint}},
            annotation_position="top left",
        )  # fmt: skip
    return clickable(figure)
