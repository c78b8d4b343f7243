"""MT-bench: the turn is part of the key, game 2 shows the models swapped, -1 and error are failures."""

from __future__ import annotations

import pytest

from trustjudge_core.records import PairJudgment, ScoreJudgment, Verdict

SET = {
    "question": [{"question_id": 81, "category": "writing", "turns": ["Write.", "Again."], "reference": ["So."]}],
    "m1": [{"question_id": 81, "model_id": "m1", "choices": [{"index": 0, "turns": ["one", "uno"]}]}],
    "m2": [{"question_id": 81, "model_id": "m2", "choices": [{"index": 0, "turns": ["two", "due"]}]}],
}
PAIR = {"question_id": 81, "model_1": "m1", "model_2": "m2", "judge": ["gpt-4", "pair-v2"], "turn": 1}
VOTE = {"question_id": 81, "model_a": "m1", "model_b": "m2", "judge": "author_1", "turn": 2}


def test_every_turn_is_a_question_that_holds_what_was_said_before(read):
    one, two = read(SET).bundle.response_set.questions
    assert (one.question_id, one.text, one.category, one.reference) == ("81/turn-1", "Write.", "writing", "So.")
    assert (two.question_id, two.reference) == ("81/turn-2", None)
    assert [r.text for r in one.responses] == ["one", "two"]
    assert two.text == "Turn 1:\nWrite.\n\nTurn 2:\nAgain."
    assert two.responses[0].text == "Turn 1:\none\n\nTurn 2:\nuno"
    assert [(r.response_id, r.system) for r in two.responses] == [("m1", "m1"), ("m2", "m2")]


def test_the_winner_is_stored_by_shown_position(read):
    games = [{**PAIR, "g1_winner": w, "g2_winner": w} for w in ("model_1", "model_2", "tie", "error")]
    pairs = read({**SET, "pairs": games}).bundle.pairs
    assert [(p.first, p.second, p.verdict, p.failure) for p in pairs] == [
        ("m1", "m2", "first", None),
        ("m2", "m1", "second", None),
        ("m1", "m2", "second", None),
        ("m2", "m1", "first", None),
        ("m1", "m2", "tie", None),
        ("m2", "m1", "tie", None),
        ("m1", "m2", None, "error"),
        ("m2", "m1", None, "error"),
    ]
    assert {p.judge for p in pairs} == {"gpt-4"}


def test_a_score_of_minus_one_is_a_failure(read):
    single = {"question_id": 81, "model": "m1", "judge": ["gpt-4", "single-v1"], "turn": 2, "judgment": "Rating: [[7]]"}
    scores = read({**SET, "single": [{**single, "score": 7}, {**single, "score": -1}]}).bundle.scores
    about = {"question_id": "81/turn-2", "response_id": "m1", "judge": "gpt-4", "scale": (1.0, 10.0)}
    assert scores == (
        ScoreJudgment(**about, emitted=7.0, text="Rating: [[7]]"),
        ScoreJudgment(**about, failure="invalid: -1", text="Rating: [[7]]"),
    )


def test_votes_are_verdicts_of_people_unless_a_model_voted(read):
    votes = [
        {**VOTE, "winner": "model_b"},
        {**VOTE, "winner": "tie (bothbad)"},
        {**VOTE, "winner": "model_a", "judge": ["gpt-4", "pair-v2"]},
    ]
    bundle = read({**SET, "votes": votes}).bundle
    assert bundle.verdicts == (
        Verdict("81/turn-2", "author_1", "m1", "m2", "second"),
        Verdict("81/turn-2", "author_1", "m1", "m2", "tie"),
    )
    assert bundle.pairs == (PairJudgment("81/turn-2", "m1", "m2", "gpt-4", "first", order_known=False),)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({**PAIR, "g1_winner": "A", "g2_winner": "tie"}, "g1_winner"),
        ({**PAIR, "g1_winner": "tie", "g2_winner": None}, "g2_winner"),
        ({**PAIR, "g1_winner": ["tie"], "g2_winner": "tie"}, "g1_winner"),
        ({**PAIR, "g1_winner": "tie", "g2_winner": "tie", "model_2": "m1"}, "model_2"),
        ({**PAIR, "g1_winner": "tie", "g2_winner": "tie", "model_2": "m9"}, "model_2"),
        ({**PAIR, "g1_winner": "tie", "g2_winner": "tie", "turn": None}, "turn"),
        ({**PAIR, "g1_winner": "tie", "g2_winner": "tie", "turn": 3}, "question_id"),
        ({**VOTE, "winner": "nobody"}, "winner"),
        ({"question_id": 81, "model": "m1", "judge": "j", "turn": 1, "score": 11}, "score"),
        ({"question_id": 81, "model": "m1", "judge": [], "turn": 1, "score": 1}, "judge"),
        ({"question_id": 81, "model_id": "m1", "choices": [{"turns": ["again"]}]}, "response_id"),
        ({"question_id": 82, "model_id": "m1", "choices": []}, "choices"),
    ],
)
def test_a_wrong_field_is_named(problems, row, field):
    found = problems({**SET, "more": [row]})
    assert {(problem.file, problem.line, problem.field) for problem in found} == {("more", 1, field)}


def test_single_judgments_of_before_judge_and_turn_were_written(read):
    said = {"question_id": "q", "model": "m1", "user_prompt": "p", "judgment": "Rating: [[7]]", "score": 7}
    whole = {**said, "question_id": "r", "score": -1.0, "turn": 1.0, "prompt": None}
    found = read({"single": [said, whole]}, judge="gpt-4")
    scores = found.bundle.scores
    assert found.recognised[0].asks == ("judge",)
    assert [(s.question_id, s.judge, s.emitted, s.failure) for s in scores] == [
        ("q/turn-1", "gpt-4", 7.0, None),
        ("r/turn-1", "gpt-4", None, "invalid: -1"),
    ]


def test_a_judge_of_single_answers_played_no_games(read):
    row = {
        **PAIR, "judge": ["gpt-4", "single-v1"], "g1_winner": "model_1", "g2_winner": "model_1", "m1_score": 9,
        "m2_score": -1, "g1_judgment": "Rating: [[9]]", "g2_judgment": "no idea",
    }  # fmt: skip
    bundle = read({**SET, "pairs": [row]}).bundle
    assert bundle.pairs == ()
    assert [(s.response_id, s.emitted, s.text, s.failure) for s in bundle.scores] == [
        ("m1", 9.0, "Rating: [[9]]", None),
        ("m2", None, "no idea", "invalid: -1"),
    ]


REFERENCE = {"question_id": 81, "model_id": "m1", "choices": [{"index": 0, "turns": ["right", "right too"]}]}


def references(bundle) -> list[str | None]:
    return [question.reference for question in bundle.response_set.questions]


@pytest.mark.parametrize("folder", ["reference_answer", "bench/reference_answer", "reference_answer/org"])
def test_reference_answers_are_told_by_their_folder_and_fill_what_questions_lack(read, folder):
    found = read({**SET, f"{folder}/m1": [REFERENCE]})
    assert "MT-bench: reference answers" in {one.key for one in found.recognised}
    bundle = found.bundle
    assert references(bundle) == ["So.", "right too"]
    assert [len(q.responses) for q in bundle.response_set.questions] == [2, 2]


def test_reference_answers_elsewhere_are_told_by_a_person(read, problems):
    assert "MT-bench: reference answers" in problems({**SET, "reference": [REFERENCE]})[0].fix
    chosen = {"reference": "MT-bench: reference answers"}
    assert references(read({**SET, "reference": [REFERENCE]}, formats=chosen).bundle) == ["So.", "right too"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ([{"name": "pair-v2", "type": "pairwise", "prompt_template": "p"}], "MT-bench: judge prompts"),
        (b",win_rate,standard_error,n_total\nm1,50.0,1.5,805\n", "AlpacaEval: leaderboard"),
        (b'model,score,rating_q025,rating_q975,CI\nm1,50.0,49.1,51.2,"(-0.9, +1.2)"\n', "Arena-Hard: leaderboard"),
    ],
)
def test_what_lies_beside_judgments_does_not_keep_them_out(read, content, kind):
    found = read({**SET, "beside": content})
    assert kind in {one.key for one in found.recognised}
    assert any(note.file == "beside" and "no judgments, not read" in note.message for note in found.bundle.notes)
