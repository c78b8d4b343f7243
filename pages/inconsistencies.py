"""Inconsistencies: where exactly, and what the judge said there."""

from __future__ import annotations

import streamlit as st

from pages._bar import bar
from pages._contradictions import show_list, start_at_the_first
from pages._graph import show_graph
from pages._mending import show_mending
from pages._pair import show_pair
from pages._session import engine
from pages._texts import shown_text
from trustjudge_core.services.read_question import read_question

st.title("Inconsistencies")
named = bool(st.query_params.get("question"))  # one that does not exist is said below, not replaced unseen
view = bar(question=True)
if not len(view.evidence.table):
    st.info("This run has no comparisons, so nothing in it could contradict itself. Its scores are on the Scores page.")
    st.page_link("pages/scores.py", label="Scores", icon=":material/bar_chart:")
    st.stop()
if not named:
    start_at_the_first(view)
with st.expander("Question"):
    shown_text(read_question(engine(), view.run.run_id, view.question_id).text, "question")
left, right = st.columns([2, 3])
with left:
    show_list(view)
with right:
    pair = show_graph(view)
show_mending(view)
if pair is None:
    st.info("Choose a row of the list, or the mark on a line of the graph, to see both responses and both orders.")
else:
    st.subheader("The evidence", anchor=False)
    show_pair(view, *pair)
with st.popover("How it is computed", type="tertiary"):
    st.write(
        "A triple is consistent if some ranking with ties explains its three relations. The others are strict cycles "
        "(A > B > C > A), broken chains (A > B > C, yet A = C) and contradicted ties (A = B = C, yet A > C). A margin "
        "is how far the preferred outcome is ahead of the next one; a chain is as firm as its weakest link. A conflict "
        "is a pair whose score gap and comparison say different things (arXiv 2509.21117, section 3)."
    )
