"""The steps out of an empty screen."""

from __future__ import annotations

import streamlit as st

from pages._session import engine
from trustjudge_core.services.load_sample import load_sample


def first_steps(nothing_yet: str) -> None:
    """Say what will appear here, offer what makes it appear, and end the page."""
    st.info(nothing_yet)
    with st.container(horizontal=True, vertical_alignment="center"):
        load_sample_button()
        st.page_link("pages/upload.py", label="Upload judgments", icon=":material/upload_file:")
    st.stop()


def load_sample_button() -> None:
    """One click from an empty database to an audit."""
    if st.button("Load the sample", icon=":material/science:", type="primary"):
        with st.spinner("Loading the sample"):
            loaded = load_sample(engine())
        run = {"run": str(loaded.run_ids[0])} if loaded and loaded.run_ids else None
        st.switch_page("pages/overview.py", query_params=run)
