"""Chains inside one question: who beats whom around a contradiction, and how firmly.

Works on one question's relations (n, n) and margins (n, n); a margin is how far the preferred
outcome of a pair is ahead of the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, shortest_path

from trustjudge_core.inconsistencies import KINDS, Triples
from trustjudge_core.ranking import reachable


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain: ``winner`` beats ``loser`` (or they tie) with that margin."""

    winner: int
    loser: int
    tie: bool
    margin: float


@dataclass(frozen=True, slots=True)
class Chain:
    """A contradiction as a closed walk of links, in reading order, e.g. A>B, B>C, C>A.

    ``kind`` is one of inconsistencies.KINDS; ``weakest`` is the position of the link with the
    smallest margin, and ``strength`` that margin: the contradiction is as firm as its weakest link.
    """

    kind: str
    links: tuple[Link, ...]
    weakest: int
    strength: float


def chain_of(
    triple: tuple[int, int, int], kind: str, relations: NDArray[np.int8], margins: NDArray[np.float64]
) -> Chain:
    """The links of one inconsistent triple in the order in which they read as a chain.

    A strict cycle starts at its lowest number and follows the wins. A broken chain A>B>C with
    A=C reads A>B, B>C, C=A. A contradicted tie A=B=C with A>C reads A=B, B=C, A>C.
    """
    a, b, c = triple
    beats = {x: [y for y in triple if x != y and relations[x, y] == 1] for x in triple}
    if kind == "strict_cycle":
        second = beats[a][0]
        order = (a, second, ({b, c} - {second}).pop())
    elif kind == "broken_chain":
        middle = next(x for x in triple if beats[x] and any(relations[y, x] == 1 for y in triple if y != x))
        last = beats[middle][0]
        order = (next(x for x in triple if x not in (middle, last)), middle, last)
    else:
        top = next(x for x in triple if beats[x])
        bottom = beats[top][0]
        order = (top, next(x for x in triple if x not in (top, bottom)), bottom)
    x, y, z = order
    closing = (z, x) if kind != "contradicted_tie" else (x, z)
    links = tuple(Link(p, q, bool(relations[p, q] == 0), float(margins[p, q])) for p, q in ((x, y), (y, z), closing))
    return _chain(kind, links)


def chains(triples: Triples, relations: NDArray[np.int8], margins: NDArray[np.float64]) -> list[Chain]:
    """All inconsistent triples of a question as chains, firmest first."""
    found = [
        chain_of((int(i), int(j), int(k)), KINDS[int(kind)], relations, margins)
        for i, j, k, kind in zip(triples.i, triples.j, triples.k, triples.kind, strict=True)
    ]
    return sorted(found, key=lambda chain: -chain.strength if np.isfinite(chain.strength) else 1.0)


def tangled_groups(relations: NDArray[np.int8]) -> list[list[int]]:
    """Groups of two or more responses in which everyone beats everyone around some cycle.

    The strongly connected components of the wins, largest first.
    """
    _, label = connected_components(csr_array(relations == 1), directed=True, connection="strong")
    groups = [np.flatnonzero(label == group).tolist() for group in np.flatnonzero(np.bincount(label) > 1)]
    return sorted(groups, key=lambda group: (-len(group), group))


def tangled_groups_of_many(relations: NDArray[np.int8]) -> list[list[list[int]]]:
    """`tangled_groups` of many questions with the same number of responses, (B, n, n)."""
    reach = reachable(relations == 1)
    first = np.argmax(reach & reach.transpose(0, 2, 1), axis=2)  # the first response of everyone's group
    tangled = (first[:, :, None] == first[:, None, :]).sum(axis=2) > 1
    found: list[dict[int, list[int]]] = [{} for _ in relations]
    for question, member in zip(*(part.tolist() for part in np.nonzero(tangled)), strict=True):
        found[question].setdefault(int(first[question, member]), []).append(member)
    return [sorted(groups.values(), key=lambda group: (-len(group), group)) for groups in found]


def shortest_cycle_through(relations: NDArray[np.int8], winner: int, loser: int) -> list[int]:
    """Shortest cycle of wins that uses the edge winner -> loser, as [winner, loser, ...]; empty if there is none."""
    graph = nx.from_numpy_array(relations == 1, create_using=nx.DiGraph)
    try:
        back: list[int] = nx.shortest_path(graph, loser, winner)
    except nx.NetworkXNoPath:
        return []
    return [winner, *back[:-1]]


def shortest_cycles(relations: NDArray[np.int8]) -> NDArray[np.int64]:
    """Length of the shortest cycle of wins through every win i -> j, (n, n) -> (n, n); 0 where there is none."""
    wins = relations == 1
    steps = shortest_path(csr_array(wins.astype(np.int8)), unweighted=True)
    back = np.where(wins & np.isfinite(steps.T), steps.T + 1, 0)
    return back.astype(np.int64)


def cycle_chain(cycle: Sequence[int], margins: NDArray[np.float64]) -> Chain:
    """A cycle of wins, given in order, as a chain with its weakest link; ``margins`` (n, n)."""
    links = tuple(Link(a, b, False, float(margins[a, b])) for a, b in zip(cycle, [*cycle[1:], cycle[0]], strict=True))
    return _chain("strict_cycle", links)


def _chain(kind: str, links: tuple[Link, ...]) -> Chain:
    known = [link.margin if np.isfinite(link.margin) else np.inf for link in links]
    weakest = int(np.argmin(known))
    return Chain(kind, links, weakest, links[weakest].margin)
