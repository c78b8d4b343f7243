"""Who wins against whom: the matrix of one question and both orders of one pair."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from trustjudge_core.figures.theme import KEY_LINE, UNFADED, Theme, apply, faded, hatch, ink, key, nothing, plain
from trustjudge_core.records import UNKNOWN

MARKS: Final = {1: "▲", -1: "▽", 0: "=", UNKNOWN: "?"}
SHOWN_SHARE: Final = 0.1
"""Shares below this have no room for their number."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell of the matrix shows: how row ``i`` stands against column ``j``."""

    i: int
    j: int
    relation: int
    strength: float  # shade, 0 to 1
    said: str  # hover text


def matrix_cells(
    names: Sequence[str],
    relations: NDArray[np.int8],
    margins: NDArray[np.float64],
    flips: NDArray[np.bool_],
    verdicts: NDArray[np.bool_],
) -> list[Cell]:
    """All n (n - 1) cells off the diagonal, row by row, from matrices (n, n)."""
    cells = []
    for i, j in ((i, j) for i in range(len(names)) for j in range(len(names)) if i != j):
        relation, margin = int(relations[i, j]), float(margins[i, j])
        what = {1: "beats", -1: "loses to", 0: "ties with"}.get(relation, "was not compared with")
        said = f"{plain(names[i])} {what} {plain(names[j])}"
        if math.isfinite(margin) and relation != UNKNOWN:
            said += f" by {margin:z.2f}"
        said += "<br>the winner changes with the shown order" if flips[i, j] else ""
        said += "<br>a person decided this pair" if verdicts[i, j] else ""
        sure = min(1.0, margin) if math.isfinite(margin) else 0.0
        shade = {1: 0.25 + 0.65 * sure, -1: 0.25 + 0.65 * sure, 0: 0.25}.get(relation, 0.06)
        cells.append(Cell(i, j, relation, shade, said))
    return cells


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
        return nothing(theme, "one response, nothing to compare")
    cells = matrix_cells(names, relations, margins, flips, verdicts)
    pitch = float(np.clip(250 / n, 15, 42))  # nine responses still fit on a phone
    size = pitch - 3
    tones = {1: theme.chosen, -1: theme.contradicts}
    tone = [tones.get(cell.relation, theme.agrees) for cell in cells]
    figure = go.Figure(
        go.Scatter(
            x=[cell.j for cell in cells], y=[cell.i for cell in cells], mode="markers", name="cells",
            customdata=[[cell.i, cell.j] for cell in cells],
            hovertext=[cell.said for cell in cells], hovertemplate="%{hovertext}<br>click to open<extra></extra>",
            marker={"symbol": "square", "size": size, "line": {"width": 0}, "opacity": 1.0,
                    "color": [faded(colour, cell.strength) for colour, cell in zip(tone, cells, strict=True)]},
            selected=UNFADED, unselected=UNFADED, cliponaxis=False,
        )
    )  # fmt: skip
    _marks(figure, cells, [ink(theme, colour, cell.strength) for colour, cell in zip(tone, cells, strict=True)], size)
    _ring(figure, cells, flips, size, theme)
    _dot(figure, cells, verdicts, size, theme)
    labels, small = [plain(name, 16) for name in names], {"size": min(13.0, pitch - 3)}
    figure.update_xaxes(
        tickvals=list(range(n)), ticktext=labels, side="top", tickangle=-90, showgrid=False, range=[-0.6, n - 0.4],
        tickfont=small, showline=False,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(n)), ticktext=labels, showgrid=False, range=[n - 0.4, -0.6], tickfont=small, showline=False
    )
    # Both label columns are as wide as their longest label; cells stay squares because the rest is pitch * n.
    label = 10.0 + 0.62 * small["size"] * min(16, max(map(len, names)))
    entries = [("□", theme.reversal, "winner changes with the order")] if flips.any() else []
    entries += [("●", theme.people, "decided by a person")] if verdicts.any() else []
    below = 12 + KEY_LINE * len(entries)
    apply(figure, theme, int(label + pitch * (n + 0.2) + below))
    figure.update_layout(
        width=int(max(label + pitch * (n + 0.2) + 8, 230)), hovermode="closest", clickmode="event+select",
        margin={"l": int(label), "t": int(label), "r": 8, "b": below},
    )  # fmt: skip
    key(figure, theme, entries, bottom=True)
    figure.update_xaxes(automargin=False)
    figure.update_yaxes(automargin=False)
    return figure


def _marks(figure: go.Figure, cells: Sequence[Cell], inks: Sequence[str], size: float) -> None:
    """The marks in the cells. One trace per ink, for text that is not to fade by a click can have one colour only."""
    for colour in sorted(set(inks)):
        here = [cell for cell, own in zip(cells, inks, strict=True) if own == colour]
        unfaded = {"textfont": {"color": colour}}
        figure.add_trace(
            go.Scatter(
                x=[cell.j for cell in here], y=[cell.i for cell in here], mode="text", hoverinfo="skip", name="marks",
                text=[MARKS.get(cell.relation, "?") for cell in here], selected=unfaded, unselected=unfaded,
                textfont={"size": max(8.0, size * 0.45), "color": colour},
            )
        )  # fmt: skip


def _ring(figure: go.Figure, cells: Sequence[Cell], flips: NDArray[np.bool_], size: float, theme: Theme) -> None:
    """A ring around cells whose winner changes with the shown order."""
    where = [cell for cell in cells if flips[cell.i, cell.j]]
    if where:
        figure.add_trace(
            go.Scatter(
                x=[cell.j for cell in where], y=[cell.i for cell in where], mode="markers", hoverinfo="skip",
                name="winner changes with the order", cliponaxis=False, selected=UNFADED, unselected=UNFADED,
                marker={"symbol": "square-open", "size": size, "color": theme.reversal,
                        "line": {"width": 2, "color": theme.reversal}},
            )
        )  # fmt: skip


def _dot(figure: go.Figure, cells: Sequence[Cell], verdicts: NDArray[np.bool_], size: float, theme: Theme) -> None:
    """A purple dot in the corner of cells that a person decided."""
    where = [cell for cell in cells if verdicts[cell.i, cell.j]]
    if where:
        figure.add_trace(
            go.Scatter(
                x=[cell.j + 0.3 for cell in where], y=[cell.i - 0.3 for cell in where], mode="markers",
                hoverinfo="skip", name="decided by a person", cliponaxis=False, selected=UNFADED, unselected=UNFADED,
                marker={"symbol": "circle", "size": max(6.0, size * 0.32), "color": theme.people,
                        "line": {"width": 1.5, "color": theme.paper}},
            )
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrderBar:
    """One row of `pair_bars`: shares of a wins, tie, b wins, or None with a word on why there are none."""

    label: str
    shares: tuple[float, float, float] | None
    remark: str = ""


def pair_bars(name_a: str, name_b: str, bars: Sequence[OrderBar], theme: Theme) -> go.Figure:
    """Stacked bars of P(a wins), P(tie), P(b wins), a row for each judgment and one for their average."""
    if not bars:
        return nothing(theme, "this pair was not judged")
    rows = list(range(len(bars)))
    figure = go.Figure()
    outcomes = (
        (f"{plain(name_a, 24)} wins", theme.chosen, ""),
        ("tie", theme.agrees, ""),
        (f"{plain(name_b, 24)} wins", theme.contradicts, "/"),
    )
    for place, (name, colour, pattern) in enumerate(outcomes):
        shares = [bar.shares[place] if bar.shares else 0.0 for bar in bars]
        figure.add_trace(
            go.Bar(
                y=rows, x=shares, orientation="h", name=name,
                marker={"color": colour, "pattern": hatch(pattern), "line": {"width": 0}},
                text=[f"{share:z.2f}" if share >= SHOWN_SHARE else "" for share in shares], textposition="inside",
                insidetextanchor="middle", textangle=0, constraintext="none",
                textfont={"color": ink(theme, colour), "size": 13},
                hovertext=[f"{plain(bar.label, 40)}<br>{name}: {share:z.3f}"
                           for bar, share in zip(bars, shares, strict=True)],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )  # fmt: skip
    for row, bar in zip(rows, bars, strict=True):
        if bar.shares is None:
            figure.add_annotation(
                x=0.0, y=row, text=plain(bar.remark or "no usable judgment", 44), showarrow=False, xanchor="left",
                font={"color": theme.faint},
            )  # fmt: skip
    apply(figure, theme, 96 + 40 * len(bars))
    figure.update_layout(barmode="stack", bargap=0.3, hovermode="closest")
    key(figure, theme, [("▨" if pattern else "■", colour, name) for name, colour, pattern in outcomes])
    figure.update_xaxes(
        range=[0, 1], title={"text": "probability"}, tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".2~f"
    )
    figure.update_yaxes(
        range=[len(bars) - 0.4, -0.6], tickvals=rows, ticktext=[plain(bar.label, 24) for bar in bars], showgrid=False
    )
    return figure
