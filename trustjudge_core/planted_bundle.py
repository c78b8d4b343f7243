"""Planted judgments as records with texts, for importing them and for writing them to files."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from trustjudge_core.planted import Planted
from trustjudge_core.records import (
    UNKNOWN,
    Bundle,
    PairJudgment,
    Question,
    Response,
    ResponseSet,
    RunJudgments,
    ScoreJudgment,
    SetIndex,
    Shown,
)


def planted_bundle(planted: Planted) -> Bundle:
    """The planted facts as a bundle, every text as long as its planted length."""
    run, index = planted.run, planted.run.index
    names = [(q, index.response_ids[r]) for r, q in enumerate(index.question_ids[q] for q in index.question_of)]
    lengths = np.zeros(len(names)) if index.lengths is None else index.lengths
    questions = tuple(
        Question(
            question_id=question,
            text=f"Question {question}",
            category=index.categories[q],
            responses=tuple(
                Response(
                    index.response_ids[r], _text(names[r], int(lengths[r])), index.systems[r], float(index.gold[r])
                )
                for r in range(int(index.offsets[q]), int(index.offsets[q + 1]))
            ),
        )
        for q, question in enumerate(index.question_ids)
    )
    return Bundle(ResponseSet(questions), tuple(_score_records(run, names)), tuple(_pair_records(run, names)))


def _own(index: SetIndex, question: int) -> Iterator[tuple[int, str]]:
    """Number and id of every response of a question."""
    start, stop = index.offsets[question : question + 2].tolist()
    return zip(range(start, stop), index.response_ids[start:stop], strict=True)


def _text(name: tuple[str, str], length: int) -> str:
    """A text of that many characters that says whose it is."""
    sentence = f"Response {name[1]} to question {name[0]}. "
    return (sentence * (length // len(sentence) + 1))[: max(length, 1)]


def _score_records(run: RunJudgments, names: list[tuple[str, str]]) -> list[ScoreJudgment]:
    scores = run.scores
    records = []
    for s, response in enumerate(scores.response.tolist()):
        own = slice(*scores.label_offsets[s : s + 2].tolist())
        failed = scores.failure[s] >= 0
        criterion, scale = scores.sheets[scores.sheet[s]]
        records.append(
            ScoreJudgment(
                names[response][0],
                names[response][1],
                judge=run.judge,
                scale=scale,
                criterion=criterion,
                emitted=None if failed else float(scores.emitted[s]),
                labels=tuple(scores.label_values[own].tolist()),
                probs=tuple(scores.label_probs[own].tolist()),
                failure=scores.reasons[scores.failure[s]] if failed else None,
            )
        )
    return records


def _pair_records(run: RunJudgments, names: list[tuple[str, str]]) -> list[PairJudgment]:
    pairs = run.pairs
    said: dict[int, Shown | None] = {1: "first", -1: "second", 0: "tie", UNKNOWN: None}
    records = []
    for p, (first, second) in enumerate(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)):
        failed = pairs.failure[p] >= 0
        a, b, tie = pairs.probs[p].tolist()
        records.append(
            PairJudgment(
                names[first][0],
                names[first][1],
                names[second][1],
                judge=run.judge,
                verdict=said[int(pairs.verdict[p])],
                probs=None if failed else (a, b, tie),
                cumulative_logprob=None if failed else -float(np.log(pairs.perplexity[p])),
                token_count=None if failed else 1,
                failure=pairs.reasons[pairs.failure[p]] if failed else None,
            )
        )
    return records
