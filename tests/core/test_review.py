"""The queue: what is shown first, that it is quick, and that policies say what they do."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.core.small_runs import both_orders, pair, run_of
from trustjudge_core.cases import Cases, cases_of
from trustjudge_core.errors import UsageError
from trustjudge_core.evidence import Evidence
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.records import RunJudgments
from trustjudge_core.review import checked_policy, entropy, review_queue


def _cases(run: RunJudgments) -> Cases:
    return cases_of(Evidence(run, "corrected"), "baseline", 0.0)


def _nobody(cases: Cases) -> NDArray[np.int64]:
    return np.zeros((len(cases), 3), np.int64)


def _everything(cases: Cases) -> NDArray[np.bool_]:
    return np.ones(len(cases), np.bool_)


@pytest.fixture
def two_questions() -> RunJudgments:
    """q: a > b > c but a = c because the order decides; r: a > b > c and a > c."""
    return run_of(
        {"q": "abc", "r": "abc"},
        pairs=[
            *both_orders("a", "b", "first", question="q"),
            *both_orders("b", "c", "first", question="q"),
            pair("a", "c", "first", question="q"),
            pair("c", "a", "first", question="q"),
            *both_orders("a", "b", "first", question="r"),
            *both_orders("b", "c", "first", question="r"),
            *both_orders("a", "c", "first", question="r"),
        ],
    )


def test_the_flip_that_breaks_a_chain_comes_first(two_questions: RunJudgments) -> None:
    cases = _cases(two_questions)
    queue = review_queue(cases, _nobody(cases), _everything(cases))
    assert (queue.order[0], queue.inconsistent) == (1, 1)  # the pairs of q are ab, ac, bc
    assert queue.gain.triples[1] > 0.5
    assert queue.gain.present.tolist() == [1, 1, 1, 0, 0, 0]


def test_after_its_verdict_the_contradiction_is_gone(two_questions: RunJudgments) -> None:
    cases = _cases(two_questions)
    votes, open_cases = _nobody(cases), _everything(cases)
    votes[1, 2] = 1
    open_cases[1] = False
    queue = review_queue(cases, votes, open_cases)
    assert queue.inconsistent == 0
    assert sorted(queue.order.tolist()) == [0, 2, 3, 4, 5]


def test_gain_is_per_minute_so_that_of_two_equal_cases_the_shorter_is_first(two_questions: RunJudgments) -> None:
    pairs = two_questions.pairs
    same = replace(pairs, verdict=np.concatenate([pairs.verdict[:6], pairs.verdict[:6]]))  # r like q
    lengths = np.array([900.0, 900, 900, 300, 300, 300])
    run = replace(two_questions, pairs=same, index=replace(two_questions.index, lengths=lengths))
    cases = _cases(run)
    assert review_queue(cases, _nobody(cases), _everything(cases)).order[0] == 4
    assert cases.seconds[4] < cases.seconds[1]
    per_verdict = review_queue(cases, _nobody(cases), _everything(cases), per="verdict")
    assert per_verdict.gain.total[1] == pytest.approx(per_verdict.gain.total[4])


def test_uncertainty_asks_where_the_judge_is_least_sure(two_questions: RunJudgments) -> None:
    cases = _cases(two_questions)
    queue = review_queue(cases, _nobody(cases), _everything(cases), "uncertainty")
    assert queue.order[0] == 1  # the only pair whose orders differ
    assert entropy(cases.shares)[1] == pytest.approx(np.log(2))


def test_random_draws_what_takes_part_in_a_contradiction_first_and_the_seed_decides() -> None:
    planted = planted_run(Dials(noise=1.0, position_bias=1.0, tie=0.5), questions=5, responses=6, seed=2)
    cases = _cases(planted.run)
    queue = review_queue(cases, _nobody(cases), _everything(cases), "random", seed=1)
    taking_part = int((queue.gain.present > 0).sum())
    assert 0 < taking_part < len(cases)
    assert (queue.gain.present[queue.order[:taking_part]] > 0).all()
    again = review_queue(cases, _nobody(cases), _everything(cases), "random", seed=1)
    other = review_queue(cases, _nobody(cases), _everything(cases), "random", seed=2)
    assert queue.order.tolist() == again.order.tolist() != other.order.tolist()


def test_only_open_cases_are_queued_and_none_is_lost() -> None:
    planted = planted_run(Dials(noise=1.0, tie=0.5), questions=4, responses=5, seed=2)
    cases = _cases(planted.run)
    open_cases = np.random.default_rng(0).random(len(cases)) < 0.5
    for policy in ("gain", "uncertainty", "random"):
        queue = review_queue(cases, _nobody(cases), open_cases, checked_policy(policy))
        assert sorted(queue.order.tolist()) == np.flatnonzero(open_cases).tolist()


def test_an_empty_queue_is_no_error(two_questions: RunJudgments) -> None:
    cases = _cases(two_questions)
    assert len(review_queue(cases, _nobody(cases), ~_everything(cases)).order) == 0
    nothing = _cases(run_of({"q": "ab"}))
    assert len(review_queue(nothing, _nobody(nothing), _everything(nothing)).order) == 0


def test_a_policy_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="'best' does not exist; allowed: gain, uncertainty, random"):
        checked_policy("best")


# The bar is 300 ms of the whole way on a calm machine; half of that in processor time is the queue's share.
def test_the_queue_of_200_questions_with_20_responses_is_made_anew_in_time() -> None:
    planted = planted_run(Dials(noise=1.0, position_bias=1.0, tie=0.5), questions=200, responses=20, seed=1)
    cases = _cases(planted.run)
    votes = _nobody(cases)
    votes[::50, 2] = 1
    review_queue(cases, votes, _everything(cases))
    taken = []
    for _ in range(3):
        start = time.process_time()
        review_queue(cases, votes, _everything(cases))
        taken.append(time.process_time() - start)
    assert min(taken) < 0.3
