"""Bradley-Terry strengths with ties, from counted wins or from probabilities as fractional wins."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from trustjudge_core.davidson import davidson, ties_are_bounded
from trustjudge_core.davidson_many import EXACT, davidson_many
from trustjudge_core.never_compared import ranked_without
from trustjudge_core.ranking import (
    FALLEN_APART,
    Ranking,
    RankingMethod,
    all_reach_all,
    contradicted_pairs,
    falls_apart,
    made,
)

ONE_ENTRY: Final = "one entry cannot be compared"
HALF_WINS: Final = "too few contradictions to fit how likely ties are; a tie counts as half a win for either side"
_NO_FINITE: Final = "one-sided: some entries win every comparison against the rest, so strengths have no finite value; "
ONE_LINE: Final = _NO_FINITE + "ranked by who beats whom"
NO_ORDER: Final = _NO_FINITE + "the comparisons give no single order"

_MOST_STEPS: Final = 300  # of Newman's iteration; where it has not settled by then it may never do


def bradley_terry(
    wins: NDArray[np.float64],
    ties: NDArray[np.float64],
    tolerance: float = 1e-10,
    method: RankingMethod = "bradley_terry",
) -> Ranking:
    """Bradley-Terry log-strengths with a tie parameter, fitted by evalica's `newman`, (n, n) -> ranking.

    Newman 2023 (JMLR 24, 22-1086), the Davidson tie model; where its iteration does not settle,
    davidson.py. A maximum exists only if no group of entries wins every comparison against the
    rest; otherwise strengths are NaN, the groups are ranked by who beats whom if that is one
    line, and the remark says so. Where the tie parameter has no finite value, ties count as half
    a win for either side, and the remark says that. Entries that nobody compared are left out.
    """
    present: NDArray[np.bool_] = np.any(wins + wins.T + ties > 0, axis=1)
    (found,) = ranked_without(
        present[None], (wins[None], ties[None]), lambda w, t: [_of_compared(w[0], t[0], tolerance, method)]
    )
    return found


def _of_compared(
    wins: NDArray[np.float64], ties: NDArray[np.float64], tolerance: float, method: RankingMethod
) -> Ranking:
    n = len(wins)
    if n <= 1:
        return made(method, np.full(n, np.nan), wins, ONE_ENTRY)
    connected = (wins + ties) > 0
    if all_reach_all(connected[None])[0]:
        if ties_are_bounded(wins, ties):
            return made(method, _newman(wins, ties, tolerance), wins)
        return made(method, davidson(wins + ties / 2.0, np.zeros_like(ties)), wins, HALF_WINS)
    if falls_apart(connected | connected.T):
        return made(method, np.full(n, np.nan), wins, FALLEN_APART)
    return _one_sided(wins, ties, method)


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


def _one_sided(wins: NDArray[np.float64], ties: NDArray[np.float64], method: RankingMethod) -> Ranking:
    condensed = nx.condensation(nx.from_numpy_array(((wins + ties) > 0).astype(int), create_using=nx.DiGraph))
    line = list(nx.topological_sort(condensed))
    unique = all(condensed.has_edge(a, b) for a, b in pairwise(line))
    order = np.full(len(wins), np.nan)
    ceiling = 0.0
    for group in line if unique else ():
        members = sorted(condensed.nodes[group]["members"])
        inside = np.zeros(1)
        if len(members) > 1:
            within = np.ix_(members, members)
            inside = strengths_of_many(wins[within][None], ties[within][None])[0]
        # One unit below the group above keeps the order; much more would drown small differences inside a group.
        order[members] = ceiling - inside.max() + inside
        ceiling = float(order[members].min()) - 1.0
    remark = ONE_LINE if unique else NO_ORDER
    found = made(method, order, wins, remark)
    nothing = np.full(len(wins), np.nan)
    return Ranking(found.method, nothing, nothing, nothing, found.rank, found.contradicted, remark)


def strengths_of_many(
    wins: NDArray[np.float64],
    ties: NDArray[np.float64],
    start: NDArray[np.float64] | None = None,
    tolerance: float = EXACT,
) -> NDArray[np.float64]:
    """Strengths of many tables, (B, n, n), (B, n, n) -> (B, n), NaN for those of which some are one-sided.

    As for a single one, ties count as half wins where the tie parameter has no finite value.
    """
    found = davidson_many(wins, ties, start, tolerance)
    open_ended = np.isnan(found).all(axis=1)
    if open_ended.any():
        halved = wins[open_ended] + ties[open_ended] / 2.0
        found[open_ended] = davidson_many(halved, np.zeros_like(halved), start, tolerance)
    return found


def soft_bradley_terry(
    soft_wins: NDArray[np.float64], soft_ties: NDArray[np.float64], wins: NDArray[np.float64]
) -> Ranking:
    """The same with probabilities as fractional wins and ties: a pair judged 70 : 20 : 10 adds 0.7, 0.2 and 0.1.

    ``wins`` (n, n) are the decided comparisons, which say what the order contradicts.
    """
    found = bradley_terry(soft_wins, soft_ties, method="bradley_terry_soft")
    return replace(found, contradicted=contradicted_pairs(found.rank, wins))
