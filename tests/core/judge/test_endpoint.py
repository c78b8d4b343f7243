"""A judge behind a real server: what it answers, and what becomes of everything that can go wrong."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.core.judge.openai_server import DIGITS, Fault, Manners, OpenAIServer, serving, write
from tests.core.judge.served_models import TableModel, spellings
from trustjudge_core.errors import JudgeRefusal, JudgeUnavailable, UsageError
from trustjudge_core.judge.contract import Answer, Judge, Message, Prompt, Readout
from trustjudge_core.judge.endpoint import PATIENCE, EndpointJudge, open_endpoint
from trustjudge_core.judge.endpoint_spec import ALLOWED_VARIABLE
from trustjudge_core.judge.retrying import RetryPolicy

TO_5 = tuple("12345")
MODEL = TableModel((*DIGITS, "[", "]", "Score: "), TO_5, lead="Score: ")
QUICK = RetryPolicy(attempts=3, first_wait=0.01, longest_wait=0.02, longest_retry_after=5)

Opened = Callable[..., tuple[EndpointJudge, OpenAIServer]]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens a judge behind a fresh server; both end with the test."""
    ends: list[Callable[[], object]] = []

    def open_one(
        manners: Manners | None = None, *, model: TableModel = MODEL, policy: RetryPolicy = QUICK, **options: object
    ) -> tuple[EndpointJudge, OpenAIServer]:
        block = serving(model, manners)
        server = block.__enter__()
        ends.append(lambda: block.__exit__(None, None, None))
        judge = open_endpoint(server.url, "table", policy=policy, **options)  # type: ignore[arg-type]
        ends.append(judge.close)
        server.seen.clear()
        return judge, server

    yield open_one
    for end in reversed(ends):
        end()


def prompts(count: int, labels: tuple[str, ...] = TO_5) -> list[Prompt]:
    system: Message = {"role": "system", "content": "Judge."}
    return [Prompt((system, {"role": "user", "content": f"question {n}"}), labels, "[", "]") for n in range(count)]


def answered(judge: EndpointJudge, asked: list[Prompt], readout: Readout | None = None) -> list[Answer]:
    """The answers in the order of the prompts, each there exactly once."""
    found = list(judge.answers(asked, readout or Readout()))
    assert sorted(number for number, _ in found) == list(range(len(asked)))
    return [answer for _, answer in sorted(found, key=lambda pair: pair[0])]


def test_it_is_a_judge_by_the_contract(opened: Opened) -> None:
    judge: Judge = opened(Manners(context=4096))[0]
    assert judge.description.spec.startswith("endpoint:http://127.0.0.1:")
    assert judge.description.name == "table"
    assert judge.description.revision is None
    assert judge.description.context == 4096
    assert len(judge.description.reasons) >= 2
    assert all(count > 0 for count in judge.count_tokens(prompts(3)))


@pytest.mark.parametrize("manners", [Manners(), Manners(written_first=True, gives_bytes=False, reports_end=True)])
def test_label_probabilities_are_those_of_the_served_model(opened: Opened, manners: Manners) -> None:
    """Against brute force over every way in which the model could have spelled each label."""
    judge, _ = opened(manners)
    asked = prompts(12)
    found = answered(judge, asked)
    assert sum(answer.failure is None for answer in found) >= 10
    for prompt, answer in zip(asked, found, strict=True):
        text = MODEL.render(prompt.chat)  # type: ignore[arg-type]
        written, _finish = write(MODEL, text, 64, 0.0, None)
        shown = [t for t in written if t != MODEL.end]
        assert answer.text == b"".join(MODEL.vocabulary[t] for t in shown).decode()
        if answer.failure:
            continue
        opening = next(i for i, t in enumerate(shown) if MODEL.vocabulary[t] == b"[")
        expected = spellings(MODEL, text, shown[: opening + 1], TO_5)
        assert answer.probs == pytest.approx(tuple(expected.values()), abs=1e-6)
        assert answer.mass == pytest.approx(sum(expected.values()), abs=1e-6)
        told = written if manners.reports_end else shown
        logprobs = [float(MODEL.logprobs(text, written[:i])[t]) for i, t in enumerate(told)]
        assert answer.cumulative_logprob == pytest.approx(math.fsum(logprobs))
        assert answer.token_count == len(told)


def test_alternatives_that_a_server_cuts_off_show_in_the_mass(opened: Opened) -> None:
    asked = prompts(8)
    whole = answered(opened(Manners(largest_top=20))[0], asked)
    cut = answered(opened(Manners(largest_top=2))[0], asked)
    for full, short in zip(whole, cut, strict=True):
        if full.failure is None:
            assert short.emitted == full.emitted
            assert 0 < (short.mass or 0) < (full.mass or 0)
            assert all(s in (0, pytest.approx(f)) for s, f in zip(short.probs or (), full.probs or (), strict=True))


def test_instructions_reach_a_server_without_a_system_role(opened: Opened) -> None:
    judge, server = opened(Manners(system_role=False))
    assert answered(judge, prompts(1))
    assert server.chats[0].body["messages"] == [{"role": "user", "content": "Judge.\n\nquestion 0"}]


# No log-probabilities: refused, or sampled because a person said so


@pytest.mark.parametrize("how", ["left out", "refused"])
def test_a_server_without_log_probabilities_is_refused_before_anything_is_asked(opened: Opened, how: str) -> None:
    judge, server = opened(Manners(logprobs=how))  # type: ignore[arg-type]
    with pytest.raises(JudgeRefusal, match=r"no log-probabilities.*choose sampled verdicts"):
        judge.answers(prompts(2), Readout())
    assert server.chats == []


def test_log_probabilities_missing_in_the_middle_of_a_run_fail_the_answer(opened: Opened) -> None:
    judge, server = opened()
    server.faults.extend([Fault("no logprobs")])
    found = answered(judge, prompts(3))
    failed = [answer for answer in found if answer.failure]
    assert [answer.failure for answer in failed] == ["the server left out the log-probabilities of this answer"]
    assert failed[0].probs is None
    assert "[" in (failed[0].text or "")


def test_samples_are_drawn_from_the_model_and_counted(opened: Opened) -> None:
    judge, server = opened(Manners(logprobs="left out"), concurrency=16)
    asked = prompts(1)
    answer = answered(judge, asked, Readout(temperature=1.0, samples=200, seed=3))[0]
    assert answer.samples == 200
    assert len(server.chats) == 200
    assert len({request.body["seed"] for request in server.chats}) == 200
    expected = dict.fromkeys(TO_5, 0.0)  # drawn here with the same seeds, without a server
    for seed in range(3, 203):
        written, _ = write(MODEL, MODEL.render(asked[0].chat), 64, 1.0, seed)  # type: ignore[arg-type]
        inside = b"".join(MODEL.vocabulary[t] for t in written).rpartition(b"[")[2].partition(b"]")[0].decode()
        if inside in expected:
            expected[inside] += 1 / 200
    assert answer.probs == pytest.approx(tuple(expected.values()))
    assert answer.mass == pytest.approx(sum(expected.values()))
    assert answer.emitted == max(expected, key=expected.__getitem__)


def test_samples_that_could_not_differ_are_refused(opened: Opened) -> None:
    with pytest.raises(UsageError, match="temperature"):
        opened()[0].answers(prompts(1), Readout(samples=5))


def test_a_sample_that_never_comes_fails_the_answer(opened: Opened) -> None:
    judge, server = opened(concurrency=1)
    server.faults.extend([Fault("400")])
    answer = answered(judge, prompts(1), Readout(temperature=1.0, samples=5))[0]
    assert (answer.failure or "").startswith("sample 1 of 5: the server answered 400")


# What passes by itself


@pytest.mark.parametrize(
    "fault",
    [
        Fault("429"),
        Fault("429", retry_after="0"),
        Fault("429", retry_after="Sat, 01 Jan 2000 00:00:00 GMT"),
        Fault("500"),
        Fault("503"),
        Fault("drop"),
        Fault("hang up"),
        Fault("slow"),
    ],
)
def test_what_passes_by_itself_leaves_no_trace_in_the_answer(opened: Opened, fault: Fault) -> None:
    judge, server = opened(timeout=1.0 if fault.kind == "slow" else 60.0)
    calm = answered(judge, prompts(2))
    server.faults.extend([fault, fault])
    assert answered(judge, prompts(2)) == calm
    assert len(server.chats) == 2 + 4


def test_retry_after_is_waited_for_by_every_request(opened: Opened) -> None:
    judge, server = opened(Manners(slow_by=0.1), concurrency=3)
    server.faults.extend([Fault("429", retry_after="0.4")])
    answered(judge, prompts(9))
    first, *later = [request.at for request in server.chats]
    assert len(later) == 9
    # Two were on their way together with the refused one; all others left the server in peace.
    assert sum(at - first < 0.4 for at in later) <= 2


def test_what_does_not_pass_fails_the_answer_and_says_how_often_it_was_asked(opened: Opened) -> None:
    judge, server = opened(concurrency=1)
    server.faults.extend([Fault("500", message="out of memory")] * 3)
    first, second = answered(judge, prompts(2))
    assert first.failure == "the server answered 500: out of memory (asked 3 times)"
    assert second.failure is None
    assert len(server.chats) == 4


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("html", "a web page"),
        ("broken json", "not JSON"),
        ("missing fields", "choices: field required"),
        ("no choices", "no answer"),
        ("nan", "log-probability"),
        ("truncated", "truncated"),
        ("refused", "the model refused"),
        ("400", "the server answered 400"),
    ],
)
def test_nonsense_fails_one_answer_and_not_the_others(opened: Opened, kind: str, why: str) -> None:
    judge, server = opened()
    calm = answered(judge, prompts(4))
    server.faults.extend([Fault(kind)])
    found = answered(judge, prompts(4))
    failed = [n for n in range(4) if found[n] != calm[n]]
    assert len(failed) == 1
    assert why in (found[failed[0]].failure or "")
    assert found[failed[0]].emitted is None
    assert found[failed[0]].probs is None


# What is the same for every prompt


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault("401"), "check the key"),
        (Fault("403"), "check the key"),
        (Fault("404"), "check the URL"),
        (Fault("429", message="insufficient_quota"), "check the account"),
        (Fault("429", retry_after="3600"), "in 3,600 seconds"),
        (Fault("redirect"), "another address, which is not followed"),
    ],
)
def test_what_is_the_same_for_every_prompt_stops_the_run_at_once(opened: Opened, fault: Fault, why: str) -> None:
    judge, server = opened(concurrency=1)
    server.standing = fault
    with pytest.raises(JudgeUnavailable, match=why):
        list(judge.answers(prompts(50), Readout()))
    assert len(server.chats) == 1


def test_answers_before_the_stop_are_not_lost_and_the_rest_can_be_asked_later(opened: Opened) -> None:
    judge, server = opened(concurrency=2)
    calm = dict(judge.answers(prompts(20), Readout()))
    kept: dict[int, Answer] = {}
    with pytest.raises(JudgeUnavailable):
        for number, answer in judge.answers(prompts(20), Readout()):
            kept[number] = answer
            if len(kept) == 5:
                server.standing = Fault("401")
    server.standing = None
    assert 5 <= len(kept) < 20
    left = [number for number in range(20) if number not in kept]
    later = judge.answers([prompts(20)[number] for number in left], Readout())
    kept |= {left[number]: answer for number, answer in later}
    assert kept == calm


def test_a_server_that_is_gone_stops_the_run(opened: Opened) -> None:
    judge, server = opened(concurrency=1)
    arriving = judge.answers(prompts(50), Readout())
    assert next(arriving)[1].failure is None
    server.vanish()
    with pytest.raises(JudgeUnavailable, match="start the server or correct the URL"):
        list(arriving)


def test_one_prompt_that_always_times_out_does_not_stop_the_others(opened: Opened) -> None:
    judge, server = opened(concurrency=1, timeout=0.5)
    server.faults.extend([Fault("slow")] * 3)
    first, second = answered(judge, prompts(2))
    assert first.failure == "the server sent no answer within 0.5 seconds (asked 3 times)"
    assert second.failure is None


def test_a_slow_server_is_not_asked_for_ever(opened: Opened) -> None:
    """Eight attempts of a long timeout each would be an hour."""
    judge, server = opened(concurrency=1, timeout=0.1, policy=replace(QUICK, attempts=99, longest_in_all=0.3))
    server.faults.extend([Fault("slow")] * 20)
    answer = answered(judge, prompts(1))[0]
    assert (answer.failure or "").startswith("the server sent no answer within 0.1 seconds (asked ")
    assert 2 <= len(server.chats) <= 4


def test_a_server_that_fails_everything_is_not_asked_everything(opened: Opened) -> None:
    judge, server = opened(concurrency=1)
    server.standing = Fault("html")
    failed: list[Answer] = []
    with pytest.raises(JudgeUnavailable, match=rf"last {PATIENCE} requests.*a web page"):
        for _, answer in judge.answers(prompts(100), Readout()):
            failed.append(answer)
    assert len(failed) == PATIENCE
    assert all(answer.failure for answer in failed)


def test_answers_without_verdicts_are_no_sign_of_a_broken_server(opened: Opened) -> None:
    judge, server = opened()
    server.standing = Fault("truncated")
    assert len(answered(judge, prompts(2 * PATIENCE))) == 2 * PATIENCE


def test_texts_that_no_request_and_no_database_takes_are_made_so_that_they_do(opened: Opened) -> None:
    judge, server = opened(model=TableModel(("\0", "1", "[", "]"), ("1",), lead="\0"))
    half = Prompt(({"role": "user", "content": "half \ud800 pair"},), ("1",), "[", "]")
    answer = answered(judge, [half])[0]
    assert len(judge.count_tokens([half])) == 1
    assert server.chats[0].body["messages"][0]["content"] == "half ? pair"
    assert answer.text == "\ufffd[1]"
    assert answer.emitted == "1"


# Many at once


@pytest.mark.parametrize("concurrency", [1, 3, 8])
def test_no_more_requests_are_on_their_way_than_allowed(opened: Opened, concurrency: int) -> None:
    judge, server = opened(Manners(slow_by=0.02), concurrency=concurrency)
    server.busiest = 0
    answered(judge, prompts(24))
    assert server.busiest <= concurrency
    assert server.busiest >= min(concurrency, 2)


def test_answers_come_as_they_arrive_and_a_slow_one_holds_nobody_up(opened: Opened) -> None:
    judge, server = opened(concurrency=4)
    server.faults.extend([Fault("slow", seconds=1.5)])
    started = time.monotonic()
    numbers = []
    for number, _ in judge.answers(prompts(12), Readout()):
        if not numbers:
            assert time.monotonic() - started < 1.2
        numbers.append(number)
    assert sorted(numbers) == list(range(12))
    assert numbers[-1] < 4  # the slow one was among the first four asked


def test_answers_nobody_takes_are_not_asked_for(opened: Opened) -> None:
    judge, server = opened(concurrency=2)
    arriving = judge.answers(prompts(100), Readout())
    next(arriving)
    time.sleep(0.3)
    assert len(server.chats) <= 1 + 2 * 2
    arriving.close()  # type: ignore[attr-defined]
    time.sleep(0.1)
    assert len(server.chats) <= 1 + 2 * 2


def test_leaving_off_in_the_middle_ends_at_once_and_the_judge_can_be_asked_again(opened: Opened) -> None:
    judge, server = opened(concurrency=4)
    calm = answered(judge, prompts(4))
    server.faults.extend([*[Fault("slow")] * 3])
    started = time.monotonic()
    for _ in judge.answers(prompts(40), Readout()):
        break
    assert answered(judge, prompts(4)) == calm
    assert time.monotonic() - started < 5


def test_closing_ends_the_thread(opened: Opened) -> None:
    judge, _ = opened()
    before = [thread for thread in threading.enumerate() if thread.name == "judge-endpoint"]
    judge.close()
    judge.close()
    after = [thread for thread in threading.enumerate() if thread.name == "judge-endpoint"]
    assert len(after) == len(before) - 1


def test_closing_in_the_middle_is_said_and_not_taken_for_the_end(opened: Opened) -> None:
    judge, _ = opened(concurrency=1)
    arriving = judge.answers(prompts(50), Readout())
    next(arriving)
    judge.close()
    with pytest.raises(JudgeUnavailable, match="closed before it had answered everything"):
        list(arriving)


# What cannot be asked at all


def test_a_template_without_brackets_is_refused_before_anything_is_asked(opened: Opened) -> None:
    judge, server = opened()
    with pytest.raises(UsageError, match="bracket"):
        judge.answers([replace(prompts(1)[0], prefix="Score: ")], Readout())
    assert server.chats == []


def test_no_prompts_are_no_answers(opened: Opened) -> None:
    assert list(opened()[0].answers([], Readout())) == []


@pytest.mark.parametrize("options", [{"concurrency": 0}, {"timeout": 0.0}])
def test_options_that_cannot_be_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="allowed"):
        open_endpoint("http://127.0.0.1:9/v1", "table", **options)  # type: ignore[arg-type]


def test_a_server_that_is_not_on_the_list_is_not_even_contacted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOWED_VARIABLE, "https://api.example.org/v1")
    with serving(MODEL) as server:
        with pytest.raises(JudgeRefusal, match="may not be asked"):
            open_endpoint(server.url, "table")
        assert server.seen == []
