"""Why the contradictions are there: counted by cause, each count a door to its list."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._bar import View
from pages._figures import door
from pages._words import counted, percent, unbroken
from trustjudge_core.causes import CAUSE_IN_WORDS, CAUSES, CauseCounts, cause_counts

EXPLAINED = {
    "missing_judgment": "a judgment behind it failed or was never asked",
    "leaked_mass": "the judge put more than 10 % of its probability on answers that were not offered",
    "order_flip": "the verdict changes with the order in which the two were shown",
    "near_tie": "too close to call: a difference smaller than its uncertainty",
    "firm_contradiction": "none of these explains it",
}


@st.cache_resource(max_entries=16, show_spinner="Looking for causes")
def causes_of(key: tuple[object, ...], _view: View) -> CauseCounts:
    """Contradictions by cause, counted once for a view."""
    return cause_counts(_view.evidence, _view.aggregation, _view.tolerance, _view.evidence.default_scores)


def _share(count: int, total: int) -> str:
    return unbroken(f"{count:,} ({percent(count / total)})")


def show_causes(view: View) -> None:
    """A table of causes with their shares, and doors to the triples of each."""
    found = causes_of(view.key, view)
    triples, conflicts = sum(found.triples.values()), sum(found.conflicts.values())
    if not triples and not conflicts:
        return
    st.subheader("Why", anchor=False)
    st.caption("Each contradiction is counted once, under the first of these causes that holds.")
    rows = []
    for cause in CAUSES:
        row = {"cause": f"**{CAUSE_IN_WORDS[cause]}**: {EXPLAINED[cause]}"}
        if triples:
            row["inconsistent triples"] = _share(found.triples[cause], triples)
        if conflicts:
            row["conflicts"] = _share(found.conflicts[cause], conflicts)
        rows.append(row)
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)  # all words are ours; it wraps them on a phone
    st.caption(
        f"Of {counted(triples, 'inconsistent triple')}"
        + (f" and {counted(conflicts, 'conflict')} of scores and comparisons." if conflicts else ".")
    )
    with st.container(horizontal=True):
        for cause in CAUSES:
            if found.triples[cause]:
                door(
                    "inconsistencies",
                    f"{counted(found.triples[cause], 'triple')}: {CAUSE_IN_WORDS[cause]}",
                    kind=None,
                    cause=cause,
                )
