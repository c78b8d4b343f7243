"""The list of runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from tests.small_bundle import SMALL
from trustjudge_core.records import Bundle, Question, Response, ResponseSet, ScoreJudgment
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.list_runs import list_runs


def test_an_empty_database_has_no_runs(engine: Engine) -> None:
    assert list_runs(engine) == []


def test_each_run_counts_what_it_holds(engine: Engine) -> None:
    import_bundle(engine, SMALL, "small", is_sample=True)
    ada, bo = list_runs(engine)
    assert (ada.judge, ada.set_name, ada.state, ada.is_sample) == ("ada", "small", "complete", True)
    assert (ada.questions, ada.responses, ada.verdicts) == (2, 5, 5)
    assert (ada.score_judgments, ada.pair_judgments, ada.failed) == (4, 5, 3)
    assert (bo.judge, bo.score_judgments, bo.pair_judgments, bo.failed) == ("bo", 1, 1, 0)
    assert timedelta(0) <= datetime.now(UTC) - ada.created_at < timedelta(minutes=5)


def test_the_newest_set_comes_first(engine: Engine) -> None:
    import_bundle(engine, SMALL, "small")
    one = ResponseSet((Question("q", "t", (Response("r", "x"),)),))
    import_bundle(engine, Bundle(one, (ScoreJudgment("q", "r", "cy", (1, 5), emitted=2.0),)), "newer")
    assert [(run.judge, run.verdicts) for run in list_runs(engine)] == [("cy", 0), ("ada", 5), ("bo", 5)]
