"""A response set to ask a judge about, and the runs over it, for tests of work."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.core.fake_judge import FakeJudge
from trustjudge_core.judge.prompts import Protocol
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan
from trustjudge_core.records import Bundle, Question, Response, ResponseSet
from trustjudge_core.services.hold_lease import Timing
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.open_judge import OpenJudge
from trustjudge_core.services.start_run import start_run
from trustjudge_core.services.work import Pace, Worker

CHOICE = JudgeChoice("local:fake")
QUICK = Timing(lease=60.0, heartbeat=0.01, patience=5.0)


def response_set(questions: int = 3, responses: int = 4) -> ResponseSet:
    """Questions with as many responses each, all texts different."""
    return ResponseSet(
        tuple(
            Question(
                f"q{q}", f"What is {q}?", tuple(Response(f"r{r}", f"answer {q}.{r}", f"s{r}") for r in range(responses))
            )
            for q in range(questions)
        )
    )


def stored_set(engine: Engine, questions: int = 3, responses: int = 4) -> int:
    """The same, stored."""
    return import_bundle(engine, Bundle(response_set(questions, responses)), "asked").set_id


def started(engine: Engine, set_id: int, plan: Plan | None = None, protocol: Protocol | None = None) -> int:
    """A queued run of the fake judge."""
    return start_run(engine, set_id, CHOICE, protocol or Protocol(), plan or Plan()).run_id


def worker(engine: Engine, judge: FakeJudge, pace: Pace | None = None, timing: Timing = QUICK) -> Worker:
    """A worker that opens this judge, whatever is chosen, and stores every answer by itself."""
    return Worker(engine, OpenJudge(lambda choice: judge), timing, pace or Pace(answers=1))
