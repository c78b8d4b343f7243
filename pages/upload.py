"""Upload: what the files are, what is wrong with them, and only then storing them."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath
from typing import Any

import streamlit as st

from pages._checked import (
    SCALES,
    ask_what_files_do_not_say,
    correct_recognised,
    show_formats,
    show_left_out,
    show_notes,
    show_problems,
    show_recognised,
)
from pages._session import engine, runs
from pages._upload_progress import kept_bytes, shown_progress
from pages._upload_tables import ask_about_tables, table_choices
from pages._words import counted, plain
from trustjudge_core.errors import TrustJudgeError, UsageError
from trustjudge_core.formats.native_bundle import NAMES
from trustjudge_core.services.check_files import CheckedFiles, check_files, said
from trustjudge_core.services.import_bundle import ImportOutcome, import_bundle

LONGEST_FIRST_NAME = 100
# What a person said about the files on screen, forgotten with them.
CHOICES = ("checked", "checked_key", "table_choices", "formats", "leave_out")


def _check(uploads: list[Any]) -> CheckedFiles:
    """The check of these files, kept while nothing changes: reading them again on every click would be slow."""
    _forget_replaced([(upload.name, upload.file_id) for upload in uploads])
    options: dict[str, Any] = {
        "judge": (st.session_state.get("judge_name") or "").strip() or None,
        "scale": SCALES[st.session_state.get("scale", "Read from the labels")],
        "baseline": (st.session_state.get("baseline") or "").strip() or None,
        "formats": dict(st.session_state.get("formats", {})),
        "tables": dict(table_choices()),
        "leave_out": st.session_state.get("leave_out") or False,
    }
    key = (tuple((upload.file_id, upload.name) for upload in uploads), repr(options))
    if st.session_state.get("checked_key") != key:
        before: CheckedFiles | None = st.session_state.pop("checked", None)
        if before is not None and before.staged is not None:
            before.staged.close()
        st.session_state.pop("checked_key", None)  # whoever cancels starts over
        with shown_progress(f"Reading {counted(len(uploads), 'file')}") as progress:
            try:
                st.session_state["checked"] = check_files(kept_bytes(uploads, "uploads"), progress=progress, **options)
            except UsageError as error:
                st.error(plain(str(error)))
                if st.button("Forget what was said about these files", icon=":material/undo:"):
                    _forget()
                    st.rerun()
                st.stop()
        st.session_state["checked_key"] = key
    found: CheckedFiles = st.session_state["checked"]
    return found


def _forget() -> None:
    for name in CHOICES:
        st.session_state.pop(name, None)


def _forget_replaced(uploads: list[tuple[str, str]]) -> None:
    """Forget what was said about files that are gone, or are other files of the same name by now."""
    now = dict(reversed(uploads))
    gone = {name for name, file in st.session_state.get("said_of", {}).items() if now.get(name) != file}
    for said_by_file in (st.session_state.get("formats", {}), table_choices()) if gone else ():
        for name in [name for name in said_by_file if name in gone or name not in now]:  # members of archives too
            del said_by_file[name]
    st.session_state["said_of"] = now


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
    stem = PurePath(uploads[0].name).name.split(".")[0][:LONGEST_FIRST_NAME]
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
        with shown_progress("Storing") as progress:
            st.session_state["stored"] = import_bundle(engine(), checked.staged, name, progress=progress)
    except TrustJudgeError as error:
        st.error("Nothing was stored. " + plain(str(error)))
        return
    st.session_state["upload_turn"] = turn + 1  # a new widget: the old one would keep its bytes in memory
    checked.staged.close()
    _forget()
    st.rerun()


st.title("Upload")
st.write(
    "Drop everything that belongs together at once: questions, responses, scores, comparisons, what people decided. "
    "Nothing is stored until you say so."
)
turn = st.session_state.setdefault("upload_turn", 0)
uploads = st.file_uploader(
    "Bundles, benchmark files, judgments or tables",
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
        correct_recognised(checked.recognised)
    ask_about_tables(checked.tables)
    if checked.staged is None:
        show_problems(checked)
    else:
        show_left_out(checked.staged.left_out)
        show_notes(checked.staged.notes)
        _store(checked, uploads, turn)
elif "stored" in st.session_state:
    _show_outcome(st.session_state["stored"])
else:
    st.caption("What was recognised, and every problem with its line, appears here before anything is stored.")
    show_formats()
