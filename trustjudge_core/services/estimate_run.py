"""What a run will take, before it is started; by rule of thumb at once, exactly once a worker has measured a draft."""

from __future__ import annotations

from sqlalchemy import Engine

from db import asked_runs, response_sets
from db.engine import reading, writing
from trustjudge_core.errors import TrustJudgeError
from trustjudge_core.estimate import Estimate, estimate
from trustjudge_core.judge.contract import Judge
from trustjudge_core.judge.endpoint_prices import Prices
from trustjudge_core.judge.prompts import Protocol
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan, asked
from trustjudge_core.services.open_judge import OpenJudge

__all__ = ["Estimate", "Prices", "estimate_run", "measure_drafts"]


def estimate_run(
    engine: Engine,
    set_id: int,
    choice: JudgeChoice,
    protocol: Protocol,
    plan: Plan,
    prices: Prices | None = None,
    judge: Judge | None = None,
) -> Estimate:
    """Judgments, tokens, seconds when this judge was measured before, and cost when prices are given.

    With the opened ``judge`` tokens are counted by its tokenizer, and prompts that do not fit its context
    are named. Raises NotFound, and UsageError for a plan that does not fit the set.
    """
    with reading(engine) as connection:
        response_set, _ = response_sets.read(connection, set_id)
        index, _ = response_sets.index(connection, set_id)
        runs = asked_runs.read_all(connection)
    found = estimate(response_set, index, asked(plan, index), protocol, judge, served=choice.kind == "endpoint")
    for run in runs:
        if (
            run.rate
            and run.spec["spec"] == choice.spec
            and Protocol.from_json(run.protocol).readout.order == protocol.readout.order
        ):
            found = found.with_rate(run.rate, run.run_id)
            break
    return found.with_prices(prices) if prices else found


def measure_drafts(engine: Engine, judge: OpenJudge) -> int:
    """Measure every draft that nobody measured yet, with its judge. Returns how many were looked at.

    The estimate is kept with the draft. One whose judge cannot be used becomes failed, with the reason.
    """
    with reading(engine) as connection:
        drafts = asked_runs.unmeasured(connection)
    for run in drafts:
        choice = JudgeChoice.from_json(run.spec)
        values: dict[str, object]
        try:
            found = estimate_run(
                engine,
                run.set_id,
                choice,
                Protocol.from_json(run.protocol),
                Plan.from_json(run.plan),
                judge=judge.of(choice),
            )
            values = {"estimate": found.to_json()}
        except TrustJudgeError as error:
            values = {"state": "failed", "message": str(error)}
        with writing(engine) as connection:
            if asked_runs.read(connection, run.run_id).state == "draft":  # somebody may have started it meanwhile
                asked_runs.change(connection, run.run_id, **values)
    return len(drafts)
