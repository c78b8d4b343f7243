"""Judge: pick a judge, see exactly what it will be asked and what that takes, and start."""

from __future__ import annotations

import streamlit as st

from pages._estimate import show_estimate
from pages._first_steps import first_steps
from pages._judge_choices import choose_judge, choose_kind, choose_plan, choose_protocol
from pages._measure import offer_measuring
from pages._session import engine
from pages._words import counted, plain
from trustjudge_core.errors import TrustJudgeError
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan
from trustjudge_core.services.list_sets import SetSummary, list_sets
from trustjudge_core.services.make_protocol import Protocol
from trustjudge_core.services.preview_prompt import Prompt, preview_prompt
from trustjudge_core.services.start_run import start_run

MOST_LABELS_SHOWN = 12


def _choose_set(sets: list[SetSummary]) -> SetSummary:
    by_id = {str(found.set_id): found for found in sets}
    asked = st.query_params.get("set")
    if asked is not None and asked not in by_id:
        st.warning(f"Response set {plain(asked[:40])} in the address does not exist here. Showing another.")
    st.session_state.setdefault("judged_set", asked if asked in by_id else next(iter(by_id)))
    picked = st.selectbox(
        "Response set",
        list(by_id),
        key="judged_set",
        format_func=lambda set_id: f"{by_id[set_id].name} · {counted(by_id[set_id].questions, 'question')}",
    )
    st.query_params["set"] = picked
    return by_id[picked]


def _show_prompt(about: str, prompt: Prompt | None) -> None:
    st.text(about)
    if prompt is None:
        st.caption("No question of this set has two responses with texts to compare.")
        return
    for turn in prompt.chat:
        st.caption(turn["role"].capitalize())
        lines = turn["content"].count("\n") + len(turn["content"]) // 70
        with st.container(height=min(420, 90 + 24 * lines)):
            st.text(turn["content"])
    labels = list(prompt.labels)
    if len(labels) > MOST_LABELS_SHOWN:
        labels = [*labels[:3], "…", labels[-1]]
    st.caption("The verdict is read here")
    st.text(f"{prompt.prefix.strip()}{' | '.join(labels)}{prompt.suffix}")


def _start(chosen: SetSummary, judge: JudgeChoice | None, protocol: Protocol, plan: Plan) -> None:
    st.subheader("What it takes", anchor=False)
    if judge is None:
        st.caption("Name the model to see what the run takes and to start it.")
        return
    try:
        show_estimate(chosen.set_id, judge, protocol, plan)
    except TrustJudgeError as error:
        st.error(plain(str(error)))
        return
    offer_measuring(chosen.set_id, judge, protocol, plan)
    if st.button("Start", type="primary", icon=":material/play_arrow:"):
        started = start_run(engine(), chosen.set_id, judge, protocol, plan)
        st.session_state["started_run"] = started.run_id
        st.switch_page("pages/runs.py")


st.title("Judge")
sets = list_sets(engine())
if not sets:
    first_steps("A judge needs responses to judge. Upload questions with their responses, or load the sample.")
left, right = st.columns([1, 1], gap="large")
judge: JudgeChoice | None = None
problem = None
with left:
    chosen = _choose_set(sets)
    try:
        kind = choose_kind()
        judge = choose_judge(kind, chosen.set_id)
        protocol = choose_protocol(kind)
        plan = choose_plan()
    except TrustJudgeError as error:
        problem = str(error)
with right:
    if problem is not None:
        st.error(plain(problem))
        st.stop()
    st.subheader("What it will read", anchor=False)
    try:
        preview = preview_prompt(engine(), chosen.set_id, protocol)
    except TrustJudgeError as error:
        st.error(plain(str(error)))
        st.stop()
    pair, score = st.tabs(["First comparison", "First score"])
    with pair:
        _show_prompt(f"Question {preview.question_id}, two of its responses", preview.pair)
    with score:
        _show_prompt(f"Question {preview.question_id}, one of its responses", preview.score)
    _start(chosen, judge, protocol, plan)
