"""Start: where to begin, and what is there already."""

from __future__ import annotations

import streamlit as st

from pages._session import audited, engine, runs
from pages._words import percent
from trustjudge_core.services.load_sample import load_sample

RECENT = 6

st.title("How far can your LLM judge be trusted?")
st.write(
    "TrustJudge takes the judgments an LLM judge has made, shows where the judge contradicts itself, "
    "and opens every contradiction down to the two responses."
)

known = runs()
sample, upload = st.columns(2, border=True)
with sample:
    st.subheader("Explore the sample", anchor=False)
    st.write("A small audit written for this purpose: conflicts, a strict cycle, a broken chain and order flips.")
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
    elif st.button("Load the sample", icon=":material/science:", type="primary"):
        load_sample(engine())
        st.rerun()
with upload:
    st.subheader("Audit judgments you have", anchor=False)
    st.write("Scores and comparisons a judge has already made, in its own file formats or a table.")
    st.page_link("pages/upload.py", label="Upload judgments", icon=":material/upload_file:")

st.subheader("Recent runs", anchor=False)
if not known:
    st.caption("Runs appear here as soon as judgments are stored. Nothing is stored yet.")
for run in known[:RECENT]:
    _, audit = audited(run.run_id, "corrected", 0.0, None)
    triples = next((t for t in audit.transitivity if t.aggregation == audit.default_aggregation and t.k == 3), None)
    with st.container(border=True):
        name, state, cycles, flips = st.columns([4, 1.5, 2, 2], vertical_alignment="center")
        with name:
            st.page_link("pages/overview.py", label="Open", query_params={"run": str(run.run_id)})
            st.text(f"{run.judge} on {run.set_name}{' (sample)' if run.is_sample else ''}")
        state.caption(f"{run.state} · {run.created_at:%d %b %Y}")
        cycles.metric("Inconsistent triples", percent(triples.ratio.value if triples else float("nan")))
        flips.metric("Winner changes with order", percent(audit.position.hard_flips.value))
if len(known) > RECENT:
    st.page_link("pages/runs.py", label=f"All {len(known):,} runs", icon=":material/list:")
