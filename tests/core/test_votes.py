"""Verdicts of people counted per pair, against plain dictionaries."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.small_runs import both_orders, decided, run_of
from trustjudge_core.preferences import pair_table
from trustjudge_core.records import UNKNOWN, Shown
from trustjudge_core.votes import count_votes, majority, placed

PAIRS = [("a", "b"), ("b", "a"), ("a", "c"), ("c", "b")]


@given(st.lists(st.tuples(st.sampled_from(PAIRS), st.sampled_from(("first", "second", "tie")), st.sampled_from("xy"))))
def test_votes_are_counted_per_pair_from_the_side_of_the_first_response(
    said: list[tuple[tuple[str, str], Shown, str]],
) -> None:
    run = run_of(
        {"q": "abc"},
        pairs=[*both_orders("a", "b", "first"), *both_orders("a", "c", "first")],
        verdicts=[decided(*pair, verdict, who) for pair, verdict, who in said],
    )
    table = pair_table(run.pairs, run.index.question_of)
    wanted: Counter[tuple[str, str, int]] = Counter()
    for (first, second), verdict, who in said:
        sign = {"first": 1, "tie": 0, "second": -1}[verdict]
        if first < second:
            wanted[first + second, who, sign] += 1
        else:
            wanted[second + first, who, -sign] += 1
    for who in (["x"], ["y"], None):
        found = count_votes(table, run.verdicts, 3, who)
        for row, pair in enumerate(("ab", "ac")):  # nobody asked the judge about b and c
            assert found[row].tolist() == [sum(wanted[pair, w, s] for w in who or "xy") for s in (-1, 0, 1)]
    place, _ = placed(table, run.verdicts, 3)
    assert (place == -1).sum() == sum(set(pair) == {"b", "c"} for pair, _, _ in said)


@pytest.mark.parametrize(
    ("votes", "wanted"),
    [([0, 0, 0], UNKNOWN), ([0, 0, 1], 1), ([2, 1, 0], -1), ([1, 0, 1], 0), ([1, 2, 1], 0), ([1, 1, 1], 0)],
)
def test_the_most_frequent_verdict_stands_and_a_split_is_a_tie(votes: list[int], wanted: int) -> None:
    assert majority(np.array(votes)) == wanted


def test_without_pairs_every_verdict_is_about_something_else() -> None:
    run = run_of({"q": "ab"}, verdicts=[decided("a", "b", "first")])
    place, _ = placed(pair_table(run.pairs, run.index.question_of), run.verdicts, 2)
    assert place.tolist() == [-1]
