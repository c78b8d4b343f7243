"""A key is named by its environment variable, sent to its server, and found nowhere else."""

from __future__ import annotations

import logging
import pickle
import traceback

import pytest

from tests.core.judge.openai_server import DIGITS, Fault, Manners, serving
from tests.core.judge.served_models import TableModel
from trustjudge_core.errors import JudgeUnavailable, UsageError
from trustjudge_core.judge.contract import Prompt, Readout
from trustjudge_core.judge.endpoint import open_endpoint
from trustjudge_core.judge.retrying import RetryPolicy

KEY = "sk-very-secret-0123456789"
MODEL = TableModel((*DIGITS, "[", "]", KEY), tuple("12345"))
ASKED = [Prompt(({"role": "user", "content": f"q{n}"},), tuple("12345"), "[", "]") for n in range(3)]
QUICK = RetryPolicy(attempts=2, first_wait=0.01)


def everything(error: BaseException) -> str:
    """All that a log or a debugger would print of an error: its chain, its arguments, its attributes."""
    seen: list[str] = []
    chain: list[BaseException | None] = [error]
    while chain:
        link = chain.pop()
        if link is not None:
            seen += [repr(link), str(link), repr(link.args), repr(vars(link))]
            chain += [link.__cause__, link.__context__]
    return "\n".join([*seen, *traceback.format_exception(error)])


def test_the_key_is_sent_to_its_server_and_nothing_else_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_KEY", f" {KEY}\n")
    with serving(MODEL, Manners(key=KEY)) as server:
        judge = open_endpoint(server.url, "table", key_variable="JUDGE_KEY", policy=QUICK)
        list(judge.answers(ASKED, Readout()))
        judge.close()
        assert {request.headers["authorization"] for request in server.seen} == {f"Bearer {KEY}"}


def test_keys_and_proxies_of_other_programs_go_to_no_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment holds for OpenAI's own tools, or for the whole machine, is not this server's business."""
    for variable in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(variable, KEY)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"X-Other: {KEY}\nAuthorization: Bearer {KEY}")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/elsewhere")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with serving(MODEL) as server:
        judge = open_endpoint(server.url, "table", policy=QUICK)
        list(judge.answers(ASKED, Readout()))
        judge.close()
        assert server.seen
        assert all("authorization" not in request.headers for request in server.seen)
        assert not any(KEY in value for request in server.seen for value in request.headers.values())
        assert not any(name.startswith(("x-other", "openai-")) for request in server.seen for name in request.headers)


def test_the_key_is_in_no_log_no_description_and_no_answer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("JUDGE_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    with serving(MODEL, Manners(key=KEY)) as server:
        judge = open_endpoint(server.url, "table", key_variable="JUDGE_KEY", policy=QUICK)
        # The server repeats the key in its error messages, as some do.
        server.faults.extend([Fault("500")] * 2 + [Fault("400"), Fault("422", message=f"bad {KEY}")])
        found = list(judge.answers(ASKED, Readout()))
        said = [repr(judge), repr(vars(judge)), repr(judge.description), repr(judge.capabilities), repr(found)]
        judge.close()
    assert any("(key)" in (answer.failure or "") for _, answer in found)
    assert all(KEY not in text for text in said)
    assert caplog.records  # something was logged, and not this
    assert KEY not in caplog.text
    assert KEY not in repr([vars(record) for record in caplog.records])


@pytest.mark.parametrize("status", ["401", "403", "404", "307"])
def test_the_key_is_in_no_error_nor_in_what_caused_it(monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    monkeypatch.setenv("JUDGE_KEY", KEY)
    with serving(MODEL, Manners(key=KEY)) as server:
        judge = open_endpoint(server.url, "table", key_variable="JUDGE_KEY", policy=QUICK)
        server.standing = Fault(status, message=f"told to fail with {KEY}")
        with pytest.raises(JudgeUnavailable) as caught:
            list(judge.answers(ASKED, Readout()))
        judge.close()
    assert KEY not in everything(caught.value)


def test_a_wrong_key_echoed_by_the_server_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_KEY", KEY)
    with serving(MODEL, Manners(key="another")) as server, pytest.raises(JudgeUnavailable) as caught:
        open_endpoint(server.url, "table", key_variable="JUDGE_KEY", policy=QUICK)
    assert "401" in str(caught.value)
    assert KEY not in everything(caught.value)


def test_an_answer_that_repeats_the_key_is_kept_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_KEY", KEY)
    parrot = TableModel(("[", "]", "1", KEY), ("1",), lead=KEY)
    with serving(parrot, Manners(key=KEY)) as server:
        judge = open_endpoint(server.url, "table", key_variable="JUDGE_KEY", policy=QUICK)
        [(_, answer)] = judge.answers([Prompt(ASKED[0].chat, ("1",), "[", "]")], Readout())
        judge.close()
    assert answer.text == "(key)[1]"
    assert answer.emitted == "1"


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(UsageError, match="JUDGE_KEY_THAT_IS_NOT_THERE, which is not set"):
        open_endpoint("http://127.0.0.1:9/v1", "table", key_variable="JUDGE_KEY_THAT_IS_NOT_THERE")


@pytest.mark.parametrize("held", ["two\nlines", "schlüssel-0123456789"])
def test_a_key_that_cannot_be_sent_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch, held: str) -> None:
    monkeypatch.setenv("JUDGE_KEY", held)
    with pytest.raises(UsageError) as caught:
        open_endpoint("http://127.0.0.1:9/v1", "table", key_variable="JUDGE_KEY")
    assert held not in everything(caught.value)


def test_a_judge_with_a_key_cannot_be_written_to_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_KEY", KEY)
    with serving(MODEL, Manners(key=KEY)) as server:
        judge = open_endpoint(server.url, "table", key_variable="JUDGE_KEY", policy=QUICK)
        with pytest.raises(TypeError):
            pickle.dumps(judge)
        judge.close()
