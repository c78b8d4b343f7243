"""What reviewing a run stands on and no verdict changes: read once, kept by the page, handed to the other services."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine

from db import pair_judgments, response_sets, runs, score_judgments
from db.engine import reading
from db.response_sets import ResponseNumbers
from trustjudge_core.cases import Cases, cases_of
from trustjudge_core.errors import NotFound
from trustjudge_core.evidence import Evidence
from trustjudge_core.records import RunJudgments
from trustjudge_core.settings import Aggregation, Mode


@dataclass(frozen=True, eq=False)
class ReviewGround:
    """The judgments of a run at a mode, aggregation and tolerance, as cases. Verdicts are not in it."""

    run_id: int
    set_id: int
    judge: str
    evidence: Evidence
    aggregation: Aggregation
    tolerance: float
    cases: Cases
    numbers: ResponseNumbers

    def case_number(self, question_id: str, a_id: str, b_id: str) -> int:
        """The case about two responses, in either order. Raises NotFound when the judge was not asked about them."""
        index, table = self.cases.index, self.cases.table
        if question_id in index.question_ids:
            question = index.question_ids.index(question_id)
            start, stop = int(index.offsets[question]), int(index.offsets[question + 1])
            ids = index.response_ids[start:stop]
            if a_id in ids and b_id in ids:
                i, j = sorted((start + ids.index(a_id), start + ids.index(b_id)))
                found = np.flatnonzero((table.i == i) & (table.j == j))
                if len(found):
                    return int(found[0])
        raise NotFound(
            f"{a_id!r} against {b_id!r} in question {question_id!r} was not compared by {self.judge}; allowed: pairs "
            "that it was asked about; choose one of them"
        )


def open_review(
    engine: Engine,
    run_id: int,
    mode: Mode = "corrected",
    aggregation: Aggregation | None = None,
    tolerance: float = 0.0,
) -> ReviewGround:
    """Read the judgments of a run. ``aggregation`` None is the run's default. Raises NotFound and UsageError."""
    with reading(engine) as connection:
        set_id, judge = runs.find(connection, run_id)
        index, numbers = response_sets.index(connection, set_id)
        run = RunJudgments(
            judge=judge,
            index=index,
            scores=score_judgments.columns(connection, run_id, numbers),
            pairs=pair_judgments.columns(connection, run_id, numbers),
        )
    evidence = Evidence(run, mode)
    chosen = aggregation or evidence.default_aggregation
    return ReviewGround(
        run_id, set_id, judge, evidence, chosen, tolerance, cases_of(evidence, chosen, tolerance), numbers
    )
