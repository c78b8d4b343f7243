"""The pages of TrustJudge, in the order in which a person meets them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from pages._kept_uploads import KeptUploads
from pages._opened_reports import REPORT
from pages._same_origin import SameOrigin

# A file, because a named icon would be fetched from a font server.
ICON = Path(__file__).parent / ".streamlit" / "icon.png"
LOOK = Path(__file__).parent / ".streamlit" / "look.css"

if __name__ != "__main__":  # the server: `streamlit run app.py` finds `app` here and runs this file for every visitor
    app = st.App(__file__, middleware=[Middleware(SameOrigin), Middleware(KeptUploads)], routes=[REPORT])
    # Until `st.navigation` has run once, Streamlit takes every file in pages/ for a page by itself, and a link that is
    # the first thing a new server is asked for would show it without the pages below on top.
    PagesManager.uses_pages_directory = False
else:
    st.set_page_config(page_title="TrustJudge", page_icon=ICON, layout="wide")
    st.html(LOOK)

    pages = [
        st.Page("pages/start.py", title="Start", icon=":material/home:", default=True),
        st.Page("pages/upload.py", title="Upload", icon=":material/upload_file:"),
        st.Page("pages/judge.py", title="Judge", icon=":material/gavel:"),
        st.Page("pages/runs.py", title="Runs", icon=":material/list:"),
        st.Page("pages/overview.py", title="Overview", icon=":material/speed:"),
        st.Page("pages/scores.py", title="Scores", icon=":material/bar_chart:"),
        st.Page("pages/preferences.py", title="Preferences", icon=":material/compare_arrows:"),
        st.Page("pages/inconsistencies.py", title="Inconsistencies", icon=":material/hub:"),
        st.Page("pages/habits.py", title="Habits", icon=":material/psychology:"),
        st.Page("pages/methods.py", title="Methods", icon=":material/table_chart:"),
        st.Page("pages/ranking.py", title="Ranking", icon=":material/leaderboard:"),
        st.Page("pages/review.py", title="Review", icon=":material/rate_review:"),
        st.Page("pages/compare.py", title="Compare", icon=":material/difference:"),
        st.Page("pages/export.py", title="Export", icon=":material/download:"),
        st.Page("pages/activity.py", title="Activity", icon=":material/history:"),
    ]
    st.navigation(pages, position="top").run()
