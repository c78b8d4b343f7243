"""Runs: every judge over every response set, how far it is, and what failed and why."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._first_steps import first_steps
from pages._progress import ACTIVE, STATE_ICONS, controls, show_ledger_of, show_log, shown_progress, watched
from pages._session import engine, judgments, runs
from pages._words import counted
from trustjudge_core.audit import ledger
from trustjudge_core.services.list_runs import RunSummary
from trustjudge_core.services.run_progress import run_progress

RUNS_ON_A_PAGE = 20


def _show(run: RunSummary) -> None:
    name, state, counts, door = st.columns([4, 1.4, 3.4, 1.4], vertical_alignment="center")
    with name:
        st.text(run.judge)
        st.text(f"on {run.set_name}{' (the sample that comes with TrustJudge)' if run.is_sample else ''}")
    state.caption(f"{STATE_ICONS[run.state]} {run.state.capitalize()}  \n{run.created_at:%d %b %Y}")
    counts.caption(
        f"{counted(run.questions, 'question')}, {counted(run.responses, 'response')}  \n"
        f"{counted(run.score_judgments, 'score')}, {counted(run.pair_judgments, 'comparison')}, "
        f"{counted(run.verdicts, 'verdict')} of people"
    )
    if run.score_judgments or run.pair_judgments:
        door.page_link(
            "pages/overview.py", label="Overview", icon=":material/speed:", query_params={"run": str(run.run_id)}
        )
    if run.asked is not None:
        _show_asked(run)
    elif run.failed:
        judged = run.score_judgments + run.pair_judgments
        reasons = st.expander(
            f"{run.failed:,} of {counted(judged, 'judgment')} failed: why", key=f"why_{run.run_id}", on_change="rerun"
        )
        if reasons.open:  # only then, the judgments of every run would be a lot to read
            _show_ledger(run, reasons)
    else:
        st.caption("No failed judgments.")


def _show_asked(run: RunSummary) -> None:
    """A run that asks a judge itself."""
    found = run_progress(engine(), run.run_id)
    if run.state in ACTIVE:
        watched(run.run_id)
    else:
        shown_progress(found)
    controls(found)
    if found.ledger:
        failed = st.expander(
            f"{found.run.failed:,} of {counted(found.run.done, 'judgment')} failed: why", key=f"why_{run.run_id}"
        )
        with failed:
            show_ledger_of(found)
    with st.expander("Judge and times", key=f"log_{run.run_id}"):
        show_log(found)


def _show_ledger(run: RunSummary, place: st.delta_generator.DeltaGenerator) -> None:
    stored = judgments(run.run_id)
    rows = [{"kind": e.kind, "reason": e.reason, "judgments": e.count} for e in ledger(stored.scores, stored.pairs)]
    place.dataframe(pd.DataFrame(rows), hide_index=True)
    place.caption("A failed judgment gave no usable number. It is counted here and takes part in no ratio.")


st.title("Runs")
known = runs()
if not known:
    first_steps("A run is one judge over one response set. Runs appear here as soon as judgments are stored.")
started = st.session_state.pop("started_run", None)
if started is not None:
    st.success(f"Run {started} is started. You may leave this page: a worker goes on with it.")
# What is under way first: that is what a person came to look at.
known.sort(key=lambda run: run.state not in ACTIVE)
pages = -(-len(known) // RUNS_ON_A_PAGE)
st.caption(f"{counted(len(known), 'run')}, those under way first, then the newest response set")
page = st.pagination(pages, key="runs_page") if pages > 1 else 1
for shown in known[(page - 1) * RUNS_ON_A_PAGE : page * RUNS_ON_A_PAGE]:
    with st.container(border=True):
        _show(shown)
