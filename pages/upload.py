"""Upload: what the files are, what is wrong with them, and only then storing them."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath
from typing import Any

import streamlit as st

from pages._checked import (
    SCALES,
    ask_for_columns,
    ask_what_files_do_not_say,
    show_notes,
    show_problems,
    show_recognised,
)
from pages._session import engine, runs
from pages._words import counted, plain
from trustjudge_core.errors import TrustJudgeError
from trustjudge_core.formats import UploadedFile
from trustjudge_core.formats.native_bundle import NAMES
from trustjudge_core.services.check_files import CheckedFiles, check_files, said
from trustjudge_core.services.import_bundle import ImportOutcome, import_bundle


def _check(uploads: list[Any]) -> CheckedFiles:
    """The check of these files, kept while nothing changes: reading them again on every click would be slow."""
    judge = (st.session_state.get("judge_name") or "").strip() or None
    scale = SCALES[st.session_state.get("scale", "Read from the labels")]
    mapping: dict[str, str] = st.session_state.get("mapping", {})
    key = (tuple((upload.file_id, upload.name) for upload in uploads), judge, scale, tuple(mapping.items()))
    if st.session_state.get("checked_key") != key:
        with st.spinner(f"Reading {counted(len(uploads), 'file')}", show_time=True):
            files = [UploadedFile(upload.name, upload.getvalue()) for upload in uploads]
            st.session_state["checked"] = check_files(files, judge=judge, scale=scale, mapping=mapping)
        st.session_state["checked_key"] = key
    found: CheckedFiles = st.session_state["checked"]
    return found


def _show_outcome(outcome: ImportOutcome) -> None:
    what = "is here already; nothing was added" if outcome.already_there else "is stored"
    st.success(f"“{plain(outcome.set_name)}” {what}.")
    judges = {run.run_id: run.judge for run in runs()}
    for run_id in outcome.run_ids:
        st.page_link(
            "pages/overview.py",
            label=f"Open the audit of {plain(judges.get(run_id, 'this judge'))}",
            icon=":material/speed:",
            query_params={"run": str(run_id)},
        )
    if not outcome.run_ids:
        st.caption("It holds no judgments yet. Let a judge make them, or upload them together with the same responses.")
    st.page_link(
        "pages/judge.py",
        label="Let a judge judge this set",
        icon=":material/gavel:",
        query_params={"set": str(outcome.set_id)},
    )


def _first_name(uploads: list[Any]) -> str:
    stem = PurePath(uploads[0].name).name.split(".")[0]
    return f"Upload of {date.today():%d %b %Y}" if stem.lower() in NAMES else stem


def _store(checked: CheckedFiles, uploads: list[Any], turn: int) -> None:
    assert checked.staged is not None
    st.subheader("Store", anchor=False)
    name = st.text_input("Name of the response set", value=_first_name(uploads), key=f"name_{turn}", width=480)
    st.text(f"Stores {said(checked.staged)}.")
    if not checked.staged.judges:
        st.caption("These files hold no judgments, so there is nothing to audit yet.")
    if not st.button("Store set", type="primary", icon=":material/save:", disabled=not name.strip()):
        return
    try:
        with st.spinner("Storing", show_time=True):
            st.session_state["stored"] = import_bundle(engine(), checked.staged, name)
    except TrustJudgeError as error:
        st.error("Nothing was stored. " + plain(str(error)))
        return
    st.session_state["upload_turn"] = turn + 1  # a new widget: the old one would keep its bytes in memory
    for key in ("checked", "checked_key", "mapping", "offered"):
        st.session_state.pop(key, None)
    st.rerun()


st.title("Upload")
st.write(
    "Drop everything that belongs together at once: questions, responses, scores, comparisons, what people decided. "
    "Nothing is stored until you say so."
)
turn = st.session_state.setdefault("upload_turn", 0)
uploads = st.file_uploader(
    "A native bundle, TrustJudge or MT-bench files, or a table of responses",
    accept_multiple_files=True,
    key=f"files_{turn}",
    help="Files are recognised by what they hold: .zip, .jsonl, .json, .csv, .tsv, .parquet, .xlsx, each also as .gz.",
)
if uploads:
    st.session_state.pop("stored", None)
    checked = _check(uploads)
    if checked.recognised:
        show_recognised(checked.recognised)
        ask_what_files_do_not_say(checked.recognised)
    if checked.columns or st.session_state.get("mapping"):
        ask_for_columns(checked.columns)
    if checked.staged is None:
        show_problems(checked)
    else:
        show_notes(checked.staged.notes)
        _store(checked, uploads, turn)
elif "stored" in st.session_state:
    _show_outcome(st.session_state["stored"])
else:
    st.caption("What was recognised, and every problem with its line, appears here before anything is stored.")
