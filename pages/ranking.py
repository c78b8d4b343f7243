"""Ranking: who is best by every method, how sure that is, and which pairs each order contradicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View, address, asked, bar, remember
from pages._corrected import show_corrected
from pages._figures import clicked, decimals, named
from pages._met import show_met
from pages._proposals import show_proposals
from pages._words import counted, plain
from trustjudge_core.figures.ranking import bump, strengths
from trustjudge_core.leaderboard import Leaderboard, question_leaderboards, system_leaderboards
from trustjudge_core.ranking import RANKING_IN_WORDS, RANKING_UNITS

SCOPES = {"system": "systems, all questions pooled", "question": "responses of one question"}
MOST_IN_A_FIGURE = 20
BESIDE = 3


@st.cache_resource(max_entries=16, show_spinner="Ranking the systems")
def _systems(key: tuple[object, ...], _view: View) -> list[Leaderboard]:
    return system_leaderboards(_view.evidence, _view.aggregation, _view.tolerance)


def _responses(view: View) -> list[Leaderboard]:
    assert view.question is not None
    names = view.evidence.index.names(view.question)
    found = question_leaderboards(view.evidence, view.aggregation, view.tolerance, view.question)
    return [replace(board, names=names) for board in found]


def _choose_scope(scope: str) -> None:
    st.session_state["scope"] = scope

    def changed() -> None:
        remember(scope="question" if st.session_state["scope"] == "question" else None)

    st.segmented_control(
        "Rank", list(SCOPES), format_func=SCOPES.__getitem__, key="scope", required=True, on_change=changed
    )


def _board(board: Leaderboard, view: View) -> None:
    """One method: its strengths as a figure and as a table, and what it contradicts."""
    ranking, order = board.ranking, [n for n in board.order if board.ranking.rank[n] > 0]
    st.subheader(RANKING_IN_WORDS[ranking.method], anchor=False)
    first = [n for n in order if np.isfinite(ranking.strength[n])][:MOST_IN_A_FIGURE]
    if first:
        figure = strengths(
            [board.names[n] for n in first],
            ranking.strength[first],
            ranking.low[first],
            ranking.high[first],
            ranking.rank[first],
            view.theme,
            RANKING_UNITS[ranking.method],
        )
        words = ", ".join(f"{ranking.rank[n]} {board.names[n]} {ranking.strength[n]:z.2f}" for n in first)
        place = clicked(figure, f"board_{ranking.method}", f"Ranks: {words}")
        if place is not None:
            show_met(view, board, first[place])
    if len(order) > len(first) > 0:
        st.caption(f"The first {len(first)} of {len(order):,} are drawn.")
    kind = "system" if board.scope == "system" else "response"
    table = pd.DataFrame(
        {
            "rank": ranking.rank[order],
            kind: [board.names[n] for n in order],
            "strength": ranking.strength[order],
            "low": ranking.low[order],
            "high": ranking.high[order],
        }
    )
    if ranking.rank_low is not None and ranking.rank_high is not None:
        ends = zip(ranking.rank_low[order].tolist(), ranking.rank_high[order].tolist(), strict=True)
        words = [("–" if low == 0 else f"{low}") if low == high else f"{low} to {high}" for low, high in ends]
        table.insert(1, "rank, 95 %", words)
    shown = decimals(table, 2, "strength", "low", "high") | {kind: named(board.names)}
    st.dataframe(table.dropna(axis=1, how="all"), hide_index=True, column_config=shown)
    if ranking.remark:
        st.caption(f"{ranking.remark[0].upper()}{ranking.remark[1:]}.")
    if not board.wins.any() and not board.ties.any():
        return  # nothing was compared, so nothing could contradict it
    if not ranking.contradicted:
        st.caption("No comparison contradicts this order.")
        return
    with st.expander(f"{counted(len(ranking.contradicted), 'pair')} this order contradicts"):
        rows = [
            {"better by comparison": board.names[w], "than": board.names[loser], "won": int(board.wins[w, loser]),
             "lost": int(board.wins[loser, w]), "tied": int(board.ties[w, loser]),
             "ranks": f"{ranking.rank[w]} and {ranking.rank[loser]}"}
            for w, loser in ranking.contradicted
        ]  # fmt: skip
        st.dataframe(pd.DataFrame(rows), hide_index=True)


def _comparisons(board: Leaderboard) -> None:
    """What the orders by comparison stand on; nothing where there are only scores."""
    if not board.wins.any() and not board.ties.any():
        return
    with st.expander("The comparisons behind it"):
        table = pd.DataFrame(
            {
                "system" if board.scope == "system" else "response": [board.names[n] for n in board.order],
                "won": board.wins.sum(axis=1)[board.order].astype(int),
                "tied": board.ties.sum(axis=1)[board.order].astype(int),
                "lost": board.wins.sum(axis=0)[board.order].astype(int),
            }
        )
        st.dataframe(table, hide_index=True)


def _side_by_side(boards: list[Leaderboard], view: View) -> None:
    st.subheader("Methods side by side", anchor=False)
    names, ranks = boards[0].names, np.stack([board.ranking.rank for board in boards], axis=1)
    drawn = list(range(len(names)))
    if len(names) > MOST_IN_A_FIGURE:
        st.caption(f"The first {MOST_IN_A_FIGURE} of {len(names):,} are drawn.")
        drawn = boards[0].order[:MOST_IN_A_FIGURE]
        names, ranks = tuple(names[n] for n in drawn), ranks[drawn]
    methods = [RANKING_IN_WORDS[board.ranking.method] for board in boards]
    words = "Ranks under " + ", ".join(methods) + "; the tables above hold the same."
    place = clicked(bump(methods, names, ranks, view.theme), "bump", words)
    if place is not None:
        show_met(view, boards[0], drawn[place])


st.title("Ranking")
scope = st.query_params.get("scope") or asked("scope") or "system"
view = bar(question=scope == "question")
if scope not in SCOPES:
    st.warning(plain(f"Scope {scope[:40]!r} in the address does not exist; allowed: {', '.join(SCOPES)}."))
    remember(scope=None)
    scope = "system"
_choose_scope(scope)
boards = _systems(view.key, view) if scope == "system" else _responses(view)
if not boards and not any(view.evidence.index.systems):
    st.info("The responses of this set do not say which system made them, so only each question can be ranked.")
    st.page_link("pages/ranking.py", label="Rank the responses of a question", query_params=address(scope="question"))
    st.stop()
if not boards:
    failed = view.run.failed
    why = f"{failed:,} of {counted(view.run.score_judgments + view.run.pair_judgments, 'judgment')} failed"
    st.info("Not enough data: nothing here was compared or scored" + (f"; {why}." if failed else "."))
    st.stop()
if scope == "system":
    st.caption("Intervals: 95 %, from resampling questions. One question alone gives none.")
if len(view.evidence.table):
    show_corrected(view, None if scope == "system" else view.question)
    show_proposals(view)
    st.subheader("By the judge alone, method by method", anchor=False)
for start in range(0, len(boards), BESIDE):
    row = boards[start : start + BESIDE]
    for cell, board in zip(st.columns(min(BESIDE, len(boards))), row, strict=False):
        with cell:
            _board(board, view)
_comparisons(boards[0])
if len(boards) > 1:
    _side_by_side(boards, view)
with st.popover("How it is computed", type="tertiary"):
    st.write(
        "Copeland: opponents beaten minus opponents lost to. Bradley-Terry with ties: log-strengths under which the "
        "observed wins and ties are likeliest (Newman 2023, Davidson's ties), mean 0; with probabilities as wins "
        "every comparison counts by how sure it was. Kemeny: the order that the fewest comparisons speak against. "
        "HodgeRank: strengths whose differences come closest to the log-odds of the preferences. Expected score: "
        "the mean over the label probabilities. A pair is contradicted when the winner of its own comparisons is not "
        "ranked above."
    )
st.page_link("pages/export.py", label="Download the ranking", icon=":material/download:", query_params=address())
