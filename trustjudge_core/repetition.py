"""Whether a judge says the same when asked the same again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import QuestionBootstrap, Ratio
from trustjudge_core.evidence import Evidence
from trustjudge_core.preferences import likeliest
from trustjudge_core.records import UNKNOWN


@dataclass(frozen=True, slots=True)
class Repetition:
    """Judgments of one kind (``score`` or ``pair``) that were asked again in the same words and order.

    ``asked_again`` prompts have two or more usable answers. ``stability``: of all pairs of answers to one prompt, those
    that agree; unlike the share of the most frequent answer (Shi et al. 2024, arXiv 2406.07791) it does not depend
    on how often was asked.
    """

    kind: str
    asked_again: int
    stability: Ratio


def repetitions(evidence: Evidence, bootstrap: QuestionBootstrap) -> tuple[Repetition, Repetition]:
    """Stability of scores and of pairs; 0 of 0 where nothing was asked again."""
    scores, pairs = evidence.run.scores, evidence.run.pairs
    responses = max(1, len(evidence.question_of))
    written = np.flatnonzero((scores.failure < 0) & ~np.isnan(scores.emitted))
    # Nobody kept what was said, but the probabilities are there: what greedy decoding would say.
    verdict = np.where(pairs.verdict != UNKNOWN, pairs.verdict, likeliest(pairs.probs))
    said = np.flatnonzero((pairs.failure < 0) & ((pairs.verdict != UNKNOWN) | ~np.isnan(pairs.probs).any(axis=1)))
    return (
        _repetition(
            evidence,
            bootstrap,
            "score",
            scores.sheet[written] * responses + scores.response[written],
            scores.emitted[written],
            evidence.question_of[scores.response[written]],
        ),
        _repetition(
            evidence,
            bootstrap,
            "pair",
            pairs.first[said] * responses + pairs.second[said],
            verdict[said].astype(np.float64),
            evidence.question_of[pairs.first[said]],
        ),
    )


def _repetition(
    evidence: Evidence,
    bootstrap: QuestionBootstrap,
    kind: str,
    prompt: NDArray[np.int64],
    answer: NDArray[np.float64],
    question: NDArray[np.int64],
) -> Repetition:
    """From the prompt, answer and question of every judgment, (J,) each."""
    questions = len(evidence.index.question_ids)
    ordered = np.sort(prompt)
    if not (ordered[1:] == ordered[:-1]).any():
        nothing = np.zeros(questions, np.int64)
        return Repetition(kind, 0, bootstrap.ratio(nothing, nothing))
    _, first, number, times = np.unique(prompt, return_index=True, return_inverse=True, return_counts=True)
    asked = np.bincount(question[first], _pairs_of(times), questions)
    # Answers of one prompt that are equal: count each (prompt, answer), then pairs among them.
    _, answer_number = np.unique(answer, return_inverse=True)
    _, at, same = np.unique(number * (len(answer) + 1) + answer_number, return_index=True, return_counts=True)
    agreed = np.bincount(question[at], _pairs_of(same), questions)
    ratio = bootstrap.ratio(agreed.astype(np.int64), asked.astype(np.int64))
    return Repetition(kind, int((times > 1).sum()), ratio)


def _pairs_of(times: NDArray[np.int64]) -> NDArray[np.int64]:
    return times * (times - 1) // 2
