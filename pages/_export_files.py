"""The files of an export that are no table: report, audit, bundle, pack, training pairs."""

from __future__ import annotations

import math
import re
from typing import IO

import streamlit as st

from pages._bar import View
from pages._making import Write, offer
from pages._opened_reports import open_in_a_tab
from pages._session import engine
from trustjudge_core.evidence import Evidence
from trustjudge_core.services.corrected_ranking import Corrected
from trustjudge_core.services.export_run import (
    Told,
    export_audit,
    export_report,
    training_rows,
    write_bundle,
    write_training,
)
from trustjudge_core.services.make_pack import make_pack


def file_name(view: View, what: str, ending: str) -> str:
    """A name that says what is inside; only characters that every file system takes."""
    parts = [view.run.judge, view.run.set_name, view.category or "", what.replace("_", "-")]
    clean = [re.sub(r"[^A-Za-z0-9.-]+", "-", part).strip("-.")[:40] for part in parts]
    return "_".join(part for part in clean if part) + "." + ending


def show_whole(view: View, corrected: Corrected | None) -> None:
    """One button for each file that holds the whole run."""
    st.subheader("Everything at once", anchor=False)
    by, tolerance, run = view.aggregation, view.tolerance, view.run

    def report(file: IO[bytes], told: Told) -> None:
        told("every figure", math.nan)
        exported = view.evidence if corrected is None else corrected
        text = export_report(engine(), exported, run.run_id, run.set_id, run.set_name, by, tolerance)
        file.write(text.encode("utf-8", "replace"))

    def audit(file: IO[bytes], told: Told) -> None:
        told("every number", math.nan)
        file.write(export_audit(view.evidence if corrected is None else corrected.evidence, tolerance))

    def bundle(file: IO[bytes], told: Told) -> None:
        write_bundle(engine(), run.run_id, run.set_id, file, told, run.score_judgments + run.pair_judgments)

    def pack(file: IO[bytes], told: Told) -> None:
        make_pack(engine(), run.run_id, run.set_id, run.set_name, view.mode, by, tolerance, file, told)

    files: tuple[tuple[str, str, Write, str, str], ...] = (
        ("**The report.** One HTML page with the figures inside: opens without a network, prints well.",
         "report", report, "html", ":material/description:"),
        ("**The audit as JSON.** Every number, as the command `audit --json` writes it.",
         "audit", audit, "json", ":material/data_object:"),
        ("**The facts as a native bundle.** Responses, judgments and verdicts; it imports back unchanged.",
         "bundle", bundle, "zip", ":material/folder_zip:"),
        ("**The audit pack.** Judgments, settings, every figure and checksums: `verify PACK` recomputes all of it.",
         "audit pack", pack, "zip", ":material/verified:"),
    )  # fmt: skip
    for start in (0, 2):
        for cell, (words, what, write, kind, icon) in zip(
            st.columns(2, border=True), files[start : start + 2], strict=True
        ):
            with cell:
                st.write(words)
                if what == "report":
                    open_in_a_tab("Open the report", (view.key, corrected and corrected.evidence.weight), report)
                offer(
                    f"the {what}",
                    what.split()[-1],
                    file_name(view, what.replace(" ", "-"), kind),
                    write,
                    run,
                    icon=icon,
                )


def show_training(view: View, evidence: Evidence) -> None:
    """Pairs that a model can be trained on."""
    st.subheader("Preference pairs for training", anchor=False)
    st.write(
        "Prompt, chosen, rejected and margin of every decided pair, with the column names that TRL's trainers read. "
        "Pairs that sit on a contradiction are left out, so that no model learns both sides of it."
    )
    keep = st.toggle("Keep pairs that sit on a contradiction", key="keep_contradictions")

    def write(file: IO[bytes], told: Told) -> None:
        rows = training_rows(engine(), evidence, view.run.set_id, view.aggregation, view.tolerance, contradictions=keep)
        write_training(rows, "jsonl", file, told)

    name = file_name(view, "training-pairs", "jsonl")
    offer("the training pairs", "training", name, write, view.run, icon=":material/model_training:")
