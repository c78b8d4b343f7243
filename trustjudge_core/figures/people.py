"""Whether the judge's probabilities can be believed: how often people prefer its favourite, by how sure it was."""

from __future__ import annotations

import math

import plotly.graph_objects as go

from trustjudge_core.accuracy import Calibration
from trustjudge_core.figures.theme import SMALL, Theme, apply, nothing


def reliability(found: Calibration, theme: Theme) -> go.Figure:
    """A dot and its 95 % interval for each bin that holds pairs; on the dotted diagonal every probability is true.

    A filled dot has an interval, an open one too few questions for it; the number of pairs stands beside each.
    """
    bins = [b for b in found.bins if b.agree.total]
    if not bins:
        return nothing(theme, "nobody decided a pair on which the judge has a favourite")
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=[0.5, 1.0], y=[0.5, 1.0], mode="lines", name="as said", hoverinfo="skip",
            line={"color": theme.faint, "width": 1.5, "dash": "dot"},
        )
    )  # fmt: skip
    for known, symbol in ((True, "circle"), (False, "circle-open")):
        here = [b for b in bins if (math.isfinite(b.agree.low) and math.isfinite(b.agree.high)) == known]
        if not here:
            continue
        bar = {
            "type": "data", "symmetric": False, "color": theme.people, "thickness": 2, "width": 4,
            "array": [b.agree.high - b.agree.value for b in here],
            "arrayminus": [b.agree.value - b.agree.low for b in here],
        }  # fmt: skip
        figure.add_trace(
            go.Scatter(
                x=[b.mean for b in here], y=[b.agree.value for b in here], mode="markers+text",
                name="with interval" if known else "without interval",
                text=[f"{b.agree.total:,}" for b in here], textposition="middle right",
                textfont={"size": SMALL, "color": theme.text}, error_y=bar if known else None,
                marker={"size": 11, "color": theme.people, "symbol": symbol,
                        "line": {"width": 2, "color": theme.people}},
                hovertext=[
                    f"judge {b.mean:.0%} sure; people agree in {b.agree.count:,} of {b.agree.total:,} pairs"
                    + (f", {b.agree.low:.0%} to {b.agree.high:.0%}" if known else ", no interval")
                    for b in here
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )  # fmt: skip
    apply(figure, theme, 320)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(title={"text": "probability of the judge's favourite"}, range=[0.48, 1.06], tickformat=".0%")
    figure.update_yaxes(title={"text": "people prefer it too"}, range=[-0.02, 1.04], tickformat=".0%")
    return figure
