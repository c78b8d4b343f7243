"""The ranking by the judge alone and corrected by people, side by side, and which verdicts moved whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View, address
from pages._figures import clicked, decimals, named
from pages._met import show_met
from pages._moves import show_moves
from pages._session import engine, review_ground
from pages._words import counted
from trustjudge_core.figures.ranking import bump
from trustjudge_core.leaderboard import Leaderboard
from trustjudge_core.move_words import rank_range
from trustjudge_core.moves import BY_COMPARISON, Move
from trustjudge_core.ranking import RANKING_IN_WORDS, RankingMethod
from trustjudge_core.services.corrected_ranking import (
    Corrected,
    CorrectedRanking,
    correct,
    corrected_ranking,
    explain_moves,
)

FIRST_METHOD: RankingMethod = "bradley_terry"
MOST_DRAWN = 20


def correction_of(view: View, weight: float) -> Corrected:
    """The evidence of the view's run with everybody's verdicts in it."""
    return _corrected((*view.key, weight), view, weight)


@st.cache_resource(max_entries=8, show_spinner="Counting the verdicts")
def _corrected(key: tuple[object, ...], _view: View, weight: float) -> Corrected:
    ground = review_ground(_view.run, _view.mode, _view.aggregation, _view.tolerance)
    return correct(engine(), ground, weight)


@st.cache_resource(max_entries=16, show_spinner="Ranking before and after the verdicts")
def _both(key: tuple[object, ...], _corrected: Corrected, question: int | None) -> CorrectedRanking:
    return corrected_ranking(_corrected, question)


@st.cache_resource(max_entries=16, show_spinner="Finding the verdicts that moved them")
def _moves(key: tuple[object, ...], _corrected: Corrected, method: RankingMethod, question: int | None) -> list[Move]:
    return explain_moves(_corrected, method, question)


def show_corrected(view: View, question: int | None) -> None:
    """Raw left, corrected right, the change between them, and every move explained."""
    st.subheader("Corrected by people", anchor=False)
    if not correction_of(view, 1.0).decided:
        st.caption("Nobody has decided a pair of this run yet. Once people do, before and after stand here.")
        st.page_link("pages/review.py", label="Review pairs", icon=":material/rate_review:", query_params=address())
        return
    left, right = st.columns(2, vertical_alignment="bottom")
    weight = right.slider(
        "Weight of a verdict", 0.0, 1.0, 1.0, 0.05, key="verdict_weight",
        help="1: what people decided replaces what the judge said. Below, the two are mixed; 0 listens to nobody.",
    )  # fmt: skip
    corrected = correction_of(view, weight)
    key = (*view.key, weight, question)
    ranking = _both(key, corrected, question)
    methods = [board.ranking.method for board in ranking.before]
    if not methods:
        st.caption("Not enough data: nothing here can be ranked.")
        return
    first = methods.index(FIRST_METHOD) if FIRST_METHOD in methods else 0
    method = left.selectbox("Ranked by", methods, first, format_func=RANKING_IN_WORDS.__getitem__, key="corrected_by")
    before, after = ranking.before[methods.index(method)], ranking.after[methods.index(method)]
    _say_what_counts(view, corrected)
    names = _names(view, before, question)
    _draw(view, before, after, names)
    if method not in BY_COMPARISON:
        st.caption(
            "This order is by the judge's scores alone: no verdict about a pair moves it, and scores that people gave "
            "are kept and exported, not put in their place."
        )
        return
    show_moves(view, corrected, _moves((*key, method), corrected, method, question), before, after, names)


def _names(view: View, board: Leaderboard, question: int | None) -> Sequence[str]:
    return board.names if question is None else view.evidence.index.names(question)


def _say_what_counts(view: View, corrected: Corrected) -> None:
    parts = [
        f"People decided {corrected.decided:,} of {counted(len(corrected.ground.cases), 'pair')} "
        f"with {counted(len(corrected.given.row), 'verdict')}"
    ]
    if corrected.older:
        parts.append(f"{corrected.older:,} of them under an earlier rubric")
    if corrected.elsewhere:
        parts.append(f"{corrected.elsewhere:,} about pairs that the judge was not asked about, which change nothing")
    if view.category is not None:
        parts.append("all categories together")
    st.caption("; ".join(parts) + ". Taking a verdict back restores exactly what was before.")


def _draw(view: View, before: Leaderboard, after: Leaderboard, names: Sequence[str]) -> None:
    raw, between, corrected = st.columns(3)
    with raw:
        st.caption("**By the judge alone**")
        _table(before, names)
    with corrected:
        st.caption("**Corrected**")
        _table(after, names)
    with between:
        drawn = before.order[:MOST_DRAWN]
        ranks = np.stack([before.ranking.rank, after.ranking.rank], axis=1)[drawn]
        figure = bump(["judge alone", "corrected"], [names[n] for n in drawn], ranks, view.theme)
        words = ", ".join(f"{names[n]} {b} to {a}" for n, (b, a) in zip(drawn, ranks.tolist(), strict=True))
        place = clicked(figure, "corrected_bump", f"Ranks: {words}")
        if place is not None:
            show_met(view, replace(before, names=tuple(names)), drawn[place])
        if len(names) > MOST_DRAWN:
            st.caption(f"The first {MOST_DRAWN} of {len(names):,} are drawn.")


def _table(board: Leaderboard, names: Sequence[str]) -> None:
    ranking, order = board.ranking, [n for n in board.order if board.ranking.rank[n] > 0]
    kind = "system" if board.scope == "system" else "response"
    table = pd.DataFrame(
        {
            "rank": ranking.rank[order],
            kind: [names[n] for n in order],
            "strength": ranking.strength[order],
            "low": ranking.low[order],
            "high": ranking.high[order],
        }
    )
    if ranking.rank_low is not None and ranking.rank_high is not None:
        table.insert(1, "rank, 95 %", [rank_range(ranking, n) for n in order])
    shown = decimals(table, 2, "strength", "low", "high") | {kind: named(names)}
    st.dataframe(table.dropna(axis=1, how="all"), hide_index=True, column_config=shown)
