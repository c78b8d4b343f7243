"""Start: where to begin, and what is there already."""

from __future__ import annotations

import streamlit as st

from pages._first_steps import load_sample_button
from pages._session import headline, runs
from pages._words import counted, percent
from trustjudge_core.services.list_runs import RunSummary

RECENT = 6


def _sample_door(known: list[RunSummary]) -> None:
    st.subheader("Explore the sample", anchor=False)
    st.write("A small invented audit with conflicts, a strict cycle, a broken chain and order flips to open.")
    stored = next((run for run in known if run.is_sample), None)
    if stored is not None:
        st.page_link(
            "pages/overview.py",
            label="Open the sample audit",
            icon=":material/science:",
            query_params={"run": str(stored.run_id)},
        )
    elif known:
        st.caption("The sample is only loaded into an empty database; this one holds your own sets.")
    else:
        load_sample_button()


def _upload_door() -> None:
    st.subheader("Audit judgments you have", anchor=False)
    st.write("Scores and comparisons that a judge has already made, in its own file formats or a table.")
    st.page_link("pages/upload.py", label="Upload judgments", icon=":material/upload_file:")


def _judge_door() -> None:
    st.subheader("Judge new responses", anchor=False)
    st.write("Upload only responses, pick a judge, and watch it score and compare them.")
    st.page_link("pages/judge.py", label="Pick a judge", icon=":material/gavel:")


def _recent(run: RunSummary) -> None:
    name, numbers = st.columns([3, 2], vertical_alignment="center")
    with name:
        st.text(f"{run.judge} on {run.set_name}{' (sample)' if run.is_sample else ''}")
        st.caption(f"{run.state.capitalize()} · {run.created_at:%d %b %Y}")
        st.page_link(
            "pages/overview.py",
            label="Open the audit",
            icon=":material/speed:",
            query_params={"run": str(run.run_id)},
        )
    if not run.pair_judgments and not run.score_judgments:
        numbers.caption("No judgments yet.")
        return
    if not run.pair_judgments:
        judged, failed = run.score_judgments, run.failed
        numbers.caption(f"{counted(judged - failed, 'usable score')}, no comparisons: see the scores.")
        return
    found = headline(run)
    if found is None:
        numbers.caption(f"{counted(run.pair_judgments, 'comparison')}: the audit has the numbers.")
        return
    side_by_side = numbers.container(horizontal=True)
    for label, ratio, unit in (
        ("Inconsistent triples", found.inconsistent_triples, "triples"),
        ("Winner changes", found.winner_changes, "pairs when swapped"),
    ):
        with side_by_side.container(width=150):
            if ratio.total:
                st.metric(label, percent(ratio.value))
                st.caption(f"{ratio.count:,} of {ratio.total:,} {unit}")
            else:
                st.caption(f"{label}: not enough data (0 {unit})")


st.title("How far can your LLM judge be trusted?")
st.write(
    "TrustJudge takes the judgments an LLM judge has made, shows where the judge contradicts itself, "
    "and opens every contradiction down to the two responses."
)
known = runs()
sample, upload, judge = st.columns(3, border=True)
with sample:
    _sample_door(known)
with upload:
    _upload_door()
with judge:
    _judge_door()
st.subheader("Recent runs", anchor=False)
if not known:
    st.caption("Runs appear here as soon as judgments are stored. Nothing is stored yet.")
for run in known[:RECENT]:
    with st.container(border=True):
        _recent(run)
if len(known) > RECENT:
    st.page_link("pages/runs.py", label=f"All {counted(len(known), 'run')}", icon=":material/list:")
