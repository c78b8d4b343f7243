"""The same weights behind a server and on this machine are the same judge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from tests.core.judge.openai_server import Manners, serving
from tests.core.judge.served_llama import ServedCausalLM, verdict_writer
from tests.core.judge.tiny_models import brute_force, judge_of, splitting_tokenizer
from trustjudge_core.judge.bundled import WEIGHTS
from trustjudge_core.judge.bundled.demonstration_set import demonstration_set
from trustjudge_core.judge.contract import Answer, Message, Prompt, Readout
from trustjudge_core.judge.endpoint import EndpointJudge, open_endpoint
from trustjudge_core.judge.loading import load_judge
from trustjudge_core.judge.prompts import Protocol, load_template, pair_prompt, score_prompt

TO_10 = tuple(str(n) for n in range(1, 11))


@contextmanager
def behind_a_server(model: ServedCausalLM, manners: Manners) -> Iterator[EndpointJudge]:
    with serving(model, manners) as server:
        judge = open_endpoint(server.url, "table", concurrency=2)
        yield judge
        judge.close()


def answers(judge: EndpointJudge, prompts: list[Prompt]) -> list[Answer]:
    return [answer for _, answer in sorted(judge.answers(prompts, Readout()), key=lambda pair: pair[0])]


@pytest.mark.parametrize("labels", [TO_10[:5], TO_10, ("A", "B", "C")])
@pytest.mark.parametrize("seed", range(3))
def test_probabilities_are_those_of_the_whole_strings(labels: tuple[str, ...], seed: int) -> None:
    """Against one forward pass over every prompt + prefix + label + suffix."""
    tokenizer = splitting_tokenizer()
    model = verdict_writer(tokenizer, labels, seed)
    chat: list[Message] = [{"role": "system", "content": "Judge."}, {"role": "user", "content": "Is 4 right?"}]
    exact = np.exp(brute_force(model, tokenizer, chat, labels, "[", "]"))
    local = judge_of(model, tokenizer).label_logprobs([chat], labels, "[", "]")
    with behind_a_server(ServedCausalLM(model, tokenizer), Manners(largest_top=100, reports_end=True)) as judge:
        (answer,) = answers(judge, [Prompt(tuple(chat), labels, "[", "]")])
    assert answer.failure is None
    np.testing.assert_allclose(np.exp(local.logprobs[0]), exact, atol=1e-4)
    known = np.array(answer.probs)
    ambiguous = {"1", "10"} if labels == TO_10 and not str(answer.emitted).startswith("1") else set()
    for label, read, p in zip(labels, known, exact, strict=True):
        assert read == (0 if label in ambiguous else pytest.approx(p, abs=1e-4))
    if labels != TO_10:  # there, the likeliest first digit need not begin the likeliest number
        assert answer.emitted == labels[int(np.argmax(exact))]
    assert answer.mass == pytest.approx(known.sum())


def test_the_bundled_judge_is_the_same_behind_a_server() -> None:
    """Scores and comparisons of its own kind, read from 20 alternatives, against its exact distributions."""
    protocol = Protocol(load_template("bundled.v1"))
    prompts: list[Prompt] = []
    for question in demonstration_set(3, 3, seed=11).questions:
        prompts += [score_prompt(protocol, question, response) for response in question.responses]
        prompts += [pair_prompt(protocol, question, *question.responses[:2])]
    local = load_judge("bundled", device="cpu")
    exact = dict(local.answers(prompts, protocol.readout))
    with behind_a_server(ServedCausalLM.from_folder(WEIGHTS), Manners()) as judge:
        read = answers(judge, prompts)
    assert all(answer.failure is None for answer in read)
    for number, answer in enumerate(read):
        assert answer.probs == pytest.approx(exact[number].probs, abs=1e-3)
        assert (answer.mass or 0) > 0.95
