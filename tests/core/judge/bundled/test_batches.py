"""Batches: what is known stands at the right tokens."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from trustjudge_core.judge.bundled import WEIGHTS
from trustjudge_core.judge.bundled.batches import batches, known, pad
from trustjudge_core.judge.bundled.examples import Example, examples


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    return AutoTokenizer.from_pretrained(WEIGHTS)


@pytest.fixture(scope="module")
def drawn() -> list[Example]:
    return list(islice(examples(Random(1)), 60))


def test_parts_verdicts_and_reasons_are_found_again_in_the_tokens(
    tokenizer: PreTrainedTokenizerFast, drawn: list[Example]
) -> None:
    for example, row in zip(drawn, known(drawn, tokenizer), strict=True):
        user = example.chat[0]["content"]
        assert tokenizer.decode(row.tokens[row.verdict :]) == example.said[example.verdict :] + "<|end|>"
        assert tokenizer.decode(row.tokens[row.spoken : row.verdict]) == example.said[: example.verdict]
        for (start, end, right), (first, last, known_right) in zip(example.places, row.places, strict=True):
            assert user[start:end] in tokenizer.decode(row.tokens[first : last + 1])
            assert right == known_right


def test_every_place_of_a_batch_looks_at_the_token_before(
    tokenizer: PreTrainedTokenizerFast, drawn: list[Example]
) -> None:
    batch = pad(known(drawn, tokenizer), tokenizer.pad_token_id)
    flat = batch.tokens.flatten()
    said = tokenizer.decode(flat[batch.verdicts + 1])
    assert said == "".join(example.said[example.verdict :] + "<|end|>" for example in drawn)
    assert len(batch.right) == sum(len(example.places) for example in drawn)
    assert len(batch.quality) == sum(len(example.closes) for example in drawn)
    assert {tokenizer.decode(flat[place]) for place in batch.closes} == {"\n"}


def test_batches_keep_their_budget_and_repeat_with_their_seed(tokenizer: PreTrainedTokenizerFast) -> None:
    once, again = (list(islice(batches(5, tokenizer, 2048, pooled=100), 8)) for _ in range(2))
    for first, second in zip(once, again, strict=True):
        assert first.tokens.numel() <= 2048
        assert first.tokens.equal(second.tokens)
