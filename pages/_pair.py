"""The evidence about one pair: both responses, both orders, what the judge wrote."""

from __future__ import annotations

import math

import streamlit as st

from pages._bar import View
from pages._session import engine
from pages._texts import shown_text
from trustjudge_core.errors import NotFound
from trustjudge_core.figures.preferences import OrderBar, pair_bars
from trustjudge_core.records import PairJudgment, Response, ScoreJudgment
from trustjudge_core.services.read_pair import PairEvidence, read_pair


def show_pair(view: View, a_id: str, b_id: str) -> None:
    """Everything recorded about a pair of the chosen question; says so where the pair does not exist."""
    try:
        evidence = read_pair(engine(), view.run.run_id, view.question_id, a_id, b_id)
    except NotFound as error:
        st.warning("This pair does not exist here.")
        st.text(str(error))
        return
    _orders(view, evidence)
    left, right = st.columns(2, border=True)
    for cell, name, response, scores in (
        (left, "A", evidence.a, evidence.scores_a),
        (right, "B", evidence.b, evidence.scores_b),
    ):
        with cell:
            _response(name, response, scores)
    _said(evidence)


def _title(response: Response) -> str:
    named = response.system if response.system and response.system not in response.response_id else None
    return response.response_id + (f" ({named})" if named else "")


def _response(name: str, response: Response, scores: tuple[ScoreJudgment, ...]) -> None:
    st.caption(f"Response {name}")
    st.text(_title(response))
    shown_text(response.text, f"{name}_{response.response_id}")
    emitted = [s for s in scores if s.emitted is not None]
    if emitted:
        numbers = ", ".join(f"{s.emitted:g}" for s in emitted[:20])
        low, high = emitted[0].scale
        st.caption(f"Emitted score on {low:g} to {high:g}: {numbers}")


def _orders(view: View, evidence: PairEvidence) -> None:
    a, b = evidence.a.response_id, evidence.b.response_id
    bars = []
    for judgment in evidence.orders:
        if judgment.order_known:
            label = "A shown first" if judgment.first == a else "B shown first"
        else:
            label = "shown order unknown"
        if judgment.probs is None and judgment.failure is None:
            label += " (verdict only)"
        bars.append(OrderBar(label, _shares(judgment, a), judgment.failure or ""))
    index = view.evidence.index
    start = int(index.offsets[view.question or 0])
    ids = index.response_ids[start : int(index.offsets[(view.question or 0) + 1])]
    i, j = start + ids.index(a), start + ids.index(b)
    low, high = min(i, j), max(i, j)
    table, preference = view.evidence.table, view.evidence.preference(view.aggregation)
    rows = ((table.i == low) & (table.j == high)).nonzero()[0]
    said = "This pair was not compared."
    if rows.size:
        row = int(rows[0])
        relation = int(view.evidence.relation(view.aggregation, view.tolerance)[row])
        relation = relation if i == low or relation == -128 else -relation
        probs = preference.probs[row]
        if math.isfinite(probs.sum()) and probs.sum() > 0:
            first, second, tie = (float(p) / float(probs.sum()) for p in probs)
            bars.append(OrderBar("both orders", (first, tie, second) if i == low else (second, tie, first)))
        lead = float(preference.lead[row])
        outcome = {1: "A wins", -1: "B wins", 0: "tie"}.get(relation, "no preference: an order is missing or failed")
        said = f"Relation: {outcome}" + (f", margin {lead:.3f}" if math.isfinite(lead) else "")
        verdicts = table.verdict[row].tolist()
        if table.both_orders and -128 not in verdicts and verdicts[0] * verdicts[1] == -1:
            said += ". The judge names a different winner when the order is swapped"
    st.write(f"{said}.".replace("..", "."))
    figure = pair_bars("A", "B", bars, view.theme)
    st.plotly_chart(figure, key=f"bars_{a}_{b}", config={"displayModeBar": False}, theme=None, alt=said)


def _shares(judgment: PairJudgment, a: str) -> tuple[float, float, float] | None:
    """(a wins, tie, b wins) as observed; a verdict without probabilities counts fully; None when it failed."""
    if judgment.failure is not None:
        return None
    if judgment.probs is not None:
        first, second, tie = judgment.probs
    else:
        first, second, tie = (float(judgment.verdict == name) for name in ("first", "second", "tie"))
    return (first, tie, second) if judgment.first == a else (second, tie, first)


def _said(evidence: PairEvidence) -> None:
    a = evidence.a.response_id
    with st.expander("What the judge wrote", expanded=any(j.text for j in evidence.orders)):
        if not evidence.orders:
            st.caption("Nothing is recorded about this pair.")
        for number, judgment in enumerate(evidence.orders):
            order = "A shown first" if judgment.first == a else "B shown first"
            winner = {"first": "the first shown", "second": "the second shown", "tie": "tie"}.get(
                judgment.verdict or ""
            )
            st.caption(f"{order} · verdict: {winner or 'none'}" + (" · failed:" if judgment.failure else ""))
            if judgment.failure:
                st.text(judgment.failure)
            if judgment.text:
                shown_text(judgment.text, f"said_{number}_{a}_{evidence.b.response_id}")
            else:
                st.caption("Its words were not recorded.")
    people = [v for v in evidence.verdicts if v.verdict is not None]
    if people:
        with st.expander(f"What people decided ({len(people)})"):
            for verdict in people:
                better = {"first": verdict.first, "second": verdict.second}.get(verdict.verdict or "", "tie")
                st.text(f"{verdict.annotator}: {'tie' if better == 'tie' else f'{better} is better'}")
