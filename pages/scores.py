"""Scores: the distribution behind every score of a question."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import bar
from pages._session import engine
from pages._texts import shown_text
from trustjudge_core import scores
from trustjudge_core.figures.scores import ridgelines
from trustjudge_core.services.read_question import read_question
from trustjudge_core.settings import LOW_MASS

st.title("Scores")
view = bar(question=True)
sheets = view.evidence.sheets
if not sheets:
    st.info("This run has no usable scores. Its comparisons are on the Preferences page.")
    st.page_link("pages/preferences.py", label="Preferences", icon=":material/compare_arrows:")
    st.stop()
sheet = sheets[0]
if len(sheets) > 1:
    offered = {f"{s.criterion} · {s.scale[0]:g} to {s.scale[1]:g}": s for s in sheets}
    sheet = offered[st.selectbox("Scores of", list(offered))]
assert view.question is not None
index = view.evidence.index
start, stop = int(index.offsets[view.question]), int(index.offsets[view.question + 1])
with st.expander("Question"):
    shown_text(read_question(engine(), view.run.run_id, view.question_id).text, "question")
rows = np.flatnonzero((sheet.response >= start) & (sheet.response < stop))
names = index.names(view.question)
ids = [names[r - start] for r in sheet.response[rows]]
expected, mode = scores.expectation(sheet)[rows], scores.mode(sheet)[rows]
figure = ridgelines(
    ids,
    sheet.values[rows],
    sheet.probs[rows],
    sheet.emitted[rows],
    mode,
    expected,
    sheet.mass[rows],
    sheet.scale,
    view.theme,
)
words = ", ".join(f"{name} {value:.2f}" for name, value in zip(ids, expected, strict=True))
st.plotly_chart(figure, key="ridges", config={"displayModeBar": False}, theme=None, alt=f"Expected scores: {words}")
low, high = scores.expectation_bounds(sheet)
labels = np.maximum((sheet.probs > 0).sum(axis=1), 2)
most = np.log(sheet.scale[1] - sheet.scale[0] + 1) if not sheet.sampled.all() else np.log(labels.max())
entropy = scores.entropy(sheet)[rows]
table = pd.DataFrame(
    {
        "response": ids,
        "emitted": sheet.emitted[rows],
        "mode": mode,
        "median": scores.median(sheet)[rows],
        "expectation": expected,
        "standard deviation": np.sqrt(scores.variance(sheet)[rows]),
        "entropy (nats)": entropy,
        "of the highest possible": entropy / most,
        "mass": sheet.mass[rows],
        "expectation, at least": low[rows],
        "expectation, at most": high[rows],
        "judgments": sheet.judgments[rows],
        "standard error": scores.standard_error(sheet)[rows],
    }
).sort_values("expectation", ascending=False)
numbers = {name: st.column_config.NumberColumn(format="%.3f") for name in table.columns[4:11]}
st.dataframe(table.dropna(axis=1, how="all"), hide_index=True, column_config=numbers)
missing = [names[r - start] for r in range(start, stop) if r not in set(sheet.response[rows].tolist())]
if missing:
    st.caption(f"Without a usable score: {len(missing)} of {stop - start} responses.")
    st.text(", ".join(missing))
leaking = int((sheet.mass[rows] < LOW_MASS).sum())
if leaking:
    st.caption(
        f"{leaking} of {len(rows)} distributions hold less than {LOW_MASS:.0%} of the probability on allowed scores; "
        "the rest leaked elsewhere, so the expectation is only known within the bounds."
    )
with st.popover("How it is computed", type="tertiary"):
    st.write(
        "Label probabilities are renormalised; expectation = Σ s p (arXiv 2509.21117, section 4.1). "
        "Entropy = −Σ p ln p. "
        "Bounds put all missing probability on the lowest or the highest score. Repeated answers make an empirical "
        "distribution, and the standard error is that of their mean."
    )
