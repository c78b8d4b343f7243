"""Activity: who did what, when. Nothing can be changed here."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._session import engine
from pages._words import counted
from trustjudge_core.services.list_activity import ActivityEntry, activity_filters, list_activity
from trustjudge_core.services.list_runs import list_runs
from trustjudge_core.services.list_sets import list_sets

PAGE = 100
ANY = "all"


def _detail(entry: ActivityEntry) -> str:
    said = {name: f"{value:,}" if isinstance(value, int) else value for name, value in entry.detail.items()}
    return " · ".join(f"{name}: {value}" for name, value in said.items() if value is not None)


def _table(entries: list[ActivityEntry], sets: dict[int, str], judges: dict[int, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "when (UTC)": [entry.created_at.replace(tzinfo=None) for entry in entries],
            "who": [entry.person for entry in entries],
            "did": [entry.action for entry in entries],
            "to what": [entry.subject for entry in entries],
            "details": [_detail(entry) for entry in entries],
            "set": [sets.get(entry.set_id or 0, "") for entry in entries],
            "judge": [judges.get(entry.run_id or 0, "") for entry in entries],
        }
    )


def _older(last: int) -> None:
    st.session_state["activity_before"] = last


def _newest() -> None:
    st.session_state["activity_before"] = None


st.title("Activity")
people, actions = activity_filters(engine())
if not people:
    st.info("Nothing has happened yet. What people store, decide, change and take back is listed here.")
    st.page_link("pages/start.py", label="Where to begin", icon=":material/home:")
    st.stop()
sets = {stored.set_id: stored.name for stored in list_sets(engine())}
judges = {run.run_id: run.judge for run in list_runs(engine())}
cells = st.columns(3)


def _filter(cell: Any, label: str, options: list[Any], words: Any = str) -> Any:
    picked = cell.selectbox(
        label, [ANY, *options], format_func=lambda option: option if option == ANY else words(option), on_change=_newest
    )
    return None if picked == ANY else picked


who = _filter(cells[0], "Who", people)
did = _filter(cells[1], "Did what", actions)
where = _filter(cells[2], "Response set", list(sets), lambda set_id: sets[set_id])
before = st.session_state.get("activity_before")
entries = list_activity(engine(), set_id=where, person=who, action=did, before=before, limit=PAGE + 1)
shown, more = entries[:PAGE], len(entries) > PAGE
if not shown:
    st.info("Nothing fits these filters.")
    st.stop()
st.caption(f"{counted(len(shown), 'line')}, the newest first" + (", older ones follow" if more else ""))
st.dataframe(
    _table(shown, sets, judges),
    hide_index=True,
    height="content",
    column_config={"when (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss")},
)
with st.container(horizontal=True):
    if before is not None:
        st.button("Newest", icon=":material/first_page:", on_click=_newest)
    if more:
        st.button("Older", icon=":material/chevron_right:", on_click=_older, args=(shown[-1].entry_id,))
