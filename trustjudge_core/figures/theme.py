"""Colours, fonts and escaping for every figure. The Okabe-Ito palette stays apart for colour-blind eyes."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

LABEL_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class Theme:
    """What colours mean: grey agrees, orange contradicts, blue is chosen, purple people. Shape or dash repeats it."""

    text: str
    faint: str
    grid: str
    agrees: str
    contradicts: str
    reversal: str
    chosen: str
    people: str
    paper: str


def light() -> Theme:
    """For a white page."""
    return Theme("#1F2328", "#6B7280", "#E2E5E9", "#9AA1AB", "#E69F00", "#D55E00", "#0072B2", "#CC79A7", "#FFFFFF")


def dark() -> Theme:
    """For a dark page."""
    return Theme("#E9ECEF", "#9AA1AB", "#343B42", "#7A828C", "#E69F00", "#F0803C", "#56B4E9", "#DDA0C4", "#14171A")


def plain(text: str, most: int = LABEL_CHARACTERS) -> str:
    """Text from a file as a plotly label: shortened, on one line, and never read as markup."""
    line = "".join(c if c.isprintable() else " " for c in text)
    short = line if len(line) <= most else line[: most - 1] + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def faded(colour: str, opacity: float) -> str:
    """A #RRGGBB colour with an opacity, as plotly's rgba text."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:.3f})"


def hatch(shape: str) -> dict[str, object]:
    """A pattern over a bar's own colour, so that colour is not the only difference; none for an empty shape."""
    return {"shape": shape, "fillmode": "overlay", "fgcolor": "rgba(20,23,26,0.45)", "size": 7, "solidity": 0.2}


def apply(figure: go.Figure, theme: Theme, height: int) -> go.Figure:
    """The common look: no background, quiet grid, room for labels, no toolbar clutter."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": theme.text, "size": 13, "family": "Source Sans, sans-serif"},
        hoverlabel={"font": {"color": theme.text}, "bgcolor": theme.paper, "bordercolor": theme.faint},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
        dragmode=False,
        modebar={"remove": ["zoom", "pan", "select", "lasso", "autoscale", "resetscale", "zoomin", "zoomout"]},
    )
    axis = {"gridcolor": theme.grid, "zeroline": False, "automargin": True, "linecolor": theme.grid}
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure


def nothing(theme: Theme, why: str, height: int = 120) -> go.Figure:
    """A figure that says why there is nothing to draw."""
    figure = go.Figure()
    figure.add_annotation(text=why, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return apply(figure, theme, height)
