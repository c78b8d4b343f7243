"""What a run will take, before it is started: judgments, tokens, time, money, and what does not fit the judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any, Final, TypeVar

import numpy as np

from trustjudge_core.asking import Ask, asks
from trustjudge_core.judge.contract import Judge, JudgeDescription, Prompt
from trustjudge_core.judge.endpoint_prices import Prices, cost
from trustjudge_core.judge.endpoint_requests import estimated_tokens, longest_answer
from trustjudge_core.judge.prompts import Protocol
from trustjudge_core.plan import Asked
from trustjudge_core.records import ResponseSet, SetIndex

T = TypeVar("T")

QUESTIONS: Final = 64
OF_A_QUESTION: Final = 20
"""Tokens are counted for so many scores and pairs of so many questions, spread evenly; beyond, their mean is taken."""

SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class TooLong:
    """A prompt that the judge cannot read: about which responses, and how many tokens it has."""

    question_id: str
    response_ids: tuple[str, ...]
    tokens: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run takes.

    ``counted`` is True when the judge's own tokenizer counted, else tokens are four bytes each.
    ``answer_tokens`` is at most. ``seconds`` is None until this judge was measured: ``rate`` is in
    judgments a second, as run ``rate_from`` went lately. ``cost`` is None without prices.
    ``too_long`` are the longest of ``too_long_count`` prompts that the judge's ``context`` does not
    hold; None where nobody looked.
    """

    scores: int
    pairs: int
    prompt_tokens: int
    answer_tokens: int
    counted: bool
    rate: float | None = None
    rate_from: int | None = None
    cost: float | None = None
    context: int | None = None
    too_long_count: int | None = None
    too_long: tuple[TooLong, ...] = ()

    @property
    def judgments(self) -> int:
        """How many judgments are asked for."""
        return self.scores + self.pairs

    @property
    def seconds(self) -> float | None:
        """How long that takes at the measured rate."""
        return self.judgments / self.rate if self.rate else None

    def with_rate(self, rate: float, run_id: int) -> Estimate:
        """The same with a rate that was measured in a run."""
        return replace(self, rate=rate, rate_from=run_id)

    def with_prices(self, prices: Prices) -> Estimate:
        """The same with what it costs."""
        return replace(self, cost=cost(self.prompt_tokens, self.answer_tokens, prices))

    def to_json(self) -> dict[str, Any]:
        """The estimate as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, held: dict[str, Any]) -> Estimate:
        """The estimate that `to_json` wrote."""
        long = tuple(TooLong(t["question_id"], tuple(t["response_ids"]), t["tokens"]) for t in held["too_long"])
        return cls(**{**held, "too_long": long})


def estimate(
    response_set: ResponseSet,
    index: SetIndex,
    asked: Asked,
    protocol: Protocol,
    judge: Judge | None = None,
    *,
    served: bool = False,
) -> Estimate:
    """Judgments and tokens of a run over a set, and with the judge at hand also which prompts are too long for it.

    A judge that is ``served`` by another program writes its verdicts; a local one is read without writing them.
    """
    nobody = JudgeDescription("", "", None, None, None, None)
    count = judge.count_tokens if judge else estimated_tokens
    lengths: dict[int, list[int]] = {1: [], 2: []}
    for question in _evenly(range(len(response_set.questions)), QUESTIONS):
        of_question = list(asks(response_set, index, asked, protocol, nobody, [question]))
        for about in lengths:
            chosen = _evenly([ask for ask in of_question if len(ask.about) == about], OF_A_QUESTION)
            lengths[about] += [tokens for _, tokens in _counted(chosen, count)]
    scores, pairs = (
        number * (float(np.mean(lengths[about])) if lengths[about] else 0.0)
        for about, number in ((1, len(asked.scores)), (2, len(asked.pairs)))
    )
    times = max(1, protocol.readout.samples)
    written = longest_answer(protocol.readout) if served or protocol.readout.order == "rationale_first" else 0
    found = Estimate(
        scores=len(asked.scores),
        pairs=len(asked.pairs),
        prompt_tokens=round(times * (scores + pairs)),
        answer_tokens=times * len(asked) * written,
        counted=judge is not None and not served,
    )
    if judge is None or judge.description.context is None:
        return found
    number, longest = _too_long(asks(response_set, index, asked, protocol, nobody), judge)
    return replace(found, context=judge.description.context, too_long_count=number, too_long=tuple(longest))


def _too_long(asks: Iterable[Ask], judge: Judge) -> tuple[int, list[TooLong]]:
    """Prompts that do not fit the judge's context: how many, and the longest of them.

    No tokenizer makes more tokens than a text has bytes (the chat's own markers aside), so only
    prompts with about as many bytes are counted.
    """
    context = judge.description.context or 0
    count = 0
    longest: list[TooLong] = []
    suspects = (ask for ask in asks if ask.prompt and _bytes(ask.prompt) + 256 > context)
    for together in _batches(suspects):
        for ask, tokens in _counted(together, judge.count_tokens):
            if tokens + _room(ask) > context:
                count += 1
                ids = tuple(response.response_id for response in ask.about)
                longest.append(TooLong(ask.question.question_id, ids, tokens))
        longest = sorted(longest, key=lambda found: -found.tokens)[:SHOWN]
    return count, longest


def _room(ask: Ask) -> int:
    """Tokens the verdict itself may have."""
    assert ask.prompt is not None
    return max(map(len, ask.prompt.labels)) + len(ask.prompt.suffix)


def _bytes(prompt: Prompt) -> int:
    return sum(len(message["content"].encode()) for message in prompt.chat)


def _evenly(things: Sequence[T], most: int) -> list[T]:
    """All of few, evenly spread ones of many."""
    return [
        things[place]
        for place in np.unique(np.linspace(0, len(things) - 1, min(len(things), most)).round().astype(int))
    ]


def _counted(together: list[Ask], count: Callable[[Sequence[Prompt]], list[int]]) -> Iterator[tuple[Ask, int]]:
    spoken = [(ask, ask.prompt) for ask in together if ask.prompt]
    tokens = count([prompt for _, prompt in spoken])
    yield from zip((ask for ask, _ in spoken), tokens, strict=True)


def _batches(asks: Iterable[Ask]) -> Iterator[list[Ask]]:
    stream = iter(asks)
    while together := list(islice(stream, 512)):
        yield together


def duration(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h 20 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"
