"""Export: what the audit found, and the facts it stands on, as files."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import get_args

import pandas as pd
import streamlit as st

from pages._bar import View, bar
from pages._session import engine
from pages._words import AGGREGATION_IN_WORDS, counted
from trustjudge_core.contradictions import MOST_LISTED
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.tables import FORMATS, Format, write_table
from trustjudge_core.services.export_run import (
    Table,
    corrected_evidence,
    export_audit,
    export_bundle,
    export_report,
    export_table,
    rows_of,
    training_rows,
)
from trustjudge_core.services.make_pack import export_pack
from trustjudge_core.settings import Aggregation

PREVIEWED = 10
TABLE_IN_WORDS: dict[Table, str] = {
    "ranking": "Ranking by every method",
    "contradicted_pairs": "Pairs a ranking contradicts",
    "conflicts": "Conflicts between scores and comparisons",
    "inconsistent_triples": "Inconsistent triples",
    "preferences": "Preferences of all pairs",
    "scores": "Scores of all responses",
    "verdicts": "Verdicts of people on pairs",
    "ledger": "Ledger of failed judgments",
}
FORMAT_IN_WORDS: dict[Format, str] = {
    "csv": "CSV",
    "json": "JSON",
    "jsonl": "JSON Lines",
    "parquet": "Parquet",
    "xlsx": "XLSX",
}
MIME = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "zip": "application/zip",
}


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


@st.cache_resource(max_entries=4, show_spinner="Putting the verdicts of people in")
def _corrected(key: tuple[object, ...], _view: View) -> Evidence:
    return corrected_evidence(engine(), _view.run.run_id, _view.mode, _view.aggregation, _view.tolerance)


def _with_verdicts(view: View) -> View:
    """The view with people's verdicts in place of the judge's preferences, if somebody wants that."""
    if not view.run.verdicts or view.category is not None:
        return view
    wanted = st.toggle(
        f"Corrected: the {counted(view.run.verdicts, 'verdict')} of people decide their pairs",
        key="corrected",
        help="Rankings, preferences, inconsistencies and training pairs below are then the corrected ones. "
        "The bundle and the audit pack always hold what the judge said, with the verdicts beside it.",
    )
    return replace(view, evidence=_corrected(view.key, view)) if wanted else view


def _tables(view: View) -> None:
    st.subheader("Tables", anchor=False)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    table: Table = left.selectbox("What", get_args(Table), format_func=lambda name: TABLE_IN_WORDS[name], key="what")
    file_format: Format = right.segmented_control(
        "Format", FORMATS, default="csv", required=True, format_func=FORMAT_IN_WORDS.__getitem__, key="format"
    )
    key = (*view.key, type(view.evidence).__name__)
    first = _first_rows(view.evidence, key, table, view.aggregation, view.tolerance)
    if first.empty:
        st.info(f"{TABLE_IN_WORDS[table]}: there are none in this view, so there is no file.")
        return
    st.caption(f"The first {len(first)} rows" if len(first) == PREVIEWED else f"All {len(first)} rows")
    st.dataframe(first, hide_index=True, placeholder="")
    if table == "inconsistent_triples":
        st.caption(f"The firmest contradictions come first; more than {MOST_LISTED:,} are counted, not listed.")
    st.download_button(
        f"Download as {FORMAT_IN_WORDS[file_format]}",
        partial(export_table, table, file_format, view.evidence, view.aggregation, view.tolerance),
        _file_name(view, table, file_format),
        MIME[file_format],
        on_click="ignore",
        type="primary",
        icon=":material/download:",
        key="download_table",
    )
    st.caption(
        "In CSV and XLSX files a text that a spreadsheet would run as a formula starts with an apostrophe. "
        "Numbers have all their digits; an empty cell means not enough data."
    )


def _whole(view: View) -> None:
    st.subheader("Everything at once", anchor=False)
    by, tolerance, run = view.aggregation, view.tolerance, view.run
    files = (
        (
            "**The report.** One HTML page with the figures inside: opens without a network, prints well.",
            "Download the report",
            partial(export_report, engine(), view.evidence, run.set_id, run.set_name, by, tolerance),
            _file_name(view, "report", "html"), "html", ":material/description:", "download_report",
        ),
        (
            "**The audit as JSON.** Every number, as the command `audit --json` writes it.",
            "Download the audit", partial(export_audit, view.evidence, tolerance),
            _file_name(view, "audit", "json"), "json", ":material/data_object:", "download_audit",
        ),
        (
            "**The facts as a native bundle.** Responses, judgments and verdicts; it imports back unchanged.",
            "Download the bundle", partial(export_bundle, engine(), run.run_id, run.set_id),
            _file_name(view, "bundle", "zip"), "zip", ":material/folder_zip:", "download_bundle",
        ),
        (
            "**The audit pack.** Judgments, settings, every figure and checksums: `verify PACK` recomputes all of it.",
            "Download the audit pack",
            partial(export_pack, engine(), run.run_id, run.set_id, run.set_name, view.mode, by, tolerance),
            _file_name(view, "audit-pack", "zip"), "zip", ":material/verified:", "download_pack",
        ),
    )  # fmt: skip
    for start in (0, 2):
        for cell, (words, label, made, name, kind, icon, key) in zip(
            st.columns(2, border=True), files[start : start + 2], strict=True
        ):
            cell.write(words)
            cell.download_button(label, made, name, MIME[kind], on_click="ignore", icon=icon, key=key)


def _training(view: View) -> None:
    st.subheader("Preference pairs for training", anchor=False)
    st.write(
        "Prompt, chosen, rejected and margin of every decided pair, with the column names that TRL's trainers read. "
        "Pairs that sit on a contradiction are left out, so that no model learns both sides of it."
    )
    keep = st.toggle("Keep pairs that sit on a contradiction", key="keep_contradictions")
    rows = partial(
        training_rows, engine(), view.evidence, view.run.set_id, view.aggregation, view.tolerance, contradictions=keep
    )

    def made() -> bytes:
        file = io.BytesIO()
        write_table(rows(), "jsonl", file)
        return file.getvalue()

    st.download_button(
        "Download the training pairs", made, _file_name(view, "training-pairs", "jsonl"), MIME["jsonl"],
        on_click="ignore", icon=":material/model_training:", key="download_training",
    )  # fmt: skip


st.title("Export")
view = bar()
st.caption(
    f"Preferences by {AGGREGATION_IN_WORDS[view.aggregation]}, {view.mode} mode, tolerance {view.tolerance:g}; "
    "the bundle always holds the whole run."
)
exported = _with_verdicts(view)
_tables(exported)
_whole(exported)
_training(exported)
