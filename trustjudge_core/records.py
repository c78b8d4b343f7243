"""The nouns as frozen records: what files hold, what the database stores, what stages compute on.

Two shapes of the same facts. A *bundle* is made of one small record per judgment and is what
readers return and the importer stores. A *run* (`RunJudgments`) is the same judgments of one
judge as NumPy columns, with integers 0..n-1 inside and ids only at the edge; every number of an
audit is computed from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Shown = Literal["first", "second", "tie"]
SHOWN: Final[tuple[Shown, ...]] = ("first", "second", "tie")

CODE_OF: Final[dict[Shown | None, int | None]] = {"first": 1, "second": -1, "tie": 0, None: None}
SHOWN_OF: Final[dict[int | None, Shown | None]] = {1: "first", -1: "second", 0: "tie", None: None}
"""Verdicts by shown position as numbers, and back."""

UNKNOWN: Final = -128
"""int8 code of a verdict or relation that nobody gave."""


@dataclass(frozen=True, slots=True)
class Response:
    """One answer to a question. ``text`` is None when the file never held it."""

    response_id: str
    text: str | None
    system: str | None = None
    gold: float | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its responses, in the order in which they appeared."""

    question_id: str
    text: str | None
    responses: tuple[Response, ...]
    category: str | None = None
    reference: str | None = None
    rubric: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseSet:
    """Questions, each with its responses. Ids are unique: questions in the set, responses in a question."""

    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class ScoreJudgment:
    """What a judge said once about one response.

    ``emitted`` is the number it wrote. ``labels`` and ``probs`` are the probabilities seen at
    the label position, as observed and not renormalised; empty when only the number is known.
    A judgment without a usable number has ``failure`` (a short reason) and nothing else.
    Asking again makes another judgment. ``samples`` is set when the probabilities are shares of
    so many sampled answers.
    """

    question_id: str
    response_id: str
    judge: str
    scale: tuple[float, float]
    criterion: str = "overall"
    emitted: float | None = None
    labels: tuple[float, ...] = ()
    probs: tuple[float, ...] = ()
    cumulative_logprob: float | None = None
    token_count: int | None = None
    text: str | None = None
    context: str | None = None
    failure: str | None = None
    samples: int | None = None


@dataclass(frozen=True, slots=True)
class PairJudgment:
    """What a judge said once about two responses in one shown order.

    ``verdict`` and ``probs`` = (first, second, tie), as observed and not renormalised, are by
    shown position. ``order_known`` is False when the source did not keep which was shown first.
    ``strength`` says how firmly the verdict was given, in the unit of the source: steps for labels
    such as A>>B (2), the difference where two scores were given; None when it was not said.
    """

    question_id: str
    first: str
    second: str
    judge: str
    verdict: Shown | None = None
    probs: tuple[float, float, float] | None = None
    cumulative_logprob: float | None = None
    token_count: int | None = None
    text: str | None = None
    order_known: bool = True
    failure: str | None = None
    strength: float | None = None
    samples: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided: about a pair (first, second, verdict) or one response (response_id, score)."""

    question_id: str
    annotator: str
    first: str | None = None
    second: str | None = None
    verdict: Shown | None = None
    response_id: str | None = None
    score: float | None = None
    scale: tuple[float, float] | None = None
    criterion: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something kept but worth saying: equal texts, a question with one response, a file left out."""

    file: str
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything a group of files held, checked: ids resolve and every value is allowed."""

    response_set: ResponseSet
    scores: tuple[ScoreJudgment, ...] = ()
    pairs: tuple[PairJudgment, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def judges(self) -> tuple[str, ...]:
        """Names of all judges, in order of first appearance."""
        named = dict.fromkeys(score.judge for score in self.scores)
        return tuple(named | dict.fromkeys(pair.judge for pair in self.pairs))


@dataclass(frozen=True, eq=False)
class SetIndex:
    """A response set as columns: Q questions, R responses; question q owns responses offsets[q]:offsets[q+1].

    Responses are numbered in order of appearance; i < j in a pair means i appeared first.
    """

    question_ids: tuple[str, ...]
    categories: tuple[str | None, ...]
    offsets: NDArray[np.int64]  # (Q+1,)
    response_ids: tuple[str, ...]  # (R,)
    systems: tuple[str | None, ...]  # (R,)
    gold: NDArray[np.float64]  # (R,) NaN where none was given
    lengths: NDArray[np.float64] | None = None  # (R,) characters of the text, NaN where none was kept; None: not read

    @property
    def question_of(self) -> NDArray[np.int64]:
        """Question number of each response, (R,)."""
        return np.repeat(np.arange(len(self.question_ids)), np.diff(self.offsets))

    def names(self, question: int) -> tuple[str, ...]:
        """What to call the responses of a question: their systems where these tell them apart, else their ids."""
        own = slice(int(self.offsets[question]), int(self.offsets[question + 1]))
        systems = [system for system in self.systems[own] if system]
        if len(set(systems)) == own.stop - own.start:
            return tuple(systems)
        return self.response_ids[own]


@dataclass(frozen=True, eq=False)
class ScoreColumns:
    """S score judgments. ``sheet`` points into ``sheets`` = (criterion, (lo, hi)).

    The observed labels of judgment s are label_values[label_offsets[s]:label_offsets[s+1]],
    their raw probabilities stand beside them. ``failure`` points into ``reasons``, -1 = usable.
    ``row`` is the id under which the judgment can be looked up. ``samples`` says of how many sampled
    answers the probabilities are shares, 0 where they are the judge's own; None when none were sampled.
    """

    response: NDArray[np.int64]  # (S,) response number
    sheet: NDArray[np.int64]  # (S,)
    sheets: tuple[tuple[str, tuple[float, float]], ...]
    emitted: NDArray[np.float64]  # (S,) NaN when not known
    label_values: NDArray[np.float64]  # (L,)
    label_probs: NDArray[np.float64]  # (L,)
    label_offsets: NDArray[np.int64]  # (S+1,)
    failure: NDArray[np.int64]  # (S,)
    reasons: tuple[str, ...]
    row: NDArray[np.int64]  # (S,)
    samples: NDArray[np.int64] | None = None  # (S,)


@dataclass(frozen=True, eq=False)
class PairColumns:
    """P pair judgments by shown order.

    ``verdict`` is 1 first, -1 second, 0 tie, UNKNOWN; ``probs`` columns are first, second, tie
    (raw, NaN when not known); ``perplexity`` = exp(-cumulative log-probability / tokens), NaN when not known.
    """

    first: NDArray[np.int64]  # (P,) response number
    second: NDArray[np.int64]  # (P,)
    verdict: NDArray[np.int8]  # (P,)
    probs: NDArray[np.float64]  # (P, 3)
    perplexity: NDArray[np.float64]  # (P,)
    order_known: NDArray[np.bool_]  # (P,)
    failure: NDArray[np.int64]  # (P,)
    reasons: tuple[str, ...]
    row: NDArray[np.int64]  # (P,)


@dataclass(frozen=True, eq=False)
class VerdictColumns:
    """V pair verdicts of people by shown order; ``annotator`` points into ``annotators``."""

    first: NDArray[np.int64]  # (V,)
    second: NDArray[np.int64]  # (V,)
    verdict: NDArray[np.int8]  # (V,) 1 first, -1 second, 0 tie
    annotator: NDArray[np.int64]  # (V,)
    annotators: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class RunJudgments:
    """All judgments of one judge over one response set, as columns, with what people decided beside them."""

    judge: str
    index: SetIndex
    scores: ScoreColumns
    pairs: PairColumns
    verdicts: VerdictColumns = field(
        default_factory=lambda: VerdictColumns(
            np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros(0, np.int64), ()
        )
    )
