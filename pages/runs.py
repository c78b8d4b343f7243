"""Runs: everything stored, and what each judge left unsaid."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._session import judgments, runs
from trustjudge_core.audit import ledger

SHOWN = 50

st.title("Runs")
known = runs()
if not known:
    st.info("No runs are stored yet. Each judge of an imported set becomes one run here.")
    st.page_link("pages/upload.py", label="Upload judgments", icon=":material/upload_file:")
    st.stop()
table = pd.DataFrame(
    [
        {
            "run": run.run_id,
            "judge": run.judge,
            "set": run.set_name + (" (sample)" if run.is_sample else ""),
            "state": run.state,
            "stored": run.created_at.strftime("%d %b %Y %H:%M"),
            "questions": run.questions,
            "responses": run.responses,
            "score judgments": run.score_judgments,
            "pair judgments": run.pair_judgments,
            "failed": run.failed,
            "verdicts of people": run.verdicts,
        }
        for run in known
    ]
)
event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row", key="runs")
rows = event["selection"]["rows"]
if not rows:
    st.caption("Choose a row to open its audit and to see why judgments failed.")
    st.stop()
run = known[rows[0]]
st.page_link(
    "pages/overview.py",
    label=f"Open the audit of run {run.run_id}",
    icon=":material/speed:",
    query_params={"run": str(run.run_id)},
)
stored = judgments(run.run_id)
entries = list(ledger(stored.scores, stored.pairs))
if not entries:
    st.caption("Every judgment of this run gave a usable number.")
else:
    st.subheader("Ledger", anchor=False)
    st.caption("Judgments that gave no usable number, by the reason their source gave.")
    st.dataframe(
        pd.DataFrame([{"kind": e.kind, "reason": e.reason, "judgments": e.count} for e in entries[:SHOWN]]),
        hide_index=True,
    )
