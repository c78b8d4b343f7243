"""Deciding in Argilla: the open cases as a file, and what people decided there taken over."""

from __future__ import annotations

from typing import IO

import streamlit as st

from pages._bar import View
from pages._export_files import file_name
from pages._making import offer
from pages._review_bar import signed_in
from pages._session import engine
from pages._upload_progress import kept_bytes
from pages._words import counted, plain
from trustjudge_core.errors import TrustJudgeError
from trustjudge_core.services.export_run import Told
from trustjudge_core.services.open_review import open_review
from trustjudge_core.services.read_verdicts import ReadVerdicts, read_verdicts
from trustjudge_core.services.write_cases import write_cases


def show_elsewhere(view: View) -> None:
    """Out and back in, beside each other."""
    st.subheader("Decide in Argilla", anchor=False)
    out, back = st.columns(2, border=True)
    with out:
        _cases(view)
    with back:
        _verdicts(view)


def _cases(view: View) -> None:
    st.write(
        "**The open cases as Argilla records**, those first that resolve most: question and both texts, nothing of "
        "what the judge said and not who wrote them."
    )

    def write(file: IO[bytes], told: Told) -> None:
        ground = open_review(engine(), view.run.run_id, view.mode, view.aggregation, view.tolerance)
        told(counted(len(ground.cases), "pair"), float("nan"))
        write_cases(engine(), ground, file)

    name = file_name(view, "cases", "jsonl")
    offer("the cases", "cases", name, write, view.run, icon=":material/rate_review:")


def _verdicts(view: View) -> None:
    st.write("**What people decided there**, or in any table with question_id, first, second, annotator and verdict.")
    number = st.session_state.setdefault("verdicts_taken", 0)
    files = st.file_uploader("Files with verdicts", accept_multiple_files=True, key=f"verdicts_{number}")
    sent = kept_bytes(files, "verdicts")  # at once: nobody keeps a large file that no page has asked for
    if st.button("Take over the verdicts", disabled=not files):
        person = signed_in() or st.session_state.get("person")
        try:
            found = read_verdicts(engine(), view.run.set_id, sent, **({"person": person} if person else {}))
        except TrustJudgeError as error:
            st.error("Nothing was stored: " + plain(str(error)))
            return
        st.session_state["verdicts_said"] = _said(found)
        st.session_state["verdicts_taken"] = number + 1  # an empty uploader lets go of the files
        st.rerun()
    said = st.session_state.pop("verdicts_said", None)
    if said:
        st.success(said, icon=":material/check:")


def _said(found: ReadVerdicts) -> str:
    text = f"{counted(found.new, 'new verdict')}, {found.revised:,} revised, {found.there:,} known before."
    if found.judgments:
        text += f" {counted(found.judgments, 'judgment')} of judges were left out: Upload takes them."
    return text
