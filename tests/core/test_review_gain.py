"""Expected gain of a verdict: against brute force over every answer, triple by triple."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.small_runs import both_orders, run_of
from trustjudge_core.cases import Cases, cases_of
from trustjudge_core.evidence import Evidence
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.records import UNKNOWN, Shown
from trustjudge_core.review_gain import (
    corrected_relation,
    count_inconsistent,
    expected_gain,
    one_hot,
    triples_by_relation,
)

NAMES = "abcd"
PAIRS = list(combinations(range(4), 2))
SAYS: dict[int, Shown] = {1: "first", 0: "tie", -1: "second"}


def _cases(relations: dict[tuple[int, int], int]) -> Cases:
    """One question of four responses; pairs that are not given were never asked about."""
    pairs = [p for (i, j), r in relations.items() for p in both_orders(NAMES[i], NAMES[j], SAYS[r])]
    return cases_of(Evidence(run_of({"q": NAMES}, pairs=pairs), "corrected"), "baseline", 0.0)


def _explained(triple: tuple[int, int, int], r: dict[tuple[int, int], int]) -> bool:
    """Whether numbers exist whose order is the three relations."""
    i, j, k = triple
    return any(
        (np.sign(a - b), np.sign(b - c), np.sign(a - c)) == (r[i, j], r[j, k], r[i, k])
        for a, b, c in product(range(3), repeat=3)
    )


def _inconsistent(r: dict[tuple[int, int], int]) -> int:
    known = [t for t in combinations(range(4), 3) if all(p in r for p in combinations(t, 2))]
    return sum(not _explained(t, r) for t in known)


relations_of_four = st.dictionaries(st.sampled_from(PAIRS), st.sampled_from((-1, 0, 1)), min_size=3)


@given(relations_of_four)
def test_inconsistent_triples_are_those_that_no_order_explains(relations: dict[tuple[int, int], int]) -> None:
    cases = _cases(relations)
    assert count_inconsistent(cases, cases.relation) == _inconsistent(relations)


@given(relations_of_four, st.integers(0, 2**32 - 1))
def test_expected_drop_is_the_mean_over_every_answer(relations: dict[tuple[int, int], int], seed: int) -> None:
    cases = _cases(relations)
    shares = np.random.default_rng(seed).dirichlet(np.ones(3), len(cases))
    found = expected_gain(cases, np.zeros((len(cases), 3), np.int64), shares)
    now = _inconsistent(relations)
    for case, pair in enumerate(sorted(relations)):
        after = [_inconsistent(relations | {pair: answer}) for answer in (-1, 0, 1)]
        assert found.triples[case] == pytest.approx(now - shares[case] @ after, abs=1e-5)
    without_looking = expected_gain(cases, np.zeros((len(cases), 3), np.int64), shares, look_ahead=0.0)
    assert without_looking.ahead == pytest.approx(found.triples, abs=1e-5)


def test_looking_ahead_is_the_same_mean_over_what_the_others_may_become() -> None:
    relations = {(0, 1): 0, (0, 2): 0, (1, 2): 0, (0, 3): 1, (1, 3): 1, (2, 3): 0}
    cases = _cases(relations)
    shares = np.random.default_rng(1).dirichlet(np.ones(3), 6)
    share = 0.3
    found = expected_gain(cases, np.zeros((6, 3), np.int64), shares, look_ahead=share)
    blurred = (1 - share) * one_hot(cases.relation) + share * shares
    for case, pair in enumerate(PAIRS):
        drop = 0.0
        for third in (0, 1, 2, 3):
            if third in pair:
                continue
            sides = [PAIRS.index((min(x, third), max(x, third))) for x in pair]
            for answers in product((-1, 0, 1), repeat=2):
                weight = np.prod([blurred[s, a + 1] for s, a in zip(sides, answers, strict=True)])
                world = {PAIRS[s]: a for s, a in zip(sides, answers, strict=True)}
                triple = tuple(sorted({*pair, third}))
                bad = [not _explained(triple, world | {pair: r}) for r in (-1, 0, 1)]  # type: ignore[arg-type]
                drop += weight * (bad[relations[pair] + 1] - float(shares[case] @ bad))
        assert found.ahead[case] == pytest.approx(drop, abs=1e-5)


# Everything tied and everybody sure that the order is a > b > c > d: each verdict alone breaks two consistent
# triples of ties. Once the others are settled, a tie contradicts as many as stand between its two responses.
def test_a_wrong_but_consistent_group_of_ties_pays_only_when_looking_ahead() -> None:
    cases = _cases(dict.fromkeys(PAIRS, 0))
    sure = np.tile([0.0, 0.0, 1.0], (6, 1))
    now = expected_gain(cases, np.zeros((6, 3), np.int64), sure, look_ahead=0.0)
    assert now.ahead.tolist() == [-2.0] * 6
    settled = expected_gain(cases, np.zeros((6, 3), np.int64), sure, look_ahead=1.0)
    assert settled.ahead.tolist() == [0.0, 1.0, 2.0, 0.0, 1.0, 0.0]  # ab, ac, ad, bc, bd, cd


# One verdict stands. A second that says the same changes nothing; one that differs makes a tie.
def test_a_second_verdict_counts_for_what_the_majority_then_is() -> None:
    relations = {(0, 1): 0, (0, 2): 1, (1, 2): 1}
    cases = _cases(relations)  # a = b, a > c, b > c: consistent
    votes = np.zeros((3, 3), np.int64)
    votes[0, 2] = 1  # a person says a > b, still consistent
    shares = np.array([[0.25, 0.25, 0.5]] * 3)
    found = expected_gain(cases, votes, shares)
    assert corrected_relation(cases, votes).tolist() == [1, 1, 1]
    assert found.triples[0] == 0.0  # tie or a > b, both explained
    assert found.places[0] == 0.0  # somebody decided it


def test_places_made_certain_by_hand() -> None:
    cases = _cases({(0, 1): 1, (0, 2): 1, (1, 2): 1})
    shares = np.array([[0.5, 0.0, 0.5], [0.0, 0.0, 1.0], [0.25, 0.5, 0.25]])
    # Variances of the outcome over 4: 1/4, 0 and 1/8; a has 1/4, b 3/8, c 1/8.
    found = expected_gain(cases, np.zeros((3, 3), np.int64), shares).places
    assert found[0] == pytest.approx(np.sqrt(1 / 4) + np.sqrt(3 / 8) - np.sqrt(1 / 8))
    assert found[1] == pytest.approx(0.0)
    assert found[2] == pytest.approx(np.sqrt(3 / 8) - np.sqrt(1 / 4) + np.sqrt(1 / 8))


def test_unknown_pairs_are_in_no_triple() -> None:
    cases = _cases({(0, 1): 1, (1, 2): 1, (0, 3): 0})
    assert triples_by_relation(cases, one_hot(cases.relation)).tolist() == [[0.0] * 3] * 3
    relation = cases.relation.copy()
    relation[0] = UNKNOWN
    assert count_inconsistent(cases, relation) == 0


def test_questions_of_different_sizes_do_not_mix() -> None:
    small = planted_run(Dials(noise=1.5, tie=1.0), questions=2, responses=4, seed=1)
    pairs = [*both_orders("a", "b", "first"), *both_orders("b", "c", "first"), *both_orders("c", "a", "first")]
    cycle = cases_of(Evidence(run_of({"q": "abc"}, pairs=pairs), "corrected"), "baseline", 0.0)
    assert count_inconsistent(cycle, cycle.relation) == 1
    cases = cases_of(Evidence(small.run, "corrected"), "baseline", 0.0)
    table, total = cases.table, 0
    for question in range(2):
        own = np.flatnonzero(table.question == question)
        start = question * 4
        r = {(int(table.i[n]) - start, int(table.j[n]) - start): int(cases.relation[n]) for n in own}
        total += _inconsistent(r)
    assert count_inconsistent(cases, cases.relation) == total > 0


@given(relations_of_four, st.permutations(range(4)))
def test_renaming_responses_permutes_the_gains(relations: dict[tuple[int, int], int], to: list[int]) -> None:
    renamed = {(min(to[i], to[j]), max(to[i], to[j])): r if to[i] < to[j] else -r for (i, j), r in relations.items()}
    one, other = _cases(relations), _cases(renamed)
    rng = np.random.default_rng(0)
    shares = {pair: rng.dirichlet(np.ones(3)) for pair in sorted(relations)}
    turned = {(min(to[i], to[j]), max(to[i], to[j])): s if to[i] < to[j] else s[::-1] for (i, j), s in shares.items()}
    nobody = np.zeros((len(one), 3), np.int64)
    first = expected_gain(one, nobody, np.array([shares[p] for p in sorted(relations)]))
    second = expected_gain(other, nobody, np.array([turned[p] for p in sorted(renamed)]))
    place = {pair: n for n, pair in enumerate(sorted(renamed))}
    order = np.array([place[min(to[i], to[j]), max(to[i], to[j])] for i, j in sorted(relations)])
    for name in ("triples", "ahead", "places"):
        assert getattr(second, name)[order] == pytest.approx(getattr(first, name), abs=1e-5)
