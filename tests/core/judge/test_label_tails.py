"""Labels are told apart by the tokens of whole strings, found without tokenizing every whole string."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.judge.tiny_models import SPECIALS, TOKENIZERS, merging_tokenizer, splitting_tokenizer
from trustjudge_core.errors import UsageError
from trustjudge_core.judge.label_tails import VerdictTokenizer, grow

PIECES = st.lists(
    st.sampled_from(
        ["The answer", " is", "[8", "[", "]", "1", "10", "100", "\n", " ", "é", "日本", "Score: [", *SPECIALS]
    ),
    max_size=60,
).map("".join)


@pytest.mark.parametrize("name", list(TOKENIZERS))
@given(text=PIECES, prefix=st.sampled_from(["[", "", "Score: [", "\n\n"]), suffix=st.sampled_from(["]", "", "\n"]))
@settings(max_examples=40, deadline=None)
def test_endings_give_what_whole_strings_give(name: str, text: str, prefix: str, suffix: str) -> None:
    tokenizer = TOKENIZERS[name]()
    labels = ("1", "8", "10", "100")
    strings = [
        tokenizer("x" + text + prefix + label + suffix, add_special_tokens=False)["input_ids"] for label in labels
    ]
    (verdict,) = VerdictTokenizer(tokenizer).split(["x" + text], labels, prefix, suffix)
    assert [verdict.base.tolist() + list(tail) for tail in verdict.trie.tails] == strings
    assert len({tail[:1] for tail in verdict.trie.tails}) > 1, "what is common to all belongs to the base"


def test_a_merge_across_the_bracket_moves_the_bracket_into_the_tails() -> None:
    tokenizer = merging_tokenizer()
    (verdict,) = VerdictTokenizer(tokenizer).split(["Say it.\nScore: "], ("7", "8"), "[", "]")
    tails = [tokenizer.decode(list(tail)) for tail in verdict.trie.tails]
    assert [tail[-3:] for tail in tails] == ["[7]", "[8]"]
    assert tokenizer.decode(verdict.base) + tails[1] == "Say it.\nScore: [8]"


def test_a_label_that_begins_another_is_told_from_it_by_the_suffix() -> None:
    (verdict,) = VerdictTokenizer(splitting_tokenizer()).split(["Score: "], ("1", "10", "100"), "[", "]")
    assert [len(tail) for tail in verdict.trie.tails] == [1, 2, 3]
    # after "1": ], 0 -> after "10": ], 0 -> after "100": ]  (1 is common to all and belongs to the base)
    assert verdict.trie.nodes == 2
    assert len(verdict.trie.edge_nodes) == 5


def test_a_trie_sums_the_edges_of_each_label() -> None:
    trie = grow(((5,), (6, 7), (6, 8), ()))
    assert trie.tails[0] == (5,)
    edges = {(int(n), int(t)): i for i, (n, t) in enumerate(zip(trie.edge_nodes, trie.edge_tokens, strict=True))}
    assert set(edges) == {(0, 5), (0, 6), (1, 7), (1, 8)}
    logprobs = np.array([-1.0, -2.0, -4.0, -8.0])[[edges[key] for key in sorted(edges, key=edges.__getitem__)]]
    expected = [logprobs[edges[0, 5]], logprobs[edges[0, 6]] + logprobs[edges[1, 7]]]
    expected += [logprobs[edges[0, 6]] + logprobs[edges[1, 8]], 0.0]
    assert trie.sum_edges(logprobs).tolist() == expected


def test_nodes_see_their_ancestors_only() -> None:
    trie = grow(((1, 2, 3), (1, 4, 5), (6, 7)))
    tokens = trie.node_tokens.tolist()
    sees = {tokens[i]: {tokens[j] for j in np.flatnonzero(row)} for i, row in enumerate(trie.ancestry)}
    assert sees == {1: {1}, 2: {1, 2}, 4: {1, 4}, 6: {6}}
    assert trie.inner_paths() == [(1, 2), (1, 4), (6,)]
    assert trie.depths_on((1, 4)) == {0: 0, tokens.index(1) + 1: 1, tokens.index(4) + 1: 2}


def test_an_ending_is_tokenized_once_for_all_prompts_that_end_alike() -> None:
    tokenizer = VerdictTokenizer(splitting_tokenizer())
    ending = "Say how good it is in a number from 1 to 100, in brackets, and nothing else at all.\n<|judge|>\n"
    tokenizer.split([f"Response {number}: fine. {ending}" * 3 for number in range(20)], ("1", "10", "100"), "[", "]")
    assert len(tokenizer._endings) == 1


@pytest.mark.parametrize("labels", [(), ("1", "1")])
def test_labels_must_be_there_and_different(labels: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="one or more different texts"):
        VerdictTokenizer(splitting_tokenizer()).split(["x"], labels, "[", "]")


def test_something_must_stand_before_the_labels() -> None:
    with pytest.raises(UsageError, match="nothing stands before"):
        VerdictTokenizer(splitting_tokenizer()).split([""], ("1", "2"), "", "")
