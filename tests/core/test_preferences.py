"""Both shown orders become one preference per pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.small_runs import both_orders, pair, run_of
from trustjudge_core.preferences import PairTable, available, pair_table, preferences
from trustjudge_core.records import UNKNOWN, PairJudgment, Shown
from trustjudge_core.settings import AGGREGATIONS, Aggregation, Mode

SWAP: dict[Shown, Shown] = {"first": "second", "second": "first", "tie": "tie"}


def table_of(pairs: list[PairJudgment], responses: str = "abc") -> PairTable:
    """The pair table of one question."""
    run = run_of({"q": responses}, pairs=pairs)
    return pair_table(run.pairs, run.index.question_of)


Masses = tuple[float, float, float]
masses = st.tuples(*[st.floats(0.001, 0.3)] * 3)
modes = st.sampled_from(["corrected", "paper", "reference"])
shown = st.sampled_from(["first", "second", "tie"])


def test_table_brings_both_orders_to_the_response_that_appeared_first() -> None:
    table = table_of([pair("c", "a", "first", (0.7, 0.2, 0.1)), pair("a", "c", "first", (0.5, 0.3, 0.2))])
    assert (table.i.tolist(), table.j.tolist(), table.question.tolist()) == ([0], [2], [0])
    # c was shown first and won, so the judgment with j first is a loss of i.
    assert table.verdict.tolist() == [[1, -1]]
    assert table.probs[0].tolist() == [[0.5, 0.3, 0.2], [0.2, 0.7, 0.1]]
    assert table.row.tolist() == [[1, 0]]
    assert table.both_orders


def test_rows_of_the_table_are_sorted_whatever_the_order_of_judgments() -> None:
    judged = [*both_orders("b", "c", "first"), *both_orders("a", "c", "tie"), *both_orders("b", "a", "first")]
    table = table_of(judged)
    assert list(zip(table.i.tolist(), table.j.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2)]
    assert table.verdict.tolist() == [[-1, -1], [0, 0], [1, 1]]


def test_failed_judgments_are_counted_as_asked_and_nothing_else() -> None:
    table = table_of([pair("a", "b", failure="no verdict"), pair("b", "a", "tie")])
    assert table.judgments.tolist() == [[1, 1]]
    assert table.usable.tolist() == [[0, 1]]
    assert table.verdict.tolist() == [[UNKNOWN, 0]]
    assert table.both_orders  # it was asked in both orders, though one answer is no use
    assert not preferences(table, "baseline", "corrected").known.any()


def test_repeated_judgments_average_probabilities_and_take_the_most_frequent_verdict() -> None:
    table = table_of(
        [
            pair("a", "b", "first", (0.6, 0.2, 0.2), perplexity=2.0),
            pair("a", "b", "first", (0.8, 0.2, 0.0), perplexity=4.0),
            pair("a", "b", "second"),
        ]
    )
    assert table.judgments.tolist() == [[3, 0]]
    assert table.verdict[0].tolist() == [1, UNKNOWN]
    assert table.probs[0, 0] == pytest.approx([0.7, 0.2, 0.1])
    assert table.perplexity[0, 0] == pytest.approx(3.0)


def test_repeated_verdicts_without_a_majority_are_a_tie() -> None:
    assert table_of([pair("a", "b", "first"), pair("a", "b", "second")]).verdict[0, 0] == 0


def test_probabilities_without_a_verdict_say_what_greedy_decoding_would() -> None:
    table = table_of([pair("a", "b", None, (0.1, 0.5, 0.2)), pair("b", "a", None, (0.4, 0.4, 0.2))])
    assert table.verdict.tolist() == [[-1, 0]]  # no single largest is a tie


# By hand. Order 1: raw (0.4, 0.2, 0.2), mass 0.8 -> (1/2, 1/4, 1/4). Order 2 by shown position
# (0.1, 0.3, 0.0), mass 0.4, b first -> a 3/4, b 1/4, tie 0.
# Corrected: a (1/2 + 3/4)/2 = 5/8, b 1/4, tie 1/8: lead 3/8.
# Paper, raw masses: a 0.4 + 0.3 = 0.7, b 0.2 + 0.1 = 0.3, tie 0.2: lead 0.4. Reference: the same, lead halved, 0.2.
@pytest.mark.parametrize(
    ("mode", "probs", "lead"),
    [
        ("corrected", (5 / 8, 1 / 4, 1 / 8), 3 / 8),
        ("paper", (0.7, 0.3, 0.2), 0.4),
        ("reference", (0.7, 0.3, 0.2), 0.2),
    ],
)
def test_likelihood_of_each_mode_by_hand(mode: Mode, probs: tuple[float, ...], lead: float) -> None:
    table = table_of([pair("a", "b", "first", (0.4, 0.2, 0.2)), pair("b", "a", "second", (0.1, 0.3, 0.0))])
    found = preferences(table, "likelihood", mode)
    assert found.probs[0] == pytest.approx(probs)
    assert found.lead == pytest.approx([lead])
    assert found.choice.tolist() == [1]


# Leaked mass decides the raw sums but not the renormalised averages: raw a 0.5 + 0.1, b 0.3 + 0.4 (b ahead);
# renormalised a 0.625 and 0.2, b 0.375 and 0.8: b 0.5875; the other way with order 2 at (0.02, 0.08):
# raw a 0.3 + 0.08 = 0.38 < b 0.5 + 0.02; renormalised a (0.375 + 0.8)/2 = 0.5875 > b 0.4125.
def test_renormalising_each_order_can_change_the_winner() -> None:
    table = table_of([pair("a", "b", "second", (0.3, 0.5, 0.0)), pair("b", "a", "second", (0.02, 0.08, 0.0))])
    assert preferences(table, "likelihood", "corrected").choice.tolist() == [1]
    assert preferences(table, "likelihood", "paper").choice.tolist() == [-1]
    assert preferences(table, "likelihood", "reference").choice.tolist() == [-1]


# One label seen, the published code raises here: only A in both orders means the first shown won twice: a draw.
def test_a_single_label_is_that_label_and_an_exact_draw_a_tie() -> None:
    only_a = [pair("a", "b", "first", (0.9, 0.0, 0.0)), pair("b", "a", "second", (0.0, 0.8, 0.0))]
    assert preferences(table_of(only_a), "likelihood", "reference").choice.tolist() == [1]
    flip = [pair("a", "b", "first", (0.9, 0.0, 0.0)), pair("b", "a", "first", (0.9, 0.0, 0.0))]
    assert preferences(table_of(flip), "likelihood", "reference").choice.tolist() == [0]


@pytest.mark.parametrize(
    ("first", "swapped", "choice", "probs"),
    [
        ("first", "second", 1, (1.0, 0.0, 0.0)),
        ("second", "first", -1, (0.0, 1.0, 0.0)),
        ("tie", "tie", 0, (0.0, 0.0, 1.0)),
        ("first", "first", 0, (0.5, 0.5, 0.0)),
        ("first", "tie", 0, (0.5, 0.0, 0.5)),
    ],
)
def test_verdicts_decide_if_both_orders_agree_else_tie(
    first: Shown, swapped: Shown, choice: int, probs: tuple[float, ...]
) -> None:
    found = preferences(table_of([pair("a", "b", first), pair("b", "a", swapped)]), "baseline", "corrected")
    assert found.choice.tolist() == [choice]
    assert found.probs[0] == pytest.approx(probs)


@pytest.mark.parametrize(("p1", "p2", "choice"), [(2.0, 3.0, 1), (3.0, 2.0, -1)])
def test_lower_perplexity_decides_by_its_own_verdict(p1: float, p2: float, choice: int) -> None:
    judged = [pair("a", "b", "first", perplexity=p1), pair("b", "a", "first", perplexity=p2)]
    found = preferences(table_of(judged), "ppl", "corrected")
    assert found.choice.tolist() == [choice]
    assert found.lead == pytest.approx([1.0])
    assert np.isnan(found.probs).all()


def test_one_order_is_enough_where_the_judge_was_asked_in_one_only() -> None:
    table = table_of([pair("a", "b", "first", (0.6, 0.2, 0.0)), pair("c", "b", "first", (0.5, 0.1, 0.4))])
    assert not table.both_orders
    assert preferences(table, "baseline", "corrected").choice.tolist() == [1, -1]
    found = preferences(table, "likelihood", "corrected")
    assert found.probs.tolist() == [pytest.approx([0.75, 0.25, 0.0]), pytest.approx([0.1, 0.5, 0.4])]
    assert not preferences(table, "ppl", "corrected").known.any()


def test_one_order_is_not_enough_where_the_judge_was_asked_in_both() -> None:
    table = table_of([*both_orders("a", "b", "first"), pair("a", "c", "first")])
    assert preferences(table, "baseline", "corrected").choice.tolist() == [1, UNKNOWN]


def test_opposite_verdicts_of_unknown_order_are_a_tie_not_whoever_is_named_first() -> None:
    judged = [pair("a", "b", "first", order_known=False), pair("b", "a", "first", order_known=False)]
    table = table_of(judged)
    assert not table.both_orders
    found = preferences(table, "baseline", "corrected")
    assert found.choice.tolist() == [0]
    assert found.probs[0] == pytest.approx([0.5, 0.5, 0.0])


def test_probabilities_without_any_mass_are_unknown_when_renormalised() -> None:
    judged = [pair("a", "b", "tie", (0.0, 0.0, 0.0)), pair("b", "a", "tie", (0.1, 0.2, 0.3))]
    found = preferences(table_of(judged), "likelihood", "corrected")
    assert found.choice.tolist() == [UNKNOWN]
    assert np.isnan(found.probs).all()
    assert np.isnan(found.lead).all()


def test_no_judgments_are_no_preferences() -> None:
    table = table_of([])
    assert len(table) == 0
    assert not table.both_orders
    assert available(table, "corrected") == {}
    for aggregation in AGGREGATIONS:
        assert preferences(table, aggregation, "corrected").choice.shape == (0,)


def test_aggregations_that_few_pairs_support_are_left_out() -> None:
    flips = [p for a, b in ("ab", "ac", "bc") for p in both_orders(a, b, "first")]
    assert list(available(table_of(flips), "corrected")) == ["baseline"]
    with_probs = [pair(p.first, p.second, p.verdict, (0.4, 0.3, 0.2)) for p in flips]
    assert list(available(table_of(with_probs), "corrected")) == ["baseline", "likelihood"]
    # One of three pairs with probabilities is fewer than half.
    assert list(available(table_of([*with_probs[:2], *flips[2:]]), "corrected")) == ["baseline"]


@given(
    masses, masses, shown, shown, st.sampled_from(AGGREGATIONS), st.sampled_from(["corrected", "paper", "reference"])
)
def test_naming_the_pair_the_other_way_mirrors_its_preference(
    one: Masses,
    two: Masses,
    said: Shown,
    said_swapped: Shown,
    aggregation: Aggregation,
    mode: Mode,
) -> None:
    """Renaming a to b and b to a swaps i and j in every preference and leaves ties and leads alone."""

    def judged(a: str, b: str) -> list[PairJudgment]:
        return [pair(a, b, said, one, perplexity=2.0), pair(b, a, said_swapped, two, perplexity=3.0)]

    plain = preferences(table_of(judged("a", "b")), aggregation, mode)
    turned = preferences(table_of(judged("b", "a")), aggregation, mode)
    assert turned.probs[0, [1, 0, 2]] == pytest.approx(plain.probs[0], nan_ok=True)
    assert turned.lead == pytest.approx(plain.lead)
    if plain.lead[0] > 1e-12:  # a lead that is zero on paper may round either way; relations() makes it a tie
        assert turned.choice.tolist() == (-plain.choice).tolist()


@given(masses, shown)
def test_a_judge_that_only_looks_at_position_never_prefers_anyone(one: Masses, said: Shown) -> None:
    table = table_of([pair("a", "b", said, one), pair("b", "a", said, one)])
    found = preferences(table, "likelihood", "corrected")
    assert found.probs[0, 0] == pytest.approx(found.probs[0, 1])
    assert preferences(table, "baseline", "corrected").choice.tolist() == [0]


@given(st.lists(st.tuples(masses, masses), min_size=3, max_size=3))
def test_corrected_preferences_sum_to_one(
    rows: list[tuple[Masses, Masses]],
) -> None:
    judged = []
    for (a, b), (one, two) in zip(("ab", "ac", "bc"), rows, strict=True):
        judged += [pair(a, b, "first", one), pair(b, a, "first", two)]
    assert preferences(table_of(judged), "likelihood", "corrected").probs.sum(axis=1) == pytest.approx([1.0] * 3)
