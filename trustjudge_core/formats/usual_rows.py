"""The usual judgments of a native bundle, decoded and checked in one go.

Nearly all of a million rows are as they should be, and checking them field by field takes several
times as long. What is not usual in any way is left to the careful readers, which say what is wrong:
a test proves that both read the same from every row that this one takes.
"""

from __future__ import annotations

import math
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import astuple

from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import LARGEST_COUNT, PROBABILITY_SLACK, number_in
from trustjudge_core.formats.staged import packed
from trustjudge_core.records import CODE_OF

_Text = str | None | UnsetType
_Number = float | None | UnsetType
_Count = Annotated[int, Meta(ge=1, le=LARGEST_COUNT)] | None | UnsetType

_LONGEST_ROW: Final = 1 << 20
_LABELS: Final = 1_000
"""So many combinations of labels are remembered as numbers."""


class _Probs(Struct, forbid_unknown_fields=True, gc=False):
    first: float
    second: float
    tie: float


class _Comparison(Struct, forbid_unknown_fields=True, gc=False):
    question_id: str
    first: str
    second: str
    judge: str
    verdict: Literal["first", "second", "tie"] | UnsetType | None = UNSET
    probs: _Probs | UnsetType | None = UNSET
    text: _Text = UNSET
    raw_tail: _Text = UNSET
    order_known: bool | UnsetType | None = UNSET
    cumulative_logprob: _Number = UNSET
    token_count: _Count = UNSET
    sample_count: _Count = UNSET
    strength: _Number = UNSET
    invalid: UnsetType | None = UNSET


class _Score(Struct, forbid_unknown_fields=True, gc=False):
    question_id: str
    response_id: str
    judge: str
    scale: tuple[float, float]
    criterion: _Text = UNSET
    samples: list[float] | UnsetType | None = UNSET
    probs: dict[str, float] | UnsetType | None = UNSET
    emitted: _Number = UNSET
    text: _Text = UNSET
    cumulative_logprob: _Number = UNSET
    token_count: _Count = UNSET
    sample_count: _Count = UNSET
    invalid: UnsetType | None = UNSET


_COMPARISON_KEYS: Final = len(_Comparison.__struct_fields__)
_SCORE_KEYS: Final = len(_Score.__struct_fields__)


def _has_keys(raw: bytes, keys: int) -> bool:
    """Whether the JSON text of an object has exactly so many keys, and no NUL; False also when that is hard to tell.

    Every key is followed by a colon: as many colons as different keys means that none is there twice. With
    colons in texts, keys are counted by the quote before theirs, which inside a text stands behind a backslash.
    """
    colons = raw.count(b":")
    if b"\\" in raw and b"\\u0000" in raw:
        return False
    if colons == keys:
        return True
    if len(raw) > _LONGEST_ROW or b" :" in raw or b"\t:" in raw:
        return False
    return raw.count(b'":') - raw.count(b'\\":') == keys


class UsualPairs:
    """Takes usual pair judgments. Call it with the text of a row; False when the row is not usual."""

    def __init__(self, draft: Draft) -> None:
        self._questions, self._judges, self._counts = draft.questions, draft.judgments.judges, draft.judgments.counts
        self._judged, self._add = draft.table.judged, draft.judgments.pairs.append
        self._decode = msgspec.json.Decoder(_Comparison).decode

    def __call__(self, raw: bytes) -> bool:
        try:
            row = self._decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return False
        question, judge = self._questions.get(row.question_id), self._judges.get(row.judge)
        if question is None or judge is None:  # the first row of a judge is read with care
            return False
        first, second = question.responses.get(row.first), question.responses.get(row.second)
        if first is None or second is None or first == second:
            return False
        probs, keys = row.probs, 0
        p_first = p_second = p_tie = None
        if probs:
            p_first, p_second, p_tie, keys = probs.first, probs.second, probs.tie, 3
            if not (0.0 <= p_first <= 1.0 and 0.0 <= p_second <= 1.0 and 0.0 <= p_tie <= 1.0):
                return False
            if not 0.0 < p_first + p_second + p_tie <= 1.0 + PROBABILITY_SLACK:
                return False
        elif not row.verdict:
            return False
        if not _has_keys(raw, keys + _COMPARISON_KEYS - astuple(row).count(UNSET)):
            return False
        text = row.text
        if text is None or text is UNSET:
            text = row.raw_tail if row.raw_tail is not UNSET else None
        logprob, strength = row.cumulative_logprob, row.strength
        self._counts[judge].pairs += 1
        self._judged[first] = self._judged[second] = 1
        self._add(
            (judge, first, second, CODE_OF[row.verdict or None], p_first, p_second, p_tie,
             None if logprob is UNSET else logprob, row.token_count or None, row.order_known is not False,
             None if strength is UNSET else strength, None, text,
             row.sample_count or None),
            text,
        )  # fmt: skip
        return True


class UsualScores:
    """Takes usual score judgments. Call it with the text of a row; False when the row is not usual."""

    def __init__(self, draft: Draft) -> None:
        self._questions, self._judges, self._counts = draft.questions, draft.judgments.judges, draft.judgments.counts
        self._judged, self._add, self._sheets = (
            draft.table.judged,
            draft.judgments.scores.append,
            draft.judgments.sheets,
        )
        self._decode = msgspec.json.Decoder(_Score).decode
        self._labels: dict[tuple[str, ...], tuple[float, float, bytes | None]] = {}

    def __call__(self, raw: bytes) -> bool:
        try:
            row = self._decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return False
        question, judge = self._questions.get(row.question_id), self._judges.get(row.judge)
        sheet = self._sheets.get((row.criterion or "overall", row.scale))
        response = None if question is None else question.responses.get(row.response_id)
        if response is None or judge is None or sheet is None:  # the first row of a judge or sheet is read with care
            return False
        numbers: list[float | None] = [*(row.samples or ())]
        keys, (lowest, highest) = 0, row.scale
        labels = probs = None
        if row.probs:
            keys, values = len(row.probs), row.probs.values()
            least, most, labels = self._labels_of(tuple(row.probs))
            if numbers or not (lowest <= least <= most <= highest and min(values) >= 0.0 and max(values) <= 1.0):
                return False
            if not 0.0 < sum(values) <= 1.0 + PROBABILITY_SLACK:
                return False
            probs, numbers = packed(values), [None if row.emitted is UNSET else row.emitted]
        elif not numbers or row.probs not in (None, UNSET) or row.emitted not in (None, UNSET):
            return False
        if not all(number is None or lowest <= number <= highest for number in numbers):
            return False
        if not _has_keys(raw, keys + _SCORE_KEYS - astuple(row).count(UNSET)):
            return False
        text = None if row.text is UNSET else row.text
        logprob = None if row.cumulative_logprob is UNSET else row.cumulative_logprob
        tokens, asked = row.token_count or None, row.sample_count or None
        if len(numbers) > 1 and (text, logprob, tokens, asked) != (None, None, None, None):
            return False
        self._counts[judge].scores += len(numbers)
        self._judged[response] = 1
        for number in numbers:
            self._add((judge, response, sheet, number, logprob, tokens, None, labels, probs, text, None, asked), text)
        return True

    def _labels_of(self, names: tuple[str, ...]) -> tuple[float, float, bytes | None]:
        """Least and most of some labels and all of them packed; no scale holds what is not a number."""
        known = self._labels.get(names)
        if known is None:
            labels = [number_in(name) for name in names]
            if not all(map(math.isfinite, labels)):
                return math.inf, -math.inf, None
            known = min(labels), max(labels), packed(labels)
            if len(self._labels) < _LABELS:
                self._labels[names] = known
        return known
