"""Chats as the text that a tokenizer's chat template makes of them, with or without a system role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import jinja2

from trustjudge_core.errors import UsageError
from trustjudge_core.judge.contract import Chat, Message
from trustjudge_core.judge.hostile_text import break_tokens

_SYSTEM_TRIAL: Final = "zqsystemqz"


@dataclass(frozen=True, eq=False)
class ChatFormat:
    """How chats become text for one tokenizer; ``reasons`` say what a person did not choose.

    ``specials`` are broken wherever they stand in a message, so that they are read as plain text.
    ``opening`` are token ids before every text that no template puts there.
    """

    tokenizer: Any
    templated: bool
    takes_system: bool
    specials: tuple[str, ...]
    opening: tuple[int, ...]
    reasons: tuple[str, ...]

    def text(self, chat: Chat) -> str:
        """The text up to where the judge's own turn begins.

        Raises UsageError when the model's template refuses the chat.
        """
        messages: list[Message] = [
            {"role": message["role"], "content": self.plain(message["content"])} for message in chat
        ]
        if not self.templated:
            return "".join(message["content"] + "\n\n" for message in messages)
        if not self.takes_system:
            messages = _without_system(messages)
        try:
            return _apply(self.tokenizer, messages)
        except (jinja2.TemplateError, ValueError, TypeError) as error:
            roles = ", ".join(message["role"] for message in messages) or "no message"
            raise UsageError(
                f"the model's chat template refuses this chat ({roles}): {error}; allowed: chats that it can show; "
                "use a prompt template with one user turn"
            ) from error

    def plain(self, text: str) -> str:
        """A text in which no special token of this tokenizer is left."""
        return break_tokens(text, self.specials)


def _apply(tokenizer: Any, messages: list[Message]) -> str:
    # Models that think first are asked not to: the verdict begins where the prompt ends.
    text: str = tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, tokenize=False, enable_thinking=False
    )
    return text


def _without_system(messages: list[Message]) -> list[Message]:
    """The chat with its system part at the head of the first user turn."""
    system = "\n\n".join(message["content"] for message in messages if message["role"] == "system")
    rest = [message for message in messages if message["role"] != "system"]
    if not system:
        return rest
    if rest and rest[0]["role"] == "user":
        return [{"role": "user", "content": f"{system}\n\n{rest[0]['content']}"}, *rest[1:]]
    return [{"role": "user", "content": system}, *rest]


def _takes_system(tokenizer: Any) -> bool:
    trial: list[Message] = [{"role": "system", "content": _SYSTEM_TRIAL}, {"role": "user", "content": "."}]
    try:
        return _SYSTEM_TRIAL in _apply(tokenizer, trial)
    except (jinja2.TemplateError, ValueError, TypeError):
        return False


def read_chat_format(tokenizer: Any) -> ChatFormat:
    """What this tokenizer's chat template does, found by trying it."""
    templated = bool(tokenizer.chat_template)
    takes_system = templated and _takes_system(tokenizer)
    specials = {token.content for token in tokenizer.added_tokens_decoder.values() if token.special}
    if not templated:
        reason = "chat: the model has no chat template, so the parts of a prompt follow each other as plain text"
    elif takes_system:
        reason = "chat: the model's own template, with a system role"
    else:
        reason = "chat: the model's own template knows no system role, so the system part opens the first user turn"
    # A chat template writes its own opening token; plain text gets the one that the tokenizer would put there.
    begin = tokenizer.bos_token_id
    opens = not templated and begin is not None and tokenizer(".", verbose=False)["input_ids"][:1] == [begin]
    return ChatFormat(
        tokenizer=tokenizer,
        templated=templated,
        takes_system=takes_system,
        specials=tuple(sorted(specials | set(tokenizer.all_special_tokens))),
        opening=(begin,) if opens else (),
        reasons=(reason,),
    )
