"""Habits: what a judge does besides judging: favours a place or a length, uses part of a scale, changes its mind."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from pages._bar import View, bar
from pages._words import counted, percent, ratio_text
from trustjudge_core.bootstrap import Estimate
from trustjudge_core.figures.profile import calibration, fairness_dots
from trustjudge_core.judge_profile import JudgeProfile, judge_profile
from trustjudge_core.position_profile import Favouring
from trustjudge_core.repetition import Repetition
from trustjudge_core.settings import AuditSettings

FIGURE = {"displayModeBar": False}


@st.cache_resource(max_entries=16, show_spinner="Measuring the judge's habits")
def _profile(key: tuple[object, ...], _view: View) -> JudgeProfile:
    return judge_profile(_view.evidence, AuditSettings(_view.mode, (_view.tolerance,)))


def _estimated(found: Estimate, digits: int = 2) -> str:
    """`0.12 · 0.05 to 0.20`, or how little data there is."""
    if math.isnan(found.value):
        return "not enough data"
    said = f"{found.value:.{digits}f}"
    return said if math.isnan(found.low) else f"{said} · {found.low:.{digits}f} to {found.high:.{digits}f}"


def _row(name: str, found: Favouring) -> tuple[str, float, float, float, int]:
    return name, found.fairness.value, found.fairness.low, found.fairness.high, found.pairs


def _place(profile: JudgeProfile, view: View) -> None:
    st.subheader("A place", anchor=False)
    st.caption("Does it favour what is shown first, or second?")
    whole = profile.position.whole
    if not whole.pairs:
        st.write("Cannot be measured: no pair was judged in both known orders.")
        return
    st.write(
        f"Of {counted(whole.pairs, 'pair')} {whole.first_favouring:,} favour the first shown and "
        f"{whole.second_favouring:,} the second. Preference fairness {_estimated(whole.fairness)}: 0 is fair, "
        "-1 always the first, 1 always the second."
    )
    if not math.isnan(profile.position.effect.value):
        st.write(f"Being shown first adds {_estimated(profile.position.effect)} to the logit of winning.")
    rows = [_row("all questions", whole), *(_row(n, f) for n, f in profile.position.by_category.items())]
    words = "; ".join(f"{name} {value:+.2f}" for name, value, *_ in rows if not math.isnan(value))
    st.plotly_chart(fairness_dots(rows, view.theme), key="fairness", config=FIGURE, theme=None, alt=words)
    with st.expander("By question"):
        index = view.evidence.index
        table = pd.DataFrame(profile.position.by_question, columns=["pairs", "favour the first", "favour the second"])
        table.insert(0, "question", index.question_ids)
        st.dataframe(table[table["pairs"] > 0], hide_index=True)


def _length(profile: JudgeProfile) -> None:
    st.subheader("A length", anchor=False)
    st.caption("Does the longer response win? That is no bias by itself: it may be better.")
    found = profile.length
    if not found.pairs:
        st.write("Not enough data: the texts of the compared responses were not kept.")
        return
    st.write(f"The longer one wins {ratio_text(found.longer_wins, 'decided pairs')}.")
    st.write(
        f"One standardised unit of length ({found.spread:,.0f} characters) moves the logit of winning by "
        f"{_estimated(found.slope)}, over {counted(found.pairs, 'pair')}."
    )


def _mind(repetitions: tuple[Repetition, Repetition]) -> None:
    st.subheader("Its mind", anchor=False)
    st.caption("Asked the same again, does it say the same?")
    for found in repetitions:
        if found.asked_again:
            st.write(
                f"{found.kind.capitalize()} judgments: {counted(found.asked_again, 'prompt')} asked again, "
                f"{ratio_text(found.stability, 'pairs of answers')} agree."
            )
        else:
            st.write(f"{found.kind.capitalize()} judgments: nothing was asked again.")


def _scale(profile: JudgeProfile) -> None:
    st.subheader("A part of the scale", anchor=False)
    st.caption("How much of the scale does it use, and how sure is it?")
    if not profile.score_use:
        st.write("Not enough data: this run has no usable scores.")
        return
    rows = [
        {
            "scores of": f"{found.criterion}, {found.scale[0]:g} to {found.scale[1]:g}",
            "responses": found.responses,
            "part of the scale used": percent(found.spread),
            "entropy, share of the highest": _estimated(found.entropy),
            "leaked mass": _estimated(found.leaked, 3),
            "read at the first digit": _estimated(found.one_digit, 3),
        }
        for found in profile.score_use
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def _foretold(profile: JudgeProfile, view: View) -> None:
    st.subheader("Scores and comparisons, softly", anchor=False)
    st.caption("Do the score distributions foretell the comparisons, ties and tolerances aside?")
    offered = {
        f"{found.criterion}, {found.scale[0]:g} to {found.scale[1]:g}, by {found.predictor}": found
        for found in profile.soft_conflict
        if found.pairs
    }
    if not offered:
        st.write("Not enough data: it takes score distributions and comparisons of the same responses.")
        return
    found = offered[st.selectbox("Predicted from", list(offered), key="predictor")]
    st.write(
        f"Fidelity loss {_estimated(found.loss, 3)} over {counted(found.pairs, 'pair')} (0: always as predicted, 1: "
        f"surely the opposite); mean distance from the diagonal {found.calibration_error:.3f}."
    )
    points = [
        (b.predicted, b.preference.value, b.preference.low, b.preference.high, b.pairs) for b in found.calibration
    ]
    words = "; ".join(f"predicted {p:.2f}, measured {m:.2f} ({n:,} pairs)" for p, m, _, _, n in points if n)
    st.plotly_chart(calibration(points, view.theme), key="calibration", config=FIGURE, theme=None, alt=words)
    soft = profile.soft_transitivity
    if soft.triples:
        st.write(
            f"Preferences of {counted(soft.triples, 'triple')} deviate by {_estimated(soft.deviation, 3)} "
            "(Jensen-Shannon divergence in nats) from what the other two of each triple imply."
        )


st.title("Habits")
view = bar()
profile = _profile(view.key, view)
left, right = st.columns(2, gap="large")
with left:
    _place(profile, view)
    _length(profile)
    _mind(profile.repetition)
with right:
    _foretold(profile, view)
    _scale(profile)
with st.popover("How it is computed", type="tertiary"):
    st.write(
        "Preference fairness: second favouring minus first favouring, over pairs (after arXiv 2406.07791). Length: "
        "least squares slope of the preference's logit on the standardised length difference, through the origin. "
        "Prediction from scores: exact convolution of the two distributions, or Thurstone's normal model; fidelity "
        "loss = 1 − √(pq) − √((1−p)(1−q)). Intervals: 95 %, from resampling questions."
    )
