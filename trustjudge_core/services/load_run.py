"""All judgments of a run as columns: what every number of an audit is computed from."""

from __future__ import annotations

from sqlalchemy import Engine

from db import pair_judgments, response_sets, runs, score_judgments, verdicts
from db.engine import reading
from trustjudge_core.records import RunJudgments


def load_run(engine: Engine, run_id: int) -> RunJudgments:
    """The judgments of a run and what people decided about its set. Raises NotFound."""
    with reading(engine) as connection:
        set_id, judge = runs.find(connection, run_id)
        index, numbers = response_sets.index(connection, set_id)
        return RunJudgments(
            judge=judge,
            index=index,
            scores=score_judgments.columns(connection, run_id, numbers),
            pairs=pair_judgments.columns(connection, run_id, numbers),
            verdicts=verdicts.columns(connection, set_id, numbers),
        )
