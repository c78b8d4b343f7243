"""Small figures of the overview: shares with what they are made of, and where chance would be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from trustjudge_core.figures.theme import KEY_LINE, Theme, apply, clickable, hatch, key, nothing, plain, whiskers

SWATCHES: Final = {"": "■", "/": "▨", "x": "▩", ".": "▦"}
"""The mark in the key that looks most like a bar's pattern."""


def split_bar(
    parts: Sequence[tuple[str, int, str, str]],
    total: int,
    theme: Theme,
    intervals: Mapping[int, tuple[float, float]] | None = None,
) -> go.Figure:
    """One bar of shares of ``total``: (label, count, colour, pattern) each, named with their counts below it.

    ``intervals`` are those of the share of all parts up to a place, drawn at its end. Each part carries its place.
    """
    if not total:
        return nothing(theme, "", 70)
    figure = go.Figure()
    for place, (label, count, colour, pattern) in enumerate(parts):
        figure.add_trace(
            go.Bar(
                x=[count / total], y=[0], customdata=[[place]], orientation="h", name=plain(label, 40), width=1,
                marker={"color": colour, "pattern": hatch(pattern), "line": {"width": 0}},
                hovertext=[f"{plain(label, 60)}: {count:,} of {total:,} ({count / total:.1%})"],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )  # fmt: skip
    ends = np.cumsum([count for _, count, _, _ in parts]) / total
    known = {place: found for place, found in (intervals or {}).items() if all(map(math.isfinite, found))}
    if known:
        rows = np.linspace(0.2, -0.2, len(known)) if len(known) > 1 else np.zeros(1)  # so that none covers another
        figure.add_trace(whiskers([float(ends[n]) for n in known], list(known.values()), rows.tolist(), theme))
    below = KEY_LINE * len(parts) + 34
    apply(figure, theme, 38 + below)
    entries = [
        (SWATCHES.get(pattern, "■"), colour, f"{plain(label, 40)}: {count:,} ({count / total:.1%})")
        for label, count, colour, pattern in parts
    ]
    key(figure, theme, entries, bottom=True)
    figure.update_layout(barmode="stack", margin={"t": 4, "b": below, "l": 16, "r": 20}, hovermode="closest")
    figure.update_xaxes(range=[0, 1], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1], automargin=False)
    figure.update_yaxes(visible=False, range=[-0.5, 0.5])
    return clickable(figure)


def _dots(
    values: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    said: Sequence[str],
    places: Sequence[int],
    theme: Theme,
) -> list[go.Scatter]:
    """Dots in rows 0, 1, ..., those with an interval with its bar, those without open and with none.

    ``places`` say which of what the figure was given each row stands for.
    """
    known = [math.isfinite(low) and math.isfinite(high) for low, high in intervals]
    words = [
        f"{name}: {v:.1%}" + (f", {low:.1%} to {high:.1%}" if k else ", not enough data for an interval")
        for name, v, (low, high), k in zip(said, values, intervals, known, strict=True)
    ]
    traces = []
    # Two traces: a missing length among error bars would still draw their caps.
    for with_bar, symbol in ((True, "circle"), (False, "circle-open")):
        rows = [row for row, k in enumerate(known) if k == with_bar]
        bar = {
            "type": "data", "symmetric": False, "color": theme.chosen, "thickness": 2, "width": 4,
            "array": [intervals[row][1] - values[row] for row in rows],
            "arrayminus": [values[row] - intervals[row][0] for row in rows],
        }  # fmt: skip
        if rows:
            traces.append(
                go.Scatter(
                    x=[values[row] for row in rows], y=rows, mode="markers", cliponaxis=False,
                    customdata=[[places[row]] for row in rows],
                    name="with interval" if with_bar else "without interval",
                    marker={"size": 11, "color": theme.chosen, "symbol": symbol,
                            "line": {"width": 2, "color": theme.chosen}},
                    error_x=bar if with_bar else None, hovertext=[words[row] for row in rows],
                    hovertemplate="%{hovertext}<extra></extra>",
                )
            )  # fmt: skip
    return traces


def chance_bars(
    labels: Sequence[str],
    values: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    chance: Sequence[float],
    theme: Theme,
) -> go.Figure:
    """A dot with its interval for each share, and a line where a random judge with the same tie rate would be.

    Each dot carries the place of its share.
    """
    known = [n for n, value in enumerate(values) if math.isfinite(value)]
    if not known:
        return nothing(theme, "", 70)
    names = [plain(labels[n]) for n in known]
    rows = list(range(len(known)))
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=[chance[n] for n in known], y=rows, mode="markers", name="chance level", cliponaxis=False,
            marker={"symbol": "line-ns-open", "size": 18, "color": theme.faint, "line": {"width": 3}},
            hovertemplate="a random judge with the same tie rate: %{x:.1%}<extra></extra>",
        )
    )  # fmt: skip
    figure.add_traces(_dots([values[n] for n in known], [intervals[n] for n in known], names, known, theme))
    apply(figure, theme, 66 + 28 * len(known))
    key(figure, theme, [("●", theme.chosen, "this judge"), ("|", theme.faint, "a random judge with this tie rate")])
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(range=[-0.02, 1.02], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(range=[len(known) - 0.4, -0.6], tickvals=rows, ticktext=names, showgrid=False)
    return clickable(figure)


def category_dots(
    names: Sequence[str],
    values: NDArray[np.float64],
    lows: NDArray[np.float64],
    highs: NDArray[np.float64],
    totals: NDArray[np.int64],
    theme: Theme,
    unit: str,
) -> go.Figure:
    """Shares by category with intervals, (c,) each, the worst on top; without a share there is a row that says so.

    Each dot carries the place of its category.
    """
    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        return nothing(theme, "no category has any")
    order = known[np.argsort(-values[known], kind="stable")]
    rest = np.flatnonzero(~np.isfinite(values))
    labels = [f"{plain(names[n], 20)} ({totals[n]:,})" for n in (*order, *rest)]
    said = [f"{plain(names[n], 60)}, {totals[n]:,} {plain(unit)}" for n in order]
    intervals = list(zip(lows[order].tolist(), highs[order].tolist(), strict=True))
    figure = go.Figure(_dots(values[order].tolist(), intervals, said, order.tolist(), theme))
    for row in range(len(order), len(labels)):
        figure.add_annotation(
            x=0, y=row, text="not enough data", showarrow=False, xanchor="left", xshift=4, font={"color": theme.faint}
        )
    apply(figure, theme, 64 + 27 * len(labels))
    figure.update_layout(margin={"t": 8}, hovermode="closest")
    reach = float(np.nanmax([values[order], highs[order]]))
    figure.update_xaxes(
        title={"text": f"share of {plain(unit)} (in brackets: of how many)"},
        tickformat=".0%" if reach >= 0.05 else ".1%", nticks=6,
        range=[0, min(1.02, max(0.02, reach * 1.06))],
    )  # fmt: skip
    figure.update_yaxes(range=[len(labels) - 0.4, -0.6], tickvals=list(range(len(labels))), ticktext=labels)
    return clickable(figure)
