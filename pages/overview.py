"""Overview: how far can this judge be trusted?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View, bar
from pages._cards import coverage_card, position_card, scores_card, transitivity_card
from pages._causes import show_causes
from pages._figures import clicked, go
from pages._next_steps import show_next_steps
from pages._selftest import show_selftest
from pages._words import AGGREGATION_IN_WORDS, interval_text, percent, plain
from trustjudge_core.briefing import briefing
from trustjudge_core.categories import (
    CategoryShare,
    conflicts_by_category,
    flips_by_category,
    inconsistent_triples_by_category,
)
from trustjudge_core.figures.overview import category_dots
from trustjudge_core.gate import default_comparison

UNITS = {"inconsistent triples": "triples", "conflicts": "pairs with scores", "winner changes": "pairs"}
DIFFERS = 0.05
"""A category is called different when its q-value is below this."""
KINDS = {"inconsistent triples": "all", "conflicts": "conflicts", "winner changes": "flips"}


@st.cache_resource(max_entries=32, show_spinner="Counting by category")
def _by_category(key: tuple[object, ...], measure: str, _view: View) -> dict[str, CategoryShare]:
    if measure == "winner changes":
        return flips_by_category(_view.evidence)
    if measure == "inconsistent triples":
        return inconsistent_triples_by_category(_view.evidence, _view.aggregation, _view.tolerance)
    scores, compared = _view.evidence.default_scores, default_comparison(_view.audit)
    if scores is None or compared is None:
        return {}
    return conflicts_by_category(_view.evidence, scores, compared.aggregation, _view.tolerance)


def _categories(view: View) -> None:
    st.subheader("By category", anchor=False)
    measure = st.segmented_control("Measure", list(UNITS), default=next(iter(UNITS)), required=True, key="by_category")
    measure = measure or next(iter(UNITS))
    unit = UNITS[measure]
    shares = _by_category(view.key, measure, view)
    found = {name: share.ratio for name, share in shares.items()}
    enough = {name: ratio for name, ratio in found.items() if not np.isnan(ratio.low)}
    few = [f"{name} ({ratio.total:,} {unit})" for name, ratio in found.items() if name not in enough]
    if enough:
        figure = category_dots(
            list(enough),
            np.array([r.value for r in enough.values()]),
            np.array([r.low for r in enough.values()]),
            np.array([r.high for r in enough.values()]),
            np.array([r.total for r in enough.values()], np.int64),
            view.theme,
            unit,
        )
        words = ", ".join(f"{name} {percent(r.value)}" for name, r in enough.items())
        place = clicked(figure, f"categories_{measure}", words)
        if place is not None:
            go("inconsistencies", category=list(enough)[place], kind=KINDS[measure])
    _say_what_differs(shares)
    if few or not found:
        st.text(f"Not enough data: {', '.join(few) or measure}.")
    if found:
        with st.expander("As a table"):
            rows = [
                {"category": name, measure: r.count, unit: r.total, "share": percent(r.value),
                 "95 % interval": interval_text(r.low, r.high) or "not enough data",
                 "q-value": None if np.isnan(shares[name].q_value) else shares[name].q_value}
                for name, r in found.items()
            ]  # fmt: skip
            q_value = st.column_config.NumberColumn(format="%.3f", help="Benjamini-Hochberg over the categories.")
            st.dataframe(
                pd.DataFrame(rows).dropna(axis=1, how="all"), hide_index=True, column_config={"q-value": q_value}
            )


def _say_what_differs(shares: dict[str, CategoryShare]) -> None:
    """Which categories differ from all other questions, where that was tested at all."""
    tested = {name: share for name, share in shares.items() if not np.isnan(share.q_value)}
    if not tested:
        return
    differing = [
        f"{plain(name)} (q = {share.q_value:z.3f})" for name, share in tested.items() if share.q_value < DIFFERS
    ]
    if differing:
        st.caption(
            f"Different from the other questions, beyond chance: {', '.join(differing)}. Of categories called so "
            f"below q = {DIFFERS:g}, that share is wrong."
        )
    else:
        st.caption("No category differs from the other questions beyond chance.")


def _people(view: View) -> None:
    if not view.audit.agreement:
        return
    st.subheader("Against people", anchor=False)
    rows = [
        {
            "person": found.annotator,
            "same winner": percent(found.agree / found.both_decisive if found.both_decisive else float("nan")),
            "pairs both decided": found.both_decisive,
            "kappa (win, tie, loss)": "–" if np.isnan(found.kappa) else f"{found.kappa:z.2f}",
            "95 % interval": "–" if np.isnan(found.low) else f"{found.low:z.2f} to {found.high:z.2f}",
            "pairs": found.pairs,
        }
        for _, found in view.audit.agreement
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption("Cohen's kappa is agreement beyond chance: 0 is chance, 1 is always the same.")


st.title("Overview")
view = bar()
with st.container(border=True):
    st.text(briefing(view.audit, view.aggregation))
    st.caption(
        f"Preferences by {AGGREGATION_IN_WORDS[view.aggregation]}, {view.mode} mode, tolerance {view.tolerance:g}."
    )
upper, lower = st.columns(2, border=True), st.columns(2, border=True)
for cell, card in zip((*upper, *lower), (scores_card, transitivity_card, position_card, coverage_card), strict=True):
    with cell:
        card(view)
show_causes(view)
_categories(view)
_people(view)
show_next_steps(view)
show_selftest()
