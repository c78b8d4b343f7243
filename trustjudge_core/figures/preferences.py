"""Who wins against whom: the matrix of one question and both orders of one pair."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from trustjudge_core.figures.theme import Theme, apply, faded, hatch, nothing, plain
from trustjudge_core.records import UNKNOWN

MARKS = {1: "▲", -1: "▽", 0: "=", UNKNOWN: "?"}


def relation_matrix(
    names: Sequence[str],
    relations: NDArray[np.int8],
    margins: NDArray[np.float64],
    flips: NDArray[np.bool_],
    verdicts: NDArray[np.bool_],
    theme: Theme,
) -> go.Figure:
    """n x n cells: row against column. Mark = who wins, shade = margin, ring = order flip, purple dot = a verdict.

    Cells are markers with customdata [row, column], because heat maps return no selections.
    """
    n = len(names)
    if n < 2:
        return nothing(theme, "One response: there is nothing to compare.")
    cells = [(i, j) for i in range(n) for j in range(n) if i != j]
    size = float(np.clip(250 / n - 4, 8, 38))  # nine responses still fit on a phone
    colours, texts = [], []
    for i, j in cells:
        relation = int(relations[i, j])
        margin = margins[i, j]
        strength = min(1.0, float(margin)) if math.isfinite(margin) else 0.0
        colour = theme.chosen if relation == 1 else theme.contradicts if relation == -1 else theme.agrees
        colours.append(faded(colour, 0.25 + 0.6 * strength if relation in (1, -1) else 0.25 if relation == 0 else 0.06))
        what = {1: "beats", -1: "loses to", 0: "ties with"}.get(relation, "was not compared with")
        by = f" by {margin:.2f}" if math.isfinite(margin) and relation != UNKNOWN else ""
        extra = "<br>the winner changes with the shown order" if flips[i, j] else ""
        extra += "<br>a person decided this pair" if verdicts[i, j] else ""
        texts.append(f"{plain(names[i])} {what} {plain(names[j])}{by}{extra}")
    unfaded = {"marker": {"opacity": 1.0}}
    x, y = [j for _, j in cells], [i for i, _ in cells]
    figure = go.Figure(
        go.Scatter(
            x=x, y=y, mode="markers", customdata=[list(cell) for cell in cells], hovertext=texts,
            hovertemplate="%{hovertext}<br>click to open<extra></extra>", showlegend=False,
            marker={"symbol": "square", "size": size, "color": colours,
                    "line": {"width": 0}},
            selected=unfaded, unselected=unfaded,
        )
    )  # fmt: skip
    marks = [MARKS.get(int(relations[i, j]), "?") for i, j in cells]
    figure.add_trace(
        go.Scatter(
            x=x, y=y, mode="text", text=marks, textfont={"size": max(9, size * 0.4), "color": theme.text},
            hoverinfo="skip", showlegend=False,
        )
    )  # fmt: skip
    ringed = [(i, j) for i, j in cells if flips[i, j]]
    decided = [(i, j) for i, j in cells if verdicts[i, j]]
    for where, symbol, colour, name, scale in (
        (ringed, "square-open", theme.reversal, "winner changes with order", 0.95),
        (decided, "circle", theme.people, "decided by a person", 0.22),
    ):
        if where:
            shift = 0.32 if symbol == "circle" else 0.0
            figure.add_trace(
                go.Scatter(
                    x=[j + shift for _, j in where], y=[i - shift for i, _ in where], mode="markers", name=name,
                    hoverinfo="skip",
                    marker={"symbol": symbol, "size": size * scale, "color": colour, "line": {"width": 2}},
                )
            )  # fmt: skip
    apply(figure, theme, int(140 + n * (size + 4)))
    labels = [plain(name, 18) for name in names]
    figure.update_xaxes(
        tickvals=list(range(n)), ticktext=labels, side="top", tickangle=-40, showgrid=False, range=[-0.6, n - 0.4],
        title={"text": "against", "font": {"size": 12}},
    )  # fmt: skip
    figure.update_yaxes(tickvals=list(range(n)), ticktext=labels, showgrid=False, range=[n - 0.4, -0.6])
    figure.update_layout(
        legend={"y": -0.02, "yanchor": "top"},
        margin={"t": 10, "r": 48},
        clickmode="event+select",
        width=int(170 + n * (size + 4)),
    )
    return figure


@dataclass(frozen=True, slots=True)
class OrderBar:
    """One row of `pair_bars`: shares of a wins, tie, b wins, or None with a word on why there are none."""

    label: str
    shares: tuple[float, float, float] | None
    remark: str = ""


def pair_bars(name_a: str, name_b: str, bars: Sequence[OrderBar], theme: Theme) -> go.Figure:
    """Stacked bars of P(a wins), P(tie), P(b wins), a row for each shown order and one for their average."""
    if not bars:
        return nothing(theme, "This pair was not judged.")
    labels = [plain(bar.label, 40) for bar in bars]
    figure = go.Figure()
    outcomes = (
        (f"{plain(name_a, 24)} wins", theme.chosen, ""),
        ("tie", theme.agrees, "."),
        (f"{plain(name_b, 24)} wins", theme.contradicts, "/"),
    )
    for place, (name, colour, pattern) in enumerate(outcomes):
        values = [bar.shares[place] if bar.shares else 0.0 for bar in bars]
        figure.add_trace(
            go.Bar(
                y=labels,
                x=values,
                orientation="h",
                name=name,
                marker={"color": colour, "pattern": hatch(pattern)},
                text=[f"{value:.2f}" if value >= 0.08 else "" for value in values],
                textposition="inside",
                insidetextanchor="middle",
                textfont={"color": "#FFFFFF" if colour == "#0072B2" else "#14171A", "size": 13},
                hovertemplate=f"{name}: %{{x:.3f}}<extra></extra>",
            )
        )
    for label, bar in zip(labels, bars, strict=True):
        if bar.shares is None:
            figure.add_annotation(
                x=0.01, y=label, text=plain(bar.remark or "no usable judgment", 60), showarrow=False, xanchor="left"
            )
    apply(figure, theme, 110 + 44 * len(bars))
    figure.update_layout(barmode="stack", bargap=0.35, legend={"traceorder": "normal"})
    figure.update_xaxes(range=[0, 1], title={"text": "probability", "font": {"size": 12}}, tickformat=".1f")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure
