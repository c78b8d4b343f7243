"""Contradictions as rows: what is listed, in which order, and how a chain reads."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tests.core.small_runs import both_orders, pair, run_of, score
from trustjudge_core import contradictions
from trustjudge_core.contradictions import (
    CONFLICT_KINDS,
    FAVOURING,
    apart,
    chain_rows,
    chain_words,
    chains_of,
    conflict_rows,
    favouring_rows,
    flip_rows,
)
from trustjudge_core.cycles import Link
from trustjudge_core.evidence import Evidence
from trustjudge_core.inconsistencies import KINDS, count_triples
from trustjudge_core.records import UNKNOWN, PairJudgment
from trustjudge_core.relations import relation_matrix

THREE = ["a", "b", "c"]


def _firm(first: str, second: str, margin: float, question: str = "q") -> list[PairJudgment]:
    """first beats second by that margin in both orders, without ties."""
    high, low = 0.5 + margin / 2, 0.5 - margin / 2
    return [
        pair(first, second, "first", (high, low, 0.0), question=question),
        pair(second, first, "second", (low, high, 0.0), question=question),
    ]


def test_the_firmest_chain_comes_first_whatever_its_question() -> None:
    weak = [*_firm("a", "b", 0.9, "q"), *_firm("b", "c", 0.8, "q"), *_firm("c", "a", 0.1, "q")]
    firm = [*_firm("a", "b", 0.5, "r"), *_firm("b", "c", 0.4, "r"), *_firm("c", "a", 0.3, "r")]
    rows = chain_rows(Evidence(run_of({"q": THREE, "r": THREE}, pairs=[*weak, *firm]), "corrected"), "likelihood", 0.0)
    assert rows.question.tolist() == [1, 0]
    np.testing.assert_allclose(rows.strength, [0.3, 0.1])
    assert [KINDS[kind] for kind in rows.kind] == ["strict_cycle", "strict_cycle"]
    assert rows.members.tolist() == [[3, 4, 5], [0, 1, 2]]


def test_chains_read_in_order_with_their_margins() -> None:
    pairs = [*_firm("b", "a", 0.4), *_firm("a", "c", 0.2), *_firm("c", "b", 0.6)]
    evidence = Evidence(run_of({"q": THREE}, pairs=pairs), "corrected")
    rows = chain_rows(evidence, "likelihood", 0.0)
    (chain,) = chains_of(evidence, "likelihood", 0.0, rows)
    assert chain_words(chain.links, THREE) == "a > c > b > a"
    np.testing.assert_allclose([link.margin for link in chain.links], [0.2, 0.6, 0.4])
    assert chain.weakest == 0


def test_a_broken_chain_and_a_contradicted_tie_say_where_they_break() -> None:
    def link(winner: int, loser: int, tie: bool = False) -> Link:
        return Link(winner, loser, tie, 1.0)

    assert chain_words((link(0, 1), link(1, 2), link(2, 0)), THREE) == "a > b > c > a"
    assert chain_words((link(0, 1), link(1, 2), link(2, 0, tie=True)), THREE) == "a > b > c = a"
    assert chain_words((link(0, 1, tie=True), link(1, 2, tie=True), link(0, 2)), THREE) == "a = b = c, a > c"
    assert chain_words((), THREE) == ""


def test_every_inconsistent_triple_is_listed_once() -> None:
    """Random relations over six responses: as many rows of each kind as are counted by matrix algebra."""
    rng = np.random.default_rng(3)
    names = [f"r{n}" for n in range(6)]
    pairs = []
    for n, first in enumerate(names):
        for second in names[n + 1 :]:
            pairs += both_orders(first, second, ("first", "second", "tie")[rng.integers(3)])
    run = run_of({"q": names}, pairs=pairs)
    evidence = Evidence(run, "corrected")
    rows = chain_rows(evidence, "baseline", 0.0)
    matrix = relation_matrix(run.index, evidence.table, evidence.relation("baseline", 0.0), 0)
    counted = count_triples(matrix)
    listed = [int((rows.kind == number).sum()) for number in range(3)]
    assert listed == [counted.strict_cycle, counted.broken_chain, counted.contradicted_tie]
    assert sum(listed) > 0
    assert len({tuple(members) for members in rows.members.tolist()}) == len(rows.members)


def test_some_rows_keep_their_order() -> None:
    pairs = [*_firm("a", "b", 0.5), *_firm("b", "c", 0.4), *_firm("c", "a", 0.3)]
    rows = chain_rows(Evidence(run_of({"q": THREE}, pairs=pairs), "corrected"), "likelihood", 0.0)
    assert rows.only(np.array([0])).members.tolist() == [[0, 1, 2]]
    assert rows.only(slice(1, 2)).members.tolist() == []


def test_a_list_that_would_be_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contradictions, "MOST_LISTED", 1)
    pairs = [
        judgment
        for q in ("q", "r")
        for first, second in (("a", "b"), ("b", "c"), ("c", "a"))
        for judgment in both_orders(first, second, "first", question=q)
    ]
    rows = chain_rows(Evidence(run_of({"q": THREE, "r": THREE}, pairs=pairs), "corrected"), "baseline", 0.0)
    assert (len(rows.kind), rows.complete) == (1, False)


def test_conflicts_come_with_the_largest_score_gap_first() -> None:
    # Comparisons a > b > c, a > c; scores a 1, b 3, c 3: a,b and a,c reversed by 2, b,c only the scores tie.
    pairs = [*both_orders("a", "b", "first"), *both_orders("b", "c", "first"), *both_orders("a", "c", "first")]
    scores = [score("a", 1.0), score("b", 3.0), score("c", 3.0)]
    evidence = Evidence(run_of({"q": THREE}, pairs=pairs, scores=scores), "corrected")
    assert evidence.default_scores is not None
    rows = conflict_rows(evidence, evidence.default_scores, "baseline", 0.0)
    assert [CONFLICT_KINDS[kind] for kind in rows.kind] == ["reversal", "reversal", "score_tie"]
    assert rows.gap.tolist() == [-2.0, -2.0, 0.0]
    assert rows.relation.tolist() == [1, 1, 1]


def test_flips_are_listed_with_the_surest_first() -> None:
    pairs = [
        # a,b: the first shown wins by 0.2 and by 0.8, as sure as 0.2. b,c: by 0.4 both times. a,c: no flip.
        pair("a", "b", "first", (0.6, 0.4, 0.0)), pair("b", "a", "first", (0.9, 0.1, 0.0)),
        pair("b", "c", "first", (0.7, 0.3, 0.0)), pair("c", "b", "first", (0.7, 0.3, 0.0)),
        *_firm("a", "c", 0.5),
    ]  # fmt: skip
    evidence = Evidence(run_of({"q": THREE}, pairs=pairs), "corrected")
    rows = flip_rows(evidence)
    assert [(int(evidence.table.i[row]), int(evidence.table.j[row])) for row in rows] == [(1, 2), (0, 1)]


def test_pairs_that_favour_a_place_are_listed_with_the_largest_shift_first() -> None:
    pairs = [
        # Leads of a over b: 0.6 shown first, 0.0 shown second: shift 0.6 to the first. b over c: 0.9 and -0.5: 1.4.
        pair("a", "b", "first", (0.8, 0.2, 0.0)), pair("b", "a", "tie", (0.3, 0.3, 0.4)),
        pair("b", "c", "first", (0.95, 0.05, 0.0)), pair("c", "b", "first", (0.75, 0.25, 0.0)),
        # a over c: tie shown first, won shown second.
        pair("a", "c", "tie", (0.2, 0.2, 0.6)), pair("c", "a", "second", (0.1, 0.8, 0.1)),
    ]  # fmt: skip
    evidence = Evidence(run_of({"q": THREE}, pairs=pairs), "corrected")
    table = evidence.table
    found = {kind: [(int(table.i[r]), int(table.j[r])) for r in favouring_rows(evidence, kind)] for kind in FAVOURING}
    assert found == {"favours_first": [(1, 2), (0, 1)], "favours_second": [(0, 2)]}


def test_verdicts_without_probabilities_shift_by_their_steps() -> None:
    pairs = [
        pair("a", "b", "first"), pair("b", "a", "tie"),  # from win to tie
        pair("b", "c", "first"), pair("c", "b", "first"),  # from win to loss
    ]  # fmt: skip
    evidence = Evidence(run_of({"q": THREE}, pairs=pairs), "corrected")
    rows = favouring_rows(evidence, "favours_first")
    assert [(int(evidence.table.i[row]), int(evidence.table.j[row])) for row in rows] == [(1, 2), (0, 1)]


def test_one_order_only_lists_no_flips() -> None:
    evidence = Evidence(run_of({"q": THREE}, pairs=[pair("a", "b", "first")]), "corrected")
    assert flip_rows(evidence).tolist() == []


def test_of_too_many_triples_the_firmest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine cycles with margins 0.1 to 0.9 and room for two: the lists in between must not lose the firm ones."""
    monkeypatch.setattr(contradictions, "MOST_LISTED", 2)
    questions, pairs = [f"q{n}" for n in range(9)], []
    for n, margin in enumerate([0.3, 0.9, 0.1, 0.5, 0.2, 0.8, 0.4, 0.7, 0.6]):
        for first, second in (("a", "b"), ("b", "c"), ("c", "a")):
            pairs += _firm(first, second, margin, questions[n])
    # Questions of different sizes are counted one size after the other.
    sizes = {question: [*THREE, *(f"x{m}" for m in range(n))] for n, question in enumerate(questions)}
    rows = chain_rows(Evidence(run_of(sizes, pairs=pairs), "corrected"), "likelihood", 0.0)
    assert rows.question.tolist() == [1, 5]
    np.testing.assert_allclose(rows.strength, [0.9, 0.8])
    assert not rows.complete


@pytest.mark.parametrize("seed", range(5))
def test_listing_agrees_with_trying_every_triple(seed: int) -> None:
    """Random relations, some unknown: a triple is listed iff no weak order of three has its relations."""
    rng = np.random.default_rng(seed)
    names = [f"r{n}" for n in range(7)]
    pairs = []
    for n, first in enumerate(names):
        for second in names[n + 1 :]:
            if rng.random() < 0.85:
                pairs += both_orders(first, second, ("first", "second", "tie")[rng.integers(3)])
    run = run_of({"q": names}, pairs=pairs)
    evidence = Evidence(run, "corrected")
    matrix = relation_matrix(run.index, evidence.table, evidence.relation("baseline", 0.0), 0)
    orders = {
        (np.sign(x - y), np.sign(y - z), np.sign(x - z)) for x in range(3) for y in range(3) for z in range(3)
    }  # fmt: skip
    expected = set()
    for i, j, k in combinations(range(7), 3):
        found = (matrix[i, j], matrix[j, k], matrix[i, k])
        if UNKNOWN not in found and found not in orders:
            expected.add((i, j, k))
    rows = chain_rows(evidence, "baseline", 0.0)
    assert {tuple(members) for members in rows.members.tolist()} == expected
    assert len(rows.kind) == len(expected)


def test_a_name_that_runs_from_right_to_left_turns_nothing_beside_it() -> None:
    override = "a\u202eb"
    assert apart("plain-name") == "plain-name"
    assert chain_words([Link(0, 1, False, 0.5)], [override, "شمس"]) == f"\u2068{override}\u2069 > \u2068شمس\u2069"
