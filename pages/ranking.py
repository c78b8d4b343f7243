"""Ranking: who is best by every method, how sure that is, and which pairs each order contradicts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View, address, asked, bar, remember
from pages._words import counted
from trustjudge_core.figures.ranking import bump, strengths
from trustjudge_core.leaderboard import Leaderboard, question_leaderboards, system_leaderboards
from trustjudge_core.ranking import RANKING_IN_WORDS

UNITS = {
    "copeland": "opponents beaten − lost to",
    "bradley_terry": "log-odds, mean 0",
    "expected_score": "scale points",
}
MOST_IN_A_BUMP = 20


@st.cache_resource(max_entries=16, show_spinner="Ranking the systems")
def _systems(key: tuple[object, ...], _view: View) -> list[Leaderboard]:
    return system_leaderboards(_view.evidence, _view.aggregation, _view.tolerance)


def _scope() -> str:
    scope = asked("scope") or "system"
    if scope not in ("system", "question"):
        st.warning(f"Scope {scope[:40]!r} in the address does not exist; allowed: system, question.")
        scope = "system"
    st.session_state["scope"] = scope

    def changed() -> None:
        remember(scope="question" if st.session_state["scope"] == "question" else None)

    st.segmented_control(
        "Rank",
        ["system", "question"],
        format_func={"system": "systems, all questions pooled", "question": "responses of one question"}.__getitem__,
        key="scope",
        required=True,
        on_change=changed,
    )
    return scope


def _board(board: Leaderboard, view: View) -> None:
    ranking = board.ranking
    st.subheader(RANKING_IN_WORDS[ranking.method], anchor=False)
    if ranking.remark:
        st.caption(f"{ranking.remark[0].upper()}{ranking.remark[1:]}.")
    figure = strengths(
        board.names, ranking.strength, ranking.low, ranking.high, ranking.rank, view.theme, UNITS[ranking.method]
    )
    if np.isfinite(ranking.strength).any():
        st.plotly_chart(figure, key=f"board_{ranking.method}", config={"displayModeBar": False}, theme=None)
    order = board.order
    losses = board.wins.sum(axis=0)
    against = [sum(n in pair for pair in ranking.contradicted) for n in range(len(board.names))]
    table = pd.DataFrame(
        {
            "rank": [int(ranking.rank[n]) or None for n in order],
            board.scope if board.scope == "system" else "response": [board.names[n] for n in order],
            "strength": ranking.strength[order],
            "from": ranking.low[order],
            "to": ranking.high[order],
            "won": board.wins.sum(axis=1)[order].astype(int),
            "tied": board.ties.sum(axis=1)[order].astype(int),
            "lost": losses[order].astype(int),
            "pairs contradicted": [against[n] for n in order],
        }
    )
    numbers = {name: st.column_config.NumberColumn(format="%.2f") for name in ("strength", "from", "to")}
    st.dataframe(table.dropna(axis=1, how="all"), hide_index=True, column_config=numbers, placeholder="–")
    if ranking.contradicted:
        with st.expander(f"{counted(len(ranking.contradicted), 'pair')} this order contradicts"):
            rows = [
                {"wins its comparisons": board.names[w], "against": board.names[loser],
                 "won": int(board.wins[w, loser]), "lost": int(board.wins[loser, w]),
                 "tied": int(board.ties[w, loser]), "ranked": f"{ranking.rank[w]} against {ranking.rank[loser]}"}
                for w, loser in ranking.contradicted
            ]  # fmt: skip
            st.dataframe(pd.DataFrame(rows), hide_index=True)
    else:
        st.caption("No comparison contradicts this order.")


st.title("Ranking")
scope = _scope() if st.query_params.get("scope") or "view" in st.session_state else "system"
view = bar(question=scope == "question")
if "scope" not in st.session_state:
    scope = _scope()
if scope == "question":
    assert view.question is not None
    boards = question_leaderboards(view.evidence, view.aggregation, view.tolerance, view.question)
else:
    key = (view.run.run_id, view.run.verdicts, view.mode, view.tolerance, view.category, view.aggregation)
    boards = _systems(key, view)
if not boards and scope == "system":
    st.info("The responses of this set do not say which system made them, so only each question can be ranked.")
    st.page_link("pages/ranking.py", label="Rank the responses of a question", query_params=address(scope="question"))
    st.stop()
if not boards:
    st.info("Not enough data: nothing in this question was compared or scored.")
    st.stop()
if scope == "system":
    st.caption("Intervals: 95 %, from resampling questions.")
for cell, board in zip(st.columns(len(boards)), boards, strict=True):
    with cell:
        _board(board, view)
if len(boards) > 1:
    st.subheader("Methods side by side", anchor=False)
    names, ranks = boards[0].names, np.stack([board.ranking.rank for board in boards], axis=1)
    if len(names) > MOST_IN_A_BUMP:
        st.caption(f"{len(names)} entries are too many for one figure; the first {MOST_IN_A_BUMP} are drawn.")
        best = np.argsort(np.where(ranks[:, 0] > 0, ranks[:, 0], len(names) + 1), kind="stable")[:MOST_IN_A_BUMP]
        names, ranks = tuple(names[n] for n in best), ranks[best]
    methods = [RANKING_IN_WORDS[board.ranking.method] for board in boards]
    st.plotly_chart(bump(methods, names, ranks, view.theme), key="bump", config={"displayModeBar": False}, theme=None)
st.page_link("pages/export.py", label="Download the ranking", icon=":material/download:", query_params=address())
