"""The judge on this machine: a causal language model asked for the exact distribution over its labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.errors import JudgeRefusal, UsageError
from trustjudge_core.judge.chat_format import ChatFormat
from trustjudge_core.judge.contract import Answer, Chat, JudgeDescription, LabelLogprobs, Prompt, Readout
from trustjudge_core.judge.engine import Engine, EngineCounts
from trustjudge_core.judge.forking import Forking
from trustjudge_core.judge.generation import Stop, Written, write
from trustjudge_core.judge.label_tails import Verdict, VerdictTokenizer

GROUP: Final = {"verdict_first": 2048, "rationale_first": 128}
"""Prompts planned together; what a run cannot share across is the border between two groups."""
VERDICT_ROOM: Final = 16
"""Tokens kept free for the verdict after a rationale."""

NO_MEMORY: Final = "out of memory: the prompt does not fit into this device's memory even alone"
NO_NUMBERS: Final = "the model gave no finite probabilities"


class LocalJudge:
    """A model in memory. Made by `load_judge`; tests make one of a random model."""

    def __init__(
        self,
        model: Any,
        chat_format: ChatFormat,
        forking: Forking,
        description: JudgeDescription,
        batch_tokens: int,
    ) -> None:
        self._description = description
        self._format = chat_format
        self._tokens = VerdictTokenizer(chat_format.tokenizer, chat_format.opening)
        self._vocabulary = model.get_input_embeddings().num_embeddings
        self._ends = _end_tokens(model, chat_format.tokenizer)
        self._engine: Engine | None = Engine(model, forking, batch_tokens)

    @property
    def description(self) -> JudgeDescription:
        """What it is."""
        return self._description

    @property
    def counts(self) -> EngineCounts:
        """What was computed so far."""
        return self._open.counts

    @property
    def _open(self) -> Engine:
        if self._engine is None:
            raise UsageError("the judge was closed; allowed: asking an open judge; load it again")
        return self._engine

    def close(self) -> None:
        """Give the memory of the model back."""
        self._engine = None

    def label_logprobs(self, prompts: Sequence[Chat], labels: Sequence[str], prefix: str, suffix: str) -> LabelLogprobs:
        """ln P(label_l + suffix | prompt_b + prefix) as float32 (B, L), and the labels' summed probability (B,).

        Tokens are those of the whole string prompt + prefix + label + suffix; the log-probabilities
        of the tokens after the longest beginning common to all labels are summed
        (docs/decisions/0006-exact-label-probabilities.md). Raises UsageError for a prompt that is too long or
        labels that cannot be told apart, JudgeRefusal where memory does not suffice.
        """
        texts = [self._format.text(chat) for chat in prompts]
        verdicts = self._tokens.split(texts, tuple(labels), prefix, suffix)
        for number, verdict in enumerate(verdicts):
            problem = self._problem(verdict)
            if problem:
                raise UsageError(f"prompt {number}: {problem}")
        found = np.full((len(texts), len(labels)), np.nan, dtype=np.float32)
        for number, logprobs in self._open.read(verdicts):
            if logprobs is None:
                raise JudgeRefusal(f"prompt {number}: {NO_MEMORY}")
            found[number] = logprobs
        return LabelLogprobs(found, np.exp(found.astype(np.float64)).sum(axis=1).astype(np.float32))

    def count_tokens(self, prompts: Sequence[Prompt]) -> list[int]:
        """Tokens of each prompt with its verdict begun."""
        texts = [self._format.text(prompt.chat) + prompt.prefix for prompt in prompts]
        return [len(ids) for ids in self._tokens.encode(texts)]

    def answers(self, prompts: Sequence[Prompt], readout: Readout) -> Iterator[tuple[int, Answer]]:
        """An answer for every prompt with its number, each as soon as it is there.

        Prompts of the same question should stand close to each other: what they share is computed once.
        """
        if readout.samples:
            raise UsageError("a local judge gives exact probabilities; allowed: samples 0; ask without samples")
        size = GROUP[readout.order]
        for start in range(0, len(prompts), size):
            group = prompts[start : start + size]
            answered = self._answer_after_rationale if readout.order == "rationale_first" else self._answer_at_once
            yield from ((start + number, answer) for number, answer in answered(group, readout))

    def _answer_at_once(self, prompts: Sequence[Prompt], readout: Readout) -> Iterator[tuple[int, Answer]]:
        texts = dict(enumerate(self._format.text(prompt.chat) for prompt in prompts))
        yield from self._answer(prompts, texts, {})

    def _answer_after_rationale(self, prompts: Sequence[Prompt], readout: Readout) -> Iterator[tuple[int, Answer]]:
        texts = [self._format.text(prompt.chat) for prompt in prompts]
        encoded = self._tokens.encode(texts)
        room = [self._room(ids, readout) for ids in encoded]
        for number, most in enumerate(room):
            if most < 1:
                yield number, Answer(failure=self._too_long(len(encoded[number])))
        by_marker: dict[str, list[int]] = {}
        for number, prompt in enumerate(prompts):
            if room[number] >= 1:
                by_marker.setdefault(prompt.prefix.strip(), []).append(number)
        for marker, numbers in by_marker.items():
            stop = Stop(self._format.tokenizer, self._ends, marker)
            rationales: dict[int, Written] = {}
            asked, mosts = [encoded[n] for n in numbers], [room[n] for n in numbers]
            for place, written in write(self._open, asked, mosts, readout, stop):
                if written is None:
                    yield numbers[place], Answer(failure=NO_MEMORY)
                else:
                    rationales[numbers[place]] = written
            whole = {n: texts[n] + self._format.plain(written.text) for n, written in rationales.items()}
            yield from self._answer(prompts, whole, rationales)

    def _answer(
        self, prompts: Sequence[Prompt], texts: Mapping[int, str], rationales: Mapping[int, Written]
    ) -> Iterator[tuple[int, Answer]]:
        """The answers to prompts whose text up to the verdict is known, by number."""
        alike: dict[tuple[tuple[str, ...], str, str], list[int]] = {}
        for number in texts:
            prompt = prompts[number]
            alike.setdefault((prompt.labels, prompt.prefix, prompt.suffix), []).append(number)
        verdicts: list[Verdict] = []
        numbers: list[int] = []
        for (labels, prefix, suffix), own in alike.items():
            for number, verdict in zip(
                own, self._tokens.split([texts[n] for n in own], labels, prefix, suffix), strict=True
            ):
                problem = self._problem(verdict)
                if problem:
                    yield number, Answer(failure=problem)
                else:
                    verdicts.append(verdict)
                    numbers.append(number)
        for place, logprobs in self._open.read(verdicts):
            number = numbers[place]
            if logprobs is None or not np.isfinite(logprobs.max()):
                yield number, Answer(failure=NO_MEMORY if logprobs is None else NO_NUMBERS)
            else:
                yield number, _said(prompts[number], verdicts[place], logprobs, rationales.get(number))

    def _room(self, ids: NDArray[np.int64], readout: Readout) -> int:
        """Tokens that a rationale after this prompt may have."""
        context = self._description.context
        return readout.max_tokens if context is None else min(readout.max_tokens, context - len(ids) - VERDICT_ROOM)

    def _problem(self, verdict: Verdict) -> str | None:
        """Why a prompt cannot be read, None when it can."""
        if self._description.context is not None and len(verdict.base) + verdict.trie.depth > self._description.context:
            return self._too_long(len(verdict.base))
        highest = max(int(verdict.base.max()), max(map(max, filter(None, verdict.trie.tails)), default=0))
        if highest >= self._vocabulary:
            return (
                f"the tokenizer gives token {highest}, the model knows {self._vocabulary}: they do not belong together"
            )
        return None

    def _too_long(self, tokens: int) -> str:
        return (
            f"the prompt has {tokens:,} tokens, the judge reads {self._description.context or 0:,}; "
            "shorten the response or choose a judge with a longer context"
        )


def _said(prompt: Prompt, verdict: Verdict, logprobs: NDArray[np.float32], rationale: Written | None) -> Answer:
    """An answer from ln P of its labels, with the perplexity of what was written: rationale and likeliest label."""
    probs = np.exp(logprobs.astype(np.float64))
    likeliest = int(logprobs.argmax())
    emitted = prompt.labels[likeliest]
    said = Answer(
        emitted=emitted,
        probs=tuple(probs.tolist()),
        mass=float(probs.sum()),
        text=f"{prompt.prefix}{emitted}{prompt.suffix}".strip(),
        cumulative_logprob=float(logprobs[likeliest]),
        token_count=max(1, len(verdict.trie.tails[likeliest])),
    )
    if rationale is None:
        return said
    cut = f" [cut off after {rationale.tokens} tokens]" if rationale.cut else ""
    return replace(
        said,
        text=f"{rationale.text}{cut}{prompt.prefix}{emitted}{prompt.suffix}",
        cumulative_logprob=rationale.logprob + float(logprobs[likeliest]),
        token_count=rationale.tokens + max(1, len(verdict.trie.tails[likeliest])),
    )


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """Tokens that end the judge's turn."""
    ends: set[int] = set()
    for named in (getattr(model.generation_config, "eos_token_id", None), tokenizer.eos_token_id):
        ends.update(named if isinstance(named, list) else [named] if named is not None else [])
    return frozenset(ends)
