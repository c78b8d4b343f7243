"""Export: what the audit found, and the facts it stands on, as files."""

from __future__ import annotations

import os
import re
from functools import partial
from itertools import islice
from typing import get_args

import pandas as pd
import streamlit as st

from pages._bar import View, bar
from pages._session import engine
from pages._words import AGGREGATION_IN_WORDS
from trustjudge_core.contradictions import MOST_LISTED
from trustjudge_core.evidence import Evidence
from trustjudge_core.services.export_run import Format, Table, export_audit, export_bundle, export_table, rows_of
from trustjudge_core.settings import Aggregation

PREVIEWED = 10
TABLE_IN_WORDS: dict[Table, str] = {
    "ranking": "Ranking by every method",
    "contradicted_pairs": "Pairs a ranking contradicts",
    "conflicts": "Conflicts between scores and comparisons",
    "inconsistent_triples": "Inconsistent triples",
    "preferences": "Preferences of all pairs",
    "scores": "Scores of all responses",
}
MIME = {"csv": "text/csv", "json": "application/json", "zip": "application/zip"}


@st.cache_data(max_entries=24, show_spinner="Making the first rows")
def _first_rows(
    _evidence: Evidence, key: tuple[object, ...], table: Table, aggregation: Aggregation, tolerance: float
) -> pd.DataFrame:
    """The first rows of a table. ``key`` names the evidence, which is too large to be hashed."""
    return pd.DataFrame(list(islice(rows_of(table, _evidence, aggregation, tolerance), PREVIEWED)))


def _file_name(view: View, what: str, ending: str) -> str:
    """A name that says what is inside; only characters that every file system takes."""
    parts = [view.run.judge, view.run.set_name, view.category or "", what.replace("_", "-")]
    clean = [re.sub(r"[^A-Za-z0-9.-]+", "-", part).strip("-.")[:40] for part in parts]
    return "_".join(part for part in clean if part) + "." + ending


def _tables(view: View) -> None:
    st.subheader("Tables", anchor=False)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    table: Table = left.selectbox("What", get_args(Table), format_func=lambda name: TABLE_IN_WORDS[name], key="what")
    file_format: Format = right.segmented_control(
        "Format", get_args(Format), default="csv", required=True, format_func=str.upper, key="format"
    )
    key = (os.environ.get("DATABASE_URL"), view.run.run_id, view.mode, view.category)
    first = _first_rows(view.evidence, key, table, view.aggregation, view.tolerance)
    if first.empty:
        st.info(f"{TABLE_IN_WORDS[table]}: there are none in this view, so there is no file.")
        return
    st.caption(f"The first {len(first)} rows" if len(first) == PREVIEWED else f"All {len(first)} rows")
    st.dataframe(first, hide_index=True, placeholder="")
    if table == "inconsistent_triples":
        st.caption(f"The firmest contradictions come first; more than {MOST_LISTED:,} are counted, not listed.")
    st.download_button(
        f"Download as {file_format.upper()}",
        partial(export_table, table, file_format, view.evidence, view.aggregation, view.tolerance),
        _file_name(view, table, file_format),
        MIME[file_format],
        on_click="ignore",
        type="primary",
        icon=":material/download:",
        key="download_table",
    )
    st.caption(
        "In CSV files a text that a spreadsheet would run as a formula starts with an apostrophe. "
        "Numbers have all their digits; an empty cell means not enough data."
    )


def _whole(view: View) -> None:
    st.subheader("Everything at once", anchor=False)
    audit, bundle = st.columns(2, border=True)
    audit.write("**The audit as JSON.** Every number, as the command `audit --json` writes it.")
    audit.download_button(
        "Download the audit",
        partial(export_audit, view.evidence, view.tolerance),
        _file_name(view, "audit", "json"),
        MIME["json"],
        on_click="ignore",
        icon=":material/data_object:",
        key="download_audit",
    )
    bundle.write("**The facts as a native bundle.** Responses, judgments and verdicts; it imports back unchanged.")
    bundle.download_button(
        "Download the bundle",
        partial(export_bundle, engine(), view.run.run_id, view.run.set_id),
        _file_name(view, "bundle", "zip"),
        MIME["zip"],
        on_click="ignore",
        icon=":material/folder_zip:",
        key="download_bundle",
    )


st.title("Export")
view = bar()
st.caption(
    f"Preferences by {AGGREGATION_IN_WORDS[view.aggregation]}, {view.mode} mode, tolerance {view.tolerance:g}; "
    "the bundle always holds the whole run."
)
_tables(view)
_whole(view)
