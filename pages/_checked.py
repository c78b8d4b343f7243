"""What a check of files found: shown, and asked about where the files do not say it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._words import counted, plain
from trustjudge_core.export.tables import csv_bytes
from trustjudge_core.formats import Recognised
from trustjudge_core.formats.table_columns import COLUMNS as ALL_COLUMNS
from trustjudge_core.formats.table_columns import REQUIRED as ALL_REQUIRED
from trustjudge_core.formats.table_columns import RESPONSES
from trustjudge_core.records import Note
from trustjudge_core.services.check_files import CheckedFiles

SCALES: dict[str, tuple[float, float] | None] = {
    "Read from the labels": None,
    "1 to 5": (1.0, 5.0),
    "1 to 10": (1.0, 10.0),
    "1 to 100": (1.0, 100.0),
}
COLUMNS, REQUIRED = ALL_COLUMNS[RESPONSES], ALL_REQUIRED[RESPONSES]
NOT_THERE = "(not in these files)"


def show_recognised(recognised: tuple[Recognised, ...]) -> None:
    """What each file was taken for, with its first rows."""
    st.subheader("Recognised", anchor=False)
    table = [{"file": r.file, "format": r.format, "part": r.part, "rows": r.rows} for r in recognised]
    st.dataframe(pd.DataFrame(table), hide_index=True)
    for found in recognised:
        if found.sample:
            with st.expander(f"First rows of {plain(found.file)}"):
                for row in found.sample:
                    st.json(row, expanded=1)


def ask_what_files_do_not_say(recognised: tuple[Recognised, ...]) -> None:
    """The judge and the scale, for files of the published pipeline."""
    parts = {found.part for found in recognised if found.format == "TrustJudge"}
    if parts & {"score judgments", "pair judgments"}:
        left, right = st.columns(2)
        left.text_input("Name of the judge", key="judge_name", placeholder="judge", help="These files do not name it.")
        if "score judgments" in parts:
            right.selectbox("Scale of the scores", list(SCALES), key="scale", help="These files do not name it.")


def ask_for_columns(columns: tuple[str, ...]) -> None:
    """A form that says which column of a table holds what; kept in the session as ``mapping``."""
    mapping: dict[str, str] = st.session_state.setdefault("mapping", {})
    # A table that is recognised thanks to the mapping no longer names its columns.
    offered = list(dict.fromkeys([*columns, *st.session_state.get("offered", ()), *mapping.values()]))
    st.session_state["offered"] = offered
    options = [NOT_THERE, *offered]
    chosen: dict[str, str] = {}
    with st.expander("Which column holds what", expanded=bool(columns)), st.form("columns", border=False):
        if columns:
            st.write("A table was not recognised. If it holds responses, say which of its columns is what.")
        for start in range(0, len(COLUMNS), 3):
            for column, cell in zip(COLUMNS[start : start + 3], st.columns(3), strict=True):
                there = mapping.get(column, column)
                label = f"{column} (needed)" if column in REQUIRED else column
                place = options.index(there) if there in options else 0
                chosen[column] = cell.selectbox(label, options, index=place, key=f"column_{column}")
        if st.form_submit_button("Read with these columns"):
            st.session_state["mapping"] = {c: n for c, n in chosen.items() if n not in (NOT_THERE, c)}
            st.rerun()


def show_problems(checked: CheckedFiles) -> None:
    """All problems, first by kind and then line by line, and as a file."""
    shown = f", the first {len(checked.problems)} are below" if checked.total > len(checked.problems) else ""
    st.error(f"{counted(checked.total, 'problem')}{shown}. Nothing was stored.")
    rows = [
        {"file": p.file, "line": p.line, "field": p.field, "found": p.found, "allowed": p.allowed, "what to do": p.fix}
        for p in checked.problems
    ]
    frame = pd.DataFrame(rows).astype({"line": "Int64"})
    by_kind = frame.groupby(["file", "field", "allowed", "what to do"], dropna=False, sort=False)
    kinds = by_kind.agg(problems=("file", "size"), first_line=("line", "min")).reset_index()
    if len(kinds) < len(rows):
        st.subheader("By kind", anchor=False)
        st.dataframe(kinds.rename(columns={"first_line": "first line"}), hide_index=True, placeholder="")
    st.subheader("Line by line", anchor=False)
    st.dataframe(frame, hide_index=True, placeholder="", column_config={"found": st.column_config.Column(width=300)})
    st.download_button(
        "Download the problems", lambda: csv_bytes(rows), "problems.csv", "text/csv",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def show_notes(notes: tuple[Note, ...]) -> None:
    """What is kept but worth knowing."""
    if notes:
        with st.expander(f"{counted(len(notes), 'note')}: kept, but worth knowing"):
            rows = [{"file": n.file, "line": n.line, "note": n.message} for n in notes]
            st.dataframe(pd.DataFrame(rows).astype({"line": "Int64"}), hide_index=True, placeholder="")
