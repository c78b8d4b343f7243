"""Finds out what a judge's server can do before a run depends on it, with a handful of tiny requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal

from trustjudge_core.errors import JudgeRefusal, JudgeUnavailable
from trustjudge_core.judge.contract import Message
from trustjudge_core.judge.endpoint_capabilities import Capabilities, LengthField
from trustjudge_core.judge.endpoint_connection import Connection
from trustjudge_core.judge.endpoint_replies import Reply, Unreadable
from trustjudge_core.judge.retrying import CallTrouble

PROBE_ATTEMPTS: Final = 3
"""A person is waiting: a server that is not there is reported after seconds."""

USUAL_TOP: Final = 20
LARGEST_TOP: Final = 128
"""Most alternatives that are tried: enough for the labels of a scale to 100."""

_QUESTION: Final = Message(role="user", content="Answer with the number 1.")
_INSTRUCTION: Final = Message(role="system", content="Answer with one number.")
_SHOWN_MODELS: Final = 10

Logprobs = Literal["given", "left out", "refused"]


async def probe(line: Connection, model: str) -> Capabilities:
    """What the model accepts and gives.

    Raises JudgeRefusal when the server does not have the model or is no chat server, JudgeUnavailable
    when it does not answer.
    """
    try:
        context, listed = await _listed(line, model)
        length_field = await _length_field(line, model)
        plain: dict[str, Any] = {"model": model, "messages": [_QUESTION], length_field: 4}
        top, left_out = await _top_logprobs(lambda n: _logprobs(line, plain, n))
        return Capabilities(
            model=model,
            listed=listed,
            top_logprobs=top,
            accepted_logprobs=left_out or top > 0,
            system_role=await _accepts(line, plain | {"messages": [_INSTRUCTION, _QUESTION]}),
            seed=await _accepts(line, plain | {"seed": 1}),
            length_field=length_field,
            context=context,
        )
    except CallTrouble as trouble:
        unavailable = unavailable_because(trouble, line.url, model)
    raise unavailable


def unavailable_because(trouble: CallTrouble, url: str, model: str) -> JudgeUnavailable:
    """A trouble that is the same for every prompt, as the error a person reads: what, where, what to do."""
    match trouble.status:
        case None:
            to_do = "start the server or correct the URL, then go on"
        case 401 | 403:
            to_do = "check the key in the environment variable that was named, and what it may use"
        case 404:
            to_do = "check the URL, most end in /v1, and the model's name"
        case 402 | 429:
            to_do = "check the account's limits, then go on"
        case status if 300 <= status < 400:
            to_do = "give the address it sends on to, if you trust it"
        case _:
            to_do = "look at the server's own log, then go on"
    return JudgeUnavailable(f"the judge {model} at {url} does not answer: {trouble.reason}; {to_do}")


async def _listed(line: Connection, model: str) -> tuple[int | None, bool]:
    """Context length, and whether the server's list has the model; refuses a model that a list lacks.

    Some servers answer to any name with whatever model they hold, which would be recorded wrongly.
    """
    models = await line.models()
    if models is None:
        return None, False
    if isinstance(models, Unreadable):
        raise JudgeRefusal(f"{line.url} is no OpenAI-compatible server: {models.reason}; most such URLs end in /v1")
    # Ollama lists "name:latest" for what everybody calls "name".
    name = model if model in models else f"{model}:latest"
    if name not in models:
        shown = ", ".join(list(models)[:_SHOWN_MODELS]) or "none"
        more = f" and {len(models) - _SHOWN_MODELS} more" if len(models) > _SHOWN_MODELS else ""
        raise JudgeRefusal(f"the server {line.url} has no model {model!r}; it lists {shown}{more}; name one of these")
    return models[name], True


async def _length_field(line: Connection, model: str) -> LengthField:
    """The name under which the server takes the longest length of an answer."""
    refusals: list[str] = []
    fields: tuple[LengthField, ...] = ("max_tokens", "max_completion_tokens")
    for name in fields:
        try:
            reply = await line.ask({"model": model, "messages": [_QUESTION], name: 4}, at_most=PROBE_ATTEMPTS)
        except CallTrouble as trouble:
            if trouble.remedy != "fail the answer":
                raise
            refusals.append(trouble.reason)
            continue
        if isinstance(reply, Unreadable):
            raise JudgeRefusal(f"{line.url} is no chat server: {reply.reason}; most such URLs end in /v1")
        return name
    raise JudgeRefusal(f"the judge {model} at {line.url} refuses a plain question: {refusals[0]}; choose another model")


async def _top_logprobs(gives: Callable[[int], Awaitable[Logprobs]]) -> tuple[int, bool]:
    """Largest number of alternatives that is given, 0 for none; and whether a request without them was accepted."""
    usual = await gives(USUAL_TOP)
    if usual == "left out":
        return 0, True
    if usual == "refused":
        return await _largest(gives, 0, USUAL_TOP), False
    if await gives(LARGEST_TOP) == "given":
        return LARGEST_TOP, False
    if await gives(USUAL_TOP + 1) != "given":
        return USUAL_TOP, False
    return await _largest(gives, USUAL_TOP + 1, LARGEST_TOP), False


async def _largest(gives: Callable[[int], Awaitable[Logprobs]], given: int, not_given: int) -> int:
    """By halving: ``given`` is known to work, ``not_given`` not to."""
    while not_given - given > 1:
        middle = (given + not_given) // 2
        if await gives(middle) == "given":
            given = middle
        else:
            not_given = middle
    return given


async def _logprobs(line: Connection, plain: dict[str, Any], top: int) -> Logprobs:
    reply = await _try(line, plain | {"logprobs": True, "top_logprobs": top})
    if reply is None:
        return "refused"
    return "given" if reply.tokens and any(token.options for token in reply.tokens) else "left out"


async def _accepts(line: Connection, request: dict[str, Any]) -> bool:
    return await _try(line, request) is not None


async def _try(line: Connection, request: dict[str, Any]) -> Reply | None:
    """The reply, None when the server refuses this request; plain ones are known to work, so a 5xx refuses too."""
    try:
        reply = await line.ask(request, at_most=PROBE_ATTEMPTS)
    except CallTrouble as trouble:
        if trouble.remedy == "fail the answer" or (trouble.status or 0) >= 500:
            return None
        raise
    return None if isinstance(reply, Unreadable) else reply
