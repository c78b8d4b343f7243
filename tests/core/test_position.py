"""What a swap of the shown order changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.small_runs import both_orders, pair, run_of
from trustjudge_core.position import Position, position
from trustjudge_core.preferences import pair_table
from trustjudge_core.records import PairJudgment, Shown

SAID: tuple[Shown, ...] = ("first", "second", "tie")


def position_of(pairs: list[PairJudgment]) -> Position:
    """Position behaviour of the pairs of one question with responses a, b, c."""
    run = run_of({"q": "abc"}, pairs=pairs)
    return position(pair_table(run.pairs, run.index.question_of))


# (said with a first, said with b first) -> what it is. Points for a by order: first 1, tie 0, second -1 with a
# first; the other way round with b first. Better when shown first = favours the first place.
BEHAVIOUR: dict[tuple[Shown, Shown], set[str]] = {
    ("first", "second"): {"consistent"},
    ("second", "first"): {"consistent"},
    ("tie", "tie"): {"consistent"},
    ("first", "first"): {"first_favouring", "hard_flip"},
    ("second", "second"): {"second_favouring", "hard_flip"},
    ("first", "tie"): {"first_favouring"},
    ("tie", "first"): {"first_favouring"},
    ("second", "tie"): {"second_favouring"},
    ("tie", "second"): {"second_favouring"},
}


@pytest.mark.parametrize(("said", "behaviour"), BEHAVIOUR.items())
@pytest.mark.parametrize("named", ["ab", "ba"])
def test_all_nine_behaviours_of_a_pair_whichever_response_comes_first_in_the_set(
    said: tuple[Shown, Shown], behaviour: set[str], named: str
) -> None:
    one, other = named
    found = position_of([pair(one, other, said[0]), pair(other, one, said[1])])
    names = ("consistent", "first_favouring", "second_favouring", "hard_flip")
    assert {name for name in names if getattr(found, name)[0]} == behaviour
    assert found.ties_said.tolist() == [said.count("tie")]


def test_tie_rate_counts_verdicts_of_both_orders() -> None:
    judged = [*both_orders("a", "b", "tie"), pair("a", "c", "first"), pair("c", "a", "tie")]
    assert position_of(judged).tie_rate == 3 / 4


def test_pairs_with_one_verdict_missing_are_left_out() -> None:
    judged = [pair("a", "b", "first"), pair("b", "a", failure="unparsed"), *both_orders("b", "c", "first")]
    found = position_of(judged)
    assert found.known.tolist() == [False, True]
    assert found.consistent.tolist() == [False, True]


@pytest.mark.parametrize(
    "judged",
    [
        [],
        [pair("a", "b", "first"), pair("a", "c", "tie")],
        [pair("a", "b", "first", order_known=False), pair("b", "a", "first", order_known=False)],
        [pair("a", "b", failure="x"), pair("b", "a", failure="x")],
    ],
    ids=["nothing", "one order only", "order not kept", "all failed"],
)
def test_without_both_orders_there_is_not_enough_data_rather_than_zero(judged: list[PairJudgment]) -> None:
    found = position_of(judged)
    assert not found.known.any()
    assert not found.first_favouring.any()
    assert np.isnan(found.tie_rate)


def test_pairs_whose_order_nobody_kept_are_left_out_and_counted() -> None:
    judged = [
        *both_orders("a", "b", "first"),
        pair("a", "c", "first", order_known=False),
        pair("c", "a", "first", order_known=False),
        *both_orders("b", "c", "tie"),
        pair("b", "c", "first", order_known=False),
    ]
    found = position_of(judged)  # pairs a-b, a-c, b-c
    assert found.known.tolist() == [True, False, False]
    assert found.order_unknown.tolist() == [False, True, True]
    assert not found.first_favouring[1:].any()


@given(st.lists(st.sampled_from(SAID), min_size=6, max_size=6))
def test_swapping_what_was_shown_first_mirrors_who_is_favoured(said: list[Shown]) -> None:
    orders = ("ab", "ba", "ac", "ca", "bc", "cb")
    plain = position_of([pair(a, b, s) for (a, b), s in zip(orders, said, strict=True)])
    turned: dict[Shown, Shown] = {"first": "second", "second": "first", "tie": "tie"}
    other = position_of([pair(b, a, turned[s]) for (a, b), s in zip(orders, said, strict=True)])
    assert plain.first_favouring.tolist() == other.second_favouring.tolist()
    assert plain.consistent.tolist() == other.consistent.tolist()
    assert plain.hard_flip.tolist() == other.hard_flip.tolist()
    split = plain.consistent.astype(int) + plain.first_favouring + plain.second_favouring
    assert split.tolist() == plain.known.astype(int).tolist()
