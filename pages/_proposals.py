"""What could be corrected without asking anybody. Proposals: nothing here is ever applied."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View
from pages._corrected import correction_of
from pages._words import counted, percent
from trustjudge_core.relations import relation_words
from trustjudge_core.score_edits import ScoreEdit
from trustjudge_core.services.corrected_ranking import Corrected
from trustjudge_core.services.propose_corrections import (
    ProposedEdits,
    propose_acceptance,
    propose_edits,
    propose_scores,
)

MOST_LISTED = 200
LEVELS = (0.05, 0.1, 0.2, 0.3)


@st.cache_resource(max_entries=8, show_spinner="Looking for the fewest edits")
def _proposed(key: tuple[object, ...], _corrected: Corrected) -> tuple[ProposedEdits, list[ScoreEdit]]:
    return propose_edits(_corrected), propose_scores(_corrected)


def show_proposals(view: View) -> None:
    """Folded; computed only when opened."""
    place = st.expander("What could be corrected without asking anybody", key="proposals", on_change="rerun")
    if not place.open:
        return
    with place:
        st.caption("Proposals only. Nothing here is applied, stored or counted in any ranking.")
        corrected = correction_of(view, 1.0)
        edits, scores = _proposed(view.key, corrected)
        _gate(corrected)
        _edits(corrected, edits)
        _scores(corrected, scores)


def _gate(corrected: Corrected) -> None:
    st.markdown("**Pairs that may be accepted unseen**")
    level = st.segmented_control(
        "At most this share of them wrong", LEVELS, default=0.1, format_func=lambda v: f"{100 * v:z.0f} %",
        required=True, key="gate_level",
    )  # fmt: skip
    gate = propose_acceptance(corrected, level or 0.1)
    if math.isnan(gate.threshold):
        decided = counted(corrected.decided, "pair")
        if corrected.decided < gate.needed:
            st.write(
                f"None yet: people decided {decided}. It takes at least {counted(gate.needed, 'decided pair')} on "
                "which the judge is right."
            )
        else:
            st.write(
                f"None: people decided {decided}, and among those that the judge is surest of it is wrong too often "
                "for this promise. Allow a larger share to be wrong, or decide each pair yourself."
            )
        return
    st.write(
        f"{gate.unseen:,} pairs that nobody decided may be accepted: the entropy of their preference is at most "
        f"{gate.threshold:z.2f} nats. Of {counted(gate.checked, 'decided pair')} under it {gate.wrong:,} were wrong, "
        f"at most {percent(gate.bound)} with {100 * gate.confidence:z.0f} % confidence. The promise holds for pairs "
        "reviewed at random."
    )


def _edits(corrected: Corrected, edits: ProposedEdits) -> None:
    st.markdown("**Fewest edits to an order**")
    st.caption("The least number of relations to change so that the comparisons of every question fit one order.")
    if not edits.edits:
        st.write("None: every question is an order with ties already.")
        return
    proof = "no fewer would do" if not edits.gap else f"at most {edits.gap:,} fewer might do"
    st.write(f"{counted(len(edits.edits), 'edit')} in {counted(edits.questions, 'question')} ({proof}).")
    table, index = corrected.ground.cases.table, corrected.ground.cases.index
    rows = []
    for edit in edits.edits[:MOST_LISTED]:
        names, start = index.names(edit.question), int(index.offsets[edit.question])
        ends = names[int(table.i[edit.case]) - start], names[int(table.j[edit.case]) - start]
        rows.append(
            {"question": index.question_ids[edit.question], "now": relation_words(*ends, edit.before),
             "proposed": relation_words(*ends, edit.after)}
        )  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    if len(edits.edits) > MOST_LISTED:
        st.caption(f"The first {MOST_LISTED} of {len(edits.edits):,}.")


def _scores(corrected: Corrected, edits: list[ScoreEdit]) -> None:
    st.markdown("**Scores moved as little as possible to agree with the comparisons**")
    moved = [edit for edit in edits if len(edit.changed)]
    if not moved:
        st.write("None: this run has no scores, or they agree already.")
        return
    index, rows = corrected.ground.cases.index, []
    for edit in moved:
        names = index.names(edit.question)
        rows += [
            {"question": index.question_ids[edit.question], "response": names[n], "score": edit.before[n],
             "proposed": edit.after[n]}
            for n in edit.changed.tolist()
        ]  # fmt: skip
    largest = max(float(np.nanmax(np.abs(edit.after - edit.before))) for edit in moved)
    st.write(
        f"{counted(len(rows), 'score')} in {counted(len(moved), 'question')} would move, by at most {largest:z.2f}."
    )
    numbers = {name: st.column_config.NumberColumn(format="%.2f") for name in ("score", "proposed")}
    st.dataframe(pd.DataFrame(rows[:MOST_LISTED]), hide_index=True, column_config=numbers)
    if len(rows) > MOST_LISTED:
        st.caption(f"The first {MOST_LISTED} of {len(rows):,}, the questions that move most first.")
