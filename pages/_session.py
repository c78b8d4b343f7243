"""What all pages of all visitors share: the database and audits already computed."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

import numpy as np
import streamlit as st

from trustjudge_core.audit import Audit, audit, audit_evidence
from trustjudge_core.bootstrap import Ratio
from trustjudge_core.evidence import Evidence, of_category
from trustjudge_core.records import RunJudgments, SetIndex
from trustjudge_core.services.describe_demonstration import describe_demonstration
from trustjudge_core.services.list_runs import RunSummary, list_runs
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.open_database import Engine, open_database
from trustjudge_core.services.open_review import ReviewGround, open_review
from trustjudge_core.settings import Aggregation, AuditSettings, Mode

KS = (3, 4, 5)
MOST_SUBSETS_ON_A_PAGE = 30_000_000
"""About two seconds of counting; the command line counts what is beyond."""
MOST_JUDGMENTS_IN_A_LIST = 200_000


def engine() -> Engine:
    """The database that DATABASE_URL names, opened and migrated once."""
    return _engine(os.environ.get("DATABASE_URL"))


@st.cache_resource(show_spinner="Opening the database")
def _engine(url: str | None) -> Engine:
    return open_database(url)


def runs() -> list[RunSummary]:
    """All runs, newest set first; never cached, another process may have added one."""
    return list_runs(engine())


def version(run_id: int) -> tuple[int, ...]:
    """What changes whenever a run's judgments or what people decided about its set do: facts are only ever added."""
    run = next((run for run in runs() if run.run_id == run_id), None)
    return (run.verdict_history, run.score_judgments, run.pair_judgments, run.failed) if run else ()


def judgments(run_id: int) -> RunJudgments:
    """The judgments of a run as they are now, with what people decided."""
    return _judgments(os.environ.get("DATABASE_URL"), run_id, version(run_id))


@st.cache_resource(max_entries=4, show_spinner="Reading the judgments")
def _judgments(url: str | None, run_id: int, version: tuple[int, ...]) -> RunJudgments:
    return load_run(_engine(url), run_id)


def audited(run_id: int, mode: Mode, tolerance: float, category: str | None) -> tuple[Evidence, Audit]:
    """Evidence and audit of a run, computed once for each mode, tolerance and category."""
    return _audited(os.environ.get("DATABASE_URL"), run_id, version(run_id), mode, tolerance, category)


@st.cache_resource(max_entries=16, show_spinner="Computing the audit")
def _audited(
    url: str | None, run_id: int, version: tuple[int, ...], mode: Mode, tolerance: float, category: str | None
) -> tuple[Evidence, Audit]:
    run = _judgments(url, run_id, version)
    settings = AuditSettings(mode, (tolerance,), affordable(run.index))
    evidence = Evidence(of_category(run, category), mode)
    return evidence, audit_evidence(evidence, settings)


def demonstration(set_id: int) -> str:
    """What to say beside the verdicts of the judge in the box on this set; a set never changes."""
    return _demonstration(os.environ.get("DATABASE_URL"), set_id)


@st.cache_data(max_entries=64, show_spinner="Looking at the questions")
def _demonstration(url: str | None, set_id: int) -> str:
    return describe_demonstration(_engine(url), set_id)


def review_ground(run: RunSummary, mode: Mode, aggregation: Aggregation | None, tolerance: float) -> ReviewGround:
    """What reviewing a run stands on: its judgments without the verdicts, so that no verdict makes it stale."""
    version = (run.score_judgments, run.pair_judgments, run.failed)
    return _ground(os.environ.get("DATABASE_URL"), run.run_id, version, mode, aggregation, tolerance)


@st.cache_resource(max_entries=4, show_spinner="Reading the judgments")
def _ground(
    url: str | None,
    run_id: int,
    version: tuple[int, ...],
    mode: Mode,
    aggregation: Aggregation | None,
    tolerance: float,
) -> ReviewGround:
    return open_review(_engine(url), run_id, mode, aggregation, tolerance)


def affordable(index: SetIndex) -> tuple[int, ...]:
    """The k of NTR_k that can be counted while a person waits; 3 always can."""
    sizes = np.diff(index.offsets).tolist()
    return tuple(k for k in KS if k == 3 or sum(math.comb(n, k) for n in sizes) <= MOST_SUBSETS_ON_A_PAGE)


@dataclass(frozen=True)
class Headline:
    """The two numbers a run is listed with, by the default settings."""

    inconsistent_triples: Ratio
    winner_changes: Ratio


def headline(run: RunSummary) -> Headline | None:
    """The headline of a run; None for one so large that it would keep the list waiting."""
    if run.pair_judgments > MOST_JUDGMENTS_IN_A_LIST:
        return None
    return _headline(os.environ.get("DATABASE_URL"), run.run_id, (run.score_judgments, run.pair_judgments, run.failed))


@st.cache_resource(max_entries=256, show_spinner="Computing the headlines")
def _headline(url: str | None, run_id: int, version: tuple[int, ...]) -> Headline:
    # Without intervals, and loaded past the cache of judgments: a list must not push out what is being looked at.
    found = audit(load_run(_engine(url), run_id), AuditSettings("corrected", (0.0,), (3,), resamples=0))
    nothing = Ratio(0, 0, math.nan, math.nan)
    triples = next((t.ratio for t in found.transitivity if t.aggregation == found.default_aggregation), nothing)
    return Headline(triples, found.position.hard_flips)
