"""The comparisons behind a place in a ranking: whom an entry met, how it went, and every pair of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View
from pages._figures import chosen, decimals, go, picked
from pages._ids import joined
from pages._words import AGGREGATION_IN_WORDS, counted
from trustjudge_core.evidence import NO_CATEGORY
from trustjudge_core.head_to_head import Meetings, meetings
from trustjudge_core.leaderboard import Leaderboard

MOST_LISTED = 500
RESULT = {1: "won", 0: "tied", -1: "lost"}


@st.dialog("The comparisons behind it", width="large")
def show_met(view: View, board: Leaderboard, entry: int) -> None:
    """Opponents of one entry of a leaderboard; a row opens the pairs with that opponent, a pair its page."""
    entry_of = _entries(view, board)
    found = meetings(view.evidence, view.aggregation, view.tolerance, entry_of == entry)
    st.text(board.names[entry])
    how = f"Preferences by {AGGREGATION_IN_WORDS[view.aggregation]}, tolerance {view.tolerance:g}."
    st.caption(f"{counted(len(found.pair), 'comparison')}. {how}")
    if not len(found.pair):
        st.write("It was not compared with anything; its score is on the Scores page.")
        return
    opponents = [n for n in board.order if n != entry and (entry_of[found.other] == n).any()]
    rows = [{"against": board.names[n], **_record(found.against(entry_of == n))} for n in opponents]
    share = {"share of points": st.column_config.NumberColumn(format="percent", help="A tie is half a point.")}
    key = f"met_{board.scope}_{board.names[entry]}"
    place = chosen(pd.DataFrame(rows), key, column_config=share)
    if place is None:
        st.caption("Choose an opponent to see every pair.")
        return
    _pairs(view, found.against(entry_of == opponents[place]), f"{key}_{board.names[opponents[place]]}")


def _entries(view: View, board: Leaderboard) -> np.ndarray:
    """Which entry of the leaderboard every response of the run is, -1 for none."""
    index = view.evidence.index
    if board.scope == "system":
        number = {name: n for n, name in enumerate(board.names)}
        return np.array([number.get(system, -1) if system else -1 for system in index.systems], np.int64)
    entries = np.full(len(index.response_ids), -1, np.int64)
    assert view.question is not None
    start, stop = int(index.offsets[view.question]), int(index.offsets[view.question + 1])
    entries[start:stop] = np.arange(stop - start)
    return entries


def _record(met: Meetings) -> dict[str, object]:
    won, tied, lost = (int((met.relation == sign).sum()) for sign in (1, 0, -1))
    return {"won": won, "tied": tied, "lost": lost, "share of points": (won + tied / 2) / (won + tied + lost)}


def _pairs(view: View, met: Meetings, key: str) -> None:
    """Every pair with one opponent, lost ones first."""
    index, table = view.evidence.index, view.evidence.table
    order = np.argsort(met.relation, kind="stable")[:MOST_LISTED]
    pairs = met.pair[order]
    lead = np.asarray(view.evidence.preference(view.aggregation).lead, np.float64)[pairs]
    questions = table.question[pairs]
    rows = pd.DataFrame(
        {
            "question": [index.question_ids[q] for q in questions],
            "category": [index.categories[q] or NO_CATEGORY for q in questions],
            "result": [RESULT[int(r)] for r in met.relation[order]],
            "margin": lead,
        }
    )
    row = picked(rows, key, column_config=decimals(rows, 2, "margin"))
    if len(met.pair) > MOST_LISTED:
        st.caption(f"The first {MOST_LISTED} of {len(met.pair):,}.")
    st.caption("Choose a pair to read it.")
    if row is not None:
        ids = (index.response_ids[met.own[order[row]]], index.response_ids[met.other[order[row]]])
        go("preferences", question=index.question_ids[int(questions[row])], pair=joined(ids))
