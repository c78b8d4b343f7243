"""How many verdicts would it take? Foretold before anybody is asked, by playing the review through.

Answers are drawn from what people would probably say (`belief`), and the queue is followed, a batch at a time, until
the wanted share of the contradictions is gone. A few plays are averaged. Nothing is known of people yet, so this is
a guess with a stated rule; docs/review.md says how far it was off where recorded verdicts could be replayed.
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

PLAYS: Final = 3
MANY: Final = 10_000
"""Cases from which one play says as much: it averages over many questions."""
_BATCHES: Final = 10
"""About so many times the queue is made anew in a play, so that the longest run does not keep a page waiting."""


@dataclass(frozen=True, slots=True)
class Settling:
    """About ``verdicts`` more, in about ``minutes`` of reading, remove ``share`` of ``inconsistent`` triples."""

    verdicts: int
    minutes: float
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
    found = [_play(cases, votes, open_cases, first, share, rng) for _ in range(plays)]
    reached = [one for one in found if one is not None]
    if 2 * len(reached) <= plays:
        return None
    verdicts, minutes = np.mean(reached, axis=0)
    return Settling(int(np.ceil(verdicts)), float(minutes), share, first.inconsistent)


def _play(
    cases: Cases,
    votes: NDArray[np.int64],
    open_cases: NDArray[np.bool_],
    queue: Queue,
    share: float,
    rng: np.random.Generator,
) -> tuple[float, float] | None:
    """Verdicts and minutes of one play; None when everything was decided before."""
    said = _drawn(queue.belief.shares, rng)
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


def _drawn(shares: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """An answer (column of j, tie, i) to every case, (N, 3) -> (N,)."""
    drawn: NDArray[np.int64] = (rng.random((len(shares), 1)) > shares.cumsum(axis=1)).sum(axis=1)
    return np.minimum(drawn, 2)


def _batch(queue: Queue, share: float) -> int:
    """Cases to ask before the queue is made anew: a tenth of what today's gains call for, at most a fiftieth of all."""
    promised = np.cumsum(queue.gain.triples[queue.order].clip(min=0.0))
    needed = int(np.searchsorted(promised, share * queue.inconsistent)) + 1
    return max(1, round(min(needed / _BATCHES, len(queue.order) / 50)))
