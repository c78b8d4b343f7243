"""What people would say: the prior, what verdicts teach, and that names of responses do not matter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from tests.core.small_runs import both_orders, run_of
from trustjudge_core.belief import DIRECTED_PRIOR, LEVEL_PRIOR, belief, features, fitted, outcome_shares
from trustjudge_core.cases import Cases, cases_of
from trustjudge_core.evidence import Evidence
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.records import RunJudgments


def _cases(run: RunJudgments) -> Cases:
    return cases_of(Evidence(run, "corrected"), "baseline", 0.0)


def _no_votes(cases: Cases) -> NDArray[np.int64]:
    return np.zeros((len(cases), 3), np.int64)


# a beats b beats c, a beats c, all in both orders: margins 1, and of the standing of each, this pair left
# out, over its two pairs: (a, b): 1/2 - 1/2; (a, c): 1/2 + 1/2; (b, c): -1/2 + 1/2.
def test_features_by_hand() -> None:
    run = run_of(
        {"q": "abc"},
        pairs=[*both_orders("a", "b", "first"), *both_orders("a", "c", "first"), *both_orders("b", "c", "first")],
    )
    cases = _cases(run)
    found = features(cases, _no_votes(cases))
    assert found.directed[:, 0].tolist() == [1, 1, 1]
    assert found.directed[:, 1] == pytest.approx([0.0, 1.0, 0.0])
    # Each response is its own system here: mean margins 1, 0, -1.
    assert found.directed[:, 2] == pytest.approx([1, 2, 1])
    assert found.directed[:, 3].tolist() == [0, 0, 0]
    # c wins against a says a person, which counts a half: without their pair a stands at -1/4 and b at 1/2, and so on.
    votes = _no_votes(cases)
    votes[1, 0] = 1
    after = features(cases, votes).directed[:, 1]
    assert after == pytest.approx([-0.5 / 2 - 1 / 2, 1.0, -1 / 2 - 0.5 / 2])


def test_the_first_belief_is_the_prior_and_follows_the_judge() -> None:
    run = run_of(
        {"q": "ab", "r": "ab"}, pairs=[*both_orders("a", "b", "first"), *both_orders("a", "b", "tie", question="r")]
    )
    found = belief(_cases(run), np.zeros((2, 3), np.int64))
    assert found.directed.tolist() == DIRECTED_PRIOR[:, 0].tolist()
    assert found.level.tolist() == LEVEL_PRIOR[:, 0].tolist()
    assert found.shares.sum(axis=1) == pytest.approx([1, 1])
    assert found.shares[0, 2] > found.shares[0, 1] > found.shares[0, 0]


def test_weights_are_the_maximum_that_a_general_optimiser_finds() -> None:
    rng = np.random.default_rng(0)
    directed, level = rng.normal(size=(40, 4)), rng.normal(size=(40, 4))
    votes = rng.multinomial(2, [0.3, 0.3, 0.4], 40).astype(float)
    mean, spread = np.vstack([DIRECTED_PRIOR, LEVEL_PRIOR]).T

    def loss(w: NDArray[np.float64]) -> float:
        odds = np.stack([-directed @ w[:4], level @ w[4:], directed @ w[:4]], axis=1)
        log_posterior = (votes * (odds - logsumexp(odds, axis=1, keepdims=True))).sum()
        return float(-log_posterior + (((w - mean) / spread) ** 2).sum() / 2)

    wanted = minimize(loss, mean, method="BFGS", options={"gtol": 1e-7}).x
    assert fitted(directed, level, votes) == pytest.approx(wanted, abs=1e-5)


def test_far_out_verdicts_do_not_break_the_fit() -> None:
    directed, level = np.full((500, 4), 30.0), np.zeros((500, 4))
    votes = np.tile([1.0, 0.0, 0.0], (500, 1))  # everybody against what every feature says
    found = fitted(directed, level, votes)
    assert np.isfinite(found).all()
    assert outcome_shares(directed[:1], level[:1], found)[0, 0] > 0.99


def test_people_who_decide_what_the_judge_ties_make_ties_unlikely() -> None:
    planted = planted_run(Dials(position_bias=2.0), questions=20, responses=6, seed=3)
    cases = _cases(planted.run)
    truth = np.sign(planted.skills[cases.table.i] - planted.skills[cases.table.j]).astype(int)
    votes = _no_votes(cases)
    asked = np.flatnonzero(cases.relation == 0)[:60]
    votes[asked, truth[asked] + 1] = 1
    before, after = belief(cases, _no_votes(cases)).shares, belief(cases, votes).shares
    rest = (cases.relation == 0) & (votes.sum(axis=1) == 0)
    assert after[rest, 1].mean() < before[rest, 1].mean() / 4
    said = np.arange(len(cases))[rest], truth[rest] + 1
    assert np.log(after[said]).mean() > np.log(before[said]).mean()


def test_trading_the_places_of_i_and_j_mirrors_the_belief() -> None:
    planted = planted_run(Dials(noise=1.0, position_bias=1.0, tie=0.5), questions=3, responses=5, seed=1)
    cases = _cases(planted.run)
    votes = _no_votes(cases)
    votes[::4, 2] = 1
    votes[1::7, 0] = 1
    table = cases.table
    turned = Cases(
        index=cases.index,
        table=replace(table, i=table.j, j=table.i),  # the other columns are not looked at
        relation=-cases.relation,
        shares=cases.shares[:, ::-1],
        leaning=cases.leaning[:, ::-1],
        lengths=cases.lengths,
        seconds=cases.seconds,
    )
    mirrored = belief(turned, votes[:, ::-1])
    assert mirrored.shares[:, ::-1] == pytest.approx(belief(cases, votes).shares, abs=1e-7)
