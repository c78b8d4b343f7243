"""Why a system moved: against ranking again by brute force."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tests.core.small_runs import both_orders, run_of
from trustjudge_core.correction import CorrectedEvidence
from trustjudge_core.evidence import Evidence
from trustjudge_core.leaderboard import question_leaderboards, system_leaderboards
from trustjudge_core.moves import BY_COMPARISON, Moves, field_of_question, field_of_systems
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.ranking import RankingMethod


def _ladder() -> Evidence:
    """a > b > c in every one of three questions."""
    questions = dict.fromkeys(("p", "q", "r"), "abc")
    pairs = [p for q in questions for x, y in combinations("abc", 2) for p in both_orders(x, y, "first", question=q)]
    return Evidence(run_of(questions, pairs=pairs), "corrected")


# People turn b > c in q and r: c is now ahead of b with 2 of 3. Either of the two verdicts alone would leave b second.
def test_a_move_is_explained_by_the_verdicts_without_which_it_would_not_be() -> None:
    evidence = _ladder()
    votes = np.zeros((9, 3), np.int64)
    turned = [5, 8]  # pairs are ab, ac, bc of p, then of q, then of r
    votes[turned, 0] = 1
    votes[0, 2] = 1  # a > b once more: changes nothing
    moves = Moves(evidence, CorrectedEvidence(evidence, votes), field_of_systems(evidence), "copeland", "baseline", 0.0)
    assert moves.rank_before.tolist() == [1, 2, 3]
    assert moves.rank_after.tolist() == [1, 3, 2]
    assert sorted(moves.moved()) == [1, 2]
    up = moves.explain(2)
    assert (up.rank_before, up.rank_after, up.passed) == (3, 2, (1,))
    # One of the two is enough to undo it, as 1 of 3 turned leaves b ahead.
    assert [(e.before, e.after, e.points) for e in up.effects] == [(1, -1, 2.0)]
    assert up.effects[0].case in turned
    assert (up.without, up.whole) == (3, True)
    still = moves.explain(0)
    assert (still.effects, still.whole, still.passed) == ((), True, ())


@pytest.mark.parametrize("method", BY_COMPARISON)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_explanation_holds_when_ranked_again_and_none_is_longer_than_needed(
    method: RankingMethod, seed: int
) -> None:
    planted = planted_run(Dials(noise=1.5, position_bias=1.0, tie=0.5), questions=6, responses=5, seed=seed)
    evidence = Evidence(planted.run, "corrected")
    rng = np.random.default_rng(seed)
    votes = np.zeros((len(evidence.table), 3), np.int64)
    asked = rng.choice(len(votes), 25, replace=False)
    votes[asked, rng.integers(0, 3, 25)] = 1
    corrected = CorrectedEvidence(evidence, votes)
    moves = Moves(evidence, corrected, field_of_systems(evidence), method, "likelihood", 0.0)

    def ranks(without: list[int]) -> list[int]:
        left = votes.copy()
        left[without] = 0
        boards = system_leaderboards(CorrectedEvidence(evidence, left), "likelihood", 0.0, resamples=0)
        return next(b.ranking.rank for b in boards if b.ranking.method == method).tolist()

    assert moves.rank_before.tolist() == ranks(asked.tolist())
    assert moves.rank_after.tolist() == ranks([])
    for entry in moves.moved():
        move = moves.explain(entry)
        cases = [effect.case for effect in move.effects]
        assert set(cases) <= set(asked.tolist())
        assert move.without == ranks(cases)[entry]
        if not move.whole:
            continue
        upwards = move.rank_after < move.rank_before
        assert move.without >= move.rank_before if upwards else move.without <= move.rank_before
        assert cases
        shorter = ranks(cases[:-1])[entry]
        assert shorter < move.rank_before if upwards else shorter > move.rank_before
        assert [e.points for e in move.effects] == sorted((e.points for e in move.effects), reverse=True)


def test_one_question_is_explained_by_its_own_verdicts() -> None:
    evidence = _ladder()
    votes = np.zeros((9, 3), np.int64)
    votes[[2, 5], 0] = 1  # bc in p and in q
    corrected = CorrectedEvidence(evidence, votes)
    moves = Moves(evidence, corrected, field_of_question(evidence, 1), "copeland", "baseline", 0.0)
    boards = question_leaderboards(corrected, "baseline", 0.0, 1)
    assert moves.rank_after.tolist() == boards[0].ranking.rank.tolist() == [1, 3, 2]
    assert [e.case for e in moves.explain(2).effects] == [5]


def test_what_came_by_way_of_others_is_said() -> None:
    # a and b never meet c and d except b against c; turning c against d moves nobody it does not touch by Copeland,
    # but by strengths it lifts c, and with c everything that b is measured by.
    pairs = []
    for x, y, verdicts in (("a", "b", "ffs"), ("b", "c", "ffs"), ("c", "d", "ffs"), ("a", "d", "ffs")):
        for n, letter in enumerate(verdicts):
            pairs += both_orders(x, y, "first" if letter == "f" else "second", question=f"q{n}")
    evidence = Evidence(run_of({f"q{n}": "abcd" for n in range(3)}, pairs=pairs), "corrected")
    table = evidence.table
    votes = np.zeros((len(table), 3), np.int64)
    votes[(table.i % 4 == 2) & (table.j % 4 == 3), 0] = 1  # d beats c everywhere
    field = field_of_systems(evidence)
    moves = Moves(evidence, CorrectedEvidence(evidence, votes), field, "bradley_terry", "baseline", 0.0)
    for entry in moves.moved():
        move = moves.explain(entry)
        touched = {int(table.i[e.case]) % 4 for e in move.effects} | {int(table.j[e.case]) % 4 for e in move.effects}
        assert touched <= {entry, *move.passed, 2, 3}
        assert move.whole or move.without != move.rank_before
