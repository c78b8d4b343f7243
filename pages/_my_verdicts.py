"""One's own verdicts: look again, change one's mind, take one back. What was said before stays in the history."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._figures import chosen
from pages._review_bar import ReviewView
from pages._session import engine
from pages._texts import shown_text
from pages._verdict_keys import KEYS, reviewing
from pages._words import counted
from trustjudge_core.errors import TrustJudgeError
from trustjudge_core.review_records import RecordedVerdict
from trustjudge_core.services.list_verdicts import list_verdicts
from trustjudge_core.services.read_question import read_question
from trustjudge_core.services.revise_verdict import revise_verdict
from trustjudge_core.services.withdraw_verdict import withdraw_verdict

MOST_LISTED = 200
SHORT = 90
_WORDS = {verdict: label for label, verdict in KEYS.values()}


def show_my_verdicts(view: ReviewView) -> None:
    """Folded; read only when opened."""
    place = st.expander("Your verdicts: look again or change them", key="my_verdicts", on_change="rerun")
    if not place.open:
        return
    with place:
        mine = list_verdicts(engine(), view.ground.set_id, person=view.person, only_standing=True)
        mine = [verdict for verdict in reversed(mine) if verdict.first is not None]
        if not mine:
            st.caption("Your verdicts about pairs appear here.")
            return
        st.caption(f"{counted(len(mine), 'verdict')}, the newest first; choose one to look at it again.")
        chosen = _choose(view, mine[:MOST_LISTED])
        if chosen is not None:
            _look_again(view, chosen)


def _choose(view: ReviewView, mine: list[RecordedVerdict]) -> RecordedVerdict | None:
    questions = {v.question_id: read_question(engine(), view.run.run_id, v.question_id).text or "–" for v in mine}
    table = pd.DataFrame(
        {
            "when (UTC)": [verdict.created_at.replace(tzinfo=None) for verdict in mine],
            "question": [" ".join(questions[verdict.question_id].split())[:SHORT] for verdict in mine],
            "you said": [_WORDS[verdict.verdict] for verdict in mine],
            "note": [verdict.note or "" for verdict in mine],
        }
    )
    place = chosen(table, f"mine_{mine[0].verdict_id}")
    return None if place is None else mine[place]


def _look_again(view: ReviewView, verdict: RecordedVerdict) -> None:
    question = read_question(engine(), view.run.run_id, verdict.question_id)
    texts = {response.response_id: response.text for response in question.responses}
    shown_text(question.text, f"again_question_{verdict.verdict_id}")
    for cell, name, key in zip(
        st.columns(2, border=True), ("First", "Second"), (verdict.first, verdict.second), strict=True
    ):
        with cell:
            st.caption(f"**{name}**")
            shown_text(texts.get(key or ""), f"again_{name}_{verdict.verdict_id}")
    said = st.segmented_control(
        "Your verdict", list(KEYS), format_func=lambda key: KEYS[key][0], key=f"again_said_{verdict.verdict_id}",
        default=next(key for key, (_, known) in KEYS.items() if known == verdict.verdict), required=True,
    )  # fmt: skip
    with st.container(horizontal=True):
        st.button("Change it", on_click=_change, args=(view, verdict, KEYS[said or "4"][1]), type="primary")
        st.button("Take it back", on_click=_withdraw, args=(view, verdict))


def _change(view: ReviewView, verdict: RecordedVerdict, said: str | None) -> None:
    state = reviewing()
    try:
        done = revise_verdict(engine(), verdict.verdict_id, view.run.run_id, view.person, said, note=verdict.note)  # type: ignore[arg-type]
    except TrustJudgeError as error:
        state.error = str(error)
        return
    state.error, state.progress = None, None
    state.said = "Your verdict is changed." if done.new else "That is what you had said; nothing changed."


def _withdraw(view: ReviewView, verdict: RecordedVerdict) -> None:
    state = reviewing()
    try:
        withdraw_verdict(engine(), verdict.verdict_id, view.person)
    except TrustJudgeError as error:
        state.error = str(error)
        return
    state.error, state.progress = None, None
    state.said = "Your verdict is taken back; the pair is open again."
