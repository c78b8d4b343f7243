"""The judge in the box, really asked: from a queued run to an audit, with torch and all."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from trustjudge_core.judge.bundled.demonstration_set import demonstration_set
from trustjudge_core.judge.prompts import Protocol, load_template
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan
from trustjudge_core.records import Bundle
from trustjudge_core.services.audit_run import audit_run
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.open_judge import OpenJudge
from trustjudge_core.services.start_run import start_run
from trustjudge_core.services.work import Worker, work
from trustjudge_core.settings import AuditSettings


def test_the_judge_in_the_box_judges_a_set_of_its_kind(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("where it is stored makes no difference to a model")
    set_id = import_bundle(engine, Bundle(demonstration_set(2, 3, seed=1)), "tasks").set_id
    choice = JudgeChoice("bundled")
    start_run(engine, set_id, choice, Protocol(load_template(choice.template)), Plan())
    with OpenJudge() as judge:
        run = work(Worker(engine, judge))
    assert run is not None
    assert (run.state, run.message, run.done, run.failed) == ("complete", None, 2 * (3 + 6), 0)
    assert run.judge_facts is not None
    assert run.judge_facts["demonstration"]
    assert run.judge_facts["revision"]
    _, audit = audit_run(engine, run.run_id, AuditSettings(resamples=0))
    assert (audit.inputs.pairs_compared, audit.inputs.both_orders) == (6, True)
    assert audit.inputs.low_mass == 0
