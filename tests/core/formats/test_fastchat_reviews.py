"""FastChat reviews: ids say what was shown first, 3 is a tie, -1 has failed, two scores also compare."""

from __future__ import annotations

import pytest

from trustjudge_core.records import PairJudgment, Response

SET = {
    "questions": [{"question_id": 1, "text": "Why?", "category": "generic"}],
    "x": [{"answer_id": "ax", "question_id": 1, "model_id": "x", "text": "one", "metadata": {}}],
    "y": [{"answer_id": "ay", "question_id": 1, "model_id": "y", "text": "two", "metadata": {}}],
}
REVIEW = {"review_id": "r", "question_id": 1, "answer1_id": "ax", "answer2_id": "ay", "reviewer_id": 1, "metadata": {}}


def test_questions_answers_and_reviews_form_one_set(read):
    found = read({**SET, "reviews": [{**REVIEW, "text": "said", "score": 1}]})
    (question,) = found.bundle.response_set.questions
    assert {(one.format, one.part) for one in found.recognised} == {
        ("FastChat reviews", part) for part in ("questions", "answers", "reviews")
    }
    assert (question.text, question.category) == ("Why?", "generic")
    assert question.responses == (Response("ax", "one", "x"), Response("ay", "two", "y"))
    assert found.bundle.pairs == (PairJudgment("1", "ax", "ay", "judge", "first", text="said"),)


@pytest.mark.parametrize(
    ("score", "text", "verdict", "failure"),
    [
        (1, "t", "first", None),
        (2, "t", "second", None),
        (3, "t", "tie", None),
        (-1, "t", None, "invalid: -1"),
        ([-1, -1], "t", None, "invalid: -1"),
        (None, "t", None, "no score"),
        (-1, "error", None, "error"),
        ([8, 7.5], "t", "first", None),
        ([7, 7], "t", "tie", None),
    ],
)
def test_a_class_or_two_scores_say_who_won(read, score, text, verdict, failure):
    (pair,) = read({**SET, "reviews": [{**REVIEW, "text": text, "score": score}]}).bundle.pairs
    assert (pair.verdict, pair.failure, pair.text) == (verdict, failure, text)


def test_two_scores_are_score_judgments_as_well_and_one_off_the_scale_has_failed(read):
    bundle = read({**SET, "reviews": [{**REVIEW, "text": "t", "score": [8, 12]}]}, judge="gpt-4").bundle
    assert [(s.response_id, s.judge, s.emitted, s.failure, s.context) for s in bundle.scores] == [
        ("ax", "gpt-4", 8.0, None, '{"shown":"first"}'),
        ("ay", "gpt-4", None, "outside 1-10: 12", '{"shown":"second"}'),
    ]
    assert (bundle.pairs[0].verdict, bundle.pairs[0].strength) == ("second", 4.0)


def test_a_named_reviewer_is_the_judge_and_numbered_ones_are_one(read):
    reviews = [{**REVIEW, "reviewer_id": name, "text": "t", "score": 1} for name in (1, 2, "gpt-4-0328-default")]
    assert read({**SET, "reviews": reviews}).bundle.judges == ("judge", "gpt-4-0328-default")


def test_reviews_alone_are_read_and_say_what_is_missing(read):
    bundle = read({"reviews": [{**REVIEW, "text": "t", "score": 3}]}).bundle
    assert [(r.response_id, r.text, r.system) for r in bundle.response_set.questions[0].responses] == [
        ("ax", None, None),
        ("ay", None, None),
    ]
    assert any("files that hold the responses are missing" in note.message for note in bundle.notes)


def test_reviewers_prompts_and_models_are_known_and_not_read(read):
    setup = {
        "reviewer": [{"reviewer_id": "g", "prompt_id": 1, "metadata": {}, "category": "generic"}],
        "prompt": [{"prompt_id": 1, "system_prompt": "s", "prompt_template": "t", "defaults": {}}],
        "model": [{"model_id": "x:1", "model_name": "x", "model_version": "1"}],
    }
    assert len(read({**SET, **setup}).recognised) == 6


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"score": 4}, "score"),
        ({"score": "1"}, "score"),
        ({"score": [1, 2, 3]}, "score"),
        ({"score": ["9", 8]}, "score"),
        ({"score": True}, "score"),
        ({"score": 1, "answer2_id": "ax"}, "answer2_id"),
        ({"score": 1, "answer1_id": "nobody"}, "answer1_id"),
        ({"score": 1, "question_id": 2}, "question_id"),
    ],
)
def test_a_wrong_field_is_named(problems, changes, field):
    found = problems({**SET, "reviews": [{**REVIEW, "text": "t", **changes}]})
    assert {(problem.file, problem.line, problem.field) for problem in found} == {("reviews", 1, field)}
