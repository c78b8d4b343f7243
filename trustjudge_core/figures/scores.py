"""Score distributions of the responses of one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from trustjudge_core.figures.theme import SMALL, Theme, apply, clickable, faded, hatch, key, nothing, plain

RIDGE: Final = 0.72
"""Height of the highest label, where 1 is the distance between two responses."""

MOST_BARS: Final = 20
"""Scales with more labels are drawn as filled lines instead of bars."""

SHOWN_LEAK: Final = 0.02
"""Missing mass below this is not drawn."""

STRIP: Final = 0.2
"""Width of the strip for missing mass beyond the scale, as a share of the scale."""


@dataclass(frozen=True, slots=True)
class Leak:
    """Mass that no label got: the strip from ``start`` to ``stop`` would be all of it."""

    row: int
    share: float
    start: float
    stop: float


@dataclass(frozen=True, eq=False)
class Ridges:
    """Where everything of m score distributions stands, the highest expectation in row 0.

    ``order`` (m,) are the responses by row, ``heights`` (m, K) the label probabilities by row as
    drawn, so that the most likely label of all reaches RIDGE.
    """

    order: NDArray[np.int64]
    heights: NDArray[np.float64]
    leaks: tuple[Leak, ...]


def ridges(
    probs: NDArray[np.float64],
    expectation: NDArray[np.float64],
    mass: NDArray[np.float64],
    scale: tuple[float, float],
) -> Ridges:
    """Rows, heights and missing mass from probs (m, K), expectation (m,) and mass (m,)."""
    order = np.argsort(-expectation, kind="stable")
    low, high = scale
    gap = 0.6 if high - low <= MOST_BARS else 0.04 * (high - low)
    start, width = high + gap, STRIP * (high - low)
    leaks = tuple(
        Leak(row, float(1 - mass[m]), start, start + width * float(1 - mass[m]))
        for row, m in enumerate(order)
        if mass[m] < 1 - SHOWN_LEAK
    )
    return Ridges(order, probs[order] / (float(probs.max(initial=0.0)) or 1.0) * RIDGE, leaks)


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

    Up to MOST_BARS labels are bars, more are a filled line. A diamond marks the expectation, a
    circle the emitted score, a triangle under the line the mode. Mass that no label got stands
    hatched beyond the end of the scale, as a share of a strip that would be all of it. Every mark carries the place of
    its response.
    """
    if not len(names):
        return nothing(theme, "no usable score for this question")
    drawn = ridges(probs, expectation, mass, scale)
    low, high = scale
    few = high - low <= MOST_BARS
    step = float(np.diff(np.unique(values[probs > 0])).min(initial=1.0))  # less than 1 where half points were given
    figure = go.Figure()
    for row, m in enumerate(drawn.order):
        seen = np.flatnonzero(probs[m] > 0)
        place = np.argsort(values[m][seen], kind="stable")
        columns = seen[place]
        said = [
            f"{plain(names[m], 60)}<br>score {value:g}: probability {p:z.3f}"
            for value, p in zip(values[m][columns], probs[m][columns], strict=True)
        ]
        ridge = values[m][columns], drawn.heights[row][columns], said, -float(row), theme
        trace = _bars(step, *ridge) if few else _line(*ridge)
        trace.customdata = [[int(m)]] * len(trace.x)
        figure.add_trace(trace)
    if drawn.leaks:
        figure.add_trace(_leaks(drawn, theme))
    below = np.arange(len(drawn.order))
    for name, points, symbol, shift, colour in (
        ("expectation", expectation, "diamond", 0.0, theme.chosen),
        ("emitted", emitted, "circle-open", 0.0, theme.text),
        ("mode", mode, "triangle-up-open", 0.16, theme.text),
    ):
        figure.add_trace(
            go.Scatter(
                x=points[drawn.order], y=-below - shift, mode="markers", name=name, cliponaxis=False,
                customdata=[[int(m)] for m in drawn.order],
                marker={"symbol": symbol, "size": 9 if shift else 12, "color": colour,
                        "line": {"width": 2, "color": theme.paper if name == "expectation" else colour}},
                hovertemplate=f"{name} %{{x:.2f}}<extra></extra>",
            )
        )  # fmt: skip
    apply(figure, theme, 100 + 58 * len(drawn.order))
    margin = 0.55 if few else 0.01 * (high - low)
    end = high + margin if not drawn.leaks else drawn.leaks[0].start + STRIP * (high - low) + margin
    figure.update_layout(barmode="overlay", hovermode="closest")
    entries = [("◆", theme.chosen, "expectation"), ("○", theme.text, "emitted"), ("△", theme.text, "mode")]
    key(figure, theme, entries + ([("▨", theme.agrees, "on no label")] if drawn.leaks else []))
    figure.update_xaxes(title={"text": f"score, {low:g} to {high:g}"}, range=[low - margin, end], **_ticks(scale, few))
    rows = (-below).tolist()
    figure.update_yaxes(
        tickvals=rows, ticktext=[plain(names[m], 18) for m in drawn.order], range=[-len(rows) + 0.6, 0.85]
    )
    return clickable(figure)


def _ticks(scale: tuple[float, float], few: bool) -> dict[str, object]:
    """Ticks at labels only, none under the strip beyond the scale."""
    low, high = scale
    if few:
        return {"tickvals": np.arange(np.ceil(low), np.floor(high) + 1).tolist()}
    step = 10.0 ** np.floor(np.log10((high - low) / 4)) * 2
    inner = np.arange(np.ceil(low / step) * step, high + step / 100, step)
    return {"tickvals": sorted({low, *inner[inner > low + step / 2].tolist()})}


def _bars(
    step: float,
    values: NDArray[np.float64],
    heights: NDArray[np.float64],
    said: Sequence[str],
    base: float,
    theme: Theme,
) -> go.Bar:
    """One bar per label seen; labels are ``step`` apart."""
    return go.Bar(
        x=values.tolist(), y=heights.tolist(), base=base, width=0.8 * step, hovertext=said,
        hovertemplate="%{hovertext}<extra></extra>", marker={"color": faded(theme.agrees, 0.75), "line": {"width": 0}},
    )  # fmt: skip


def _line(
    values: NDArray[np.float64], heights: NDArray[np.float64], said: Sequence[str], base: float, theme: Theme
) -> go.Scatter:
    """A filled line through the labels seen; beside a label without neighbours it falls to the base line."""
    peaks = dict(zip(values.tolist(), zip(heights.tolist(), said, strict=True), strict=True))
    feet = {v - 0.5: (0.0, "") for v in peaks if v - 1 not in peaks}
    feet |= {v + 0.5: (0.0, "") for v in peaks if v + 1 not in peaks}
    points = sorted((feet | peaks).items())
    return go.Scatter(
        x=[x for x, _ in points], y=[base + height for _, (height, _) in points], mode="lines", fill="toself",
        fillcolor=faded(theme.agrees, 0.45), line={"color": theme.agrees, "width": 1.5}, hoveron="points",
        hovertext=[words or f"score {x:g}: not seen" for x, (_, words) in points],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _leaks(drawn: Ridges, theme: Theme) -> go.Bar:
    """Hatched strips beyond the end of the scale, each with its share."""
    return go.Bar(
        x=[leak.stop - leak.start for leak in drawn.leaks], base=[leak.start for leak in drawn.leaks],
        customdata=[[int(drawn.order[leak.row])] for leak in drawn.leaks],
        y=[-leak.row + 0.16 for leak in drawn.leaks], width=0.3, orientation="h", name="on no label",
        text=[f"{leak.share:.0%}" for leak in drawn.leaks], textposition="outside", cliponaxis=False, textangle=0,
        textfont={"size": SMALL, "color": theme.text}, constraintext="none",
        marker={"color": theme.agrees, "pattern": hatch("/")},
        hovertext=[f"{leak.share:.1%} of the probability was on no label" for leak in drawn.leaks],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
