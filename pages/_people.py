"""How far people agree with each other and the judge with people. Responses stay unnamed: reviewing goes on."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from pages._review_bar import ReviewView
from pages._session import engine
from pages._words import counted, ratio_text
from trustjudge_core.bootstrap import Estimate
from trustjudge_core.figures.people import reliability
from trustjudge_core.figures.theme import Theme
from trustjudge_core.people import PeopleAgreement
from trustjudge_core.services.compare_people import PeopleAndJudge, compare_people

MOST_LISTED = 200


@st.cache_resource(max_entries=8, show_spinner="Comparing people")
def _compared(key: tuple[object, ...], _view: ReviewView) -> PeopleAndJudge:
    return compare_people(engine(), _view.ground)


def show_people(view: ReviewView) -> None:
    """Folded; computed only when opened."""
    place = st.expander("How far people agree, and the judge with them", key="people", on_change="rerun")
    if not place.open:
        return
    with place:
        key = (*view.key[:2], view.ground.evidence.mode, view.ground.aggregation, view.ground.tolerance)
        found = _compared((*key, view.run.verdict_history), view)
        st.markdown("**People with each other**")
        _among(found.people)
        _disagreements(found)
        st.markdown("**The judge against what most people said**")
        _judge(found, view.theme, probabilities="likelihood" in view.ground.evidence.preferences)


def _with_interval(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return "not enough data"
    return f"{value:z.2f}" + ("" if math.isnan(low) else f" · {low:z.2f} to {high:z.2f}")


def _among(found: PeopleAgreement) -> None:
    if not found.pairs_with_several:
        st.write("Not enough data: no pair was decided by two people. Set more people per case above.")
        return
    alpha = _with_interval(found.alpha, found.alpha_low, found.alpha_high)
    st.write(
        f"Krippendorff's alpha {alpha}, on {counted(found.pairs_with_several, 'pair')} that several decided "
        "(1: always the same, 0: no more alike than by chance)."
    )
    st.write(f"Same verdict: {ratio_text(found.agree, 'couples of verdicts')}.")
    rows = [
        {"one": b.one, "other": b.other, "same verdict": ratio_text(b.agree, "pairs"),
         "Cohen's kappa": _with_interval(b.kappa, b.low, b.high)}
        for b in found.between
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    if found.couples > len(rows):
        st.caption(f"The {len(rows)} of {found.couples:,} couples of people with most pairs in common.")


def _disagreements(found: PeopleAndJudge) -> None:
    seen = found.disagreements
    if not seen:
        return
    st.write(
        f"{counted(len(seen), 'pair')} people see differently, the most divided first. Those without a most frequent "
        "answer are back in the queue; to look at them, show “pairs that people see differently” above."
    )
    rows = [
        {"question": d.question_id, "for one": ", ".join(d.for_a), "tie": ", ".join(d.tie),
         "for the other": ", ".join(d.for_b)}
        for d in seen[:MOST_LISTED]
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    if len(seen) > MOST_LISTED:
        st.caption(f"The first {MOST_LISTED} of {len(seen):,}.")


def _judge(found: PeopleAndJudge, theme: Theme, *, probabilities: bool) -> None:
    if not found.overall.pairs:
        st.write("Not enough data: people decided no pair that the judge has a preference on.")
        return
    parts = {"all": found.overall, **found.by_category}
    rows = [
        {"category": name, "same winner where both decide": ratio_text(a.right, "pairs"),
         "kappa (win, tie, loss)": _with_interval(a.kappa, a.low, a.high), "pairs": a.pairs,
         "people tie": ratio_text(a.people_tie, "pairs")}
        for name, a in parts.items()
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption(
        "On the pairs that people decided. The queue asks first where the judge contradicts itself, so it looks worse "
        "here than over all pairs; to measure it, let the queue come at random."
    )
    _calibration(found, theme, probabilities=probabilities)


def _calibration(found: PeopleAndJudge, theme: Theme, *, probabilities: bool) -> None:
    """Whether the judge's probabilities can be believed, overall and by category."""
    st.markdown("**Can its probabilities be believed?**")
    if not probabilities:
        st.caption("This judge left no probabilities: what it said in each order counts as certain.")
    overall = found.calibration
    if not overall.pairs:
        st.write("Not enough data: people named a winner on no pair on which the judge has a favourite.")
        return
    words = "; ".join(
        f"{b.low:z.2f} to {b.high:z.2f}: people agree in {b.agree.count:,} of {b.agree.total:,} pairs"
        for b in overall.bins if b.agree.total
    )  # fmt: skip
    st.plotly_chart(
        reliability(overall, theme), key="reliability", config={"displayModeBar": False}, theme=None, alt=words
    )
    rows = [
        {"category": name, "calibration error": _estimate(c.error), "Brier score": _estimate(c.brier), "pairs": c.pairs}
        for name, c in {"all": overall, **found.calibration_by_category}.items()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption(
        "Pairs on which people name a winner and the judge has a favourite. Calibration error: how far the share of "
        "favourites that won is from the probability it gave them, on average over five bins. Brier score: mean "
        "squared distance of probability and outcome. With few pairs the error is too high rather than too low. "
        "Intervals: 95 %, from resampling questions."
    )


def _estimate(found: Estimate) -> str:
    return _with_interval(found.value, found.low, found.high)
