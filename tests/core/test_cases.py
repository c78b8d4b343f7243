"""Cases: what is known about a pair before anybody is asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.core.small_runs import both_orders, pair, run_of
from trustjudge_core.cases import CHARACTERS_PER_SECOND, DECIDING_SECONDS, cases_of
from trustjudge_core.evidence import Evidence
from trustjudge_core.records import UNKNOWN, RunJudgments


def _with_lengths(run: RunJudgments, *lengths: float) -> Evidence:
    return Evidence(replace(run, index=replace(run.index, lengths=np.array(lengths))), "corrected")


def test_reading_takes_as_long_as_both_texts_and_a_missing_text_takes_none() -> None:
    run = run_of({"q": "abc"}, pairs=[*both_orders("a", "b", "first"), *both_orders("b", "c", "tie")])
    found = cases_of(_with_lengths(run, 238.0, 119.0, np.nan), "baseline", 0.0)
    assert found.seconds == pytest.approx(
        [357 / CHARACTERS_PER_SECOND + DECIDING_SECONDS, 119 / CHARACTERS_PER_SECOND + DECIDING_SECONDS]
    )


# 238 words of six characters are one minute.
def test_a_minute_of_reading_is_238_words() -> None:
    assert pytest.approx(238) == CHARACTERS_PER_SECOND * 60 / 6


def test_shares_are_renormalised_and_thirds_where_the_judge_said_nothing() -> None:
    run = run_of(
        {"q": "abc"},
        pairs=[
            pair("a", "b", probs=(0.6, 0.1, 0.1)),
            pair("b", "a", probs=(0.2, 0.2, 0.4)),
            pair("a", "c", "first"),
            pair("c", "a", failure="refused"),
        ],
    )
    found = cases_of(Evidence(run, "corrected"), "likelihood", 0.0)
    # Orders renormalised then averaged: a (.75 + .25)/2, b (.125 + .25)/2, tie (.125 + .5)/2.
    assert found.shares[0] == pytest.approx([0.1875, 0.3125, 0.5])
    assert found.shares[1] == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    assert found.relation.tolist() == [1, UNKNOWN]


def test_how_the_judge_leans_comes_from_probabilities_also_where_verdicts_decide() -> None:
    pairs = [pair("a", "b", "first", (0.5, 0.3, 0.2)), pair("b", "a", "second", (0.1, 0.8, 0.1))]
    found = cases_of(Evidence(run_of({"q": "ab"}, pairs=pairs), "corrected"), "baseline", 0.0)
    assert found.shares.tolist() == [[0.0, 0.0, 1.0]]
    assert found.leaning[0] == pytest.approx([0.2, 0.15, 0.65])


def test_perplexity_without_probabilities_gives_the_relation_itself() -> None:
    run = run_of({"q": "ab"}, pairs=[pair("a", "b", "first", perplexity=1.2), pair("b", "a", "second", perplexity=1.5)])
    assert cases_of(Evidence(run, "corrected"), "ppl", 0.0).shares.tolist() == [[0.0, 0.0, 1.0]]


def test_blocks_hold_every_case_once_at_its_place() -> None:
    run = run_of(
        {"q": "abc", "r": "ab", "s": "abc"},
        pairs=[
            p for q, (x, y) in (("q", "ac"), ("r", "ab"), ("s", "bc")) for p in both_orders(x, y, "tie", question=q)
        ],
    )
    found = cases_of(Evidence(run, "corrected"), "baseline", 0.0)
    two, three = found.blocks
    assert (two.shape, two.cases.tolist(), two.i.tolist(), two.j.tolist()) == ((1, 2, 2), [1], [0], [1])
    assert (three.shape, three.cases.tolist(), three.question.tolist()) == ((2, 3, 3), [0, 2], [0, 1])
    assert (three.i.tolist(), three.j.tolist()) == ([0, 1], [2, 2])
