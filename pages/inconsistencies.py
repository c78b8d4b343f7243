"""Inconsistencies: where exactly, and what the judge said there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages._bar import View, asked, bar, remember
from pages._pair import show_pair
from pages._session import engine
from pages._texts import shown_text
from pages._words import plain
from trustjudge_core.audit import margin_matrix, question_relations
from trustjudge_core.contradictions import CONFLICT_IN_WORDS, CONFLICT_KINDS, chain_rows, conflict_rows
from trustjudge_core.cycles import Link, chain_of
from trustjudge_core.evidence import NO_CATEGORY
from trustjudge_core.figures.inconsistencies import graph_layout, graph_text, preference_graph
from trustjudge_core.inconsistencies import KIND_IN_WORDS, KINDS, triple_flags
from trustjudge_core.position import position
from trustjudge_core.ranking import copeland, win_counts
from trustjudge_core.services.read_question import read_question

PAGE = 50
SEPARATOR = "~"
OFFERED = {
    "all": "all triples",
    "strict_cycle": "strict cycles",
    "broken_chain": "broken chains",
    "contradicted_tie": "contradicted ties",
    "conflicts": "all conflicts",
    "reversal": "reversals",
    "score_tie": "only the scores tie",
    "comparison_tie": "only the comparison ties",
}


def _list(view: View) -> None:
    """The list of contradictions; choosing a row puts it into the view."""
    kind = asked("kind") or "all"
    if kind not in OFFERED:
        st.warning(f"Kind {kind[:40]!r} in the address does not exist; allowed: {', '.join(OFFERED)}.")
        kind = "all"
    st.session_state["kind"] = kind

    def changed() -> None:
        remember(kind=st.session_state["kind"])

    st.selectbox("Show", list(OFFERED), format_func=OFFERED.__getitem__, key="kind", on_change=changed)
    if kind in ("conflicts", *CONFLICT_KINDS):
        _conflicts(view, kind)
    else:
        _triples(view, kind)


def _paged(total: int, key: str, unit: str) -> slice:
    """Which rows of a long list are shown."""
    pages = max(1, -(-total // PAGE))
    page = st.pagination(pages, key=f"{key}_{pages}") if pages > 1 else 1
    st.caption(f"{total:,} {unit}" + (f", {PAGE} at a time, the firmest first" if pages > 1 else ""))
    return slice((page - 1) * PAGE, page * PAGE)


def _triples(view: View, kind: str) -> None:
    rows = chain_rows(view.evidence, view.aggregation, view.tolerance)
    chosen = np.arange(len(rows.kind)) if kind == "all" else np.flatnonzero(rows.kind == KINDS.index(kind))
    if not chosen.size:
        st.success("No such triple: here the judge's comparisons add up.", icon=":material/check:")
        return
    window = chosen[_paged(len(chosen), f"triples_{kind}", "inconsistent triples")]
    index = view.evidence.index
    table = pd.DataFrame(
        {
            "question": [index.question_ids[q] for q in rows.question[window]],
            "kind": [KIND_IN_WORDS[KINDS[k]] for k in rows.kind[window]],
            "smallest margin": rows.strength[window],
            "responses": [", ".join(_named(view, r) for r in members) for members in rows.members[window]],
            "category": [index.categories[q] or NO_CATEGORY for q in rows.question[window]],
        }
    )
    picked = _picked(table, f"triples_{kind}_{window[0]}")
    if picked is not None:
        row = window[picked]
        chain = SEPARATOR.join(index.response_ids[r] for r in rows.members[row])
        _open(view, int(rows.question[row]), chain=chain, pair=None)
    if not rows.complete:
        st.caption("There are more than are listed; the counts on the Overview are complete.")


def _conflicts(view: View, kind: str) -> None:
    scores = view.evidence.default_scores
    if scores is None:
        st.info("This run has no scores to set against its comparisons.")
        return
    rows = conflict_rows(view.evidence, scores, view.aggregation, view.tolerance)
    chosen = np.arange(len(rows.kind))
    if kind != "conflicts":
        chosen = np.flatnonzero(rows.kind == CONFLICT_KINDS.index(kind))
    if not chosen.size:
        st.success("No such conflict: here scores and comparisons agree.", icon=":material/check:")
        return
    window = chosen[_paged(len(chosen), f"conflicts_{kind}", "conflicts")]
    index, table = view.evidence.index, view.evidence.table
    pairs = rows.pair[window]
    shown = pd.DataFrame(
        {
            "question": [index.question_ids[q] for q in table.question[pairs]],
            "kind": [CONFLICT_IN_WORDS[CONFLICT_KINDS[k]] for k in rows.kind[window]],
            "score gap (A − B)": rows.gap[window],
            "comparison": [{1: "A wins", -1: "B wins", 0: "tie"}[int(r)] for r in rows.relation[window]],
            "A": [_named(view, r) for r in table.i[pairs]],
            "B": [_named(view, r) for r in table.j[pairs]],
        }
    )
    picked = _picked(shown, f"conflicts_{kind}_{window[0]}")
    if picked is not None:
        pair = int(pairs[picked])
        ids = SEPARATOR.join(index.response_ids[r] for r in (table.i[pair], table.j[pair]))
        _open(view, int(table.question[pair]), chain=None, pair=ids)


def _named(view: View, response: int) -> str:
    """What a response is called beside the others of its question."""
    index = view.evidence.index
    question = int(view.evidence.question_of[response])
    return index.names(question)[response - int(index.offsets[question])]


def _picked(table: pd.DataFrame, key: str) -> int | None:
    """The row that was just clicked; None while the choice has not changed."""
    event = st.dataframe(
        table,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        column_config={
            "smallest margin": st.column_config.NumberColumn(format="%.2f"),
            "score gap (A − B)": st.column_config.NumberColumn(format="%.2f"),
        },
    )
    rows = event["selection"]["rows"]
    picked = (key, rows[0]) if rows else None
    if picked is None or st.session_state.get("picked") == picked:
        return None
    st.session_state["picked"] = picked
    return int(rows[0])


def _open(view: View, question: int, *, chain: str | None, pair: str | None) -> None:
    remember(question=view.evidence.index.question_ids[question], chain=chain, pair=pair)
    st.rerun()


def _chain_in_view(view: View, ids: tuple[str, ...], relations: np.ndarray, margins: np.ndarray) -> tuple[Link, ...]:
    """The chain that the address names, or the firmest of the question; empty when there is none."""
    value = asked("chain")
    if value is not None:
        named = value.split(SEPARATOR)
        if len(named) == 3 and all(name in ids for name in named) and len(set(named)) == 3:
            a, b, c = sorted(ids.index(name) for name in named)
            flag = int(triple_flags(relations[np.ix_([a, b, c], [a, b, c])][None])[0][0, 0]) & 7
            if flag:
                kind = KINDS[flag.bit_length() - 1]
                return chain_of((a, b, c), kind, relations, margins).links
            st.info("The chosen three responses do not contradict each other under these choices.")
            return ()
        st.warning(f"Chain {value[:80]!r} in the address does not exist in this question; showing the firmest one.")
        remember(chain=None)
    if asked("pair"):
        return ()
    rows = chain_rows(view.evidence, view.aggregation, view.tolerance)
    here = np.flatnonzero(rows.question == view.question)
    if not here.size:
        return ()
    start = view.evidence.index.offsets[view.question]
    a, b, c = (int(r - start) for r in rows.members[here[0]])
    return chain_of((a, b, c), KINDS[int(rows.kind[here[0]])], relations, margins).links


def _flips(view: View, n: int) -> np.ndarray:
    """Pairs of the question whose winner changes with the shown order, (n, n)."""
    table, start = view.evidence.table, view.evidence.index.offsets[view.question]
    found = position(table).hard_flip & (table.question == view.question)
    flips = np.zeros((n, n), np.bool_)
    i, j = table.i[found] - start, table.j[found] - start
    flips[i, j] = flips[j, i] = True
    return flips


def _graph(view: View) -> tuple[str, str] | None:
    """The preference graph and the steps of the chain; returns the chosen pair."""
    assert view.question is not None
    index = view.evidence.index
    ids = index.response_ids[int(index.offsets[view.question]) : int(index.offsets[view.question + 1])]
    relations = question_relations(view.evidence, view.aggregation, view.tolerance, view.question)
    margins = margin_matrix(view.evidence, view.aggregation, view.question)
    links = _chain_in_view(view, ids, relations, margins)
    rank = copeland(*win_counts(relations)).rank
    order = sorted(range(len(ids)), key=lambda n: (rank[n] == 0, rank[n], n))
    chosen = _chosen_pair(ids, links)
    flips = _flips(view, len(ids))
    names = index.names(view.question)
    words = graph_text(names, links, graph_layout(relations, order, links))
    figure = preference_graph(names, relations, margins, order, links, chosen, flips, view.theme)
    event = st.plotly_chart(
        figure,
        key=f"graph_{view.run.run_id}_{view.question}_{asked('chain')}_{asked('pair')}",
        on_select="rerun",
        selection_mode="points",
        config={"displayModeBar": False},
        theme=None,
        alt=words,
    )
    for point in event["selection"]["points"]:
        kind, a, b = point.get("customdata") or ("", -1, -1)
        clicked = SEPARATOR.join((ids[int(a)], ids[int(b)])) if kind == "edge" else None
        if clicked and clicked != asked("pair"):
            remember(pair=clicked)
            st.rerun()
    st.caption(
        "Best on top. Arrows point from winner to loser, dashed lines are ties, diamonds change their winner with "
        "the shown order, thick lines are the chosen chain. Click the mark in the middle of a line to open the pair."
    )
    with st.expander("The graph in words"):
        st.text(words)
    _steps(ids, names, links, chosen)
    return (ids[chosen[0]], ids[chosen[1]]) if chosen else None


def _chosen_pair(ids: tuple[str, ...], links: tuple[Link, ...]) -> tuple[int, int] | None:
    value = asked("pair")
    if value is not None:
        named = value.split(SEPARATOR)
        if len(named) == 2 and named[0] != named[1] and all(name in ids for name in named):
            return ids.index(named[0]), ids.index(named[1])
        st.warning(f"Pair {value[:80]!r} in the address does not exist in this question.")
        remember(pair=None)
    return (links[0].winner, links[0].loser) if links else None


def _steps(
    ids: tuple[str, ...], names: tuple[str, ...], links: tuple[Link, ...], chosen: tuple[int, int] | None
) -> None:
    """Buttons for every link of the chain; the arrow keys walk along it."""
    if not links:
        return
    here = next((n for n, link in enumerate(links) if chosen and {link.winner, link.loser} == set(chosen)), 0)
    count = len(links)

    def go(place: int) -> None:
        link = links[place % count]
        remember(pair=SEPARATOR.join((ids[link.winner], ids[link.loser])))

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "",
            icon=":material/arrow_back:",
            key="back",
            help="Previous link",
            shortcut="Left",
            on_click=go,
            args=(here - 1,),
        )
        for place, link in enumerate(links):
            sign = "=" if link.tie else ">"
            weak = " (weakest)" if link.margin == min(found.margin for found in links) else ""
            st.button(
                f"{plain(names[link.winner][:24])} {sign} {plain(names[link.loser][:24])} · {link.margin:.2f}{weak}",
                key=f"link_{place}",
                type="primary" if place == here else "secondary",
                on_click=go,
                args=(place,),
            )
        st.button(
            "",
            icon=":material/arrow_forward:",
            key="ahead",
            help="Next link",
            shortcut="Right",
            on_click=go,
            args=(here + 1,),
        )


def _start_at_the_firmest(view: View) -> None:
    """Somebody who names no question is shown the firmest contradiction of the run."""
    if asked("question") is None:
        rows = chain_rows(view.evidence, view.aggregation, view.tolerance)
        if rows.question.size and int(rows.question[0]) != view.question:
            remember(question=view.evidence.index.question_ids[int(rows.question[0])])
            st.rerun()


st.title("Inconsistencies")
view = bar(question=True)
if not len(view.evidence.table):
    st.info("This run has no comparisons, so there is nothing that could contradict itself.")
    st.stop()
_start_at_the_firmest(view)
with st.expander("Question"):
    shown_text(read_question(engine(), view.run.run_id, view.question_id).text, "question")
left, right = st.columns([2, 3])
with left:
    _list(view)
with right:
    pair = _graph(view)
if pair is None:
    st.info("Choose a row of the list, or a line of the graph, to see both responses and both orders.")
else:
    st.subheader("The evidence", anchor=False)
    show_pair(view, *pair)
