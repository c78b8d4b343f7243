"""Rankings of the responses of a question, or of systems with questions pooled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, get_args

import numpy as np
from array_api_compat import array_namespace
from numpy.typing import NDArray

RankingMethod = Literal["copeland", "bradley_terry", "bradley_terry_soft", "kemeny", "hodge_rank", "expected_score"]
RANKING_METHODS: Final[tuple[RankingMethod, ...]] = get_args(RankingMethod)
RANKING_IN_WORDS: Final[dict[str, str]] = {
    "copeland": "Copeland",
    "bradley_terry": "Bradley-Terry with ties",
    "bradley_terry_soft": "Bradley-Terry by probability",
    "kemeny": "Kemeny",
    "hodge_rank": "HodgeRank",
    "expected_score": "Expected score",
}
RANKING_UNITS: Final[dict[str, str]] = {
    "copeland": "opponents beaten − lost to",
    "bradley_terry": "log-odds, mean 0",
    "bradley_terry_soft": "log-odds, mean 0",
    "kemeny": "entries below − above",
    "hodge_rank": "log-odds, mean 0",
    "expected_score": "scale points",
}

FALLEN_APART: Final = "the comparisons fall into groups that were never compared with each other; no common order"
UNCOMPARED: Final = "entries without a usable comparison are not ranked"
_SAME: Final = 1e-9  # strengths closer than this, relative to the largest, share a rank


@dataclass(frozen=True, eq=False)
class Ranking:
    """Strength and rank of n entries, with how they were made.

    Ranks start at 1; equal strengths share the smallest rank. NaN strength or rank 0 means that the
    comparisons cannot say; ``remark`` tells why. ``contradicted`` lists (winner, loser) pairs
    whose own comparison disagrees with the order. Units of strength are in RANKING_UNITS. Kemeny only:
    ``reversals`` is the number of comparisons against the order, at most ``gap`` more than the least possible.
    """

    method: RankingMethod
    strength: NDArray[np.float64]  # (n,)
    low: NDArray[np.float64]  # (n,) NaN where no interval can be given
    high: NDArray[np.float64]  # (n,)
    rank: NDArray[np.int64]  # (n,)
    contradicted: tuple[tuple[int, int], ...]
    remark: str = ""
    reversals: float = float("nan")
    gap: float = float("nan")
    bca_low: NDArray[np.float64] | None = None  # (n,) the interval of strengths corrected by the jackknife
    bca_high: NDArray[np.float64] | None = None
    rank_low: NDArray[np.int64] | None = None  # (n,) best rank of the 95 % interval, 0 where an entry has none
    rank_high: NDArray[np.int64] | None = None  # (n,) worst one


def ranks(strength: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rank 1 for the largest strength, equal ones share the smallest rank, 0 for NaN, (..., n) -> (..., n)."""
    finite = np.isfinite(strength)
    close = _SAME * np.maximum(1.0, np.abs(np.where(finite, strength, 0.0)).max(axis=-1, initial=0.0))
    with np.errstate(invalid="ignore"):
        above = strength[..., None, :] > strength[..., :, None] + close[..., None, None]
    return np.where(finite, above.sum(axis=-1) + 1, 0)


def win_counts(relations: NDArray[np.int8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wins [i, j] = 1 where i beats j and ties, from one question's relations, (n, n) each."""
    ties = (relations == 0).astype(np.float64)
    np.fill_diagonal(ties, 0.0)
    return (relations == 1).astype(np.float64), ties


def copeland(wins: NDArray[np.float64], ties: NDArray[np.float64]) -> Ranking:
    """Opponents beaten minus opponents lost to, where beating is winning more of the comparisons, (n, n) -> ranking."""
    return copeland_many(wins[None], ties[None])[0]


def copeland_many(wins: NDArray[np.float64], ties: NDArray[np.float64]) -> list[Ranking]:
    """`copeland` of many tables of one size, (B, n, n) each."""
    turned = wins.transpose(0, 2, 1)
    compared = (wins + turned + ties).sum(axis=2) > 0
    strength = np.where(compared, np.sign(wins - turned).sum(axis=2), np.nan)
    remarks = _unless(compared, UNCOMPARED)
    return made_many("copeland", strength, wins, remarks)


def expected_score(scores: NDArray[np.float64], wins: NDArray[np.float64]) -> Ranking:
    """Order by expected score in scale points, (n,) with NaN for entries without a score."""
    return expected_score_many(scores[None], wins[None])[0]


def expected_score_many(scores: NDArray[np.float64], wins: NDArray[np.float64]) -> list[Ranking]:
    """`expected_score` of many tables of one size, (B, n) and (B, n, n)."""
    remarks = _unless(np.isfinite(scores), "entries without a usable score are not ranked")
    return made_many("expected_score", scores, wins, remarks)


def _unless(all_there: NDArray[np.bool_], remark: str) -> list[str]:
    """The remark for every table in which something is missing, (B, n)."""
    return ["" if whole.all() else remark for whole in all_there]


def made(method: RankingMethod, strength: NDArray[np.float64], wins: NDArray[np.float64], remark: str = "") -> Ranking:
    """A ranking by strengths (n,) without intervals; ``wins`` (n, n) say what it contradicts."""
    return made_many(method, strength[None], wins[None], [remark])[0]


def made_many(
    method: RankingMethod, strengths: NDArray[np.float64], wins: NDArray[np.float64], remarks: Sequence[str]
) -> list[Ranking]:
    """Rankings of many tables by their strengths, (B, n) and (B, n, n)."""
    nothing = np.full(strengths.shape[1], np.nan)
    rank = ranks(strengths)
    against = contradicted_pairs_of_many(rank, wins)
    return [
        Ranking(method, strength, nothing, nothing, own, pairs, remark)
        for strength, own, pairs, remark in zip(strengths, rank, against, remarks, strict=True)
    ]


def reachable(edges: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a path leads from i to j, (B, n, n) -> (B, n, n): steps are squared until they are n long.

    Everyone reaches itself. Works on the arrays of any library of the array API standard.
    """
    xp = array_namespace(edges)
    n = edges.shape[-1]
    reach = xp.astype(edges | xp.eye(n, dtype=xp.bool, device=edges.device), xp.float32)
    for _ in range(max(1, n - 1).bit_length()):
        reach = xp.astype(reach @ reach > 0.0, xp.float32)
    found: NDArray[np.bool_] = reach > 0.0
    return found


def all_reach_all(edges: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a path leads from everyone to everyone, (B, n, n) -> (B,).

    It does if paths lead from the first entry to everyone and from everyone to the first: two searches in
    breadth, of a few products each, in place of all pairs.
    """
    xp = array_namespace(edges)
    found: NDArray[np.bool_] = _first_reaches_all(edges) & _first_reaches_all(xp.matrix_transpose(edges))
    return found


def _first_reaches_all(edges: NDArray[np.bool_]) -> NDArray[np.bool_]:
    xp = array_namespace(edges)
    tables, n, _ = edges.shape
    steps = xp.astype(edges | xp.eye(n, dtype=xp.bool, device=edges.device), xp.float32)
    reached = xp.zeros((tables, 1, n), dtype=xp.float32, device=edges.device)
    reached[:, :, :1] = 1.0
    for _ in range(n - 1):
        further = xp.astype(reached @ steps > 0.0, xp.float32)
        if xp.all(further == reached):
            break
        reached = further
    found: NDArray[np.bool_] = xp.all(reached > 0.0, axis=(1, 2))
    return found


def has_cycle(edges: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a path leads from someone back to itself, (B, n, n) -> (B,).

    Whoever nobody is left before is taken away, again and again; a cycle is what remains.
    """
    xp = array_namespace(edges)
    tables, n, _ = edges.shape
    steps = xp.astype(edges, xp.float32)
    left = xp.ones((tables, 1, n), dtype=xp.float32, device=edges.device)
    for _ in range(n):
        fewer = left * xp.astype(left @ steps > 0.0, xp.float32)
        if xp.all(fewer == left):
            break
        left = fewer
    found: NDArray[np.bool_] = xp.any(left > 0.0, axis=(1, 2))
    return found


def falls_apart(compared: NDArray[np.bool_]) -> bool:
    """Whether some entries were never compared with the others, not even by way of third ones, (n, n) -> bool."""
    return not all_reach_all(compared[None])[0]


def contradicted_pairs(rank: NDArray[np.int64], wins: NDArray[np.float64]) -> tuple[tuple[int, int], ...]:
    """Pairs (winner, loser) by their own comparisons whose winner is not ranked above the loser; rank 0 is left out."""
    return contradicted_pairs_of_many(rank[None], wins[None])[0]


def contradicted_pairs_of_many(rank: NDArray[np.int64], wins: NDArray[np.float64]) -> list[tuple[tuple[int, int], ...]]:
    """`contradicted_pairs` of many tables, (B, n) and (B, n, n)."""
    ranked = (rank[:, :, None] > 0) & (rank[:, None, :] > 0)
    wrong = ranked & (rank[:, :, None] >= rank[:, None, :]) & (wins > wins.transpose(0, 2, 1))
    table, winner, loser = np.nonzero(wrong)
    pairs = list(zip(winner.tolist(), loser.tolist(), strict=True))
    ends = np.searchsorted(table, np.arange(len(rank) + 1)).tolist()
    return [tuple(pairs[start:stop]) for start, stop in pairwise(ends)]
