"""Two judges side by side: every count by hand, differences against SciPy, coverage and invariants."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from tests.core.expanded_ends import expanded
from tests.core.small_runs import both_orders, run_of
from tests.core.two_judges import first_judge, second_judge
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.compare import Comparison, Difference, compare, difference
from trustjudge_core.errors import UsageError
from trustjudge_core.evidence import Evidence
from trustjudge_core.opinions import Opinion, opinion
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.records import RunJudgments
from trustjudge_core.tallies import Tally, in_words


def opinion_of(run: RunJudgments) -> Opinion:
    """By agreement of verdicts and emitted scores, no tolerance."""
    evidence = Evidence(run, "corrected")
    scores = evidence.scores_by("baseline") if evidence.method_scores else None
    return opinion(evidence, "baseline", 0.0, scores, run.judge)


def compared(*runs: RunJudgments, resamples: int = 200) -> Comparison:
    """The runs against the first."""
    return compare(runs[0].index, [opinion_of(run) for run in runs], ks=(3,), resamples=resamples)


def by_measure(found: Comparison) -> dict[str, Difference]:
    """Differences of the second opinion by measure."""
    return {entry.measure: entry for entry in found.against[0]}


# Both know 8 of the 9 pairs: a against c in q3 failed once. On these:
# ties: first none, second b = c in q1.
# triples: q1 (first in order; second a>b, a>c, b=c in order) and q2 (first a cycle, second in order), q3 has a gap.
# conflicts, scores always a > b > c: first c > a in q2, a reversal; second b = c in q1, a comparison tie, b > a in q3.
# gold: first wrong in q2 (c > a), 7 of 8; second wrong in q1 (tie) and q3 (b > a), 6 of 8.
# people said a over b three times: first 3 of 3, second 2 of 3.
# both orders the same: first 8 of 8, second all but one; the failed pair has no verdicts in the first.
COUNTS = {
    "conflicts": (1, 2, 8),
    "reversal": (1, 1, 8),
    "score_tie": (0, 0, 8),
    "comparison_tie": (0, 1, 8),
    "ntr_3": (1, 0, 2),
    "tie_rate": (0, 1, 8),
    "position_consistency": (8, 7, 8),
    "accuracy_gold": (7, 6, 8),
    "accuracy_people": (3, 2, 3),
}


def test_every_measure_of_two_judges_by_hand() -> None:
    found = by_measure(compared(first_judge(), second_judge()))
    assert {name: (entry.first.count, entry.second.count, entry.first.total) for name, entry in found.items()} == COUNTS
    for name, (first, second, total) in COUNTS.items():
        assert found[name].second.total == total
        assert found[name].estimate.value == pytest.approx((second - first) / total)


def test_pairs_that_do_not_count_are_listed_with_their_reason() -> None:
    found = compared(first_judge(), second_judge())
    assert (found.pairs, found.compared) == (9, 8)
    assert found.lost == (("first judge", "no usable preference", 1),)


def test_a_pair_that_only_one_judge_was_asked_about_counts_for_neither() -> None:
    only = run_of({"q": "abc"}, pairs=both_orders("a", "b", "first"))
    more = run_of({"q": "abc"}, pairs=[*both_orders("a", "b", "second"), *both_orders("b", "c", "first")])
    found = compare(only.index, [opinion_of(only), opinion_of(more)], ks=(3,), resamples=0)
    assert (found.pairs, found.lost) == (1, (("judge", "not asked of every other", 1),))
    assert {entry.measure for entry in found.against[0]} == {"tie_rate", "position_consistency"}


# They disagree on b and c in q1 (win against tie), on a and c in q2 and on a and b in q3 (opposite winners).
def test_disagreements_name_opposite_winners_first() -> None:
    found = compared(first_judge(), second_judge()).disagreements
    listed = list(zip(found.question.tolist(), found.i.tolist(), found.j.tolist(), strict=True))
    assert set(listed[:2]) == {(1, 3, 5), (2, 6, 7)}
    assert listed[2] == (0, 1, 2)
    assert found.opposite.tolist() == [True, True, False]
    assert found.relation[2].tolist() == [1, 0]


# 3 of 8 relations changed, 2 of them to the other winner. Shares: agreed verdicts are 1 or 0, the changed one 1/2, so
# the shift is (1/2 + 1 + 1) / 8. Scores: three of nine fell by a point.
def test_drift_between_two_runs_by_hand() -> None:
    (drift,) = compared(first_judge(), second_judge()).drift
    assert (drift.changed.count, drift.reversed.count, drift.changed.total) == (3, 2, 8)
    assert drift.preference_shift.value == pytest.approx(2.5 / 8)
    assert drift.score_shift.value == pytest.approx(-3 / 9)
    assert drift.score_change.value == pytest.approx(3 / 9)


def test_a_run_against_itself_differs_in_nothing() -> None:
    found = compared(second_judge(), second_judge())
    assert all(entry.estimate.value == 0.0 and not entry.found for entry in found.against[0])
    assert all(entry.p_value == 1.0 for entry in found.against[0])
    assert len(found.disagreements) == 0
    assert found.drift[0].changed.count == 0


def test_turning_the_comparison_around_turns_every_difference_around() -> None:
    calm, noisy = (planted_run(Dials(noise=n), questions=12, responses=4, seed=3).run for n in (0.3, 1.5))
    there, back = by_measure(compared(calm, noisy)), by_measure(compared(noisy, calm))
    assert there["ntr_3"].estimate.high > there["ntr_3"].estimate.low
    for name, entry in there.items():
        assert back[name].estimate.value == -entry.estimate.value
        assert back[name].estimate.low == pytest.approx(-entry.estimate.high, nan_ok=True)
        assert back[name].p_value == entry.p_value


def test_three_judges_are_each_compared_with_the_first() -> None:
    third = replace(first_judge(), judge="third judge")
    found = compared(first_judge(), second_judge(), third)
    assert found.names == ("first judge", "second judge", "third judge")
    assert [len(found.against), len(found.drift), len(found.by_category)] == [2, 2, 2]
    assert found.drift[1].changed.count == 0
    assert found.disagreements.relation.shape == (3, 3)


def test_categories_hold_their_own_questions_and_q_values() -> None:
    (found,) = compared(first_judge(), second_judge()).by_category
    gold = found["accuracy_gold"]
    assert {name: (e.first.count, e.second.count, e.first.total) for name, e in gold.items()} == {
        "X": (5, 5, 6),
        "Y": (2, 1, 2),
    }
    # One question cannot be tested; the two of X cancel out: one pair lost in q1, one won in q2, p = 1.
    assert (gold["X"].p_value, gold["X"].q_value) == (1.0, 1.0)
    assert math.isnan(gold["Y"].q_value)


def test_one_opinion_is_no_comparison() -> None:
    with pytest.raises(UsageError, match="two or more"):
        compared(first_judge())


# SciPy's paired percentile bootstrap of the same difference of pooled ratios.
def test_interval_of_a_difference_agrees_with_scipy() -> None:
    rng = np.random.default_rng(0)
    totals = rng.integers(20, 60, 80)
    level = rng.beta(3, 5, 80)
    a, b = rng.binomial(totals, level), rng.binomial(totals, np.clip(level + 0.06, 0, 1))
    found = difference("x", Tally(a, totals), Tally(b, totals), QuestionBootstrap(80, 5000))
    other = stats.bootstrap(
        (a, b, totals),
        lambda a, b, t, axis: (b.sum(axis=axis) - a.sum(axis=axis)) / t.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=5000,
        method="percentile",
        confidence_level=1 - 2 * expanded(80, ((b - a).sum() - (b - a)) / (totals.sum() - totals))[0],
        rng=np.random.default_rng(1),
    )
    interval = other.confidence_interval
    assert (found.estimate.low, found.estimate.high) == (
        pytest.approx(interval.low, abs=0.005),
        pytest.approx(interval.high, abs=0.005),
    )
    assert found.estimate.error == pytest.approx(other.standard_error, rel=0.05)
    assert found.found
    # Pairing by question is the point: two independent samples of this size would not see it as surely.
    apart = np.hypot(*(QuestionBootstrap(80).estimate(np.stack([x, totals], 1), lambda s: s[..., 0] / s[..., 1]).error
                       for x in (a, b)))  # fmt: skip
    assert found.estimate.error < 0.6 * apart


def test_when_nothing_is_found_the_smallest_detectable_difference_is_said() -> None:
    rng = np.random.default_rng(2)
    totals = np.full(60, 30)
    found = difference(
        "x", Tally(rng.binomial(30, 0.3, 60), totals), Tally(rng.binomial(30, 0.3, 60), totals), QuestionBootstrap(60)
    )
    assert not found.found
    # Two shares of 1,800 pairs each: error sqrt(2 * 0.3 * 0.7 / 1800) = 0.0153, times 2.80.
    assert found.detectable == pytest.approx(2.80 * 0.0153, rel=0.2)


def test_measures_have_words() -> None:
    assert in_words("ntr_3") == "inconsistent triples"
    assert in_words("ntr_7") == "inconsistent groups of 7"
