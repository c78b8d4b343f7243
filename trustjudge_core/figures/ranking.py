"""Strengths with their intervals, and how methods order the same entries differently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from trustjudge_core.figures.theme import Theme, apply, clickable, key, nothing, plain

DASHES: Final = {"same": "solid", "up": "solid", "down": "dash"}


def _numbered(rank: int, shared: bool) -> str:
    """`3` or, for a rank that several entries share, `3=`."""
    return f"{rank}=" if shared else str(rank)


def strengths(
    names: Sequence[str],
    strength: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    rank: NDArray[np.int64],
    theme: Theme,
    unit: str,
) -> go.Figure:
    """A dot and its 95 % interval for each entry, best on top; (n,) each. Entries without a strength are left out.

    Without an interval there is no bar and the dot is open. Each dot carries the place of its entry.
    """
    order = [int(n) for n in np.argsort(rank, kind="stable") if rank[n] > 0 and np.isfinite(strength[n])]
    if not order:
        return nothing(theme, "no finite strengths to draw")
    shared = {int(r) for r, count in zip(*np.unique(rank[order], return_counts=True), strict=True) if count > 1}
    figure = go.Figure()
    # Two traces: a missing length among error bars would still draw their caps.
    known = np.isfinite(low) & np.isfinite(high)
    for with_bar, symbol in ((True, "circle"), (False, "circle-open")):
        rows = [row for row, n in enumerate(order) if known[n] == with_bar]
        here = [order[row] for row in rows]
        if here:
            bar = {
                "type": "data", "symmetric": False, "color": theme.chosen, "thickness": 2, "width": 4,
                "array": (high[here] - strength[here]).tolist(), "arrayminus": (strength[here] - low[here]).tolist(),
            }  # fmt: skip
            figure.add_trace(
                go.Scatter(
                    x=strength[here].tolist(), y=rows, mode="markers", cliponaxis=False, customdata=[[n] for n in here],
                    name="with interval" if with_bar else "without interval",
                    marker={"size": 11, "color": theme.chosen, "symbol": symbol,
                            "line": {"width": 2, "color": theme.chosen}},
                    error_x=bar if with_bar else None,
                    hovertext=[
                        f"{plain(names[n], 60)}<br>rank {_numbered(int(rank[n]), int(rank[n]) in shared)}, "
                        f"{strength[n]:z.2f}" + (f", {low[n]:z.2f} to {high[n]:z.2f}" if with_bar else ", no interval")
                        for n in here
                    ],
                    hovertemplate="%{hovertext}<extra></extra>",
                )
            )  # fmt: skip
    apply(figure, theme, 64 + 28 * len(order))
    figure.update_layout(margin={"t": 8}, hovermode="closest")
    figure.update_xaxes(title={"text": plain(unit, 48)}, nticks=6)
    figure.update_yaxes(
        range=[len(order) - 0.4, -0.6], tickvals=list(range(len(order))),
        ticktext=[f"{_numbered(int(rank[n]), int(rank[n]) in shared)} {plain(names[n], 20)}" for n in order],
    )  # fmt: skip
    return clickable(figure)


def bump_rows(ranks: NDArray[np.int64]) -> NDArray[np.float64]:
    """A row of its own for every entry under every method, ranks (n, m) -> (n, m) from 0, NaN where not ranked.

    Entries that share a rank stand below each other, in the order of the column before, so that
    no name or line covers another.
    """
    rows = np.full(ranks.shape, np.nan)
    before = np.arange(len(ranks), dtype=np.float64)
    for column in range(ranks.shape[1]):
        rank = ranks[:, column]
        ranked = np.flatnonzero(rank > 0)
        order = ranked[np.lexsort((before[ranked], rank[ranked]))]
        rows[order, column] = np.arange(len(order))
        before = np.where(np.isnan(rows[:, column]), before, rows[:, column])
    return rows


def _way(ranks: NDArray[np.int64]) -> str:
    """Whether an entry ends better, worse or where it began, from its ranks by method (m,)."""
    seen = ranks[ranks > 0]
    if len(seen) < 2 or seen[0] == seen[-1]:
        return "same"
    return "up" if seen[-1] < seen[0] else "down"


def bump(methods: Sequence[str], names: Sequence[str], ranks: NDArray[np.int64], theme: Theme) -> go.Figure:
    """Rank of every entry (rows of ``ranks``, (n, m)) under every method (columns); rank 0 breaks the line.

    Grey ends at the rank it began with, blue better, dashed orange worse. Each mark carries the place of its entry.
    """
    if len(methods) < 2 or not len(names):
        return nothing(theme, "one method alone cannot be compared")
    rows = bump_rows(ranks)
    columns = list(range(len(methods)))
    colours = {"same": theme.agrees, "up": theme.chosen, "down": theme.reversal}
    figure = go.Figure()
    for n, name in enumerate(names):
        way = _way(ranks[n])
        figure.add_trace(
            go.Scatter(
                x=columns, y=[None if np.isnan(row) else float(row) for row in rows[n]], mode="lines+markers",
                name=plain(name, 24), cliponaxis=False, connectgaps=False, customdata=[[n]] * len(columns),
                line={"color": colours[way], "width": 2.5, "dash": DASHES[way]},
                marker={"size": 9, "color": colours[way]},
                hovertext=[f"{plain(name, 60)}<br>rank {rank} by {plain(method)}"
                           for rank, method in zip(ranks[n], methods, strict=True)],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )  # fmt: skip
    apply(figure, theme, 84 + 28 * len(names) + (96 if len(methods) > 2 else 0))
    key(figure, theme, [("●", theme.agrees, "same rank"), ("●", theme.chosen, "better to the right"),
                        ("●", theme.reversal, "worse, dashed")])  # fmt: skip
    # The names of the last column need an axis of their own, and an axis needs a trace to be drawn.
    figure.add_trace(go.Scatter(x=[columns[-1]], y=[0], yaxis="y2", mode="markers", marker={"color": "rgba(0,0,0,0)"},
                                hoverinfo="skip", name="last column"))  # fmt: skip
    # Two names fit beside each other on any screen; more are turned, so that a phone has room for all at one height.
    turned = len(methods) > 2
    heads = [plain(method.replace("_", " "), 30) for method in methods]
    longest = max(len(method) for method in methods)
    figure.update_layout(
        hovermode="closest", margin={"t": 34 + (round(4.6 * min(longest, 30)) if turned else 18), "r": 8},
        yaxis=_names_of(names, ranks[:, 0], rows[:, 0]),
        yaxis2={**_names_of(names, ranks[:, -1], rows[:, -1]), "overlaying": "y", "side": "right", "automargin": True,
                "fixedrange": True, "zeroline": False},
    )  # fmt: skip
    figure.update_xaxes(
        side="top", showgrid=False, showline=False, tickvals=columns, ticktext=heads, tickangle=-40 if turned else 0,
        tickfont={"size": 12}, automargin=False, range=[-0.06, len(columns) - 0.94],
    )  # fmt: skip
    return clickable(figure)


def _names_of(names: Sequence[str], rank: NDArray[np.int64], row: NDArray[np.float64]) -> dict[str, object]:
    """An axis with the ranks and names of one column."""
    ranked = [int(n) for n in np.flatnonzero(rank > 0)]
    shared = {int(r) for r in rank[ranked] if (rank == r).sum() > 1}
    return {
        "range": [len(names) - 0.4, -0.6], "showgrid": False, "showline": False, "ticklabelstandoff": 8,
        "tickvals": row[ranked].tolist(), "tickfont": {"size": 12},
        "ticktext": [f"{_numbered(int(rank[n]), int(rank[n]) in shared)} {plain(names[n], 14)}" for n in ranked],
    }  # fmt: skip
