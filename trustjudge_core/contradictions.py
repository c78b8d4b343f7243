"""Every contradiction of a run as rows that can be listed, filtered and opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.cycles import Chain, Link, chain_of
from trustjudge_core.evidence import Evidence, MethodScores
from trustjudge_core.inconsistencies import KINDS, score_conflicts, triple_flags, triple_members
from trustjudge_core.position import position
from trustjudge_core.relations import relation_blocks
from trustjudge_core.settings import Aggregation

MOST_LISTED: Final = 200_000
"""At most this many chains are listed, the first questions first; counts are always complete."""

CONFLICT_KINDS: Final = ("reversal", "score_tie", "comparison_tie")
CONFLICT_IN_WORDS: Final = {
    "reversal": "reversal",
    "score_tie": "only the scores tie",
    "comparison_tie": "only the comparison ties",
}


@dataclass(frozen=True, eq=False)
class ConflictRows:
    """M conflicts between scores and comparisons, largest score gap first."""

    pair: NDArray[np.int64]  # (M,) row of the pair table
    kind: NDArray[np.int64]  # (M,) number into CONFLICT_KINDS
    gap: NDArray[np.float64]  # (M,) score of i minus score of j, in points of the reported scale
    relation: NDArray[np.int8]  # (M,) 1 i wins, -1 j wins, 0 tie


def conflict_rows(evidence: Evidence, scores: MethodScores, aggregation: Aggregation, tolerance: float) -> ConflictRows:
    """All conflicts of one score method with one aggregation at a tolerance."""
    relation = evidence.relation(aggregation, tolerance)
    found = score_conflicts(evidence.score_sign(scores, tolerance), relation)
    gap = scores.scores[evidence.table.i] - scores.scores[evidence.table.j]
    rows = np.flatnonzero(found.conflict)
    rows = rows[np.lexsort((rows, -np.abs(gap[rows])))]
    kind = np.where(found.reversal[rows], 0, np.where(found.score_tie[rows], 1, 2))
    return ConflictRows(rows, kind, gap[rows], relation[rows])


@dataclass(frozen=True, eq=False)
class ChainRows:
    """M inconsistent triples, the firmest (largest smallest lead) first. Members are response numbers i<j<k."""

    question: NDArray[np.int64]  # (M,)
    members: NDArray[np.int64]  # (M, 3)
    kind: NDArray[np.int64]  # (M,) number into inconsistencies.KINDS
    strength: NDArray[np.float64]  # (M,) smallest lead of the three relations
    complete: bool  # False when there are more than MOST_LISTED

    def only(self, rows: NDArray[np.integer] | slice) -> ChainRows:
        """Some of the rows, in that order."""
        return ChainRows(self.question[rows], self.members[rows], self.kind[rows], self.strength[rows], self.complete)


def chain_rows(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> ChainRows:
    """All inconsistent triples of a run."""
    relation = evidence.relation(aggregation, tolerance)
    lead = evidence.preference(aggregation).lead
    table, index = evidence.table, evidence.index
    key = table.i * len(index.response_ids) + table.j
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []
    listed = 0
    complete = True
    for block in relation_blocks(index, table, relation):
        members = np.stack(triple_members(block.relations.shape[1]), axis=1)
        for question, matrix in zip(block.questions, block.relations, strict=True):
            if not (matrix != 0).any():
                continue
            flags = triple_flags(matrix[None])[0][0] & 7
            where = np.flatnonzero(flags)
            if listed + len(where) > MOST_LISTED:
                complete = False
                break
            listed += len(where)
            kind = np.log2(flags[where]).astype(np.int64)
            found.append((np.full(len(where), question), members[where] + index.offsets[question], kind))
    if not found:
        nothing = np.zeros(0, np.int64)
        return ChainRows(nothing, np.zeros((0, 3), np.int64), nothing, np.zeros(0), complete)
    questions, responses, kinds = (np.concatenate(part) for part in zip(*found, strict=True))
    pairs = ((0, 1), (1, 2), (0, 2))
    leads = np.stack(
        [lead[np.searchsorted(key, responses[:, a] * len(index.response_ids) + responses[:, b])] for a, b in pairs],
        axis=1,
    )
    strength = leads.min(axis=1)
    order = np.lexsort((responses[:, 2], responses[:, 1], responses[:, 0], kinds, -strength))
    return ChainRows(questions[order], responses[order], kinds[order], strength[order], complete)


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
    said = names[links[0].winner]
    end = links[0].winner
    for link in links:
        step = f" {'=' if link.tie else '>'} {names[link.loser]}"
        said += step if link.winner == end else f", {names[link.winner]}{step}"
        end = link.loser
    return said


def flip_rows(evidence: Evidence) -> NDArray[np.int64]:
    """Rows of the pair table in which the two shown orders name different winners, the surest first, (M,).

    A flip is as sure as its less sure order: the smaller of the two orders' gaps between the
    probabilities of i and j; without probabilities all are equally sure and keep their order.
    """
    rows = np.flatnonzero(position(evidence.table).hard_flip)
    probs = evidence.table.probs[rows]
    gap = np.abs(probs[:, :, 0] - probs[:, :, 1]).min(axis=1) if len(rows) else np.zeros(0)
    found: NDArray[np.int64] = rows[np.argsort(-np.nan_to_num(gap), kind="stable")]
    return found
