"""What the conflicts of each score method are made of, as stacked bars with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from trustjudge_core.bootstrap import Ratio
from trustjudge_core.figures.theme import KEY_LINE, Theme, apply, clickable, hatch, key, nothing, plain, whiskers

PARTS: Final = ("reversals", "only the scores tie", "only the comparison ties")
PATTERNS: Final = (("x", "▩"), ("/", "▨"), (".", "▦"))


@dataclass(frozen=True, slots=True)
class Split:
    """One method: all its conflicts, and reversals, score ties and comparison ties as shares of the same pairs."""

    name: str
    conflicts: Ratio
    parts: tuple[Ratio, Ratio, Ratio]


def split_bars(splits: Sequence[Split], theme: Theme) -> go.Figure:
    """A bar for each method with the intervals of its reversals and of all its conflicts.

    Each part carries 3 times the place of its method plus its own place.
    """
    drawn = [(place, split) for place, split in enumerate(splits) if split.conflicts.total]
    if not drawn:
        return nothing(theme, "it takes scores and comparisons of the same responses")
    colours, rows, figure = (theme.reversal, theme.contradicts, theme.contradicts), list(range(len(drawn))), go.Figure()
    for number, label in enumerate(PARTS):
        parts = [split.parts[number] for _, split in drawn]
        figure.add_trace(
            go.Bar(
                x=[part.value for part in parts], y=rows, orientation="h", width=0.62, name=label,
                customdata=[[3 * place + number] for place, _ in drawn],
                marker={"color": colours[number], "pattern": hatch(PATTERNS[number][0]), "line": {"width": 0}},
                hovertext=[
                    f"{plain(split.name, 60)}<br>{label}: {part.count:,} of {part.total:,} pairs ({part.value:.1%})"
                    for (_, split), part in zip(drawn, parts, strict=True)
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )  # fmt: skip
    # One above the other, because where reversals are all there is both stand at the same place.
    for shift, ends in (
        (-0.15, [split.parts[0] for _, split in drawn]),
        (0.15, [split.conflicts for _, split in drawn]),
    ):
        known = [row for row in rows if math.isfinite(ends[row].low)]
        intervals = [(ends[row].low, ends[row].high) for row in known]
        figure.add_trace(whiskers([ends[row].value for row in known], intervals, [row + shift for row in known], theme))
    below = KEY_LINE * len(PARTS) + 56
    apply(figure, theme, 24 + 34 * len(drawn) + below)
    marks = zip(PATTERNS, colours, PARTS, strict=True)
    key(figure, theme, [(mark, colour, label) for (_, mark), colour, label in marks], bottom=True)
    figure.update_layout(barmode="stack", hovermode="closest", margin={"t": 8, "b": below})
    figure.update_xaxes(title={"text": "share of pairs, with 95 % intervals"}, tickformat=".0%", rangemode="tozero")
    figure.update_yaxes(
        range=[len(drawn) - 0.4, -0.6], tickvals=rows, ticktext=[plain(split.name) for _, split in drawn],
        showgrid=False,
    )  # fmt: skip
    return clickable(figure)
