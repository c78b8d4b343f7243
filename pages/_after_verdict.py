"""What a person learns after deciding: how far they are, what it resolved, and on request what the judge had said."""

from __future__ import annotations

import math
import os

import streamlit as st

from pages._bar import address
from pages._review_bar import ReviewView
from pages._session import engine
from pages._texts import shown_text
from pages._verdict_keys import Reviewing, undo
from pages._words import counted, plain
from trustjudge_core.case_reason import case_reason, untouched_queue
from trustjudge_core.errors import NotFound
from trustjudge_core.estimate import duration
from trustjudge_core.records import PairJudgment
from trustjudge_core.review import Queue
from trustjudge_core.review_records import RecordedVerdict
from trustjudge_core.services.next_response import scored_responses
from trustjudge_core.services.read_pair import read_pair
from trustjudge_core.services.review_progress import Progress

SAID = {"first": "your first is better", "second": "your second is better", "tie": "tie"}


def show_progress(state: Reviewing) -> None:
    """One line: where the review stands and what the last verdict did."""
    found = state.progress
    assert found is not None
    parts = [
        f"{found.mine:,} seen by you",
        f"{found.settled:,} of {counted(found.cases, 'pair')} settled",
        _left(found),
    ]
    if state.last is not None and state.last.first is not None:
        parts.insert(0, resolved(found))
    st.caption(" · ".join(parts))


def show_scored(view: ReviewView) -> None:
    """One line while responses are scored one at a time: how many are."""
    scored, responses = scored_responses(engine(), view.ground, view.person), len(view.ground.cases.index.response_ids)
    st.caption(
        f"{scored:,} of {counted(responses, 'response')} scored by you. Scores are kept in your history "
        "and in the bundle; verdicts about pairs move rankings, scores do not."
    )


def _left(found: Progress) -> str:
    """People contradict themselves too: there can be more than the judge alone had."""
    if found.inconsistent > found.inconsistent_before:
        return f"{counted(found.inconsistent, 'inconsistent triple')} now, {found.inconsistent_before:,} before"
    if not found.inconsistent_before:
        return "no inconsistent triples"
    return f"{found.inconsistent:,} of {counted(found.inconsistent_before, 'inconsistent triple')} left"


def resolved(found: Progress) -> str:
    """What the newest verdict did to the contradictions."""
    change = found.last_resolved
    if not change:
        return "**Stored.** It resolved no inconsistent triple"
    if change > 0:
        return f"**Stored.** It resolved {counted(change, 'inconsistent triple')}"
    return f"**Stored.** It opened {counted(-change, 'inconsistent triple')}"


def show_outlook(found: Progress) -> None:
    """Whether going on pays."""
    ahead = found.outlook
    if not ahead.verdicts:
        return
    if not found.inconsistent and not found.inconsistent_before:
        st.caption(
            "Among these comparisons no three contradict each other, so verdicts resolve nothing; they show where the "
            "judge is wrong."
        )
        return
    pace = found.pace if math.isfinite(found.pace) else 1.0
    took = duration(60.0 * ahead.minutes * pace)
    gain = f"the next {counted(ahead.verdicts, 'verdict')} (about {took}) can be expected to resolve " + counted(
        round(ahead.triples), "inconsistent triple"
    )
    if not ahead.stop:
        st.caption(f"Going on pays: {gain}.")
        return
    st.info(
        f"You may stop here: {gain}, and no system to move by more than an eighth of its 95 % interval. Further "
        "verdicts hardly change the ranking.",
        icon=":material/flag:",
    )


def show_finished(view: ReviewView, state: Reviewing) -> None:
    """Nothing is open for this person: what was gained, and where to go."""
    found = state.progress
    assert found is not None
    if view.scoring:
        st.success("You have scored every response.", icon=":material/check:")
    elif found.open_for_me:
        st.success("You have decided every pair that you asked for. Others are open.", icon=":material/check:")
    else:
        st.success("Nothing is open for you any more.", icon=":material/check:")
    gained = found.inconsistent_before - found.inconsistent
    st.write(
        f"You looked at {counted(found.mine, 'pair')}; people settled {found.settled:,} of {found.cases:,}. "
        + (
            f"That removed {gained:,} of {counted(found.inconsistent_before, 'inconsistent triple')}; "
            f"{found.inconsistent:,} left."
            if gained >= 0
            else f"There are {_left(found)}."
        )
    )
    if found.disagreements:
        st.write(
            f"{counted(found.disagreements, 'pair')} people see differently, {found.split:,} of them without a most "
            "frequent answer: choose them above to look again."
        )
    with st.container(horizontal=True):
        st.page_link("pages/ranking.py", label="The ranking", icon=":material/leaderboard:", query_params=address())
        st.page_link("pages/export.py", label="Export", icon=":material/download:", query_params=address())
        st.button("Undo", key="undo_finished", shortcut="U", on_click=undo, args=(view,))


def show_last(view: ReviewView, last: RecordedVerdict) -> None:
    """On request: why the decided pair came up and what the judge had said about it. Names stay hidden."""
    if last.first is None or last.second is None:
        return
    asked = st.expander("Why that pair, and what the judge had said", key=f"why_{last.verdict_id}", on_change="rerun")
    if not asked.open:
        return
    with asked:
        try:
            evidence = read_pair(engine(), view.run.run_id, last.question_id, last.first, last.second)
        except NotFound as error:
            st.warning(plain(str(error)))
            return
        _show_reason(view, last.question_id, last.first, last.second)
        st.write(f"You said: {SAID.get(last.verdict or '', 'cannot tell').removeprefix('your ')}.")
        if not evidence.orders:
            st.caption("The judge was not asked about this pair.")
        for number, judgment in enumerate(evidence.orders):
            st.write(_said(judgment, last.first))
            if judgment.text:
                shown_text(judgment.text, f"why_{last.verdict_id}_{number}")


def _said(judgment: PairJudgment, first: str) -> str:
    """A pair judgment with the sides as the person saw them."""
    same = judgment.first == first
    order = "shown them as you were" if same else "shown them the other way round"
    if not judgment.order_known:
        order = "shown them in an order that is not known"
    if judgment.failure is not None:
        return f"The judge, {order}: no usable answer."
    turned = {"first": "second", "second": "first", "tie": "tie"}
    verdict = judgment.verdict or ""
    said = SAID.get(verdict if same else turned.get(verdict, ""), "no verdict")
    if judgment.probs is None:
        return f"The judge, {order}: {said}."
    one, two, tie = judgment.probs
    one, two = (one, two) if same else (two, one)
    shares = f"your first {100 * one:z.0f} %, your second {100 * two:z.0f} %, tie {100 * tie:z.0f} %"
    return f"The judge, {order}: {said} ({shares})."


def _show_reason(view: ReviewView, question_id: str, a_id: str, b_id: str) -> None:
    ground = view.ground
    try:
        case = ground.case_number(question_id, a_id, b_id)
    except NotFound:
        return
    key = (os.environ.get("DATABASE_URL"), ground.run_id, ground.evidence.mode, ground.aggregation, ground.tolerance)
    reason = case_reason(ground.cases, _untouched(key, view), case)
    expected = f"to resolve {reason.expected:z.1f} of them" if reason.expected > 0 else "to resolve none"
    st.write(
        f"By the judge alone this pair sat in {counted(reason.triples, 'inconsistent triple')}. A verdict was expected "
        f"{expected} in {duration(reason.seconds)}: place {reason.place:,} of {reason.cases:,} by gain per minute, "
        "before anybody had decided anything."
    )


@st.cache_resource(max_entries=4)
def _untouched(key: tuple[object, ...], _view: ReviewView) -> Queue:
    return untouched_queue(_view.ground.cases)
