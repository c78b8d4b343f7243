"""A rationale comes first where asked for, the same alone and in company, and nothing is lost to parsing."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from tests.core.judge.tiny_models import (
    brute_force,
    judge_of,
    llama,
    mamba,
    mistral,
    splitting_tokenizer,
)
from trustjudge_core.errors import UsageError
from trustjudge_core.judge import engine, generation, prefix_tree
from trustjudge_core.judge.contract import Answer, Prompt, Readout
from trustjudge_core.judge.local import LocalJudge

GREEDY = Readout("rationale_first", max_tokens=12)
SAMPLED = Readout("rationale_first", max_tokens=12, temperature=1.0, seed=5)


def prompts(count: int = 5) -> list[Prompt]:
    texts = [f"Is {number} better than {number * 7}? " + "Think well. " * number for number in range(count)]
    return [Prompt([{"role": "user", "content": text}], ("1", "2", "10"), "\nScore: [", "]") for text in texts]


def answers(judge: LocalJudge, asked: list[Prompt], readout: Readout) -> list[Answer]:
    found = dict(judge.answers(asked, readout))
    return [found[number] for number in range(len(asked))]


def plain_continuation(model: Any, tokenizer: Any, prompt: Prompt, most: int) -> tuple[list[int], float]:
    """Greedy tokens and ln P of them, the whole string again for every token."""
    text = tokenizer.apply_chat_template(list(prompt.chat), add_generation_prompt=True, tokenize=False)
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    written: list[int] = []
    total = 0.0
    while len(written) < most and (not written or written[-1] != tokenizer.eos_token_id):
        with torch.no_grad():
            logprobs = model(input_ids=torch.tensor([ids + written])).logits[0, -1].double().log_softmax(-1)
        written.append(int(logprobs.argmax()))
        total += float(logprobs[written[-1]])
    return written, total


@pytest.mark.parametrize("make", [llama, lambda size: mistral(size, 8)])
def test_a_greedy_rationale_is_the_likeliest_continuation_and_its_perplexity_counts(make: Any) -> None:
    tokenizer = splitting_tokenizer()
    model = make(len(tokenizer))
    for prompt, answer in zip(prompts(), answers(judge_of(model, tokenizer), prompts(), GREEDY), strict=True):
        written, logprob = plain_continuation(model, tokenizer, prompt, 12)
        rationale = tokenizer.decode(written, skip_special_tokens=True).rstrip()
        assert answer.text is not None
        assert answer.text.startswith(rationale)
        assert answer.text.endswith(f"\nScore: [{answer.emitted}]")
        chat = [*prompt.chat, {"role": "assistant", "content": ""}]
        text = tokenizer.apply_chat_template(chat[:-1], add_generation_prompt=True, tokenize=False) + rationale
        whole = splitting_tokenizer("{{ messages[0].content }}")
        expected = brute_force(model, whole, [{"role": "user", "content": text}], prompt.labels, "\nScore: [", "]")
        np.testing.assert_allclose(np.log(answer.probs or ()), expected, rtol=0, atol=1e-4)
        assert answer.cumulative_logprob == pytest.approx(logprob + expected.max(), abs=1e-3)
        assert answer.token_count == len(written) + len(answer.emitted or "") + 1


def test_a_rationale_that_reaches_its_limit_says_so() -> None:
    tokenizer = splitting_tokenizer()
    model = llama(len(tokenizer))
    for prompt, answer in zip(prompts(), answers(judge_of(model, tokenizer), prompts(), GREEDY), strict=True):
        written, _ = plain_continuation(model, tokenizer, prompt, 12)
        cut = written[-1] != tokenizer.eos_token_id
        assert ("[cut off after 12 tokens]" in (answer.text or "")) == cut


@pytest.mark.parametrize("readout", [GREEDY, SAMPLED])
def test_a_rationale_depends_on_its_prompt_alone(readout: Readout) -> None:
    tokenizer = splitting_tokenizer()
    model = llama(len(tokenizer))
    together = answers(judge_of(model, tokenizer), prompts(), readout)
    backwards = answers(judge_of(model, tokenizer, batch_tokens=64), prompts()[::-1], readout)[::-1]
    alone = [answers(judge_of(model, tokenizer, share=False), [prompt], readout)[0] for prompt in prompts()]
    assert [a.text for a in together] == [a.text for a in backwards] == [a.text for a in alone]


def test_a_sampled_rationale_follows_its_seed() -> None:
    tokenizer = splitting_tokenizer()
    judge = judge_of(llama(len(tokenizer)), tokenizer)
    first, again = (answers(judge, prompts(), SAMPLED) for _ in range(2))
    other = answers(judge, prompts(), Readout("rationale_first", 12, 1.0, seed=6))
    assert [a.text for a in first] == [a.text for a in again]
    assert [a.text for a in first] != [a.text for a in other]


def test_samples_follow_the_models_distribution() -> None:
    logits = torch.tensor([[0.0, math.log(2.0), math.log(5.0), -30.0]])
    stop = generation.Stop(splitting_tokenizer(), frozenset(), "")
    counts = np.zeros(4)
    for seed in range(2000):
        pen = generation._pen(np.array([3]), Readout("rationale_first", temperature=1.0, seed=seed), most=1)
        counts[generation._advance([pen], logits, 1.0, stop)[0]] += 1
    # 1/8, 2/8 and 5/8 of 2000, each within four standard deviations
    expected = np.array([250.0, 500.0, 1250.0])
    assert (abs(counts[:3] - expected) < 4 * np.sqrt(expected * (1 - expected / 2000))).all()
    assert counts[3] == 0


def test_writing_stops_where_the_verdict_begins() -> None:
    tokenizer = splitting_tokenizer()
    stop = generation.Stop(tokenizer, frozenset({tokenizer.eos_token_id}), "Score: [")
    ids = tokenizer("Because it is short.\nScore: [8", add_special_tokens=False)["input_ids"]
    reached = [stop.reached(ids[:size]) for size in range(1, len(ids) + 1)]
    assert reached.index(True) == len(ids) - 2  # with the bracket, before the digit
    assert stop.text(ids) == "Because it is short."


def test_a_state_space_model_writes_too() -> None:
    tokenizer = splitting_tokenizer()
    model = mamba(len(tokenizer))
    (answer,) = answers(judge_of(model, tokenizer), prompts(1), GREEDY)
    written, _ = plain_continuation(model, tokenizer, prompts(1)[0], 12)
    assert (answer.text or "").startswith(tokenizer.decode(written, skip_special_tokens=True).rstrip())


def test_running_out_of_memory_while_writing_halves_the_batch_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = splitting_tokenizer()
    model = llama(len(tokenizer))
    expected = [a.text for a in answers(judge_of(model, tokenizer), prompts(), SAMPLED)]
    page = generation._PageLayer._page

    def small(rows: list[Any], *place: Any) -> torch.Tensor:
        if len(rows) > 1:
            raise MemoryError
        return page(rows, *place)

    monkeypatch.setattr(generation._PageLayer, "_page", staticmethod(small))
    assert [a.text for a in answers(judge_of(model, tokenizer), prompts(), SAMPLED)] == expected


def test_a_long_prompt_is_read_in_pieces_before_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = splitting_tokenizer()
    model = llama(len(tokenizer))
    expected = [a.text for a in answers(judge_of(model, tokenizer), prompts(), GREEDY)]
    monkeypatch.setattr(engine, "plant", partial(prefix_tree.plant, longest=20))
    assert [a.text for a in answers(judge_of(model, tokenizer), prompts(), GREEDY)] == expected


def test_memory_that_does_not_suffice_for_one_prompt_fails_that_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = splitting_tokenizer()
    judge = judge_of(llama(len(tokenizer)), tokenizer)
    page, longest = generation._PageLayer._page, judge.count_tokens(prompts(9))[8]

    def small(rows: list[Any], layer: int, which: int, columns: int) -> torch.Tensor:
        if columns > longest:  # the longest prompt with room for 12 more
            raise MemoryError
        return page(rows, layer, which, columns)

    monkeypatch.setattr(generation._PageLayer, "_page", staticmethod(small))
    found = answers(judge, prompts(9), GREEDY)
    assert found[0].failure is None
    assert "out of memory" in (found[8].failure or "")


def test_a_prompt_that_leaves_no_room_for_a_rationale_is_refused() -> None:
    tokenizer = splitting_tokenizer()
    judge = judge_of(llama(len(tokenizer)), tokenizer, context=60)
    found = answers(judge, prompts(9), GREEDY)
    assert found[0].failure is None
    assert "the judge reads 60" in (found[8].failure or "")


def test_a_local_judge_refuses_to_sample_verdicts() -> None:
    tokenizer = splitting_tokenizer()
    with pytest.raises(UsageError, match="exact probabilities"):
        list(judge_of(llama(len(tokenizer)), tokenizer).answers(prompts(1), Readout(samples=3)))
