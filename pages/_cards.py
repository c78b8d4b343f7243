"""The four cards of the overview: each one measure with its interval, a small figure, and doors to what it counts."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from pages._bar import View
from pages._figures import clicked, door, go
from pages._words import (
    AGGREGATION_IN_WORDS,
    METHOD_IN_WORDS,
    basis_text,
    chance_corrected_text,
    counted,
    percent,
    ratio_text,
)
from trustjudge_core.bootstrap import Ratio
from trustjudge_core.briefing import triples_of
from trustjudge_core.contradictions import CONFLICT_KINDS, FAVOURING
from trustjudge_core.figures.overview import chance_bars, split_bar
from trustjudge_core.gate import default_comparison
from trustjudge_core.inconsistencies import KIND_IN_WORDS
from trustjudge_core.settings import LOW_MASS

PATTERNS = {
    "strict_cycle": "A > B > C > A",
    "broken_chain": "A > B > C, yet A = C",
    "contradicted_tie": "A = B = C, yet A > C",
}


def _open(kind: str | None) -> None:
    """The list of what a mark counts; what does not contradict is among the preferences of each question."""
    if kind is None:
        go("preferences")
    go("inconsistencies", kind=kind)


def _number(label: str, ratio: Ratio, unit: str) -> None:
    st.metric(label, percent(ratio.value))
    st.caption(basis_text(ratio, unit))


def scores_card(view: View) -> None:
    """How often the scores and the comparisons disagree, split by who ties."""
    st.subheader("Score against comparison", anchor=False)
    st.caption("Does the response with the higher score also win the comparison?")
    found = default_comparison(view.audit)
    if found is None or not found.ratio.total:
        st.write("Not enough data: it takes scores and comparisons of the same responses.")
        return
    _number("Conflict ratio (CR)", found.ratio, "pairs")
    colours = view.theme
    parts = [
        ("reversal", found.reversal.count, colours.reversal, "x"),
        ("only the scores tie", found.score_tie.count, colours.contradicts, "/"),
        ("only the comparison ties", found.comparison_tie.count, colours.contradicts, "."),
        ("agree", found.ratio.total - found.ratio.count, colours.agrees, ""),
    ]
    words = ", ".join(f"{label}: {count:,}" for label, count, _, _ in parts)
    sure = {0: (found.reversal.low, found.reversal.high), 2: (found.ratio.low, found.ratio.high)}
    part = clicked(split_bar(parts, found.ratio.total, colours, sure), "split", words)
    if part is not None:
        _open((*CONFLICT_KINDS, None)[part])
    decided = Ratio(found.reversal.count, found.both_decide, math.nan, math.nan)
    st.caption(
        f"Reversals name different winners: {ratio_text(found.reversal, 'pairs')}; "
        f"{ratio_text(decided, 'pairs that both decide')}."
    )
    door("inconsistencies", counted(found.reversal.count, "reversal"), kind="reversal")
    door("inconsistencies", f"All {counted(found.ratio.count, 'conflict')}", kind="conflicts")
    with st.popover("How it is computed", type="tertiary"):
        st.write(
            "A pair conflicts when the sign of its score gap differs from what the comparison says, both at the "
            "tolerance. CR = conflicts / pairs (arXiv 2509.21117, section 3.1). A continuous score never ties at "
            "tolerance 0, so CR cannot fall below the tie rate of the comparisons: read the reversals."
        )
        method = dict(METHOD_IN_WORDS)[found.method]  # type: ignore[index]
        st.write(
            f"Scores: {method}, scale {found.scale[0]:g} to {found.scale[1]:g}, reported in points of "
            f"{found.reported_scale[0]:g} to {found.reported_scale[1]:g}. "
            f"Comparisons: {AGGREGATION_IN_WORDS[found.aggregation]}. Intervals: 95 %, from resampling questions."
        )


def transitivity_card(view: View) -> None:
    """How often comparisons contradict each other, beside what chance would give."""
    st.subheader("Transitivity", anchor=False)
    st.caption("Do the comparisons of three responses add up to some order, ties allowed?")
    entries = [t for t in view.audit.transitivity if t.aggregation == view.aggregation]
    triples = triples_of(view.audit, view.aggregation)
    if triples is None or not triples.ratio.total:
        st.write("Not enough data: it takes three responses of a question that were all compared with each other.")
        return
    _number("Inconsistent triples (NTR_3)", triples.ratio, "triples")
    figure = chance_bars(
        [f"NTR_{t.k}" for t in entries],
        [t.ratio.value for t in entries],
        [(t.ratio.low, t.ratio.high) for t in entries],
        [t.chance for t in entries],
        view.theme,
    )
    said = "; ".join(f"NTR_{t.k} {ratio_text(t.ratio, 'groups')}, chance {percent(t.chance)}" for t in entries)
    if clicked(figure, "chance", said) is not None:
        _open("all")
    st.caption(
        f"Tie rate {percent(triples.tie_rate)} of pairs, decisiveness {percent(1 - triples.tie_rate)}. A judge that "
        f"draws lots and ties as often shows {percent(triples.chance)} of triples; one that always ties shows 0 %, "
        "which is no merit."
    )
    if not math.isnan(triples.corrected.value):
        beyond = chance_corrected_text(triples.corrected)
        st.caption(
            f"Corrected for chance {beyond}; here more is better: 100 % is no contradiction, 0 % as many as by lot."
        )
    for kind, pattern in PATTERNS.items():
        words = counted(triples.kinds[kind], KIND_IN_WORDS[kind])
        door("inconsistencies", f"{words} ({pattern})", kind=kind)
    missing = [k for k in (4, 5) if k not in {t.k for t in entries}]
    if missing:
        st.caption(f"NTR_{missing[0]} and beyond take too long to count on a page; the command line counts them.")
    with st.popover("How it is computed", type="tertiary"):
        st.write(
            "NTR_k is the share of groups of k responses, all compared with each other, that hold at least one "
            "triple no ranking with ties can explain (arXiv 2509.21117, section 3.2). Chance: every relation drawn "
            "independently with the same tie rate. Intervals: 95 %, from resampling questions."
        )
        for t in entries:
            st.write(
                f"NTR\\_{t.k}: {ratio_text(t.ratio, f'groups of {t.k}')}, chance {percent(t.chance)}, corrected for "
                f"chance {chance_corrected_text(t.corrected)}."
            )
        st.write("Corrected for chance = 1 − NTR / chance, as Cohen's kappa corrects agreement.")


def position_card(view: View) -> None:
    """What changes when the two responses are shown the other way round."""
    st.subheader("Position", anchor=False)
    st.caption("Does the verdict stay the same when the two responses change places?")
    found = view.audit.position
    if not view.audit.inputs.pairs:
        st.write("Not enough data: this run has no comparisons.")
        return
    if found.order_unknown and not view.audit.inputs.both_orders:
        st.write(f"Cannot be measured: the shown order of {counted(found.order_unknown, 'pair')} is not known.")
        return
    if not view.audit.inputs.both_orders:
        st.write("Cannot be measured: every pair was judged in one order only.")
        return
    if not found.pairs:
        st.write("Not enough data: no pair has a usable verdict in both orders.")
        return
    _number("Winner changes with the order", found.hard_flips, "pairs")
    colours = view.theme
    parts = [
        ("same verdict", found.consistent.count, colours.agrees, ""),
        ("favours the first shown", found.first_favouring.count, colours.contradicts, "/"),
        ("favours the second shown", found.second_favouring.count, colours.reversal, "x"),
    ]
    words = ", ".join(f"{label}: {count:,}" for label, count, _, _ in parts)
    sure = {0: (found.consistent.low, found.consistent.high)}
    part = clicked(split_bar(parts, found.pairs, colours, sure), "position", words)
    if part is not None:
        _open((None, *FAVOURING)[part])
    st.caption(f"Position consistency, the same verdict in both orders: {ratio_text(found.consistent, 'pairs')}.")
    if found.order_unknown:
        st.caption(f"Without {counted(found.order_unknown, 'pair')} of which the shown order is not known.")
    tied = found.pairs - found.consistent.count - found.hard_flips.count
    st.caption(
        f"The others: {found.hard_flips.count:,} change the winner ({found.hard_first:,} name the first shown both "
        f"times, {found.hard_second:,} the second), {tied:,} name a winner in one order and a tie in the other."
    )
    door("inconsistencies", f"{counted(found.hard_flips.count, 'pair')} whose winner changes", kind="flips")
    with st.popover("How it is computed", type="tertiary"):
        st.write(
            "Every pair is judged twice, each response shown first once. Consistent: the same verdict both times. "
            "The winner changes: the two orders name different winners. Going from a win to a tie favours a side too. "
            "Intervals: 95 %, from resampling questions."
        )


def coverage_card(view: View) -> None:
    """What the numbers stand on: judgments that failed, pairs that could be used, mass that leaked."""
    st.subheader("Coverage", anchor=False)
    st.caption("How much of what was asked gave a usable number?")
    seen = view.audit.inputs
    failed = sum(entry.count for entry in view.audit.ledger)
    asked = seen.score_judgments + seen.pair_judgments
    _number("Failed judgments", Ratio(failed, asked, math.nan, math.nan), "judgments")
    if view.audit.ledger:
        rows = [{"kind": e.kind, "reason": e.reason, "judgments": e.count} for e in view.audit.ledger]
        st.dataframe(pd.DataFrame(rows), hide_index=True)
    if seen.pairs:
        compared = Ratio(seen.pairs_compared, seen.pairs, math.nan, math.nan)
        st.caption(f"Compared: {ratio_text(compared, 'pairs')}.")
    if seen.low_mass:
        distributions = sum(len(sheet.mass) for sheet in view.evidence.sheets)
        st.caption(
            f"{seen.low_mass:,} of {distributions:,} score distributions hold less than {100 * LOW_MASS:z.0f} % of the "
            "probability on allowed scores; the rest leaked elsewhere."
        )
    door("runs", "All runs and their ledgers")
    with st.popover("How it is computed", type="tertiary"):
        st.write(
            "A judgment without a usable number stays in the ledger with its reason; it is never counted as a tie or "
            "a zero. A pair is compared when every way of making a preference of its two orders has what it needs, so "
            "that all of them are compared on the same pairs."
        )
