"""The number of verdicts foretold: hand-made sets where it is known, and planted people who answer as believed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.small_runs import both_orders, run_of
from trustjudge_core.cases import Cases, cases_of
from trustjudge_core.evidence import Evidence
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.review import review_queue
from trustjudge_core.settling import settling
from trustjudge_core.simulation import simulate


def cases(*said: tuple[str, str, str], questions: int = 1) -> Cases:
    pairs = [p for n in range(questions) for a, b, v in said for p in both_orders(a, b, v, question=f"q{n}")]  # type: ignore[arg-type]
    run = run_of({f"q{n}": "abc" for n in range(questions)}, pairs=pairs)
    return cases_of(Evidence(run, "corrected"), "baseline", 0.0)


CYCLE = (("a", "b", "first"), ("b", "c", "first"), ("a", "c", "second"))


def nobody(found: Cases) -> np.ndarray:
    return np.zeros((len(found), 3), np.int64)


def test_without_contradictions_there_is_nothing_to_settle() -> None:
    order = cases(("a", "b", "first"), ("b", "c", "first"), ("a", "c", "first"))
    assert settling(order, nobody(order)) is None


def test_what_people_have_decided_is_not_asked_again() -> None:
    found = cases(*CYCLE)
    votes = nobody(found)
    # People say the same as the judge about every pair: the cycle stays, and nobody is left to ask.
    votes[np.arange(3), found.relation + 1] = 1
    assert settling(found, votes) is None


# One cycle a question: each takes at least one verdict, and three pairs are all there are.
@pytest.mark.parametrize("share", [0.4, 0.8])
def test_a_share_of_cycles_takes_at_least_a_verdict_each_and_at_most_all_pairs(share: float) -> None:
    found = cases(*CYCLE, questions=20)
    foretold = settling(found, nobody(found), share)
    assert foretold is not None
    assert foretold.inconsistent == 20
    assert 20 * share <= foretold.fewest <= foretold.most <= 60
    # Every text of these cases reads equally fast.
    assert foretold.fewest_minutes == pytest.approx(foretold.fewest * found.seconds[0] / 60.0, rel=0.1)
    assert foretold.most_minutes == pytest.approx(foretold.most * found.seconds[0] / 60.0, rel=0.1)


def test_more_takes_longer() -> None:
    found = cases(*CYCLE, questions=20)
    few, many = (settling(found, nobody(found), share) for share in (0.2, 0.6))
    assert few is not None and many is not None
    assert few.fewest < many.fewest and few.most < many.most


def test_people_who_answer_as_believed_need_about_as_many_as_foretold() -> None:
    planted = planted_run(Dials(noise=1.0, position_bias=1.0, tie=0.5), questions=25, responses=6, seed=3)
    found = cases_of(Evidence(planted.run, "corrected"), "baseline", 0.0)
    foretold = settling(found, nobody(found))
    assert foretold is not None
    shares = review_queue(found, nobody(found), found.known).belief.shares
    rng = np.random.default_rng(7)
    needed = []
    for _ in range(2):
        drawn = (rng.random((len(found), 1)) > shares.cumsum(axis=1)).sum(axis=1).clip(max=2) - 1
        replay = simulate(found, drawn.astype(np.int8), "gain", budget=150)
        spent = replay.spent_until(0.6 * replay.steps[0].inconsistent_triples)
        assert spent is not None
        needed.append(spent)
    assert foretold.fewest < np.mean(needed) <= 1.3 * foretold.most


# Nobody knows people before they answer: those who follow the true order without a tie need the fewest.
@pytest.mark.parametrize("dials", [Dials(0.6, 0.6, 0.5), Dials(1.0, 2.0, 0.3), Dials(1.0, 0.5, 1.0)])
def test_people_who_follow_the_true_order_need_the_fewest(dials: Dials) -> None:
    planted = planted_run(dials, questions=40, responses=8, seed=4)
    found = cases_of(Evidence(planted.run, "corrected"), "baseline", 0.0)
    foretold = settling(found, nobody(found))
    truth = np.sign(planted.skills[found.table.i] - planted.skills[found.table.j]).astype(np.int8)
    replay = simulate(found, truth, "gain", budget=110)
    spent = replay.spent_until(0.6 * replay.steps[0].inconsistent_triples)
    assert foretold is not None and spent is not None
    assert 0.85 * spent <= foretold.fewest <= 1.15 * spent
    assert foretold.most > 1.3 * foretold.fewest
