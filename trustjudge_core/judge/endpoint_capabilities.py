"""What the server of a judge can do, as found out before a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LengthField = Literal["max_tokens", "max_completion_tokens"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one model behind one server accepts and gives.

    ``top_logprobs`` is the largest number of alternatives a position may be asked for, 0 without
    log-probabilities; ``accepted_logprobs`` says that a server without them took the request and
    left them out, which only looks like an answer. ``context`` is the longest prompt in tokens
    when the server lists it.
    """

    model: str
    listed: bool
    top_logprobs: int
    accepted_logprobs: bool
    system_role: bool
    seed: bool
    length_field: LengthField
    context: int | None = None

    @property
    def logprobs(self) -> bool:
        """Whether label probabilities can be read."""
        return self.top_logprobs > 0

    def words(self) -> tuple[str, ...]:
        """A sentence for everything a person should know before starting a run."""
        said = [
            f"The server lists the model {self.model}."
            if self.listed
            else f"The server does not list its models; {self.model} answered."
        ]
        if self.logprobs:
            said.append(f"It gives the probabilities of the {self.top_logprobs} most likely tokens at each position.")
        else:
            how = "takes the request but leaves them out" if self.accepted_logprobs else "refuses them"
            said.append(f"It gives no log-probabilities ({how}): only sampled verdicts are possible.")
        if not self.system_role:
            said.append("It takes no system message: the instructions are put before the first user message.")
        if not self.seed:
            said.append("It takes no seed: sampled answers cannot be repeated exactly.")
        if self.context is not None:
            said.append(f"Prompts and answers may have {self.context:,} tokens together.")
        return tuple(said)
