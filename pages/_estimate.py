"""What a run takes, at once and by rule of thumb: judgments, tokens, time where it was measured, cost."""

from __future__ import annotations

import streamlit as st

from pages._session import Engine, engine
from pages._words import counted
from trustjudge_core.estimate import duration
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan
from trustjudge_core.services.estimate_run import Estimate, Prices, estimate_run
from trustjudge_core.services.make_protocol import Protocol

AS_TEXT = dict.fromkeys((JudgeChoice, Protocol, Plan, Prices), repr)


def show_estimate(set_id: int, judge: JudgeChoice, protocol: Protocol, plan: Plan) -> None:
    """Judgments, tokens, time and cost. Raises what the estimate raises."""
    prices = _ask_prices() if judge.kind == "endpoint" else None
    found = _estimated(engine(), set_id, judge, protocol, plan, prices)
    st.text(
        f"{counted(found.judgments, 'judgment')}: {counted(found.scores, 'score')}, "
        f"{counted(found.pairs, 'comparison')} (each pair in both orders)"
    )
    written = f", at most {found.answer_tokens:,} answer tokens" if found.answer_tokens else ""
    st.text(f"About {found.prompt_tokens:,} prompt tokens{written}")
    if found.seconds is not None and found.rate is not None:
        st.text(f"About {duration(found.seconds)}, at {found.rate:,.1f} judgments a second as in run {found.rate_from}")
    else:
        st.caption("How long it takes is known after the first seconds: nobody has measured this judge yet.")
    if found.cost is not None:
        st.text(f"Costs at most {found.cost:,.2f}, in the currency of the prices")


def _ask_prices() -> Prices | None:
    """What a server charges, if a person says so. Raises UsageError for a price that is none."""
    left, right = st.columns(2)
    prompt = left.number_input("Price of a million prompt tokens", 0.0, value=None, key="price_prompt")
    answer = right.number_input("Price of a million answer tokens", 0.0, value=None, key="price_answer")
    return None if prompt is None and answer is None else Prices(prompt or 0.0, answer or 0.0)


@st.cache_data(max_entries=64, ttl=60, show_spinner="Counting what this takes", hash_funcs=AS_TEXT)
def _estimated(
    _engine: Engine, set_id: int, judge: JudgeChoice, protocol: Protocol, plan: Plan, prices: Prices | None
) -> Estimate:
    """Kept for a minute: prompts of a large set are many, and every click runs the page."""
    return estimate_run(_engine, set_id, judge, protocol, plan, prices)
