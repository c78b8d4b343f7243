"""From what a plan asks for to prompts, and from a judge's answers to judgments."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Final

from trustjudge_core.judge.contract import Answer, JudgeDescription, Prompt
from trustjudge_core.judge.prompts import Protocol, pair_prompt, score_prompt
from trustjudge_core.plan import Asked, AskedScore
from trustjudge_core.records import SHOWN, PairJudgment, Question, Response, ResponseSet, ScoreJudgment, SetIndex

NO_TEXT: Final = "the files held no text for the question or a response"


@dataclass(frozen=True, slots=True)
class Ask:
    """One judgment that is asked for: ``about`` one response to score, or two to compare, the first shown first.

    ``key`` is the SHA-256 of all that decides the answer: which responses, the exact prompt, the
    judge and the readout. Without a ``prompt`` nothing can be asked, for the reason ``lacking``.
    """

    key: bytes
    question: Question
    about: tuple[Response, ...]
    prompt: Prompt | None
    lacking: str | None = None


def asks(
    response_set: ResponseSet,
    index: SetIndex,
    asked: Asked,
    protocol: Protocol,
    judge: JudgeDescription,
    questions: Iterable[int] | None = None,
) -> Iterator[Ask]:
    """Everything asked for, question by question (or of some questions, by number), made as it is taken.

    Questions and responses of the set stand in the order of the index.
    """
    common = json.dumps([judge.name, judge.revision or judge.spec, asdict(protocol.readout)], sort_keys=True)
    beginning = sha256(common.encode())
    for number in range(len(response_set.questions)) if questions is None else questions:
        question = response_set.questions[number]
        start = int(index.offsets[number])
        for wanted in asked.of_question(index, number):
            numbers = (wanted.response,) if isinstance(wanted, AskedScore) else (wanted.first, wanted.second)
            about = tuple(question.responses[place - start] for place in numbers)
            prompt, said, lacking = None, [], None
            if question.text is None or any(response.text is None for response in about):
                lacking = NO_TEXT
            else:
                prompt = (score_prompt if len(about) == 1 else pair_prompt)(protocol, question, *about)
                said = [prompt.chat, prompt.labels, prompt.prefix, prompt.suffix]
            key = beginning.copy()
            ids = [question.question_id, *(response.response_id for response in about)]
            key.update(json.dumps([ids, said]).encode())
            yield Ask(key.digest(), question, about, prompt, lacking)


def judgment(ask: Ask, answer: Answer, protocol: Protocol, judge: str) -> ScoreJudgment | PairJudgment:
    """The answer as a judgment of ``judge``: probabilities as observed, or a reason for failure and no number."""
    failure = _storable(ask.lacking or answer.failure or _unusable(ask, answer))
    labels = ask.prompt.labels if ask.prompt else ()
    probs = () if failure else answer.probs or ()
    if len(ask.about) == 1:
        low, high = protocol.scale
        return ScoreJudgment(
            ask.question.question_id,
            ask.about[0].response_id,
            judge,
            (float(low), float(high)),
            protocol.criterion,
            emitted=None if failure or answer.emitted is None else float(answer.emitted),
            labels=tuple(float(label) for label in labels) if probs else (),
            probs=probs,
            cumulative_logprob=answer.cumulative_logprob,
            token_count=answer.token_count,
            text=_storable(answer.text),
            failure=failure,
            samples=None if failure else answer.samples,
        )
    first, second = ask.about
    return PairJudgment(
        ask.question.question_id,
        first.response_id,
        second.response_id,
        judge,
        verdict=None if failure or answer.emitted is None else SHOWN[labels.index(answer.emitted)],
        probs=(probs[0], probs[1], probs[2]) if probs else None,
        cumulative_logprob=answer.cumulative_logprob,
        token_count=answer.token_count,
        text=_storable(answer.text),
        failure=failure,
        samples=None if failure else answer.samples,
    )


def _storable(text: str | None) -> str | None:
    """What a model wrote without what databases refuse: NUL characters and halves of characters."""
    return None if text is None else text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _unusable(ask: Ask, answer: Answer) -> str | None:
    """Why an answer that claims to be one is none."""
    labels = ask.prompt.labels if ask.prompt else ()
    if answer.emitted not in labels:
        return f"the judge gave {answer.emitted!r}, which is not an allowed label" if answer.emitted else "no verdict"
    if answer.probs is not None and (
        len(answer.probs) != len(labels) or not all(math.isfinite(p) and 0 <= p <= 1 + 1e-3 for p in answer.probs)
    ):
        return "the judge gave probabilities that are none"
    return None
