"""What a run takes, said before it starts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from tests.core.asked_set import CHOICE, started, stored_set, worker
from tests.core.fake_judge import DESCRIPTION, FakeJudge
from tests.core.test_plan import index_of
from trustjudge_core.asking import asks
from trustjudge_core.errors import JudgeRefusal, NotFound, UsageError
from trustjudge_core.estimate import Estimate
from trustjudge_core.judge.contract import Readout
from trustjudge_core.judge.endpoint_prices import Prices
from trustjudge_core.judge.prompts import Protocol
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan, asked
from trustjudge_core.records import Bundle, Question, Response, ResponseSet
from trustjudge_core.services.control_run import cancel_run
from trustjudge_core.services.estimate_run import estimate_run, measure_drafts
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.open_judge import OpenJudge
from trustjudge_core.services.preview_prompt import preview_prompt
from trustjudge_core.services.run_progress import run_progress
from trustjudge_core.services.start_run import start_run
from trustjudge_core.services.work import work
from trustjudge_core.services.work_queue import work_queue

SERVED = JudgeChoice("endpoint:http://127.0.0.1:1/v1#m")
UNEVEN = ResponseSet(
    tuple(
        Question(f"q{q}", "Why?", tuple(Response(f"r{r}", "word " * (10 * r + q)) for r in range(4))) for q in range(3)
    )
)

INDEX = index_of([4, 4, 4])


def test_the_tokens_of_a_small_set_are_counted_one_by_one(engine: Engine) -> None:
    """The fake judge has a token for every word: every prompt asked for is counted here again."""
    set_id = import_bundle(engine, Bundle(UNEVEN), "uneven").set_id
    judge = FakeJudge()
    found = estimate_run(engine, set_id, CHOICE, Protocol(), Plan(), judge=judge)
    started(engine, set_id)
    work(worker(engine, judge))
    assert (found.scores, found.pairs, found.judgments) == (12, 36, 48)
    assert found.prompt_tokens == sum(judge.count_tokens(judge.asked))
    assert (found.counted, found.answer_tokens) == (True, 0)


def test_without_the_judge_tokens_are_four_bytes_each_and_a_server_writes_its_verdicts(engine: Engine) -> None:
    set_id = import_bundle(engine, Bundle(UNEVEN), "uneven").set_id
    exact = estimate_run(engine, set_id, CHOICE, Protocol(), Plan(), judge=FakeJudge())
    found = estimate_run(engine, set_id, SERVED, Protocol(readout=Readout(samples=3, temperature=1.0)), Plan())
    assert not found.counted
    assert found.answer_tokens == 3 * 48 * 64
    assert (
        3 * exact.prompt_tokens < found.prompt_tokens < 3 * 2 * exact.prompt_tokens
    )  # English words have 4 to 8 bytes


def test_the_cost_is_that_of_the_prices(engine: Engine) -> None:
    set_id = stored_set(engine)
    found = estimate_run(engine, set_id, SERVED, Protocol(), Plan(), Prices(2.0, 10.0))
    assert found.cost == pytest.approx((2.0 * found.prompt_tokens + 10.0 * 48 * 64) / 1e6)


def test_the_time_is_known_once_the_judge_was_measured(engine: Engine) -> None:
    set_id = stored_set(engine)
    assert estimate_run(engine, set_id, CHOICE, Protocol(), Plan()).seconds is None
    run_id = started(engine, set_id)
    run = work(worker(engine, FakeJudge()))
    assert run is not None
    found = estimate_run(engine, set_id, CHOICE, Protocol(scale=(1, 100)), Plan(pairs="none"))
    assert (found.rate, found.rate_from) == (run.rate, run_id)
    assert found.seconds == pytest.approx(12 / (run.rate or 0))
    assert estimate_run(engine, set_id, JudgeChoice("local:other"), Protocol(), Plan()).seconds is None
    slower = Protocol(readout=Readout(order="rationale_first"))
    assert estimate_run(engine, set_id, CHOICE, slower, Plan()).seconds is None


def test_prompts_that_do_not_fit_are_named_response_by_response(engine: Engine) -> None:
    set_id = import_bundle(engine, Bundle(UNEVEN), "uneven").set_id
    lengths = {
        (ask.question.question_id, *(r.response_id for r in ask.about)): FakeJudge().count_tokens([ask.prompt])[0]
        for ask in asks(UNEVEN, INDEX, asked(Plan(), INDEX), Protocol(), DESCRIPTION)
        if ask.prompt
    }
    context = sorted(lengths.values())[-5]
    short = FakeJudge(replace(DESCRIPTION, context=context))
    found = estimate_run(engine, set_id, CHOICE, Protocol(), Plan(), judge=short)
    assert found.context == context
    named = {(prompt.question_id, *prompt.response_ids): prompt.tokens for prompt in found.too_long}
    room = 2  # a digit or a letter, and the bracket
    assert named == {about: tokens for about, tokens in lengths.items() if tokens + room > context}
    assert found.too_long_count == len(named) >= 5


def test_a_worker_measures_drafts_and_asks_nothing(engine: Engine) -> None:
    set_id = stored_set(engine)
    run_id = start_run(engine, set_id, CHOICE, Protocol(), Plan(), draft=True).run_id
    judge = FakeJudge()
    work_queue(worker(engine, judge), lambda text: None, once=True)
    run = run_progress(engine, run_id).run
    assert run.state == "draft"
    assert run.estimate is not None
    assert Estimate.from_json(run.estimate) == estimate_run(engine, set_id, CHOICE, Protocol(), Plan(), judge=judge)
    assert judge.asked == []
    assert measure_drafts(engine, OpenJudge(lambda choice: judge)) == 0
    assert cancel_run(engine, run_id).state == "cancelled"


def test_a_draft_whose_judge_cannot_be_used_says_why(engine: Engine) -> None:
    run_id = start_run(engine, stored_set(engine), CHOICE, Protocol(), Plan(), draft=True).run_id

    def missing(choice: JudgeChoice) -> FakeJudge:
        raise JudgeRefusal("the folder holds pickle weights; allowed: safetensors; convert them")

    assert measure_drafts(engine, OpenJudge(missing)) == 1
    run = run_progress(engine, run_id).run
    assert (run.state, run.message) == ("failed", "the folder holds pickle weights; allowed: safetensors; convert them")


def test_an_estimate_comes_back_from_its_json(engine: Engine) -> None:
    short = FakeJudge(replace(DESCRIPTION, context=10))
    found = estimate_run(engine, stored_set(engine), CHOICE, Protocol(), Plan(), judge=short)
    assert found.too_long
    assert Estimate.from_json(found.to_json()) == found


def test_a_set_that_is_not_there_and_a_budget_that_is_too_small_are_said(engine: Engine) -> None:
    with pytest.raises(NotFound):
        estimate_run(engine, 99, CHOICE, Protocol(), Plan())
    with pytest.raises(NotFound):
        start_run(engine, 99, CHOICE, Protocol(), Plan())
    with pytest.raises(UsageError, match="leaves nothing for pairs"):
        estimate_run(engine, stored_set(engine), CHOICE, Protocol(), Plan(pairs="budget", budget=5))


def test_the_preview_is_the_first_prompt_that_a_run_asks(engine: Engine) -> None:
    set_id = stored_set(engine)
    protocol = Protocol(scale=(1, 100), rubric="only facts count")
    judge = FakeJudge()
    started(engine, set_id, protocol=protocol)
    work(worker(engine, judge))
    preview = preview_prompt(engine, set_id, protocol)
    assert preview.question_id == "q0"
    assert preview.score in judge.asked
    assert preview.pair in judge.asked
    assert preview_prompt(engine, set_id, protocol, "q2").score.chat != preview.score.chat


def test_the_preview_of_a_set_without_texts_says_so(engine: Engine) -> None:
    silent = ResponseSet((Question("q", None, (Response("a", "x"), Response("b", None))),))
    set_id = import_bundle(engine, Bundle(silent), "silent").set_id
    with pytest.raises(NotFound, match="no question of this set has texts"):
        preview_prompt(engine, set_id, Protocol())
