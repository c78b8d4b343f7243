"""What every judge is: prompts in; label log-probabilities, or a reason for failure, out.

A judge is anything with `Judge`'s four methods: the local engine, an endpoint, a fake in a test.
Nothing here imports a model library, so that plans and estimates can be made without one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypedDict

import numpy as np
from numpy.typing import NDArray

Device = Literal["auto", "cpu", "cuda", "mps"]
Order = Literal["verdict_first", "rationale_first"]


class Message(TypedDict):
    """One turn of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


Chat = Sequence[Message]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing asked of a judge: a chat, and the verdict it must give.

    The verdict is ``prefix + label + suffix`` at the end of the judge's turn, for one of the
    ``labels``; the suffix (a closing bracket) is part of the event, so that 1, 10 and 100 differ.
    """

    chat: Chat
    labels: tuple[str, ...]
    prefix: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Readout:
    """How a verdict is read: at once, or after a rationale that the judge writes first.

    ``samples`` > 0 asks for that many sampled verdicts instead of probabilities, for endpoints
    that give none; chosen by a person, never fallen back to.
    """

    order: Order = "verdict_first"
    max_tokens: int = 512
    temperature: float = 0.0
    seed: int = 0
    samples: int = 0


@dataclass(frozen=True, eq=False)
class LabelLogprobs:
    """ln P(label + suffix | prompt + prefix) of every label, float32 (B, L), and their summed probability (B,)."""

    logprobs: NDArray[np.float32]
    mass: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a judge said once.

    ``probs`` are the labels' probabilities in the order of ``Prompt.labels``, as observed and not
    renormalised, whose sum is ``mass``; None when only ``emitted`` is known. From samples they
    are shares, ``samples`` says of how many. ``text`` is what the judge wrote, with its forced verdict.
    A judgment without a usable label has ``failure``, a short reason, and no ``emitted``.
    """

    emitted: str | None = None
    probs: tuple[float, ...] | None = None
    mass: float | None = None
    text: str | None = None
    cumulative_logprob: float | None = None
    token_count: int | None = None
    samples: int | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class JudgeDescription:
    """What a judge is, as it is recorded with a run and shown to people.

    ``revision`` names the exact weights (a commit or a hash of the files), None when a server does
    not say. ``reasons`` explain choices a person did not make: device, dtype, chat template.
    ``context`` is the longest prompt in tokens, None when unknown.
    """

    spec: str
    name: str
    revision: str | None
    device: str | None
    dtype: str | None
    context: int | None
    reasons: tuple[str, ...] = ()
    demonstration: bool = False


class Judge(Protocol):
    """A model that can be asked."""

    @property
    def description(self) -> JudgeDescription:
        """What it is."""
        ...

    def count_tokens(self, prompts: Sequence[Prompt]) -> list[int]:
        """Tokens of each prompt as the model would read it, an estimate for endpoints."""
        ...

    def answers(self, prompts: Sequence[Prompt], readout: Readout) -> Iterator[tuple[int, Answer]]:
        """An answer for every prompt with its number, in any order, each as soon as it is there."""
        ...

    def close(self) -> None:
        """Give memory, threads and connections back."""
        ...
