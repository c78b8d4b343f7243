"""Export: take the numbers along."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from pages._bar import View, bar
from pages._session import engine
from trustjudge_core.export.audit_json import json_of
from trustjudge_core.export.audit_tables import conflict_table, preference_rows, ranking_rows, score_rows, triple_rows
from trustjudge_core.export.native_bundle import write_native_bundle
from trustjudge_core.export.tables import csv_bytes, json_bytes
from trustjudge_core.services.load_bundle import load_bundle

PREVIEW = 10
Rows = Callable[[View], Iterator[dict[str, Any]]]
PARTS: dict[str, tuple[str, Rows]] = {
    "Ranking": ("ranking", lambda v: ranking_rows(v.evidence, v.aggregation, v.tolerance)),
    "Inconsistent triples": ("triples", lambda v: triple_rows(v.evidence, v.aggregation, v.tolerance)),
    "Conflicts": ("conflicts", lambda v: conflict_table(v.evidence, v.aggregation, v.tolerance)),
    "Preferences": ("preferences", lambda v: preference_rows(v.evidence, v.aggregation, v.tolerance)),
    "Scores": ("scores", lambda v: score_rows(v.evidence)),
}


def _audit_file(view: View) -> bytes:
    found = json_of([(view.evidence, view.audit)])
    return (json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode("utf-8")


def _bundle_file(view: View) -> bytes:
    with tempfile.TemporaryDirectory(prefix="trustjudge-") as folder:
        path = Path(folder) / "bundle.zip"
        write_native_bundle(load_bundle(engine(), None, view.run.set_id), path)
        return path.read_bytes()


st.title("Export")
view = bar()
st.caption("Everything below is under the choices of the bar. Files are made when you click.")
part = st.segmented_control("Part", list(PARTS), default="Ranking", required=True, key="export_part") or "Ranking"
stem, rows = PARTS[part]
preview = list(islice(rows(view), PREVIEW))
if preview:
    st.dataframe(pd.DataFrame(preview), hide_index=True)
    st.caption(f"The first {len(preview)} rows.")
    csv_button, json_button = st.columns(2)
    name = f"{stem}_run{view.run.run_id}_{view.mode}_{view.tolerance:g}"
    csv_button.download_button(
        f"{part} as CSV",
        lambda: csv_bytes(list(rows(view))),
        f"{name}.csv",
        "text/csv",
        icon=":material/table:",
        on_click="ignore",
        type="primary",
        width="stretch",
    )
    json_button.download_button(
        f"{part} as JSON",
        lambda: json_bytes(list(rows(view))),
        f"{name}.json",
        "application/json",
        icon=":material/data_object:",
        on_click="ignore",
        width="stretch",
    )
else:
    st.info(f"This run has no {part.lower()} under these choices.")
st.subheader("Everything", anchor=False)
st.download_button(
    "The audit as JSON (what `audit --json` writes)",
    lambda: _audit_file(view),
    f"audit_run{view.run.run_id}.json",
    "application/json",
    icon=":material/data_object:",
    on_click="ignore",
)
st.download_button(
    "The response set with all judgments and verdicts (native bundle)",
    lambda: _bundle_file(view),
    f"set{view.run.set_id}.zip",
    "application/zip",
    icon=":material/folder_zip:",
    on_click="ignore",
)
