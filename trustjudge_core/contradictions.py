"""Every contradiction of a run as rows that can be listed, filtered and opened."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.causes import conflict_causes, pair_causes, triple_causes
from trustjudge_core.cycles import Chain, Link, chain_of
from trustjudge_core.evidence import Evidence, MethodScores
from trustjudge_core.inconsistencies import KINDS, kind_of_codes, score_conflicts
from trustjudge_core.position import position
from trustjudge_core.records import UNKNOWN
from trustjudge_core.relations import relation_blocks
from trustjudge_core.settings import Aggregation
from trustjudge_core.structure import pair_matrices

MOST_LISTED: Final = 200_000
"""At most this many chains are listed, the firmest ones; counts are always complete."""

CONFLICT_KINDS: Final = ("reversal", "score_tie", "comparison_tie")
CONFLICT_IN_WORDS: Final = {
    "reversal": "reversal",
    "score_tie": "only the scores tie",
    "comparison_tie": "only the comparison ties",
}

FAVOURING: Final = ("favours_first", "favours_second")
"""Pairs in which a response fares better when it is shown first, or second: from tie to win is enough."""


_TURNING: Final = frozenset(("R", "AL", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "PDF", "PDI"))
"""Classes of characters (Unicode Standard Annex 9) that can turn the direction of what stands beside them."""


@dataclass(frozen=True, eq=False)
class ConflictRows:
    """M conflicts between scores and comparisons, largest score gap first."""

    pair: NDArray[np.int64]  # (M,) row of the pair table
    kind: NDArray[np.int64]  # (M,) number into CONFLICT_KINDS
    gap: NDArray[np.float64]  # (M,) score of i minus score of j, in points of the reported scale
    relation: NDArray[np.int8]  # (M,) 1 i wins, -1 j wins, 0 tie
    cause: NDArray[np.int64]  # (M,) number into causes.CAUSES


def conflict_rows(evidence: Evidence, scores: MethodScores, aggregation: Aggregation, tolerance: float) -> ConflictRows:
    """All conflicts of one score method with one aggregation at a tolerance."""
    relation = evidence.relation(aggregation, tolerance)
    found = score_conflicts(evidence.score_sign(scores, tolerance), relation)
    gap = scores.scores[evidence.table.i] - scores.scores[evidence.table.j]
    rows = np.flatnonzero(found.conflict)
    rows = rows[np.lexsort((rows, -np.abs(gap[rows])))]
    kind = np.where(found.reversal[rows], 0, np.where(found.score_tie[rows], 1, 2))
    causes = conflict_causes(evidence, pair_causes(evidence, aggregation, tolerance), scores, tolerance)
    return ConflictRows(rows, kind, gap[rows], relation[rows], causes[rows])


@dataclass(frozen=True, eq=False)
class ChainRows:
    """M inconsistent triples, the firmest (largest smallest lead) first. Members are response numbers i<j<k."""

    question: NDArray[np.int64]  # (M,)
    members: NDArray[np.int64]  # (M, 3)
    kind: NDArray[np.int64]  # (M,) number into inconsistencies.KINDS
    strength: NDArray[np.float64]  # (M,) smallest lead of the three relations
    cause: NDArray[np.int64]  # (M,) number into causes.CAUSES
    complete: bool  # False when there are more than MOST_LISTED

    def only(self, rows: NDArray[np.integer] | slice) -> ChainRows:
        """Some of the rows, in that order."""
        return ChainRows(
            question=self.question[rows],
            members=self.members[rows],
            kind=self.kind[rows],
            strength=self.strength[rows],
            cause=self.cause[rows],
            complete=self.complete,
        )


def chain_rows(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> ChainRows:
    """The inconsistent triples of a run; of very many the firmest `MOST_LISTED`."""
    relation, index = evidence.relation(aggregation, tolerance), evidence.index
    lead = evidence.preference(aggregation).lead
    kept = _Firmest(MOST_LISTED)
    for block in relation_blocks(index, evidence.table, relation):
        leads = np.nan_to_num(pair_matrices(evidence, block.questions, lead, antisymmetric=False))
        for where, members, kind in _inconsistent_triples(block.relations):
            i, j, k = members
            strength = np.minimum(np.minimum(leads[where, i, j], leads[where, j, k]), leads[where, i, k])
            question = block.questions[where]
            kept.add(question, np.stack(members, axis=1) + index.offsets[question][:, None], kind, strength)
    rows = kept.rows()
    return replace(rows, cause=triple_causes(evidence, pair_causes(evidence, aggregation, tolerance), rows.members))


def _inconsistent_triples(
    relations: NDArray[np.int8],
) -> Iterator[tuple[NDArray[np.int64], tuple[NDArray[np.int64], ...], NDArray[np.int64]]]:
    """Inconsistent triples of questions of one size, (B, n, n), by their last response k: question, (i, j, k), kind.

    One k at a time: a question of 1,000 responses has 166 million triples, too many to lay out at once.
    """
    kinds = kind_of_codes()
    coded = np.where(relations == UNKNOWN, 3, relations + 1).astype(np.uint8)
    n = relations.shape[1]
    j_of, i_of = np.tril_indices(n, -1)  # by j, then i: pairs below k are the first k (k - 1) / 2
    pairs = coded[:, i_of, j_of] << 4
    for k in range(2, n):
        below = k * (k - 1) // 2
        i, j = i_of[:below], j_of[:below]
        column = coded[:, :, k]
        kind = kinds[pairs[:, :below] | (column[:, j] << 2) | column[:, i]]
        where, place = np.nonzero(kind >= 0)
        if where.size:
            yield where, (i[place], j[place], np.full(len(place), k)), kind[where, place].astype(np.int64)


class _Firmest:
    """Collects triples, their causes still open, and keeps the ``most`` firmest of them; of equally firm ones those
    that came first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.complete = True
        self.parts: list[ChainRows] = []
        self.size = 0
        self.least = -np.inf  # once there are enough, only firmer ones are taken

    def add(
        self,
        question: NDArray[np.int64],
        members: NDArray[np.int64],
        kind: NDArray[np.int64],
        strength: NDArray[np.float64],
    ) -> None:
        firm = np.flatnonzero(strength > self.least)
        self.complete = self.complete and len(firm) == len(strength)
        self.parts.append(ChainRows(question, members, kind, strength, np.zeros_like(kind), True).only(firm))
        self.size += len(firm)
        if self.size > 2 * self.most:
            rows = self.rows()
            self.parts, self.size, self.least = [rows], len(rows.kind), float(rows.strength[-1])

    def rows(self) -> ChainRows:
        """The firmest so far: by strength, then kind, then members."""
        if not self.parts:
            nothing = np.zeros(0, np.int64)
            return ChainRows(nothing, np.zeros((0, 3), np.int64), nothing, np.zeros(0), nothing, True)
        question, members, kind, strength, cause = (
            np.concatenate([getattr(part, name) for part in self.parts])
            for name in ("question", "members", "kind", "strength", "cause")
        )
        order = np.lexsort((members[:, 2], members[:, 1], members[:, 0], kind, -strength))[: self.most]
        self.complete = self.complete and len(order) == len(strength)
        return ChainRows(question, members, kind, strength, cause, self.complete).only(order)


def chains_of(evidence: Evidence, aggregation: Aggregation, tolerance: float, rows: ChainRows) -> list[Chain]:
    """The listed triples in reading order; links name response numbers of the run, as ``members`` does."""
    relation, lead = evidence.relation(aggregation, tolerance), evidence.preference(aggregation).lead
    table, responses = evidence.table, len(evidence.index.response_ids)
    key = table.i * responses + table.j
    chains = []
    for members, kind in zip(rows.members, rows.kind, strict=True):
        relations, margins = np.zeros((3, 3), np.int8), np.zeros((3, 3))
        for a, b in ((0, 1), (1, 2), (0, 2)):
            pair = np.searchsorted(key, members[a] * responses + members[b])
            relations[a, b], relations[b, a] = relation[pair], -relation[pair]
            margins[a, b] = margins[b, a] = lead[pair]
        chain = chain_of((0, 1, 2), KINDS[int(kind)], relations, margins)
        links = tuple(
            replace(link, winner=int(members[link.winner]), loser=int(members[link.loser])) for link in chain.links
        )
        chains.append(replace(chain, links=links))
    return chains


def chain_words(links: Sequence[Link], names: Mapping[int, str] | Sequence[str]) -> str:
    """A chain as one line: `A > B > C > A`, `A > B > C = A` or `A = B = C, A > C`; empty for no links."""
    if not links:
        return ""
    said = apart(names[links[0].winner])
    end = links[0].winner
    for link in links:
        step = f" {'=' if link.tie else '>'} {apart(names[link.loser])}"
        said += step if link.winner == end else f", {apart(names[link.winner])}{step}"
        end = link.loser
    return said


def apart(name: str) -> str:
    """A name that turns no sign beside it around: one that runs from right to left, or says so, is isolated."""
    turning = any(unicodedata.bidirectional(c) in _TURNING for c in name)
    return f"\u2068{name}\u2069" if turning else name


def flip_rows(evidence: Evidence) -> NDArray[np.int64]:
    """Rows of the pair table in which the two shown orders name different winners, the surest first, (M,).

    A flip is as sure as its less sure order: the smaller of the two orders' gaps between the
    probabilities of i and j; without probabilities all are equally sure and keep their order.
    """
    rows = np.flatnonzero(position(evidence.table).hard_flip)
    probs = evidence.table.probs[rows]
    gap = np.abs(probs[:, :, 0] - probs[:, :, 1]).min(axis=1) if len(rows) else np.zeros(0)
    return _largest_first(rows, gap)


def favouring_rows(evidence: Evidence, kind: str) -> NDArray[np.int64]:
    """Rows of the pair table that favour a place, one of FAVOURING, the largest shift first, (M,).

    The shift is how far P(i wins) - P(j wins) moves between the two orders; without probabilities how far the
    verdict does, by two from win to loss.
    """
    found, table = position(evidence.table), evidence.table
    rows = np.flatnonzero(found.first_favouring if kind == FAVOURING[0] else found.second_favouring)
    lead = table.probs[rows, :, 0] - table.probs[rows, :, 1]
    lead = np.where(np.isnan(lead), table.verdict[rows], lead)
    return _largest_first(rows, np.abs(lead[:, 0] - lead[:, 1]))


def _largest_first(rows: NDArray[np.int64], by: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows by a value each, those without one last, equals as they were."""
    ordered: NDArray[np.int64] = rows[np.argsort(-np.nan_to_num(by), kind="stable")]
    return ordered
