"""Is it worth going on? What as many verdicts again would change, in units of what is uncertain anyway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.cases import Cases
from trustjudge_core.records import UNKNOWN
from trustjudge_core.review import Queue
from trustjudge_core.review_gain import corrected_relation

STILL: Final = 0.25
"""Intervals no longer move when every system is expected to move less than this part of half its own."""

WORTH: Final = 0.05
"""Contradictions no longer vanish when fewer than this are expected to for each verdict."""

LEAST_SHARE: Final = 0.1
"""The look ahead covers as many verdicts as were given, and at least this share of all cases."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """What ``verdicts`` more are expected to do, taken in the order of the queue.

    ``triples`` inconsistent ones would vanish, in ``minutes`` of reading. ``movement`` is the largest expected move
    of a system's share of points over half the width of its 95 % interval, NaN where there are no systems or no
    interval; ``mover`` is that system. ``stop``: the intervals no longer move and contradictions no longer vanish,
    or nothing is left to decide.
    """

    verdicts: int
    triples: float
    minutes: float
    movement: float
    mover: str | None
    stop: bool


def outlook(cases: Cases, votes: NDArray[np.int64], queue: Queue, seed: int = 0) -> Outlook:
    """Look ahead over as many verdicts as people have given, (N, 3).

    Points: a win 1, a tie 1/2, as a share of the comparisons of a system over all questions. An
    undecided case moves it by the expected change of points and spreads it by the variance of the answer,
    both as the queue believes; the move is the root of the sum of both squares.
    """
    decided = int((votes.sum(axis=1) > 0).sum())
    ahead = queue.order[: max(decided, int(np.ceil(LEAST_SHARE * len(cases))))]
    triples = float(queue.gain.triples[ahead].clip(min=0.0).sum())
    minutes = float(cases.seconds[ahead].sum()) / 60.0
    names = sorted({s for s in cases.index.systems if s})
    movement, mover = float("nan"), None
    if len(names) >= 2 and len(ahead):
        moves = _moves(cases, corrected_relation(cases, votes), queue, ahead, names, seed)
        if np.isfinite(moves).any():
            movement, mover = float(np.nanmax(moves)), names[int(np.nanargmax(moves))]
    stop = not movement >= STILL and triples < WORTH * len(ahead)  # without intervals nothing can move
    return Outlook(len(ahead), triples, minutes, movement, mover, stop or not len(ahead))


def _moves(
    cases: Cases,
    relation: NDArray[np.int8],
    queue: Queue,
    ahead: NDArray[np.int64],
    names: list[str],
    seed: int,
) -> NDArray[np.float64]:
    """Expected move of every system over half its interval, (S,)."""
    number = {name: n for n, name in enumerate(names)}
    system = np.array([number.get(s, -1) if s else -1 for s in cases.index.systems], np.int64)
    i, j = system[cases.table.i], system[cases.table.j]
    use = (i >= 0) & (j >= 0) & (i != j)
    share = np.where(relation == UNKNOWN, 0, relation) / 2.0  # points of i above a half
    known = use & (relation != UNKNOWN)
    points, compared = np.zeros((2, len(cases.index.question_ids), len(names)))
    for end, sign in ((i, 1.0), (j, -1.0)):
        np.add.at(points, (cases.table.question[known], end[known]), 0.5 + sign * share[known])
        np.add.at(compared, (cases.table.question[known], end[known]), 1.0)
    bootstrap = QuestionBootstrap(len(points), 1000, seed)
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = (bootstrap.weights @ points) / (bootstrap.weights @ compared)
    counts = (compared > 0).sum(axis=0).tolist()
    ends = [bootstrap.interval(column, count) for column, count in zip(draws.T, counts, strict=True)]
    width = np.array([high - low for low, high in ends]) / 2.0
    belief = queue.belief.shares[ahead]
    drift = (belief[:, 2] - belief[:, 0]) / 2.0 - share[ahead]
    spread = (belief[:, 2] + belief[:, 0]) / 4.0 - ((belief[:, 2] - belief[:, 0]) / 2.0) ** 2
    moved, spreads = np.zeros((2, len(names)))
    inside = use[ahead]
    for end, sign in ((i[ahead], 1.0), (j[ahead], -1.0)):
        np.add.at(moved, end[inside], sign * drift[inside])
        np.add.at(spreads, end[inside], spread[inside])
    with np.errstate(invalid="ignore", divide="ignore"):
        move = np.sqrt(moved**2 + np.maximum(spreads, 0.0)) / compared.sum(axis=0)
        return np.where(width > 0, move / width, np.nan)
