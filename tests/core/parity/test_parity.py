"""Reference mode on a small set of our own in the published layout, every number derived by hand.

The files beside this test hold three questions: 7 (Facts, 4 responses), 8 (Prose, 4) and 9 (Prose, 2).
All probabilities are sums of powers of two, so hand arithmetic is exact. Each order of a pair has two
tokens and a perplexity of 1 or 2.

Label tables of the scores, first key first, after cleaning:

    7:0  4 0.5, 5 0.25, " 4" 0.125    the equal cleaned keys are summed: 4 0.625, 5 0.25
    7:1  3 1.0                        nothing strictly between 0 and 1
    7:2  2 0.5                        a single label
    7:3  "Score: 3."                  no bracket: absent
    8:0  3 0.5, 1 0.25
    8:1  3.0 0.5, 2 0.5               a label written as a float
    8:2  [7], later [2]: 2 0.75, great 0.2    7 is no label, so the second bracket counts; great is none either
    8:3  1 0.5, 2 0.25
    9:0  5 0.5, 4 0.5
    9:1  null                         absent

Pairs, order 1 (lower index first) / order 2 by shown letters, with the perplexities:

    7 0-1  A .75 B .25          / B .75 A .25           1 2
    7 0-2  A .5 B .375 " A" .125 / A .625 B .375        2 1
    7 0-3  no bracket           / B .75 A .25           absent
    7 1-2  B .5 A .25 C .25     / A .5 B .25 C .25      1 1
    7 1-3  C .5 A .25 B .25     / C .5 A .25 B .25      2 1
    7 2-3  C .5 A .5            / A .5 B .25            1 2
    8 0-1  A .75 B .125         / B .75 A .125          1 2
    8 0-2  B .5 A .375          / A .5 B .375           1 2
    8 0-3  A .75                / B .75                 1 2
    8 1-2  A .75 B .125         / B .75 A .125          2 1
    8 1-3  A .75 C .25          / C .5 B .5             2 1
    8 2-3  A .75 B .25          / B .75 A .25           1 2
    9 0-1  A .75 B .25          / null                  absent

Relations ('>' the lower index wins). Agreement: both first keys, the second turned around. Perplexity: first
key of the order with 1; equal perplexities tie; the gap is 1. Likelihood: sums (i, j, tie), half the lead.

             agreement  perplexity  likelihood
    7 0-1    >          >           1.5  0.5  0     half-lead .5    >
    7 0-2    A, B: =    <           1.0  1.0  0     exact tie       =
    7 1-2    <          =           0.5  1.0  0.5   .25             <
    7 1-3    =          =           0.5  0.5  1.0   .25, tie on top =
    7 2-3    C, B: =    =           0.75 0.5  0.5   .125            >
    8 0-1    >          >           1.5  0.25 0     .625            >
    8 0-2    <          <           0.75 1.0  0     .125            <
    8 0-3    >          >           1.5  0    0     .75             >
    8 1-2    >          >           1.5  0.25 0     .625            >
    8 1-3    A, C: =    =           1.25 0    0.75  .25             >
    8 2-3    >          >           1.5  0.5  0     .5              >
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trustjudge_core.audit import Audit, LedgerEntry
from trustjudge_core.evidence import Evidence
from trustjudge_core.score_comparison import ScoreComparison
from trustjudge_core.services.audit_files import audit_files
from trustjudge_core.settings import AuditSettings
from trustjudge_core.transitivity import Transitivity

FILES = [Path(__file__).parent / f"{name}.jsonl" for name in ("answers", "score_5", "pairwise")]
TOLERANCES = (0.0, 0.125, 0.5, 1.5)


@pytest.fixture(scope="module")
def audited() -> tuple[Evidence, Audit]:
    """The set through reading, a throwaway database and the audit in reference mode."""
    ((evidence, found),), _ = audit_files(FILES, AuditSettings("reference", TOLERANCES, (3, 4, 5), resamples=2))
    return evidence, found


def by_category(entry: ScoreComparison | Transitivity) -> dict[str, tuple[int, int]]:
    """Total and count of every category."""
    return {name: (found.ratio.total, found.ratio.count) for name, found in entry.by_category.items()}


def comparison(found: Audit, method: str, tolerance: float) -> ScoreComparison:
    """The one score comparison of a method at a tolerance."""
    (entry,) = [e for e in found.score_comparison if (e.method, e.tolerance) == (method, tolerance)]
    return entry


def transitivity(found: Audit, aggregation: str, k: int, tolerance: float) -> Transitivity:
    """The one transitivity entry of an aggregation at k and a tolerance."""
    (entry,) = [t for t in found.transitivity if (t.aggregation, t.k, t.tolerance) == (aggregation, k, tolerance)]
    return entry


def fifth(p: float) -> float:
    """exp(logit / 0.2) with the published guard: the odds to the fifth power."""
    return ((p + 1e-8) / (1 - p + 1e-8)) ** 5


# baseline: the first key. geval: 4*.625 + 5*.25 = 3.75; 3; 2*.5 = 1 | 3*.5 + .25 = 1.75; 2.5; 1.5; 1 | 4.5.
# softmax: by odds^5, about 3125:1 for 7:0 and 243:1 for 8:0, 8:3; 0 where no label is inside; equal weights 2.5, 4.5.
EXPECTED_SCORES = {
    "baseline": {"7:0": 4, "7:1": 3, "7:2": 2, "8:0": 3, "8:1": 3, "8:2": 2, "8:3": 1, "9:0": 5},
    "geval": {"7:0": 3.75, "7:1": 3, "7:2": 1, "8:0": 1.75, "8:1": 2.5, "8:2": 1.5, "8:3": 1, "9:0": 4.5},
    "softmax_weighted": {
        "7:0": (4 * fifth(0.625) + 5 * fifth(0.25)) / (fifth(0.625) + fifth(0.25)),
        "7:1": 0.0,
        "7:2": 2.0,
        "8:0": (3 * fifth(0.5) + fifth(0.25)) / (fifth(0.5) + fifth(0.25)),
        "8:1": 2.5,
        "8:2": 2.0,
        "8:3": (fifth(0.5) + 2 * fifth(0.25)) / (fifth(0.5) + fifth(0.25)),
        "9:0": 4.5,
    },
}


@pytest.mark.parametrize("method", EXPECTED_SCORES)
def test_scores_by_hand(audited: tuple[Evidence, Audit], method: str) -> None:
    evidence, found = audited
    scores, index = comparison(found, method, 0.0).scores, evidence.index
    ours = {
        f"{index.question_ids[evidence.question_of[r]]}:{index.response_ids[r]}": float(scores[r])
        for r in np.flatnonzero(np.isfinite(scores))
    }
    assert ours == pytest.approx(EXPECTED_SCORES[method], abs=1e-9)


def test_softmax_by_hand_is_about_what_the_odds_say(audited: tuple[Evidence, Audit]) -> None:
    scores = comparison(audited[1], "softmax_weighted", 0.0).scores
    assert scores[0] == pytest.approx((4 * 3125 + 5) / 3126, abs=1e-6)
    assert scores[4] == pytest.approx((3 * 243 + 1) / 244, abs=1e-6)


# Nine pairs have both scores and both orders: 7 0-1, 0-2, 1-2 and all six of 8. Agreement says
# 7: > = <   8: 0-1 >, 0-2 <, 0-3 >, 1-2 >, 1-3 =, 2-3 >. Score gaps in the same order:
#   baseline  7: 1 2 1          8: 0 1 2 1 2 1
#   geval     7: .75 2.75 2     8: -.75 .25 .75 1 1.5 .5
#   softmax   7: 4 2 -2         8: .49 .99 1.99 .5 1.496 .996
# A gap below the tolerance ties; a gap of exactly .5 or 1.5 does not. Conflicts:
#   baseline  0, .125, .5: 7 0-2, 1-2; 8 0-1 (score tie), 0-2, 1-3. 1.5: all of 7; 8 all but 0-3
#   geval     0, .125: 7 0-2, 1-2; 8 0-1, 0-2, 1-3. .5: the same, 8 0-2 by a tie. 1.5: all nine
#   softmax   0, .125: 7 0-2; 8 0-2, 1-3. .5: also 8 0-1. 1.5: 7 0-2; 8 0-1, 0-2, 1-2, 2-3
@pytest.mark.parametrize(
    ("method", "tolerance", "facts", "prose"),
    [
        ("baseline", 0.0, 2, 3),
        ("baseline", 0.125, 2, 3),
        ("baseline", 0.5, 2, 3),
        ("baseline", 1.5, 3, 5),
        ("geval", 0.0, 2, 3),
        ("geval", 0.125, 2, 3),
        ("geval", 0.5, 2, 3),
        ("geval", 1.5, 3, 6),
        ("softmax_weighted", 0.0, 1, 2),
        ("softmax_weighted", 0.125, 1, 2),
        ("softmax_weighted", 0.5, 1, 3),
        ("softmax_weighted", 1.5, 1, 4),
    ],
)
def test_conflicts_by_hand(
    audited: tuple[Evidence, Audit], method: str, tolerance: float, facts: int, prose: int
) -> None:
    entry = comparison(audited[1], method, tolerance)
    assert entry.scale == (1.0, 5.0)
    assert (entry.ratio.total, entry.ratio.count) == (9, facts + prose)
    assert by_category(entry) == {"Facts": (3, facts), "Prose": (6, prose)}


# The split of baseline at 0: reversals 7 1-2, 8 0-2; score tie 8 0-1; comparison ties 7 0-2, 8 1-3.
def test_split_of_conflicts_by_hand(audited: tuple[Evidence, Audit]) -> None:
    entry = comparison(audited[1], "baseline", 0.0)
    assert (entry.reversal.count, entry.score_tie.count, entry.comparison_tie.count) == (2, 1, 2)


# Triples with all pairs: 7 {0,1,2}, {1,2,3}; 8 all four. Patterns (ij, jk, ik):
#                  7:012  7:123  8:012  8:013  8:023  8:123
#   agreement      ><=    <==e   >><c   >=>    <>>    >>=e
#   perplexity     >=<c   ===    >><c   >=>    <>>    >>=e     up to a tolerance below the gap of 1, then all ties
#   likelihood 0   ><=    <>=    >><c   >>>    <>>    >>>      the same at .125: a half-lead of .125 is not below it
#   likelihood .5  >==e   ===    >>=e   >=>    =>>    >>=e     half-leads of .5 still decide; at 1.5 all ties
# c is the published circle, e equal. The one 4-subset, of 8, holds what its triples hold.
@pytest.mark.parametrize(
    ("aggregation", "tolerance", "facts", "prose", "circle", "equal", "four"),
    [
        *(("baseline", tolerance, 1, 2, 1, 2, (1, 1)) for tolerance in TOLERANCES),
        *(("ppl", tolerance, 1, 2, 2, 1, (1, 1)) for tolerance in (0.0, 0.125, 0.5)),
        ("ppl", 1.5, 0, 0, 0, 0, (0, 0)),
        ("likelihood", 0.0, 0, 1, 1, 0, (1, 0)),
        ("likelihood", 0.125, 0, 1, 1, 0, (1, 0)),
        ("likelihood", 0.5, 1, 2, 0, 3, (0, 1)),
        ("likelihood", 1.5, 0, 0, 0, 0, (0, 0)),
    ],
)
def test_triples_and_quadruples_by_hand(
    audited: tuple[Evidence, Audit],
    aggregation: str,
    tolerance: float,
    facts: int,
    prose: int,
    circle: int,
    equal: int,
    four: tuple[int, int],
) -> None:
    three = transitivity(audited[1], aggregation, 3, tolerance)
    assert (three.ratio.total, three.ratio.count) == (6, facts + prose)
    assert three.reference_types == {"circle": circle, "equal": equal}
    assert by_category(three) == {"Facts": (2, facts), "Prose": (4, prose)}
    quadruple = transitivity(audited[1], aggregation, 4, tolerance)
    assert (quadruple.ratio.total, quadruple.ratio.count) == (1, int(any(four)))
    assert quadruple.reference_types == {"circle": four[0], "equal": four[1]}


# Agreement again, by kinds that do not depend on numbering: 7:123 is 1<2 among ties, 8:012 a cycle, 8:123 a chain.
def test_kinds_by_hand(audited: tuple[Evidence, Audit]) -> None:
    three = transitivity(audited[1], "baseline", 3, 0.0)
    assert three.kinds == {"strict_cycle": 1, "broken_chain": 1, "contradicted_tie": 1}


def test_five_responses_there_are_none(audited: tuple[Evidence, Audit]) -> None:
    five = transitivity(audited[1], "likelihood", 5, 0.0)
    assert five.ratio.total == 0
    assert np.isnan(five.ratio.value)


# 5 pairs of 7 and 6 of 8 have both orders. 7 0-2 says A twice: a hard flip to the first shown. 7 2-3 (C, then A) and
# 8 1-3 (A, then C) are softer, both better for whoever is first. Four of 22 verdicts are C.
def test_position_by_hand(audited: tuple[Evidence, Audit]) -> None:
    found = audited[1].position
    assert (found.pairs, found.consistent.count, found.first_favouring.count) == (11, 8, 3)
    assert (found.second_favouring.count, found.hard_first, found.hard_second) == (0, 1, 0)
    assert found.tie_rate == pytest.approx(4 / 22)


def test_nothing_that_failed_is_lost(audited: tuple[Evidence, Audit]) -> None:
    assert set(audited[1].ledger) == {
        LedgerEntry("score", "no verdict in brackets", 1),
        LedgerEntry("score", "missing judgment", 1),
        LedgerEntry("pair", "no verdict in brackets", 1),
        LedgerEntry("pair", "missing judgment", 1),
    }
    assert audited[1].inputs.pairs == 13
