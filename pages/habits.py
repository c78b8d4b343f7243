"""Habits: what a judge does besides judging: favours a place or a length, uses part of a scale, changes its mind."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View, bar
from pages._figures import clicked, go, picked
from pages._foretold import show_foretold
from pages._words import counted, estimate_text, percent, plain, ratio_text
from trustjudge_core.figures.profile import fairness_dots
from trustjudge_core.judge_profile import JudgeProfile, judge_profile
from trustjudge_core.position_profile import Favouring
from trustjudge_core.repetition import Repetition
from trustjudge_core.settings import AuditSettings


@st.cache_resource(max_entries=16, show_spinner="Measuring the judge's habits")
def _profile(key: tuple[object, ...], _view: View) -> JudgeProfile:
    return judge_profile(_view.evidence, AuditSettings(_view.mode, (_view.tolerance,)))


def _row(name: str, found: Favouring) -> tuple[str, float, float, float, int]:
    return name, found.fairness.value, found.fairness.low, found.fairness.high, found.pairs


def _place(profile: JudgeProfile, view: View) -> None:
    st.subheader("Place shown", anchor=False)
    st.caption("Does it favour what is shown first, or second?")
    whole = profile.position.whole
    if not whole.pairs:
        st.write("Cannot be measured: no pair was judged in both known orders.")
        return
    st.write(
        f"Of {counted(whole.pairs, 'pair')} {whole.first_favouring:,} favour the first shown and "
        f"{whole.second_favouring:,} the second. Preference fairness {estimate_text(whole.fairness)}: 0 is fair, "
        "-1 always the first, 1 always the second."
    )
    if not math.isnan(profile.position.effect.value):
        st.write(
            f"Being shown first adds {estimate_text(profile.position.effect)} to the log-odds of winning "
            "(0: the place does not matter)."
        )
    rows = [_row("all questions", whole), *(_row(n, f) for n, f in profile.position.by_category.items())]
    words = "; ".join(f"{name} {value:+z.2f}" for name, value, *_ in rows if not math.isnan(value))
    place = clicked(fairness_dots(rows, view.theme), "fairness", words)
    if place is not None:
        _, fairness, *_ = rows[place]
        kind = "favours_second" if fairness > 0 else "favours_first"
        go("inconsistencies", kind=kind, category=view.category if place == 0 else rows[place][0])
    with st.expander("By question"):
        index = view.evidence.index
        table = pd.DataFrame(profile.position.by_question, columns=["pairs", "favour the first", "favour the second"])
        table.insert(0, "question", index.question_ids)
        row = picked(table[table["pairs"] > 0], "fairness_by_question")
        if row is not None:
            go("preferences", question=index.question_ids[int(np.flatnonzero(table["pairs"] > 0)[row])])


def _length(profile: JudgeProfile, view: View) -> None:
    st.subheader("Length", anchor=False)
    st.caption("Does the longer response win? That is no bias by itself: it may be better.")
    found = profile.length
    if not found.pairs:
        kept = view.evidence.index.lengths is not None and np.isfinite(view.evidence.index.lengths).any()
        none = "no pair has a usable comparison" if kept else "the texts of the compared responses were not kept"
        st.write(f"Not enough data: {none}.")
        return
    st.write(f"The longer one wins {ratio_text(found.longer_wins, 'decided pairs')}.")
    st.write(
        f"With {found.spread:,.0f} characters more, which is how far apart the lengths of a pair typically are, the "
        f"log-odds of winning rise by {estimate_text(found.slope)} (0: length does not matter), over "
        f"{counted(found.pairs, 'pair')}."
    )


def _mind(repetitions: tuple[Repetition, Repetition]) -> None:
    st.subheader("Asked again", anchor=False)
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
    st.subheader("Use of the scale", anchor=False)
    st.caption("How much of the scale does it use, and how sure is it?")
    if not profile.score_use:
        st.write("Not enough data: this run has no usable scores.")
        return
    for found in profile.score_use:
        st.markdown(f"**{plain(found.criterion)}**, {found.scale[0]:g} to {found.scale[1]:g}")
        rows = {
            "responses": f"{found.responses:,}",
            "part of the scale used": percent(found.spread),
            "entropy, share of the highest": estimate_text(found.entropy),
            "leaked mass": estimate_text(found.leaked, 3),
            "read at the first digit": estimate_text(found.one_digit, 3),
        }
        st.dataframe(pd.DataFrame(rows.items(), columns=["measure", "this judge"]), hide_index=True)


st.title("Habits")
view = bar()
profile = _profile(view.key, view)
left, right = st.columns(2, gap="large")
with left:
    _place(profile, view)
    _length(profile, view)
    _mind(profile.repetition)
with right:
    show_foretold(profile, view)
    _scale(profile)
with st.popover("How it is computed", type="tertiary"):
    st.write(
        "Preference fairness: second favouring minus first favouring, over pairs (after arXiv 2406.07791). Length: "
        "least squares slope of the preference's logit on the standardised length difference, through the origin. "
        "Prediction from scores: exact convolution of the two distributions, or Thurstone's normal model; fidelity "
        "loss = 1 − √(pq) − √((1−p)(1−q)). Part of the scale used: from the 5th to the 95th percentile of expected "
        "scores. Entropy: 0 where all probability is on one label, 1 where it is spread evenly. Leaked mass: "
        "probability outside the allowed labels. Intervals: 95 %, from resampling questions."
    )
