"""Methods: every way to read this judge's scores and comparisons side by side, to decide which to trust."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._bar import View, bar, remember
from pages._figures import clicked
from pages._method_tables import show_comparisons, show_conflicts, show_ledger
from pages._session import affordable
from pages._words import AGGREGATION_IN_WORDS, counted, percent
from trustjudge_core.figures.methods import Curve, tolerance_lines
from trustjudge_core.methods import SCORE_METHOD_IN_WORDS, Methods, MethodTable, method_table
from trustjudge_core.tolerance_curves import ToleranceCurves, tolerance_curves

MEASURES = {
    "ntr_3": ("Inconsistent triples", "triples"),
    "ties": ("Tie rate", "pairs"),
    "conflicts": ("Conflicts with scores", "pairs"),
    "reversal": ("Reversals", "pairs"),
    "accuracy_gold": ("Accuracy against gold scores", "pairs that gold scores decide"),
    "accuracy_people": ("Accuracy against people", "pairs that people decide"),
}
MOST_JUDGMENTS = 200_000


@st.cache_resource(max_entries=8, show_spinner="Reading every method")
def _methods(key: tuple[object, ...], _view: View) -> Methods:
    return Methods(_view.evidence)


@st.cache_resource(max_entries=16, show_spinner="Comparing the methods on the same pairs")
def _table(key: tuple[object, ...], _view: View) -> MethodTable:
    return method_table(_methods(key, _view), _view.tolerance, affordable(_view.evidence.index))


@st.cache_resource(max_entries=8, show_spinner="Drawing every measure over the tolerance")
def _curves(key: tuple[object, ...], _view: View) -> ToleranceCurves:
    return tolerance_curves(_methods(key, _view), _view.aggregation, ks=(3,))


def _lines(curves: ToleranceCurves, measure: str) -> list[Curve]:
    """One measure of every method over the tolerance."""
    if measure in ("conflicts", "reversal"):
        named = {
            f"{SCORE_METHOD_IN_WORDS[method]}, {scale[0]:g} to {scale[1]:g}": [
                (p.tolerance, getattr(p, measure), p.degenerate) for p in points
            ]
            for (method, _, scale), points in curves.conflicts.items()
        }
    else:
        named = {
            AGGREGATION_IN_WORDS[name]: [
                (p.tolerance, p.chains[3] if measure == "ntr_3" else getattr(p, measure), p.degenerate) for p in points
            ]
            for name, points in curves.chains.items()
        }
    return [
        Curve(name, tuple((t, r.value, r.low, r.high, r.total, end) for t, r, end in points))
        for name, points in named.items()
    ]


def _over_tolerance(view: View) -> None:
    st.subheader("Over the tolerance", anchor=False)
    if view.run.pair_judgments > MOST_JUDGMENTS:
        st.caption("This run is too large to draw while you wait; `audit --tolerance` lists several tolerances.")
        return
    curves = _curves((*view.key[:4], *view.key[5:]), view)
    offered = [name for name in MEASURES if any(point[4] for line in _lines(curves, name) for point in line.points)]
    if not offered:
        st.write("Not enough data to draw.")
        return
    measure = st.segmented_control(
        "Measure", offered, default=offered[0], required=True, key="curve",
        format_func=lambda name: MEASURES[name][0],
    )  # fmt: skip
    lines = _lines(curves, measure)
    figure = tolerance_lines(lines, view.tolerance, MEASURES[measure][1], view.theme)
    words = (
        f"{MEASURES[measure][0]} of {counted(len(lines), 'method')} over tolerances from 0 to 1; the table holds them"
    )
    place = clicked(figure, f"curves_{measure}", words)
    st.caption("Click a point to set the tolerance. Open marks: the method ties on 90 % of pairs or more.")
    if place is not None:
        chosen = [point[0] for line in lines for point in line.points][place]
        remember(tolerance=f"{chosen:g}" if chosen else None)
        st.rerun()
    with st.expander("As a table"):
        rows = [
            {"method": line.name, "tolerance": p[0], "share": percent(p[1]), "of": p[4], "degenerate": p[5]}
            for line in lines
            for p in line.points
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True)


st.title("Methods")
view = bar()
table = _table(view.key, view)
show_comparisons(table, view)
show_conflicts(table, view)
show_ledger(table)
_over_tolerance(view)
with st.popover("How it is computed", type="tertiary"):
    st.write(
        "Emitted score: the number the judge wrote. G-Eval: the sum of score times probability, raw as published, and "
        "divided by the probability seen. Softmax at T = 0.2: weights from the logits of the probabilities (published "
        "code). Expected score: the mean of the renormalised distribution (arXiv 2509.21117, section 4.1). Agreement "
        "of verdicts, lower perplexity and averaged probabilities: section 4.2. A pair counts only if every method can "
        "use it. Intervals: 95 %, from resampling questions."
    )
