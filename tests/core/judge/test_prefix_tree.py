"""Rows of a prefix tree: every sequence comes back from them, and nothing is in them twice."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trustjudge_core.judge.prefix_tree import NOTHING, RECOMPUTED, Row, plant

SEQUENCES = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=12), min_size=1, max_size=12)


def tokens_of(row: Row) -> list[int]:
    """The whole sequence that ends in a row."""
    pieces = [row.tokens.tolist()]
    for earlier, size in row.before():
        pieces.append(earlier.tokens[:size].tolist())
    return [token for piece in reversed(pieces) for token in piece]


@given(SEQUENCES, st.booleans())
def test_every_sequence_comes_back_from_its_row(sequences: list[list[int]], share: bool) -> None:
    forest = plant([np.array(ids) for ids in sequences], share)
    rows = {row.index: row for root in forest.roots for row in root.below()}
    assert {index: tokens_of(row) for index, row in rows.items()} == dict(enumerate(sequences))
    assert all(len(row.tokens) > 0 for row in rows.values())


@given(SEQUENCES)
def test_distinct_prefixes_are_counted_once(sequences: list[list[int]]) -> None:
    prefixes = {tuple(ids[:size]) for ids in sequences for size in range(1, len(ids) + 1)}
    assert plant([np.array(ids) for ids in sequences]).distinct == len(prefixes)


@given(SEQUENCES)
def test_rows_hold_the_distinct_prefixes_and_last_tokens_of_their_own(sequences: list[list[int]]) -> None:
    forest = plant([np.array(ids) for ids in sequences])
    computed = sum(len(row.tokens) for root in forest.roots for row in root.below())
    ends_inside = sum(
        any(
            other[: len(ids)] == ids and (len(other) > len(ids) or place < number)
            for place, other in enumerate(sequences)
        )
        for number, ids in enumerate(sequences)
    )
    assert forest.distinct <= computed <= forest.distinct + ends_inside


def test_a_short_shared_beginning_is_computed_twice_when_that_saves_a_round() -> None:
    size = 1 + round(1 / RECOMPUTED)
    trunk = [1] * 200
    # the last two share one token more than the trunk, so the last would have to wait for the one before
    sequences = [trunk + [0] * size, trunk + [2, 3] + [3] * size, trunk + [2, 4] + [4] * size]
    (root,) = plant([np.array(ids) for ids in sequences]).roots
    assert [row.start for row in root.forks] == [200, 200]
    (root,) = plant([np.array(ids[:-5]) for ids in sequences]).roots  # too short: one token is more than the share
    assert [row.start for row in root.below()] == [0, 200, 201]


@given(SEQUENCES, st.integers(1, 5))
def test_long_rows_come_in_pieces(sequences: list[list[int]], longest: int) -> None:
    forest = plant([np.array(ids) for ids in sequences], longest=longest)
    rows = [row for root in forest.roots for row in root.below()]
    assert max(len(row.tokens) for row in rows) <= longest
    ends = {row.index: tokens_of(row) for row in rows if row.index != NOTHING}
    assert ends == dict(enumerate(sequences))


def test_a_tournament_needs_three_rounds() -> None:
    rng = np.random.default_rng(0)
    trunk, responses = rng.integers(0, 99, 50), rng.integers(0, 99, (6, 40))
    pairs = [np.concatenate([trunk, responses[a], responses[b]]) for a in range(6) for b in range(6) if a != b]
    rows, rounds = plant(pairs).roots, 0
    while rows:
        rows, rounds = [fork for row in rows for fork in row.forks], rounds + 1
    assert rounds == 3
