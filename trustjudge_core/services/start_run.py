"""Start a run: a judge, a protocol and a plan over a stored response set."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from db import activity, asked_runs, response_sets
from db.asked_runs import AskedRun
from db.engine import writing
from trustjudge_core.errors import UsageError
from trustjudge_core.judge.prompts import Protocol
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan, asked


@dataclass(frozen=True, slots=True)
class StartedRun:
    """Where the run is. ``new`` is False when the same had been started before."""

    run_id: int
    judge: str
    state: str
    asked: int
    new: bool


def start_run(
    engine: Engine,
    set_id: int,
    choice: JudgeChoice,
    protocol: Protocol,
    plan: Plan,
    *,
    draft: bool = False,
    again: bool = False,
    person: str = activity.LOCAL,
) -> StartedRun:
    """Queue the run for a worker, or keep it as a draft that a worker only measures.

    The same choice, protocol and plan over the same set is the same run: it is found and goes on,
    complete or not, unless ``again`` asks for a second one. Drafts are in no list of runs. Raises
    NotFound for a set that does not exist, UsageError when there is nothing to ask.
    """
    spec, planned, asked_how = choice.to_json(), plan.to_json(), protocol.to_json()
    with writing(engine) as connection:
        index, _ = response_sets.index(connection, set_id)
        if not index.question_ids:
            response_sets.read(connection, set_id)  # raises when there is no such set
        if not again:
            for run in asked_runs.read_all(connection):
                same = (run.set_id, run.spec, run.plan, run.protocol) == (set_id, spec, planned, asked_how)
                if same:
                    if not draft and run.state in ("draft", "paused", "failed", "cancelled"):
                        _go_on(connection, run, person)
                    elif draft and run.state == "failed" and not run.done:  # its judge could not be opened then
                        asked_runs.change(connection, run.run_id, state="draft", message=None, estimate=None)
                    now = asked_runs.read(connection, run.run_id)
                    return StartedRun(now.run_id, now.judge, now.state, now.asked, new=run.state == "draft")
        count = len(asked(plan, index))
        if not count:
            raise UsageError(
                "the plan asks for nothing of this set; allowed: scores, or pairs of a question with two responses; "
                "ask for scores or import more responses"
            )
        state = "draft" if draft else "queued"
        run_id = asked_runs.store(connection, set_id, choice.name, spec, planned, asked_how, count, state)
        run = asked_runs.read(connection, run_id)
        activity.record(
            connection, person, "drafted" if draft else "started", run.in_words, set_id=set_id, run_id=run_id
        )
        return StartedRun(run_id, run.judge, state, count, new=True)


def _go_on(connection: Connection, run: AskedRun, person: str) -> None:
    if run.state == "draft":
        asked_runs.undraft(connection, run)
    else:
        asked_runs.change(connection, run.run_id, state="queued", message=None, wanted=None)
    run_now = asked_runs.read(connection, run.run_id)
    action = "started" if run.state == "draft" else "resumed"
    activity.record(connection, person, action, run_now.in_words, set_id=run.set_id, run_id=run.run_id)
