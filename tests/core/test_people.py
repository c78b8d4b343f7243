"""People against each other: by hand, and against evalica and scikit-learn."""

from __future__ import annotations

import evalica
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from tests.core.small_runs import decided, run_of
from trustjudge_core import people
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.people import PeopleAgreement, krippendorff_alpha, opinions, people_agreement
from trustjudge_core.records import UNKNOWN, Shown, Verdict

WORDS: dict[int, Shown] = {1: "first", 0: "tie", -1: "second"}


def _agreed(verdicts: list[Verdict], questions: int = 4) -> PeopleAgreement:
    run = run_of({f"q{n}": "ab" for n in range(questions)}, verdicts=verdicts)
    return people_agreement(opinions(run.index, run.verdicts), QuestionBootstrap(questions, 400, 0))


def _said(question: int, who: str, says: int) -> Verdict:
    return decided("a", "b", WORDS[says], who, f"q{question}")


def test_the_newest_verdict_of_a_person_counts_from_either_side() -> None:
    run = run_of(
        {"q": "abc"},
        verdicts=[
            decided("b", "a", "first", "ann"),
            decided("a", "b", "first", "ann"),
            decided("c", "b", "second", "bob"),
        ],
    )
    found = opinions(run.index, run.verdicts)
    assert found.people == ("ann", "bob")
    assert (found.i.tolist(), found.j.tolist()) == ([0, 1], [1, 2])
    assert found.said.tolist() == [[1, UNKNOWN], [UNKNOWN, 1]]


# q0: a, a, tie: one couple of three alike. q1: a, a: one of one. q2: one verdict. Raw: 2 of 4 couples.
def test_raw_agreement_by_hand() -> None:
    found = _agreed(
        [
            *(_said(0, who, says) for who, says in (("x", 1), ("y", 1), ("z", 0))),
            *(_said(1, who, 1) for who in ("x", "y")),
            _said(2, "x", -1),
        ]
    )
    assert (found.agree.count, found.agree.total, found.pairs_with_several) == (2, 4, 2)
    assert found.disagreements.tolist() == [0]
    xy = next(b for b in found.between if (b.one, b.other) == ("x", "y"))
    assert (xy.agree.count, xy.agree.total) == (2, 2)


def test_the_most_divided_come_first() -> None:
    found = _agreed(
        [
            *(_said(0, who, says) for who, says in (("x", 1), ("y", 1), ("z", 0))),
            *(_said(1, who, says) for who, says in (("x", 1), ("y", 0), ("z", -1))),
        ]
    )
    assert found.disagreements.tolist() == [1, 0]


ratings = st.lists(st.lists(st.sampled_from((1, 0, -1, None)), min_size=3, max_size=3), min_size=2, max_size=10)


@given(ratings)
def test_alpha_is_evalicas_and_kappa_scikit_learns_from_both_sides(rows: list[list[int | None]]) -> None:
    found = _agreed(
        [_said(q, "xyz"[n], says) for q, row in enumerate(rows) for n, says in enumerate(row) if says is not None],
        len(rows),
    )
    table = np.array([[np.nan if v is None else v for v in row] for row in rows], float).T
    several = (~np.isnan(table)).sum(axis=0) >= 2
    values = table[:, several][~np.isnan(table[:, several])]
    if len(set(values.tolist())) < 2:
        assert np.isnan(found.alpha)
    else:
        assert found.alpha == pytest.approx(evalica.alpha(pd.DataFrame(np.hstack([table, -table]))).alpha)
        assert found.alpha <= 1.0
        if np.isfinite(found.alpha_low):
            assert found.alpha_low <= found.alpha_high <= 1.0 + 1e-12
    for pair in found.between:
        both = [(r["xyz".index(pair.one)], r["xyz".index(pair.other)]) for r in rows]
        known = [(a, b) for a, b in both if a is not None and b is not None]
        one, other = [a for a, _ in known], [b for _, b in known]
        if set(one) | set(other) == {0}:
            assert np.isnan(pair.kappa)
        else:
            wanted = cohen_kappa_score(one + [-a for a in one], other + [-b for b in other])
            assert pair.kappa == pytest.approx(wanted)


@given(st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=4), min_size=2, max_size=8))
def test_the_kernel_of_the_intervals_gives_evalicas_alpha(units: list[list[int]]) -> None:
    assume(len({value for unit in units for value in unit}) > 1)
    table = np.zeros((3, 3))
    for unit in units:
        for a in range(len(unit)):
            for b in range(len(unit)):
                if a != b:
                    table[unit[a], unit[b]] += 1 / (len(unit) - 1)
    frame = pd.DataFrame([[unit[n] if n < len(unit) else np.nan for unit in units] for n in range(4)], dtype=float)
    assert float(krippendorff_alpha(table)) == pytest.approx(evalica.alpha(frame).alpha)


# Krippendorff 2011, "Computing Krippendorff's alpha-reliability", example C: nominal data, four observers, alpha 0.743.
def test_alpha_of_a_published_example() -> None:
    rows = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    table = np.zeros((5, 5))
    for unit in zip(*rows, strict=True):
        values = [v - 1 for v in unit if v is not None]
        for a in range(len(values)):
            for b in range(len(values)):
                if a != b:
                    table[values[a], values[b]] += 1 / (len(values) - 1)
    assert float(krippendorff_alpha(table)) == pytest.approx(0.743, abs=5e-4)


def test_chance_agrees_at_alpha_zero_and_the_interval_holds_it() -> None:
    rng = np.random.default_rng(0)
    verdicts = [_said(q, who, int(rng.integers(-1, 2))) for q in range(150) for who in "xyz"]
    found = _agreed(verdicts, 150)
    assert abs(found.alpha) < 0.15
    assert found.alpha_low < 0 < found.alpha_high
    assert 0.2 < found.agree.value < 0.45


def test_nobody_or_one_alone_agrees_with_nobody() -> None:
    for verdicts in ([], [_said(0, "x", 1)]):
        found = _agreed(verdicts)
        assert (found.agree.total, found.between, len(found.disagreements)) == (0, (), 0)
        assert np.isnan(found.alpha)


# x and y meet on both questions, z meets each of them on the first alone.
def test_who_met_most_often_comes_first_and_beyond_a_bound_nobody_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts = [_said(0, "z", 1), *(_said(n, who, 1) for n in (0, 1) for who in "xy")]
    monkeypatch.setattr(people, "MOST_BETWEEN", 2)
    found = _agreed(verdicts)
    assert found.couples == 3
    assert [({b.one, b.other}, b.agree.total) for b in found.between] == [({"x", "y"}, 2), ({"z", "x"}, 1)]
