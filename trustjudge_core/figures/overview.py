"""Small figures of the overview: shares with what they are made of, and where chance would be."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from trustjudge_core.figures.theme import Theme, apply, hatch, nothing, plain


def split_bar(parts: Sequence[tuple[str, int, str, str]], total: int, theme: Theme) -> go.Figure:
    """One bar of shares of ``total``: (label, count, colour, pattern) each."""
    if not total:
        return nothing(theme, "Not enough data", 70)
    figure = go.Figure()
    for label, count, colour, pattern in parts:
        figure.add_trace(
            go.Bar(
                x=[count / total],
                y=[""],
                orientation="h",
                name=f"{plain(label, 40)} {count:,}",
                marker={"color": colour, "pattern": hatch(pattern)},
                hovertemplate=f"{plain(label, 60)}: {count:,} of {total:,} (%{{x:.1%}})<extra></extra>",
            )
        )
    apply(figure, theme, 120)
    figure.update_layout(
        barmode="stack",
        margin={"t": 2, "b": 64},
        legend={"y": -0.55, "yanchor": "top", "traceorder": "normal"},
        bargap=0.1,
    )
    figure.update_xaxes(range=[0, 1], tickformat=".0%", nticks=6, automargin=False)
    figure.update_yaxes(showticklabels=False, showgrid=False)
    return figure


def chance_bars(
    labels: Sequence[str],
    values: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    chance: Sequence[float],
    theme: Theme,
) -> go.Figure:
    """A dot with its interval for each share, and a line where a random judge with the same tie rate would be."""
    known = [n for n, value in enumerate(values) if math.isfinite(value)]
    if not known:
        return nothing(theme, "Not enough data", 70)
    names = [plain(labels[n]) for n in known]
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=[chance[n] for n in known],
            y=names,
            mode="markers",
            name="chance level",
            marker={"symbol": "line-ns-open", "size": 20, "color": theme.faint, "line": {"width": 3}},
            hovertemplate="a random judge with the same tie rate: %{x:.1%}<extra></extra>",
        )
    )
    figure.add_trace(_dots([values[n] for n in known], [intervals[n] for n in known], names, "measured", theme))
    apply(figure, theme, 86 + 28 * len(known))
    figure.update_xaxes(range=[-0.02, 1.02], tickformat=".0%")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def _dots(
    values: Sequence[float], intervals: Sequence[tuple[float, float]], names: Sequence[str], name: str, theme: Theme
) -> go.Scatter:
    """Dots with asymmetric bars; no bar where there is no interval."""
    above = [high - v if math.isfinite(high) else 0.0 for v, (_, high) in zip(values, intervals, strict=True)]
    below = [v - low if math.isfinite(low) else 0.0 for v, (low, _) in zip(values, intervals, strict=True)]
    return go.Scatter(
        x=list(values),
        y=list(names),
        mode="markers",
        name=name,
        marker={"size": 11, "color": theme.chosen},
        error_x={"type": "data", "array": above, "arrayminus": below, "color": theme.chosen, "thickness": 2},
        hovertemplate="%{y}: %{x:.1%}<extra></extra>",
    )


def category_dots(
    names: Sequence[str],
    values: NDArray[np.float64],
    lows: NDArray[np.float64],
    highs: NDArray[np.float64],
    totals: NDArray[np.int64],
    theme: Theme,
    unit: str,
) -> go.Figure:
    """Shares by category with intervals, the worst on top; (c,) each."""
    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        return nothing(theme, "Not enough data in any category")
    order = known[np.argsort(-values[known], kind="stable")]
    labels = [f"{plain(names[n], 24)} ({totals[n]:,})" for n in order]
    intervals = list(zip(lows[order].tolist(), highs[order].tolist(), strict=True))
    figure = go.Figure(_dots(values[order].tolist(), intervals, labels, unit, theme))
    apply(figure, theme, 90 + 30 * len(order))
    figure.update_xaxes(title={"text": f"share of {unit}"}, tickformat=".0%", rangemode="tozero")
    figure.update_yaxes(autorange="reversed", showgrid=True)
    return figure
