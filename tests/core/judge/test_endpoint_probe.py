"""What a server can do is found out from a real server that can do more or less."""

from __future__ import annotations

import socket
import time
from dataclasses import replace

import pytest

from tests.core.judge.openai_server import Fault, Manners, OpenAIServer, serving
from tests.core.judge.served_models import TableModel
from trustjudge_core.errors import JudgeRefusal, JudgeUnavailable
from trustjudge_core.judge.endpoint import open_endpoint
from trustjudge_core.judge.endpoint_capabilities import Capabilities
from trustjudge_core.judge.retrying import RetryPolicy

# More tokens than anybody may be asked for, so that a list is never short because there are no more.
MODEL = TableModel([chr(33 + n) for n in range(150)], tuple("12345"))
EVERYTHING = Capabilities("table", True, 20, True, True, True, "max_tokens", None)


def found(manners: Manners, *faults: Fault) -> tuple[Capabilities, OpenAIServer]:
    with serving(MODEL, manners) as server:
        server.faults.extend(faults)
        judge = open_endpoint(server.url, "table", policy=RetryPolicy(first_wait=0.01))
        judge.close()
        return judge.capabilities, server


@pytest.mark.parametrize(
    ("manners", "expected"),
    [
        (Manners(), EVERYTHING),
        (Manners(written_first=True, gives_bytes=False, reports_end=True), EVERYTHING),
        (Manners(largest_top=1), replace(EVERYTHING, top_logprobs=1)),
        (Manners(largest_top=5), replace(EVERYTHING, top_logprobs=5)),
        (Manners(largest_top=19), replace(EVERYTHING, top_logprobs=19)),
        (Manners(largest_top=50), replace(EVERYTHING, top_logprobs=50)),
        (Manners(largest_top=1000), replace(EVERYTHING, top_logprobs=128)),
        (Manners(logprobs="left out"), replace(EVERYTHING, top_logprobs=0)),
        (Manners(logprobs="refused"), replace(EVERYTHING, top_logprobs=0, accepted_logprobs=False)),
        (Manners(system_role=False), replace(EVERYTHING, system_role=False)),
        (Manners(seed=False), replace(EVERYTHING, seed=False)),
        (Manners(length_field="max_completion_tokens"), replace(EVERYTHING, length_field="max_completion_tokens")),
        (Manners(context=4096), replace(EVERYTHING, context=4096)),
        (Manners(lists_models=False), replace(EVERYTHING, listed=False)),
        (Manners(lists_models=False, list_status=403), replace(EVERYTHING, listed=False)),
        (Manners(lists_models=False, list_status=500), replace(EVERYTHING, listed=False)),
        (Manners(models=("table:latest", "table")), EVERYTHING),
    ],
)
def test_what_a_server_accepts_and_gives_is_found_out(manners: Manners, expected: Capabilities) -> None:
    assert found(manners)[0] == expected


def test_usual_servers_are_asked_a_handful_of_tiny_questions() -> None:
    server = found(Manners())[1]
    assert len(server.chats) <= 6
    assert all(request.body["max_tokens"] <= 4 for request in server.chats)


def test_capabilities_are_said_in_words() -> None:
    said = " ".join(replace(EVERYTHING, system_role=False, seed=False, context=4096).words())
    assert "lists the model table" in said
    assert "20 most likely tokens" in said
    assert "no system message" in said
    assert "no seed" in said
    assert "4,096" in said
    assert "leaves them out" in " ".join(replace(EVERYTHING, top_logprobs=0).words())
    assert "refuses them" in " ".join(replace(EVERYTHING, top_logprobs=0, accepted_logprobs=False).words())


def test_a_busy_server_is_asked_again() -> None:
    assert found(Manners(), Fault("429", retry_after="0"), Fault("503"))[0] == EVERYTHING


def test_a_model_the_server_does_not_list_is_refused_with_those_it_has() -> None:
    with pytest.raises(JudgeRefusal, match=r"no model 'table'; it lists llama, qwen; name one of these"):
        found(Manners(models=("llama", "qwen")))


@pytest.mark.parametrize("kind", ["html", "broken json", "missing fields", "no choices"])
def test_what_is_no_chat_server_is_refused(kind: str) -> None:
    with pytest.raises(JudgeRefusal, match="is no chat server"):
        found(Manners(), Fault(kind))


def test_a_model_that_refuses_a_plain_question_is_refused_with_the_servers_words() -> None:
    with pytest.raises(JudgeRefusal, match="only embeddings here"):
        found(Manners(), *[Fault("400", message="only embeddings here")] * 2)


def test_a_wrong_key_is_said_at_once() -> None:
    with pytest.raises(JudgeUnavailable, match=r"answered 401.*check the key"):
        found(Manners(key="right"))


def test_nobody_at_the_address_is_said_within_seconds() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(JudgeUnavailable, match="nothing answers at its address; start the server"):
        open_endpoint(f"http://127.0.0.1:{port}/v1", "table")
    assert time.monotonic() - started < 5
