"""Which judgments a run asks for: scores or not, and which pairs, always in both orders.

Pairs are drawn on a circle: the responses of a question stand on it in random order, first all
neighbours meet, then all at distance two, and so on until every pair was named once. Any beginning
of that sequence is fair (numbers of opponents differ by at most two), connected as soon as it can
be, and holds closed triples, which independent draws hardly would: without these nothing could be
said about transitivity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.errors import UsageError
from trustjudge_core.records import SetIndex

PairChoice = Literal["all", "opponents", "budget", "none"]
PAIR_CHOICES: Final[tuple[PairChoice, ...]] = get_args(PairChoice)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask of a response set.

    ``pairs`` is all pairs; so many ``opponents`` for every response; as many as a ``budget`` of
    judgments allows, scores included; or none. ``seed`` draws opponents and budgets. Raises
    UsageError for a choice that asks for nothing or lacks its number.
    """

    scores: bool = True
    pairs: PairChoice = "all"
    opponents: int | None = None
    budget: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.pairs not in PAIR_CHOICES:
            raise UsageError(
                f"pairs {self.pairs!r} do not exist; allowed: {', '.join(PAIR_CHOICES)}; choose one of them"
            )
        for choice, number in (("opponents", self.opponents), ("budget", self.budget)):
            if self.pairs == choice and (number is None or number < 1):
                raise UsageError(
                    f"{choice} {'missing' if number is None else number} cannot be asked for; "
                    "allowed: a whole number >= 1; give one, or ask for all pairs"
                )
            if self.pairs != choice and number is not None:
                raise UsageError(
                    f"{choice} {number} does not go with the choice of pairs {self.pairs!r}; "
                    f"allowed: with {choice!r} only; leave it out or choose {choice!r}"
                )
        if not self.scores and self.pairs == "none":
            raise UsageError(
                "the plan asks for nothing; allowed: scores, pairs or both; leave out --no-scores or choose pairs"
            )

    def to_json(self) -> dict[str, Any]:
        """The plan as a JSON object; equal plans give equal objects."""
        return asdict(self)

    @classmethod
    def from_json(cls, held: dict[str, Any]) -> Plan:
        """The plan that `to_json` wrote."""
        return cls(**held)


@dataclass(frozen=True, slots=True)
class AskedScore:
    """A score of one response (its number in the set)."""

    response: int


@dataclass(frozen=True, slots=True)
class AskedPair:
    """A comparison of two responses (their numbers in the set) in one shown order."""

    first: int
    second: int


@dataclass(frozen=True, eq=False)
class Asked:
    """Everything a plan asks for: responses to score, (S,), and pairs in a shown order, (P, 2).

    Numbers are those of `SetIndex`; pairs ascend by the response shown first, so from question to question.
    """

    scores: NDArray[np.int64]
    pairs: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.scores) + len(self.pairs)

    def of_question(self, index: SetIndex, question: int) -> list[AskedScore | AskedPair]:
        """What is asked about one question: each response's score, then the pairs in which it is shown first.

        A judge that shares the computation of common beginnings finds them side by side.
        """
        low, high = index.offsets[question], index.offsets[question + 1]
        start, stop = np.searchsorted(self.scores, (low, high))
        scored = set(self.scores[start:stop].tolist())
        start, stop = np.searchsorted(self.pairs[:, 0], (low, high))
        found: list[AskedScore | AskedPair] = []
        for first, second in self.pairs[start:stop].tolist():
            if first in scored:
                found.append(AskedScore(first))
                scored.remove(first)
            found.append(AskedPair(first, second))
        return found + [AskedScore(response) for response in sorted(scored)]


def asked(plan: Plan, index: SetIndex) -> Asked:
    """What the plan asks of this set; the same plan and set always give the same.

    Raises UsageError for a budget that does not even cover the scores and one pair.
    """
    sizes = np.diff(index.offsets)
    scores = np.arange(len(index.response_ids)) if plan.scores else np.zeros(0, np.int64)
    rng = np.random.default_rng(plan.seed)
    pairs = [
        start + drawn for start, drawn in zip(index.offsets[:-1], _drawn(plan, sizes, len(scores), rng), strict=True)
    ]
    one_order = np.concatenate([np.zeros((0, 2), np.int64), *pairs])
    both = np.concatenate([one_order, one_order[:, ::-1]])
    return Asked(scores, both[np.lexsort((both[:, 1], both[:, 0]))])


def _drawn(plan: Plan, sizes: NDArray[np.int64], scores: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Each question's pairs in one order, (pairs, 2), by places 0..n-1 of its responses."""
    match plan.pairs:
        case "all":
            yield from (np.column_stack(np.triu_indices(size, 1)) for size in sizes)
        case "none":
            yield from (np.zeros((0, 2), np.int64) for _ in sizes)
        case "opponents":
            assert plan.opponents is not None
            for size in sizes.tolist():
                yield rng.permutation(size)[_opponents(size, min(plan.opponents, max(size - 1, 0)))]
        case "budget":
            assert plan.budget is not None
            if plan.budget < scores + 2:
                raise UsageError(
                    f"a budget of {plan.budget:,} judgments leaves nothing for pairs; allowed: at least {scores + 2:,}"
                    + (f" ({scores:,} scores and one pair in both orders)" if scores else " (one pair in both orders)")
                    + "; raise it or leave out the scores"
                )
            shares = _even_shares(sizes * (sizes - 1) // 2, (plan.budget - scores) // 2, rng)
            for size, share in zip(sizes.tolist(), shares.tolist(), strict=True):
                rounds = -(-share // max(size, 1))
                yield rng.permutation(size)[_circle(size, range(1, rounds + 1))[:share]]


def _even_shares(most: NDArray[np.int64], total: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """``total`` dealt out as evenly as the limits ``most`` allow, (Q,) -> (Q,); the remainder by lot."""
    shares = np.zeros_like(most)
    left = min(total, int(most.sum()))
    while left:
        wanting = np.flatnonzero(shares < most)
        each = left // len(wanting)
        if not each:
            wanting, each = rng.permutation(wanting)[:left], 1
        given = np.minimum(each, most[wanting] - shares[wanting])
        shares[wanting] += given
        left -= int(given.sum())
    return shares


def _circle(size: int, distances: Iterable[int]) -> NDArray[np.int64]:
    """Places on a circle that lie so far apart, distance after distance, (pairs, 2); each pair once."""
    rounds = [np.zeros((0, 2), np.int64)]
    for distance in distances:
        # Opposite places of an even circle meet once, not twice.
        starts = np.arange(size if 2 * distance < size else size // 2)
        rounds.append(np.column_stack((starts, (starts + distance) % size)))
    return np.concatenate(rounds)


def _opponents(size: int, each: int) -> NDArray[np.int64]:
    """Pairs in which everyone on a circle meets ``each`` others; with both numbers odd, one of them one more."""
    pairs = _circle(size, range(1, each // 2 + 1))
    if each % 2:
        half = size // 2
        starts = np.arange(size - half)
        pairs = np.concatenate([pairs, np.column_stack((starts, (starts + half) % size))])
    return pairs
