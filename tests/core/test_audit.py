"""An audit as a whole: a run derived by hand, random runs by plain loops, and runs that hold next to nothing."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.relation_examples import kind_of
from tests.core.small_runs import both_orders, decided, pair, run_of, score
from tests.core.worked_run import worked_run
from trustjudge_core.audit import Audit, LedgerEntry, audit
from trustjudge_core.evidence import Evidence
from trustjudge_core.records import UNKNOWN, PairJudgment, RunJudgments, ScoreJudgment, Shown
from trustjudge_core.settings import MODES, AuditSettings, Mode
from trustjudge_core.structure import margin_matrix, question_relations, structures

FEW = 50  # resamples: no test here looks at the ends of an interval


def audited(run: RunJudgments, mode: Mode = "corrected", tolerance: float = 0.0, ks: tuple[int, ...] = (3, 4)) -> Audit:
    """The audit of a run at one tolerance."""
    return audit(run, AuditSettings(mode, (tolerance,), ks, resamples=FEW))


# Three questions, 3 + 3 + 2 responses; 3 + 3 + 1 pairs, of which s has no second order.
def test_inputs_of_the_worked_run() -> None:
    seen = audited(worked_run()).inputs
    assert (seen.questions, seen.responses, seen.pairs, seen.pairs_compared) == (3, 8, 7, 6)
    assert (seen.score_judgments, seen.pair_judgments, seen.both_orders, seen.low_mass) == (8, 14, True, 0)


def test_ledger_counts_failures_by_kind_and_reason() -> None:
    assert audited(worked_run()).ledger == (LedgerEntry("score", "refused", 1), LedgerEntry("pair", "unparsed", 1))
    many = [pair("a", "b", failure=reason) for reason in ("rare", "often", "often")]
    assert [(e.reason, e.count) for e in audited(run_of({"q": "ab"}, pairs=many)).ledger] == [("often", 2), ("rare", 1)]


# Sign of the score gap S against relation C, at tolerance 0:
#   p: ab 5-4 S=1 C=1 fine; bc 4-3 S=1 C=1 fine; ac 5-3 S=1 C=-1 reversal
#   r: ab 4-4 S=0 C=1 score tie; ac 4-2 S=1 C=0 comparison tie; bc 4-2 S=1 C=0 comparison tie
# At tolerance 1, <= makes the gaps of 1 ties: p ab and bc become score ties. Reference asks < and keeps them.
@pytest.mark.parametrize(
    ("mode", "tolerance", "conflicts", "split", "both_decide", "by_category"),
    [
        ("corrected", 0.0, 4, (1, 1, 2), 3, {"X": (3, 1), "Y": (3, 3)}),
        ("corrected", 1.0, 6, (1, 3, 2), 1, {"X": (3, 3), "Y": (3, 3)}),
        ("paper", 1.0, 6, (1, 3, 2), 1, {"X": (3, 3), "Y": (3, 3)}),
        ("reference", 1.0, 4, (1, 1, 2), 3, {"X": (3, 1), "Y": (3, 3)}),
    ],
)
def test_conflicts_of_the_worked_run(
    mode: Mode,
    tolerance: float,
    conflicts: int,
    split: tuple[int, int, int],
    both_decide: int,
    by_category: dict[str, tuple[int, int]],
) -> None:
    found = {entry.method: entry for entry in audited(worked_run(), mode, tolerance).score_comparison}
    assert set(found) == ({"baseline"} if mode == "reference" else {"baseline", "expectation"})
    for entry in found.values():
        assert (entry.ratio.count, entry.ratio.total) == (conflicts, 6)
        assert (entry.reversal.count, entry.score_tie.count, entry.comparison_tie.count) == split
        assert entry.both_decide == both_decide
        assert {name: (e.ratio.total, e.ratio.count) for name, e in entry.by_category.items()} == by_category
        assert entry.aggregation == "baseline"


# p is a strict cycle, ">><" to the published code: circle. r is a>b, b=c, a=c, a contradicted tie: ">==", equal.
# Two of six relations tie; at a tie rate of 1/3 a random judge errs in 14 of 27 triples.
@pytest.mark.parametrize("mode", MODES)
def test_transitivity_of_the_worked_run(mode: Mode) -> None:
    three, four = audited(worked_run(), mode).transitivity
    assert (three.aggregation, three.k, three.ratio.total, three.ratio.count) == ("baseline", 3, 2, 2)
    assert three.kinds == {"strict_cycle": 1, "broken_chain": 0, "contradicted_tie": 1}
    # The published types depend on numbering; only reference mode counts them.
    assert three.reference_types == ({"circle": 1, "equal": 1} if mode == "reference" else {})
    assert {name: (e.ratio.total, e.ratio.count) for name, e in three.by_category.items()} == {"X": (1, 1), "Y": (1, 1)}
    assert three.tie_rate == pytest.approx(1 / 3)
    assert three.chance == pytest.approx(14 / 27)
    assert three.exact
    assert (four.ratio.total, four.ratio.count) == (0, 0)
    assert math.isnan(four.ratio.value)


# Six pairs in both orders; only r's a-c changes: the first shown wins both times. Two of twelve verdicts are ties.
def test_position_of_the_worked_run() -> None:
    found = audited(worked_run()).position
    assert (found.pairs, found.consistent.count, found.first_favouring.count) == (6, 5, 1)
    assert (found.second_favouring.count, found.hard_flips.count) == (0, 1)
    assert (found.hard_first, found.hard_second) == (1, 0)
    assert found.tie_rate == pytest.approx(1 / 6)


# The person says a > b, as the judge, and a > c, where the judge says c > a.
def test_agreement_of_the_worked_run() -> None:
    ((aggregation, found),) = audited(worked_run()).agreement
    assert (aggregation, found.annotator) == ("baseline", "ann")
    assert (found.pairs, found.both_decisive, found.agree) == (2, 2, 1)


# One edit mends either triple; s has no relation, so nothing is said of it. Flows: p has the same flow around the
# circle, all of it cyclic. r has L from a to b and 0 elsewhere, L/sqrt(3) of it along the circle: 1/3 of L^2.
def test_structure_of_the_worked_run() -> None:
    found = structures(Evidence(worked_run(), "corrected"), "baseline", 0.0)
    assert {q: (s.fewest_edits, s.gap) for q, s in found.items()} == {0: (1, 0), 1: (1, 0)}
    assert found[0].cyclicity == pytest.approx(1.0)
    assert found[1].cyclicity == pytest.approx(1 / 3)


# By perplexity there are no probabilities: a win is as sure as a flow may be, a tie no flow. a>b, b=c, a=c: 1/3 again.
def test_structure_by_perplexity_takes_a_win_for_sure_and_a_tie_for_even() -> None:
    said: list[tuple[str, str, Shown]] = [("a", "b", "first"), ("b", "c", "tie"), ("a", "c", "tie")]
    judged = [
        pair(i, j, verdict, perplexity=perplexity)
        for one, other, verdict in said
        for i, j, perplexity in ((one, other, 1.0), (other, one, 2.0))
    ]
    (found,) = structures(Evidence(run_of({"q": "abc"}, pairs=judged), "corrected"), "ppl", 0.0).values()
    assert found.cyclicity == pytest.approx(1 / 3)
    assert found.fewest_edits == 1


# A full order of eleven by equal steps has no edits; its flow has a cyclic part all the same, because flows capped
# at the logit of 0.99 on every pair do not add up.
def test_questions_too_large_for_the_search_are_solved() -> None:
    names = [f"r{n:02}" for n in range(11)]
    judged = [p for a, b in combinations(names, 2) for p in both_orders(a, b, "first")]
    (found,) = structures(Evidence(run_of({"q": names}, pairs=judged), "corrected"), "baseline", 0.0).values()
    assert (found.fewest_edits, found.gap, found.edits, found.best_flip) == (0, 0, (), None)
    assert 0 < found.cyclicity < 1


# Margins: verdicts that agree lead by 1, a flip leads by 0.
def test_margins_and_relations_of_one_question() -> None:
    evidence = Evidence(worked_run(), "corrected")
    margins = margin_matrix(evidence, "baseline", 1)
    assert margins[0, 1] == margins[1, 0] == 1.0
    assert margins[0, 2] == margins[2, 0] == 0.0
    assert question_relations(evidence, "baseline", 0.0, 0).tolist() == [[0, 1, -1], [-1, 0, 1], [1, -1, 0]]
    assert question_relations(evidence, "baseline", 0.0, 2).tolist() == [[0, UNKNOWN], [UNKNOWN, 0]]
    assert np.isnan(margin_matrix(evidence, "baseline", 2)[0, 1])


def test_several_tolerances_give_one_entry_each_in_their_order() -> None:
    found = audit(worked_run(), AuditSettings(tolerances=(1.0, 0.0), ks=(3,), resamples=FEW))
    assert [(e.method, e.tolerance, e.ratio.count) for e in found.score_comparison] == [
        ("baseline", 1.0, 6),
        ("baseline", 0.0, 4),
        ("expectation", 1.0, 6),
        ("expectation", 0.0, 4),
    ]
    assert [t.tolerance for t in found.transitivity] == [1.0, 0.0]


def test_same_run_and_settings_same_numbers() -> None:
    one, two = audited(worked_run()), audited(worked_run())
    assert one.position == two.position
    assert [e.ratio for e in one.score_comparison] == [e.ratio for e in two.score_comparison]


def test_low_mass_counts_distributions_below_nine_tenths() -> None:
    run = run_of({"q": "abc"}, scores=[score("a", 3, {3.0: 0.89}), score("b", 3, {3.0: 0.9}), score("c", 3)])
    assert audited(run).inputs.low_mass == 1


ALL = ("ab", "ac", "bc")
NEARLY_NOTHING = {
    "no questions": run_of({}),
    "a question without responses": run_of({"q": ""}),
    "one response": run_of({"q": "a"}, scores=[score("a", 3)]),
    "responses without judgments": run_of({"q": "abc"}),
    "scores only": run_of({"q": "ab"}, scores=[score("a", 3), score("b", 3)]),
    "all judgments failed": run_of(
        {"q": "ab"},
        scores=[score("a", failure="x"), score("b", failure="x")],
        pairs=[pair("a", "b", failure="x"), pair("b", "a", failure="x")],
        verdicts=[decided("a", "b", "first")],
    ),
    "every pair half failed": run_of(
        {"q": "ab"}, scores=[score("a", 3), score("b", 4)], pairs=[pair("a", "b", "first"), pair("b", "a", failure="x")]
    ),
    "people only": run_of({"q": "ab"}, verdicts=[decided("a", "b", "first")]),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("run", NEARLY_NOTHING.values(), ids=NEARLY_NOTHING)
def test_too_little_data_is_not_a_number_and_never_zero(run: RunJudgments, mode: Mode) -> None:
    found = audited(run, mode)
    ratios = [entry.ratio for entry in (*found.score_comparison, *found.transitivity)]
    for ratio in (*ratios, found.position.consistent, found.position.hard_flips):
        assert ratio.total == 0
        assert math.isnan(ratio.value)
        assert math.isnan(ratio.low)
    assert math.isnan(found.position.tie_rate)
    assert all(math.isnan(t.chance) and math.isnan(t.tie_rate) for t in found.transitivity)
    assert all(math.isnan(person.kappa) for _, person in found.agreement)
    assert found.inputs.pairs_compared == 0
    assert structures(Evidence(run, mode), found.default_aggregation, 0.0) == {}


def test_all_ties_are_transitive_and_their_tie_rate_is_said() -> None:
    run = run_of({"q": "abc"}, pairs=[p for a, b in ALL for p in both_orders(a, b, "tie")])
    three = audited(run).transitivity[0]
    assert (three.ratio.value, three.tie_rate, three.chance) == (0.0, 1.0, 0.0)


def random_run(seed: int, order: tuple[int, ...] = (0, 1, 2, 3)) -> RunJudgments:
    """Four responses to each of three questions, some judgments missing, in the given order of responses."""
    rng = np.random.default_rng(seed)
    scores: list[ScoreJudgment] = []
    pairs: list[PairJudgment] = []
    for q in "pqr":
        for r in "abcd":
            probs = {float(n): float(p) for n, p in enumerate(rng.dirichlet(np.ones(5)) * rng.uniform(0.5, 1), 1)}
            if rng.random() < 0.9:
                scores.append(score(r, max(probs, key=lambda label: probs[label]), probs, question=q))
        for a in "abcd":
            for b in "abcd":
                raw = tuple(float(p) for p in rng.dirichlet((1, 1, 0.5)) * rng.uniform(0.5, 1))
                if a != b and rng.random() < 0.93:
                    verdict: Shown = ("first", "second", "tie")[int(np.argmax(raw))]
                    pairs.append(pair(a, b, verdict, raw, question=q))  # type: ignore[arg-type]
    names = ["abcd"[n] for n in order]
    return run_of(dict.fromkeys("pqr", names), scores=scores, pairs=pairs)


def by_plain_loops(seed: int, mode: Mode, tolerance: float) -> tuple[tuple[int, int], Counter[str], int]:
    """(pairs, conflicts) of the expectation against averaged probabilities, triples by kind, triples known."""
    run = random_run(seed)
    evidence_rows = list(zip(run.pairs.first.tolist(), run.pairs.second.tolist(), run.pairs.probs, strict=True))
    by_order = {(f, s): p / p.sum() if mode == "corrected" else p for f, s, p in evidence_rows}
    weight = 2.0 if mode == "corrected" else 1.0
    expected: dict[int, float] = {}
    for n, response in enumerate(run.scores.response.tolist()):
        lo, hi = run.scores.label_offsets[n : n + 2]
        values, probs = run.scores.label_values[lo:hi], run.scores.label_probs[lo:hi]
        expected[response] = float(values @ probs / probs.sum())
    relation: dict[tuple[int, int], int] = {}
    matrix = np.full((12, 12), UNKNOWN, np.int8)
    total = conflicts = 0
    for i, j in combinations(range(12), 2):
        if i // 4 != j // 4 or (i, j) not in by_order or (j, i) not in by_order:
            continue
        one, two = by_order[i, j], by_order[j, i]
        chances = [(one[0] + two[1]) / weight, (one[1] + two[0]) / weight, (one[2] + two[2]) / weight]
        top, second, _ = sorted(chances, reverse=True)
        relation[i, j] = 0 if top - second <= tolerance else (1, -1, 0)[chances.index(top)]
        matrix[i, j], matrix[j, i] = relation[i, j], -relation[i, j]
        if i in expected and j in expected:
            gap = expected[i] - expected[j]
            total += 1
            conflicts += relation[i, j] != (0 if abs(gap) <= tolerance else 1 if gap > 0 else -1)
    known = [t for t in combinations(range(12), 3) if all(p in relation for p in combinations(t, 2))]
    kinds = Counter(kind for kind in (kind_of(matrix, t) for t in known) if kind)
    return (total, conflicts), kinds, len(known)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from(["corrected", "paper"]), st.sampled_from([0.0, 0.1, 0.4]))
def test_random_runs_agree_with_plain_loops(seed: int, mode: Mode, tolerance: float) -> None:
    found = audited(random_run(seed), mode, tolerance, (3,))
    pairs, kinds, known = by_plain_loops(seed, mode, tolerance)
    (scores,) = [e for e in found.score_comparison if e.method == "expectation"]
    (triples,) = [t for t in found.transitivity if t.aggregation == "likelihood"]
    assert (scores.ratio.total, scores.ratio.count) == pairs
    assert (triples.ratio.total, triples.ratio.count) == (known, sum(kinds.values()))
    assert triples.kinds == {kind: kinds[kind] for kind in triples.kinds}


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.permutations(range(4)).map(tuple), st.sampled_from(["corrected", "paper"]))
def test_renaming_responses_changes_no_number_of_an_audit(seed: int, order: tuple[int, ...], mode: Mode) -> None:
    plain, moved = audited(random_run(seed), mode, 0.1), audited(random_run(seed, order), mode, 0.1)
    # As text, because NaN differs from itself.
    for part in ("inputs", "position", "ledger"):
        assert str(getattr(plain, part)) == str(getattr(moved, part))
    assert str([(e.ratio, e.reversal) for e in plain.score_comparison]) == str(
        [(e.ratio, e.reversal) for e in moved.score_comparison]
    )
    assert str([(t.ratio, t.kinds) for t in plain.transitivity]) == str(
        [(t.ratio, t.kinds) for t in moved.transitivity]
    )
