"""The measurements compare like with like: equal counts, tiny sizes; and what the web process may load."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.chains import measure_chains, measure_triples, same_counts
from bench.published_enumeration import count_plainly, relation_table
from bench.random_relations import random_relations
from bench.web_process import ImportRecorder, model_libraries_asked_for
from trustjudge_core.records import UNKNOWN
from trustjudge_core.subsets import count_subsets


def cycle_of_three() -> NDArray[np.int8]:
    """A beats B beats C beats A, (3, 3)."""
    return np.array([[0, 1, -1], [-1, 0, 1], [1, -1, 0]], np.int8)


def test_plain_enumeration_finds_the_cycle_of_three() -> None:
    counts = count_plainly(relation_table(cycle_of_three()), 3, 3)
    assert (counts.subsets, counts.violations, counts.circle, counts.equal) == (1, 1, 1, 0)


def test_plain_enumeration_leaves_out_a_subset_with_an_unknown_pair() -> None:
    relations = cycle_of_three()
    relations[0, 1] = relations[1, 0] = UNKNOWN
    assert count_plainly(relation_table(relations), 3, 3).subsets == 0


@pytest.mark.parametrize("k", [3, 4, 5])
@pytest.mark.parametrize("unknown_rate", [0.0, 0.1])
def test_both_sides_count_the_same(k: int, unknown_rate: float) -> None:
    relations = random_relations(6, 8, np.random.default_rng(7), unknown_rate=unknown_rate)
    ours = count_subsets(relations, (k,))[k]
    for question, matrix in enumerate(relations):
        assert same_counts(ours, question, count_plainly(relation_table(matrix), 8, k))


def test_random_relations_are_antisymmetric_and_of_the_asked_mixture() -> None:
    relations = random_relations(50, 20, np.random.default_rng(1), tie_rate=0.5, unknown_rate=0.1)
    known = relations != UNKNOWN
    assert (known == known.transpose(0, 2, 1)).all()
    assert (relations == -relations.transpose(0, 2, 1))[known].all()
    above = relations[:, *np.triu_indices(20, 1)]
    assert (above == 0).mean() == pytest.approx(0.5, abs=0.03)
    assert (above == UNKNOWN).mean() == pytest.approx(0.1, abs=0.03)


def test_a_measurement_says_when_counts_are_equal() -> None:
    chain = measure_chains(4, questions=5, responses=7, plain_questions=2, rounds=1, seed=0)
    assert chain.equal
    assert chain.plain_questions == 2
    assert chain.ratio > 0


def test_triples_of_a_large_question_are_all_counted() -> None:
    _, counts = measure_triples(60, seed=0)
    assert 0 < counts.inconsistent < counts.known <= 60 * 59 * 58 // 6


def test_web_process_never_asks_for_a_model_library() -> None:
    assert model_libraries_asked_for() == []


def test_recorder_would_notice_an_import() -> None:
    recorder = ImportRecorder(("torch",))
    assert recorder.find_spec("torch.nn", None) is None
    assert recorder.find_spec("torchless", None) is None
    assert recorder.asked == ["torch.nn"]
