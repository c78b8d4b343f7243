"""Hashes by which the same content is recognised, whatever the order of its rows.

Each record becomes one line: its fields as compact JSON, numbers as float64, so that a scale read as
1-5 equals the stored 1.0-5.0. A collection is the sum of its lines' 512-bit BLAKE2b digests, which
takes no memory however many there are, and in which a line given twice counts twice.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b, sha256
from struct import pack
from typing import Any

import orjson

from trustjudge_core.records import CODE_OF, PairJudgment, ResponseSet, ScoreJudgment, Verdict


class Fingerprint:
    """The hash of a collection of lines, added one by one in any order."""

    __slots__ = ("_count", "_sum")

    def __init__(self) -> None:
        self._sum, self._count = 0, 0

    def add(self, fields: tuple[object, ...]) -> None:
        """Add a line. Numbers that may be whole or not must be given as float, many of them packed and in hex."""
        try:
            line = orjson.dumps(fields)
        except TypeError:  # half a character, or a whole number of many digits
            line = ascii(fields).encode()
        self._sum += int.from_bytes(blake2b(line).digest(), "little")
        self._count += 1

    def hexdigest(self) -> str:
        """The hash, 64 hexadecimal digits."""
        whole = (self._sum % 2**512).to_bytes(64, "little") + self._count.to_bytes(8, "little")
        return sha256(whole).hexdigest()

    def add_question(
        self, key: str, text: str | None, category: str | None, reference: str | None, rubric: str | None
    ) -> None:
        """Add a question without its responses."""
        self.add(("question", key, text, category, reference, rubric))

    def add_response(self, question: str, key: str, text: str | None, system: str | None, gold: float | None) -> None:
        """Add a response."""
        self.add(("response", question, key, text, system, _float(gold)))


def of_response_set(response_set: ResponseSet) -> str:
    """Hash of questions and responses; neither the order of questions nor that of responses matters."""
    whole = Fingerprint()
    for q in response_set.questions:
        whole.add_question(q.question_id, q.text, q.category, q.reference, q.rubric)
        for r in q.responses:
            whole.add_response(q.question_id, r.response_id, r.text, r.system, r.gold)
    return whole.hexdigest()


def of_judgments(scores: Iterable[ScoreJudgment], pairs: Iterable[PairJudgment]) -> str:
    """Hash of everything one judge said; a judgment given twice counts twice."""
    whole = Fingerprint()
    for s in scores:
        about = ("score", s.question_id, s.response_id, s.criterion, *_floats(s.scale))
        numbers = _float(s.emitted), _float(s.cumulative_logprob), s.token_count
        whole.add((*about, *numbers, s.failure, _hex(s.labels), _hex(s.probs), s.text, s.context, s.samples))
    for p in pairs:
        probs = _floats(p.probs) if p.probs else (None, None, None)
        about = ("pair", p.question_id, p.first, p.second)
        numbers = CODE_OF[p.verdict], *probs, _float(p.cumulative_logprob), p.token_count
        whole.add((*about, *numbers, p.order_known, _float(p.strength), p.failure, p.text, p.samples))
    return whole.hexdigest()


def of_verdicts(verdicts: Iterable[Verdict]) -> list[str]:
    """One hash per verdict, in the given order. The second of two equal verdicts gets a hash of its own."""
    seen: Counter[bytes] = Counter()
    found = []
    for v in verdicts:
        line = _verdict_line(v)
        found.append(_nth(line, seen[line]))
        seen[line] += 1
    return found


def of_verdict(verdict: Verdict, before: int) -> str:
    """Hash of one verdict when that many equal ones are there already, as `of_verdicts` would give it."""
    return _nth(_verdict_line(verdict), before)


def of_withdrawal(superseded: str) -> str:
    """Hash of taking back the verdict with that hash; no verdict from a file can have it."""
    return _line("withdraw", superseded).hex()


def _nth(line: bytes, before: int) -> str:
    return sha256(line + before.to_bytes(4, "big")).hexdigest()


def _verdict_line(v: Verdict) -> bytes:
    return _line(
        v.question_id,
        v.annotator,
        v.first,
        v.second,
        v.verdict,
        v.response_id,
        _float(v.score),
        None if v.scale is None else _floats(v.scale),
        v.criterion,
    )


def of_judge(name: str, spec: dict[str, Any]) -> str:
    """Hash of a judge: its name and everything its specification says."""
    return sha256(json.dumps([name, spec], sort_keys=True).encode()).hexdigest()


def of_sheet(criterion: str, scale: tuple[float, float]) -> str:
    """Hash of what a score was about: the criterion and its scale."""
    return _line(criterion, _floats(scale)).hex()


def _line(*fields: object) -> bytes:
    return sha256(ascii(fields).encode()).digest()


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _hex(numbers: tuple[float, ...]) -> str | None:
    return pack(f"<{len(numbers)}d", *numbers).hex() if numbers else None


def _floats(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(map(float, values))
