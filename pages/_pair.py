"""The evidence about one pair: both responses, both orders, what the judge wrote."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from pages._bar import View
from pages._figures import draw
from pages._response import number_of, show_text_and_scores
from pages._session import engine
from pages._texts import shown_text
from pages._verdict_keys import settle
from trustjudge_core.errors import NotFound
from trustjudge_core.figures.preferences import OrderBar, pair_bars
from trustjudge_core.records import UNKNOWN, PairJudgment, Verdict
from trustjudge_core.services.read_pair import PairEvidence, read_pair

WHOLE = 0.995
"""A bar is called whole from here on: less would be seen."""

WINNERS = {1: "A wins", -1: "B wins", 0: "tie"}


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
            st.caption(f"Response {name}")
            show_text_and_scores(view, response, scores, name)
    _said_by_the_judge(evidence)
    _said_by_people([verdict for verdict in evidence.verdicts if verdict.verdict is not None])
    if evidence.orders and st.button("Settle this pair", icon=":material/rate_review:"):
        settle(view.run.run_id, view.question_id, a_id, b_id)


def _order(judgment: PairJudgment, a: str) -> str:
    if not judgment.order_known:
        return "shown order unknown"
    return "A shown first" if judgment.first == a else "B shown first"


def _orders(view: View, evidence: PairEvidence) -> None:
    """Both orders as bars, with what they come to."""
    a = evidence.a.response_id
    asked = sorted(evidence.orders, key=lambda judgment: judgment.first != a)
    bars, times = [], dict.fromkeys((_order(judgment, a) for judgment in asked), 0)
    for judgment in asked:
        label = _order(judgment, a)
        times[label] += 1
        again = f" ({times[label]})" if times[label] > 1 else ""
        bars.append(OrderBar(label + again, _shares(judgment, a), judgment.failure or ""))
    i, j = number_of(view, a), number_of(view, evidence.b.response_id)
    table = view.evidence.table
    rows = np.flatnonzero((table.i == min(i, j)) & (table.j == max(i, j)))
    said = "This pair was not compared"
    if rows.size:
        said, both = _relation(view, int(rows[0]), 1 if i < j else -1)
        bars += [both] if both else []
    st.write(f"{said}.")
    draw(pair_bars("A", "B", bars, view.theme), f"bars_{a}_{evidence.b.response_id}", said)
    if any(judgment.probs is None and judgment.failure is None for judgment in asked):
        st.caption("Verdicts without probabilities are drawn as certain.")
    if any(bar.shares is not None and sum(bar.shares) < WHOLE for bar in bars):
        st.caption("What a bar lacks to 1 leaked to answers that were not allowed; both orders together leave it out.")


def _relation(view: View, row: int, side: int) -> tuple[str, OrderBar | None]:
    """What the orders of a row of the pair table come to, for A as its i (side 1) or its j (side -1)."""
    preference = view.evidence.preference(view.aggregation)
    relation = int(view.evidence.relation(view.aggregation, view.tolerance)[row])
    outcome = "no preference: an order is missing or failed" if relation == UNKNOWN else WINNERS[side * relation]
    lead = float(preference.lead[row])
    said = f"Relation: {outcome}" + (f", margin {lead:z.3f}" if math.isfinite(lead) else "")
    shown_i, shown_j = (int(verdict) for verdict in view.evidence.table.verdict[row])
    if view.evidence.table.both_orders and shown_i * shown_j == -1:
        said += ". The judge names a different winner when the order is swapped"
    total = float(preference.probs[row].sum())
    if not math.isfinite(total) or total <= 0:
        return said, None
    wins_i, wins_j, tie = (float(p) / total for p in preference.probs[row])
    return said, OrderBar("both orders", (wins_i, tie, wins_j) if side == 1 else (wins_j, tie, wins_i))


def _shares(judgment: PairJudgment, a: str) -> tuple[float, float, float] | None:
    """(a wins, tie, b wins) as observed; a verdict without probabilities counts fully; None when it failed."""
    if judgment.failure is not None:
        return None
    if judgment.probs is not None:
        first, second, tie = judgment.probs
    else:
        first, second, tie = (float(judgment.verdict == name) for name in ("first", "second", "tie"))
    return (first, tie, second) if judgment.first == a else (second, tie, first)


def _said_by_the_judge(evidence: PairEvidence) -> None:
    a = evidence.a.response_id
    with st.expander("What the judge wrote", expanded=any(judgment.text for judgment in evidence.orders)):
        if not evidence.orders:
            st.caption("It was not asked about this pair.")
        for number, judgment in enumerate(evidence.orders):
            shown = {"first": "the first shown", "second": "the second shown", "tie": "tie"}
            parts = [_order(judgment, a), f"verdict: {shown.get(judgment.verdict or '', 'none')}"]
            if judgment.cumulative_logprob is not None and judgment.token_count:
                parts.append(f"perplexity {math.exp(-judgment.cumulative_logprob / judgment.token_count):z.3f}")
            st.caption(" · ".join(parts))
            if judgment.failure:
                st.text(f"Failed: {judgment.failure}")
            if judgment.text:
                shown_text(judgment.text, f"said_{number}_{a}_{evidence.b.response_id}")
            else:
                st.caption("Its words were not recorded.")


def _said_by_people(verdicts: list[Verdict]) -> None:
    if not verdicts:
        return
    with st.expander(f"What people decided ({len(verdicts)})"):
        for verdict in verdicts:
            better = {"first": verdict.first, "second": verdict.second}.get(verdict.verdict or "")
            st.text(f"{verdict.annotator}: {'tie' if better is None else f'{better} is better'}")
