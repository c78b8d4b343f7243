"""Rankings of one run: systems over all questions, responses inside one."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.small_runs import both_orders, pair, run_of, score
from tests.core.worked_run import worked_run
from trustjudge_core.evidence import Evidence
from trustjudge_core.leaderboard import Leaderboard, leaderboards, question_leaderboards, system_leaderboards
from trustjudge_core.ranking import RANKING_METHODS
from trustjudge_core.records import RunJudgments


def systems_of(run: RunJudgments, resamples: int = 100) -> dict[str, Leaderboard]:
    """System rankings by method."""
    boards = system_leaderboards(Evidence(run, "corrected"), "baseline", 0.0, resamples=resamples)
    return {board.ranking.method: board for board in boards}


# p: a>b, b>c, c>a; r: a>b, b=c, a=c. Wins a>b 2, b>c 1, c>a 1, ties b=c 1 and a=c 1.
# Copeland: everyone beats one and loses to one. Mean scores: a (5+4+3)/3, b (4+4)/2, c (3+2)/2.
def test_systems_of_the_worked_run_by_hand() -> None:
    boards = systems_of(worked_run())
    copeland, scores = boards["copeland"], boards["expected_score"]
    assert copeland.names == ("a", "b", "c")
    assert copeland.wins.tolist() == [[0, 2, 0], [0, 0, 1], [1, 0, 0]]
    assert copeland.ties.tolist() == [[0, 0, 1], [0, 0, 1], [1, 1, 0]]
    assert copeland.ranking.strength.tolist() == [0, 0, 0]
    assert copeland.ranking.rank.tolist() == [1, 1, 1]
    assert scores.ranking.strength.tolist() == [4.0, 4.0, 2.5]
    assert scores.ranking.rank.tolist() == [1, 1, 3]
    assert set(scores.ranking.contradicted) == {(0, 1), (2, 0)}
    assert boards["bradley_terry"].ranking.rank[0] == 1  # two wins of four comparisons and a tie


def test_question_board_ranks_its_own_responses_without_intervals() -> None:
    boards = question_leaderboards(Evidence(worked_run(), "corrected"), "baseline", 0.0, 1)
    by_method = {board.ranking.method: board for board in boards}
    assert [board.question for board in boards] == ["r"] * len(RANKING_METHODS)
    # r: a beats b, the rest ties
    assert by_method["copeland"].ranking.strength.tolist() == [1, -1, 0]
    assert by_method["copeland"].order == [0, 2, 1]
    assert by_method["expected_score"].ranking.strength.tolist() == [4.0, 4.0, 2.0]
    assert by_method["expected_score"].order == [0, 1, 2]
    assert all(np.isnan(board.ranking.low).all() for board in boards)


def test_question_without_a_relation_has_scores_only_and_unscored_ones_have_no_rank() -> None:
    (board,) = question_leaderboards(Evidence(worked_run(), "corrected"), "baseline", 0.0, 2)
    assert board.ranking.method == "expected_score"
    assert board.ranking.rank.tolist() == [1, 0]
    assert board.order == [0, 1]


def test_responses_of_one_system_are_not_compared_with_each_other() -> None:
    run = run_of(
        {"q": "abc"},
        pairs=[*both_orders("a", "b", "first"), *both_orders("a", "c", "first"), *both_orders("c", "b", "tie")],
        systems={"a": "big", "b": "big", "c": "small"},
    )
    board = systems_of(run)["copeland"]
    assert board.names == ("big", "small")
    assert board.wins.tolist() == [[0, 1], [0, 0]]
    assert board.ties.tolist() == [[0, 1], [1, 0]]


def test_one_system_or_none_is_no_leaderboard() -> None:
    judged = both_orders("a", "b", "first")
    assert systems_of(run_of({"q": "ab"}, pairs=judged, systems={})) == {}
    assert systems_of(run_of({"q": "ab"}, pairs=judged, systems={"a": "x", "b": "x"})) == {}


def test_responses_without_a_system_take_no_part() -> None:
    run = run_of(
        {"q": "abc"},
        pairs=[*both_orders("a", "b", "first"), *both_orders("a", "c", "second")],
        systems={"a": "x", "b": "y"},
    )
    assert systems_of(run)["copeland"].wins.tolist() == [[0, 1], [0, 0]]


def test_without_comparisons_there_are_scores_only_and_without_either_nothing() -> None:
    scored = run_of({"q": "ab"}, scores=[score("a", 3), score("b", 4)])
    assert list(systems_of(scored)) == ["expected_score"]
    assert systems_of(run_of({"q": "ab"})) == {}
    assert list(leaderboards(Evidence(run_of({}), "corrected"), "baseline", 0.0)) == []
    failed = run_of({"q": "ab"}, pairs=[pair("a", "b", failure="x"), pair("b", "a", failure="x")])
    assert list(leaderboards(Evidence(failed, "corrected"), "baseline", 0.0)) == []


# Ten questions, x scored 5 in all of them and y 1 in half, 3 in half: x is always at 5, y between 1 and 3.
def test_intervals_of_scores_resample_questions() -> None:
    names = [f"q{n}" for n in range(10)]
    scores = [
        s for n, q in enumerate(names) for s in (score("x", 5, question=q), score("y", 1 + 2 * (n % 2), question=q))
    ]
    ranking = systems_of(run_of(dict.fromkeys(names, "xy"), scores=scores))["expected_score"].ranking
    assert (ranking.low[0], ranking.high[0]) == (5.0, 5.0)
    assert 1.0 < ranking.low[1] < 2.0 < ranking.high[1] < 3.0


def test_systems_come_first_then_every_question_in_order() -> None:
    boards = list(leaderboards(Evidence(worked_run(), "corrected"), "baseline", 0.0))
    assert [(board.scope, board.question) for board in boards] == [
        *[("system", None)] * len(RANKING_METHODS),
        *[("question", "p")] * len(RANKING_METHODS),
        *[("question", "r")] * len(RANKING_METHODS),
        ("question", "s"),
    ]


@settings(max_examples=30)
@given(st.lists(st.sampled_from(["first", "second", "tie"]), min_size=9, max_size=9), st.permutations("abc"))
def test_renaming_systems_permutes_the_leaderboard(said: list[str], names: list[str]) -> None:
    def board(order: list[str], method: str) -> dict[str, int]:
        judged = []
        for n, (i, j) in enumerate([(0, 1), (0, 2), (1, 2)] * 3):
            judged += both_orders("rst"[i], "rst"[j], said[n], question=f"q{n // 3}")  # type: ignore[arg-type]
        systems = dict(zip("rst", order, strict=True))
        run = run_of({f"q{n}": "rst" for n in range(3)}, pairs=judged, systems=systems)
        found = systems_of(run, resamples=0)[method]
        return dict(zip(found.names, found.ranking.rank.tolist(), strict=True))

    for method in ("copeland", "bradley_terry"):
        plain, moved = board(list("abc"), method), board(names, method)
        assert moved == {new: plain[old] for old, new in zip("abc", names, strict=True)}


def test_contradicted_pairs_are_those_of_the_pooled_comparisons() -> None:
    found = systems_of(worked_run())["copeland"]
    assert set(found.ranking.contradicted) == {(0, 1), (1, 2), (2, 0)}
