"""Planted judges: what they say follows from skills and dials by the formulas in the docstring."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustjudge_core.errors import UsageError
from trustjudge_core.planted import SKILL_SPREAD, Dials, Planted, circle, planted_run
from trustjudge_core.records import UNKNOWN

SKILLS = np.array([1.0, -0.5, 0.25, 0.0])


def logits(planted: Planted) -> np.ndarray:
    """ln P(first) - ln P(second) of every pair judgment, (P,)."""
    probs = planted.run.pairs.probs
    return np.asarray(np.log(probs[:, 0]) - np.log(probs[:, 1]))


def gaps(planted: Planted) -> np.ndarray:
    """Skill of the first shown minus skill of the second, (P,)."""
    pairs = planted.run.pairs
    return np.asarray(planted.skills[pairs.first] - planted.skills[pairs.second])


def expected_scores(planted: Planted) -> np.ndarray:
    """Mean label of every score judgment by plain sums, (S,)."""
    scores = planted.run.scores
    found = []
    for lo, hi in zip(scores.label_offsets, scores.label_offsets[1:], strict=False):
        weights = scores.label_probs[lo:hi]
        found.append(float(scores.label_values[lo:hi] @ weights / weights.sum()))
    return np.array(found)


def test_every_pair_is_asked_in_both_orders_as_often_as_wanted() -> None:
    pairs = planted_run(Dials(), questions=3, responses=4, repeats=2).run.pairs
    asked = sorted(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
    wanted = [(a + 4 * q, b + 4 * q) for q in range(3) for a, b in permutations(range(4), 2)]
    assert asked == sorted(wanted * 2)


def test_without_defects_comparisons_and_scores_follow_the_skills() -> None:
    planted = planted_run(Dials(), questions=5, responses=6)
    assert logits(planted) == pytest.approx(gaps(planted))
    assert (planted.run.pairs.verdict == np.sign(gaps(planted))).all()
    assert planted.run.pairs.probs.sum(axis=1) == pytest.approx(1.0)
    scores = expected_scores(planted)
    for q in range(5):
        own = slice(6 * q, 6 * q + 6)
        assert np.argsort(scores[own]).tolist() == np.argsort(planted.skills[own]).tolist()
        assert planted.true_order(q) == np.argsort(-planted.skills[own]).tolist()


def test_given_skills_are_those_of_every_question() -> None:
    planted = planted_run(Dials(), questions=2, responses=4, skills=SKILLS)
    assert planted.skills.tolist() == [*SKILLS, *SKILLS]
    assert planted.true_order(1) == [0, 2, 3, 1]
    assert planted.true_relations(0)[0].tolist() == [0, 1, 1, 1]


def test_drawn_skills_have_the_spread_that_is_said() -> None:
    skills = planted_run(Dials(), questions=400, responses=10).skills
    assert skills.std() == pytest.approx(SKILL_SPREAD, rel=0.05)


def test_position_bias_shifts_every_logit_towards_the_first() -> None:
    planted = planted_run(Dials(position_bias=0.7), questions=3, responses=4)
    assert logits(planted) - gaps(planted) == pytest.approx(0.7)


# At equal skills the odds are 1 : 1 : tie.
def test_tie_parameter_is_davidsons() -> None:
    probs = planted_run(Dials(tie=2.0), questions=1, responses=3, skills=np.zeros(3)).run.pairs.probs
    assert probs == pytest.approx(np.tile([0.25, 0.25, 0.5], (6, 1)))


def test_noise_is_drawn_anew_for_every_judgment_with_its_standard_deviation() -> None:
    planted = planted_run(Dials(noise=0.8), questions=60, responses=8)
    noise = logits(planted) - gaps(planted)
    assert noise.std() == pytest.approx(0.8, rel=0.05)
    assert noise.mean() == pytest.approx(0.0, abs=0.05)
    both = noise.reshape(-1, 2)  # orders of a pair stand side by side
    assert np.corrcoef(both.T)[0, 1] == pytest.approx(0.0, abs=0.08)


def test_question_effects_spread_the_noise_over_questions() -> None:
    planted = planted_run(Dials(noise=1.0, question_effect=0.6), questions=300, responses=8)
    noise = (logits(planted) - gaps(planted)).reshape(300, -1)
    assert np.log(noise.std(axis=1)).std() == pytest.approx(0.6, rel=0.15)


@given(st.integers(2, 9), st.integers(0, 99))
def test_wins_and_losses_balance_around_the_circle(n: int, seed: int) -> None:
    place = np.random.default_rng(seed).permutation(n)[None, :]
    around = circle(place)[0]
    assert (around == -around.T).all()
    assert (around.sum(axis=1) == 0).all()
    assert (np.abs(around).sum(axis=1) == (n - 1 if n % 2 else n - 2)).all()


def test_leak_takes_probability_from_all_labels_alike() -> None:
    planted, whole = (planted_run(Dials(leak=leak), questions=40, responses=6) for leak in (0.2, 0.0))
    mass = planted.run.pairs.probs.sum(axis=1)
    assert 1.0 - mass.mean() == pytest.approx(0.2, abs=0.02)
    assert planted.run.pairs.probs / mass[:, None] == pytest.approx(whole.run.pairs.probs)
    assert expected_scores(planted) == pytest.approx(expected_scores(whole))


def test_compression_shrinks_the_scale_towards_its_middle() -> None:
    planted, whole = (planted_run(Dials(compression=c), questions=20, responses=6) for c in (0.75, 0.0))
    assert np.ptp(expected_scores(planted)) < 0.35 * np.ptp(expected_scores(whole))
    assert expected_scores(planted).mean() == pytest.approx(50.5, abs=5)


def test_collapsed_distributions_hold_one_label() -> None:
    scores = planted_run(Dials(collapse=1.0), questions=2, responses=3, scale=(1, 5)).run.scores
    assert sorted(set(scores.label_probs.tolist())) == [0.0, 1.0]
    assert scores.label_probs.sum() == 6


# 1, 10 to 19 and 100 begin with 1: a judge that says 50 and nothing else is read as 5.
def test_split_digits_move_probability_to_the_first_digit() -> None:
    dials = Dials(digit_splitting=0.4, collapse=1.0)
    scores = planted_run(dials, questions=1, responses=1, skills=np.array([-0.01])).run.scores
    seen = {v: p for v, p in zip(scores.label_values, scores.label_probs, strict=True) if p > 0}
    assert seen == pytest.approx({5.0: 0.4, 50.0: 0.6})


def test_failures_leave_nothing_behind_but_their_reason() -> None:
    run = planted_run(Dials(failure=0.3), questions=20, responses=6).run
    failed = run.pairs.failure >= 0
    assert failed.mean() == pytest.approx(0.3, abs=0.05)
    assert (run.pairs.verdict[failed] == UNKNOWN).all()
    assert np.isnan(run.pairs.probs[failed]).all()
    assert np.isnan(run.scores.emitted[run.scores.failure >= 0]).all()
    assert run.scores.label_offsets[-1] == len(run.scores.label_values) == 100 * (run.scores.failure < 0).sum()


def test_longer_responses_gain_by_the_length_dial() -> None:
    planted = planted_run(Dials(length=0.5), questions=50, responses=6)
    pairs, lengths = planted.run.pairs, planted.run.index.lengths
    assert lengths is not None
    difference = lengths[pairs.first] - lengths[pairs.second]
    gain = logits(planted) - gaps(planted)
    assert gain == pytest.approx(0.5 * difference / np.sqrt((difference**2).mean()))


@settings(max_examples=20)
@given(st.integers(0, 5), st.floats(0, 2), st.floats(-1, 1))
def test_same_arguments_give_the_same_judgments(seed: int, noise: float, bias: float) -> None:
    one, two = (planted_run(Dials(noise, bias), questions=3, responses=3, seed=seed).run for _ in range(2))
    assert (one.pairs.probs == two.pairs.probs).all()
    assert (one.scores.label_probs == two.scores.label_probs).all()


@pytest.mark.parametrize(("name", "value"), [("noise", -1.0), ("leak", 0.6), ("collapse", 2.0), ("tie", float("nan"))])
def test_impossible_dials_are_refused(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=rf"dial {name} = .* allowed"):
        Dials(**{name: value})
