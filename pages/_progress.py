"""A run that asks a judge: how far it is, what failed and why, and what a person can do about it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._session import engine
from pages._words import counted, plain
from trustjudge_core.errors import TrustJudgeError
from trustjudge_core.estimate import duration
from trustjudge_core.services.control_run import cancel_run, pause_run, resume_run, retry_failed
from trustjudge_core.services.list_activity import list_activity
from trustjudge_core.services.run_progress import RunProgress, run_progress

ACTIVE = ("queued", "running")
STATE_ICONS = {
    "draft": ":material/edit_note:",
    "queued": ":material/schedule:",
    "running": ":material/play_arrow:",
    "paused": ":material/pause:",
    "cancelled": ":material/cancel:",
    "failed": ":material/error:",
    "complete": ":material/check_circle:",
}
LINES_OF_LOG = 20
WAITING_IN_WORDS = {"paused": "pausing", "cancelled": "being cancelled"}


@st.fragment(run_every=1.0)
def watched(run_id: int) -> None:
    """The progress of a run that a worker is at, or will be, read anew every second."""
    found = run_progress(engine(), run_id)
    if found.run.state not in ACTIVE:
        st.rerun()  # the whole page: the run has its result now, and nothing needs watching
    shown_progress(found)


def shown_progress(found: RunProgress) -> None:
    """One run: its bar, rate, time left, message and ledger."""
    run = found.run
    words = [f"{run.done:,} of {counted(run.asked, 'judgment')}"]
    if run.failed:
        words.append(f"{run.failed:,} failed")
    if run.state == "running" and run.rate:
        words.append(f"{run.rate:,.1f} a second")
    if found.seconds_left is not None:
        words.append(f"about {duration(found.seconds_left)} left")
    if run.wanted:
        words.append(f"{WAITING_IN_WORDS.get(run.wanted, run.wanted)}, the judgments under way are still stored")
    st.progress(min(1.0, found.share), " · ".join(words))
    if run.state == "queued":
        st.caption("Waiting for a worker. `make run` starts one; by hand: `python -m trustjudge_core worker`.")
    if found.silent is not None:
        st.caption(
            f"Its worker has been silent for {duration(found.silent)}; another worker goes on with it. Nothing is lost."
        )
    if run.message:
        (st.error if run.state == "failed" else st.info)(plain(run.message))


def show_ledger_of(found: RunProgress) -> None:
    """What failed, by reason."""
    rows = [{"kind": e.kind, "reason": e.reason, "judgments": e.count} for e in found.ledger]
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption("A failed judgment gave no usable number. It is counted here and takes part in no ratio.")


def controls(found: RunProgress) -> None:
    """Pause, resume, cancel, ask again: those that fit the state."""
    run = found.run
    offered = []
    if run.state in ACTIVE and not run.wanted:
        offered.append(("Pause", ":material/pause:", pause_run))
    if run.state in ("draft", "paused", "failed", "cancelled") or (run.state == "running" and run.wanted):
        offered.append(("Resume", ":material/play_arrow:", resume_run))
    if run.failed and run.state in ("paused", "failed", "cancelled", "complete"):
        offered.append((f"Ask the {run.failed:,} failed again", ":material/refresh:", retry_failed))
    if run.state in ("draft", *ACTIVE, "paused", "failed"):
        offered.append(("Cancel", ":material/cancel:", cancel_run))
    with st.container(horizontal=True):
        for label, icon, act in offered:
            if st.button(label, icon=icon, key=f"{act.__name__}_{run.run_id}"):
                try:
                    act(engine(), run.run_id)
                except TrustJudgeError as error:  # somebody else was faster
                    st.session_state[f"refused_{run.run_id}"] = str(error)
                st.rerun()
    refused = st.session_state.pop(f"refused_{run.run_id}", None)
    if refused:
        st.warning(plain(refused))


def show_log(found: RunProgress) -> None:
    """What the run asks for and of whom, as it was recorded."""
    run = found.run
    facts = run.judge_facts or {}
    rows = {
        "judge": facts.get("name") or run.judge,
        "revision": facts.get("revision"),
        "device": " ".join(str(facts[name]) for name in ("device", "dtype") if facts.get(name)) or None,
        "created": f"{run.created_at:%d %b %Y %H:%M} UTC",
        "started": f"{run.started_at:%d %b %Y %H:%M} UTC" if run.started_at else None,
        "ended": f"{run.finished_at:%d %b %Y %H:%M} UTC" if run.finished_at else None,
    }
    for name, value in rows.items():
        if value:
            st.text(f"{name}: {value}")
    for reason in facts.get("reasons", ()):
        st.text(f"– {reason}")
    for line in list_activity(engine(), run_id=run.run_id, limit=LINES_OF_LOG):
        reason = f": {line.detail['reason']}" if line.detail.get("reason") else ""
        st.text(f"{line.created_at:%d %b %Y %H:%M} UTC: {line.person} {line.action}{reason}")
    if facts.get("demonstration"):
        st.caption("A demonstration judge: outside the tasks it was trained on its verdicts mean nothing.")
