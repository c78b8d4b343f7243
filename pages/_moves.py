"""Who moved when people's verdicts came in, and which of them moved whom, for somebody who has read nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages._bar import View
from pages._figures import go, picked
from pages._ids import joined
from pages._words import counted, plain
from trustjudge_core.leaderboard import Leaderboard
from trustjudge_core.move_words import move_records, move_sentences, rank_range
from trustjudge_core.moves import Move
from trustjudge_core.relations import relation_words
from trustjudge_core.services.corrected_ranking import Corrected

MOST_MOVES = 30
MOST_PAIRS = 100


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
    first, *others = move_sentences(move, after.ranking.rank, names)
    st.text(first)
    records = move_records(move, (before.wins, before.ties), (after.wins, after.ties), names)
    st.dataframe(pd.DataFrame(records, columns=["against", "by the judge alone", "with the verdicts"]), hide_index=True)
    for sentence in others:
        st.text(sentence)
    sure = rank_range(after.ranking, move.entry)
    if " to " in sure:
        st.text(f"How sure: with other questions of this kind it would stand at {sure} (95 % interval).")
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
