"""Before and after, from stored verdicts; withdrawing restores; proposals change nothing."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import Engine

from tests.core.services.reviewing import decide, shown, stored_tournament
from tests.databases import row_counts
from trustjudge_core.errors import UsageError
from trustjudge_core.leaderboard import Leaderboard
from trustjudge_core.moves import BY_COMPARISON
from trustjudge_core.services.corrected_ranking import correct, corrected_ranking, explain_moves
from trustjudge_core.services.list_verdicts import list_verdicts
from trustjudge_core.services.next_case import Choice
from trustjudge_core.services.propose_corrections import propose_acceptance, propose_edits, propose_scores
from trustjudge_core.services.set_rubric import set_rubric
from trustjudge_core.services.withdraw_verdict import withdraw_verdict


def _same(one: tuple[Leaderboard, ...], other: tuple[Leaderboard, ...]) -> bool:
    return all(
        np.array_equal(getattr(a.ranking, part), getattr(b.ranking, part), equal_nan=True)
        for a, b in zip(one, other, strict=True)
        for part in ("strength", "low", "high", "rank")
    )


def test_without_verdicts_both_sides_are_the_same(engine: Engine) -> None:
    ground = stored_tournament(engine)
    corrected = correct(engine, ground)
    ranking = corrected_ranking(corrected)
    assert {board.ranking.method for board in ranking.before} >= set(BY_COMPARISON)
    assert _same(ranking.before, ranking.after)
    assert (corrected.decided, corrected.elsewhere, corrected.older) == (0, 0, 0)
    assert explain_moves(corrected, "copeland") == []


def test_verdicts_move_the_ranking_and_withdrawing_them_restores_it_exactly(engine: Engine) -> None:
    ground = stored_tournament(engine)
    wanted = tuple((f"q000{q}", "r03", other) for q in range(4) for other in ("r00", "r01", "r02"))
    for _ in wanted:
        choice = Choice(pairs=wanted)
        first = shown(engine, ground, choice=choice).presentation.first
        decide(engine, ground, "first" if first == "r03" else "second", choice=choice)
    corrected = correct(engine, ground)
    ranking = corrected_ranking(corrected)
    assert corrected.decided == 12
    after = next(board for board in ranking.after if board.ranking.method == "copeland")
    assert after.names[after.order[0]] == "system 03"
    assert not _same(ranking.before, ranking.after)
    moves = explain_moves(corrected, "copeland")
    up = next(move for move in moves if after.names[move.entry] == "system 03")
    assert up.rank_after == 1 < up.rank_before
    ids = {v.verdict_id for v in list_verdicts(engine, ground.set_id)}
    assert all(set(corrected.verdicts_on(effect.case)) <= ids for effect in up.effects)
    assert all(len(corrected.verdicts_on(effect.case)) == 1 for effect in up.effects)
    question = corrected_ranking(corrected, question=0)
    assert question.after[0].names[question.after[0].order[0]] == "r03"
    for verdict in list_verdicts(engine, ground.set_id):
        withdraw_verdict(engine, verdict.verdict_id, "ann")
    restored = corrected_ranking(correct(engine, ground))
    assert _same(ranking.before, restored.after)
    assert _same(ranking.before, restored.before)


def test_weight_people_and_rubrics_are_said(engine: Engine) -> None:
    ground = stored_tournament(engine)
    decide(engine, ground, "first", "ann")
    decide(engine, ground, "tie", "bob")
    decide(engine, ground, None, "bob")
    assert correct(engine, ground).decided == 2
    assert correct(engine, ground, people=["bob"]).decided == 1
    assert correct(engine, ground, weight=0.0).decided == 0
    set_rubric(engine, ground.set_id, "Facts.", "ann")
    assert correct(engine, ground).older == 2  # they count until they are decided anew
    assert correct(engine, ground).decided == 2
    with pytest.raises(UsageError, match="'eve' decided nothing here; allowed: ann, bob"):
        correct(engine, ground, people=["eve"])
    with pytest.raises(UsageError, match="weight 2 of a verdict cannot be used"):
        correct(engine, ground, weight=2.0)
    with pytest.raises(UsageError, match="expected_score does not look at comparisons"):
        explain_moves(correct(engine, ground), "expected_score")


def test_proposals_are_made_from_the_corrected_comparisons_and_change_nothing(engine: Engine) -> None:
    ground = stored_tournament(engine)
    decide(engine, ground, "first")
    before = row_counts(engine)
    corrected = correct(engine, ground)
    edits = propose_edits(corrected)
    assert edits.gap == 0
    assert edits.edits
    relation = corrected.evidence.relation(ground.aggregation, ground.tolerance)
    for edit in edits.edits:
        assert relation[edit.case] == edit.before != edit.after
        assert ground.cases.table.question[edit.case] == edit.question
    scores = propose_scores(corrected)
    assert [edit.moved for edit in scores] == sorted((edit.moved for edit in scores), reverse=True)
    gate = propose_acceptance(corrected)
    assert (gate.unseen, gate.needed) == (0, 22)
    assert row_counts(engine) == before
