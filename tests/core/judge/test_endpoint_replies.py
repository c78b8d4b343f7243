"""Bytes of a server: a reply, or why it is none."""

from __future__ import annotations

import json

import pytest

from trustjudge_core.judge.endpoint_replies import Reply, Token, Unreadable, one_line, read_chat, read_models


def chat(**choice: object) -> bytes:
    return json.dumps({"choices": [{"index": 0, "finish_reason": "stop", **choice}]}).encode()


POSITION = {
    "token": "é",
    "bytes": [195, 169],
    "logprob": -0.5,
    "top_logprobs": [{"token": "é", "bytes": [195, 169], "logprob": -0.5}, {"token": "[", "logprob": -1.0}],
}


def test_a_reply_is_its_text_and_tokens() -> None:
    read = read_chat(chat(message={"content": "é"}, logprobs={"content": [POSITION]}))
    options = (("é".encode(), -0.5), (b"[", -1.0))
    assert read == Reply("é", (Token("é".encode(), -0.5, options),), "stop", None, None, None)


@pytest.mark.parametrize("logprobs", [None, {}, {"content": None}, {"content": []}, {"tokens": ["a"]}])
def test_missing_log_probabilities_are_seen_as_missing(logprobs: object) -> None:
    read = read_chat(chat(message={"content": "[4]"}, logprobs=logprobs))
    assert isinstance(read, Reply)
    assert read.tokens is None
    assert read.text == "[4]"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<!DOCTYPE html><html><p>Sign in", "a web page"),
        (b"", "nothing"),
        (b'{"choices": [', "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "the whole answer"),
        (b'{"object": "x"}', "choices: field required"),
        (b'{"choices": [{"finish_reason": "stop"}]}', "choices.0.message: field required"),
        (b'{"choices": []}', "empty"),
        (chat(message={"content": 4}), "content"),
        (chat(message={"content": "4"}, logprobs={"content": [POSITION | {"logprob": "high"}]}), "logprob"),
        (chat(message={"content": "4"}, logprobs={"content": [POSITION | {"logprob": float("nan")}]}), "nan"),
        (chat(message={"content": "4"}, logprobs={"content": [POSITION | {"logprob": 0.7}]}), "0.7"),
    ],
)
def test_nonsense_is_said_in_one_short_line(body: bytes, why: str) -> None:
    read = read_chat(body)
    assert isinstance(read, Unreadable)
    assert why in read.reason
    assert len(read.reason) < 200
    assert "\n" not in read.reason


def test_infinite_unlikeliness_and_half_characters_are_no_nonsense() -> None:
    never = POSITION | {"logprob": float("-inf"), "token": "\ud800", "bytes": None}
    read = read_chat(chat(message={"content": "4"}, logprobs={"content": [never]}))
    assert isinstance(read, Reply)


def test_models_come_with_their_context_where_a_server_says_it() -> None:
    listed = {
        "data": [
            {"id": "a", "max_model_len": 4096},
            {"id": "b", "context_length": 8192},
            {"id": "c", "meta": {"n_ctx": 1024, "n_ctx_train": 4096}},
            {"id": "d"},
        ]
    }
    assert read_models(json.dumps(listed).encode()) == {"a": 4096, "b": 8192, "c": 1024, "d": None}
    assert isinstance(read_models(b"<html>"), Unreadable)


def test_a_servers_words_are_cut_and_on_one_line() -> None:
    assert one_line("a\n\x1b[31mb\u202e c") == "a [31mb c"
    assert len(one_line("x" * 1000)) == 160
