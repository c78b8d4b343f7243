"""How well the bundled judge judges, and how it contradicts itself, by the stages every audit uses."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from trustjudge_core.audit import Audit, audit_evidence
from trustjudge_core.evidence import Evidence
from trustjudge_core.judge.contract import Answer, Judge, Order, Readout
from trustjudge_core.judge.prompts import Protocol, load_template, pair_prompt, score_prompt
from trustjudge_core.records import UNKNOWN, PairColumns, ResponseSet, RunJudgments, ScoreColumns, SetIndex
from trustjudge_core.settings import AuditSettings

TWO_GRADES: Final = 2.0
SIGNS: Final = np.array([1, -1, 0], np.int8)  # first, second, tie


@dataclass(frozen=True, eq=False)
class Figures:
    """What one judge does on one set whose true quality is known.

    ``spearman`` sets expected scores against true quality over all responses. ``far`` are the
    pairs whose true quality differs by two grades or more: the share whose better response is
    preferred by both orders together (a tie is wrong), the same for each single order, and what preferring
    the longer text would give. ``near`` is the share of all pairs told right in three ways, ties included.
    """

    responses: int
    pairs: int
    spearman: float
    length_spearman: float
    far_pairs: int
    far: float
    far_single: float
    far_by_length: float
    near: float
    near_by_chance: float
    first_favouring: float
    second_favouring: float
    audit: Audit


def judge_set(
    judge: Judge, response_set: ResponseSet, scale: tuple[int, int] = (1, 5), order: Order = "verdict_first"
) -> RunJudgments:
    """Ask a judge for every score and for every pair in both orders, with the bundled judge's template."""
    protocol = Protocol(load_template("bundled.v1"), scale, readout=Readout(order))
    index = _index(response_set)
    prompts = [
        score_prompt(protocol, question, response)
        for question in response_set.questions
        for response in question.responses
    ]
    places: list[tuple[int, int]] = []
    for number, question in enumerate(response_set.questions):
        start = int(index.offsets[number])
        for i, j in itertools.permutations(range(len(question.responses)), 2):
            places.append((start + i, start + j))
            prompts.append(pair_prompt(protocol, question, question.responses[i], question.responses[j]))
    answers = [Answer()] * len(prompts)
    for place, answer in judge.answers(prompts, protocol.readout):
        answers[place] = answer
    scored = len(index.response_ids)
    scores = _score_columns(answers[:scored], protocol)
    return RunJudgments(judge.description.name, index, scores, _pair_columns(answers[scored:], places, protocol))


def figures(run: RunJudgments) -> Figures:
    """The figures of one run over a set with gold quality."""
    evidence = Evidence(run, "corrected")
    gold, lengths = run.index.gold, run.index.lengths
    assert lengths is not None
    expected = next(scores.scores for scores in evidence.method_scores if scores.method == "expectation")
    table = evidence.table
    gap = gold[table.i] - gold[table.j]
    truth = np.sign(np.round(gap, 9)).astype(np.int8)
    relation = evidence.relation("likelihood", 0.0)
    far = np.abs(gap) >= TWO_GRADES - 1e-9
    audit = audit_evidence(evidence, AuditSettings(ks=(3, 4)))
    return Figures(
        responses=len(gold),
        pairs=len(gap),
        spearman=float(spearmanr(expected, gold).statistic),
        length_spearman=float(spearmanr(lengths, gold).statistic),
        far_pairs=int(far.sum()),
        far=_share(relation[far] == truth[far]),
        far_single=_share((table.verdict[far] == truth[far, None]).ravel()),
        far_by_length=_share(np.sign(lengths[table.i] - lengths[table.j])[far] == truth[far]),
        near=_share(relation == truth),
        near_by_chance=float(max(np.mean(truth == 1), np.mean(truth == -1), np.mean(truth == 0))),
        first_favouring=audit.position.first_favouring.value,
        second_favouring=audit.position.second_favouring.value,
        audit=audit,
    )


def _share(hits: NDArray[np.bool_]) -> float:
    return float(hits.mean()) if hits.size else float("nan")


def _index(response_set: ResponseSet) -> SetIndex:
    questions = response_set.questions
    responses = [response for question in questions for response in question.responses]
    return SetIndex(
        question_ids=tuple(question.question_id for question in questions),
        categories=tuple(question.category for question in questions),
        offsets=np.cumsum([0, *(len(question.responses) for question in questions)]).astype(np.int64),
        response_ids=tuple(response.response_id for response in responses),
        systems=tuple(response.system for response in responses),
        gold=np.array([np.nan if response.gold is None else response.gold for response in responses]),
        lengths=np.array([float(len(response.text or "")) for response in responses]),
    )


def _usable(answers: Sequence[Answer]) -> Iterator[tuple[int, Answer]]:
    return ((place, answer) for place, answer in enumerate(answers) if answer.probs is not None)


def _failures(answers: Sequence[Answer]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    reasons = tuple(dict.fromkeys(answer.failure or "no answer" for answer in answers if answer.probs is None))
    numbers = [-1 if answer.probs is not None else reasons.index(answer.failure or "no answer") for answer in answers]
    return np.array(numbers, np.int64), reasons


def _score_columns(answers: Sequence[Answer], protocol: Protocol) -> ScoreColumns:
    labels = np.array([float(label) for label in protocol.score_labels])
    probs = [np.array(answer.probs) if answer.probs is not None else np.zeros(0) for answer in answers]
    failure, reasons = _failures(answers)
    return ScoreColumns(
        response=np.arange(len(answers)),
        sheet=np.zeros(len(answers), np.int64),
        sheets=(("overall", (float(protocol.scale[0]), float(protocol.scale[1]))),),
        emitted=np.array([float(answer.emitted) if answer.emitted else np.nan for answer in answers]),
        label_values=np.concatenate([labels if row.size else row for row in probs]),
        label_probs=np.concatenate(probs),
        label_offsets=np.cumsum([0, *(row.size for row in probs)]).astype(np.int64),
        failure=failure,
        reasons=reasons,
        row=np.arange(len(answers)),
    )


def _pair_columns(answers: Sequence[Answer], places: list[tuple[int, int]], protocol: Protocol) -> PairColumns:
    verdict, probs = np.full(len(answers), UNKNOWN, np.int8), np.full((len(answers), 3), np.nan)
    for place, answer in _usable(answers):
        probs[place] = answer.probs
        verdict[place] = SIGNS[protocol.pair_labels.index(answer.emitted)] if answer.emitted else UNKNOWN
    failure, reasons = _failures(answers)
    shown = np.array(places, np.int64).reshape(-1, 2)
    perplexity = [
        np.exp(-answer.cumulative_logprob / answer.token_count)
        if answer.cumulative_logprob is not None and answer.token_count
        else np.nan
        for answer in answers
    ]
    return PairColumns(
        first=shown[:, 0],
        second=shown[:, 1],
        verdict=verdict,
        probs=probs,
        perplexity=np.array(perplexity, np.float64),
        order_known=np.ones(len(answers), np.bool_),
        failure=failure,
        reasons=reasons,
        row=np.arange(len(answers)),
    )
