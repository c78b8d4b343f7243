"""Resampled intervals of the conflict ratio and of NTR_3 over many questions, from judgments to both intervals."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from bench.random_relations import random_relations
from trustjudge_core.bootstrap import QuestionBootstrap, Ratio
from trustjudge_core.inconsistencies import score_conflicts
from trustjudge_core.subsets import count_subsets


@dataclass(frozen=True)
class Resampling:
    """Seconds on the clock, and the two ratios with their intervals."""

    seconds: float
    conflicts: Ratio
    triples: Ratio


def measure_resampling(questions: int, responses: int, resamples: int, seed: int) -> Resampling:
    """Draw the resamples, count conflicts and inconsistent triples of every question, make both intervals of both."""
    rng = np.random.default_rng(seed)
    relations = random_relations(questions, responses, rng, unknown_rate=0.01)
    i, j = np.triu_indices(responses, 1)
    relation = relations[:, i, j].ravel()
    sign = rng.choice(np.array([-1, 0, 1], np.int8), len(relation))
    question = np.repeat(np.arange(questions), len(i))
    start = time.perf_counter()
    bootstrap = QuestionBootstrap(questions, resamples, seed)
    found = score_conflicts(sign, relation)
    conflicts = bootstrap.ratio(
        np.bincount(question[found.conflict], minlength=questions),
        np.bincount(question[found.known], minlength=questions),
    )
    counts = count_subsets(relations, (3,), published=False)[3]
    triples = bootstrap.ratio(counts.violations, counts.subsets)
    return Resampling(time.perf_counter() - start, conflicts, triples)
