"""A prompt as the request that a server gets."""

from __future__ import annotations

from dataclasses import replace

from trustjudge_core.judge.contract import Message, Prompt, Readout
from trustjudge_core.judge.endpoint_capabilities import Capabilities
from trustjudge_core.judge.endpoint_requests import chat_request, estimated_tokens, messages

CAN = Capabilities("m", True, 20, True, True, True, "max_tokens")
CHAT: tuple[Message, ...] = ({"role": "system", "content": "Be fair."}, {"role": "user", "content": "Rate."})
ASKED = Prompt(CHAT, ("1", "2"), "[", "]")


def test_everything_a_verdict_needs_is_asked_for() -> None:
    request = chat_request(ASKED, Readout("rationale_first", 300, 0.5, 7), CAN)
    assert request == {
        "model": "m",
        "messages": list(CHAT),
        "temperature": 0.5,
        "max_tokens": 300,
        "seed": 7,
        "logprobs": True,
        "top_logprobs": 20,
    }


def test_samples_differ_in_their_seed_and_ask_for_no_probabilities() -> None:
    third = chat_request(ASKED, Readout(temperature=1.0, seed=7, samples=5), CAN, sample=2)
    assert third["seed"] == 9
    assert "logprobs" not in third


def test_what_a_server_does_not_take_is_not_sent() -> None:
    poor = replace(CAN, system_role=False, seed=False, length_field="max_completion_tokens", top_logprobs=5)
    request = chat_request(ASKED, Readout(), poor)
    assert request["messages"] == [{"role": "user", "content": "Be fair.\n\nRate."}]
    assert "seed" not in request
    assert "max_tokens" not in request
    assert request["max_completion_tokens"] > 0
    assert request["top_logprobs"] == 5


def test_long_scales_ask_for_more_alternatives_where_there_are_more() -> None:
    to_100 = replace(ASKED, labels=tuple(str(n) for n in range(1, 101)))
    assert chat_request(to_100, Readout(), replace(CAN, top_logprobs=128))["top_logprobs"] >= 100
    assert chat_request(ASKED, Readout(), replace(CAN, top_logprobs=128))["top_logprobs"] == 20


def test_instructions_without_a_user_message_become_one() -> None:
    assert messages(CHAT[:1], system_role=False) == [{"role": "user", "content": "Be fair."}]


def test_token_estimates_grow_with_the_bytes_of_the_text() -> None:
    short, long, other = (Prompt(({"role": "user", "content": c * 400},), ("1",), "[", "]") for c in ("a", "ab", "評"))
    counts = estimated_tokens([short, long, other])
    assert counts[0] < counts[1] < counts[2]
    assert 100 <= counts[0] <= 110
