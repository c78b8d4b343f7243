"""Overview: how far can this judge be trusted?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View, bar
from pages._cards import coverage_card, position_card, scores_card, transitivity_card
from pages._categories import show_categories
from pages._causes import causes_of, show_causes
from pages._next_steps import show_next_steps
from pages._selftest import show_selftest
from pages._words import AGGREGATION_IN_WORDS, counted, percent, unbroken
from trustjudge_core.bootstrap import FEWEST
from trustjudge_core.briefing import has_intervals, statements, triples_of, why


def _in_a_minute(view: View) -> None:
    """What is real, how sure that is, and why, for who reads nothing else."""
    with st.container(border=True):
        for statement in (
            *statements(view.audit, view.aggregation),
            why(causes_of(view.key, view).triples, view.aggregation, both_orders=view.audit.inputs.both_orders),
        ):
            if statement:
                st.text(unbroken(statement))
        notes = [
            f"Preferences by {AGGREGATION_IN_WORDS[view.aggregation]}, {view.mode} mode, tolerance {view.tolerance:g}."
        ]
        triples = triples_of(view.audit, view.aggregation)
        if triples is not None and triples.ratio.total:
            notes.insert(0, "A triple is three answers to one question, each compared with the other two.")
        if has_intervals(view.audit, view.aggregation):
            questions = counted(view.audit.inputs.questions, "question")
            notes.insert(1, f"Ranges in brackets: 95 % intervals, from {questions}.")
        elif view.audit.inputs.pairs_compared:
            notes.insert(1, f"Without intervals: these take at least {FEWEST} questions with data.")
        st.caption(" ".join(notes))


def _people(view: View) -> None:
    if not view.audit.agreement:
        return
    st.subheader("Against people", anchor=False)
    if not any(found.pairs for _, found in view.audit.agreement):
        st.write("Not enough data: the judge compared none of the pairs that people decided.")
        return
    rows = [
        {
            "person": found.annotator,
            "same winner": percent(found.agree / found.both_decisive if found.both_decisive else float("nan")),
            "pairs both decided": f"{found.both_decisive:,}",
            "kappa (win, tie, loss)": "–" if np.isnan(found.kappa) else f"{found.kappa:z.2f}",
            "95 % interval": "–" if np.isnan(found.low) else f"{found.low:z.2f} to {found.high:z.2f}",
            "pairs": f"{found.pairs:,}",
        }
        for _, found in view.audit.agreement
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption(
        "Same winner: of the pairs that judge and person both decided. Cohen's kappa counts ties as well and is "
        "agreement beyond chance: 0 is chance, 1 is always the same."
    )


st.title("Overview")
view = bar()
_in_a_minute(view)
upper, lower = st.columns(2, border=True), st.columns(2, border=True)
for cell, card in zip((*upper, *lower), (scores_card, transitivity_card, position_card, coverage_card), strict=True):
    with cell:
        card(view)
show_causes(view)
show_categories(view)
_people(view)
show_next_steps(view)
show_selftest()
