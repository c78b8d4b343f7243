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
from trustjudge_core.methods import SCORE_METHOD_IN_WORDS, AggregationRow, ConflictRow, MethodTable


def _said(ratio: Ratio, unit: str) -> str:
    return ratio_text(ratio, unit) if ratio.total else "–"


def _of_pairs(ratio: Ratio) -> str:
    """`2.4 % · 53 of 2,206 · 1.6 to 3.3`, where the column says that it is about pairs."""
    return ratio_text(ratio, "").replace("  · ", " · ") if ratio.total else "–"


def _named(row: ConflictRow) -> str:
    """`expectation, 1 to 10`: a method with the scale it reads, as the figure says it."""
    return f"{SCORE_METHOD_IN_WORDS[row.method]}, {row.scale[0]:g} to {row.scale[1]:g}"


def show_comparisons(table: MethodTable, view: View) -> None:
    """Tie rate, NTR beside chance and accuracy of every way to make preferences."""
    st.subheader("Ways to make preferences of comparisons", anchor=False)
    if not table.aggregations:
        st.write("Not enough data: this run has no usable comparisons.")
        return
    _chances(table, view)
    # Methods side by side: three columns at most, so that nothing has to be scrolled to on a wide screen.
    columns = {AGGREGATION_IN_WORDS[found.aggregation]: _measures(found) for found in table.aggregations}
    _side_by_side(pd.DataFrame(columns).rename_axis("measure").reset_index())
    st.caption(
        f"Shares with what they count and 95 % intervals, all on the same {table.compared:,} of {table.pairs:,} pairs. "
        "Chance: a judge that draws lots with the same tie rate; corrected: 1 − NTR / chance, 100 % without a "
        "contradiction, 0 % as by chance. A low NTR beside a high tie rate only says that little was decided."
    )


def _measures(found: AggregationRow) -> dict[str, str]:
    """Every measure of one way to make preferences, in words."""
    said = {"tie rate": _said(found.ties, "pairs")}
    for k, chain in found.chains.items():
        said[f"NTR_{k}"] = _said(chain.ratio, "triples" if k == 3 else f"groups of {k}")
        said[f"NTR_{k} by chance"] = percent(chain.chance)
        said[f"NTR_{k} corrected for chance"] = chance_corrected_text(chain.corrected)
    if found.accuracy_gold.total:
        said["accuracy against gold"] = _said(found.accuracy_gold, "pairs")
    if found.accuracy_people.total:
        said["accuracy against people"] = _said(found.accuracy_people, "pairs")
    return said


def _side_by_side(table: pd.DataFrame) -> None:
    """A table whose first column stays in sight when it is scrolled."""
    first = {table.columns[0]: st.column_config.Column(pinned=True)}
    st.dataframe(table, hide_index=True, height="content", column_config=first)


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
            "method": _named(found),
            "CR": _of_pairs(found.conflicts),
            "reversals": _of_pairs(found.reversal),
            "only scores tie": _of_pairs(found.score_tie),
            "only comparison ties": _of_pairs(found.comparison_tie),
            "scores tie": _of_pairs(own.ties),
        }
        if own.accuracy_gold.total:
            row["accuracy against gold"] = _of_pairs(own.accuracy_gold)
        if own.accuracy_people.total:
            row["accuracy against people"] = _of_pairs(own.accuracy_people)
        rows.append(row)
    _splits(against, view)
    _side_by_side(pd.DataFrame(rows))
    st.caption(
        f"Shares of pairs with 95 % intervals, against comparisons by {AGGREGATION_IN_WORDS[view.aggregation]}, "
        f"tolerance {view.tolerance:g}. Reversals, score ties and comparison ties add up to CR. No method is marked "
        "as best: look whether the intervals part."
    )


def _splits(against: list[ConflictRow], view: View) -> None:
    """What the conflicts of every score method are made of; a part opens its pairs."""
    names = [_named(row) for row in against]
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
