"""Scores: the distribution behind every score of a question."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import asked, bar, remember
from pages._figures import clicked, picked
from pages._response import show_response
from pages._session import engine
from pages._texts import shown_text
from pages._words import plain
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
ids, names = index.response_ids[start:stop], index.names(view.question)
judged = [names[r - start] for r in sheet.response[rows]]
expected, mode = scores.expectation(sheet)[rows], scores.mode(sheet)[rows]
emitted, mass = sheet.emitted[rows], sheet.mass[rows]
figure = ridgelines(
    judged, sheet.values[rows], sheet.probs[rows], emitted, mode, expected, mass, sheet.scale, view.theme
)
words = ", ".join(f"{name} {value:z.2f}" for name, value in zip(judged, expected, strict=True))
ridge = clicked(figure, f"ridges_{view.question}_{sheet.criterion}_{sheet.scale}", f"Expected scores: {words}")
low, high = scores.expectation_bounds(sheet)
table = pd.DataFrame(
    {
        "response": judged,
        "emitted": emitted,
        "expectation": expected,
        "mode": mode,
        "median": scores.median(sheet)[rows],
        "standard deviation": np.sqrt(scores.variance(sheet)[rows]),
        "entropy (nats)": scores.entropy(sheet)[rows],
        "share of the highest entropy": scores.entropy_share(sheet)[rows],
        "mass": mass,
        "lowest possible": low[rows],
        "highest possible": high[rows],
        "judgments": sheet.judgments[rows],
        "standard error": scores.standard_error(sheet)[rows],
    }
)
order = np.argsort(-expected, kind="stable")
table = table.iloc[order]
whole = ("response", "emitted", "mode", "median", "judgments")
formats = {name: st.column_config.NumberColumn(format="%.3f") for name in table.columns if name not in whole}
formats["share of the highest entropy"] = st.column_config.NumberColumn(format="percent")
row = None
if len(table):
    row = picked(table.dropna(axis=1, how="all"), f"scores_{view.question}", column_config=formats)
chosen = ridge if ridge is not None else None if row is None else int(order[row])
if chosen is not None:
    remember(response=ids[int(sheet.response[rows[chosen]]) - start])
missing = [name for name in names if name not in set(judged)]
if missing:
    st.caption(f"Without a usable score: {len(missing)} of {len(names)} responses.")
    st.text(", ".join(missing))
leaking = int((mass < LOW_MASS).sum())
if leaking:
    st.caption(
        f"{leaking} of {len(rows)} distributions hold less than {100 * LOW_MASS:z.0f} % of the probability on allowed "
        "scores; the rest leaked elsewhere, so the expectation is only known to lie between the two bounds."
    )
response = asked("response")
if response is not None and response not in ids:
    st.warning(plain(f"Response {response[:80]!r} in the address does not exist in this question."))
    remember(response=None)
elif response is not None:
    show_response(view, response)
else:
    st.info("Choose a mark or a row to read the response and what the judge wrote about it.")
with st.popover("How it is computed", type="tertiary"):
    st.write(
        "Label probabilities p are renormalised; expectation = Σ s p (arXiv 2509.21117, section 4.1). Entropy = "
        "−Σ p ln p, the highest possible is ln K for K scores. Mass is the probability that was seen on allowed scores "
        "before renormalising; lowest and highest possible put all that is missing on one end of the scale. Repeated "
        "answers make an empirical distribution, and the standard error is that of their mean."
    )
