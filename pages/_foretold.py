"""Whether the score distributions foretell the comparisons, and the pairs of which they do not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View
from pages._figures import clicked, go, picked
from pages._ids import joined
from pages._words import counted, estimate_text
from trustjudge_core.figures.profile import calibration
from trustjudge_core.judge_profile import JudgeProfile
from trustjudge_core.soft_conflict import Bin, Predictions, SoftConflict, bin_numbers, predictions

MOST_LISTED = 200


@st.cache_resource(max_entries=8, show_spinner="Predicting preferences from scores")
def _predictions(key: tuple[object, ...], place: int, _view: View) -> Predictions:
    return predictions(_view.evidence, _view.evidence.sheets[place], _view.aggregation)


def show_foretold(profile: JudgeProfile, view: View) -> None:
    """The reliability curve with its doors, and the pairs by fidelity loss."""
    st.subheader("Scores against comparisons", anchor=False)
    st.caption("Do its scores foretell which response it prefers when it compares? Ties and tolerances play no part.")
    offered = {
        f"{found.criterion}, {found.scale[0]:g} to {found.scale[1]:g}, by {found.predictor}": found
        for found in profile.soft_conflict
        if found.pairs
    }
    if not offered:
        st.write("Not enough data: it takes score distributions and comparisons of the same responses.")
        return
    name = st.selectbox("Predicted from", list(offered), key="predictor")
    found = offered[name]
    st.write(
        f"Fidelity loss {estimate_text(found.loss, 3)} over {counted(found.pairs, 'pair')} (0: always as predicted, 1: "
        f"surely the opposite); mean distance from the diagonal {found.calibration_error:z.3f}."
    )
    points = [
        (b.predicted, b.preference.value, b.preference.low, b.preference.high, b.pairs) for b in found.calibration
    ]
    words = "; ".join(f"predicted {p:z.2f}, measured {m:z.2f} ({n:,} pairs)" for p, m, _, _, n in points if n)
    place = clicked(calibration(points, view.theme), f"calibration_{name}", words)
    if place is not None:
        st.session_state["foretold_bin"] = (name, place)
    soft = profile.soft_transitivity
    if soft.triples:
        st.write(
            f"Preferences of {counted(soft.triples, 'triple')} deviate by {estimate_text(soft.deviation, 3)} "
            "from what the other two pairs of each triple imply (Jensen-Shannon divergence to base 2: 0 as implied, at "
            "most 1)."
        )
    of_this, chosen = st.session_state.get("foretold_bin", (name, None))
    _pairs(view, found, found.calibration[chosen] if of_this == name and chosen is not None else None)


def _pairs(view: View, found: SoftConflict, inside: Bin | None) -> None:
    """The pairs that scores foretell worst, of all or of one mark of the curve."""
    with st.expander("Pairs that scores foretell worst", expanded=inside is not None):
        sheets = [(sheet.criterion, sheet.scale) for sheet in view.evidence.sheets]
        predicted = _predictions(view.key, sheets.index((found.criterion, found.scale)), view)
        chance, loss = predicted.by(found.predictor), predicted.loss(found.predictor)
        known = np.isfinite(loss)
        if inside is not None:
            known &= bin_numbers(chance) == bin_numbers(np.array(inside.low))
            st.caption(
                f"Those that scores predict with {inside.low:z.2f} to {inside.high:z.2f}, the mark just clicked."
            )
        rows = np.flatnonzero(known)
        rows = rows[np.argsort(-loss[rows], kind="stable")][:MOST_LISTED]
        table, index = view.evidence.table, view.evidence.index
        names = {int(q): index.names(int(q)) for q in np.unique(table.question[rows])}
        listed = [
            {
                "A": names[q][i - index.offsets[q]], "B": names[q][j - index.offsets[q]],
                "scores: P(A wins)": p, "comparisons: P(A wins)": measured, "fidelity loss": lost,
                "question": index.question_ids[q],
            }
            for q, i, j, p, measured, lost in zip(
                table.question[rows].tolist(), table.i[rows].tolist(), table.j[rows].tolist(), chance[rows],
                predicted.preference[rows], loss[rows], strict=True,
            )
        ]  # fmt: skip
        numbers = ("scores: P(A wins)", "comparisons: P(A wins)", "fidelity loss")
        shown = {name: st.column_config.NumberColumn(format="%.3f") for name in numbers}
        row = picked(pd.DataFrame(listed), f"foretold_{found.criterion}_{found.predictor}", column_config=shown)
        if known.sum() > MOST_LISTED:
            st.caption(f"The first {MOST_LISTED} of {int(known.sum()):,}. A tie counts half for either side.")
        if row is not None:
            ids = (index.response_ids[int(table.i[rows[row]])], index.response_ids[int(table.j[rows[row]])])
            go("preferences", question=index.question_ids[int(table.question[rows[row]])], pair=joined(ids))
