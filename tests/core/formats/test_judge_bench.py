"""JudgeBench: which response is right, two games with the responses swapped, rewards by shown order."""

from __future__ import annotations

import pytest

from trustjudge_core.records import Verdict

PAIR = {
    "pair_id": "p", "original_id": "1", "source": "maths", "question": "2+2?", "response_model": "m",
    "response_A": "4", "response_B": "5", "label": "A>B",
}  # fmt: skip


def game(decision, text="said"):
    """One game of a judge that writes."""
    return {"judgment": {"judge_model": "j", "prompt": "p", "response": text}, "decision": decision}


def reward(first, second):
    """One game of a reward model."""
    decision = "A>B" if first > second else "B>A"
    return {"judgment": {"judge_model": "r", "scores": [first, second]}, "decision": decision}


def test_the_label_is_a_gold_score_and_a_verdict(read):
    bundle = read({"p": [PAIR]}).bundle
    (question,) = bundle.response_set.questions
    assert (question.question_id, question.text, question.category) == ("p", "2+2?", "maths")
    assert [(r.response_id, r.text, r.system, r.gold) for r in question.responses] == [
        ("A", "4", "m", 1.0),
        ("B", "5", "m", 0.0),
    ]
    assert bundle.verdicts == (Verdict("p", "gold", "A", "B", "first"),)


def test_the_second_game_is_swapped_and_null_has_failed(read):
    rows = [
        {**PAIR, "judge_name": "arena_hard", "judgments": [game("A>B"), game("A>B")]},
        {**PAIR, "pair_id": "q", "judge_name": "arena_hard", "judgments": [None, game(None)]},
    ]
    pairs = read({"p": rows}).bundle.pairs
    assert {p.judge for p in pairs} == {"j (arena_hard)"}
    assert [(p.question_id, p.first, p.second, p.verdict, p.failure) for p in pairs] == [
        ("p", "A", "B", "first", None),
        ("p", "B", "A", "first", None),
        ("q", "A", "B", None, "no judgment"),
        ("q", "B", "A", None, "no decision"),
    ]


def test_a_decision_that_could_not_be_read_upstream_has_failed_with_its_text(read):
    (pair,) = read({"p": [{**PAIR, "judge_name": "arena_hard", "judgments": [game("B>A>B")]}]}).bundle.pairs
    assert (pair.verdict, pair.failure, pair.text) == (None, "invalid: B>A>B", "said")


def test_rewards_are_scores_of_the_responses_in_the_order_shown(read):
    row = {**PAIR, "judge_name": "reward_model", "judgments": [reward(2.0, -1.5), reward(-1.0, 2.5)]}
    bundle = read({"p": [row]}).bundle
    assert [(s.response_id, s.emitted, s.scale) for s in bundle.scores] == [
        ("A", 2.0, (-1.5, 2.5)),
        ("B", -1.5, (-1.5, 2.5)),
        ("B", -1.0, (-1.5, 2.5)),
        ("A", 2.5, (-1.5, 2.5)),
    ]
    assert [(p.first, p.verdict, p.strength) for p in bundle.pairs] == [("A", "first", 3.5), ("B", "second", 3.5)]


def test_files_of_several_judges_share_their_pairs(read):
    files = {
        "plain": [PAIR],
        "one": [{**PAIR, "judge_name": "vanilla", "judgments": [game("A>B")]}],
        "two": [{**PAIR, "judge_name": "skywork_critic", "judgments": [game("B>A")]}],
    }
    bundle = read(files).bundle
    assert len(bundle.response_set.questions) == len(bundle.verdicts) == 1
    assert bundle.judges == ("j (vanilla)", "j (skywork_critic)")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"label": "A"}, "label"),
        ({"judgments": [game("A wins")]}, "decision"),
        ({"judgments": [game(1)]}, "decision"),
        ({"judgments": ["x"]}, "judgments"),
        ({"judgments": {}}, "judgments"),
        ({"pair_id": None}, "pair_id"),
    ],
)
def test_a_wrong_field_is_named(problems, changes, field):
    found = problems({"p": [PAIR | {"pair_id": "other"}, {**PAIR, "judge_name": "v", **changes}]})
    assert {(problem.line, problem.field) for problem in found} == {(2, field)}
