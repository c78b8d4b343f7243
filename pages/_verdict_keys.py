"""The keys along the bottom of a case, and what a press of each does: once, on the case that was on the screen."""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st

from pages._focus import Field, lead
from pages._review_bar import ReviewView
from pages._session import engine
from trustjudge_core.errors import NotFound, TrustJudgeError
from trustjudge_core.records import Shown
from trustjudge_core.review_records import RecordedVerdict
from trustjudge_core.services.next_case import Choice, next_case
from trustjudge_core.services.next_response import next_response
from trustjudge_core.services.review_progress import Progress, review_progress
from trustjudge_core.services.show_case import ShownCase
from trustjudge_core.services.store_verdict import store_score, store_verdict
from trustjudge_core.services.undo_verdict import undo_verdict

HASTY = 0.4
"""Seconds. A verdict that comes sooner after its case is a key held down or hit twice: nobody reads that fast."""

KEYS: dict[str, tuple[str, Shown | None]] = {
    "1": ("First is better", "first"),
    "2": ("Second is better", "second"),
    "3": ("Tie", "tie"),
    "4": ("Cannot tell", None),
}


@dataclass
class Reviewing:
    """What one session is in the middle of."""

    key: tuple[object, ...] = ()
    case: ShownCase | None = None
    shown_at: float = 0.0
    drawn: str | None = None  # token of the case whose time is running
    progress: Progress | None = None
    last: RecordedVerdict | None = None
    noting: bool = False
    error: str | None = None
    said: str | None = None
    came_from: str | None = None  # question of a pair that was picked on another page
    opened: Field | None = None  # the field that the keyboard is led into when the page is drawn


def reviewing() -> Reviewing:
    """The state of this session."""
    state: Reviewing = st.session_state.setdefault("reviewing", Reviewing())
    return state


def case_on_screen(view: ReviewView) -> ShownCase | None:
    """The case to decide now: the one being looked at, else the next. None when nothing is open."""
    state = reviewing()
    if state.key != view.key:
        state.key, state.case, state.progress = view.key, None, None
    _settle(view, state)
    if state.case is None:
        if view.scoring:
            _show(state, next_response(engine(), view.ground, view.person))
        else:
            _show(state, next_case(engine(), view.ground, view.person, view.choice))
    if state.progress is None:
        state.progress = review_progress(engine(), view.ground, view.person)
    return state.case


def settle(run_id: int, question_id: str, a_id: str, b_id: str) -> None:
    """Open the review with one pair picked by hand. It travels in the session: ids in an address would unblind it."""
    st.session_state["settle"] = (run_id, question_id, a_id, b_id)
    st.switch_page("pages/review.py")


def _settle(view: ReviewView, state: Reviewing) -> None:
    wanted = st.session_state.pop("settle", None)
    if wanted is None or wanted[0] != view.run.run_id:
        return
    case = next_case(engine(), view.ground, view.person, Choice(pairs=(wanted[1:],)))
    state.came_from = wanted[1]
    if case is None:
        state.said = "That pair is decided already, by you or by enough others. Here is the next one."
    else:
        _show(state, case)


def _show(state: Reviewing, case: ShownCase | None) -> None:
    state.case, state.shown_at, state.noting, state.progress = case, time.monotonic(), False, None


def marking() -> bool:
    """Whether this session wants the words marked that only one of two texts has."""
    return bool(st.session_state.get("marking", False))


def _mark() -> None:
    st.session_state["marking"] = not marking()


def show_keys(view: ReviewView, case: ShownCase, *, differs: bool) -> None:
    """The buttons, each with its key. They belong to one case: a press that comes late cannot reach the next one.

    ``differs``: there are differences between the two texts to mark.
    """
    state = reviewing()
    if state.noting:
        with st.container(key="note"):
            st.text_area(
                "Note", key=f"note_{case.token}", max_chars=10_000, height=90,
                placeholder="Kept with the verdict that you give next. Tab leaves the note.",
            )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        if case.presentation.response_id is not None:
            _score_keys(view, case)
        else:
            for key, (label, verdict) in KEYS.items():
                st.button(
                    label,
                    key=f"decide_{key}_{case.token}",
                    shortcut=key,
                    type="secondary" if verdict is None else "primary",
                    on_click=_decide,
                    args=(view, case.token, verdict),
                )
            if differs:
                st.button(
                    "Unmark differences" if marking() else "Mark differences",
                    key=f"mark_{case.token}", shortcut="D", on_click=_mark,
                )  # fmt: skip
        st.button("Undo", key=f"undo_{case.token}", shortcut="U", on_click=undo, args=(view,))
        st.button("Note", key=f"noting_{case.token}", shortcut="N", on_click=_note)
    new = state.drawn != case.token
    if new:  # the time that the page took to get here is not the person's
        state.drawn, state.shown_at = case.token, time.monotonic()
    opened, state.opened = state.opened, None
    lead("score" if new and case.presentation.response_id is not None else opened, to_top=new)


def _score_keys(view: ReviewView, case: ShownCase) -> None:
    low, high = view.scale
    with (
        st.container(key="score", width="content"),
        st.form(f"score_{case.token}", border=False, width="content"),  # Enter in the field stores
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.number_input(
            f"Score, {low:g} to {high:g}", low, high, value=None, step=1.0, format="%g", width=160,
            key=f"scored_{case.token}", placeholder="then Enter",
        )  # fmt: skip
        st.form_submit_button("Store score", type="primary", on_click=_score_typed, args=(view, case.token))
    # X and not 4, which is a score. Tab leaves the field.
    st.button("Cannot tell", key=f"unsure_{case.token}", shortcut="X", on_click=_score, args=(view, case.token, None))


def _note() -> None:
    state = reviewing()
    state.noting = not state.noting
    state.opened = "note" if state.noting else None


def _seconds(state: Reviewing, token: str) -> float | None:
    """Since the case came up; None for one that is no longer on the screen."""
    return time.monotonic() - state.shown_at if state.case and state.case.token == token else None


def _decide(view: ReviewView, token: str, verdict: Shown | None) -> None:
    state = reviewing()
    seconds = _seconds(state, token)
    if seconds is not None and seconds < HASTY:
        state.said = "That came sooner than anybody reads, so it was not stored. Press again if it was meant."
        return
    note = st.session_state.get(f"note_{token}")
    try:
        stored = store_verdict(engine(), token, view.person, verdict, seconds=seconds, note=note)
    except TrustJudgeError as error:
        _refused(state, error)
        return
    _stored(state, token, stored.verdict, new=stored.new)
    if not stored.new and stored.verdict.verdict != verdict:  # another tab was first
        standing = next(label for label, known in KEYS.values() if known == stored.verdict.verdict)
        state.said = f"You had decided that pair already: {standing.lower()}. That stands; Undo takes your newest back."


def _score_typed(view: ReviewView, token: str) -> None:
    score = st.session_state.get(f"scored_{token}")
    if score is None:
        reviewing().said = "There is no score yet: type one, then press Enter."
        reviewing().opened = "score"
        return
    _score(view, token, score)


def _score(view: ReviewView, token: str, score: float | None) -> None:
    state = reviewing()
    note = st.session_state.get(f"note_{token}")
    try:
        stored = store_score(engine(), token, view.person, score, view.scale, seconds=_seconds(state, token), note=note)
    except TrustJudgeError as error:
        _refused(state, error)
        return
    _stored(state, token, stored.verdict, new=stored.new)


def _stored(state: Reviewing, token: str, verdict: RecordedVerdict, *, new: bool) -> None:
    state.error = state.said = None
    if new:
        state.last = verdict
    if state.case is not None and state.case.token == token:
        state.case = None


def _refused(state: Reviewing, error: TrustJudgeError) -> None:
    state.error = str(error)
    if isinstance(error, NotFound):
        state.case = None  # the case is gone; any other refusal leaves it to be decided


def undo(view: ReviewView) -> None:
    """Take the newest verdict back and show its case again."""
    state = reviewing()
    state.error = state.said = None
    try:
        case = undo_verdict(engine(), view.ground, view.person)
    except TrustJudgeError as error:
        _refused(state, error)
        return
    if case is None:
        state.said = "There is nothing to undo."
        return
    _show(state, case)
    state.last = None
    about = "Decide this pair" if case.presentation.response_id is None else "Score this response"
    state.said = f"Your last verdict is taken back. {about} again."
