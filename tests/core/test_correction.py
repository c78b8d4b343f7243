"""Verdicts in place of preferences: by hand, and exactly nothing where nobody decided."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.core.small_runs import both_orders, pair, run_of
from trustjudge_core.correction import CorrectedEvidence
from trustjudge_core.errors import UsageError
from trustjudge_core.evidence import Evidence
from trustjudge_core.leaderboard import question_leaderboards, system_leaderboards
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.records import UNKNOWN
from trustjudge_core.settings import AGGREGATIONS, Aggregation, Mode

J_WINS, TIE, I_WINS = ([1, 0, 0], [0, 1, 0], [0, 0, 1])


def _probs(*orders: tuple[float, float, float]) -> Evidence:
    """One pair a, b; each order's probabilities by shown position."""
    first, second = orders
    pairs = [pair("a", "b", probs=first), pair("b", "a", probs=second)]
    return Evidence(run_of({"q": "ab"}, pairs=pairs), "corrected")


def test_a_verdict_decides_by_default() -> None:
    judged = _probs((0.8, 0.1, 0.1), (0.2, 0.7, 0.1))
    assert judged.relation("likelihood", 0.0).tolist() == [1]
    turned = CorrectedEvidence(judged, np.array([J_WINS]))
    assert turned.relation("likelihood", 0.0).tolist() == [-1]
    assert turned.preference("likelihood").probs.tolist() == [[0.0, 1.0, 0.0]]
    # A tolerance that would tie the judge's margin does not tie what a person decided.
    assert turned.relation("likelihood", 1.0).tolist() == [-1]


# Judge: a 0.75, b 0.15, tie 0.1. People: one for b, one tie. Half and half: a 0.375, b 0.325, tie 0.3.
def test_a_weight_mixes_the_judge_with_the_share_of_people() -> None:
    judged = _probs((0.8, 0.1, 0.1), (0.2, 0.7, 0.1))
    mixed = CorrectedEvidence(judged, np.array([[1, 1, 0]]), weight=0.5)
    found = mixed.preference("likelihood")
    assert found.probs[0] == pytest.approx([0.375, 0.325, 0.3])
    assert found.lead[0] == pytest.approx(0.05)
    assert mixed.relation("likelihood", 0.04).tolist() == [1]
    assert mixed.relation("likelihood", 0.06).tolist() == [0]
    # Deciding, a split between b and tie is a tie.
    assert CorrectedEvidence(judged, np.array([[1, 1, 0]])).relation("likelihood", 0.0).tolist() == [0]


def test_people_fill_in_what_the_judge_could_not_say() -> None:
    run = run_of({"q": "ab"}, pairs=[pair("a", "b", failure="refused"), pair("b", "a", failure="refused")])
    evidence = Evidence(run, "corrected")
    assert evidence.relation("baseline", 0.0).tolist() == [UNKNOWN]
    for weight in (0.3, 1.0):
        filled = CorrectedEvidence(evidence, np.array([I_WINS]), weight)
        assert filled.relation("baseline", 0.0).tolist() == [1]


def test_perplexity_keeps_its_gap_unless_people_turn_it() -> None:
    pairs = [pair("a", "b", "first", perplexity=1.2), pair("b", "a", "second", perplexity=1.5)]
    evidence = Evidence(run_of({"q": "ab"}, pairs=pairs), "corrected")
    same = CorrectedEvidence(evidence, np.array([I_WINS]), weight=0.4).preference("ppl")
    assert same.lead[0] == pytest.approx(0.3)
    turned = CorrectedEvidence(evidence, np.array([J_WINS]), weight=0.6)
    assert turned.relation("ppl", 5.0).tolist() == [-1]


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan")])
def test_a_weight_outside_0_to_1_is_refused(weight: float) -> None:
    with pytest.raises(UsageError, match="of a verdict cannot be used; allowed: 0 to 1"):
        CorrectedEvidence(_probs((1, 0, 0), (0, 1, 0)), np.array([TIE]), weight)


def _planted(mode: Mode = "corrected") -> Evidence:
    run = planted_run(Dials(noise=1.0, position_bias=1.0, tie=0.6, failure=0.03), questions=5, responses=5, seed=4).run
    return Evidence(run, mode)


PLANTED: dict[Mode, Evidence] = {mode: _planted(mode) for mode in ("corrected", "paper", "reference")}


def _some_votes(rng: np.random.Generator, n: int, share: float) -> NDArray[np.int64]:
    votes: NDArray[np.int64] = rng.integers(0, 3, (n, 3)) * (rng.random(n) < share)[:, None]
    return votes


@given(
    st.integers(0, 10**6), st.sampled_from(list(PLANTED)), st.sampled_from(AGGREGATIONS), st.floats(0, 1), st.booleans()
)
def test_pairs_without_a_verdict_are_the_judges_number_for_number(
    seed: int, mode: Mode, aggregation: Aggregation, weight: float, strict: bool
) -> None:
    evidence, tolerance = PLANTED[mode], 0.0 if strict else 0.1
    votes = _some_votes(np.random.default_rng(seed), len(evidence.table), 0.4)
    corrected = CorrectedEvidence(evidence, votes, weight)
    rest = votes.sum(axis=1) == 0
    for mine, judged in (
        (corrected.relation(aggregation, tolerance), evidence.relation(aggregation, tolerance)),
        (corrected.preference(aggregation).probs, evidence.preference(aggregation).probs),
        (corrected.preference(aggregation).lead, evidence.preference(aggregation).lead),
    ):
        assert np.array_equal(mine[rest], judged[rest], equal_nan=mine.dtype != np.int8)


# Also with every method and interval: what is withdrawn leaves no trace.
def test_withdrawing_restores_every_ranking_exactly() -> None:
    evidence = PLANTED["corrected"]
    votes = _some_votes(np.random.default_rng(0), len(evidence.table), 0.5)
    withdrawn = CorrectedEvidence(evidence, votes * 0)
    weightless = CorrectedEvidence(evidence, votes, weight=0.0)
    for other in (withdrawn, weightless):
        for aggregation in ("baseline", "likelihood"):
            setting = (aggregation, 0.05)
            boards = zip(
                [*system_leaderboards(evidence, *setting), *question_leaderboards(evidence, *setting, 2)],
                [*system_leaderboards(other, *setting), *question_leaderboards(other, *setting, 2)],
                strict=True,
            )
            for before, after in boards:
                for part in ("strength", "low", "high", "rank"):
                    one, two = getattr(before.ranking, part), getattr(after.ranking, part)
                    assert np.array_equal(one, two, equal_nan=True), (before.ranking.method, part)
                assert before.ranking.contradicted == after.ranking.contradicted


def test_one_more_verdict_and_its_withdrawal_are_exactly_as_before_it() -> None:
    evidence = PLANTED["corrected"]
    votes = _some_votes(np.random.default_rng(1), len(evidence.table), 0.3)
    more = votes.copy()
    more[np.flatnonzero(votes.sum(axis=1) == 0)[:5], 2] = 1
    setting: tuple[Aggregation, float] = ("likelihood", 0.0)
    before = system_leaderboards(CorrectedEvidence(evidence, votes), *setting)
    between = system_leaderboards(CorrectedEvidence(evidence, more), *setting)
    after = system_leaderboards(CorrectedEvidence(evidence, votes.copy()), *setting)
    assert any(not np.array_equal(a.ranking.strength, b.ranking.strength) for a, b in zip(before, between, strict=True))
    for one, two in zip(before, after, strict=True):
        assert np.array_equal(one.ranking.strength, two.ranking.strength)
        assert np.array_equal(one.ranking.low, two.ranking.low, equal_nan=True)


def test_reference_mode_keeps_its_halved_lead() -> None:
    pairs = [pair("a", "b", "first", (0.8, 0.1, 0.1)), pair("b", "a", "second", (0.2, 0.7, 0.1))]
    evidence = Evidence(run_of({"q": "ab"}, pairs=pairs), "reference")
    mixed = CorrectedEvidence(evidence, np.array([I_WINS]), weight=0.5).preference("likelihood")
    assert mixed.probs[0] == pytest.approx([0.5 * 1.5 + 0.5 * 2.0, 0.15, 0.1])  # raw masses of both orders: a sum of 2
    assert mixed.lead[0] == pytest.approx((1.75 - 0.15) / 2)


def test_both_orders_agreeing_against_a_person_at_half_weight_is_a_tie() -> None:
    evidence = Evidence(run_of({"q": "ab"}, pairs=both_orders("a", "b", "first")), "corrected")
    assert CorrectedEvidence(evidence, np.array([J_WINS]), 0.5).relation("baseline", 0.0).tolist() == [0]
