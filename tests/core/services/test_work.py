"""Working on runs: everything asked is stored once, whatever gets in between."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, text, update

from db.engine import open_engine, reading, writing
from db.tables import runs
from tests.core.asked_set import CHOICE, QUICK, started, stored_set, worker
from tests.core.fake_judge import FakeJudge, answer_to
from tests.databases import row_counts
from tests.small_bundle import SMALL
from trustjudge_core.errors import DatabaseBusy, TrustJudgeError, UsageError
from trustjudge_core.judge.contract import Prompt
from trustjudge_core.judge.prompts import Protocol, pair_prompt, score_prompt
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan
from trustjudge_core.services import store_answers
from trustjudge_core.services.audit_files import audit_files
from trustjudge_core.services.audit_run import audit_run
from trustjudge_core.services.control_run import cancel_run, pause_run, resume_run, retry_failed
from trustjudge_core.services.export_run import write_bundle
from trustjudge_core.services.hold_lease import Timing
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.list_activity import list_activity
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.open_judge import OpenJudge
from trustjudge_core.services.read_question import read_question
from trustjudge_core.services.run_progress import run_progress
from trustjudge_core.services.start_run import start_run
from trustjudge_core.services.work import Pace, Worker, work
from trustjudge_core.settings import AuditSettings

ASKED = 3 * (4 + 4 * 3)
"""3 questions of 4 responses: 4 scores and 12 ordered pairs each."""


def test_everything_asked_for_is_stored_as_the_judge_said_it(engine: Engine) -> None:
    run_id = started(engine, stored_set(engine))
    run = work(worker(engine, FakeJudge()))
    assert run is not None
    assert (run.run_id, run.state, run.asked, run.scores, run.pairs, run.failed) == (
        *(run_id, "complete", ASKED),
        *(12, 36, 0),
    )
    loaded = load_run(engine, run_id)
    question, protocol = read_question(engine, run_id, "q1"), Protocol()
    said = answer_to(score_prompt(protocol, question, question.responses[2]))
    (place,) = [s for s, response in enumerate(loaded.scores.response) if response == 6]
    stored = slice(loaded.scores.label_offsets[place], loaded.scores.label_offsets[place + 1])
    assert tuple(loaded.scores.label_probs[stored]) == said.probs
    assert loaded.scores.label_values[stored].tolist() == [1, 2, 3, 4, 5]
    assert loaded.scores.emitted[place] == float(said.emitted or "nan")
    said = answer_to(pair_prompt(protocol, question, question.responses[3], question.responses[0]))
    (place,) = [p for p, both in enumerate(zip(loaded.pairs.first, loaded.pairs.second, strict=True)) if both == (7, 4)]
    assert tuple(loaded.pairs.probs[place]) == said.probs
    assert loaded.pairs.verdict[place] == {0: 1, 1: -1, 2: 0}[protocol.pair_labels.index(said.emitted or "")]


def test_nothing_waits_and_nothing_is_done(engine: Engine) -> None:
    assert work(worker(engine, FakeJudge())) is None


def test_a_run_that_stopped_anywhere_goes_on_without_asking_twice(engine: Engine) -> None:
    run_id = started(engine, stored_set(engine))
    stop = threading.Event()
    asked: list[Prompt] = []
    for stop_at in (1, 7, 20):
        judge = FakeJudge(before=lambda count, at=stop_at: stop.set() if count == at else None, asked=asked)
        left = work(Worker(engine, OpenJudge(lambda _, judge=judge: judge), QUICK, Pace(answers=1), stop))
        assert left is not None
        assert left.state == "queued"
        stop.clear()
    run = work(worker(engine, FakeJudge(asked=asked)))
    assert run is not None
    assert run.state == "complete"
    assert len(asked) == len({repr(prompt) for prompt in asked}) == ASKED
    assert len(load_run(engine, run_id).pairs.first) == 36


@pytest.mark.parametrize(("wish", "state"), [(pause_run, "paused"), (cancel_run, "cancelled")])
def test_a_wish_to_stop_is_seen_within_a_batch_and_what_is_stored_can_be_audited(
    engine: Engine, wish: object, state: str
) -> None:
    run_id = started(engine, stored_set(engine))

    def wish_at_ten(count: int) -> None:
        if count == 10:
            assert wish(engine, run_id).wanted == state  # type: ignore[operator]
        time.sleep(0.02)

    run = work(worker(engine, FakeJudge(before=wish_at_ten)))
    assert run is not None
    assert (run.state, run.wanted, run.lease_owner) == (state, None, None)
    assert 10 <= run.done < ASKED
    _, audit = audit_run(engine, run_id, AuditSettings(resamples=0))
    assert audit.inputs.score_judgments + audit.inputs.pair_judgments == run.done
    assert resume_run(engine, run_id).state == "queued"
    finished = work(worker(engine, FakeJudge()))
    assert finished is not None
    assert (finished.state, finished.done) == ("complete", ASKED)


def test_controls_without_a_worker_act_at_once_and_refuse_what_makes_no_sense(engine: Engine) -> None:
    run_id = started(engine, stored_set(engine))
    assert pause_run(engine, run_id).state == "paused"
    with pytest.raises(UsageError, match="is paused; allowed: pausing a run that is queued or running"):
        pause_run(engine, run_id)
    with pytest.raises(UsageError, match="no failed judgments"):
        retry_failed(engine, run_id)
    assert work(worker(engine, FakeJudge())) is None
    assert cancel_run(engine, run_id).state == "cancelled"
    assert resume_run(engine, run_id).state == "queued"
    work(worker(engine, FakeJudge()))
    with pytest.raises(UsageError, match="is complete; allowed: resuming"):
        resume_run(engine, run_id)


def test_failed_judgments_are_in_the_ledger_and_asking_again_keeps_them_as_history(engine: Engine) -> None:
    run_id = started(engine, stored_set(engine))

    def odd(prompt: Prompt) -> str | None:
        return "no verdict in brackets" if "answer 1.2" in str(prompt.chat) else None

    run = work(worker(engine, FakeJudge(fails=odd)))
    assert run is not None
    assert (run.state, run.done, run.failed) == ("complete", ASKED, 7)  # one score, 3 opponents in both orders
    ledger = run_progress(engine, run_id).ledger
    assert [(e.kind, e.reason, e.count) for e in ledger] == [
        ("pair", "no verdict in brackets", 6),
        ("score", "no verdict in brackets", 1),
    ]
    assert retry_failed(engine, run_id).state == "queued"
    again = FakeJudge(
        fails=lambda prompt: "still nothing" if "score" in str(prompt.labels) or prompt.labels[0] == "1" else None
    )
    run = work(worker(engine, again))
    assert run is not None
    assert len(again.asked) == 7
    assert (run.done, run.failed) == (ASKED, 1)
    loaded = load_run(engine, run_id)
    assert len(loaded.scores.response) == 12
    assert len(loaded.pairs.first) == 36
    assert loaded.scores.reasons == ("still nothing",)
    assert loaded.pairs.reasons == ()
    assert row_counts(engine)["score_judgments"] == 13
    assert row_counts(engine)["pair_judgments"] == 42
    assert [(e.kind, e.count) for e in run_progress(engine, run_id).ledger] == [("score", 1)]


def test_two_workers_at_once_share_the_runs_and_double_nothing(engine: Engine) -> None:
    set_id = stored_set(engine)
    run_ids = [started(engine, set_id, Plan(pairs="budget", budget=20, seed=seed)) for seed in range(6)]
    judges = [FakeJudge(seconds=0.001), FakeJudge(seconds=0.001)]

    def until_nothing_waits(judge: FakeJudge) -> None:
        while work(worker(engine, judge)) is not None:
            pass

    threads = [threading.Thread(target=until_nothing_waits, args=[judge]) for judge in judges]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(judge.asked for judge in judges)
    assert sum(len(judge.asked) for judge in judges) == 6 * 20
    assert {run_progress(engine, run_id).run.state for run_id in run_ids} == {"complete"}


def test_a_run_whose_worker_died_is_taken_over_when_its_lease_runs_out(engine: Engine) -> None:
    run_id = started(engine, stored_set(engine))
    _left_by_a_dead_worker(engine, run_id, seconds_left=0.3)
    assert work(worker(engine, FakeJudge())) is None
    assert run_progress(engine, run_id).silent is None
    time.sleep(0.35)
    assert (run_progress(engine, run_id).silent or 0) > 0
    run = work(worker(engine, FakeJudge()))
    assert run is not None
    assert run.state == "complete"


def test_pausing_a_run_whose_worker_died_works_at_once_or_when_the_lease_runs_out(engine: Engine) -> None:
    run_id = started(engine, stored_set(engine))
    _left_by_a_dead_worker(engine, run_id, seconds_left=-1)
    assert pause_run(engine, run_id).state == "paused"
    resume_run(engine, run_id)
    _left_by_a_dead_worker(engine, run_id, seconds_left=0.1)
    assert pause_run(engine, run_id).wanted == "paused"
    time.sleep(0.15)
    assert work(worker(engine, FakeJudge())) is None
    assert run_progress(engine, run_id).run.state == "paused"


def test_a_worker_that_lost_its_lease_writes_nothing(engine: Engine) -> None:
    """It sleeps for longer than its lease; meanwhile another finishes the run."""
    run_id = started(engine, stored_set(engine))
    slow = Timing(lease=0.05, heartbeat=100.0, patience=5.0)
    rows: list[dict[str, int]] = []

    def others_finish(count: int) -> None:
        if count == 5:
            time.sleep(0.1)
            other = work(worker(engine, FakeJudge()))
            assert other is not None
            assert other.state == "complete"
            rows.append(row_counts(engine))

    late = FakeJudge(before=others_finish)
    run = work(worker(engine, late, timing=slow))
    assert run is not None
    assert (run.state, run.done) == ("complete", ASKED)
    assert rows == [row_counts(engine)]
    assert len(late.asked) == 6  # it noticed when it wanted to store the sixth
    assert late.closed == 1
    assert run_id == run.run_id


def test_a_judge_that_goes_away_makes_the_run_failed_with_the_reason_and_it_goes_on_later(engine: Engine) -> None:
    run_id = started(engine, stored_set(engine))

    def gone(count: int) -> None:
        if count == 20:
            raise TrustJudgeError("the server is gone; start it again")

    judge = FakeJudge(before=gone)
    run = work(worker(engine, judge, Pace(answers=8)))
    assert run is not None
    assert (run.state, run.message, run.done) == ("failed", "the server is gone; start it again", 20)
    assert judge.closed == 1
    assert work(worker(engine, FakeJudge())) is None
    resume_run(engine, run_id)
    run = work(worker(engine, FakeJudge()))
    assert run is not None
    assert (run.state, run.message, run.done) == ("complete", None, ASKED)


def test_a_judge_that_cannot_be_opened_says_why(engine: Engine) -> None:
    started(engine, stored_set(engine))

    def missing(choice: JudgeChoice) -> FakeJudge:
        raise UsageError(f"{choice.spec} is not there; allowed: a folder with config.json; correct the path")

    run = work(Worker(engine, OpenJudge(missing), QUICK))
    assert run is not None
    assert run.state == "failed"
    assert run.message is not None
    assert "local:fake is not there" in run.message


def test_a_bug_in_a_judge_is_written_down_and_not_hidden(engine: Engine) -> None:
    run_id = started(engine, stored_set(engine))

    def bug(count: int) -> None:
        raise ZeroDivisionError("one over nothing")

    with pytest.raises(ZeroDivisionError):
        work(worker(engine, FakeJudge(before=bug)))
    run = run_progress(engine, run_id).run
    assert run.state == "failed"
    assert "ZeroDivisionError: one over nothing" in (run.message or "")


def test_a_judge_with_other_weights_does_not_go_on_with_the_run(engine: Engine) -> None:
    run_id = started(engine, stored_set(engine))
    work(
        worker(
            engine,
            FakeJudge(before=lambda count: pause_run(engine, run_id) and None if count == 3 else time.sleep(0.02)),
        )
    )
    resume_run(engine, run_id)
    run = work(worker(engine, FakeJudge().of_revision("r2")))
    assert run is not None
    assert run.state == "failed"
    assert "its revision was r1 and is r2" in (run.message or "")


def test_a_judge_that_answers_nothing_usable_is_stopped_early_and_goes_on_when_told(engine: Engine) -> None:
    run_id = started(engine, stored_set(engine, questions=10))
    nonsense = FakeJudge(fails=lambda prompt: "no verdict")
    run = work(worker(engine, nonsense, Pace(answers=10)))
    assert run is not None
    assert (run.state, run.done, run.failed) == ("failed", 100, 100)
    assert "the first 100 judgments all failed, 100 of them with: no verdict" in (run.message or "")
    resume_run(engine, run_id)
    run = work(worker(engine, nonsense))
    assert run is not None
    assert (run.state, run.done, run.failed) == ("complete", 160, 160)


def test_a_locked_database_is_waited_for(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("only an SQLite file is locked as a whole")
    url = f"{engine.url.render_as_string()}?timeout=0.05"
    impatient = open_engine(url)
    started(engine, stored_set(engine))
    holder = sqlite3.connect(str(engine.url.database), isolation_level=None, check_same_thread=False)

    def lock(count: int) -> None:
        if count == 10:
            holder.execute("BEGIN IMMEDIATE")
            threading.Timer(0.4, lambda: holder.execute("ROLLBACK")).start()

    run = work(worker(impatient, FakeJudge(before=lock)))
    assert run is not None
    assert (run.state, run.done) == ("complete", ASKED)
    holder.close()
    impatient.dispose()


def test_a_database_server_that_drops_its_connections_is_found_again(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("a file has no connections to drop")
    run_id = started(engine, stored_set(engine))
    other = open_engine(engine.url.render_as_string(hide_password=False))
    everyone_else = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    def drop(count: int) -> None:
        if count % 10 == 5:
            with other.connect() as connection:
                connection.execute(everyone_else)

    run = work(worker(engine, FakeJudge(before=drop)))
    assert run is not None
    assert (run.run_id, run.state, run.done) == (run_id, "complete", ASKED)
    other.dispose()


def test_a_commit_whose_answer_was_lost_is_not_stored_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection breaks after the database has committed, before the worker hears of it."""
    run_id = started(engine, stored_set(engine))
    breaks = iter([False, True, False, False, True])

    @contextmanager
    def breaking(engine: Engine) -> Iterator[Connection]:
        with writing(engine) as connection:
            yield connection
        if next(breaks, False):
            raise DatabaseBusy("the connection is lost")

    monkeypatch.setattr(store_answers, "writing", breaking)
    run = work(worker(engine, FakeJudge()))
    assert run is not None
    assert (run.state, run.done) == ("complete", ASKED)
    assert len(load_run(engine, run_id).pairs.first) == 36


def test_a_full_disk_stops_the_run_with_a_message_and_loses_nothing(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("only SQLite can be told how large it may become")
    run_id = started(engine, stored_set(engine, questions=40))
    # SQLite's limit of pages belongs to a connection: every one of this engine gets it.
    with reading(engine) as connection:
        pages = connection.scalar(text("PRAGMA page_count")) or 0
    small = open_engine(engine.url.render_as_string())
    event.listen(small, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {pages + 8}"))
    run = work(worker(small, FakeJudge(), Pace(answers=16)))
    assert run is not None
    assert run.state == "failed"
    assert "has no space left" in (run.message or "")
    stored = row_counts(engine)
    assert 0 < run.done < run.asked
    assert stored["score_judgments"] + stored["pair_judgments"] == run.done
    small.dispose()
    resume_run(engine, run_id)
    run = work(worker(engine, FakeJudge(), Pace()))
    assert run is not None
    assert (run.state, run.done) == ("complete", 40 * 16)


def test_what_files_held_no_text_for_is_failed_without_asking(engine: Engine) -> None:
    run_id = started(engine, import_bundle(engine, SMALL, "small").set_id)
    judge = FakeJudge()
    run = work(worker(engine, judge))
    assert run is not None
    # "sky" has 3 responses, one without text; "ode" has no question.
    assert (run.asked, run.failed, len(judge.asked)) == (3 + 6 + 2 + 2, 1 + 4 + 4, 4)
    assert {entry.reason for entry in run_progress(engine, run_id).ledger} == {
        "the files held no text for the question or a response"
    }


def test_texts_that_no_database_takes_are_stored_with_a_mark_instead(engine: Engine) -> None:
    run_id = started(engine, stored_set(engine, 1, 2), Plan(pairs="none"))
    work(worker(engine, FakeJudge(fails=lambda prompt: "nul \0 and half \ud800")))
    assert [entry.reason for entry in run_progress(engine, run_id).ledger] == ["nul \ufffd and half ?"]


def test_the_same_start_is_the_same_run_unless_asked_again(engine: Engine) -> None:
    set_id = stored_set(engine)
    first = start_run(engine, set_id, CHOICE, Protocol(), Plan(), draft=True)
    assert (first.state, first.new) == ("draft", True)
    queued = start_run(engine, set_id, CHOICE, Protocol(), Plan())
    assert (queued.run_id, queued.state, queued.new) == (first.run_id, "queued", True)
    assert not start_run(engine, set_id, CHOICE, Protocol(), Plan()).new
    other = start_run(engine, set_id, CHOICE, Protocol(scale=(1, 100)), Plan())
    assert (other.judge, other.new) == ("fake (2)", True)
    again = start_run(engine, set_id, CHOICE, Protocol(), Plan(), again=True)
    assert again.run_id not in (first.run_id, other.run_id)


def test_a_run_without_judgments_can_be_audited(engine: Engine) -> None:
    run_id = started(engine, stored_set(engine))
    _, audit = audit_run(engine, run_id, AuditSettings(resamples=0))
    assert (audit.inputs.questions, audit.inputs.score_judgments, audit.inputs.pairs) == (3, 0, 0)


def test_a_run_that_was_asked_again_exports_what_counts(engine: Engine, tmp_path: Path) -> None:
    set_id = stored_set(engine)
    run_id = started(engine, set_id)
    work(worker(engine, FakeJudge(fails=lambda prompt: "odd" if "answer 1.2" in str(prompt.chat) else None)))
    retry_failed(engine, run_id)
    work(worker(engine, FakeJudge(fails=lambda prompt: "odder" if prompt.labels[0] == "1" else None)))
    with (tmp_path / "bundle.zip").open("wb") as file:
        write_bundle(engine, run_id, set_id, file)
    settings = AuditSettings(resamples=0)
    ((_, audit),), _ = audit_files([tmp_path / "bundle.zip"], settings)
    assert repr(audit) == repr(audit_run(engine, run_id, settings)[1])
    assert [(entry.reason, entry.count) for entry in audit.ledger] == [("odder", 1)]


def test_who_did_what_to_a_run_is_in_the_log_with_the_reason(engine: Engine) -> None:
    run_id = started(engine, stored_set(engine))
    pause_run(engine, run_id, "eve")
    resume_run(engine, run_id, "dan")

    def gone(count: int) -> None:
        raise TrustJudgeError("the server is gone")

    work(worker(engine, FakeJudge(before=gone)))
    told = [(line.person, line.action, line.detail) for line in list_activity(engine, run_id=run_id)]
    assert told == [
        ("worker", "left it failed", {"reason": "the server is gone"}),
        ("dan", "resumed", {}),
        ("eve", "paused", {}),
        ("this machine", "started", {}),
    ]


def _left_by_a_dead_worker(engine: Engine, run_id: int, seconds_left: float) -> None:
    with writing(engine) as connection:
        connection.execute(
            update(runs)
            .where(runs.c.id == run_id)
            .values(state="running", lease_owner="dead", lease_until=time.time() + seconds_left)
        )
