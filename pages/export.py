"""Export: what the audit found, and the facts it stands on, as files."""

from __future__ import annotations

from itertools import islice
from typing import IO, get_args

import pandas as pd
import streamlit as st

from pages._bar import View, bar
from pages._elsewhere import show_elsewhere
from pages._export_files import file_name, show_training, show_whole
from pages._making import offer
from pages._session import engine
from pages._words import AGGREGATION_IN_WORDS, counted
from trustjudge_core.contradictions import MOST_LISTED
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.tables import FORMATS, Format
from trustjudge_core.services.corrected_ranking import Corrected
from trustjudge_core.services.export_run import (
    FACTS,
    Table,
    Told,
    corrected_run,
    rows_of,
    write_rows,
)
from trustjudge_core.settings import Aggregation

PREVIEWED = 10
TABLE_IN_WORDS: dict[Table, str] = {
    "ranking": "Ranking by every method",
    "contradicted_pairs": "Pairs a ranking contradicts",
    "conflicts": "Conflicts between scores and comparisons",
    "inconsistent_triples": "Inconsistent triples",
    "preferences": "Preferences of all pairs",
    "scores": "Scores of all responses",
    "verdicts": "Verdicts of people on pairs",
    "ledger": "Ledger of failed judgments",
}
FORMAT_IN_WORDS: dict[Format, str] = {
    "csv": "CSV",
    "json": "JSON",
    "jsonl": "JSONL",
    "parquet": "Parquet",
    "xlsx": "XLSX",
}
WEIGHT_HELP = "1: what people decided replaces what the judge said. Below, the two are mixed."


@st.cache_data(max_entries=24, show_spinner="Making the first rows")
def _first_rows(
    _evidence: Evidence, key: tuple[object, ...], table: Table, aggregation: Aggregation, tolerance: float
) -> pd.DataFrame:
    """The first rows of a table. ``key`` names the evidence, which is too large to be hashed."""
    return pd.DataFrame(list(islice(rows_of(table, _evidence, aggregation, tolerance), PREVIEWED)))


@st.cache_resource(max_entries=4, show_spinner="Putting the verdicts of people in")
def _corrected(key: tuple[object, ...], _view: View, weight: float) -> Corrected:
    return corrected_run(engine(), _view.run.run_id, _view.mode, _view.aggregation, _view.tolerance, weight)


def _with_verdicts(view: View) -> Corrected | None:
    """People's verdicts in place of the judge's preferences, if somebody wants that."""
    if not view.run.verdicts:
        return None
    if view.category is not None:
        st.caption("Corrected by people: choose all categories, verdicts count in the whole run.")
        return None
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    wanted = left.toggle(
        f"Corrected by people ({counted(view.run.verdicts, 'verdict')})",
        key="corrected",
        help="Pairs stand as people decided them: in rankings, preferences, inconsistencies, training pairs, the audit "
        "and the report. The bundle and the audit pack always hold what the judge said, with the verdicts beside it.",
    )
    if not wanted:
        return None
    weight = right.slider("Weight of a verdict", 0.05, 1.0, 1.0, 0.05, key="export_weight", help=WEIGHT_HELP)
    found = _corrected((*view.key, weight), view, weight)
    st.caption(
        f"Below, {found.decided:,} of {counted(len(found.ground.cases), 'pair')} are what people decided, with weight "
        f"{weight:g}; tables of scores, verdicts and the ledger stay as they are."
    )
    return found


def _tables(view: View, corrected: Corrected | None) -> None:
    st.subheader("Tables", anchor=False)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    table: Table = left.selectbox("What", get_args(Table), format_func=lambda name: TABLE_IN_WORDS[name], key="what")
    file_format: Format = right.segmented_control(
        "Format", FORMATS, default="csv", required=True, format_func=FORMAT_IN_WORDS.__getitem__, key="format"
    )
    evidence = view.evidence if corrected is None or table in FACTS else corrected.evidence
    key = (*view.key, None if evidence is view.evidence else corrected and corrected.evidence.weight)
    first = _first_rows(evidence, key, table, view.aggregation, view.tolerance)
    if first.empty:
        st.info(f"{TABLE_IN_WORDS[table]}: there are none in this view, so there is no file.")
        return
    st.caption(f"The first {len(first)} rows" if len(first) == PREVIEWED else f"All {len(first)} rows")
    st.dataframe(first, hide_index=True, placeholder="")
    if table == "inconsistent_triples":
        st.caption(f"The firmest contradictions come first; more than {MOST_LISTED:,} are counted, not listed.")

    def write(file: IO[bytes], told: Told) -> None:
        write_rows(table, file_format, evidence, view.aggregation, view.tolerance, file, told)

    offer(
        f"as {FORMAT_IN_WORDS[file_format]}",
        "table",
        file_name(view, table, file_format),
        write,
        view.run,
        icon=":material/download:",
        first=True,
    )
    st.caption(
        "In CSV and XLSX files a text that a spreadsheet would run as a formula starts with an apostrophe. "
        "Numbers have all their digits; an empty cell means not enough data."
    )


st.title("Export")
view = bar()
st.caption(
    f"Preferences by {AGGREGATION_IN_WORDS[view.aggregation]}, {view.mode} mode, tolerance {view.tolerance:g}; "
    "the bundle always holds the whole run."
)
corrected = _with_verdicts(view)
_tables(view, corrected)
show_whole(view, corrected)
show_training(view, view.evidence if corrected is None else corrected.evidence)
if len(view.evidence.table):
    show_elsewhere(view)
