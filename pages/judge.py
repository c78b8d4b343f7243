"""Judge: pick a judge, see exactly what it will be asked and what that takes, and start."""

from __future__ import annotations

import streamlit as st

from pages._first_steps import first_steps
from pages._judge_choices import choose_judge, choose_kind, choose_plan, choose_protocol
from pages._session import engine
from pages._words import counted, plain
from trustjudge_core.errors import TrustJudgeError
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan
from trustjudge_core.services.estimate_run import estimate_run
from trustjudge_core.services.list_sets import SetSummary, list_sets
from trustjudge_core.services.make_protocol import Protocol
from trustjudge_core.services.preview_prompt import PromptPreview, preview_prompt
from trustjudge_core.services.start_run import start_run


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


def _show_prompt(shown: PromptPreview | None, nothing: str) -> None:
    if shown is None:
        st.caption(nothing)
        return
    st.text(shown.about)
    for role, text in shown.turns:
        st.caption(role.capitalize())
        with st.container(height=min(420, 90 + 24 * (text.count("\n") + len(text) // 70)), border=True):
            st.text(text)
    st.caption("The verdict is read here")
    st.text(shown.verdict)


def _start(chosen: SetSummary, judge: JudgeChoice | None, protocol: Protocol, plan: Plan) -> None:
    st.subheader("What it takes", anchor=False)
    try:
        found = estimate_run(engine(), chosen.set_id, judge, protocol, plan)
    except TrustJudgeError as error:
        st.error(plain(str(error)))
        return
    for line in found.in_words():
        st.text(line)
    if judge is None:
        st.caption("Name the model on the left to start.")
    if st.button("Start", type="primary", icon=":material/play_arrow:", disabled=judge is None) and judge:
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
        judge = choose_judge(kind)
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
        _show_prompt(preview.pair, "No question of this set has two responses to compare.")
    with score:
        _show_prompt(preview.score, "Nothing to score.")
    _start(chosen, judge, protocol, plan)
