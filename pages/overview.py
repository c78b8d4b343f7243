"""Overview: how far can this judge be trusted?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View, address, bar
from pages._words import AGGREGATION_IN_WORDS, counted, interval_text, percent, ratio_text
from trustjudge_core.bootstrap import Ratio
from trustjudge_core.briefing import briefing, next_steps, triples_of
from trustjudge_core.categories import conflicts_by_category, flips_by_category, inconsistent_triples_by_category
from trustjudge_core.figures.overview import category_dots, chance_bars, split_bar
from trustjudge_core.gate import default_comparison
from trustjudge_core.inconsistencies import KIND_IN_WORDS

FIGURE = {"displayModeBar": False}


def _door(page: str, label: str, **values: str | None) -> None:
    st.page_link(f"pages/{page}.py", label=label, icon=":material/arrow_forward:", query_params=address(**values))


def _scores_card(view: View) -> None:
    st.subheader("Score against comparison", anchor=False)
    found = default_comparison(view.audit)
    if found is None or not found.ratio.total:
        st.write("Not enough data: it takes scores and comparisons of the same responses.")
        return
    st.metric("Conflict ratio (CR)", percent(found.ratio.value))
    st.caption(ratio_text(found.ratio, "pairs"))
    colours = view.theme
    parts = [
        ("reversal", found.reversal.count, colours.reversal, "x"),
        ("only the scores tie", found.score_tie.count, colours.contradicts, "/"),
        ("only the comparison ties", found.comparison_tie.count, colours.contradicts, "."),
        ("agree", found.ratio.total - found.ratio.count, colours.agrees, ""),
    ]
    st.plotly_chart(split_bar(parts, found.ratio.total, colours), key="split", config=FIGURE, theme=None)
    decided = Ratio(found.reversal.count, found.both_decide, float("nan"), float("nan"))
    st.caption(f"True reversals: {ratio_text(decided, 'pairs that both decide')}.")
    _door("inconsistencies", f"{found.ratio.count:,} conflicts", kind="conflicts", chain=None, pair=None)
    with st.popover("How it is computed", type="tertiary"):
        st.write(
            "A pair conflicts when the sign of its score gap differs from what the comparison says, both at the "
            "tolerance. CR = conflicts / pairs (arXiv 2509.21117, section 3.1). A continuous score never ties at "
            "tolerance 0, so CR cannot fall below the tie rate of the comparisons: read the reversals."
        )
        st.text(f"Scores: {found.method} on {found.scale[0]:g} to {found.scale[1]:g}")


def _transitivity_card(view: View) -> None:
    st.subheader("Transitivity", anchor=False)
    entries = [t for t in view.audit.transitivity if t.aggregation == view.aggregation]
    triples = triples_of(view.audit, view.aggregation)
    if triples is None or not triples.ratio.total:
        st.write("Not enough data: it takes three responses of a question that were all compared with each other.")
        return
    st.metric("Inconsistent triples (NTR_3)", percent(triples.ratio.value))
    st.caption(ratio_text(triples.ratio, "triples"))
    figure = chance_bars(
        [f"NTR_{t.k}" for t in entries],
        [t.ratio.value for t in entries],
        [(t.ratio.low, t.ratio.high) for t in entries],
        [t.chance for t in entries],
        view.theme,
    )
    st.plotly_chart(figure, key="chance", config=FIGURE, theme=None)
    st.caption(
        f"Tie rate {percent(triples.tie_rate)}, decisiveness {percent(1 - triples.tie_rate)}. A judge that always "
        "ties would show NTR 0; the line is a random judge with this tie rate."
    )
    for kind, label in (
        ("strict_cycle", "A>B>C>A"),
        ("broken_chain", "A>B>C, A=C"),
        ("contradicted_tie", "A=B=C, A>C"),
    ):
        words = counted(triples.kinds[kind], KIND_IN_WORDS[kind])
        _door("inconsistencies", f"{words} ({label})", kind=kind, question=None, chain=None, pair=None)
    missing = [k for k in (4, 5) if k not in {t.k for t in entries}]
    if missing:
        st.caption(f"NTR_{missing[0]} and beyond take too long to count on a page; the command line counts them.")
    with st.popover("How it is computed", type="tertiary"):
        st.write(
            "NTR_k is the share of groups of k responses, all compared with each other, that hold at least one "
            "triple no ranking with ties can explain (arXiv 2509.21117, section 3.2). Intervals resample questions."
        )


def _position_card(view: View) -> None:
    st.subheader("Position", anchor=False)
    found = view.audit.position
    if not view.audit.inputs.both_orders:
        st.write("Cannot be measured: every pair was judged in one order only.")
        return
    st.metric("Winner changes with the order", percent(found.hard_flips.value))
    st.caption(ratio_text(found.hard_flips, "pairs"))
    colours = view.theme
    parts = [
        ("same verdict", found.consistent.count, colours.agrees, ""),
        ("favours first", found.first_favouring.count, colours.contradicts, "/"),
        ("favours second", found.second_favouring.count, colours.reversal, "x"),
    ]
    st.plotly_chart(split_bar(parts, found.pairs, colours), key="position", config=FIGURE, theme=None)
    st.caption(f"Position consistency: {ratio_text(found.consistent, 'pairs')}.")
    st.caption(f"Of the flips {found.hard_first:,} chose the first shown both times, {found.hard_second:,} the second.")
    _door("preferences", "Both orders, pair by pair")
    with st.popover("How it is computed", type="tertiary"):
        st.write(
            "Every pair is judged twice, each response shown first once. Consistent: the same verdict both times. "
            "A flip names a different winner; going from a win to a tie favours a side without flipping."
        )


def _coverage_card(view: View) -> None:
    st.subheader("Coverage", anchor=False)
    seen = view.audit.inputs
    failed = sum(entry.count for entry in view.audit.ledger)
    asked = seen.score_judgments + seen.pair_judgments
    st.metric("Failed judgments", f"{failed:,}")
    st.caption(ratio_text(Ratio(failed, asked, float("nan"), float("nan")), "judgments asked for"))
    if view.audit.ledger:
        rows = [{"kind": e.kind, "reason": e.reason, "judgments": e.count} for e in view.audit.ledger]
        st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption(f"{seen.pairs_compared:,} of {seen.pairs:,} pairs have a usable preference by every method.")
    if seen.low_mass:
        st.caption(f"{seen.low_mass:,} score distributions hold less than 90 % of the probability on allowed scores.")
    _door("runs", "All runs and their ledgers")


def _categories(view: View) -> None:
    st.subheader("By category", anchor=False)
    offered = {"inconsistent triples": "triples", "conflicts": "pairs with scores", "winner changes": "pairs"}
    measure = st.segmented_control(
        "Measure", list(offered), default="inconsistent triples", required=True, key="by_category"
    )
    scores = view.evidence.default_scores
    if measure == "winner changes":
        found = flips_by_category(view.evidence)
    elif measure == "conflicts" and scores is not None:
        found = conflicts_by_category(view.evidence, scores, view.aggregation, view.tolerance)
    elif measure == "conflicts":
        found = {}
    else:
        found = inconsistent_triples_by_category(view.evidence, view.aggregation, view.tolerance)
    kept = {name: ratio for name, ratio in found.items() if ratio.total}
    unit = offered[measure or "inconsistent triples"]
    figure = category_dots(
        list(kept),
        np.array([r.value for r in kept.values()]),
        np.array([r.low for r in kept.values()]),
        np.array([r.high for r in kept.values()]),
        np.array([r.total for r in kept.values()], np.int64),
        view.theme,
        unit,
    )
    st.plotly_chart(figure, key="categories", config=FIGURE, theme=None)
    with st.expander("As a table"):
        rows = [
            {"category": n, "count": r.count, unit: r.total, "share": percent(r.value),
             "95 % interval": interval_text(r.low, r.high) or "not enough data"}
            for n, r in found.items()
        ]  # fmt: skip
        st.dataframe(pd.DataFrame(rows), hide_index=True)


def _people(view: View) -> None:
    if not view.audit.agreement:
        return
    st.subheader("Against people", anchor=False)
    rows = [
        {
            "person": found.annotator,
            "same winner": percent(found.agree / found.both_decisive if found.both_decisive else float("nan")),
            "pairs both decided": found.both_decisive,
            "kappa (win, tie, loss)": "–" if np.isnan(found.kappa) else f"{found.kappa:.2f}",
            "95 % interval": "–" if np.isnan(found.low) else f"{found.low:.2f} to {found.high:.2f}",
            "pairs": found.pairs,
        }
        for _, found in view.audit.agreement
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


st.title("Overview")
view = bar()
with st.container(border=True):
    st.text(briefing(view.audit, view.aggregation))
    st.caption(
        f"Preferences by {AGGREGATION_IN_WORDS[view.aggregation]}, {view.mode} mode, tolerance {view.tolerance:g}."
    )
upper, lower = st.columns(2, border=True), st.columns(2, border=True)
for cell, card in zip(
    (*upper, *lower), (_scores_card, _transitivity_card, _position_card, _coverage_card), strict=True
):
    with cell:
        card(view)
_categories(view)
_people(view)
steps = next_steps(view.audit, view.aggregation)
if steps:
    st.subheader("Next steps", anchor=False)
    for step in steps:
        _door(step.page, step.words, kind=step.kind, chain=None, pair=None)
