"""Upload: what the files are, what is wrong with them, and only then storing them."""

from __future__ import annotations

import hashlib

import pandas as pd
import streamlit as st

from pages._session import engine
from trustjudge_core.errors import TrustJudgeError
from trustjudge_core.export.tables import csv_bytes
from trustjudge_core.formats import Recognised, UploadedFile
from trustjudge_core.services.check_files import CheckedFiles, check_files, said
from trustjudge_core.services.import_bundle import import_bundle

SHOWN_NOTES = 50

st.title("Upload")
st.write(
    "Drop everything that belongs together at once: questions, responses, scores, comparisons, what people decided. "
    "Nothing is stored until you say so."
)
turn = st.session_state.setdefault("upload_turn", 0)
uploads = st.file_uploader(
    "Files",
    accept_multiple_files=True,
    key=f"files_{turn}",
    help="Native bundles (.zip or parts), CSV, TSV, JSON Lines, Parquet or XLSX tables, TrustJudge and MT-bench files.",
)


def _checked(files: list[UploadedFile], judge: str | None) -> CheckedFiles:
    """The check of these files, kept while they do not change: reading them again on every click would be slow."""
    digest = hashlib.sha256(repr(judge).encode())
    for file in files:
        digest.update(hashlib.sha256(file.name.encode() + b"\0" + file.data).digest())
    key = digest.hexdigest()
    if st.session_state.get("checked_key") != key:
        with st.spinner("Reading the files"):
            st.session_state["checked"] = check_files(files, judge=judge)
        st.session_state["checked_key"] = key
    found: CheckedFiles = st.session_state["checked"]
    return found


def _show_recognised(recognised: tuple[Recognised, ...]) -> None:
    st.subheader("Recognised", anchor=False)
    table = [{"file": r.file, "format": r.format, "part": r.part, "rows": r.rows} for r in recognised]
    st.dataframe(pd.DataFrame(table), hide_index=True)
    for found in recognised:
        with st.expander(f"First rows of {found.part}"):
            st.text(found.file)
            for row in found.sample:
                st.json(row, expanded=1)


def _show_problems(checked: CheckedFiles) -> None:
    shown = f", the first {len(checked.problems)} below" if checked.total > len(checked.problems) else ""
    st.error(f"{checked.total:,} problem{'s' if checked.total != 1 else ''}{shown}. Nothing was stored.")
    rows = [
        {"file": p.file, "line": p.line, "field": p.field, "found": p.found, "allowed": p.allowed, "what to do": p.fix}
        for p in checked.problems
    ]
    kinds = pd.DataFrame(rows).groupby(["file", "field", "allowed", "what to do"], dropna=False).size()
    if len(kinds) < len(rows):
        st.caption("By kind")
        st.dataframe(kinds.rename("problems").reset_index().sort_values("problems", ascending=False), hide_index=True)
    st.caption("Line by line")
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.download_button("Download the problems", lambda: csv_bytes(rows), "problems.csv", "text/csv", on_click="ignore")


if not uploads:
    st.caption("What was recognised, and every problem with its line, appears here.")
    outcome = st.session_state.get("stored")
    if outcome is not None:
        what = "already there, nothing was added" if outcome.already_there else "stored"
        st.success(f"“{outcome.set_name}”: {what}.".replace("[", "(").replace("]", ")"))
        for run_id in outcome.run_ids:
            st.page_link(
                "pages/overview.py",
                label=f"Open the audit of run {run_id}",
                icon=":material/speed:",
                query_params={"run": str(run_id)},
            )
    st.stop()

files = [UploadedFile(upload.name, upload.getvalue()) for upload in uploads]
judge = st.session_state.get("judge_name") or None
checked = _checked(files, judge)
if checked.recognised:
    _show_recognised(checked.recognised)
if checked.bundle is None:
    _show_problems(checked)
    st.stop()

if checked.bundle.notes:
    with st.expander(f"{len(checked.bundle.notes):,} notes: kept, but worth knowing"):
        notes = [{"file": n.file, "line": n.line, "note": n.message} for n in checked.bundle.notes]
        st.dataframe(pd.DataFrame(notes), hide_index=True)
st.subheader("Store", anchor=False)
if any(r.format == "TrustJudge" and "judgments" in r.part for r in checked.recognised):
    st.text_input("Name of the judge", key="judge_name", placeholder="judge", help="These files do not name it.")
name = st.text_input("Name of the response set", value=files[0].name.split(".")[0], key=f"name_{turn}")
st.text(f"Stores {said(checked.bundle)}.")
if st.button("Store set", type="primary", icon=":material/save:", disabled=not name.strip()):
    try:
        with st.spinner("Storing"):
            st.session_state["stored"] = import_bundle(engine(), checked.bundle, name)
    except TrustJudgeError as error:
        st.error("Nothing was stored.")
        st.text(str(error))
        st.stop()
    st.session_state["upload_turn"] = turn + 1  # a new widget: the old one keeps its bytes in memory
    for key in ("checked", "checked_key"):
        st.session_state.pop(key, None)
    st.rerun()
