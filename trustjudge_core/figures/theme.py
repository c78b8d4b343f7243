"""Colours, fonts and escaping for every figure. The Okabe-Ito palette stays apart for colour-blind eyes."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

LABEL_CHARACTERS: Final = 32
SMALL: Final = 12
"""Size of text beside the data, in px; tick labels are 13."""

KEY_LINE: Final = 16
"""Height of a line of a `key` in px."""


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


# A dollar sign begins mathematics, over which plotly stumbles; of colours #000001 and on Streamlit makes its own.
_ESCAPED: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "#": "&#35;"})

TAKEN: Final = frozenset(
    ("__proto__", "constructor", "toString", "toLocaleString", "valueOf", "hasOwnProperty", "isPrototypeOf",
     "propertyIsEnumerable", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__")
)  # fmt: skip
"""What every object of JavaScript has: Streamlit looks whole texts up in one, and shows nothing for these."""


def plain(text: str, most: int = LABEL_CHARACTERS) -> str:
    """Text from a file as a plotly label: on one line, shortened in its middle, never read as markup.

    ``most`` is in Latin letters, of which a wide one (Chinese, Japanese, Korean) takes two. Ids that belong together
    often differ only at their end, so the end is kept.
    """
    line = "".join(c if c.isprintable() else " " for c in text)
    if _width(line) > most:
        tail = (most - 1) // 2
        line = _fitting(line, most - 1 - tail) + "…" + _fitting(line[::-1], tail)[::-1]
    if line in TAKEN:
        return f"&#{ord(line[0])};{line[1:]}"
    return line.translate(_ESCAPED)


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def _fitting(line: str, most: int) -> str:
    """As much of the beginning as is no wider than that."""
    left = most
    for place, c in enumerate(line):
        left -= _width(c)
        if left < 0:
            return line[:place]
    return line


def _channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of #RRGGBB."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def faded(colour: str, opacity: float) -> str:
    """A #RRGGBB colour with an opacity, as plotly's rgba text."""
    red, green, blue = _channels(colour)
    return f"rgba({red},{green},{blue},{opacity:.3f})"


def ink(theme: Theme, colour: str, opacity: float = 1.0) -> str:
    """Near-black or white, whichever has more contrast on that colour over the page (WCAG 2.2 contrast ratio)."""
    mixed = [opacity * c + (1 - opacity) * p for c, p in zip(_channels(colour), _channels(theme.paper), strict=True)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (channel / 255 for channel in mixed)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#FFFFFF" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.0583 else "#14171A"


def hatch(shape: str) -> dict[str, object]:
    """A pattern over a bar's own colour, so that colour is not the only difference; none for an empty shape."""
    return {"shape": shape, "fillmode": "overlay", "fgcolor": "rgba(20,23,26,0.45)", "size": 7, "solidity": 0.2}


UNFADED: Final = {"marker": {"opacity": 1.0}}
"""How selected and unselected points look: the same. plotly otherwise fades all but the point that was clicked."""


def apply(figure: go.Figure, theme: Theme, height: int) -> go.Figure:
    """The common look: no background, quiet grid, room for labels, no toolbar clutter."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 16, "t": 28, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": theme.text, "size": 13, "family": "Source Sans, sans-serif"},
        hoverlabel={"font": {"color": theme.text}, "bgcolor": theme.paper, "bordercolor": theme.faint, "align": "left"},
        showlegend=False,
        dragmode=False,
        modebar={"remove": ["zoom", "pan", "select", "lasso", "autoscale", "resetscale", "zoomin", "zoomout"]},
    )  # fmt: skip
    # Labels that would stick out are kept: plotly hides them otherwise, and then 100 % has no label.
    axis: dict[str, object] = {"gridcolor": theme.grid, "zeroline": False, "automargin": True, "linecolor": theme.grid,
            "ticklabeloverflow": "allow", "title": {"font": {"size": SMALL}}, "fixedrange": True}  # fmt: skip
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis, ticklabelstandoff=6)
    return figure


def clickable(figure: go.Figure) -> go.Figure:
    """Let marks be chosen by a click, without fading the others; each carries as customdata what it stands for."""
    figure.update_layout(clickmode="event+select")
    for kind in ("scatter", "bar"):
        figure.update_traces(selector={"type": kind}, selected=UNFADED, unselected=UNFADED)
    return figure


def key(figure: go.Figure, theme: Theme, entries: Sequence[tuple[str, str, str]], *, bottom: bool = False) -> None:
    """Name what marks mean, (mark, colour, words) each: in one line above the figure or in lines below it.

    Stands in for plotly's legend, which takes the width of the plot and not of the page, and so
    breaks on phones. ``words`` are our own or went through `plain`.
    """
    more_lines = KEY_LINE * (len(entries) - 1) if bottom else 0  # plotly anchors the first line
    said = [f'<span style="color:{colour}">{mark}</span> {words}' for mark, colour, words in entries]
    figure.update_layout(
        title={
            "text": ("<br>" if bottom else "   ").join(said), "font": {"size": SMALL, "color": theme.text},
            "x": 0.0, "xref": "container", "xanchor": "left", "pad": {"l": 10, "t": 8, "b": 8 + more_lines},
            "y": 0.0 if bottom else 1.0, "yref": "container", "yanchor": "bottom" if bottom else "top",
        }
    )  # fmt: skip


def whiskers(
    ends: Sequence[float], intervals: Sequence[tuple[float, float]], rows: Sequence[float], theme: Theme
) -> go.Scatter:
    """Intervals across the ends of parts of bars; the bars keep the hover."""
    return go.Scatter(
        x=ends, y=rows, mode="markers", name="95 % interval", hoverinfo="skip",
        marker={"size": 1, "color": theme.text},
        error_x={
            "type": "data", "symmetric": False, "color": theme.text, "thickness": 2, "width": 5,
            "array": [high - end for end, (_, high) in zip(ends, intervals, strict=True)],
            "arrayminus": [end - low for end, (low, _) in zip(ends, intervals, strict=True)],
        },
    )  # fmt: skip


def nothing(theme: Theme, why: str, height: int = 120) -> go.Figure:
    """A figure that says why there is nothing to draw; ``why`` is our own words."""
    figure = go.Figure()
    figure.add_annotation(
        text=f"Not enough data{f': {why}' if why else ''}", x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False
    )
    apply(figure, theme, height)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure
