"""Figures inside a page that opens without a network: each as its numbers, drawn by the plotly.js that goes with it."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs


def library() -> str:
    """plotly.js as text, to stand once in a script element of the page."""
    return str(get_plotlyjs())


def figure_json(figure: go.Figure) -> str:
    """A figure as JSON that may stand inside a script element: nothing in it can end that element.

    Arrays are written as numbers, which people and programs can compare, and not as plotly's bytes. The defaults are
    plotly's own whatever template is in force: Streamlit sets another one for the process it runs in, and a pack made
    there must be the one that the command line recomputes.
    """
    alike = go.Figure(figure).update_layout(template="plotly")
    held = json.dumps(_plain(alike.to_plotly_json()), ensure_ascii=True, allow_nan=False)
    return held.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _plain(value: Any) -> Any:
    """The same without NumPy arrays, plotly's encoded arrays and numbers that JSON lacks."""
    if isinstance(value, dict):
        if "bdata" in value and "dtype" in value:
            array = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
            shape = tuple(int(n) for n in str(value.get("shape", len(array))).split(","))
            return _plain(array.reshape(shape))
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
