"""Two or more stored runs over one response set against each other, or one run read in two ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from trustjudge_core.compare import Comparison, compare
from trustjudge_core.errors import UsageError
from trustjudge_core.evidence import Evidence
from trustjudge_core.opinions import opinion
from trustjudge_core.records import RunJudgments, SetIndex
from trustjudge_core.services.load_run import load_run
from trustjudge_core.settings import Aggregation, Method, Mode


@dataclass(frozen=True, slots=True)
class Reading:
    """A run and how to read it; what is left open is the default of the run: its aggregation, its score method."""

    run_id: int
    mode: Mode = "corrected"
    tolerance: float = 0.0
    aggregation: Aggregation | None = None
    method: Method | None = None


def compare_runs(
    engine: Engine,
    readings: Sequence[Reading],
    *,
    ks: Sequence[int] = (3, 4, 5),
    resamples: int = 2000,
    seed: int = 0,
) -> tuple[SetIndex, Comparison]:
    """Every reading against the first, and the index of the set they share.

    Raises NotFound for an unknown run, UsageError for runs over different sets, for fewer than two
    readings and for a way to read that a run does not support.
    """
    loaded = {run_id: load_run(engine, run_id) for run_id in dict.fromkeys(r.run_id for r in readings)}
    if not readings:
        raise UsageError("no run to compare; allowed: two or more runs over one response set; name another run")
    index = loaded[readings[0].run_id].index
    for run_id, run in loaded.items():
        if (run.index.question_ids, run.index.response_ids) != (index.question_ids, index.response_ids):
            raise UsageError(
                f"run {run_id} judges another response set than run {readings[0].run_id}; allowed: runs over one set; "
                "choose runs of the same set"
            )
    names = _names([(reading, loaded[reading.run_id]) for reading in readings])
    opinions = []
    for reading, name in zip(readings, names, strict=True):
        evidence = Evidence(loaded[reading.run_id], reading.mode)
        scores = evidence.default_scores if reading.method is None else evidence.scores_by(reading.method)
        aggregation = reading.aggregation or evidence.default_aggregation
        opinions.append(opinion(evidence, aggregation, reading.tolerance, scores, name))
    return index, compare(index, opinions, ks=ks, resamples=resamples, seed=seed)


def _names(readings: Sequence[tuple[Reading, RunJudgments]]) -> list[str]:
    """The judge of every reading, with what tells it from the others: run, mode, tolerance, aggregation, method."""
    parts = [
        (run.judge, f"run {r.run_id}", r.mode, f"tolerance {r.tolerance:g}", r.aggregation or "", r.method or "")
        for r, run in readings
    ]
    differing = [place for place in range(1, 6) if len({part[place] for part in parts}) > 1]
    if len({part[0] for part in parts}) == len(parts):
        differing = [place for place in differing if place > 1]
    return [" · ".join([part[0], *(part[place] for place in differing if part[place])]) for part in parts]
