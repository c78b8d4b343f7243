"""Two judges of the same three questions, written out so that every difference can be counted by hand.

Gold scores say a > b > c everywhere. Categories: q1 and q2 are X, q3 is Y.
First: q1 in order; q2 a > b > c > a, a cycle; q3 a > b, b > c, and its answers about a and c failed.
Second: q1 in order, but b and c change with the order (first shown wins), so they tie; q2 in order;
q3 b > a, b > c, a > c.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tests.core.small_runs import both_orders, decided, pair, run_of, score
from trustjudge_core.records import PairJudgment, RunJudgments

QUESTIONS = {"q1": "abc", "q2": "abc", "q3": "abc"}
CATEGORIES = {"q1": "X", "q2": "X", "q3": "Y"}


def order(question: str, ranked: str) -> list[PairJudgment]:
    """Both orders of every pair, each won by the one that stands earlier."""
    places = [(a, b) for n, a in enumerate(ranked) for b in ranked[n + 1 :]]
    return [judged for a, b in places for judged in both_orders(a, b, "first", question=question)]


def _run(pairs: Sequence[PairJudgment], scores: dict[str, tuple[int, int, int]], name: str) -> RunJudgments:
    run = run_of(
        QUESTIONS,
        categories=CATEGORIES,
        pairs=pairs,
        scores=[score(r, s, question=q) for q, row in scores.items() for r, s in zip("abc", row, strict=True)],
        verdicts=[decided("a", "b", "first", question=q) for q in QUESTIONS],
    )
    return replace(run, judge=name, index=replace(run.index, gold=np.array([3.0, 2.0, 1.0] * 3)))


def first_judge() -> RunJudgments:
    """A cycle in q2 and a missing pair in q3; scores 5, 4, 3 everywhere."""
    return _run(
        [
            *order("q1", "abc"),
            *both_orders("a", "b", "first", question="q2"),
            *both_orders("b", "c", "first", question="q2"),
            *both_orders("c", "a", "first", question="q2"),
            *both_orders("a", "b", "first", question="q3"),
            *both_orders("b", "c", "first", question="q3"),
            pair("a", "c", failure="unparsed", question="q3"),
            pair("c", "a", failure="unparsed", question="q3"),
        ],
        {"q1": (5, 4, 3), "q2": (5, 4, 3), "q3": (5, 4, 3)},
        "first judge",
    )


def second_judge() -> RunJudgments:
    """A changed verdict and a tie in q1, order in q2, another winner in q3; scores one point lower in q1."""
    return _run(
        [
            *both_orders("a", "b", "first", question="q1"),
            *both_orders("a", "c", "first", question="q1"),
            pair("b", "c", "first", question="q1"),
            pair("c", "b", "first", question="q1"),
            *order("q2", "abc"),
            *order("q3", "bac"),
        ],
        {"q1": (4, 3, 2), "q2": (5, 4, 3), "q3": (5, 4, 3)},
        "second judge",
    )
