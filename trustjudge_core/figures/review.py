"""What verdicts resolve: inconsistent triples left by verdicts spent, one line per order of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from trustjudge_core.figures.theme import SMALL, Theme, apply, key, nothing, plain

MOST_POINTS: Final = 400
"""Of one line; more would be slower than they are finer."""

_DASHES: Final = ("solid", "dash", "dot", "dashdot")
_MARKS: Final = ("━━", "╍╍", "┄┄", "╍┄")
"""How each dash looks in the key."""


@dataclass(frozen=True, eq=False)
class Curve:
    """``left`` inconsistent triples after ``spent`` verdicts, (S,) each, ascending in ``spent``."""

    name: str
    spent: NDArray[np.int64]
    left: NDArray[np.int64]

    def reaches(self, mark: float) -> int | None:
        """Verdicts after which at most that many are left for the first time; None if never."""
        there = np.flatnonzero(self.left <= mark)
        return int(self.spent[there[0]]) if len(there) else None


def thinned(curve: Curve) -> Curve:
    """At most MOST_POINTS points, the first and the last among them."""
    if len(curve.spent) <= MOST_POINTS:
        return curve
    keep = np.unique(np.linspace(0, len(curve.spent) - 1, MOST_POINTS).round().astype(np.int64))
    return Curve(curve.name, curve.spent[keep], curve.left[keep])


def curves(lines: Sequence[Curve], theme: Theme, mark: float | None = None) -> go.Figure:
    """Lines falling from the left; the first is thick and chosen, the others differ by dash. The key names them.

    ``mark`` is a number of triples to reach: a line across, and a ring where each curve gets there.
    """
    drawn = [thinned(line) for line in lines if len(line.spent)]
    if not drawn:
        return nothing(theme, "no verdicts yet")
    colours = (theme.chosen, theme.contradicts, theme.faint, theme.people)
    figure = go.Figure()
    for number, line in enumerate(drawn):
        colour = colours[number % len(colours)]
        figure.add_trace(
            go.Scatter(
                x=line.spent.tolist(), y=line.left.tolist(), mode="lines", name=plain(line.name),
                line={"color": colour, "width": 3.5 if number == 0 else 2, "dash": _DASHES[number % len(_DASHES)]},
                hovertemplate=f"{plain(line.name)}<br>%{{y:,}} left after %{{x:,}} verdicts<extra></extra>",
            )
        )  # fmt: skip
        reached = None if mark is None else lines[number].reaches(mark)
        if reached is not None:
            figure.add_trace(
                go.Scatter(
                    x=[reached], y=[mark], mode="markers+text", text=[f"{reached:,}"], textposition="top right",
                    textfont={"size": SMALL, "color": theme.text}, name=f"{plain(line.name)}, mark",
                    marker={"size": 10, "symbol": "circle-open", "color": colour, "line": {"width": 2.5}},
                    hovertemplate=f"{plain(line.name)}: {reached:,} verdicts<extra></extra>",
                )
            )  # fmt: skip
    if mark is not None:
        figure.add_hline(y=mark, line={"color": theme.faint, "width": 1, "dash": "dot"})
    apply(figure, theme, 320)
    key(
        figure,
        theme,
        [(_MARKS[n % len(_MARKS)], colours[n % len(colours)], plain(line.name)) for n, line in enumerate(drawn)],
    )
    figure.update_layout(hovermode="closest", margin={"t": 44})
    figure.update_xaxes(title={"text": "verdicts spent"}, rangemode="tozero", tickformat=",d")
    figure.update_yaxes(title={"text": "inconsistent triples left"}, rangemode="tozero", tickformat=",d")
    return figure
