from __future__ import annotations

import io

import pytest
from sqlalchemy import Engine

from tests.core.asked_set import started, stored_set, worker
from tests.core.fake_judge import FakeJudge
from tests.core.small_runs import both_orders
from tests.pages.launched import bundle
from trustjudge_core.errors import UsageError
from trustjudge_core.services.describe_judge import describe_judge
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.make_pack import make_pack
from trustjudge_core.services.work import work


def test_a_judge_that_was_asked_here_is_described_by_what_it_said_it_is(engine: Engine) -> None:
    set_id = stored_set(engine)
    run_id = started(engine, set_id)
    with pytest.raises(UsageError, match="holds no judgments yet"):
        make_pack(engine, run_id, set_id, "set", "corrected", "likelihood", 0.0, io.BytesIO())
    judge = FakeJudge()
    work(worker(engine, judge))
    told = dict(describe_judge(engine, run_id))
    assert told["Judge asked as"] == judge.description.name
    assert told["Judge revision"] == judge.description.revision
    assert told["Judge asked from"].endswith(" UTC") and told["Judge asked until"].endswith(" UTC")


def test_judgments_that_were_imported_say_so(engine: Engine) -> None:
    (run_id,) = import_bundle(engine, bundle("ab", pairs=both_orders("a", "b", "first")), "recorded").run_ids
    ((name, words),) = describe_judge(engine, run_id)
    assert name == "Judge asked" and "imported" in words
