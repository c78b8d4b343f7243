"""Structure of questions from a run: by hand, and equal to the kernels on one question alone."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tests.core.small_runs import both_orders, pair, run_of
from tests.core.worked_run import worked_run
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.cheapest_orders import SolverClock
from trustjudge_core.edits import fewest_edits
from trustjudge_core.evidence import Evidence
from trustjudge_core.hodge import flow_parts
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.records import UNKNOWN
from trustjudge_core.soft_transitivity import soft_deviation
from trustjudge_core.structure import (
    Change,
    preference_flow,
    question_relations,
    question_structure,
    soft_transitivity,
    structures,
)


# p is a > b > c > a: one edit, whichever; turning any relation round or tying it removes the one triple; all three
# beat each other around the cycle. r is a > b, b = c, a = c: one edit, no cycle of wins.
def test_worked_run_by_hand() -> None:
    found = structures(Evidence(worked_run(), "corrected"), "baseline", 0.0)
    assert list(found) == [0, 1]
    cycle, ties = found[0], found[1]
    assert (cycle.fewest_edits, cycle.gap, len(cycle.edits), cycle.flip_removes) == (1, 0, 1, 1)
    assert cycle.groups == ((0, 1, 2),)
    assert cycle.best_flip is not None and cycle.best_flip.before != cycle.best_flip.after
    assert (ties.fewest_edits, len(ties.edits), ties.groups) == (1, 1, ())


# a > b > c > d, but d > a: turning a-d round is the one edit and the best flip; it removes both its triples.
def test_the_edit_and_the_flip_name_the_same_pair() -> None:
    judged = [p for a, b in combinations("abcd", 2) for p in both_orders(a, b, "first" if a + b != "ad" else "second")]
    (found,) = structures(Evidence(run_of({"q": "abcd"}, pairs=judged), "corrected"), "baseline", 0.0).values()
    assert found.edits == (found.best_flip,) == (Change(0, 3, -1, 1),)
    assert found.flip_removes == 2
    assert found.groups == ((0, 1, 2, 3),)


def test_questions_of_many_sizes_are_each_what_they_are_alone() -> None:
    runs = [planted_run(Dials(noise=1.5, tie=1.2), questions=3, responses=n, seed=n).run for n in (2, 5, 12)]
    for run in runs:
        evidence = Evidence(run, "corrected")
        found = structures(evidence, "likelihood", 0.05, SolverClock(20.0, 20.0))
        flow = preference_flow(evidence, "likelihood", 0.05)
        for question, structure in found.items():
            relations = question_relations(evidence, "likelihood", 0.05, question)
            alone = question_structure(evidence, "likelihood", 0.05, question, SolverClock(20.0, 20.0))
            assert structure.fewest_edits == fewest_edits(relations[None]).count[0] == alone.edits.count[0]
            assert structure.cyclicity == pytest.approx(alone.flow.cyclicity, abs=1e-9)
            n = len(relations)
            matrix = np.full((n, n), np.nan)
            rows = np.flatnonzero(evidence.table.question == question)
            i, j = evidence.table.i[rows] - question * n, evidence.table.j[rows] - question * n
            matrix[i, j], matrix[j, i] = flow[rows], -flow[rows]
            assert structure.cyclicity == pytest.approx(flow_parts(matrix).cyclicity, abs=1e-9)
            sums, triples = soft_deviation(matrix[None])
            if triples[0]:
                assert structure.soft_deviation == pytest.approx(sums[0] / triples[0])
            else:
                assert np.isnan(structure.soft_deviation)


# 0.7 : 0.2 : 0.1 raw, of which 0.75 : 0.25 with the tie halved; certainty is kept at 0.99.
def test_flow_is_the_logit_with_ties_halved_and_certainty_kept_finite() -> None:
    judged = [
        pair("a", "b", probs=(0.35, 0.1, 0.05)),
        pair("b", "a", probs=(0.1, 0.35, 0.05)),
        *both_orders("a", "c", "first"),
    ]
    run = run_of(
        {"q": "abc"}, pairs=[judged[0], judged[1], pair("a", "c", probs=(1, 0, 0)), pair("c", "a", probs=(0, 1, 0))]
    )
    assert preference_flow(Evidence(run, "corrected"), "likelihood", 0.0) == pytest.approx([np.log(3), np.log(99)])


def test_soft_transitivity_is_zero_for_strengths_and_has_an_interval_for_noise() -> None:
    strict = Evidence(planted_run(Dials(), questions=10, responses=5, skills=np.linspace(-1, 1, 5)).run, "corrected")
    found = soft_transitivity(strict, "likelihood", QuestionBootstrap(10, 100))
    assert (found.triples, found.deviation.value) == (100, pytest.approx(0.0, abs=1e-6))
    noisy = Evidence(planted_run(Dials(noise=1.0), questions=30, responses=5).run, "corrected")
    found = soft_transitivity(noisy, "likelihood", QuestionBootstrap(30, 200))
    assert 0 < found.deviation.low < found.deviation.value < found.deviation.high < 1
    nothing = soft_transitivity(Evidence(run_of({"q": "ab"}), "corrected"), "likelihood", QuestionBootstrap(1))
    assert nothing.triples == 0
    assert np.isnan(nothing.deviation.value)


def test_unknown_relations_stay_unknown() -> None:
    relations = question_relations(Evidence(worked_run(), "corrected"), "baseline", 0.0, 2)
    assert relations.tolist() == [[0, UNKNOWN], [UNKNOWN, 0]]
