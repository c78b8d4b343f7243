"""The list of contradictions: triples, conflicts and flips, filtered by kind, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View, asked, remember
from pages._contradiction_filters import (
    ANY_CAUSE,
    OF_ORDER,
    OF_SCORES,
    OFFERED,
    choose_kind,
    chosen_cause,
    chosen_kind,
    scores_offered,
)
from pages._figures import picked
from pages._ids import joined
from trustjudge_core.causes import CAUSE_IN_WORDS, CAUSES
from trustjudge_core.contradictions import (
    CONFLICT_IN_WORDS,
    CONFLICT_KINDS,
    ChainRows,
    ConflictRows,
    chain_rows,
    chain_words,
    chains_of,
    conflict_rows,
    favouring_rows,
    flip_rows,
)
from trustjudge_core.evidence import NO_CATEGORY
from trustjudge_core.gate import default_comparison
from trustjudge_core.inconsistencies import KIND_IN_WORDS, KINDS

PAGE = 50
OUTCOMES = {1: "A wins", -1: "B wins", 0: "tie"}


@dataclass(frozen=True)
class Listed:
    """Everything of one kind: how much there is, and what a page of it shows and opens."""

    total: int
    noun: str
    order: str
    rows: Any  # places of the kind in its source, an array

    def page(self, number: int) -> Any:
        """The places on that page, from 1."""
        return self.rows[(number - 1) * PAGE : number * PAGE]


@st.cache_resource(max_entries=16, show_spinner="Listing the triples")
def _chains(key: tuple[object, ...], _view: View) -> ChainRows:
    return chain_rows(_view.evidence, _view.aggregation, _view.tolerance)


@st.cache_resource(max_entries=16, show_spinner="Listing the conflicts")
def _conflicts_by(key: tuple[object, ...], scores_by: str | None, _view: View) -> ConflictRows | None:
    scores = scores_offered(_view).get(scores_by or "", _view.evidence.default_scores)
    found = default_comparison(_view.audit)
    if scores is None or found is None:
        return None
    return conflict_rows(_view.evidence, scores, found.aggregation, _view.tolerance)


@st.cache_resource(max_entries=16, show_spinner="Listing the pairs")
def _of_order(key: tuple[object, ...], kind: str, _view: View) -> np.ndarray:
    return flip_rows(_view.evidence) if kind == "flips" else favouring_rows(_view.evidence, kind)


def _conflicts(view: View) -> ConflictRows | None:
    return _conflicts_by(view.key, asked("scores"), view)


def chains_in(view: View) -> ChainRows:
    """All inconsistent triples under the choices of the bar, the firmest first."""
    return _chains(view.key, view)


def _of_cause(causes: np.ndarray) -> np.ndarray:
    """Which rows have the chosen cause."""
    cause = chosen_cause()
    return np.ones(len(causes), np.bool_) if cause == ANY_CAUSE else causes == CAUSES.index(cause)  # type: ignore[arg-type]


def _listed(view: View, kind: str) -> Listed:
    if kind in OF_ORDER:
        rows = _of_order(view.key, kind, view)
        first = "the surest flip first" if kind == "flips" else "the largest shift first"
        return Listed(len(rows), "pairs", first, rows)
    if kind in OF_SCORES:
        conflicts = _conflicts(view)
        if conflicts is None:
            return Listed(0, "conflicts", "", np.zeros(0, np.int64))
        wanted = conflicts.kind >= 0 if kind == "conflicts" else conflicts.kind == CONFLICT_KINDS.index(kind)
        wanted &= _of_cause(conflicts.cause)
        return Listed(int(wanted.sum()), "conflicts", "the largest score gap first", np.flatnonzero(wanted))
    chains = chains_in(view)
    wanted = chains.kind >= 0 if kind == "all" else chains.kind == KINDS.index(kind)
    wanted &= _of_cause(chains.cause)
    return Listed(int(wanted.sum()), "triples", "the firmest first", np.flatnonzero(wanted))


def _name(view: View, response: int) -> str:
    """What a response is called beside the others of its question."""
    index, question = view.evidence.index, int(view.evidence.question_of[response])
    return index.names(question)[response - int(index.offsets[question])]


def _pair_columns(view: View, pairs: np.ndarray) -> dict[str, list[str]]:
    table = view.evidence.table
    return {"A": [_name(view, r) for r in table.i[pairs]], "B": [_name(view, r) for r in table.j[pairs]]}


def _table(view: View, kind: str, places: np.ndarray) -> pd.DataFrame:
    """What a page of the list shows."""
    table = view.evidence.table
    if kind in OF_ORDER:
        questions = table.question[places]
        columns: dict[str, Any] = _pair_columns(view, places)
        columns["A shown first"] = [OUTCOMES[int(v)] for v in table.verdict[places, 0]]
        columns["B shown first"] = [OUTCOMES[int(v)] for v in table.verdict[places, 1]]
    elif kind in OF_SCORES:
        found = _conflicts(view)
        assert found is not None
        pairs = found.pair[places]
        questions = table.question[pairs]
        columns = _pair_columns(view, pairs)
        columns["score gap A − B"] = found.gap[places]
        columns["comparison"] = [OUTCOMES[int(r)] for r in found.relation[places]]
        columns["kind"] = [CONFLICT_IN_WORDS[CONFLICT_KINDS[k]] for k in found.kind[places]]
        columns["cause"] = [CAUSE_IN_WORDS[CAUSES[c]] for c in found.cause[places]]
    else:
        rows = chains_in(view).only(places)
        questions = rows.question
        names = {int(r): _name(view, int(r)) for r in np.unique(rows.members)}
        chains = chains_of(view.evidence, view.aggregation, view.tolerance, rows)
        columns = {
            "chain": [chain_words(chain.links, names) for chain in chains],
            "kind": [KIND_IN_WORDS[chain.kind] for chain in chains],
            "cause": [CAUSE_IN_WORDS[CAUSES[c]] for c in rows.cause],
            "weakest margin": rows.strength,
        }
    index = view.evidence.index
    columns["question"] = [index.question_ids[q] for q in questions]
    columns["category"] = [index.categories[q] or NO_CATEGORY for q in questions]
    return pd.DataFrame(columns)


def _open(view: View, kind: str, place: int) -> None:
    """Put one row of the list into the view."""
    index, table = view.evidence.index, view.evidence.table
    if kind in OF_ORDER or kind in OF_SCORES:
        pair = place
        if kind not in OF_ORDER:
            found = _conflicts(view)
            assert found is not None
            pair = int(found.pair[place])
        members, question = [int(table.i[pair]), int(table.j[pair])], int(table.question[pair])
    else:
        rows = chains_in(view)
        members, question = rows.members[place].tolist(), int(rows.question[place])
    ids = joined(index.response_ids[r] for r in members)
    chain, pair_ids = (ids, None) if len(members) == 3 else (None, ids)
    remember(question=index.question_ids[question], chain=chain, pair=pair_ids)
    st.rerun()


def start_at_the_first(view: View) -> None:
    """Who names no question is shown the first contradiction of the chosen kind."""
    if asked("question") is None and asked("chain") is None and asked("pair") is None:
        found = _listed(view, chosen_kind())
        if found.total:
            _open(view, chosen_kind(), int(found.rows[0]))


def show_list(view: View) -> None:
    """Draw the list; choosing a row puts it into the view."""
    kind = choose_kind(view)
    found = _listed(view, kind)
    if not found.total:
        _say_why_there_is_nothing(view, kind)
        return
    pages = -(-found.total // PAGE)
    number = st.pagination(pages, key=f"page_{kind}_{pages}") if pages > 1 else 1
    st.caption(f"{found.total:,} {found.noun}, {found.order}" + (f", {PAGE} at a time" if pages > 1 else ""))
    places = found.page(number)
    numbers = {name: st.column_config.NumberColumn(format="%.2f") for name in ("weakest margin", "score gap A − B")}
    key = f"list_{view.run.run_id}_{kind}_{number}"
    place = picked(_table(view, kind, places), key, column_config=numbers)
    if place is not None:
        _open(view, kind, int(places[place]))
    if found.noun == "triples" and not chains_in(view).complete:
        st.caption("There are more than are listed; the counts on the Overview are complete.")


def _say_why_there_is_nothing(view: View, kind: str) -> None:
    if kind in OF_ORDER and not view.audit.inputs.both_orders:
        st.info("Cannot be measured: every pair was judged in one order only.")
    elif kind in OF_SCORES and _conflicts(view) is None:
        st.info("This run has no scores to set against its comparisons.")
    else:
        why = "" if chosen_cause() == ANY_CAUSE else f" whose cause is {CAUSE_IN_WORDS[chosen_cause()]}"
        st.success(f"There are no {OFFERED[kind].split(':')[0]}{why} under these choices.", icon=":material/check:")
