"""Replay recorded human verdicts as answers to the review queue, for a stored run or straight from files."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from trustjudge_core.cases import Cases, cases_of
from trustjudge_core.errors import UsageError
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.native_bundle import write_native_bundle
from trustjudge_core.formats import read_files
from trustjudge_core.records import UNKNOWN, RunJudgments, VerdictColumns
from trustjudge_core.review import Policy
from trustjudge_core.services.list_runs import list_runs
from trustjudge_core.services.load_bundle import load_bundle
from trustjudge_core.services.load_files import load_files, runs_of
from trustjudge_core.services.load_run import load_run
from trustjudge_core.settings import Aggregation, Mode
from trustjudge_core.simulation import Simulation, simulate
from trustjudge_core.votes import count_votes, majority

EVERYBODY: Final = "majority"
GOLD: Final = "gold"


@dataclass(frozen=True, slots=True)
class Replay:
    """A simulation, the judge it is about and whose verdicts answered."""

    judge: str
    answered_by: str
    simulation: Simulation


@dataclass(frozen=True, slots=True)
class ReplaySettings:
    """How a replay is made. ``judge`` None: that with most pair judgments; ``aggregation`` None: the run's default."""

    policy: Policy = "gain"
    budget: int | None = None
    seed: int = 0
    judge: str | None = None
    mode: Mode = "corrected"
    aggregation: Aggregation | None = None
    tolerance: float = 0.0


def simulate_stored(engine: Engine, run_id: int, humans: str, settings: ReplaySettings) -> Replay:
    """Replay on a stored run. ``humans`` as in `simulate_files`. Raises NotFound, UsageError, InputProblems."""
    run = load_run(engine, run_id)
    if not _is_file(humans, run.verdicts.annotators):
        return _replay(run, humans, settings)
    set_id = next(stored.set_id for stored in list_runs(engine) if stored.run_id == run_id)
    with tempfile.TemporaryDirectory(prefix="trustjudge-") as folder:
        path = Path(folder) / "run.zip"
        write_native_bundle(load_bundle(engine, run_id, set_id), path)
        return simulate_files([path], humans, settings)


def simulate_files(paths: Sequence[Path], humans: str, settings: ReplaySettings) -> Replay:
    """Replay on files. ``humans`` says who answers a case.

    ``majority``: the most frequent verdict of everybody, a split is a tie. Names of annotators, separated by
    commas: the same of these. ``gold``: the response with the higher gold score. A path: everybody in
    that file. Raises InputProblems for bad files, UsageError for an unknown judge or annotator, or when
    there is no answer to any case.
    """
    bundle, runs = load_files(paths)
    named = {verdict.annotator for verdict in bundle.verdicts}
    if not _is_file(humans, named):
        return _replay(_chosen(runs, settings.judge), humans, settings)
    both = read_files([*paths, Path(humans)]).bundle
    # Verdicts that the files of the run held too must not answer, unless this file is one of theirs.
    added = Counter(both.verdicts) - Counter(bundle.verdicts)
    answers = tuple(added.elements()) if added else bundle.verdicts
    answered = runs_of(replace(both, verdicts=answers))
    return _replay(_chosen(answered, settings.judge), EVERYBODY, settings, Path(humans).name)


def _is_file(humans: str, named: Sequence[str] | set[str]) -> bool:
    """Whether ``humans`` means a file: not a name, and there."""
    return humans not in (EVERYBODY, GOLD) and humans not in named and Path(humans).exists()


def _chosen(runs: Sequence[RunJudgments], judge: str | None) -> RunJudgments:
    """The run of that judge, else the one with most pair judgments."""
    if judge is None:
        return max(runs, key=lambda run: len(run.pairs.first))
    found = next((run for run in runs if run.judge == judge), None)
    if found is None:
        allowed = ", ".join(run.judge for run in runs)
        raise UsageError(f"judge {judge!r} is not in the files; allowed: {allowed}; choose one of them")
    return found


def _replay(run: RunJudgments, humans: str, settings: ReplaySettings, shown_as: str | None = None) -> Replay:
    if settings.judge is not None and settings.judge != run.judge:
        raise UsageError(f"the run is of judge {run.judge!r}, not {settings.judge!r}; leave --judge out")
    if settings.budget is not None and settings.budget < 0:
        raise UsageError(f"budget {settings.budget} cannot be spent; allowed: 0 or more verdicts; for example 230")
    evidence = Evidence(run, settings.mode)
    cases = cases_of(evidence, settings.aggregation or evidence.default_aggregation, settings.tolerance)
    answers = _answers(cases, run.verdicts, humans)
    if not (cases.known & (answers != UNKNOWN)).any():
        raise UsageError(
            f"{shown_as or humans} answers none of the {len(cases):,} pairs that {run.judge} compared; allowed: "
            "verdicts about the same responses; choose other verdicts or another judge"
        )
    simulation = simulate(cases, answers, settings.policy, settings.budget, settings.seed)
    return Replay(run.judge, shown_as or humans, simulation)


def _answers(cases: Cases, verdicts: VerdictColumns, humans: str) -> NDArray[np.int8]:
    """What people say about every case, (N,), UNKNOWN where nobody does."""
    if humans == GOLD and GOLD not in verdicts.annotators:
        gap = cases.index.gold[cases.table.i] - cases.index.gold[cases.table.j]
        return np.where(np.isfinite(gap), np.sign(np.nan_to_num(gap)), UNKNOWN).astype(np.int8)
    names = None if humans == EVERYBODY else [humans] if humans in verdicts.annotators else humans.split(",")
    unknown = [name for name in names or () if name not in verdicts.annotators]
    if unknown:
        allowed = ", ".join([EVERYBODY, *verdicts.annotators, GOLD])
        raise UsageError(
            f"{unknown[0]!r} is neither an annotator nor a file; allowed: {allowed}, or a path; choose one of these"
        )
    return majority(count_votes(cases.table, verdicts, len(cases.index.response_ids), names))
