"""Streamlit only: read widgets, call a service, draw."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

# Until app.py has called st.navigation once, Streamlit takes a folder named pages for its older kind of
# multipage app and runs a page without app.py when a link leads straight to it. There is no setting for it.
if PagesManager.uses_pages_directory:
    PagesManager.uses_pages_directory = False
    st.rerun()
