"""Tables that were not recognised: what each holds, which column is what, and how it is written."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages._session import engine
from pages._words import counted, plain
from trustjudge_core.errors import TrustJudgeError
from trustjudge_core.formats.looks import TableLook
from trustjudge_core.formats.table_cells import TableChoice
from trustjudge_core.formats.table_columns import COLUMNS, REQUIRED
from trustjudge_core.services.keep_mappings import list_mappings, save_mapping

NOT_THERE = "(not in this table)"
HOLDS_IN_WORDS = {
    "responses": "responses, one a row",
    "comparisons": "comparisons of two responses",
    "scores": "scores of responses",
}


def table_choices() -> dict[str, TableChoice]:
    """What was said about tables so far, by file."""
    said: dict[str, TableChoice] = st.session_state.setdefault("table_choices", {})
    return said


def ask_about_tables(looks: tuple[TableLook, ...]) -> None:
    """One form for each table that nobody recognised; what is said is read on the next run of the page."""
    for look in looks:
        with st.expander(f"What {plain(look.file)} holds", expanded=True):
            _ask(look)


def _ask(look: TableLook) -> None:
    st.write("This table was not recognised. What follows is a guess to start from; correct it and read the table.")
    start = table_choices().get(look.file) or TableChoice(holds=look.guess.holds, mapping=dict(look.guess.mapping))
    start, origin = _kept(look, start)  # another start needs widgets of its own: those on screen keep their values
    names = list(COLUMNS)
    holds = st.selectbox(
        "It holds", names, index=names.index(start.holds or look.guess.holds), key=f"holds_{origin}",
        format_func=HOLDS_IN_WORDS.__getitem__,
    )  # fmt: skip
    choice = replace(_written(look, start), holds=holds, mapping=_columns(look, start, holds, origin))
    missing = [ours for ours in REQUIRED[holds] if choice.mapping.get(ours, ours) not in look.columns]
    if choice.mapping:
        st.caption(f"The first {counted(len(look.rows), 'row')} read this way")
        st.dataframe(pd.DataFrame(look.preview(choice)).astype(str), hide_index=True)
    if missing:
        st.caption(f"Still needed: {', '.join(missing)}.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        read = st.button(
            "Read with these columns", type="primary", icon=":material/table_view:", key=f"read_{look.file}",
            disabled=bool(missing),
        )  # fmt: skip
        name = st.text_input("Keep this mapping as", key=f"keep_name_{look.file}", width=240)
        keep = st.button("Keep", icon=":material/bookmark:", key=f"keep_{look.file}", disabled=not name.strip())
    if keep:
        try:
            save_mapping(engine(), name, look.columns, choice)
            st.success(f"Kept as “{plain(name)}”; it is offered for tables with the same columns.")
        except TrustJudgeError as error:
            st.error(plain(str(error)))
    if read:
        table_choices()[look.file] = choice
        st.rerun()


def _kept(look: TableLook, start: TableChoice) -> tuple[TableChoice, str]:
    """What to start from and what that is called: a mapping kept for these columns, if the person picks one."""
    kept = {mapping.name: mapping for mapping in list_mappings(engine(), look.columns)}
    if not kept:
        return start, look.file
    none = "the guess"
    picked = st.selectbox("Start from", [none, *kept], key=f"kept_{look.file}")
    return (start, look.file) if picked == none else (kept[picked].choice, f"{look.file}:{picked}")


def _written(look: TableLook, start: TableChoice) -> TableChoice:
    """How the table is written: its sheet, or its encoding and delimiter, each with what was detected."""
    layout = look.layout
    if layout is None:
        return start
    if layout.sheets:
        sheets = list(layout.sheets)
        place = sheets.index(layout.sheet) if layout.sheet in sheets else 0
        sheet = st.selectbox(f"Sheet, of {len(sheets)}", sheets, index=place, key=f"sheet_{look.file}")
        return replace(start, sheet=sheet)
    if layout.encoding is None:
        return start
    left, right = st.columns(2)
    sure = "" if layout.confidence >= 1 else f", {100 * layout.confidence:z.0f} % sure"
    encoding = left.text_input(
        f"Encoding (detected: {layout.encoding}{sure})", value=start.encoding or "", key=f"encoding_{look.file}",
        placeholder=layout.encoding,
    )  # fmt: skip
    detected = {"\t": "tab", " ": "blank"}.get(layout.delimiter or "", layout.delimiter or "")
    delimiter = right.text_input(
        f"Delimiter (detected: {detected})", value=start.delimiter or "", key=f"delimiter_{look.file}",
        placeholder=detected,
    )  # fmt: skip
    return replace(
        start, encoding=encoding.strip() or None, delimiter={"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter) or None
    )


def _columns(look: TableLook, start: TableChoice, holds: str, origin: str) -> dict[str, str]:
    """Which of the table's columns is which of ours."""
    options = [NOT_THERE, *look.columns]
    chosen = {}
    columns = COLUMNS[holds]
    for row in range(0, len(columns), 3):
        for column, cell in zip(columns[row : row + 3], st.columns(3), strict=False):
            there = start.mapping.get(column, column)
            label = f"{column} (needed)" if column in REQUIRED[holds] else column
            place = options.index(there) if there in options else 0
            picked = cell.selectbox(label, options, index=place, key=f"column_{origin}_{holds}_{column}")
            if picked != NOT_THERE:
                chosen[column] = picked
    return chosen
