"""Rankings of the responses of a question, or of systems with questions pooled."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.davidson import davidson, ties_are_bounded

RankingMethod = Literal["copeland", "bradley_terry", "expected_score"]
RANKING_METHODS: Final[tuple[RankingMethod, ...]] = ("copeland", "bradley_terry", "expected_score")
RANKING_IN_WORDS: Final[dict[str, str]] = {
    "copeland": "Copeland",
    "bradley_terry": "Bradley-Terry with ties",
    "expected_score": "Expected score",
}

BRADLEY_TERRY_RESAMPLES: Final = 200
_MOST_STEPS: Final = 300  # of Newman's iteration; where it has not settled by then it may never do
_SAME: Final = 1e-9  # strengths closer than this, relative to the largest, share a rank


@dataclass(frozen=True, eq=False)
class Ranking:
    """Strength and rank of n entries, with how they were made.

    Ranks start at 1; equal strengths share the smallest rank. NaN strength or rank 0 means that the
    comparisons cannot say; ``remark`` tells why. ``contradicted`` lists (winner, loser) pairs
    whose own comparison disagrees with the order. Unit of strength: Copeland = opponents beaten
    minus opponents lost to; Bradley-Terry = natural log-odds, mean 0; expected score = scale points.
    """

    method: RankingMethod
    strength: NDArray[np.float64]  # (n,)
    low: NDArray[np.float64]  # (n,) NaN where no interval can be given
    high: NDArray[np.float64]  # (n,)
    rank: NDArray[np.int64]  # (n,)
    contradicted: tuple[tuple[int, int], ...]
    remark: str = ""


def ranks(strength: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rank 1 for the largest strength, equal ones share the smallest rank, 0 for NaN, (n,) -> (n,)."""
    finite = np.isfinite(strength)
    close = _SAME * max(1.0, float(np.abs(strength[finite]).max(initial=0.0)))
    with np.errstate(invalid="ignore"):
        above = strength[None, :] > strength[:, None] + close
    return np.where(finite, above.sum(axis=1) + 1, 0)


def win_counts(relations: NDArray[np.int8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wins [i, j] = 1 where i beats j and ties, from one question's relations, (n, n) each."""
    ties = (relations == 0).astype(np.float64)
    np.fill_diagonal(ties, 0.0)
    return (relations == 1).astype(np.float64), ties


def copeland(wins: NDArray[np.float64], ties: NDArray[np.float64]) -> Ranking:
    """Opponents beaten minus opponents lost to, where beating is winning more of the comparisons, (n, n) -> ranking."""
    compared = (wins + wins.T + ties).sum(axis=1) > 0
    strength = np.where(compared, np.sign(wins - wins.T).sum(axis=1), np.nan)
    remark = "" if compared.all() else "entries without a usable comparison are not ranked"
    return _ranking("copeland", strength, wins, remark)


def bradley_terry(wins: NDArray[np.float64], ties: NDArray[np.float64], tolerance: float = 1e-10) -> Ranking:
    """Bradley-Terry log-strengths with a tie parameter, fitted by evalica's `newman`, (n, n) -> ranking.

    Newman 2023 (JMLR 24, 22-1086), the Davidson tie model; where its iteration does not settle,
    davidson.py. A maximum exists only if no group of entries wins every comparison against the
    rest; otherwise strengths are NaN, the groups are ranked by who beats whom if that is one
    line, and the remark says so. Where the tie parameter has no finite value, ties count as half
    a win for either side, and the remark says that.
    """
    n = len(wins)
    graph = nx.from_numpy_array(((wins + ties) > 0).astype(int), create_using=nx.DiGraph)
    condensed = nx.condensation(graph)
    if len(condensed) == 1 and n > 1:
        if ties_are_bounded(wins, ties):
            return _ranking("bradley_terry", _newman(wins, ties, tolerance), wins)
        remark = "too few contradictions to fit how likely ties are; a tie counts as half a win for either side"
        return _ranking("bradley_terry", davidson(wins + ties / 2.0, np.zeros_like(ties)), wins, remark)
    if n <= 1:
        return _ranking("bradley_terry", np.full(n, np.nan), wins, "one entry cannot be compared")
    if nx.number_weakly_connected_components(condensed) > 1:
        remark = "the comparisons fall into groups that were never compared with each other; no common order"
        return _ranking("bradley_terry", np.full(n, np.nan), wins, remark)
    return _one_sided(wins, ties, condensed)


def _newman(wins: NDArray[np.float64], ties: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    """Log-strengths of a strongly connected set of comparisons, mean 0, (n, n) -> (n,)."""
    import evalica  # 1.5 s, which a page that ranks nothing should not wait for

    n = len(wins)
    won_i, won_j = np.nonzero(wins)
    tied_i, tied_j = np.nonzero(np.triu(ties, 1))
    winners = [evalica.Winner.X] * len(won_i) + [evalica.Winner.Draw] * len(tied_i)
    xs, ys = [*won_i.tolist(), *tied_i.tolist()], [*won_j.tolist(), *tied_j.tolist()]
    weights = [*wins[won_i, won_j].tolist(), *ties[tied_i, tied_j].tolist()]
    fitted = evalica.newman(xs, ys, winners, weights=weights, tolerance=tolerance, limit=_MOST_STEPS)
    if fitted.iterations >= _MOST_STEPS:
        return davidson(wins, ties)
    strength = np.zeros(n)
    strength[fitted.scores.index.to_numpy(np.int64)] = np.log(fitted.scores.to_numpy(np.float64))
    centred: NDArray[np.float64] = strength - strength.mean()
    return centred


def _one_sided(wins: NDArray[np.float64], ties: NDArray[np.float64], condensed: nx.DiGraph) -> Ranking:
    line = list(nx.topological_sort(condensed))
    unique = all(condensed.has_edge(a, b) for a, b in pairwise(line))
    order = np.full(len(wins), np.nan)
    ceiling = 0.0
    for group in line if unique else ():
        members = sorted(condensed.nodes[group]["members"])
        inside = np.zeros(1)
        if len(members) > 1:
            within = np.ix_(members, members)
            inside = bradley_terry(wins[within], ties[within]).strength
        # One unit below the group above keeps the order; much more would drown small differences inside a group.
        order[members] = ceiling - inside.max() + inside
        ceiling = float(order[members].min()) - 1.0
    remark = "one-sided: some entries win every comparison against the rest, so strengths have no finite value; " + (
        "ranked by who beats whom" if unique else "the comparisons give no single order"
    )
    found = _ranking("bradley_terry", order, wins, remark)
    nothing = np.full(len(wins), np.nan)
    return Ranking(found.method, nothing, nothing, nothing, found.rank, found.contradicted, remark)


def expected_score(scores: NDArray[np.float64], wins: NDArray[np.float64]) -> Ranking:
    """Order by expected score in scale points, (n,) with NaN for entries without a score."""
    remark = "" if np.isfinite(scores).all() else "entries without a usable score are not ranked"
    return _ranking("expected_score", scores, wins, remark)


def _ranking(
    method: RankingMethod, strength: NDArray[np.float64], wins: NDArray[np.float64], remark: str = ""
) -> Ranking:
    nothing = np.full(len(strength), np.nan)
    rank = ranks(strength)
    return Ranking(method, strength, nothing, nothing, rank, contradicted_pairs(rank, wins), remark)


def contradicted_pairs(rank: NDArray[np.int64], wins: NDArray[np.float64]) -> tuple[tuple[int, int], ...]:
    """Pairs (winner, loser) by their own comparisons whose winner is not ranked above the loser; rank 0 is left out."""
    winner, loser = np.nonzero(wins > wins.T)
    ranked = (rank[winner] > 0) & (rank[loser] > 0)
    wrong = ranked & (rank[winner] >= rank[loser])
    return tuple(zip(winner[wrong].tolist(), loser[wrong].tolist(), strict=True))


def with_interval(
    ranking: Ranking, wins: NDArray[np.float64], ties: NDArray[np.float64], bootstrap: QuestionBootstrap
) -> Ranking:
    """The same pooled ranking with 95 % intervals of its strengths from resampled questions.

    ``wins`` and ``ties`` are per question, (Q, n, n). Copeland uses every resample,
    Bradley-Terry the first 200; resamples in which strengths have no finite value are left out,
    and if they are more than one in twenty no interval is given.
    """
    weights = bootstrap.weights
    n = wins.shape[1]
    if not len(weights):
        return ranking
    flat_wins = weights @ wins.reshape(len(wins), n * n).astype(np.float32)
    resampled_wins = flat_wins.reshape(-1, n, n)
    if ranking.method == "copeland":
        draws = np.sign(resampled_wins - resampled_wins.transpose(0, 2, 1)).sum(axis=2).astype(np.float64)
    else:
        few = weights[:BRADLEY_TERRY_RESAMPLES]
        resampled_ties = (few @ ties.reshape(len(ties), n * n).astype(np.float32)).reshape(-1, n, n)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            draws = np.array(
                [
                    bradley_terry(w.astype(np.float64), t.astype(np.float64), tolerance=1e-4).strength
                    for w, t in zip(resampled_wins[: len(few)], resampled_ties, strict=True)
                ]
            )
    usable = np.isfinite(draws).all(axis=1)
    if usable.mean() < 0.95:
        return ranking
    low, high = np.where(np.isfinite(ranking.strength), np.quantile(draws[usable], [0.025, 0.975], axis=0), np.nan)
    return Ranking(ranking.method, ranking.strength, low, high, ranking.rank, ranking.contradicted, ranking.remark)
