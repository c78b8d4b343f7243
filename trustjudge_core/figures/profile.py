"""Habits of a judge: which place it favours, and how well its scores foretell its comparisons."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from trustjudge_core.figures.theme import Theme, apply, clickable, key, nothing, plain


def fairness_dots(rows: Sequence[tuple[str, float, float, float, int]], theme: Theme) -> go.Figure:
    """(category, fairness, low, high, pairs) each, from -1 (always the first shown) to 1 (always the second).

    Each dot carries the place of its row.
    """
    places = [place for place, row in enumerate(rows) if math.isfinite(row[1])]
    known = [rows[place] for place in places]
    if not known:
        return nothing(theme, "no pair was judged in both known orders")
    figure = go.Figure()
    for with_bar in (True, False):
        here = [(place, row) for place, row in enumerate(known) if math.isfinite(row[2]) == with_bar]
        if here:
            bar = {
                "type": "data", "symmetric": False, "color": theme.chosen, "thickness": 2, "width": 4,
                "array": [row[3] - row[1] for _, row in here], "arrayminus": [row[1] - row[2] for _, row in here],
            }  # fmt: skip
            figure.add_trace(
                go.Scatter(
                    x=[row[1] for _, row in here], y=[place for place, _ in here], mode="markers", cliponaxis=False,
                    name="with interval" if with_bar else "without interval", error_x=bar if with_bar else None,
                    customdata=[[places[row]] for row, _ in here],
                    marker={"size": 11, "symbol": "circle" if with_bar else "circle-open", "color": theme.chosen,
                            "line": {"width": 2, "color": theme.chosen}},
                    hovertext=[
                        f"{plain(row[0], 60)}, {row[4]:,} pairs: {row[1]:+z.2f}"
                        + (f", {row[2]:+z.2f} to {row[3]:+z.2f}" if with_bar else ", no interval")
                        for _, row in here
                    ],
                    hovertemplate="%{hovertext}<extra></extra>",
                )
            )  # fmt: skip
    apply(figure, theme, 72 + 28 * len(known))
    figure.add_vline(x=0, line={"color": theme.text, "width": 1})
    figure.update_layout(margin={"t": 8}, hovermode="closest")
    figure.update_xaxes(title={"text": "favours first ← fair → favours second"}, range=[-1.05, 1.05], nticks=5)
    figure.update_yaxes(
        range=[len(known) - 0.4, -0.6], tickvals=list(range(len(known))),
        ticktext=[f"{plain(row[0], 20)} ({row[4]:,})" for row in known],
    )  # fmt: skip
    return clickable(figure)


def calibration(points: Sequence[tuple[float, float, float, float, int]], theme: Theme) -> go.Figure:
    """(predicted, measured, low, high, pairs) each: predicted by scores against measured preference, on the diagonal
    when scores foretell comparisons exactly. Each mark carries the place of its point."""
    places = [place for place, point in enumerate(points) if point[4] and math.isfinite(point[1])]
    known = [points[place] for place in places]
    if not known:
        return nothing(theme, "it takes score distributions and comparisons of the same responses")
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=[0.5, 1], y=[0.5, 1], mode="lines", name="exactly as predicted", hoverinfo="skip",
            line={"color": theme.faint, "dash": "dash", "width": 2},
        )
    )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            x=[p[0] for p in known], y=[p[1] for p in known], mode="markers", name="this judge", cliponaxis=False,
            customdata=[[place] for place in places],
            marker={"size": [7 + min(16, p[4] ** 0.5 / 2) for p in known], "color": theme.chosen},
            error_y={
                "type": "data", "symmetric": False, "color": theme.chosen, "thickness": 2, "width": 4,
                "array": [p[3] - p[1] if math.isfinite(p[3]) else 0.0 for p in known],
                "arrayminus": [p[1] - p[2] if math.isfinite(p[2]) else 0.0 for p in known],
            },
            hovertext=[
                f"{p[4]:,} pairs: scores predict {p[0]:z.2f}, comparisons say {p[1]:z.2f}"
                + (f", {p[2]:z.2f} to {p[3]:z.2f}" if math.isfinite(p[2]) else "")
                for p in known
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )  # fmt: skip
    apply(figure, theme, 380)
    key(figure, theme, [("●", theme.chosen, "this judge"), ("╌", theme.faint, "exactly as predicted")])
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(title={"text": "P(the better scored one wins), from scores"}, range=[0.49, 1.01], nticks=6)
    figure.update_yaxes(title={"text": "P(it wins), from comparisons"}, range=[-0.02, 1.02], nticks=6)
    return clickable(figure)
