"""Who moved when people's verdicts came in, and which of them moved whom, for somebody who has read nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from pages._bar import View
from pages._figures import go, picked
from pages._ids import joined
from pages._words import counted, percent, plain
from trustjudge_core.leaderboard import Leaderboard
from trustjudge_core.moves import Move
from trustjudge_core.ranking import Ranking
from trustjudge_core.relations import relation_words
from trustjudge_core.services.corrected_ranking import Corrected

MOST_MOVES = 30
MOST_PAIRS = 100
MOST_NAMED = 4


def rank_range(ranking: Ranking, n: int) -> str:
    """`5 to 7`, or one rank where resampled questions leave no doubt; empty where there is none."""
    if ranking.rank_low is None or ranking.rank_high is None:
        return ""
    low, high = int(ranking.rank_low[n]), int(ranking.rank_high[n])
    return f"{low}" if low == high else f"{low} to {high}"


def show_moves(
    view: View,
    corrected: Corrected,
    moves: Sequence[Move],
    before: Leaderboard,
    after: Leaderboard,
    names: Sequence[str],
) -> None:
    """A line for each that moved, the furthest first; what moved it stands in it."""
    st.markdown("**Who moved, and why**")
    if not moves:
        st.caption("Nobody changed rank: what people decided agrees with this order.")
    for move in moves[:MOST_MOVES]:
        way = "up" if move.rank_after < move.rank_before else "down"
        pairs = counted(len(move.effects), "decided pair")
        label = (
            f"{plain(names[move.entry])}: {way} from {move.rank_before} to {move.rank_after}, "
            + ("because" if move.whole else "partly because")
            + f" of {pairs}"
        )
        place = st.expander(label, key=f"move_{view.run.run_id}_{move.entry}", on_change="rerun")
        if place.open:
            with place:
                _explain_move(corrected, move, before, after, names)
    if len(moves) > MOST_MOVES:
        st.caption(f"The {MOST_MOVES} furthest of {len(moves):,} moves are listed.")


def _explain_move(
    corrected: Corrected, move: Move, before: Leaderboard, after: Leaderboard, names: Sequence[str]
) -> None:
    first, *others = _in_words(move, after, names)
    st.text(first)
    _records(move, before, after, names)
    for sentence in others:
        st.text(sentence)
    if not move.effects:
        return
    cases = [effect.case for effect in move.effects[:MOST_PAIRS]]
    people = corrected.people_on(cases)
    table, index = corrected.ground.cases.table, corrected.ground.cases.index
    rows = []
    for effect in move.effects[:MOST_PAIRS]:
        question, *ends = (int(column[effect.case]) for column in (table.question, table.i, table.j))
        local = index.names(question)
        i, j = (local[end - int(index.offsets[question])] for end in ends)
        rows.append(
            {"question": index.question_ids[question], "the judge said": relation_words(i, j, effect.before),
             "people say": relation_words(i, j, effect.after), "decided by": ", ".join(people[effect.case]),
             "points towards the move": effect.points}
        )  # fmt: skip
    points = st.column_config.NumberColumn(
        format="%.2f",
        help="A win is 1 point, a tie 1/2. What this one gains and what those it overtakes lose add up, once for each "
        "that it overtakes: a lost comparison with the overtaken one that people turn into a win is 2.",
    )
    row = picked(pd.DataFrame(rows), f"why_{move.entry}", column_config={"points towards the move": points})
    st.caption(
        "Choose a row to read both texts and what the judge said."
        + (f" The {MOST_PAIRS} that weigh most of {len(move.effects):,}." if len(move.effects) > MOST_PAIRS else "")
    )
    if row is not None:
        case = cases[row]
        ids = (index.response_ids[int(table.i[case])], index.response_ids[int(table.j[case])])
        go("preferences", question=index.question_ids[int(table.question[case])], pair=joined(ids))


def _records(move: Move, before: Leaderboard, after: Leaderboard, names: Sequence[str]) -> None:
    """How often it won, by the judge and with the verdicts: against those it changed places with and everybody."""
    opponents = [(names[n], np.array([n])) for n in move.passed[:MOST_NAMED]]
    everybody = np.delete(np.arange(len(names)), move.entry)
    rows = [
        {
            "against": name,
            "by the judge alone": _record(before, move.entry, others),
            "with the verdicts": _record(after, move.entry, others),
        }
        for name, others in [*opponents, ("everybody", everybody)]
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def _record(board: Leaderboard, entry: int, others: NDArray[np.int64]) -> str:
    """`55.0 % of points · 40 won, 8 tied, 32 lost`; a tie is half a point."""
    won, tied, lost = (
        float(part.sum()) for part in (board.wins[entry, others], board.ties[entry, others], board.wins[others, entry])
    )
    if not won + tied + lost:
        return "not compared"
    share = percent((won + tied / 2) / (won + tied + lost))
    return f"{share} of points · {won:,.0f} won, {tied:,.0f} tied, {lost:,.0f} lost"


def _in_words(move: Move, after: Leaderboard, names: Sequence[str]) -> Iterator[str]:
    """Why it moved, for somebody who has read nothing else on the page."""
    name, upwards = names[move.entry], move.rank_after < move.rank_before
    level = [n for n in move.passed if after.ranking.rank[n] == move.rank_after]
    passed = [n for n in move.passed if n not in level]
    parts = [f"{'past' if upwards else 'behind'} {_listed(passed, names)}"] if passed else []
    parts += [f"level with {_listed(level, names)}"] if level else []
    yield f"{name} went {'up' if upwards else 'down'} from {move.rank_before} to {move.rank_after}" + (
        f", {' and '.join(parts)}." if parts else "."
    )
    if move.effects:
        gave, took = (name, _listed(move.passed, names)) if upwards else (_listed(move.passed, names), name)
        these = "this pair" if len(move.effects) == 1 else f"these {len(move.effects):,} pairs"
        yield f"On {these} people saw {gave} better, or {took} worse, than the judge did."
    if move.whole:
        back = "again" if move.without == move.rank_before else f"(by the judge alone: {move.rank_before})"
        yield f"Without {'it' if len(move.effects) == 1 else 'them'} {name} would be at {move.without} {back}."
    else:
        yield (
            f"Without them it would stand at {move.without}: they explain a part, the rest came by way of pairs among "
            "the others."
        )
    sure = rank_range(after.ranking, move.entry)
    if " to " in sure:
        yield f"How sure: with other questions of this kind it would stand at {sure} (95 % interval)."


def _listed(entries: Sequence[int], names: Sequence[str]) -> str:
    """The first few by name and how many more."""
    shown = [names[n] for n in entries[:MOST_NAMED]]
    more = len(entries) - len(shown)
    return ", ".join(shown) + (f" and {more:,} {'other' if more == 1 else 'others'}" if more else "")
