"""Contradictions as rows: the worked run by hand, random runs against the counts of enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.relation_examples import Matrix, kind_of, relation_matrices
from tests.core.small_runs import both_orders, pair, run_of
from tests.core.worked_run import worked_run
from trustjudge_core import contradictions
from trustjudge_core.contradictions import (
    CONFLICT_IN_WORDS,
    CONFLICT_KINDS,
    chain_rows,
    chain_words,
    chains_of,
    conflict_rows,
    flip_rows,
)
from trustjudge_core.cycles import Link
from trustjudge_core.evidence import Evidence
from trustjudge_core.inconsistencies import KINDS
from trustjudge_core.records import PairJudgment, Shown

SAID: dict[int, Shown] = {1: "first", 0: "tie", -1: "second"}


def evidence_of(matrices: list[Matrix]) -> Evidence:
    """A judge whose verdicts in both orders are these relations, a question for each matrix."""
    judged: list[PairJudgment] = []
    for number, matrix in enumerate(matrices):
        for i in range(len(matrix)):
            for j in range(i):
                if int(matrix[i, j]) in SAID:
                    judged += both_orders(f"r{i}", f"r{j}", SAID[int(matrix[i, j])], question=f"q{number}")
    questions = {f"q{number}": [f"r{i}" for i in range(len(matrix))] for number, matrix in enumerate(matrices)}
    return Evidence(run_of(questions, pairs=judged), "corrected")


# From test_audit.py: p ac reversal (gap 2, c wins), r ab score tie (gap 0, a wins), r ac and bc comparison ties
# (gap 2). Largest gap first, equal gaps in the order of the table. Responses: p 0 1 2, r 3 4 5.
def test_conflicts_of_the_worked_run_by_hand() -> None:
    evidence = Evidence(worked_run(), "corrected")
    found = conflict_rows(evidence, evidence.scores_by("expectation"), "baseline", 0.0)
    listed = [
        (int(evidence.table.i[row]), int(evidence.table.j[row]), CONFLICT_KINDS[kind], gap, relation)
        for row, kind, gap, relation in zip(
            found.pair, found.kind.tolist(), found.gap.tolist(), found.relation.tolist(), strict=True
        )
    ]
    assert listed == [
        (0, 2, "reversal", 2.0, -1),
        (3, 5, "comparison_tie", 2.0, 0),
        (4, 5, "comparison_tie", 2.0, 0),
        (3, 4, "score_tie", 0.0, 1),
    ]
    assert set(CONFLICT_IN_WORDS) == set(CONFLICT_KINDS)


# Leads: agreeing verdicts 1, the flip of r 0: the cycle of p is firm, the contradicted tie of r is not.
def test_chains_of_the_worked_run_firmest_first() -> None:
    evidence = Evidence(worked_run(), "corrected")
    found = chain_rows(evidence, "baseline", 0.0)
    assert found.members.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found.question.tolist() == [0, 1]
    assert [KINDS[k] for k in found.kind] == ["strict_cycle", "contradicted_tie"]
    assert found.strength.tolist() == [1.0, 0.0]
    assert found.complete
    first, second = chains_of(evidence, "baseline", 0.0, found)
    names = dict(enumerate("abcabcab"))
    assert chain_words(first.links, names) == "a > b > c > a"
    assert chain_words(second.links, names) == "a = c = b, a > b"


@settings(max_examples=50)
@given(st.lists(relation_matrices(2, 6), min_size=1, max_size=3))
def test_rows_are_exactly_the_inconsistent_triples_of_every_question(matrices: list[Matrix]) -> None:
    evidence = evidence_of(matrices)
    found = chain_rows(evidence, "baseline", 0.0)
    expected = set()
    for number, matrix in enumerate(matrices):
        start = int(evidence.index.offsets[number])
        n = len(matrix)
        for k in range(n):
            for j in range(k):
                for i in range(j):
                    kind = kind_of(matrix, (i, j, k))
                    if kind:
                        expected.add((number, start + i, start + j, start + k, kind))
    rows = zip(found.question.tolist(), found.members.tolist(), found.kind.tolist(), strict=True)
    assert {(q, *members, KINDS[kind]) for q, members, kind in rows} == expected
    assert len(found.question) == len(expected)
    assert found.strength.tolist() == sorted(found.strength.tolist(), reverse=True)
    for row, chain in enumerate(chains_of(evidence, "baseline", 0.0, found)):
        assert {link.winner for link in chain.links} <= set(found.members[row].tolist())
        assert chain.strength == found.strength[row]


def test_only_keeps_the_chosen_rows_in_their_order() -> None:
    found = chain_rows(Evidence(worked_run(), "corrected"), "baseline", 0.0)
    assert found.only(np.array([1, 0])).question.tolist() == [1, 0]
    assert found.only(slice(1, 2)).members.tolist() == [[3, 4, 5]]


def test_listing_stops_at_its_limit_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contradictions, "MOST_LISTED", 1)
    found = chain_rows(Evidence(worked_run(), "corrected"), "baseline", 0.0)
    assert found.question.tolist() == [0]
    assert not found.complete


def test_no_contradictions_are_no_rows() -> None:
    for run in (run_of({}), run_of({"q": "abc"}), run_of({"q": "abc"}, pairs=both_orders("a", "b", "first"))):
        evidence = Evidence(run, "corrected")
        found = chain_rows(evidence, "baseline", 0.0)
        assert found.members.shape == (0, 3)
        assert found.complete
        assert chains_of(evidence, "baseline", 0.0, found) == []
        assert flip_rows(evidence).tolist() == []


@pytest.mark.parametrize(
    ("links", "words"),
    [
        ((), ""),
        ((("A", "B", False), ("B", "C", False), ("C", "A", False)), "A > B > C > A"),
        ((("A", "B", False), ("B", "C", False), ("C", "A", True)), "A > B > C = A"),
        ((("A", "B", True), ("B", "C", True), ("A", "C", False)), "A = B = C, A > C"),
    ],
)
def test_chains_in_words(links: tuple[tuple[str, str, bool], ...], words: str) -> None:
    number = {"A": 0, "B": 1, "C": 2}
    assert chain_words([Link(number[w], number[x], tie, 1.0) for w, x, tie in links], "ABC") == words


# a-b: the first shown wins both times, gaps 0.6 and 0.2: as sure as 0.2. a-c: gaps 0.5 and 0.4: 0.4, surer.
# b-c changes between a win and a tie, which is no flip.
def test_flips_are_listed_by_their_less_sure_order() -> None:
    judged = [
        pair("a", "b", "first", (0.7, 0.1, 0.2)),
        pair("b", "a", "first", (0.5, 0.3, 0.2)),
        pair("a", "c", "second", (0.2, 0.7, 0.1)),
        pair("c", "a", "second", (0.3, 0.7, 0.0)),
        pair("b", "c", "first", (0.9, 0.1, 0.0)),
        pair("c", "b", "tie", (0.1, 0.1, 0.8)),
    ]
    evidence = Evidence(run_of({"q": "abc"}, pairs=judged), "corrected")
    assert [(int(evidence.table.i[r]), int(evidence.table.j[r])) for r in flip_rows(evidence)] == [(0, 2), (0, 1)]
