"""What a group of files held, checked, on disk until somebody stores it or drops it."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, fields
from struct import unpack
from sys import byteorder
from typing import Any, Final

from trustjudge_core.formats.spool import Spool
from trustjudge_core.records import (
    CODE_OF,
    SHOWN_OF,
    Bundle,
    Note,
    PairJudgment,
    Question,
    Response,
    ResponseSet,
    ScoreJudgment,
    Verdict,
)

_VERDICT_FIELDS: Final = tuple(f.name for f in fields(Verdict))


@dataclass(frozen=True, slots=True)
class StagedQuestion:
    """A question without its responses' texts. ``responses`` are their numbers in the set."""

    question_id: str
    text: str | None
    category: str | None
    reference: str | None
    rubric: str | None
    responses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StagedResponse:
    """A response without its text."""

    response_id: str
    system: str | None
    gold: float | None


@dataclass(slots=True)
class JudgeCounts:
    """How much one judge said."""

    scores: int = 0
    pairs: int = 0
    failed: int = 0


class StagedJudgments:
    """Texts of responses, judgments and verdicts on disk, by numbers of responses, judges and sheets.

    ``late_texts`` are of responses that a first file named and a later one gave the text of.
    Rows: texts (response, text); scores (judge, response, sheet, emitted, log-probability, tokens, failure,
    labels, probs, text, context, samples) with labels and probabilities `packed`; pairs (judge, first, second, verdict
    code, three probabilities, log-probability, tokens, order known, strength, failure, text, samples); verdicts as
    `Verdict`'s fields.
    """

    def __init__(self) -> None:
        self.texts, self.scores, self.pairs, self.verdicts = Spool(), Spool(), Spool(), Spool()
        self.late_texts: dict[int, str] = {}
        self.judges: dict[str, int] = {}
        self.counts: list[JudgeCounts] = []
        self.sheets: dict[tuple[str, tuple[float, float]], int] = {}

    def judge(self, name: str) -> int:
        """The number of a judge, new or known."""
        number = self.judges.get(name)
        if number is None:
            number = self.judges[name] = len(self.counts)
            self.counts.append(JudgeCounts())
        return number

    def add_score(self, response: int, s: ScoreJudgment) -> None:
        """Add a score judgment about a response."""
        judge = self.judge(s.judge)
        scale = float(s.scale[0]), float(s.scale[1])
        sheet = self.sheets.setdefault((s.criterion, scale), len(self.sheets))
        counts = self.counts[judge]
        counts.scores += 1
        counts.failed += s.failure is not None
        self.scores.append(
            (judge, response, sheet, _float(s.emitted), _float(s.cumulative_logprob), s.token_count, s.failure,
             packed(s.labels), packed(s.probs), s.text, s.context, s.samples),
            s.text,
        )  # fmt: skip

    def add_pair(self, first: int, second: int, p: PairJudgment) -> None:
        """Add a pair judgment about two responses by shown position."""
        judge = self.judge(p.judge)
        counts = self.counts[judge]
        counts.pairs += 1
        counts.failed += p.failure is not None
        probs = map(float, p.probs) if p.probs else (None, None, None)
        self.pairs.append(
            (judge, first, second, CODE_OF[p.verdict], *probs, _float(p.cumulative_logprob), p.token_count,
             p.order_known, _float(p.strength), p.failure, p.text, p.samples),
            p.text,
        )  # fmt: skip

    def close(self) -> None:
        """Give the space on disk back."""
        for spool in (self.texts, self.scores, self.pairs, self.verdicts):
            spool.close()


def packed(numbers: Collection[float]) -> bytes | None:
    """Numbers as little-endian float64, None for none: eight bytes each, on disk and in the database."""
    if not numbers:
        return None
    found = array("d", numbers)
    if byteorder == "big":
        found.byteswap()
    return found.tobytes()


def _unpacked(blob: bytes | None) -> tuple[float, ...]:
    return () if blob is None else unpack(f"<{len(blob) // 8}d", blob)


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def verdict_row(verdict: Verdict) -> tuple[Any, ...]:
    """A verdict as a row of the spool."""
    return tuple(getattr(verdict, name) for name in _VERDICT_FIELDS)


@dataclass(frozen=True, eq=False)
class Staged:
    """Everything a group of files held. Questions and responses are in order of appearance."""

    questions: tuple[StagedQuestion, ...]
    responses: tuple[StagedResponse, ...]
    judgments: StagedJudgments
    notes: tuple[Note, ...] = ()
    recognised: tuple[Any, ...] = field(default=())
    left_out: tuple[Any, ...] = field(default=())

    @property
    def judges(self) -> tuple[str, ...]:
        """Names of all judges, those with scores first, in order of first appearance."""
        numbered = list(zip(self.judgments.judges, self.judgments.counts, strict=True))
        return tuple(sorted((n for n, _ in numbered), key=lambda n: not self.counts(n).scores))

    def counts(self, judge: str) -> JudgeCounts:
        """How much a judge said."""
        return self.judgments.counts[self.judgments.judges[judge]]

    def verdicts(self) -> Iterator[Verdict]:
        """What people decided."""
        for row in self.judgments.verdicts:
            values = dict(zip(_VERDICT_FIELDS, row, strict=True))
            values["scale"] = None if values["scale"] is None else tuple(values["scale"])
            yield Verdict(**values)

    def bundle(self) -> Bundle:
        """Everything as records in memory: for sets of which a copy is small."""
        texts: list[str | None] = [None] * len(self.responses)
        for number, text in self.judgments.texts:
            texts[number] = self.judgments.late_texts.get(number, text)
        ids = [("", "")] * len(self.responses)
        questions = []
        for q in self.questions:
            given = []
            for number in q.responses:
                r = self.responses[number]
                ids[number] = (q.question_id, r.response_id)
                given.append(Response(r.response_id, texts[number], r.system, r.gold))
            questions.append(Question(q.question_id, q.text, tuple(given), q.category, q.reference, q.rubric))
        judges, sheets = list(self.judgments.judges), list(self.judgments.sheets)
        return Bundle(
            ResponseSet(tuple(questions)),
            tuple(_score(row, ids, judges, sheets) for row in self.judgments.scores),
            tuple(_pair(row, ids, judges) for row in self.judgments.pairs),
            tuple(self.verdicts()),
            self.notes,
        )

    def close(self) -> None:
        """Drop it all."""
        self.judgments.close()


def _score(
    row: list[Any], ids: list[tuple[str, str]], judges: list[str], sheets: list[tuple[str, tuple[float, float]]]
) -> ScoreJudgment:
    judge, response, sheet, emitted, logprob, tokens, failure, labels, probs, text, context, samples = row
    question_id, response_id = ids[response]
    criterion, scale = sheets[sheet]
    return ScoreJudgment(
        question_id, response_id, judges[judge], scale, criterion, emitted, _unpacked(labels), _unpacked(probs),
        logprob, tokens, text, context, failure, samples,
    )  # fmt: skip


def _pair(row: list[Any], ids: list[tuple[str, str]], judges: list[str]) -> PairJudgment:
    judge, first, second, code, p_first, p_second, p_tie, logprob, tokens, known, strength, failure, text, samples = row
    question_id, first_id = ids[first]
    probs = None if p_first is None else (p_first, p_second, p_tie)
    return PairJudgment(
        question_id, first_id, ids[second][1], judges[judge], SHOWN_OF[code], probs, logprob, tokens, text, known,
        failure, strength, samples,
    )  # fmt: skip


def staged(bundle: Bundle) -> Staged:
    """A bundle as if it had been read from files. Raises KeyError for an id that the set does not have."""
    judgments = StagedJudgments()
    questions: list[StagedQuestion] = []
    responses: list[StagedResponse] = []
    number_of: dict[tuple[str, str], int] = {}
    for q in bundle.response_set.questions:
        for r in q.responses:
            number = number_of[q.question_id, r.response_id] = len(responses)
            responses.append(StagedResponse(r.response_id, r.system, r.gold))
            judgments.texts.append((number, r.text), r.text)
        own = tuple(range(len(responses) - len(q.responses), len(responses)))
        questions.append(StagedQuestion(q.question_id, q.text, q.category, q.reference, q.rubric, own))
    for s in bundle.scores:
        judgments.add_score(number_of[s.question_id, s.response_id], s)
    for p in bundle.pairs:
        judgments.add_pair(number_of[p.question_id, p.first], number_of[p.question_id, p.second], p)
    for verdict in bundle.verdicts:
        judgments.verdicts.append(verdict_row(verdict))
    return Staged(tuple(questions), tuple(responses), judgments, bundle.notes)
