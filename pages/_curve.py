"""What the verdicts have resolved so far, and what as many again are expected to: folded, drawn when opened."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages._figures import draw
from pages._review_bar import ReviewView
from pages._session import engine
from pages._words import counted
from trustjudge_core.figures.review import Curve, curves
from trustjudge_core.services.review_curve import review_curve
from trustjudge_core.services.review_progress import Progress


def show_curve(view: ReviewView, found: Progress | None) -> None:
    """Inconsistent triples left by verdicts given, with the outlook as a dashed line."""
    place = st.expander("What verdicts have resolved", key="curve", on_change="rerun")
    if not place.open or found is None:
        return
    with place:
        points = np.array(review_curve(engine(), view.ground), np.int64)
        given, left = points[-1].tolist()
        lines = [Curve("so far", points[:, 0], points[:, 1])]
        if found.outlook.verdicts:
            ahead = np.array([given, given + found.outlook.verdicts])
            lines.append(Curve("expected", ahead, np.array([left, round(max(0.0, left - found.outlook.triples))])))
        said = f"{counted(given, 'verdict')}: {points[0, 1]:,} inconsistent triples before, {left:,} now"
        draw(curves(lines, view.theme), "review_curve", said)
        st.caption(f"{said}. Of each person the newest verdict about a pair counts. Dashed: what is expected next.")
        with st.popover("The same as a table", type="tertiary"):
            st.dataframe(pd.DataFrame(points, columns=["verdicts", "inconsistent triples left"]), hide_index=True)
