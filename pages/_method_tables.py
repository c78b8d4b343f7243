"""Tables of methods side by side: what each makes of the same pairs, with the same denominators."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._bar import View
from pages._contradiction_filters import scores_key
from pages._figures import clicked, go
from pages._words import AGGREGATION_IN_WORDS, chance_corrected_text, counted, percent, ratio_text
from trustjudge_core.bootstrap import Ratio
from trustjudge_core.contradictions import CONFLICT_KINDS
from trustjudge_core.figures.overview import chance_bars
from trustjudge_core.figures.splits import Split, split_bars
from trustjudge_core.methods import ConflictRow, MethodTable

METHOD_IN_WORDS = {
    "baseline": "emitted score",
    "geval": "G-Eval, raw sum",
    "geval_renormalised": "G-Eval, renormalised",
    "softmax_weighted": "softmax at T = 0.2",
    "expectation": "expectation",
}


def _said(ratio: Ratio, unit: str) -> str:
    return ratio_text(ratio, unit) if ratio.total else "–"


def show_comparisons(table: MethodTable, view: View) -> None:
    """Tie rate, NTR beside chance and accuracy of every way to make preferences."""
    st.subheader("Ways to make preferences of comparisons", anchor=False)
    if not table.aggregations:
        st.write("Not enough data: this run has no usable comparisons.")
        return
    rows = []
    for found in table.aggregations:
        row = {"method": AGGREGATION_IN_WORDS[found.aggregation], "tie rate": _said(found.ties, "pairs")}
        for k, chain in found.chains.items():
            row[f"NTR_{k}"] = _said(chain.ratio, "triples" if k == 3 else f"groups of {k}")
            row[f"chance {k}"] = percent(chain.chance)
            row[f"NTR_{k} corrected"] = chance_corrected_text(chain.corrected)
        if found.accuracy_gold.total:
            row["accuracy, gold"] = _said(found.accuracy_gold, "pairs")
        if found.accuracy_people.total:
            row["accuracy, people"] = _said(found.accuracy_people, "pairs")
        rows.append(row)
    _chances(table, view)
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption(
        f"All on the same {table.compared:,} of {table.pairs:,} pairs. Chance: a judge that draws lots with the same "
        "tie rate; corrected: 1 − NTR / chance, 100 % without a contradiction, 0 % as by chance. A low NTR beside a "
        "high tie rate only says that little was decided."
    )


def show_conflicts(table: MethodTable, view: View) -> None:
    """The conflict ratio with its split, of every way to read scores."""
    st.subheader("Ways to read scores", anchor=False)
    against = [row for row in table.conflicts if row.aggregation == view.aggregation]
    if not against:
        st.write("Not enough data: it takes scores and comparisons of the same responses.")
        return
    by = {(row.method, row.criterion, row.scale): row for row in table.scores}
    rows = []
    for found in against:
        own = by[found.method, found.criterion, found.scale]
        row = {
            "method": METHOD_IN_WORDS[found.method],
            "scale": f"{found.scale[0]:g} to {found.scale[1]:g}",
            "CR": _said(found.conflicts, "pairs"),
            "reversals": percent(found.reversal.value),
            "only scores tie": percent(found.score_tie.value),
            "only comparison ties": percent(found.comparison_tie.value),
            "scores tie": percent(own.ties.value),
        }
        if own.accuracy_gold.total:
            row["accuracy, gold"] = _said(own.accuracy_gold, "pairs")
        if own.accuracy_people.total:
            row["accuracy, people"] = _said(own.accuracy_people, "pairs")
        rows.append(row)
    _splits(against, view)
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption(
        f"Against comparisons by {AGGREGATION_IN_WORDS[view.aggregation]}, tolerance {view.tolerance:g}. Reversals, "
        "score ties and comparison ties add up to CR. No method is marked as best: look whether the intervals part."
    )


def _splits(against: list[ConflictRow], view: View) -> None:
    """What the conflicts of every score method are made of; a part opens its pairs."""
    names = [f"{METHOD_IN_WORDS[row.method]}, {row.scale[0]:g} to {row.scale[1]:g}" for row in against]
    splits = [
        Split(name, row.conflicts, (row.reversal, row.score_tie, row.comparison_tie))
        for name, row in zip(names, against, strict=True)
    ]
    words = "; ".join(f"{name} {percent(row.conflicts.value)}" for name, row in zip(names, against, strict=True))
    place = clicked(split_bars(splits, view.theme), "splits", f"Conflict ratio by method: {words}")
    if place is not None:
        row = against[place // 3]
        scores = scores_key(row.method, row.criterion, row.scale)
        go("inconsistencies", kind=CONFLICT_KINDS[place % 3], scores=scores)


def _chances(table: MethodTable, view: View) -> None:
    """NTR_k of every aggregation against what chance would give it; a mark opens its triples."""
    marks = [(found.aggregation, k, chain) for found in table.aggregations for k, chain in found.chains.items()]
    labels = [f"NTR_{k}, {AGGREGATION_IN_WORDS[name]}" for name, k, _ in marks]
    figure = chance_bars(
        labels,
        [chain.ratio.value for _, _, chain in marks],
        [(chain.ratio.low, chain.ratio.high) for _, _, chain in marks],
        [chain.chance for _, _, chain in marks],
        view.theme,
    )
    said = "; ".join(
        f"{label} {percent(chain.ratio.value)}" for label, (_, _, chain) in zip(labels, marks, strict=True)
    )
    place = clicked(figure, "chances", said)
    if place is not None:
        go("inconsistencies", by=marks[place][0], kind="all")


def show_ledger(table: MethodTable) -> None:
    """Which method cannot use which pairs, and why."""
    if not table.ledger:
        st.caption("Every method can use every pair.")
        return
    with st.expander(f"Ledger: {counted(len(table.ledger), 'reason')} why pairs are missing or a method is left out"):
        rows = [
            {"method": loss.method, "reason": loss.reason, "pairs": loss.pairs,
             "effect": "the method is left out" if loss.left_out else "these pairs count for no method"}
            for loss in table.ledger
        ]  # fmt: skip
        st.dataframe(pd.DataFrame(rows), hide_index=True)
