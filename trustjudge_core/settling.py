"""How many verdicts would it take? Foretold before anybody is asked, by playing the review through.

What it takes depends on people, of whom nothing is known yet. So two kinds of people answer:

    of one mind      they follow one order in every question, that which the judge's preferences point to most
    of their own     they side with the judge as `belief` expects, tie, and see something of their own in every response

The queue is followed, a batch at a time, until the wanted share of the contradictions is gone. The first need the
fewest verdicts; of the second a few plays are averaged. docs/review.md says where recorded verdicts fell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.cases import Cases
from trustjudge_core.review import Queue, review_queue

WANTED: Final = 0.4
"""Share of the inconsistent triples that should vanish."""

OWN_VIEW: Final = 0.8
"""Standard deviation, in log-odds, of what people see in a response and the judge does not."""

PLAYS: Final = 3
MANY: Final = 10_000
"""Cases from which one play says as much: it averages over many questions."""
_BATCHES: Final = 10
"""About so many times the queue is made anew in a play, so that the longest run does not keep a page waiting."""


@dataclass(frozen=True, slots=True)
class Settling:
    """About ``fewest`` to ``most`` verdicts more remove ``share`` of ``inconsistent`` triples; minutes of reading each.

    ``fewest`` if people follow one order in every question, ``most`` if they tie and have views of their own.
    """

    fewest: int
    most: int
    fewest_minutes: float
    most_minutes: float
    share: float
    inconsistent: int


def settling(
    cases: Cases, votes: NDArray[np.int64], share: float = WANTED, *, plays: int | None = None, seed: int = 0
) -> Settling | None:
    """Verdicts until that share of today's contradictions is gone, given the verdicts so far, (N, 3).

    None where there are none, where nothing is left to decide, or where most plays do not get there.
    """
    open_cases = cases.known & (votes.sum(axis=1) == 0)
    first = review_queue(cases, votes, open_cases)
    if not first.inconsistent or not len(first.order):
        return None
    rng = np.random.default_rng(seed)
    plays = plays or (PLAYS if len(cases) < MANY else 1)
    shares = first.belief.shares
    own = [_play(cases, votes, open_cases, first, share, _of_their_own(cases, shares, rng)) for _ in range(plays)]
    reached = [one for one in own if one is not None]
    if 2 * len(reached) <= plays:
        return None
    most = tuple(np.mean(reached, axis=0).tolist())
    agreed = _play(cases, votes, open_cases, first, share, _of_one_mind(cases, shares)) or most
    (fewest, fewest_minutes), (most_verdicts, most_minutes) = sorted((agreed, most))
    return Settling(
        int(np.ceil(fewest)), int(np.ceil(most_verdicts)), fewest_minutes, most_minutes, share, first.inconsistent
    )


def _play(
    cases: Cases,
    votes: NDArray[np.int64],
    open_cases: NDArray[np.bool_],
    queue: Queue,
    share: float,
    said: NDArray[np.int64],
) -> tuple[float, float] | None:
    """Verdicts and minutes of one play, when people say ``said`` (N,) columns; None if all was decided before."""
    votes, open_cases = votes.copy(), open_cases.copy()
    mark, batch = (1.0 - share) * queue.inconsistent, _batch(queue, share)
    spent, seconds, left = 0.0, 0.0, queue.inconsistent
    while len(queue.order):
        asked = queue.order[:batch]
        votes[asked, said[asked]] += 1
        open_cases[asked] = False
        queue = review_queue(cases, votes, open_cases)
        # The mark lies somewhere within the batch that crosses it.
        part = min(1.0, (left - mark) / (left - queue.inconsistent)) if queue.inconsistent <= mark else 1.0
        spent, seconds = spent + part * len(asked), seconds + part * float(cases.seconds[asked].sum())
        left = queue.inconsistent
        if left <= mark:
            return spent, seconds / 60.0
    return None


def _of_one_mind(cases: Cases, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Answers (columns of j, tie, i) by one order in every question, (N, 3) -> (N,): of mean log-odds of a response."""
    table, responses = cases.table, len(cases.index.response_ids)
    odds = np.log(shares[:, 2]) - np.log(shares[:, 0])
    total = np.bincount(table.i, odds, responses) - np.bincount(table.j, odds, responses)
    count = np.bincount(table.i, minlength=responses) + np.bincount(table.j, minlength=responses)
    strength = total / np.maximum(count, 1)
    return np.where(strength[table.i] >= strength[table.j], 2, 0)


def _of_their_own(cases: Cases, shares: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Answers drawn from the shares after every response got something that only people see, (N, 3) -> (N,)."""
    seen = OWN_VIEW * rng.normal(size=len(cases.index.response_ids))
    tilt = np.exp(seen[cases.table.i] - seen[cases.table.j])
    odds = shares * np.stack([1.0 / tilt, np.ones_like(tilt), tilt], axis=1)
    odds /= odds.sum(axis=1, keepdims=True)
    drawn: NDArray[np.int64] = (rng.random((len(odds), 1)) > odds.cumsum(axis=1)).sum(axis=1)
    return np.minimum(drawn, 2)


def _batch(queue: Queue, share: float) -> int:
    """Cases to ask before the queue is made anew: a tenth of what today's gains call for, at most a fiftieth of all."""
    promised = np.cumsum(queue.gain.triples[queue.order].clip(min=0.0))
    needed = int(np.searchsorted(promised, share * queue.inconsistent)) + 1
    return max(1, round(min(needed / _BATCHES, len(queue.order) / 50)))
