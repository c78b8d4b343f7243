"""The overview by category: a measure of each with its interval, worst first, and which differ beyond chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View
from pages._figures import clicked, go
from pages._words import counted, interval_text, percent, plain
from trustjudge_core.briefing import triples_of
from trustjudge_core.categories import (
    CategoryShare,
    conflicts_by_category,
    flips_by_category,
    inconsistent_triples_by_category,
)
from trustjudge_core.figures.overview import category_dots
from trustjudge_core.gate import default_comparison

UNITS = {"inconsistent triples": "triples", "conflicts": "pairs with scores", "winner changes": "pairs"}
DIFFERS = 0.05
"""A category is called different when its q-value is below this."""
KINDS = {"inconsistent triples": "all", "conflicts": "conflicts", "winner changes": "flips"}


@st.cache_resource(max_entries=32, show_spinner="Counting by category")
def _by_category(key: tuple[object, ...], measure: str, _view: View) -> dict[str, CategoryShare]:
    if measure == "winner changes":
        return flips_by_category(_view.evidence)
    if measure == "inconsistent triples":
        return inconsistent_triples_by_category(_view.evidence, _view.aggregation, _view.tolerance)
    scores, compared = _view.evidence.default_scores, default_comparison(_view.audit)
    if scores is None or compared is None:
        return {}
    return conflicts_by_category(_view.evidence, scores, compared.aggregation, _view.tolerance)


def _offered(view: View) -> list[str]:
    """The measures of which this run has anything."""
    triples, compared = triples_of(view.audit, view.aggregation), default_comparison(view.audit)
    totals = (
        triples.ratio.total if triples else 0,
        compared.ratio.total if compared else 0,
        view.audit.position.pairs,
    )
    return [name for name, total in zip(UNITS, totals, strict=True) if total]


def show_categories(view: View) -> None:
    """A measure in every category with its interval, and which of them differ; nothing for one alone."""
    offered = _offered(view)
    if not offered or len(set(view.evidence.index.categories)) < 2:
        return
    st.subheader("By category", anchor=False)
    measure = st.segmented_control("Measure", offered, default=offered[0], required=True, key="by_category")
    unit = UNITS[measure]
    shares = _by_category(view.key, measure, view)
    found = {name: share.ratio for name, share in shares.items()}
    enough = {name: ratio for name, ratio in found.items() if not np.isnan(ratio.low)}
    few = [f"{name} ({ratio.total:,} {unit})" for name, ratio in found.items() if name not in enough]
    if enough:
        figure = category_dots(
            list(enough),
            np.array([r.value for r in enough.values()]),
            np.array([r.low for r in enough.values()]),
            np.array([r.high for r in enough.values()]),
            np.array([r.total for r in enough.values()], np.int64),
            view.theme,
            unit,
        )
        words = ", ".join(f"{name} {percent(r.value)}" for name, r in enough.items())
        place = clicked(figure, f"categories_{measure}", words)
        if place is not None:
            go("inconsistencies", category=list(enough)[place], kind=KINDS[measure])
    _say_what_differs(shares)
    if few or not found:
        st.text(f"Not enough data: {', '.join(few) or measure}.")
    if found:
        with st.expander("As a table"):
            rows = [
                {"category": name, measure: r.count, unit: r.total, "share": percent(r.value),
                 "95 % interval": interval_text(r.low, r.high) or "not enough data",
                 "q-value": None if np.isnan(shares[name].q_value) else shares[name].q_value}
                for name, r in found.items()
            ]  # fmt: skip
            q_value = st.column_config.NumberColumn(format="%.3f", help="Benjamini-Hochberg over the categories.")
            st.dataframe(
                pd.DataFrame(rows).dropna(axis=1, how="all"), hide_index=True, column_config={"q-value": q_value}
            )


def _q_text(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:z.3f}"


def _say_what_differs(shares: dict[str, CategoryShare]) -> None:
    """Which categories differ from all other questions, where that was tested at all."""
    tested = {name: share for name, share in shares.items() if not np.isnan(share.q_value)}
    if not tested:
        return
    count, total = (sum(getattr(share.ratio, what) for share in shares.values()) for what in ("count", "total"))
    differing: dict[str, list[str]] = {"worse": [], "better": []}
    for name, share in tested.items():
        if share.q_value < DIFFERS:
            worse = share.ratio.count * total > count * share.ratio.total
            differing["worse" if worse else "better"].append(f"{plain(name)} (q {_q_text(share.q_value)})")
    if any(differing.values()):
        named = "; ".join(f"{how} {', '.join(names)}" for how, names in differing.items() if names)
        st.caption(
            f"Compared with the other questions, beyond chance: {named}. Tested were "
            f"{counted(len(tested), 'category', 'categories')}; q allows for that: of categories named at "
            f"q < {DIFFERS:g}, about {100 * DIFFERS:g} % are false alarms."
        )
    else:
        st.caption("No category differs from the other questions beyond chance.")
