"""Differences between opinions on the same pairs: how large, how sure, where."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import theme
from pages._figures import chosen, clicked
from pages._ids import joined
from pages._words import counted, percent, plain, ratio_text
from trustjudge_core.bootstrap import Estimate
from trustjudge_core.compare import Comparison, Difference
from trustjudge_core.figures.compare import difference_dots
from trustjudge_core.records import UNKNOWN, SetIndex
from trustjudge_core.services.compare_runs import Reading
from trustjudge_core.tallies import in_words, unit_of

LISTED = 200
LONG = 40
"""Characters of a judge's name beyond which its columns are held to a width."""
KIND_OF = {
    "conflicts": "conflicts",
    "reversal": "reversal",
    "score_tie": "score_tie",
    "comparison_tie": "comparison_tie",
    "position_consistency": "flips",
}
"""The list of contradictions behind a measure; the others count pairs that contradict nothing."""
SAID = {1: "A wins", -1: "B wins", 0: "tie", UNKNOWN: "unknown"}


def _points(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:+z.1f}"


def _said(difference: Difference) -> str:
    """What a difference means, in words; how small a one could have been seen when none was."""
    if math.isnan(difference.estimate.value):
        return "not enough data"
    if difference.found:
        return "differs"
    if math.isnan(difference.detectable):
        return "no difference found"
    return f"no difference found; one of {100 * difference.detectable:z.1f} points would have been seen 4 times in 5"


def _table(differences: tuple[Difference, ...], first: str, second: str) -> None:
    rows = [
        {
            "measure": in_words(found.measure),
            f"by {first}": ratio_text(found.first, unit_of(found.measure)),
            f"by {second}": ratio_text(found.second, unit_of(found.measure)),
            "difference, points": _points(found.estimate.value),
            "95 % interval": f"{_points(found.estimate.low)} to {_points(found.estimate.high)}",
            "in words": _said(found),
        }
        for found in differences
    ]
    judges = {f"by {name}": st.column_config.Column(width="medium") for name in (first, second) if len(name) > LONG}
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=judges)


def _open(reading: Reading, measure: str, **values: str) -> None:
    """What a measure counts in one run, read as it is here: a list of contradictions, or its preferences."""
    kind = KIND_OF.get(measure) or ("all" if measure.startswith("ntr_") else None)
    page = "inconsistencies" if kind else "preferences"
    st.switch_page(f"pages/{page}.py", query_params=_view_of(reading) | ({"kind": kind} if kind else {}) | values)


def _view_of(reading: Reading) -> dict[str, str]:
    """A reading of a run as query parameters."""
    given = {"run": str(reading.run_id), "mode": reading.mode, "by": reading.aggregation or ""}
    given["tolerance"] = f"{reading.tolerance:g}" if reading.tolerance else ""
    return {name: value for name, value in given.items() if value}


def show_against(comparison: Comparison, number: int, reading: Reading) -> None:
    """One opinion against the first: every difference as a figure and a table, what moved, and by category."""
    first, second = comparison.names[0], comparison.names[number + 1]
    st.subheader(f"{plain(second)} against {plain(first)}", anchor=False)
    drift = comparison.drift[number]
    if not comparison.pairs:
        _say_shift(drift.score_shift, plain(first), plain(second))
        return
    differences = comparison.against[number]
    rows = [(in_words(d.measure), d.estimate.value, d.estimate.low, d.estimate.high) for d in differences]
    words = "; ".join(f"{label} {_points(value)} points" for label, value, _, _ in rows)
    place = clicked(difference_dots(rows, theme()), f"differences_{number}", words)
    if place is not None:
        _open(reading, differences[place].measure)
    st.caption(
        f"To the right: {plain(second)} has more of it than {plain(first)}. Click a mark for what it counts in "
        f"{plain(second)}."
    )
    _table(differences, first, second)
    st.write(
        f"Relations that changed: {ratio_text(drift.changed, 'pairs')}; of all pairs, winners that reversed: "
        f"{ratio_text(drift.reversed, 'pairs')}."
    )
    _say_shift(drift.score_shift, plain(first), plain(second))
    with st.expander("By category"):
        rows = [
            {
                "measure": in_words(measure),
                "category": category,
                "difference, points": _points(found.estimate.value),
                "95 % interval": f"{_points(found.estimate.low)} to {_points(found.estimate.high)}",
                "q-value": None if math.isnan(found.q_value) else round(found.q_value, 4),
            }
            for measure, by in comparison.by_category[number].items()
            for category, found in by.items()
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, placeholder="–")
        st.caption("q-values: Benjamini-Hochberg over the categories of a measure.")


def _say_shift(shift: Estimate, first: str, second: str) -> None:
    """How far the scores of the same responses are apart."""
    if math.isnan(shift.value):
        return
    higher = "lower" if shift.value < 0 else "higher"
    interval = "" if math.isnan(shift.low) else f" (difference {shift.low:+z.2f} to {shift.high:+z.2f})"
    st.write(
        f"Scores of the same responses by {second} are on average {abs(shift.value):z.2f} points {higher} than by "
        f"{first}{interval}."
    )


def show_disagreements(index: SetIndex, comparison: Comparison, readings: tuple[Reading, ...]) -> None:
    """The pairs about which the opinions differ, opposite winners first."""
    st.subheader("Where they disagree", anchor=False)
    found = comparison.disagreements
    if not len(found):
        st.write(f"Nowhere: the same relation on all {comparison.compared:,} pairs.")
        return
    opposite = int(found.opposite.sum())
    st.write(
        f"{counted(len(found), 'pair')} of {comparison.compared:,} ({percent(len(found) / comparison.compared)}); "
        f"opposite winners in {opposite:,}. These come first, the firmest on top."
    )
    rows = []
    for place in range(min(LISTED, len(found))):
        row: dict[str, object] = {
            "question": index.question_ids[found.question[place]],
            "A": index.response_ids[found.i[place]],
            "B": index.response_ids[found.j[place]],
        }
        for number, name in enumerate(comparison.names):
            lead = found.lead[place, number]
            row[f"by {name}"] = SAID[int(found.relation[place, number])] + ("" if np.isnan(lead) else f" ({lead:z.2f})")
        rows.append(row)
    place = chosen(pd.DataFrame(rows), "disagreements")
    if len(found) > LISTED:
        st.caption(f"The first {LISTED} of {len(found):,}.")
    if place is None:
        st.caption("Choose a row to read the pair.")
        return
    ids = joined((index.response_ids[found.i[place]], index.response_ids[found.j[place]]))
    pair = {"question": index.question_ids[found.question[place]], "pair": ids}
    with st.container(horizontal=True):
        for reading, name in zip(readings, comparison.names, strict=True):
            st.page_link(
                "pages/preferences.py",
                label=f"What {plain(name)} said",
                icon=":material/arrow_forward:",
                query_params=_view_of(reading) | pair,
            )
