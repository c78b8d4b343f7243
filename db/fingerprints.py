"""Hashes by which the same content is recognised, whatever the order of its rows.

Each record becomes one line: its fields as Python writes them in ASCII, which is the same in every
version and on every machine; numbers as float64, so that a scale read as 1-5 equals the stored
1.0-5.0. The SHA-256 of the line stands for the record, the sorted ones for a collection.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from trustjudge_core.records import PairJudgment, ResponseSet, ScoreJudgment, Verdict


def of_response_set(response_set: ResponseSet) -> str:
    """Hash of questions and responses; neither the order of questions nor that of responses matters."""
    return _of_all(
        _line(
            question.question_id,
            question.text,
            question.category,
            question.reference,
            question.rubric,
            _of_all(_line(r.response_id, r.text, r.system, _float(r.gold)) for r in question.responses),
        )
        for question in response_set.questions
    )


def of_judgments(scores: Iterable[ScoreJudgment], pairs: Iterable[PairJudgment]) -> str:
    """Hash of everything one judge said; a judgment given twice counts twice."""

    def lines() -> Iterable[bytes]:
        for s in scores:
            yield _line(
                "score",
                s.question_id,
                s.response_id,
                s.criterion,
                _floats(s.scale),
                _float(s.emitted),
                _floats(s.labels),
                _floats(s.probs),
                _float(s.cumulative_logprob),
                s.token_count,
                s.text,
                s.context,
                s.failure,
            )
        for p in pairs:
            yield _line(
                "pair",
                p.question_id,
                p.first,
                p.second,
                p.verdict,
                _floats(p.probs),
                _float(p.cumulative_logprob),
                p.token_count,
                p.text,
                p.order_known,
                p.failure,
            )

    return _of_all(lines())


def of_verdicts(verdicts: Iterable[Verdict]) -> list[str]:
    """One hash per verdict, in the given order. The second of two equal verdicts gets a hash of its own."""
    seen: Counter[bytes] = Counter()
    found = []
    for v in verdicts:
        line = _line(
            v.question_id,
            v.annotator,
            v.first,
            v.second,
            v.verdict,
            v.response_id,
            _float(v.score),
            _floats(v.scale),
            v.criterion,
        )
        found.append(sha256(line + seen[line].to_bytes(4, "big")).hexdigest())
        seen[line] += 1
    return found


def of_judge(name: str, spec: dict[str, Any]) -> str:
    """Hash of a judge: its name and everything its specification says."""
    return sha256(json.dumps([name, spec], sort_keys=True).encode()).hexdigest()


def of_sheet(criterion: str, scale: tuple[float, float]) -> str:
    """Hash of what a score was about: the criterion and its scale."""
    return _line(criterion, _floats(scale)).hex()


def _line(*fields: object) -> bytes:
    return sha256(ascii(fields).encode()).digest()


def _of_all(lines: Iterable[bytes]) -> str:
    return sha256(b"".join(sorted(lines))).hexdigest()


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _floats(values: Iterable[float] | None) -> tuple[float, ...] | None:
    return None if values is None else tuple(map(float, values))
