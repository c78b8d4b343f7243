"""A judge without a model: answers that depend on nothing but the prompt, and faults it can be told to make."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

import numpy as np

from trustjudge_core.judge.contract import Answer, JudgeDescription, Prompt, Readout

DESCRIPTION = JudgeDescription("local:fake", "fake", "r1", "cpu", "float32", 4096)


def answer_to(prompt: Prompt) -> Answer:
    """Probabilities drawn from a generator seeded by the prompt, 2 % of them leaked."""
    seed = int.from_bytes(sha256(repr((prompt.chat, prompt.labels)).encode()).digest()[:8], "big")
    probs = 0.98 * np.random.default_rng(seed).dirichlet(np.ones(len(prompt.labels)))
    emitted = prompt.labels[int(probs.argmax())]
    return Answer(emitted, tuple(probs.tolist()), float(probs.sum()), f"[{emitted}]", -0.5, 3)


@dataclass
class FakeJudge:
    """Fulfils `contract.Judge`. ``before`` is called with the number of prompts answered so far, before each answer:
    what it raises, the judge raises; ``fails`` says why a prompt fails. ``asked`` counts."""

    description: JudgeDescription = DESCRIPTION
    seconds: float = 0.0
    before: Callable[[int], None] = lambda count: None
    fails: Callable[[Prompt], str | None] = lambda prompt: None
    asked: list[Prompt] = field(default_factory=list)
    closed: int = 0

    def count_tokens(self, prompts: Sequence[Prompt]) -> list[int]:
        """A token for every word."""
        return [sum(len(message["content"].split()) for message in prompt.chat) for prompt in prompts]

    def answers(self, prompts: Sequence[Prompt], readout: Readout) -> Iterator[tuple[int, Answer]]:
        """An answer to every prompt, the last first: a judge may answer in any order."""
        for number in reversed(range(len(prompts))):
            self.before(len(self.asked))
            if self.seconds:
                time.sleep(self.seconds)
            prompt = prompts[number]
            self.asked.append(prompt)
            failure = self.fails(prompt)
            yield number, Answer(failure=failure) if failure else answer_to(prompt)

    def close(self) -> None:
        """Counted."""
        self.closed += 1

    def of_revision(self, revision: str) -> FakeJudge:
        """Another one with other weights."""
        return FakeJudge(replace(self.description, revision=revision))
