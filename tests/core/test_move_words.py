"""Why somebody moved, in sentences and counts written out by hand."""

from __future__ import annotations

import numpy as np

from trustjudge_core.move_words import move_records, move_sentences
from trustjudge_core.moves import Effect, Move

NAMES = ("ada", "bob", "cyd", "dan", "eve", "fay", "gus")


def _move(before: int, after: int, passed: tuple[int, ...], effects: int = 2, whole: bool = True) -> Move:
    return Move(0, before, after, passed, tuple(Effect(n, -1, 1, 2.0) for n in range(effects)), before, whole)


def test_who_went_up_says_past_whom_by_what_and_where_it_would_be_without() -> None:
    assert list(move_sentences(_move(3, 2, (1,)), np.array([2, 3]), NAMES)) == [
        "ada went up from 3 to 2, past bob.",
        "On these 2 pairs people saw ada better, or bob worse, than the judge did.",
        "Without them ada would be at 3 again.",
    ]


def test_who_went_down_to_share_a_rank_says_so_and_one_pair_is_it() -> None:
    first, second, third = move_sentences(_move(1, 2, (1,), effects=1), np.array([2, 2]), NAMES)
    assert first == "ada went down from 1 to 2, level with bob."
    assert second == "On this pair people saw bob better, or ada worse, than the judge did."
    assert third == "Without it ada would be at 1 again."


def test_of_many_four_are_named_and_the_rest_counted() -> None:
    rank = np.array([1, 2, 3, 4, 5, 6, 7])
    first = next(move_sentences(_move(6, 1, (1, 2, 3, 4, 5)), rank, NAMES))
    assert first == "ada went up from 6 to 1, past bob, cyd, dan, eve and 1 other."
    first = next(move_sentences(_move(7, 1, (1, 2, 3, 4, 5, 6)), rank, NAMES))
    assert first.endswith("eve and 2 others.")


def test_what_the_verdicts_explain_in_part_is_said() -> None:
    *_, last = move_sentences(_move(3, 2, (1,), whole=False), np.array([2, 3]), NAMES)
    assert "they explain a part" in last


# ada against bob: 3 won, 2 tied, 5 lost is 4 of 10 points; with cyd, whom she never met, and dan 1 won: 5 of 11.
def test_records_count_wins_ties_and_losses_before_and_after() -> None:
    wins, ties = np.zeros((2, 4, 4))
    wins[0, 1], wins[1, 0], ties[0, 1], ties[1, 0], wins[0, 3] = 3, 5, 2, 2, 1
    after = wins.copy()
    after[0, 1], after[1, 0] = 8, 0
    found = move_records(_move(3, 2, (1, 2)), (wins, ties), (after, ties), NAMES[:4])
    assert found == [
        ("bob", "40.0 % of points · 3 won, 2 tied, 5 lost", "90.0 % of points · 8 won, 2 tied, 0 lost"),
        ("cyd", "not compared", "not compared"),
        ("everybody", "45.5 % of points · 4 won, 2 tied, 5 lost", "90.9 % of points · 9 won, 2 tied, 0 lost"),
    ]
