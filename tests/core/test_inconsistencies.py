"""Inconsistent triples and subsets, against the definitions and plain enumeration."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.relation_examples import (
    Matrix,
    brute_force_subsets,
    explained,
    kind_of,
    known,
    matrix_of,
    published_type,
    relation_matrices,
    sign,
)
from trustjudge_core import inconsistencies
from trustjudge_core.inconsistencies import (
    KINDS,
    REFERENCE_TYPES,
    chance_level,
    count_subsets,
    count_triples,
    inconsistent_triples,
    score_conflicts,
    triple_flags,
    triple_members,
)
from trustjudge_core.records import UNKNOWN

PATTERNS = ["".join(p) for p in product("<=>", repeat=3)]  # (i,j), (j,k), (i,k)


def of_pattern(pattern: str) -> Matrix:
    """Three responses with these relations (i,j), (j,k), (i,k)."""
    ij, jk, ik = pattern
    return matrix_of(f"{ij}{ik} {jk}")


# 3 responses have 13 weak orders, so 13 of the 27 patterns are explained by one. Of the other 14:
# A cycle has 2 directions. A broken chain is one of the 3! orders of A>B>C with A=C. A contradicted tie
# picks the pair that decides (3) and its winner (2).
def test_fourteen_of_27_patterns_are_inconsistent_in_kinds_of_2_6_and_6() -> None:
    found: Counter[str] = Counter()
    for pattern in PATTERNS:
        counted = count_triples(of_pattern(pattern))
        assert counted.known == 1
        assert counted.inconsistent == (not explained(tuple("<=>".index(s) - 1 for s in pattern)))
        found.update({kind: getattr(counted, kind) for kind in KINDS})
    assert found == {"strict_cycle": 2, "broken_chain": 6, "contradicted_tie": 6}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_has_the_kind_and_the_published_type_of_its_definition(pattern: str) -> None:
    matrix = of_pattern(pattern)
    flags, seen = triple_flags(matrix[None])
    assert seen.tolist() == [[True]]
    bits = int(flags[0, 0])
    assert [kind for n, kind in enumerate(KINDS) if bits >> n & 1] == [k for k in [kind_of(matrix, (0, 1, 2))] if k]
    assert [name for n, name in enumerate(REFERENCE_TYPES, 3) if bits >> n & 1] == [
        t for t in [published_type(matrix, (0, 1, 2))] if t
    ]
    counts = count_subsets(matrix[None], (3,))[3]
    assert {k: int(v[0]) for k, v in counts.kinds.items()} == {k: int(k == kind_of(matrix, (0, 1, 2))) for k in KINDS}


def test_cycle_of_three_is_one_strict_cycle() -> None:
    counted = count_triples(matrix_of("<> <"))  # 1>0, 2>1, 0>2
    assert (counted.known, counted.strict_cycle, counted.broken_chain, counted.contradicted_tie) == (1, 1, 0, 0)


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
    triples = count_triples(matrix)
    subsets, violations, kinds, _ = brute_force_subsets(matrix, 3)
    assert (triples.known, triples.inconsistent) == (subsets, violations)
    assert {kind: getattr(triples, kind) for kind in KINDS} == {kind: kinds[kind] for kind in KINDS}


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
    chain, renamed = of_pattern(">>="), of_pattern("<=>")
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
    assert count_triples(matrix).known == 0
    assert all(f.subsets.tolist() == [0] for f in count_subsets(matrix[None]).values())


@given(relation_matrices(3, 7))
def test_list_of_triples_is_what_enumeration_finds(matrix: Matrix) -> None:
    found = inconsistent_triples(matrix)
    listed = {
        (int(i), int(j), int(k)): KINDS[int(kind)]
        for i, j, k, kind in zip(found.i, found.j, found.k, found.kind, strict=True)
    }
    expected = {t: kind_of(matrix, t) for t in combinations(range(len(matrix)), 3) if known(matrix, t)}
    assert listed == {t: kind for t, kind in expected.items() if kind}


@pytest.mark.parametrize("n", [0, 1, 2, 3, 6])
def test_members_are_all_triples_in_colexicographic_order(n: int) -> None:
    i, j, k = triple_members(n)
    assert list(zip(i.tolist(), j.tolist(), k.tolist(), strict=True)) == sorted(
        combinations(range(n), 3), key=lambda t: t[::-1]
    )


# Too many subsets to list: triples are then counted by matrix products, larger groups not at all, and it is said.
def test_counts_that_would_be_too_long_are_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    upper = np.triu(rng.integers(-1, 2, (9, 9)), 1)
    matrix = (upper - upper.T).astype(np.int8)
    full = count_subsets(matrix[None], (3, 4))
    monkeypatch.setattr(inconsistencies, "MOST_SUBSETS", 50)  # C(9, 3) = 84, C(9, 4) = 126
    short = count_subsets(matrix[None], (3, 4))
    assert short[3].exact.tolist() == [True]
    assert short[3].violations.tolist() == full[3].violations.tolist()
    assert {kind: n.tolist() for kind, n in short[3].kinds.items()} == {k: n.tolist() for k, n in full[3].kinds.items()}
    assert (short[4].exact.tolist(), short[4].subsets.tolist()) == ([False], [0])


def test_counts_do_not_depend_on_how_many_questions_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    upper = np.triu(rng.integers(-1, 2, (7, 9, 9)), 1)
    relations = (upper - upper.transpose(0, 2, 1)).astype(np.int8)
    whole = count_subsets(relations)
    monkeypatch.setattr(inconsistencies, "MOST_BYTES", 200)
    pieces = count_subsets(relations)
    for k in whole:
        assert whole[k].violations.tolist() == pieces[k].violations.tolist()


# A random judge without ties makes each of the 2^C(k,2) tournaments equally likely, of which k! are orders:
# k=3: 1 - 6/8, k=4: 1 - 24/64, k=5: 1 - 120/1024. Three-way uniform: 13, 75 and 541 weak orders of 27, 729 and 59049.
@pytest.mark.parametrize(
    ("k", "tie_rate", "level"),
    [
        (3, 0.0, 1 - 6 / 8),
        (4, 0.0, 1 - 24 / 64),
        (5, 0.0, 1 - 120 / 1024),
        (3, 1 / 3, 1 - 13 / 27),
        (4, 1 / 3, 1 - 75 / 729),
        (5, 1 / 3, 1 - 541 / 59049),
        (3, 1.0, 0.0),
        (5, 1.0, 0.0),
    ],
)
def test_chance_level_by_counting_orders(k: int, tie_rate: float, level: float) -> None:
    assert chance_level(k, tie_rate) == pytest.approx(level)


def test_chance_levels_are_the_published_percentages() -> None:
    assert [round(100 * chance_level(k, 1 / 3), 2) for k in (3, 4, 5)] == [51.85, 89.71, 99.08]
    assert [round(100 * chance_level(k, 0.0), 2) for k in (3, 4, 5)] == [25.0, 62.5, 88.28]


@pytest.mark.parametrize("tie_rate", [0.1, 0.5, 0.85])
def test_chance_level_is_what_random_judges_reach(tie_rate: float) -> None:
    rng = np.random.default_rng(7)
    draws, n = 20_000, 5
    signs = rng.choice(
        np.array([-1, 0, 1], np.int8), (draws, n, n), p=[(1 - tie_rate) / 2, tie_rate, (1 - tie_rate) / 2]
    )
    upper = np.triu(signs, 1)
    relations = (upper - upper.transpose(0, 2, 1)).astype(np.int8)
    for k, found in count_subsets(relations).items():
        measured = found.violations.sum() / found.subsets.sum()
        # Four standard errors of a share of 20,000 questions, whose subsets share relations, are below 0.015.
        assert chance_level(k, tie_rate) == pytest.approx(measured, abs=0.015)


@given(st.floats(0.0, 1.0), st.integers(3, 7))
def test_chance_level_is_a_probability_that_grows_with_k(tie_rate: float, k: int) -> None:
    assert -1e-12 <= chance_level(k, tie_rate) <= chance_level(k + 1, tie_rate) + 1e-12 <= 1 + 2e-12


@pytest.mark.parametrize("tie_rate", [float("nan"), -0.1, 1.1])
def test_chance_level_without_a_tie_rate_is_not_known(tie_rate: float) -> None:
    assert np.isnan(chance_level(3, tie_rate))


# Rows: score sign, relation -> kind of conflict.
CONFLICTS = {
    (1, 1): None,
    (1, 0): "comparison_tie",
    (1, -1): "reversal",
    (0, 1): "score_tie",
    (0, 0): None,
    (0, -1): "score_tie",
    (-1, 1): "reversal",
    (-1, 0): "comparison_tie",
    (-1, -1): None,
}


def test_conflicts_of_all_nine_combinations() -> None:
    score, relation = (np.array(side, np.int8) for side in zip(*CONFLICTS, strict=True))
    found = score_conflicts(score, relation)
    assert found.known.all()
    assert found.conflict.tolist() == [kind is not None for kind in CONFLICTS.values()]
    for kind in ("reversal", "score_tie", "comparison_tie"):
        assert getattr(found, kind).tolist() == [kind == expected for expected in CONFLICTS.values()]


def test_a_pair_with_an_unknown_side_is_no_conflict_and_not_counted() -> None:
    found = score_conflicts(np.array([UNKNOWN, 1, UNKNOWN], np.int8), np.array([1, UNKNOWN, UNKNOWN], np.int8))
    assert not found.known.any()
    assert not found.conflict.any()


@settings(max_examples=5)
@given(st.integers(0, 1000))
def test_two_hundred_responses_are_counted_exactly(seed: int) -> None:
    # Every triple of a full order with one tie group is consistent; turning the single relation of two
    # neighbours in a strict order around breaks no triple, turning first against last breaks all n - 2.
    n = 200
    place = np.random.default_rng(seed).permutation(n)
    matrix = np.sign(place[:, None] - place[None, :]).astype(np.int8)
    top, bottom = int(np.argmax(place)), int(np.argmin(place))
    matrix[top, bottom], matrix[bottom, top] = -1, 1
    counted = count_triples(matrix)
    assert counted.known == n * (n - 1) * (n - 2) // 6
    assert (counted.strict_cycle, counted.inconsistent) == (n - 2, n - 2)
