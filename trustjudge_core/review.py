"""The queue: which case a person should be shown next, and when to stop.

Pure and quick enough (a tenth of a second for 38,000 cases) to be made anew whenever a verdict arrives, so
that nothing can go stale between two people who review at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.belief import Belief, belief
from trustjudge_core.cases import Cases
from trustjudge_core.errors import UsageError
from trustjudge_core.review_gain import Gain, expected_gain

Policy = Literal["gain", "uncertainty", "random"]
POLICIES: Final[tuple[Policy, ...]] = get_args(Policy)
Per = Literal["minute", "verdict"]

MOST_NAME: Final = 80
"""Characters of a person's name."""

POLICY_IN_WORDS: Final[dict[Policy, str]] = {
    "gain": "what resolves most per minute of reading",
    "uncertainty": "where the judge is least sure",
    "random": "at random among pairs that take part in an inconsistency",
}


@dataclass(frozen=True, eq=False)
class Queue:
    """Open cases, best first, with what led to the order.

    ``order`` (M,) are numbers of cases. ``belief`` and ``gain`` are about all N cases; ``inconsistent`` counts the
    inconsistent triples left under the verdicts so far. ``policy`` and ``seed`` say how it was made.
    """

    order: NDArray[np.int64]
    belief: Belief
    gain: Gain
    inconsistent: int
    policy: Policy
    seed: int | tuple[int, ...]


def checked_policy(policy: str) -> Policy:
    """The policy of that name. Raises UsageError for one that does not exist."""
    for known in POLICIES:
        if policy == known:
            return known
    raise UsageError(f"policy {policy!r} does not exist; allowed: {', '.join(POLICIES)}; choose one of them")


def named(person: str) -> str:
    """A person's name as it is stored. Raises UsageError for one that cannot be told from nobody."""
    name = " ".join(person.split())
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise UsageError(
            f"the name {person[:MOST_NAME]!r} cannot be used; allowed: 1 to {MOST_NAME} printable characters; "
            "say who is reviewing"
        )
    return name


def review_queue(
    cases: Cases,
    votes: NDArray[np.int64],
    open_cases: NDArray[np.bool_],
    policy: Policy = "gain",
    *,
    per: Per = "minute",
    seed: int | tuple[int, ...] = 0,
) -> Queue:
    """Order the open cases (N,) given the verdicts so far, (N, 3).

    gain: expected gain over the minutes a case takes (``per`` verdict: not divided). uncertainty: entropy of the
    judge's preference, equal ones at random. random: cases that sit in an inconsistent triple at random, the others
    after them.
    """
    found = belief(cases, votes)
    gain = expected_gain(cases, votes, found.shares)
    # One number per case for all time, so that equal cases keep their order from one verdict to the next.
    chance = np.random.default_rng(seed).random(len(cases))
    if policy == "gain":
        worth = gain.total / (cases.seconds / 60.0 if per == "minute" else 1.0)
        keys: tuple[NDArray[np.float64], ...] = (chance, -worth)
    elif policy == "uncertainty":
        keys = (chance, -np.round(entropy(cases.shares), 12))
    else:
        keys = (chance, (gain.present == 0).astype(np.float64))
    open_numbers = np.flatnonzero(open_cases)
    order = open_numbers[np.lexsort(tuple(key[open_numbers] for key in keys))]
    return Queue(order, found, gain, int(gain.present.sum()) // 3, policy, seed)


def entropy(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Entropy in nats of probabilities, (N, 3) -> (N,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(shares > 0, shares * np.log(shares), 0.0)
    summed: NDArray[np.float64] = -terms.sum(axis=1)
    return summed
