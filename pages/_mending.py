"""What would mend a question: the fewest relations to change, the best single change, and what goes in circles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View, remember
from pages._figures import picked
from pages._ids import joined
from pages._words import counted, percent
from trustjudge_core.cheapest_orders import SolverClock
from trustjudge_core.contradictions import chain_words
from trustjudge_core.cycles import cycle_chain, shortest_cycle_through, shortest_cycles
from trustjudge_core.records import UNKNOWN
from trustjudge_core.structure import QuestionStructure, question_structure

SECONDS = 3.0
"""How long the solver may work while a person waits; its gap says how far it came."""
TRIANGLES = 5
CYCLES = 50
SAID = {1: "wins", -1: "loses", 0: "ties", UNKNOWN: "unknown"}


@st.cache_resource(max_entries=32, show_spinner="Looking for the fewest changes")
def _structure(key: tuple[object, ...], question: int, _view: View) -> QuestionStructure:
    return question_structure(
        _view.evidence, _view.aggregation, _view.tolerance, question, SolverClock(SECONDS, SECONDS)
    )


def show_mending(view: View) -> None:
    """The structure of the chosen question; nothing for one without comparisons."""
    assert view.question is not None
    if not (view.evidence.relation(view.aggregation, view.tolerance) != UNKNOWN).any():
        return
    with st.expander("What would mend this question", key="mending", on_change="rerun") as folded:
        if not folded.open:
            return
        found = _structure(view.key, view.question, view)
        start = int(view.evidence.index.offsets[view.question])
        ids = view.evidence.index.response_ids[start : start + len(found.relations)]
        names = view.evidence.index.names(view.question)
        _edits(found, names, ids)
        _best_change(found, names)
        _circles(found, names, ids)


def _edits(found: QuestionStructure, names: tuple[str, ...], ids: tuple[str, ...]) -> None:
    count, gap = int(found.edits.count[0]), int(found.edits.gap[0])
    if not count:
        st.write("Nothing: its relations are those of an order, ties allowed.")
        return
    proven = "proven to be the fewest" if not gap else f"at most {gap} more than the fewest"
    st.write(f"Changing {counted(count, 'relation')} leaves an order, ties allowed ({proven}).")
    order = found.edits.order(0)
    pairs = found.edits.pairs(0, found.relations)
    rows = [
        {"A": names[i], "B": names[j], "now": f"A {SAID[int(found.relations[i, j])]}",
         "in that order": f"A {SAID[int(order[i, j])]}", "margin": found.margins[i, j]}
        for i, j in pairs
    ]  # fmt: skip
    margin = {"margin": st.column_config.NumberColumn(format="%.2f")}
    row = picked(pd.DataFrame(rows), "edited_pairs", column_config=margin)
    if row is not None:
        i, j = pairs[row]
        remember(pair=joined((ids[i], ids[j])), chain=None)
        st.rerun()
    st.caption("A proposal: nothing is changed by it. Choose a row to read the pair.")


def _shortest_cycles(found: QuestionStructure, names: tuple[str, ...], ids: tuple[str, ...]) -> None:
    """Every win that lies on a cycle, with the shortest one through it, the least firm win first."""
    lengths = shortest_cycles(found.relations)
    wins = sorted(np.argwhere(lengths > 0).tolist(), key=lambda win: (lengths[*win], found.margins[*win]))
    if not wins:
        return
    cycles = [cycle_chain(shortest_cycle_through(found.relations, *win), found.margins) for win in wins[:CYCLES]]
    rows = [
        {
            "win": f"{names[winner]} > {names[loser]}", "margin": found.margins[winner, loser],
            "shortest cycle through it": chain_words(chain.links, names),
            "weakest link": f"{names[chain.links[chain.weakest].winner]} > {names[chain.links[chain.weakest].loser]}",
            "its margin": chain.strength,
        }
        for (winner, loser), chain in zip(wins, cycles, strict=False)
    ]  # fmt: skip
    more = f", the {CYCLES} on the shortest are listed" if len(wins) > CYCLES else ""
    st.caption(f"{counted(len(wins), 'win lies', 'wins lie')} on a cycle of wins{more}")
    shown = {name: st.column_config.NumberColumn(format="%.2f") for name in ("margin", "its margin")}
    row = picked(pd.DataFrame(rows), "cycles_of_wins", column_config=shown)
    if row is not None:
        remember(pair=joined((ids[wins[row][0]], ids[wins[row][1]])), chain=None)
        st.rerun()


def _best_change(found: QuestionStructure, names: tuple[str, ...]) -> None:
    best = found.mending.best(0)
    if best is None:
        return
    i, j = best
    fewer = counted(int(found.mending.removed[0, i, j]), "triple")
    st.text(
        f"The one change that removes most: {names[i]} {SAID[int(found.mending.relation[0, i, j])]} against "
        f"{names[j]} instead of {SAID[int(found.relations[i, j])]}; {fewer} fewer."
    )


def _circles(found: QuestionStructure, names: tuple[str, ...], ids: tuple[str, ...]) -> None:
    for group in found.groups:
        st.text(f"Beat each other around cycles of wins: {', '.join(names[n] for n in group)}")
    _shortest_cycles(found, names, ids)
    flow = found.flow
    parts = [("a ranking explains", flow.gradient), ("triangles", flow.curl), ("larger circles", flow.harmonic)]
    said = ", ".join(f"{words} {percent(share)}" for words, share in parts)
    st.text(f"Of the strength of its preferences: {said} (HodgeRank).")
    rows = [
        {"triangle": " > ".join(names[n] for n in (members if curl > 0 else members[::-1])), "curl": abs(float(curl))}
        for members, curl in zip(flow.triangles[:TRIANGLES].tolist(), flow.curls[:TRIANGLES].tolist(), strict=True)
        if abs(curl) > 1e-9
    ]
    if rows:
        st.caption("Triangles that circulate most, in logits")
        st.dataframe(
            pd.DataFrame(rows), hide_index=True, column_config={"curl": st.column_config.NumberColumn(format="%.2f")}
        )
