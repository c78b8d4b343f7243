"""Compare: two or more runs over one response set, or one run read in two ways: what differs, how surely, and where."""

from __future__ import annotations

import streamlit as st

from pages._differences import show_against, show_disagreements
from pages._first_steps import first_steps
from pages._session import engine, runs, version
from pages._words import AGGREGATION_IN_WORDS, counted, plain
from trustjudge_core.compare import Comparison
from trustjudge_core.errors import TrustJudgeError
from trustjudge_core.records import SetIndex
from trustjudge_core.services.compare_runs import Reading, compare_runs
from trustjudge_core.services.list_runs import RunSummary
from trustjudge_core.settings import AGGREGATIONS, MODES

DEFAULT = "what the run supports"


@st.cache_resource(max_entries=8, show_spinner="Comparing on the same pairs")
def _compared(key: tuple[object, ...], readings: tuple[Reading, ...]) -> tuple[SetIndex, Comparison]:
    return compare_runs(engine(), readings, ks=(3, 4))


def _choose(known: list[RunSummary]) -> tuple[Reading, ...]:
    """Which runs, each with a way to read it; the set comes first, for only runs over one set can be compared."""
    sets = {run.set_id: run.set_name for run in known}
    left, right = st.columns([2, 3])
    chosen_set = left.selectbox("Response set", list(sets), format_func=sets.__getitem__, key="compare_set")
    here = {run.run_id: run for run in known if run.set_id == chosen_set}
    picked = right.multiselect(
        "Runs, the first is what the others are compared with",
        list(here),
        default=list(here)[:2],
        format_func=lambda run_id: f"{here[run_id].judge} (run {run_id})",
        key=f"compare_runs_{chosen_set}",
    )
    if len(picked) == 1:
        st.caption("One run: read it in two ways below, or add another run.")
        picked = picked * 2
    readings = []
    with st.expander("How each is read", expanded=len(set(picked)) == 1):
        for place, run_id in enumerate(picked):
            cells = st.columns([2, 1, 1, 2], vertical_alignment="bottom")
            cells[0].text(f"{here[run_id].judge} (run {run_id})")
            again = run_id in picked[:place]  # the same run once more is of use only when it is read in another way
            mode = cells[1].selectbox(
                "Mode", MODES, int(again), key=f"compare_mode_{place}{'_again' * again}", format_func=str.capitalize
            )
            tolerance = cells[2].number_input(
                "Tolerance", 0.0, step=0.05, format="%g", key=f"compare_tolerance_{place}"
            )
            by = cells[3].selectbox(
                "Preferences by",
                [DEFAULT, *AGGREGATIONS],
                key=f"compare_by_{place}",
                format_func=lambda name: AGGREGATION_IN_WORDS.get(name, name),
            )
            readings.append(Reading(run_id, mode, tolerance, None if by == DEFAULT else by))
    return tuple(readings)


st.title("Compare")
known = [run for run in runs() if run.score_judgments or run.pair_judgments]
if not known:
    first_steps("Here two judges, or two runs of one judge, stand side by side once their judgments are stored.")
readings = _choose(known)
if not readings:
    st.info("Choose two runs, or one run to read in two ways.")
    st.stop()
if len(set(readings)) < len(readings):
    st.info("Two of these are the same run read in the same way. Change the mode, tolerance or preferences of one.")
    st.stop()
key = tuple(version(reading.run_id) for reading in readings)
try:
    index, comparison = _compared((str(engine().url), *key), readings)
except TrustJudgeError as error:
    st.error(plain(str(error)))
    st.stop()
if comparison.pairs:
    st.caption(
        f"On the same {comparison.compared:,} of {comparison.pairs:,} pairs, paired by question, "
        f"{comparison.resamples:,} resamples."
    )
else:
    st.info("These runs have no comparisons of the same responses; only their scores can be set beside each other.")
for name, reason, pairs in comparison.lost:
    st.caption(f"{plain(name)}: {counted(pairs, 'pair')} cannot be used: {plain(reason)}.")
for number in range(len(comparison.against)):
    show_against(comparison, number, readings[number + 1])
if comparison.pairs:
    show_disagreements(index, comparison, readings)
