"""Strengths with their intervals, and how methods order the same entries differently."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from trustjudge_core.figures.theme import Theme, apply, nothing, plain

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")


def strengths(
    names: Sequence[str],
    strength: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    rank: NDArray[np.int64],
    theme: Theme,
    unit: str,
) -> go.Figure:
    """A dot and its 95 % interval for each entry, best on top; (n,) each. Entries without a strength are left out."""
    order = [n for n in np.argsort(rank, kind="stable") if rank[n] > 0 and np.isfinite(strength[n])]
    if not order:
        return nothing(theme, "No finite strengths to draw")
    x = strength[order]
    figure = go.Figure(
        go.Scatter(
            x=x,
            y=[f"{rank[n]}. {plain(names[n], 24)}" for n in order],
            mode="markers",
            marker={"size": 11, "color": theme.chosen},
            error_x={
                "type": "data",
                "array": np.nan_to_num(high[order] - x),
                "arrayminus": np.nan_to_num(x - low[order]),
                "color": theme.chosen,
                "thickness": 2,
            },
            hovertemplate="%{y}: %{x:.2f}<extra></extra>",
        )
    )
    apply(figure, theme, 90 + 30 * len(order))
    figure.update_xaxes(title={"text": unit, "font": {"size": 12}})
    figure.update_yaxes(autorange="reversed", type="category")
    return figure


def bump(methods: Sequence[str], names: Sequence[str], ranks: NDArray[np.int64], theme: Theme) -> go.Figure:
    """Rank of every entry (rows of ``ranks``, (n, m)) under every method (columns); rank 0 breaks the line."""
    if len(methods) < 2 or not len(names):
        return nothing(theme, "One method alone cannot be compared")
    figure = go.Figure()
    columns = [plain(method) for method in methods]
    for n, name in enumerate(names):
        places: list[int | None] = [int(rank) or None for rank in ranks[n]]
        figure.add_trace(
            go.Scatter(
                x=columns,
                y=places,
                mode="lines+markers",
                name=plain(name, 24),
                line={"color": COLOURS[n % 6], "width": 2.5, "dash": DASHES[n // 6 % 6]},
                marker={"size": 9},
                hovertemplate=plain(name, 60) + ": rank %{y} by %{x}<extra></extra>",
            )
        )
    labels = []  # set in one go: adding annotations one by one takes a second for twenty entries
    for column, anchor, shift in ((0, "right", -12), (len(columns) - 1, "left", 12)):
        for place in sorted(set(ranks[:, column].tolist()) - {0}):
            here = ", ".join(plain(names[n], 18) for n in np.flatnonzero(ranks[:, column] == place).tolist())
            labels.append(
                {
                    "x": columns[column], "y": place, "text": f"{place} {here}" if column == 0 else f"{here} {place}",
                    "xanchor": anchor, "xshift": shift, "showarrow": False, "font": {"size": 12},
                }
            )  # fmt: skip
    apply(figure, theme, 90 + 34 * int(max(2, ranks.max(initial=1))))
    figure.update_layout(showlegend=False, annotations=labels)
    figure.update_xaxes(side="top", showgrid=False, range=[-0.45, len(columns) - 0.55])
    figure.update_yaxes(autorange="reversed", dtick=1, showticklabels=False)
    return figure
