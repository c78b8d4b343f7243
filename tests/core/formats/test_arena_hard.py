"""Arena-Hard: game 0 shows the baseline first, the strength of a verdict is kept, null has failed."""

from __future__ import annotations

import pytest

NEW = {
    "q": [{"uid": "u", "category": "coding", "subcategory": "c", "prompt": "Code!"}],
    "a": [
        {"uid": "u", "ans_id": n, "model": n, "messages": [{"role": "user", "content": "Code!"},
         {"role": "assistant", "content": content}], "metadata": {}}
        for n, content in (("base", {"answer": "one"}), ("m", "two"))
    ],
}  # fmt: skip
OLD = {
    "q": [{"question_id": "u", "category": "arena-hard-v0.1", "cluster": "k", "turns": [{"content": "Code!"}]}],
    "a": [
        {"question_id": "u", "answer_id": n, "model_id": n,
         "choices": [{"index": 0, "turns": [{"content": text, "token_len": 1}]}]}
        for n, text in (("base", "one"), ("m", "two"))
    ],
}  # fmt: skip
JUDGMENT = {"uid": "u", "category": "coding", "judge": "j", "model": "m", "baseline": "base"}


def game(score, text="said"):
    """One game as version 2 writes it."""
    return {"score": score, "judgment": {"answer": text}, "prompt": []}


@pytest.mark.parametrize("files", [NEW, OLD])
def test_both_versions_hold_the_same_set(read, files):
    found = read(files)
    assert {one.format for one in found.recognised} == {"Arena-Hard"}
    (question,) = found.bundle.response_set.questions
    assert (question.question_id, question.text) == ("u", "Code!")
    assert [(r.response_id, r.system, r.text) for r in question.responses] == [
        ("base", "base", "one"),
        ("m", "m", "two"),
    ]


def test_the_games_are_by_shown_position_with_their_strength(read):
    pairs = read({**NEW, "j": [{**JUDGMENT, "games": [game("B>>A"), game("A=B")]}]}).bundle.pairs
    assert [(p.first, p.second, p.judge, p.verdict, p.strength, p.text) for p in pairs] == [
        ("base", "m", "j", "second", 2.0, "said"),
        ("m", "base", "j", "tie", None, "said"),
    ]


@pytest.mark.parametrize(
    ("score", "verdict", "strength"),
    [("A>>B", "first", 2), ("A>B", "first", 1), ("B>A", "second", 1), ("[[A>B]]", "first", 1), ("A<<B", "second", 2),
     ("B<A", "first", 1), ("B=A", "tie", None), ("[[a=b]]", "tie", None)],
)  # fmt: skip
def test_labels_may_stand_either_way_round_and_in_brackets(read, score, verdict, strength):
    (pair,) = read({**NEW, "j": [{**JUDGMENT, "games": [game(score)]}]}).bundle.pairs
    assert (pair.verdict, pair.strength) == (verdict, strength)


def test_a_game_or_score_of_null_has_failed(read):
    pairs = read({**NEW, "j": [{**JUDGMENT, "games": [None, game(None)]}]}).bundle.pairs
    assert [(p.failure, p.text) for p in pairs] == [("no judgment", None), ("no verdict", "said")]


@pytest.mark.parametrize("score", ["A", "A>B>>A", "A=B=", "[[>>]]"])
def test_what_the_project_could_not_tally_has_failed_with_its_text(read, score):
    (pair,) = read({**NEW, "j": [{**JUDGMENT, "games": [game(score)]}]}).bundle.pairs
    assert (pair.verdict, pair.failure, pair.text) == (None, f"invalid: {score}", "said")


def test_a_score_in_other_words_is_a_problem(problems):
    (problem,) = problems({**NEW, "j": [{**JUDGMENT, "games": [game("baseline")]}]})
    assert problem.field == "score"


def test_older_judgments_need_the_baseline_named(read, problems):
    old = {"question_id": "u", "model": "m", "judge": "j",
           "games": [{"user_prompt": "p", "judgment": "said", "score": "A>B"}] * 2}  # fmt: skip
    (problem,) = problems({**OLD, "j": [old]})
    assert problem.field == "baseline"
    found = read({**OLD, "j": [old]}, baseline="base")
    assert found.recognised[2].asks == ("baseline",)
    assert [(p.first, p.verdict, p.text) for p in found.bundle.pairs] == [
        ("base", "first", "said"),
        ("m", "first", "said"),
    ]


def test_judgments_alone_make_the_systems_known(read):
    (question,) = read({"j": [{**JUDGMENT, "games": [game("A>B")]}]}).bundle.response_set.questions
    assert [(r.response_id, r.system, r.text) for r in question.responses] == [("m", "m", None), ("base", "base", None)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"games": [game("A>C")]}, "score"),
        ({"games": [game(1)]}, "score"),
        ({"games": ["x"]}, "games"),
        ({"games": [game("A>B")], "model": "nobody"}, "model"),
        ({"games": [], "model": "base"}, "model"),
    ],
)
def test_a_wrong_field_is_named(problems, changes, field):
    found = problems({**NEW, "j": [{**JUDGMENT, **changes}]})
    assert {(problem.file, problem.line, problem.field) for problem in found} == {("j", 1, field)}
