"""What to do next, each a door with a number, and how many verdicts it would take."""

from __future__ import annotations

import streamlit as st

from pages._bar import View
from pages._figures import door
from trustjudge_core.briefing import next_steps
from trustjudge_core.cases import cases_of
from trustjudge_core.settling import Settling, settling
from trustjudge_core.votes import count_votes


@st.cache_resource(max_entries=32, show_spinner="Playing the review through")
def _settling(key: tuple[object, ...], _view: View) -> tuple[Settling | None, bool]:
    """How many verdicts it would take, and whether people have decided every pair already."""
    evidence = _view.evidence
    if _view.aggregation not in evidence.preferences:
        return None, False
    cases = cases_of(evidence, _view.aggregation, _view.tolerance)
    votes = count_votes(cases.table, evidence.run.verdicts, len(cases.index.response_ids))
    all_decided = len(cases) > 0 and bool((votes.sum(axis=1) > 0)[cases.known].all())
    return settling(cases, votes), all_decided


def show_next_steps(view: View) -> None:
    """Nothing where the numbers suggest nothing."""
    expected, all_decided = _settling(view.key, view)
    steps = next_steps(view.audit, view.aggregation, expected, all_decided=all_decided)
    if not steps:
        return
    st.subheader("Next steps", anchor=False)
    for step in steps:
        door(step.page, step.words, **step.view)
    if expected is not None:
        with st.popover("How many pairs it takes: how that is estimated", type="tertiary"):
            st.write(
                "The review is played through in the order of its queue. Few pairs are enough if people follow "
                "one order in every question, that which the judge points to most; more if they tie, side "
                "with the judge only mostly and have views of their own about single responses. Verdicts on record "
                "came out near the upper end, some a third above it. Every verdict narrows the guess. The time is "
                "reading both texts at 238 words a minute and six seconds to decide."
            )
