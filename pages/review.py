"""Review: one pair at a time, blind, by keyboard."""

from __future__ import annotations

import streamlit as st

from pages._after_verdict import show_finished, show_last, show_outlook, show_progress, show_scored
from pages._bar import address
from pages._case import show_case
from pages._curve import show_curve
from pages._my_verdicts import show_my_verdicts
from pages._people import show_people
from pages._review_bar import review_bar
from pages._verdict_keys import case_on_screen, reviewing, show_keys
from pages._words import plain
from trustjudge_core.errors import TrustJudgeError

st.title("Review")
state = reviewing()
if state.error is not None:
    st.error("Nothing was stored: " + plain(state.error))
    state.error = None
view = review_bar()
try:
    case = case_on_screen(view)
except TrustJudgeError as error:
    st.error(plain(str(error)))
    st.stop()
if state.said is not None:
    st.info(state.said)
    state.said = None
if case is None:
    show_finished(view, state)
else:
    differs = show_case(case, view.theme)
    with st.bottom:  # in sight however long the texts are
        show_keys(view, case, differs=differs)
        if view.scoring:
            show_scored(view)
        else:
            show_progress(state)
    if not view.scoring and state.progress is not None:
        show_outlook(state.progress)
if state.came_from is not None and (state.last is not None or case is None):
    back = address(question=state.came_from)
    st.page_link("pages/inconsistencies.py", label="Back to that question", icon=":material/hub:", query_params=back)
if state.last is not None:
    show_last(view, state.last)
show_curve(view, state.progress)
show_my_verdicts(view)
show_people(view)
