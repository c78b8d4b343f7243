"""Inconsistent k-subsets by every way of counting, against plain enumeration and against sampling theory."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.relation_examples import Matrix, brute_force_subsets, matrix_of, relation_matrices, sign
from trustjudge_core import subset_bits, subsets
from trustjudge_core.errors import UsageError
from trustjudge_core.inconsistencies import KINDS, REFERENCE_TYPES, count_triples
from trustjudge_core.large_subsets import count_by_member
from trustjudge_core.records import UNKNOWN
from trustjudge_core.subset_bits import column_sums, count_by_question, subsets_in_order
from trustjudge_core.subsets import SubsetCounts, count_subsets

FLAGS = (32, 1, 2, 4, 8, 16)  # any, three kinds, two published types


def random_matrices(questions: int, n: int, seed: int, unknown: float = 0.0) -> np.ndarray:
    """Relations drawn pair by pair, (questions, n, n)."""
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.integers(-1, 2, (questions, n, n)), 1)
    relations = (upper - upper.transpose(0, 2, 1)).astype(np.int8)
    hidden = np.triu(rng.random((questions, n, n)) < unknown, 1)
    relations[hidden | hidden.transpose(0, 2, 1)] = UNKNOWN
    return relations


def plain(matrix: Matrix, k: int) -> list[int]:
    """Known subsets, violations, kinds and published types by enumeration, in the order of FLAGS."""
    known, violations, kinds, types = brute_force_subsets(matrix, k)
    return [known, violations, *(kinds[kind] for kind in KINDS), *(types[name] for name in REFERENCE_TYPES)]


def all_counts(found: SubsetCounts, question: int) -> list[int]:
    """The same of one question from the counts under test."""
    parts = [found.subsets, found.violations, *found.kinds.values(), *found.reference_types.values()]
    return [int(part[question]) for part in parts]


# A cycle of four, 0>1>2>3>0, with 0=2 and 1=3. Triples: {0,1,2} is 0>1>2, 0=2, broken; so are the other
# three, by turning. So 4 of 4 triples, and the one 4-subset counts once, under one kind.
def test_cycle_of_four_across_ties_is_four_broken_chains() -> None:
    matrix = matrix_of(">=< >= >")
    assert count_triples(matrix).broken_chain == 4
    four = count_subsets(matrix[None], (4,))[4]
    assert (four.subsets.tolist(), four.violations.tolist()) == ([1], [1])
    assert {kind: n.tolist() for kind, n in four.kinds.items()} == {
        "strict_cycle": [0],
        "broken_chain": [1],
        "contradicted_tie": [0],
    }


@given(relation_matrices(3, 8))
def test_counts_agree_with_enumeration_also_with_unknown_relations(matrix: Matrix) -> None:
    counted = count_subsets(matrix[None], (3, 4, 5, 6))
    for k, found in counted.items():
        subsets, violations, kinds, types = brute_force_subsets(matrix, k)
        assert (int(found.subsets[0]), int(found.violations[0])) == (subsets, violations), k
        assert {kind: int(n[0]) for kind, n in found.kinds.items()} == {kind: kinds[kind] for kind in KINDS}
        assert {name: int(n[0]) for name, n in found.reference_types.items()} == {t: types[t] for t in REFERENCE_TYPES}
        assert found.exact.all()


@given(st.lists(relation_matrices(6, 6), min_size=2, max_size=5))
def test_questions_counted_together_are_counted_as_if_alone(matrices: list[Matrix]) -> None:
    together = count_subsets(np.stack(matrices), (3, 5))
    for number, matrix in enumerate(matrices):
        alone = count_subsets(matrix[None], (3, 5))
        for k in (3, 5):
            assert together[k].subsets[number] == alone[k].subsets[0]
            assert together[k].violations[number] == alone[k].violations[0]


@given(relation_matrices(4, 7), st.randoms(use_true_random=False))
def test_renaming_responses_changes_no_count_but_the_published_types(matrix: Matrix, random: object) -> None:
    order = list(range(len(matrix)))
    random.shuffle(order)  # type: ignore[attr-defined]
    renamed = matrix[np.ix_(order, order)]
    plain, moved = count_subsets(matrix[None]), count_subsets(renamed[None])
    for k in plain:
        assert plain[k].subsets == moved[k].subsets
        assert plain[k].violations == moved[k].violations
        assert all(plain[k].kinds[kind] == moved[k].kinds[kind] for kind in KINDS)


# 0>1, 1=2, 0=2 is "=>=" or ">==" to the published code, always "equal"; but a broken chain is "circle" or "equal"
# by numbering: 0>1>2 with 0=2 is ">>=", equal; renaming (0,1,2) to (1,0,2) makes it 1>0>2, 1=2: "<=>", circle.
def test_published_types_depend_on_numbering_where_kinds_do_not() -> None:
    chain, renamed = matrix_of(">= >"), matrix_of("<> =")
    for matrix, name in ((chain, "equal"), (renamed, "circle")):
        found = count_subsets(matrix[None], (3,))[3]
        assert found.kinds["broken_chain"].tolist() == [1]
        assert {t: int(n[0]) for t, n in found.reference_types.items()} == {t: int(t == name) for t in REFERENCE_TYPES}


def test_subsets_with_an_unknown_pair_do_not_count_even_if_they_hold_a_cycle() -> None:
    matrix = matrix_of("><? >> >")  # 0>1>2>0 and 3 below 1 and 2, never compared with 0
    found = count_subsets(matrix[None], (3, 4))
    assert (found[3].subsets.tolist(), found[3].violations.tolist()) == ([2], [1])
    assert (found[4].subsets.tolist(), found[4].violations.tolist()) == ([0], [0])


def test_groups_larger_than_the_question_are_zero_of_zero() -> None:
    found = count_subsets(matrix_of("> ")[None], (3, 4, 5))
    assert all((f.subsets.tolist(), f.violations.tolist()) == ([0], [0]) for f in found.values())
    assert all(f.exact.all() for f in found.values())


def test_no_questions_no_counts() -> None:
    assert count_subsets(np.zeros((0, 4, 4), np.int8), (3,))[3].subsets.shape == (0,)


def test_all_ties_and_every_full_order_are_consistent() -> None:
    ties = np.zeros((8, 8), np.int8)
    order = np.array([[sign(a - b) for b in range(8)] for a in range(8)], np.int8)
    for matrix in (ties, order):
        for k, found in count_subsets(matrix[None], (3, 4, 5)).items():
            assert found.subsets.tolist() == [len(list(combinations(range(8), k)))]
            assert found.violations.tolist() == [0]


def test_all_unknown_is_nothing_known() -> None:
    matrix = np.full((6, 6), UNKNOWN, np.int8)
    np.fill_diagonal(matrix, 0)
    assert all(f.subsets.tolist() == [0] for f in count_subsets(matrix[None]).values())


# 70 questions fill one machine word and begin a second; 200 begin a second group of words as well.
@pytest.mark.parametrize("unknown", [0.0, 0.15])
@pytest.mark.parametrize("questions", [1, 64, 70, 200])
def test_every_question_of_many_words_is_counted_by_itself(questions: int, unknown: float) -> None:
    relations = random_matrices(questions, 7, seed=questions, unknown=unknown)
    counted = count_subsets(relations, (3, 4, 5))
    for question in {0, questions // 2, questions - 1}:
        for k, found in counted.items():
            assert all_counts(found, question) == plain(relations[question], k)


@pytest.mark.parametrize("unknown", [0.0, 0.1])
@pytest.mark.parametrize("k", [4, 5, 6, 7])
def test_bits_over_responses_count_what_bits_over_questions_count(k: int, unknown: float) -> None:
    for n in (k, 9, 12):
        relations = random_matrices(2, n, seed=n, unknown=unknown)
        expected = count_by_question(relations, (k,), FLAGS)[k]
        for question, matrix in enumerate(relations):
            assert count_by_member(matrix, k, FLAGS).tolist() == expected[:, question].tolist()


def test_bits_over_responses_go_beyond_one_word() -> None:
    # Responses 0..69 in order, except that the last beats the first: a subset violates iff it holds both and
    # one more response, so C(68, k - 2) of them, each by a strict cycle.
    n = 70
    matrix = np.array([[sign(b - a) for b in range(n)] for a in range(n)], np.int8)
    matrix[0, n - 1], matrix[n - 1, 0] = -1, 1
    for k in (4, 5):
        found = count_subsets(matrix[None], (k,))[k]
        assert (int(found.subsets[0]), int(found.violations[0])) == (comb(n, k), comb(n - 2, k - 2))
        assert int(found.kinds["strict_cycle"][0]) == comb(n - 2, k - 2)


@given(relation_matrices(4, 8), st.integers(4, 6))
def test_counting_by_member_agrees_with_enumeration(matrix: Matrix, k: int) -> None:
    if k <= len(matrix):
        assert count_by_member(matrix, k, FLAGS).tolist() == plain(matrix, k)


@pytest.mark.parametrize("rows", [0, 1, 2, 19, 20, 21, 22, 23, 100, 1000])
def test_carry_save_sums_are_plain_sums(rows: int) -> None:
    words = np.random.default_rng(rows).integers(0, 2**63, (rows, 3)).astype(np.uint64)
    expected = [sum(int(word) >> bit & 1 for word in column) for column in words.T for bit in range(64)]
    assert column_sums(words.copy()).tolist() == expected


@pytest.mark.parametrize(("n", "size"), [(0, 2), (3, 2), (6, 3), (7, 4)])
def test_subsets_are_in_colexicographic_order(n: int, size: int) -> None:
    found = [tuple(members) for members in subsets_in_order(n, size).T.tolist()]
    assert found == sorted(combinations(range(n), size), key=lambda members: members[::-1])


def test_flags_that_are_not_asked_for_are_not_there_and_change_nothing() -> None:
    relations = random_matrices(3, 8, seed=4, unknown=0.05)
    whole, lean = count_subsets(relations)[5], count_subsets(relations, published=False, kinds=False)[5]
    assert lean.violations.tolist() == whole.violations.tolist()
    assert (lean.kinds, lean.reference_types) == ({}, {})


# Bits are packed in pieces; where they are cut must not matter, nor must which way counts a question.
def test_counts_do_not_depend_on_pieces_and_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    relations = random_matrices(7, 10, seed=2, unknown=0.05)
    whole = count_subsets(relations, (3, 4, 5))
    monkeypatch.setattr(subset_bits, "_ROWS_TOGETHER", 37)
    monkeypatch.setattr(subset_bits, "_MOST_KEPT", 100)
    pieces = count_subsets(relations, (3, 4, 5))
    monkeypatch.setattr(subsets, "_FEW_SUBSETS", 0)
    other_way = count_subsets(relations, (3, 4, 5))
    for k, found in whole.items():
        for question in range(7):
            assert all_counts(found, question) == all_counts(pieces[k], question) == all_counts(other_way[k], question)


def test_triples_of_a_question_too_large_to_list_are_exact_with_their_published_types(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix = random_matrices(1, 9, seed=1, unknown=0.05)
    monkeypatch.setattr(subsets, "_FEW_SUBSETS", 0)
    monkeypatch.setattr(subsets, "MOST_SUBSETS", 0)
    found = count_subsets(matrix, (3,))[3]
    assert found.exact.tolist() == [True]
    assert all_counts(found, 0) == plain(matrix[0], 3)


def sampled(matrix: Matrix, k: int, seed: int, drawn: int) -> SubsetCounts:
    """Counts of one question with every exact way to count fours and more switched off."""
    return count_subsets(matrix[None], (k,), seed=seed, most_drawn=drawn)[k]


def test_a_sampled_count_says_so_and_is_close_to_the_exact_one(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = random_matrices(1, 14, seed=3, unknown=0.03)[0]
    exact = count_subsets(matrix[None], (5,))[5]
    monkeypatch.setattr(subsets, "_FEW_SUBSETS", 0)
    monkeypatch.setattr(subsets, "MOST_SUBSETS", 1000)  # C(14, 5) = 2,002
    found = sampled(matrix, 5, seed=0, drawn=20_000)
    assert (found.exact.tolist(), found.drawn.tolist()) == ([False], [20_000])
    # Five standard errors of a share among 20,000 are at most 5 * 0.5 / sqrt(20,000) = 0.018, of 2,002 subsets 36.
    assert all_counts(found, 0) == pytest.approx(all_counts(exact, 0), abs=36)
    assert all_counts(sampled(matrix, 5, 0, 20_000), 0) == all_counts(found, 0)
    assert all_counts(sampled(matrix, 5, 1, 20_000), 0) != all_counts(found, 0)


def test_a_size_that_cannot_be_numbered_is_refused() -> None:
    matrix = np.zeros((1, 400, 400), np.int8)
    with pytest.raises(UsageError, match="choose a smaller k"):
        count_subsets(matrix, (12,), most_drawn=10)
