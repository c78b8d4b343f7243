"""Why somebody moved in a corrected ranking, in plain sentences and counts, for a page and a report alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.moves import Move
from trustjudge_core.ranking import Ranking

MOST_NAMED: Final = 4
"""Entries that somebody changed places with which are called by name."""

Tally = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Wins and symmetric ties between n entries, (n, n) each."""


def rank_range(ranking: Ranking, n: int) -> str:
    """`5 to 7`, or one rank where resampled questions leave no doubt; empty where there is none."""
    if ranking.rank_low is None or ranking.rank_high is None:
        return ""
    low, high = int(ranking.rank_low[n]), int(ranking.rank_high[n])
    if not low:
        return ""
    return f"{low}" if low == high else f"{low} to {high}"


def move_sentences(move: Move, rank_after: NDArray[np.int64], names: Sequence[str]) -> Iterator[str]:
    """Where it went and past whom, what people decided that moved it, and where it would be without that."""
    name, upwards = names[move.entry], move.rank_after < move.rank_before
    level = [n for n in move.passed if rank_after[n] == move.rank_after]
    passed = [n for n in move.passed if n not in level]
    parts = [f"{'past' if upwards else 'behind'} {_listed(passed, names)}"] if passed else []
    parts += [f"level with {_listed(level, names)}"] if level else []
    yield f"{name} went {'up' if upwards else 'down'} from {move.rank_before} to {move.rank_after}" + (
        f", {' and '.join(parts)}." if parts else "."
    )
    if move.effects:
        better, worse = (name, _listed(move.passed, names)) if upwards else (_listed(move.passed, names), name)
        these = "this pair" if len(move.effects) == 1 else f"these {len(move.effects):,} pairs"
        yield f"On {these} people saw {better} better, or {worse} worse, than the judge did."
    if move.whole:
        back = "again" if move.without == move.rank_before else f"(by the judge alone: {move.rank_before})"
        them = "it" if len(move.effects) == 1 else "them"
        yield f"Without {them} {name} would be at {move.without} {back}."
    else:
        yield (
            f"Without them it would stand at {move.without}: they explain a part, the rest came by way of pairs among "
            "the others."
        )


def move_records(move: Move, before: Tally, after: Tally, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Against whom, by the judge alone, with the verdicts: those it changed places with, then everybody."""
    opponents = [(names[n], np.array([n])) for n in move.passed[:MOST_NAMED]]
    opponents.append(("everybody", np.delete(np.arange(len(names)), move.entry)))
    return [
        (name, _record(before, move.entry, others), _record(after, move.entry, others)) for name, others in opponents
    ]


def _record(tally: Tally, entry: int, others: NDArray[np.int64]) -> str:
    """`60.0 % of points · 40 won, 16 tied, 24 lost`; a tie is half a point."""
    wins, ties = tally
    won, tied, lost = (float(part.sum()) for part in (wins[entry, others], ties[entry, others], wins[others, entry]))
    if not won + tied + lost:
        return "not compared"
    share = 100.0 * (won + tied / 2.0) / (won + tied + lost)
    return f"{share:z.1f} % of points · {won:,.0f} won, {tied:,.0f} tied, {lost:,.0f} lost"


def _listed(entries: Sequence[int], names: Sequence[str]) -> str:
    """The first few by name and how many more."""
    shown = [names[n] for n in entries[:MOST_NAMED]]
    more = len(entries) - len(shown)
    return ", ".join(shown) + (f" and {more:,} {'other' if more == 1 else 'others'}" if more else "")
