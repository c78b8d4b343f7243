"""What a check of files found: shown, and asked about where the files do not say it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._words import counted, plain
from trustjudge_core.export.tables import csv_bytes
from trustjudge_core.formats import LeftOut, Recognised
from trustjudge_core.formats.table_columns import COLUMNS, REQUIRED
from trustjudge_core.records import Note
from trustjudge_core.services.check_files import CheckedFiles, format_names, problem_rows

SCALES: dict[str, tuple[float, float] | None] = {
    "Read from the labels": None,
    "1 to 5": (1.0, 5.0),
    "1 to 10": (1.0, 10.0),
    "1 to 100": (1.0, 100.0),
}


def show_formats() -> None:
    """What can be dropped, for who has not tried yet."""
    with st.expander("What is recognised"):
        projects = list(dict.fromkeys(name.split(":")[0] for name in format_names()))
        st.write(f"Files as they are written by or for: {plain(', '.join(projects))}.")
        st.write("Any other table is asked about, column by column. It needs:")
        needed = [{"a table of": what, "needs": ", ".join(REQUIRED[what]), "may have": ", ".join(
            column for column in COLUMNS[what] if column not in REQUIRED[what])} for what in COLUMNS]  # fmt: skip
        st.dataframe(pd.DataFrame(needed), hide_index=True)


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
    """The judge, the scale and the baseline, for files that do not name theirs."""
    asks = {ask for found in recognised for ask in found.asks}
    if not asks:
        return
    cells = st.columns(3)
    if "judge" in asks:
        cells[0].text_input(
            "Name of the judge", key="judge_name", placeholder="judge", help="The files do not name it."
        )
    if "scale" in asks:
        cells[1].selectbox("Scale of the scores", list(SCALES), key="scale", help="These files do not name it.")
    if "baseline" in asks:
        cells[2].text_input("Baseline system", key="baseline", help="Whom every system was compared with.")


def show_problems(checked: CheckedFiles) -> None:
    """All problems, first by kind and then line by line, and as a file; rows that can be left out may be."""
    if checked.only_unmapped:
        tables = ", ".join(look.file for look in checked.tables)
        st.info(f"Nothing was stored yet. Say above what {plain(tables)} holds.")
        return
    shown = f", the first {len(checked.problems)} are below" if checked.total > len(checked.problems) else ""
    st.error(f"{counted(checked.total, 'problem')}{shown}. Nothing was stored.")
    if len(checked.kinds) < len(checked.problems) or any(kind.rows for kind in checked.kinds):
        _by_kind(checked)
    if checked.total == 1:
        st.text(str(checked.problems[0]))  # a table of one row would only have to be scrolled on a phone
    else:
        st.subheader("Line by line", anchor=False)
        frame = pd.DataFrame(problem_rows(checked.problems)).astype({"line": "Int64"})
        found = {"found": st.column_config.Column(width=300)}
        st.dataframe(frame, hide_index=True, placeholder="", column_config=found)
    st.download_button(
        "Download the problems", lambda: csv_bytes(problem_rows(checked.rows or checked.problems)), "problems.csv",
        "text/csv", on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def _by_kind(checked: CheckedFiles) -> None:
    st.subheader("By kind", anchor=False)
    rows = [
        {"leave out": False, "problems": kind.count, "file": kind.file, "field": kind.field,
         "found, for example": kind.example, "allowed": kind.allowed, "what to do": kind.fix,
         "first line": kind.first_line, "rows": kind.rows}
        for kind in checked.kinds
    ]  # fmt: skip
    frame = pd.DataFrame(rows).astype({"first line": "Int64"})
    if not any(kind.rows for kind in checked.kinds):
        st.dataframe(frame.drop(columns="leave out"), hide_index=True, placeholder="")
        return
    edited = st.data_editor(
        frame, hide_index=True, placeholder="", disabled=[name for name in frame.columns if name != "leave out"],
        key="kinds_to_leave_out",
    )  # fmt: skip
    chosen = [kind for kind, out in zip(checked.kinds, edited["leave out"], strict=True) if out and kind.rows]
    left = sum(kind.rows for kind in chosen)
    whole = sum(1 for kind in checked.kinds if not kind.rows)
    st.caption(
        "Mark kinds whose rows may be left out. What is left out, and what depends on it, is kept with the set and "
        "printed in reports."
        + (f" {counted(whole, 'kind')} concern whole files and cannot be left out." if whole else "")
    )
    if st.button(
        f"Leave out {counted(left, 'row')} and read again", icon=":material/filter_alt_off:", disabled=not chosen,
        key="leave_out_button",
    ):  # fmt: skip
        st.session_state["leave_out"] = sorted({*st.session_state.get("leave_out", ()), *(k.key for k in chosen)})
        st.rerun()


def show_left_out(left_out: tuple[LeftOut, ...]) -> None:
    """Rows that were left out by choice, and a way back."""
    if not left_out:
        return
    rows = sum(one.rows for one in left_out)
    with st.expander(f"{counted(rows, 'row')} left out by choice", expanded=True):
        table = [
            {"file": one.file, "field": one.field, "allowed": one.allowed, "rows": one.rows,
             "why": "depends on a row that was left out" if one.depends else "has this problem"}
            for one in left_out
        ]  # fmt: skip
        st.dataframe(pd.DataFrame(table), hide_index=True, placeholder="")
        if st.button("Leave out nothing", icon=":material/undo:", key="leave_out_nothing"):
            st.session_state.pop("leave_out", None)
            st.rerun()


def correct_recognised(recognised: tuple[Recognised, ...]) -> None:
    """Name another kind for a file that was taken for the wrong one; kept in the session as ``formats``."""
    formats: dict[str, str] = st.session_state.setdefault("formats", {})
    with st.expander("Correct what was recognised"):
        kinds = format_names()
        for found in recognised:
            place = kinds.index(found.key) if found.key in kinds else 0
            # What was picked for another file of this name, taken for something else, must not count for this one.
            picked = st.selectbox(plain(found.file), kinds, index=place, key=f"format_{found.file}:{found.key}")
            if picked != found.key and formats.get(found.file) != picked:
                formats[found.file] = picked
                st.rerun()


def show_notes(notes: tuple[Note, ...]) -> None:
    """What is kept but worth knowing."""
    if notes:
        with st.expander(f"{counted(len(notes), 'note')}: kept, but worth knowing"):
            rows = [{"file": n.file, "line": n.line, "note": n.message} for n in notes]
            st.dataframe(pd.DataFrame(rows).astype({"line": "Int64"}), hide_index=True, placeholder="")
