"""Differences between two opinions on the same pairs, with their intervals around zero."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from trustjudge_core.figures.theme import Theme, apply, clickable, key, nothing, plain


def difference_dots(rows: Sequence[tuple[str, float, float, float]], theme: Theme) -> go.Figure:
    """(label, difference, low, high) each, as shares: a dot with its 95 % interval; filled where it leaves out zero.

    Each dot carries the place of its row.
    """
    places = [place for place, row in enumerate(rows) if math.isfinite(row[1])]
    known = [rows[place] for place in places]
    if not known:
        return nothing(theme, "no measure can be compared")
    figure = go.Figure()
    for found in (True, False):
        here = [(place, row) for place, row in enumerate(known) if (row[2] > 0 or row[3] < 0) == found]
        if not here:
            continue
        figure.add_trace(
            go.Scatter(
                x=[row[1] for _, row in here], y=[place for place, _ in here], mode="markers", cliponaxis=False,
                customdata=[[places[row]] for row, _ in here],
                name="leaves out zero" if found else "holds zero",
                marker={"size": 11, "symbol": "circle" if found else "circle-open",
                        "color": theme.chosen if found else theme.faint, "line": {"width": 2}},
                error_x={
                    "type": "data", "symmetric": False, "thickness": 2, "width": 4,
                    "color": theme.chosen if found else theme.faint,
                    "array": [row[3] - row[1] if math.isfinite(row[3]) else 0.0 for _, row in here],
                    "arrayminus": [row[1] - row[2] if math.isfinite(row[2]) else 0.0 for _, row in here],
                },
                hovertext=[
                    f"{plain(row[0], 60)}: {100 * row[1]:+z.1f} points"
                    + (f", {100 * row[2]:+z.1f} to {100 * row[3]:+z.1f}" if math.isfinite(row[2]) else "")
                    for _, row in here
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )  # fmt: skip
    apply(figure, theme, 84 + 30 * len(known))
    key(figure, theme, [("●", theme.chosen, "interval leaves out zero"), ("○", theme.faint, "interval holds zero")])
    figure.add_vline(x=0, line={"color": theme.text, "width": 1})
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(title={"text": "difference, in shares"}, tickformat="+.0%", nticks=7)
    figure.update_yaxes(
        range=[len(known) - 0.4, -0.6], tickvals=list(range(len(known))), ticktext=[plain(row[0], 44) for row in known]
    )
    return clickable(figure)
