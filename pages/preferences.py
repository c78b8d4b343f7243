"""Preferences: who wins against whom, in both orders."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import asked, bar, remember
from pages._figures import picked
from pages._ids import joined, named
from pages._pair import show_pair
from pages._session import engine
from pages._texts import shown_text
from pages._words import plain
from trustjudge_core.figures.preferences import relation_matrix
from trustjudge_core.position import position
from trustjudge_core.ranking import copeland, win_counts
from trustjudge_core.records import UNKNOWN
from trustjudge_core.services.read_question import read_question
from trustjudge_core.structure import margin_matrix, question_relations

MOST_IN_A_MATRIX = 30
PAGE = 200

st.title("Preferences")
view = bar(question=True)
table = view.evidence.table
if not len(table):
    st.info("This run has no comparisons. Its scores are on the Scores page.")
    st.page_link("pages/scores.py", label="Scores", icon=":material/bar_chart:")
    st.stop()
assert view.question is not None
index = view.evidence.index
start, stop = int(index.offsets[view.question]), int(index.offsets[view.question + 1])
ids, names = index.response_ids[start:stop], index.names(view.question)
with st.expander("Question"):
    shown_text(read_question(engine(), view.run.run_id, view.question_id).text, "question")
if not table.both_orders:
    st.caption("Every pair was judged in one order only; position cannot be measured.")

relations = question_relations(view.evidence, view.aggregation, view.tolerance, view.question)
margins = margin_matrix(view.evidence, view.aggregation, view.question)
here = np.flatnonzero(table.question == view.question)
i, j = table.i[here] - start, table.j[here] - start
flips = np.zeros(relations.shape, np.bool_)
flips[i, j] = flips[j, i] = position(table).hard_flip[here]
decided = np.zeros(relations.shape, np.bool_)
verdicts = view.evidence.run.verdicts
mine = (verdicts.first >= start) & (verdicts.first < stop)
decided[verdicts.first[mine] - start, verdicts.second[mine] - start] = True
decided |= decided.T
rank = copeland(*win_counts(relations)).rank
order = sorted(range(len(ids)), key=lambda n: (rank[n] == 0, rank[n], n))

value = asked("pair")
pair = named(value, ids, 2) if value else None
if value and not pair:
    st.warning(plain(f"Pair {value[:80]!r} in the address does not exist in this question."))
    remember(pair=None)
left, right = st.columns([1, 1])
with left:
    if len(ids) > MOST_IN_A_MATRIX:
        st.caption(f"{len(ids)} responses are too many for a matrix; choose a pair on the right.")
    else:
        square = np.ix_(order, order)
        figure = relation_matrix(
            [names[n] for n in order], relations[square], margins[square], flips[square], decided[square], view.theme
        )
        event = st.plotly_chart(
            figure,
            key=f"matrix_{view.run.run_id}_{view.question}_{asked('pair')}",
            on_select="rerun",
            selection_mode="points",
            config={"displayModeBar": False},
            theme=None,
            width="content",
            alt=f"Matrix of {len(ids)} responses against each other; the table below holds the same.",
        )
        for point in event["selection"]["points"]:
            row, column = point.get("customdata") or (-1, -1)
            clicked = joined((ids[order[int(row)]], ids[order[int(column)]])) if row >= 0 else None
            if clicked and clicked != asked("pair"):
                remember(pair=clicked)
                st.rerun()
        st.caption(
            "Best on top, so that wins stand to the right of the diagonal and what contradicts the order to its left. "
            "▲ the row wins, ▽ the row loses, = a tie, ? not known. Stronger colour: larger margin. Click a cell."
        )
with right:
    words = {1: "A wins", -1: "B wins", 0: "tie", UNKNOWN: "not known"}
    pages = max(1, -(-len(here) // PAGE))
    number = st.pagination(pages, key=f"page_{view.run.run_id}_{view.question}") if pages > 1 else 1
    st.caption(f"{len(here):,} pairs" + (f", {PAGE} at a time" if pages > 1 else ""))
    window = slice((number - 1) * PAGE, number * PAGE)
    a, b, both = i[window], j[window], table.verdict[here[window]]
    pairs = pd.DataFrame(
        {
            "A": [names[n] for n in a],
            "B": [names[n] for n in b],
            "relation": [words[int(r)] for r in relations[a, b]],
            "margin": margins[a, b],
            "A shown first": [words[int(v)] for v in both[:, 0]],
            "B shown first": [words[int(v)] for v in both[:, 1]],
            "winner changes": np.where(flips[a, b], "yes", "no"),
        }
    )
    margin = {"margin": st.column_config.NumberColumn(format="%.2f")}
    row = picked(pairs, f"pairs_{view.run.run_id}_{view.question}_{number}", column_config=margin)
    if row is not None:
        remember(pair=joined((ids[a[row]], ids[b[row]])))
        st.rerun()
if pair:
    show_pair(view, *pair)
else:
    st.info("Choose a cell or a row to see both orders and both responses.")
with st.popover("How it is computed", type="tertiary"):
    st.write(
        "Averaged probabilities: P(A wins), P(B wins) and P(tie) of both shown orders, renormalised and averaged "
        "(arXiv 2509.21117, section 4.2). Lower perplexity: the order whose text the judge found likelier decides. "
        "Agreement of verdicts: what both orders say, a tie where they differ. The margin is how far the preferred "
        "outcome is ahead of the next one; at or below the tolerance it is a tie."
    )
