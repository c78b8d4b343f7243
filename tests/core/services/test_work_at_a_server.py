"""A whole run at a judge behind a server that stumbles, goes away and comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from db.engine import reading
from db.tables import metadata
from tests.core.asked_set import QUICK, stored_set
from tests.core.judge.openai_server import DIGITS, Fault, Manners, OpenAIServer, serving
from tests.core.judge.served_models import TableModel
from trustjudge_core.errors import UsageError
from trustjudge_core.judge.contract import Judge
from trustjudge_core.judge.prompts import Protocol
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan
from trustjudge_core.services.audit_run import audit_run
from trustjudge_core.services.control_run import resume_run
from trustjudge_core.services.open_judge import OpenJudge, open_judge
from trustjudge_core.services.start_run import start_run
from trustjudge_core.services.work import Pace, Worker, work
from trustjudge_core.settings import AuditSettings

MODEL = TableModel((*DIGITS, "A", "B", "C", "[", "]"), tuple("12345"), pair_labels=tuple("ABC"))
ASKED = 3 * (4 + 4 * 3)
KEY = "sk-secret-of-this-test"


def started(engine: Engine, server: OpenAIServer) -> int:
    choice = JudgeChoice(f"endpoint:{server.url}#table", key_variable="JUDGE_KEY", concurrency=3)
    return start_run(engine, stored_set(engine), choice, Protocol(), Plan()).run_id


def worked(engine: Engine, server: OpenAIServer, *faults: Fault) -> tuple[str, str, int, int]:
    """State and message after a worker has done what it could, judgments stored, and failed ones among them.

    The faults begin when the judge is open.
    """

    def opened(choice: JudgeChoice) -> Judge:
        judge = open_judge(choice)
        server.seen.clear()
        server.faults.extend(faults)
        return judge

    with OpenJudge(opened) as judge:
        run = work(Worker(engine, judge, QUICK, Pace(answers=4)))
    assert run is not None
    return run.state, run.message or "", run.scores + run.pairs, run.failed


def test_a_run_survives_its_server(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_KEY", KEY)
    with serving(MODEL, Manners(key=KEY)) as server:
        calm = started(engine, server)
        assert worked(engine, server)[:3] == ("complete", "", ASKED)
        undisturbed = audit_run(engine, calm, AuditSettings())[1]

    with serving(MODEL, Manners(key=KEY)) as server:
        run_id = started(engine, server)
        # Some stumbling, twenty answers, then the key is refused.
        stumbles = [Fault("429", retry_after="0"), Fault("503"), Fault("drop")]
        refused = [*[Fault("none")] * 20, *[Fault("401")] * 10]
        state, message, stored, _ = worked(engine, server, *stumbles, *refused)
        assert state == "failed"
        assert "check the key" in message
        assert 0 < stored < ASKED
        server.faults.clear()
        resume_run(engine, run_id)
        assert worked(engine, server)[:3] == ("complete", "", ASKED)
        assert len(server.chats) == ASKED - stored  # nothing was asked twice
        after = audit_run(engine, run_id, AuditSettings())[1]
    assert repr(replace(after, judge="")) == repr(replace(undisturbed, judge=""))  # by repr, for NaN is not itself

    with reading(engine) as connection:
        dumped = "\n".join(repr(row) for table in metadata.sorted_tables for row in connection.execute(select(table)))
    assert "JUDGE_KEY" in dumped
    assert KEY not in dumped


def test_a_server_without_log_probabilities_fails_the_run_before_anything_is_stored(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUDGE_KEY", KEY)
    with serving(MODEL, Manners(logprobs="left out")) as server:
        started(engine, server)
        state, message, stored, failed = worked(engine, server)
    assert (state, stored, failed) == ("failed", 0, 0)
    assert "choose sampled verdicts" in message


@pytest.mark.parametrize(
    "spec", ["endpoint:http://host/v1?key=abc#m", "endpoint:http://u:abc@host/v1#m", "endpoint:http://host/v1"]
)
def test_a_choice_that_would_store_a_secret_cannot_be_made(spec: str) -> None:
    with pytest.raises(UsageError) as caught:
        JudgeChoice(spec)
    assert "abc" not in str(caught.value)
