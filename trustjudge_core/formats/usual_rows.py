"""The usual judgments of a native bundle, decoded and checked in one go.

Nearly all of a million rows are as they should be, and checking them field by field takes several
times as long. What is not usual in any way is left to the careful readers, which say what is wrong:
a test proves that both read the same from every row that this one takes.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import astuple

from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import LARGEST_COUNT, PROBABILITY_SLACK
from trustjudge_core.records import CODE_OF

_Text = str | None | UnsetType
_Number = float | None | UnsetType
_Count = Annotated[int, Meta(ge=1, le=LARGEST_COUNT)] | None | UnsetType

_LONGEST_ROW: Final = 1 << 20
_LABELS: Final = 10_000
"""So many spellings of labels are remembered as numbers."""


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
    invalid: UnsetType | None = UNSET


_COMPARISON_KEYS: Final = len(_Comparison.__struct_fields__)
_SCORE_KEYS: Final = len(_Score.__struct_fields__)


def _keys_in(raw: bytes) -> int:
    """How many keys the JSON text of an object has, or -1 when that takes more than a count.

    A key is followed by a quote and a colon, and inside a text that quote stands behind a backslash.
    """
    if b" :" in raw or b"\t:" in raw or b"\\u0000" in raw or len(raw) > _LONGEST_ROW:
        return -1
    return raw.count(b'":') - raw.count(b'\\":')


class UsualPairs:
    """Takes usual pair judgments. Call it with the text of a row; False when the row is not usual."""

    def __init__(self, draft: Draft) -> None:
        self._questions, self._judgments, self._draft = draft.questions, draft.judgments, draft
        self._decode = msgspec.json.Decoder(_Comparison).decode

    def __call__(self, raw: bytes) -> bool:
        try:
            row = self._decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return False
        question, judge = self._questions.get(row.question_id), self._judgments.judges.get(row.judge)
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
        if _keys_in(raw) != keys + _COMPARISON_KEYS - astuple(row).count(UNSET):
            return False
        text = row.text
        if text is None or text is UNSET:
            text = row.raw_tail if row.raw_tail is not UNSET else None
        logprob, strength = row.cumulative_logprob, row.strength
        self._judgments.counts[judge].pairs += 1
        self._draft.judge(first, second)
        self._judgments.pairs.append(
            (judge, first, second, CODE_OF[row.verdict or None], p_first, p_second, p_tie,
             None if logprob is UNSET else logprob, row.token_count or None, row.order_known is not False,
             None if strength is UNSET else strength, None, text),
            text,
        )  # fmt: skip
        return True


class UsualScores:
    """Takes usual score judgments. Call it with the text of a row; False when the row is not usual."""

    def __init__(self, draft: Draft) -> None:
        self._questions, self._judgments, self._draft = draft.questions, draft.judgments, draft
        self._decode = msgspec.json.Decoder(_Score).decode
        self._labels: dict[str, float] = {}

    def __call__(self, raw: bytes) -> bool:
        try:
            row = self._decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return False
        question, judge = self._questions.get(row.question_id), self._judgments.judges.get(row.judge)
        sheet = self._judgments.sheets.get((row.criterion or "overall", row.scale))
        response = None if question is None else question.responses.get(row.response_id)
        if response is None or judge is None or sheet is None:  # the first row of a judge or sheet is read with care
            return False
        numbers: list[float | None] = [*(row.samples or ())]
        keys = 0
        labels: list[float] = []
        if row.probs:
            keys = len(row.probs)
            if numbers or not self._on_scale(row.probs, row.scale, labels):
                return False
            numbers = [None if row.emitted is UNSET else row.emitted]
        elif not numbers or row.probs not in (None, UNSET) or row.emitted not in (None, UNSET):
            return False
        lowest, highest = row.scale
        if not all(number is None or lowest <= number <= highest for number in numbers):
            return False
        if _keys_in(raw) != keys + _SCORE_KEYS - astuple(row).count(UNSET):
            return False
        text = None if row.text is UNSET else row.text
        logprob = None if row.cumulative_logprob is UNSET else row.cumulative_logprob
        tokens = row.token_count or None
        if len(numbers) > 1 and (text, logprob, tokens) != (None, None, None):
            return False
        self._judgments.counts[judge].scores += len(numbers)
        self._draft.judge(response)
        probs = list(row.probs.values()) if row.probs else []
        for number in numbers:
            self._judgments.scores.append(
                (judge, response, sheet, number, labels, probs, logprob, tokens, None, text, None), text
            )
        return True

    def _on_scale(self, probs: dict[str, float], scale: tuple[float, float], labels: list[float]) -> bool:
        """Whether these are probabilities of labels of the scale; the labels are added to ``labels``."""
        total = 0.0
        for name, probability in probs.items():
            label = self._labels.get(name)
            if label is None:
                try:
                    label = float(name)
                except ValueError:
                    return False
                if len(self._labels) < _LABELS:
                    self._labels[name] = label
            if not (scale[0] <= label <= scale[1] and 0.0 <= probability <= 1.0):
                return False
            labels.append(label)
            total += probability
        return 0.0 < total <= 1.0 + PROBABILITY_SLACK
