"""What the judge itself says a run takes: a worker counts with its tokenizer and looks for prompts it cannot read."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._session import engine
from pages._words import counted, plain
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan
from trustjudge_core.services.control_run import AskedRun
from trustjudge_core.services.estimate_run import Estimate
from trustjudge_core.services.make_protocol import Protocol
from trustjudge_core.services.run_progress import run_progress
from trustjudge_core.services.start_run import start_run


def offer_measuring(set_id: int, judge: JudgeChoice, protocol: Protocol, plan: Plan) -> None:
    """A button that lets a worker measure these choices, and what it found. Nothing is asked of the judge."""
    choices = repr((set_id, judge, protocol.digest, plan))
    pressed = st.button(
        "Check with the judge",
        icon=":material/straighten:",
        help="A worker opens the judge, counts tokens with its own tokenizer and looks for prompts that are longer "
        "than it can read. Nothing is asked yet.",
    )
    if pressed:
        draft = start_run(engine(), set_id, judge, protocol, plan, draft=True)
        st.session_state["measured"] = (choices, draft.run_id)
    known, run_id = st.session_state.get("measured", (None, 0))
    if known != choices:
        return
    run = run_progress(engine(), run_id).run
    if run.state == "draft" and run.estimate is None:
        _wait_for_a_worker(run_id)
    else:
        _show_measured(run)


@st.fragment(run_every=1.0)
def _wait_for_a_worker(run_id: int) -> None:
    run = run_progress(engine(), run_id).run
    if run.state != "draft" or run.estimate is not None:
        st.rerun()  # the whole page: there is something to show now
    st.caption(
        "Waiting for a worker to open the judge. `make run` starts one; by hand: `python -m trustjudge_core worker`."
    )


def _show_measured(run: AskedRun) -> None:
    if run.state == "failed":
        st.error(plain(run.message))
        return
    if run.estimate is None:
        st.caption(f"Run {run.run_id} asks exactly this and is {run.state}.")
        return
    found = Estimate.from_json(run.estimate)
    how = "counted by the judge's tokenizer" if found.counted else "estimated, for a server shows no tokenizer"
    st.text(f"{found.prompt_tokens:,} prompt tokens, {how}")
    if found.too_long_count is None:
        st.caption("How long a prompt this judge can read is not known.")
    elif not found.too_long_count:
        st.text(f"Every prompt fits into the {found.context:,} tokens the judge can read")
    else:
        st.warning(
            f"{counted(found.too_long_count, 'prompt')} of {found.judgments:,} do not fit into the {found.context:,} "
            "tokens the judge can read. They will be failed judgments in the ledger: shorten these responses, or "
            "choose a judge with a longer context."
        )
        rows = [
            {"question": long.question_id, "responses": ", ".join(long.response_ids), "tokens": long.tokens}
            for long in found.too_long
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True)
