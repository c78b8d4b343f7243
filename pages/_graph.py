"""The preference graph of a question, with one chain standing out and every edge a door to its pair."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from pages._bar import View, asked, remember
from pages._contradictions import chains_in
from pages._ids import joined, named
from pages._words import plain
from trustjudge_core.contradictions import apart, chain_words
from trustjudge_core.cycles import Chain, chain_of
from trustjudge_core.figures.inconsistencies import graph_layout, graph_text, preference_graph
from trustjudge_core.inconsistencies import KIND_IN_WORDS, KINDS, triple_flags
from trustjudge_core.position import position
from trustjudge_core.ranking import copeland, win_counts
from trustjudge_core.structure import margin_matrix, question_relations

MOST_SHOWN = 24
"""Longer names are shortened on buttons."""

MOST_DRAWN = 24
"""With more responses than this a graph can no longer be read."""


def show_graph(view: View) -> tuple[str, str] | None:
    """Draw the graph and the steps of the chain; returns the ids of the chosen pair."""
    assert view.question is not None
    index = view.evidence.index
    start, stop = int(index.offsets[view.question]), int(index.offsets[view.question + 1])
    ids, names = index.response_ids[start:stop], index.names(view.question)
    relations = question_relations(view.evidence, view.aggregation, view.tolerance, view.question)
    margins = margin_matrix(view.evidence, view.aggregation, view.question)
    chain = _chain_in_view(view, ids, relations, margins)
    links = chain.links if chain else ()
    chosen = _chosen_pair(ids, chain)
    rank = copeland(*win_counts(relations)).rank
    order = sorted(range(len(ids)), key=lambda n: (rank[n] == 0, rank[n], n))
    drawn = _drawn(order, [*(link.winner for link in links), *(link.loser for link in links), *(chosen or ())])
    place = {local: n for n, local in enumerate(drawn)}
    chain_drawn = [replace(link, winner=place[link.winner], loser=place[link.loser]) for link in links]
    square, in_order = np.ix_(drawn, drawn), range(len(drawn))
    called = [names[local] for local in drawn]
    layout = graph_layout(relations[square], in_order, chain_drawn)
    words = graph_text(called, chain_drawn, layout)
    figure = preference_graph(
        called,
        relations[square],
        margins[square],
        in_order,
        chain_drawn,
        (place[chosen[0]], place[chosen[1]]) if chosen else None,
        _flips(view, start, stop)[square],
        view.theme,
        [int(rank[local]) for local in drawn],
    )
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
        clicked = joined((ids[drawn[int(a)]], ids[drawn[int(b)]])) if kind == "edge" else None
        if clicked and clicked != asked("pair"):
            remember(pair=clicked)
            st.rerun()
    if chain:
        _steps(ids, names, chain, chosen)
    if len(drawn) < len(ids):
        st.caption(f"{len(drawn)} of {len(ids):,} responses are drawn: the chosen ones and the best.")
    st.caption(
        "Best on top. Arrows point from winner to loser, dashed lines are ties, a diamond marks a winner that changes "
        "with the shown order. Orange arrows run up, against the order; thick lines are the chosen chain, blue the "
        "chosen pair. Click the mark on a line to open the pair."
    )
    with st.expander("The graph in words"):
        st.text(words)
    return (ids[chosen[0]], ids[chosen[1]]) if chosen else None


def _drawn(order: list[int], needed: list[int]) -> list[int]:
    """Responses to draw, best first: all of them, or of very many the needed ones and the best."""
    kept = set(needed)
    for local in order:
        if len(kept) >= MOST_DRAWN:
            break
        kept.add(local)
    return [local for local in order if local in kept]


def _chain_in_view(view: View, ids: tuple[str, ...], relations: np.ndarray, margins: np.ndarray) -> Chain | None:
    """The chain that the address names, or the firmest of the question; None when there is none."""
    value = asked("chain")
    if value is not None:
        members = named(value, ids, 3)
        if members:
            a, b, c = sorted(ids.index(name) for name in members)
            flag = int(triple_flags(relations[np.ix_([a, b, c], [a, b, c])][None])[0][0, 0]) & 7
            if flag:
                return chain_of((a, b, c), KINDS[flag.bit_length() - 1], relations, margins)
            st.info("The three chosen responses do not contradict each other under these choices.")
            return None
        st.warning(plain(f"Chain {value[:80]!r} in the address does not exist in this question."))
        remember(chain=None)
    if asked("pair"):
        return None
    rows = chains_in(view)
    here = np.flatnonzero(rows.question == view.question)
    if not here.size:
        return None
    a, b, c = (int(r - view.evidence.index.offsets[view.question]) for r in rows.members[here[0]])
    remember(chain=joined((ids[a], ids[b], ids[c])))
    return chain_of((a, b, c), KINDS[int(rows.kind[here[0]])], relations, margins)


def _chosen_pair(ids: tuple[str, ...], chain: Chain | None) -> tuple[int, int] | None:
    """The pair that the address names, else the first link of the chain."""
    value = asked("pair")
    if value is not None:
        members = named(value, ids, 2)
        if members:
            return ids.index(members[0]), ids.index(members[1])
        st.warning(plain(f"Pair {value[:80]!r} in the address does not exist in this question."))
        remember(pair=None)
    return (chain.links[0].winner, chain.links[0].loser) if chain else None


def _flips(view: View, start: int, stop: int) -> np.ndarray:
    """Pairs of the question whose winner changes with the shown order, (n, n)."""
    table = view.evidence.table
    here = slice(*np.searchsorted(table.question, [view.question, (view.question or 0) + 1]))
    found = position(table).hard_flip[here]
    flips = np.zeros((stop - start, stop - start), np.bool_)
    i, j = table.i[here][found] - start, table.j[here][found] - start
    flips[i, j] = flips[j, i] = True
    return flips


def _short(name: str) -> str:
    return name if len(name) <= MOST_SHOWN else name[: MOST_SHOWN - 1] + "…"


def _steps(ids: tuple[str, ...], names: tuple[str, ...], chain: Chain, chosen: tuple[int, int] | None) -> None:
    """A button for every link of the chain; the arrow keys walk along it."""
    places = [n for n, link in enumerate(chain.links) if chosen and {link.winner, link.loser} == set(chosen)]
    here = places[0] if places else None
    count = len(chain.links)

    def go(place: int) -> None:
        link = chain.links[place % count]
        remember(pair=joined((ids[link.winner], ids[link.loser])))

    st.text(f"{KIND_IN_WORDS[chain.kind].capitalize()}: {chain_words(chain.links, names)}")
    with st.container(horizontal=True, vertical_alignment="center"):
        before, after = (-1, 0) if here is None else (here - 1, here + 1)
        st.button("Previous link", key="back", shortcut="Left", on_click=go, args=(before,))
        st.button("Next link", key="ahead", shortcut="Right", on_click=go, args=(after,))
        for place, link in enumerate(chain.links):
            sign = "=" if link.tie else ">"
            weakest = " (weakest)" if place == chain.weakest else ""
            winner, loser = (plain(apart(_short(names[side]))) for side in (link.winner, link.loser))
            st.button(
                f"{winner} {sign} {loser} · {link.margin:z.2f}{weakest}",
                key=f"link_{place}",
                type="primary" if place == here else "secondary",
                on_click=go,
                args=(place,),
            )
