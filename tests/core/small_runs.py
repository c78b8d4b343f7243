"""Runs of a few judgments, written in a test as plain rows and turned into columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from trustjudge_core.records import (
    UNKNOWN,
    PairColumns,
    PairJudgment,
    RunJudgments,
    ScoreColumns,
    ScoreJudgment,
    SetIndex,
    Shown,
    Verdict,
    VerdictColumns,
)

JUDGE = "judge"
_SIGN: dict[str | None, int] = {"first": 1, "second": -1, "tie": 0, None: UNKNOWN}


def score(
    response: str,
    emitted: float | None = None,
    probs: Mapping[float, float] | None = None,
    *,
    question: str = "q",
    scale: tuple[float, float] = (1.0, 5.0),
    criterion: str = "overall",
    failure: str | None = None,
) -> ScoreJudgment:
    """A score judgment; ``probs`` maps labels to raw probabilities."""
    table = probs or {}
    return ScoreJudgment(
        question, response, JUDGE, scale, criterion, emitted, tuple(table), tuple(table.values()), failure=failure
    )


def pair(
    first: str,
    second: str,
    verdict: Shown | None = None,
    probs: tuple[float, float, float] | None = None,
    *,
    question: str = "q",
    perplexity: float | None = None,
    order_known: bool = True,
    failure: str | None = None,
) -> PairJudgment:
    """A pair judgment by shown order; ``perplexity`` is written as one token of that perplexity."""
    return PairJudgment(
        question,
        first,
        second,
        JUDGE,
        verdict,
        probs,
        cumulative_logprob=None if perplexity is None else -math.log(perplexity),
        token_count=None if perplexity is None else 1,
        order_known=order_known,
        failure=failure,
    )


def both_orders(first: str, second: str, verdict: Shown, *, question: str = "q") -> list[PairJudgment]:
    """The same opinion in both shown orders."""
    swapped: dict[Shown, Shown] = {"first": "second", "second": "first", "tie": "tie"}
    return [
        pair(first, second, verdict, question=question),
        pair(second, first, swapped[verdict], question=question),
    ]


def decided(first: str, second: str, verdict: Shown, annotator: str = "ann", question: str = "q") -> Verdict:
    """What a person said about two responses by shown order."""
    return Verdict(question, annotator, first, second, verdict)


def run_of(
    questions: Mapping[str, Sequence[str]],
    *,
    scores: Sequence[ScoreJudgment] = (),
    pairs: Sequence[PairJudgment] = (),
    verdicts: Sequence[Verdict] = (),
    categories: Mapping[str, str] | None = None,
    systems: Mapping[str, str] | None = None,
) -> RunJudgments:
    """The rows as columns. ``systems`` maps response ids to systems; without it the id is the system."""
    place = {(q, r): n for n, (q, r) in enumerate((q, r) for q, responses in questions.items() for r in responses)}
    index = SetIndex(
        question_ids=tuple(questions),
        categories=tuple((categories or {}).get(q) for q in questions),
        offsets=np.cumsum([0, *(len(responses) for responses in questions.values())]).astype(np.int64),
        response_ids=tuple(r for _, r in place),
        systems=tuple(r if systems is None else systems.get(r) for _, r in place),
        gold=np.full(len(place), np.nan),
    )
    return RunJudgments(
        JUDGE, index, _score_columns(scores, place), _pair_columns(pairs, place), _verdicts(verdicts, place)
    )


def _score_columns(scores: Sequence[ScoreJudgment], place: Mapping[tuple[str, str], int]) -> ScoreColumns:
    sheets = list(dict.fromkeys((s.criterion, s.scale) for s in scores))
    reasons = list(dict.fromkeys(s.failure for s in scores if s.failure))
    return ScoreColumns(
        response=np.array([place[s.question_id, s.response_id] for s in scores], np.int64),
        sheet=np.array([sheets.index((s.criterion, s.scale)) for s in scores], np.int64),
        sheets=tuple(sheets),
        emitted=np.array([np.nan if s.emitted is None else s.emitted for s in scores], np.float64),
        label_values=np.array([label for s in scores for label in s.labels], np.float64),
        label_probs=np.array([p for s in scores for p in s.probs], np.float64),
        label_offsets=np.cumsum([0, *(len(s.labels) for s in scores)]).astype(np.int64),
        failure=np.array([reasons.index(s.failure) if s.failure else -1 for s in scores], np.int64),
        reasons=tuple(reasons),
        row=np.arange(len(scores), dtype=np.int64),
        samples=np.array([s.samples or 0 for s in scores], np.int64),
    )


def _pair_columns(pairs: Sequence[PairJudgment], place: Mapping[tuple[str, str], int]) -> PairColumns:
    reasons = list(dict.fromkeys(p.failure for p in pairs if p.failure))
    unknown = (np.nan, np.nan, np.nan)
    return PairColumns(
        first=np.array([place[p.question_id, p.first] for p in pairs], np.int64),
        second=np.array([place[p.question_id, p.second] for p in pairs], np.int64),
        verdict=np.array([_SIGN[p.verdict] for p in pairs], np.int8),
        probs=np.array([p.probs or unknown for p in pairs], np.float64).reshape(-1, 3),
        perplexity=np.array(
            [
                math.exp(-p.cumulative_logprob / p.token_count)
                if p.cumulative_logprob is not None and p.token_count
                else np.nan
                for p in pairs
            ],
            np.float64,
        ),
        order_known=np.array([p.order_known for p in pairs], np.bool_),
        failure=np.array([reasons.index(p.failure) if p.failure else -1 for p in pairs], np.int64),
        reasons=tuple(reasons),
        row=np.arange(len(pairs), dtype=np.int64),
    )


def _verdicts(verdicts: Sequence[Verdict], place: Mapping[tuple[str, str], int]) -> VerdictColumns:
    names = list(dict.fromkeys(v.annotator for v in verdicts))
    return VerdictColumns(
        first=np.array([place[v.question_id, str(v.first)] for v in verdicts], np.int64),
        second=np.array([place[v.question_id, str(v.second)] for v in verdicts], np.int64),
        verdict=np.array([_SIGN[v.verdict] for v in verdicts], np.int8),
        annotator=np.array([names.index(v.annotator) for v in verdicts], np.int64),
        annotators=tuple(names),
    )
