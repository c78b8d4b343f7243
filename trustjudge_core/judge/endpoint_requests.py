"""A prompt as the request that an OpenAI-compatible server gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from trustjudge_core.judge.contract import Chat, Message, Prompt, Readout
from trustjudge_core.judge.endpoint_capabilities import Capabilities

VERDICT_TOKENS: Final = 64
"""Longest verdict-first answer: a verdict and a few words around it."""

MOST_ALTERNATIVES: Final = 20
"""Alternatives asked for at each position unless there are more labels: a rationale of 512 tokens gets as many each."""

_BYTES_PER_TOKEN: Final = 4.0
_TOKENS_PER_MESSAGE: Final = 4


def longest_answer(readout: Readout) -> int:
    """Tokens an answer may have."""
    return VERDICT_TOKENS if readout.order == "verdict_first" else readout.max_tokens


def chat_request(prompt: Prompt, readout: Readout, can: Capabilities, *, sample: int | None = None) -> dict[str, Any]:
    """The fields of one chat request.

    ``sample`` numbers repeated drawings, which differ in their seed and ask for no probabilities.
    """
    request: dict[str, Any] = {
        "model": can.model,
        "messages": messages(prompt.chat, system_role=can.system_role),
        "temperature": readout.temperature,
        can.length_field: longest_answer(readout),
    }
    if can.seed:
        request["seed"] = readout.seed + (sample or 0)
    if sample is None:
        wanted = max(MOST_ALTERNATIVES, len(prompt.labels) + MOST_ALTERNATIVES // 2)
        request |= {"logprobs": True, "top_logprobs": min(can.top_logprobs, wanted)}
    return request


def messages(chat: Chat, *, system_role: bool) -> list[Message]:
    """The chat as the server takes it; without a system role its text goes before the first user message."""
    # Half surrogate pairs, which a broken file may hold, cannot be sent in any request.
    chat = [Message(role=m["role"], content=m["content"].encode("utf-8", "replace").decode("utf-8")) for m in chat]
    if system_role or not any(message["role"] == "system" for message in chat):
        return chat
    instructions = [message["content"] for message in chat if message["role"] == "system"]
    others = [message for message in chat if message["role"] != "system"]
    first = next((i for i, message in enumerate(others) if message["role"] == "user"), len(others))
    joined = "\n\n".join([*instructions, *(message["content"] for message in others[first : first + 1])])
    return [*others[:first], Message(role="user", content=joined), *others[first + 1 :]]


def estimated_tokens(prompts: Sequence[Prompt]) -> list[int]:
    """Tokens of each prompt by a rule of thumb, four bytes of UTF-8 a token: a server shows no tokenizer."""
    sizes = [[len(m["content"].encode("utf-8", "replace")) for m in prompt.chat] for prompt in prompts]
    return [sum(_TOKENS_PER_MESSAGE + round(size / _BYTES_PER_TOKEN) for size in chat) for chat in sizes]
