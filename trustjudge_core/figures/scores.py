"""Score distributions of the responses of one question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from trustjudge_core.figures.theme import Theme, apply, hatch, nothing, plain

RIDGE = 0.82
"""Height of the highest bar, where 1 is the distance between two responses."""

SHOWN_LEAK = 0.02
"""Missing mass below this is not drawn."""


def ridgelines(
    names: Sequence[str],
    values: NDArray[np.float64],
    probs: NDArray[np.float64],
    emitted: NDArray[np.float64],
    mode: NDArray[np.float64],
    expectation: NDArray[np.float64],
    mass: NDArray[np.float64],
    scale: tuple[float, float],
    theme: Theme,
) -> go.Figure:
    """One ridge per response, (m, K) labels and probabilities, highest expectation on top.

    Bars are label probabilities; a diamond marks the expectation, a circle the emitted score, a
    line the mode; mass that was seen on no label stands hatched beyond the end of the scale.
    """
    if not len(names):
        return nothing(theme, "No usable score for this question.")
    order = np.argsort(-expectation, kind="stable")
    low, high = scale
    width = (high - low) / max(1, min(40, round(high - low))) * 0.8
    beyond = high + max(width, (high - low) * 0.06)
    top = float(probs.max(initial=0.0)) or 1.0
    figure = go.Figure()
    for row, m in enumerate(order):
        base = -float(row)
        seen = probs[m] > 0
        figure.add_trace(
            go.Bar(
                x=values[m][seen],
                y=probs[m][seen] / top * RIDGE,
                base=base,
                width=width if high - low <= 40 else 0.9,
                marker={"color": theme.chosen, "opacity": 0.55, "line": {"width": 0}},
                customdata=probs[m][seen],
                hovertemplate=plain(names[m], 60) + "<br>score %{x:g}: probability %{customdata:.3f}<extra></extra>",
                showlegend=False,
            )
        )
        if mass[m] < 1 - SHOWN_LEAK:
            figure.add_trace(
                go.Bar(
                    x=[beyond],
                    y=[(1 - mass[m]) / top * RIDGE],
                    base=base,
                    width=width,
                    marker={"color": theme.contradicts, "pattern": hatch("/")},
                    hovertemplate=f"{1 - mass[m]:.1%} of the probability was on no label<extra></extra>",
                    showlegend=False,
                )
            )
    at = [-float(row) for row in range(len(order))]
    for name, points, symbol, colour in (
        ("expectation", expectation, "diamond", theme.reversal),
        ("emitted", emitted, "circle-open", theme.text),
        ("mode", mode, "line-ns-open", theme.text),
    ):
        figure.add_trace(
            go.Scatter(
                x=points[order],
                y=at,
                mode="markers",
                name=name,
                marker={"symbol": symbol, "size": 11, "color": colour, "line": {"width": 2, "color": colour}},
                hovertemplate=f"{name} %{{x:.2f}}<extra></extra>",
            )
        )
    if (mass < 1 - SHOWN_LEAK).any():
        figure.add_annotation(x=beyond, y=-len(order) + 0.35, text="no<br>label", showarrow=False, font={"size": 11})
    apply(figure, theme, 120 + 62 * len(order))
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(title={"text": f"score, {low:g} to {high:g}"}, range=[low - width, beyond + width])
    if high - low <= 20:
        figure.update_xaxes(tickvals=np.arange(np.ceil(low), np.floor(high) + 1))
    figure.update_yaxes(tickvals=at, ticktext=[plain(names[m], 22) for m in order], range=[-len(order) + 0.2, 1.0])
    return figure
