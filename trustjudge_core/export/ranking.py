"""Rankings as rows of a table; the numbers are those of `audit --json`."""

from __future__ import annotations

from collections.abc import Iterator

from trustjudge_core.evidence import Evidence
from trustjudge_core.export.tables import TableRow
from trustjudge_core.leaderboard import leaderboards
from trustjudge_core.settings import Aggregation


def ranking_rows(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> Iterator[TableRow]:
    """A row for every system and every response of a question, by every method, best first.

    ``rank`` is None where the comparisons cannot say; ``contradicted_pairs`` counts
    the entry's pairs whose own comparison disagrees with the order.
    """
    for board in leaderboards(evidence, aggregation, tolerance):
        ranking = board.ranking
        against = [0] * len(board.names)
        for winner, loser in ranking.contradicted:
            against[winner] += 1
            against[loser] += 1
        for n in board.order:
            yield {
                "scope": board.scope,
                "question": board.question,
                "method": ranking.method,
                "rank": int(ranking.rank[n]) or None,
                "id": board.names[n],
                "strength": float(ranking.strength[n]),
                "low": float(ranking.low[n]),
                "high": float(ranking.high[n]),
                "rank_low": None if ranking.rank_low is None else int(ranking.rank_low[n]) or None,
                "rank_high": None if ranking.rank_high is None else int(ranking.rank_high[n]) or None,
                "contradicted_pairs": against[n],
            }


def contradicted_rows(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> Iterator[TableRow]:
    """A row for every pair whose own comparison disagrees with a ranking."""
    for board in leaderboards(evidence, aggregation, tolerance):
        for winner, loser in board.ranking.contradicted:
            yield {
                "scope": board.scope,
                "question": board.question,
                "method": board.ranking.method,
                "winner": board.names[winner],
                "loser": board.names[loser],
            }
