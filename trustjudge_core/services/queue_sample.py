"""The sample for a fresh database: its recorded audit, and a run of the judge in the box over the same responses."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from db import response_sets
from db.engine import reading
from trustjudge_core.judge.prompts import Protocol, load_template
from trustjudge_core.judge_choice import BUNDLED, JudgeChoice
from trustjudge_core.plan import Plan
from trustjudge_core.services.load_sample import load_sample
from trustjudge_core.services.start_run import StartedRun, start_run


@dataclass(frozen=True, slots=True)
class SampleRun:
    """The sample and the bundled judge's run over it. ``loaded`` is False when the sample was there before."""

    loaded: bool
    started: StartedRun


def queue_sample(engine: Engine) -> SampleRun | None:
    """Load the sample into an empty database and queue the bundled judge over it.

    In a database that holds the sample the run is found and goes on; None when it holds only other sets.
    """
    outcome = load_sample(engine)
    with reading(engine) as connection:
        samples = [found.set_id for found in response_sets.summaries(connection) if found.is_sample]
    set_id = outcome.set_id if outcome else next(iter(samples), None)
    if set_id is None:
        return None
    choice = JudgeChoice(BUNDLED)
    return SampleRun(
        outcome is not None, start_run(engine, set_id, choice, Protocol(load_template(choice.template)), Plan())
    )
