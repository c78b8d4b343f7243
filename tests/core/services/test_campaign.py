"""Workers are killed at random moments, over and over: no judgment lost, none doubled, the same audit."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, func, select

from db import asked_runs
from db.engine import reading
from db.tables import pair_judgments, score_judgments
from tests.core.asked_set import CHOICE, stored_set, worker
from tests.core.fake_judge import FakeJudge
from trustjudge_core.audit import audit
from trustjudge_core.judge.prompts import Protocol
from trustjudge_core.plan import Plan
from trustjudge_core.records import RunJudgments
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.start_run import start_run
from trustjudge_core.services.work import Pace, work
from trustjudge_core.settings import AuditSettings

RUNS = 50


def _audit(loaded: RunJudgments) -> str:
    """Every number of the audit under one name of the judge; as text, where NaN equals NaN."""
    return repr(audit(replace(loaded, judge="the judge"), AuditSettings(resamples=0)))


def test_fifty_runs_whose_workers_are_killed_lose_and_double_nothing(engine: Engine, repository: Path) -> None:
    url = engine.url.render_as_string(hide_password=False)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.core.services.campaign", url, str(RUNS), "5"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    kills = {int(run_id): count for run_id, count in told["kills"].items()}
    assert not told["model_library_loaded"]
    assert len(kills) == RUNS, "not every run came to its end"
    assert min(kills.values()) >= 1, "a run was never hit"

    set_id = stored_set(engine)
    undisturbed = start_run(engine, set_id, CHOICE, Protocol(), Plan(), again=True).run_id
    assert (finished := work(worker(engine, FakeJudge(), Pace()))) is not None
    assert (finished.run_id, finished.state) == (undisturbed, "complete")
    whole = load_run(engine, undisturbed)
    facts, numbers = _facts(whole), _audit(whole)
    for run_id in kills:
        found = load_run(engine, run_id)
        assert _facts(found) == facts
        assert _audit(found) == numbers
        with reading(engine) as connection:
            stored = [
                connection.scalar(select(func.count()).where(table.c.run_id == run_id))
                for table in (score_judgments, pair_judgments)
            ]
            counted = asked_runs.read(connection, run_id)
        assert stored == [counted.scores, counted.pairs] == [12, 36]


def _facts(loaded: RunJudgments) -> list[tuple[Any, ...]]:
    """Everything the judge said, whatever the order in which it was stored."""
    scores, pairs = loaded.scores, loaded.pairs
    said = [tuple(probs.tolist()) for probs in np.split(scores.label_probs, scores.label_offsets[1:-1])]
    return sorted(
        [
            *zip(scores.response.tolist(), scores.emitted.tolist(), said, strict=True),
            *zip(pairs.first.tolist(), pairs.second.tolist(), pairs.probs.tolist(), strict=True),
        ],
        key=repr,
    )
