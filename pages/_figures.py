"""Figures and tables on a page: drawn alike, and what a click on a mark or a row stands for, said once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages._bar import address

_PLAIN: dict[str, Any] = {"config": {"displayModeBar": False}, "theme": None}
LONG_NAME = 28
NOTHING = "Not enough data to draw"
_FORGOTTEN = ("question", "chain", "pair", "kind", "cause", "response", "scores")


def draw(figure: Any, key: str, words: str) -> None:
    """A figure to look at and hover; ``words`` say what it shows to who cannot see it."""
    st.plotly_chart(figure, key=key, alt=words or NOTHING, **_PLAIN)


def clicked(figure: Any, key: str, words: str) -> int | None:
    """Draw a figure; the place that the mark just clicked stands for, once, None otherwise."""
    event = st.plotly_chart(figure, key=key, alt=words or NOTHING, on_select="rerun", selection_mode="points", **_PLAIN)
    carried = [point["customdata"] for point in event["selection"]["points"] if point.get("customdata")]
    return _once(key, int(carried[0][0]) if carried else None)


def chosen(table: pd.DataFrame, key: str, **options: Any) -> int | None:
    """Draw a table; the place of the row that is chosen in it, for as long as it is."""
    event = st.dataframe(table, key=key, hide_index=True, on_select="rerun", selection_mode="single-row", **options)
    rows = event["selection"]["rows"]
    return int(rows[0]) if rows and rows[0] < len(table) else None


def decimals(table: pd.DataFrame, digits: int, *columns: str) -> dict[str, Any]:
    """How number columns of a table are shown; what rounds to nothing loses its sign, which the browser would keep."""
    for name in columns:
        table[name] = pd.to_numeric(table[name]).round(digits) + 0.0
    return {name: st.column_config.NumberColumn(format=f"%.{digits}f") for name in columns}


def named(names: Sequence[str]) -> Any:
    """The column of names in a ranking: very long ones must not push the numbers off the screen."""
    return st.column_config.Column(width=120 if max(map(len, names), default=0) > LONG_NAME else None)


def picked(table: pd.DataFrame, key: str, **options: Any) -> int | None:
    """Draw a table; the place of the row just chosen, once, None otherwise."""
    return _once(key, chosen(table, key, **options))


def _once(key: str, place: int | None) -> int | None:
    """A choice stays chosen while the page is drawn again; only what is new is acted on."""
    before, st.session_state[f"{key}_before"] = st.session_state.get(f"{key}_before"), place
    return None if place == before else place


def door(page: str, label: str, **values: str | None) -> None:
    """A link to another screen with the view kept, apart from what is given; it forgets the question looked at."""
    st.page_link(f"pages/{page}.py", label=label, icon=":material/arrow_forward:", query_params=_kept(values))


def go(page: str, **values: str | None) -> None:
    """Through that door at once, for who clicked a mark or a row."""
    st.switch_page(f"pages/{page}.py", query_params=_kept(values))


def _kept(values: dict[str, str | None]) -> dict[str, str]:
    return address(**dict.fromkeys(_FORGOTTEN) | values)
