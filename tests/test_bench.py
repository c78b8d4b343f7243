"""The measurements compare like with like: equal counts, tiny sizes; and what the web process may load."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bench.array_kernels import measure_kernels
from bench.chains import measure_chains, measure_large, measure_triples, same_counts
from bench.judge import WORKS, card_lines, compare, measure_card, peer_of
from bench.published_enumeration import count_plainly, relation_table
from bench.random_relations import random_relations
from bench.resampling import measure_resampling
from bench.tournament import draw_tournament, random_judge, train_tokenizer
from bench.web_process import ImportRecorder, model_libraries_asked_for
from bench.whole_audit import measure_audit, measure_growth
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


def test_groups_of_a_large_question_are_all_counted() -> None:
    large = measure_large(40, 4, seed=0)
    assert large.exact
    assert 0 < large.violations < large.subsets <= 40 * 39 * 38 * 37 // 24


def test_a_whole_audit_is_measured_step_by_step_in_its_own_process() -> None:
    whole = measure_audit(4, 5, seed=0)
    # Ten pairs in both orders and five scores for each of four questions.
    assert (whole.pair_judgments, whole.score_judgments) == (80, 20)
    assert set(whole.steps) == {"load", "audit", "profile", "structure", "rankings"}
    assert min(whole.steps.values()) > 0
    assert whole.peak > 10


def test_growth_counts_what_it_audits() -> None:
    (found,) = measure_growth([(3, 4)], seed=0)
    assert (found.judgments, found.seconds > 0) == (3 * (6 * 2 + 4), True)


def test_resampled_ratios_come_with_both_intervals() -> None:
    found = measure_resampling(20, 6, 50, seed=0)
    for ratio in (found.conflicts, found.triples):
        assert ratio.low <= ratio.value <= ratio.high
        assert ratio.bca_low <= ratio.bca_high


def test_kernels_agree_between_array_libraries() -> None:
    found = list(measure_kernels([(3, 5)], [(4, 3)]))
    assert [one.kernel for one in found] == ["triples of many questions", "resampled strengths"]
    assert all(one.equal and {"NumPy", "torch, processor"} <= one.seconds.keys() for one in found)


def test_web_process_never_asks_for_a_model_library() -> None:
    assert model_libraries_asked_for() == []


def test_recorder_would_notice_an_import() -> None:
    recorder = ImportRecorder(("torch",))
    assert recorder.find_spec("torch.nn", None) is None
    assert recorder.find_spec("torchless", None) is None
    assert recorder.asked == ["torch.nn"]


SMALL_SHAPE = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 2048,
}


def test_a_tournament_asks_both_orders_and_every_score_about_responses_of_the_length_asked_for() -> None:
    tokenizer = train_tokenizer()
    tournament = draw_tournament(tokenizer, responses=4, tokens=100)
    assert (len(tournament.pairs), len(tournament.scores)) == (12, 4)
    judge, _ = random_judge(SMALL_SHAPE, tokenizer)
    scores, pairs = judge.count_tokens(tournament.scores), judge.count_tokens(tournament.pairs)
    assert 80 <= np.mean(pairs) - np.mean(scores) <= 130


def test_the_path_of_a_gpu_runs_on_a_cpu() -> None:
    found = measure_card(SMALL_SHAPE, "cpu", torch.float32, responses=2, side=64)
    assert found.judgments_per_second > 0
    assert found.share > 0
    assert found.measured_tflops > 0


def test_both_judges_give_the_same_log_probabilities() -> None:
    pytest.importorskip("lm_eval", reason="lm-evaluation-harness comes with requirements-bench.txt")
    tokenizer = train_tokenizer()
    judge, model = random_judge(SMALL_SHAPE, tokenizer)
    prompts = draw_tournament(tokenizer, responses=3, tokens=30).prompts
    found = compare(judge, peer_of(model, tokenizer, 4), tokenizer, prompts, WORKS[1], rounds=1)
    assert found.difference < 1e-4
    assert found.computed < 1.1
    assert found.peer_prompts == 4


def test_without_a_gpu_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    ((held, line),) = card_lines()
    assert held
    assert "no GPU here" in line
