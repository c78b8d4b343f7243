"""What an OpenAI-compatible server sent, checked: bytes in, a reply out, or why it is none."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import BaseModel, Field, ValidationError

NEVER: Final = -9999.0
"""What servers write for a token too unlikely to have a log-probability."""

Expected = TypeVar("Expected", bound=BaseModel)

_ROUNDING: Final = 1e-3
_SHOWN: Final = 160


@dataclass(frozen=True, slots=True)
class Token:
    """One token of an answer with the alternatives at its position, in the order the server gave them.

    Texts are bytes, for a token may be a part of a character. Log-probabilities are natural
    logarithms; ``options`` may or may not hold the token itself.
    """

    text: bytes
    logprob: float
    options: tuple[tuple[bytes, float], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a chat server. ``tokens`` is None when it came without log-probabilities."""

    text: str
    tokens: tuple[Token, ...] | None
    finish: str | None
    refusal: str | None
    prompt_tokens: int | None
    answer_tokens: int | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A reply that is not one, with the reason in words."""

    reason: str


class _Option(BaseModel):
    token: str
    logprob: float
    raw: list[int] | None = Field(None, alias="bytes")


class _Position(_Option):
    top_logprobs: list[_Option] | None = None


class _Logprobs(BaseModel):
    content: list[_Position] | None = None


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None
    logprobs: _Logprobs | None = None


class _Usage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Chat(BaseModel):
    choices: list[_Choice]
    usage: _Usage | None = None


class _Meta(BaseModel):
    n_ctx: int | None = None


class _Model(BaseModel):
    id: str
    max_model_len: int | None = None  # vLLM and SGLang
    context_length: int | None = None  # OpenRouter and others
    meta: _Meta | None = None  # llama.cpp

    def context(self) -> int | None:
        """Tokens of the longest prompt and answer together, under whatever name the server says it."""
        return self.max_model_len or self.context_length or (self.meta.n_ctx if self.meta else None)


class _Models(BaseModel):
    data: list[_Model]


def read_chat(body: bytes) -> Reply | Unreadable:
    """The first choice of a chat completion."""
    read = _checked(body, _Chat)
    if isinstance(read, Unreadable):
        return read
    if not read.choices:
        return Unreadable("the server sent no answer (its list of choices is empty)")
    choice = read.choices[0]
    tokens = None
    if choice.logprobs and choice.logprobs.content:
        tokens = tuple(_token(position) for position in choice.logprobs.content)
        wrong = next((p for token in tokens for p in _logprobs(token) if math.isnan(p) or p > _ROUNDING), None)
        if wrong is not None:
            return Unreadable(f"the server sent {wrong} as a log-probability, which no probability has")
    usage = read.usage or _Usage()
    return Reply(
        text=storable(choice.message.content or ""),
        tokens=tokens,
        finish=choice.finish_reason,
        refusal=choice.message.refusal,
        prompt_tokens=usage.prompt_tokens,
        answer_tokens=usage.completion_tokens,
    )


def read_models(body: bytes) -> dict[str, int | None] | Unreadable:
    """Names of the models a server lists, each with its context length where it says one."""
    read = _checked(body, _Models)
    if isinstance(read, Unreadable):
        return read
    return {model.id: model.context() for model in read.data}


def _checked(body: bytes, expected: type[Expected]) -> Expected | Unreadable:
    try:
        # Python's own parser on purpose: servers written in Python write -Infinity, which strict ones refuse.
        content = json.loads(body)
    except (ValueError, RecursionError):
        start = body[:_SHOWN].decode("utf-8", "replace").strip()
        kind = "a web page" if start.lower().startswith(("<!doctype", "<html")) else "something that is not JSON"
        return Unreadable(f"the server sent {kind} instead of an answer: {one_line(start, 60) or 'nothing'}")
    try:
        return expected.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole answer"
        return Unreadable(f"the server's answer has not the expected form: {place}: {first['msg'].lower()}")


def _token(position: _Position) -> Token:
    options = tuple((_bytes(option), option.logprob) for option in position.top_logprobs or ())
    return Token(_bytes(position), position.logprob, options)


def _bytes(option: _Option) -> bytes:
    if option.raw and all(0 <= value < 256 for value in option.raw):
        return bytes(option.raw)
    return option.token.encode("utf-8", "replace")


def _logprobs(token: Token) -> list[float]:
    return [token.logprob, *(logprob for _, logprob in token.options)]


def storable(text: str) -> str:
    """The text with the two things replaced that no database takes: half surrogate pairs and zero characters."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def one_line(text: str, longest: int = _SHOWN) -> str:
    """A server's words, cut and without line breaks, so that they fit into a reason."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return words if len(words) <= longest else words[: longest - 1] + "…"
