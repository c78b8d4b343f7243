"""Replays: what is counted, that nothing is peeked at, and the bars for planted judges and real people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.core.small_runs import both_orders, run_of
from trustjudge_core.cases import Cases, cases_of
from trustjudge_core.evidence import Evidence
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.records import UNKNOWN, Shown
from trustjudge_core.review import POLICIES, Policy
from trustjudge_core.review_gain import count_inconsistent
from trustjudge_core.simulation import simulate

CYCLE: tuple[tuple[str, str, Shown], ...] = (("a", "b", "first"), ("b", "c", "first"), ("a", "c", "second"))


def _of_cycle(*, systems: bool = True) -> Cases:
    pairs = [p for first, second, verdict in CYCLE for p in both_orders(first, second, verdict)]
    run = run_of({"q": "abc"}, pairs=pairs, systems=None if systems else {})
    return cases_of(Evidence(run, "corrected"), "baseline", 0.0)


def _planted(seed: int, questions: int = 40, responses: int = 8) -> tuple[Cases, NDArray[np.int8]]:
    planted = planted_run(
        Dials(noise=0.7, position_bias=0.8, tie=0.5), questions=questions, responses=responses, seed=seed
    )
    cases = cases_of(Evidence(planted.run, "corrected"), "baseline", 0.0)
    skills = planted.skills
    return cases, np.sign(skills[cases.table.i] - skills[cases.table.j]).astype(np.int8)


# Judge: a > b > c > a. People: a > b > c and a > c, so the third verdict at the latest ends the cycle.
@pytest.mark.parametrize("systems", [True, False])
def test_a_cycle_by_hand(systems: bool) -> None:
    answers = np.array([1, 1, 1], np.int8)  # ab, ac, bc
    found = simulate(_of_cycle(systems=systems), answers, "gain")
    left = [step.inconsistent_triples for step in found.steps]
    assert (left[0], left[-1]) == (1, 0)
    assert [step.spent for step in found.steps] == [0, 1, 2, 3]
    # All equal by Copeland and by strength: no tau. In the end both rankings are a, b, c.
    assert np.isnan(found.steps[0].kendall_tau)
    assert found.steps[-1].kendall_tau == 1.0


def test_only_answered_cases_are_asked_and_the_budget_is_kept() -> None:
    answers = np.array([1, UNKNOWN, 1], np.int8)
    found = simulate(_of_cycle(), answers, "random", seed=3)
    assert (found.answers, len(found.steps), found.steps[-1].inconsistent_triples) == (2, 3, 1)
    assert len(simulate(_of_cycle(), answers, "random", budget=1).steps) == 2
    assert len(simulate(_of_cycle(), answers, "gain", budget=0).steps) == 1


@settings(max_examples=10)
@given(st.integers(0, 10**6), st.sampled_from(POLICIES))
def test_what_is_left_after_all_verdicts_is_what_people_contradict_themselves(seed: int, policy: Policy) -> None:
    cases, _ = _planted(1, questions=2, responses=4)
    answers = np.random.default_rng(seed).integers(-1, 2, len(cases)).astype(np.int8)
    found = simulate(cases, answers, policy, seed=seed)
    assert found.steps[0].inconsistent_triples == count_inconsistent(cases, cases.relation)
    assert found.steps[-1].inconsistent_triples == count_inconsistent(cases, answers)


@pytest.mark.parametrize("policy", POLICIES)
def test_answers_not_asked_for_change_nothing(policy: Policy) -> None:
    cases, truth = _planted(2, questions=5, responses=5)
    found = simulate(cases, truth, policy, budget=12, seed=4)
    lies = -truth
    lies[list(found.asked)] = truth[list(found.asked)]
    again = simulate(cases, lies, policy, budget=12, seed=4)
    assert len(set(found.asked)) == 12
    assert again.asked == found.asked
    assert [s.inconsistent_triples for s in again.steps] == [s.inconsistent_triples for s in found.steps]


def test_on_planted_judges_gain_halves_contradictions_with_a_quarter_of_what_random_needs() -> None:
    cases, truth = _planted(1)
    half = count_inconsistent(cases, cases.relation) / 2
    gain = simulate(cases, truth, "gain", budget=100).spent_until(half)
    drawn = simulate(cases, truth, "random", budget=400).spent_until(half)
    assert gain is not None
    assert gain <= (400 if drawn is None else drawn) / 4


def test_without_systems_tau_is_the_mean_over_questions() -> None:
    cases, truth = _planted(3, questions=3, responses=5)
    alone = replace(cases, index=replace(cases.index, systems=(None,) * len(cases.index.systems)))
    found = simulate(alone, truth, "gain")
    assert found.steps[-1].kendall_tau == pytest.approx(1.0)
    assert found.steps[0].kendall_tau < 1.0
