"""TrustJudge's three files: the label is found in brackets, the scale is told, both orders are kept."""

from __future__ import annotations

from typing import Any

import pytest

ANSWERS = {
    "question_id": 1,
    "question": "?",
    "category": "c",
    "answers": [{"score": 2, "text": ["x", "y"]}, {"text": ["z"]}],
}


def output(*tables: dict[str, float], text: str = "said", tokens: int = 4) -> dict[str, Any]:
    """One model output whose last token tables are given."""
    return {
        "output_probs": [{"Final": 0.9}, *tables],
        "cumulative_logprob": -2.0,
        "original_output_logprobs": [{}] * tokens,
        "output_text": text,
    }


def bracketed(label: dict[str, float]) -> dict[str, Any]:
    """An output that ends in a label between brackets."""
    return output({" [": 0.97}, label, {"]": 0.99})


def scores(*judgements: Any) -> list[dict[str, Any]]:
    """A score file about one response for each output."""
    entries = [{"candidate_global_index": i, "judgement": j} for i, j in enumerate(judgements)]
    return [{"question_id": 1, "question": "?", "candidate_answers": [], "judgements": entries}]


def pairs(order1: Any, order2: Any) -> list[dict[str, Any]]:
    """A pair file about responses 0 and 1."""
    entry = {"candidate_global_index1": 0, "candidate_global_index2": 1}
    return [{"question_id": 1, "judgements": [{**entry, "judgement_order1": order1, "judgement_order2": order2}]}]


def test_responses_are_numbered_over_all_answers(read):
    (question,) = read({"a": [ANSWERS]}).bundle.response_set.questions
    assert [(r.response_id, r.text, r.gold) for r in question.responses] == [
        ("0", "x", 2.0),
        ("1", "y", 2.0),
        ("2", "z", None),
    ]


def test_labels_keep_their_order_and_raw_probabilities(read):
    table = {"Ġ3": 0.5, "4": 0.2, "3": 0.1, "great": 0.1, "7": 0.05, "5.0": 0.01}
    (score,) = read({"a": [ANSWERS], "s": scores(bracketed(table))}).bundle.scores
    assert (score.judge, score.scale, score.emitted) == ("judge", (1.0, 5.0), 3.0)
    assert score.labels == (3.0, 4.0, 5.0)
    assert score.probs == pytest.approx((0.6, 0.2, 0.01))
    assert (score.cumulative_logprob, score.token_count, score.text) == (-2.0, 4, "said")


@pytest.mark.parametrize(
    "judgement",
    [
        output({"[": 0.9}, {"great": 1.0}, {"]": 0.9}),  # no label between the brackets
        output({"[": 0.9}, {"3": 1.0}, {"/": 0.9}),  # no closing bracket
        output({"(": 0.9, "[": 0.1}, {"3": 1.0}, {"]": 0.9}),  # the bracket was not what was written
        output({"[": 0.9}, {"7": 1.0}, {"]": 0.9}),  # not on the scale
        {"output_probs": []},
        {},
    ],
)
def test_no_label_in_brackets_is_a_failure(read, judgement):
    sure = bracketed({"2": 1.0})
    found = read({"a": [ANSWERS], "s": scores(sure, judgement, sure)}).bundle.scores
    assert [(s.response_id, s.failure, s.emitted) for s in found] == [
        ("0", None, 2.0),
        ("1", "no verdict in brackets", None),
        ("2", None, 2.0),
    ]


def test_a_missing_judgment_is_a_failure(read):
    (score,) = read({"a": [ANSWERS], "s": scores(None)}).bundle.scores
    assert score.failure == "missing judgment"


def test_the_first_bracket_with_a_label_is_the_verdict(read):
    two = output(
        {"[": 1.0}, {"x": 1.0}, {"]": 1.0}, {"[": 1.0}, {"4": 1.0}, {"]": 1.0}, {"[": 1.0}, {"2": 1.0}, {"]": 1.0}
    )
    assert read({"a": [ANSWERS], "s": scores(two)}).bundle.scores[0].emitted == 4.0


def test_the_scale_is_told_from_where_the_probability_lies_not_from_single_labels(read):
    short = [bracketed({"4": 0.9, "70": 0.05}), bracketed({"7": 1.0}), bracketed({"2": 1.0})]
    long = [bracketed({"4": 0.5, "3": 0.4}), bracketed({"70": 1.0}), bracketed({"85": 1.0})]
    found = read({"a": [ANSWERS], "5": scores(*short), "100": scores(*long)}).bundle.scores
    assert [(s.scale[1], s.emitted) for s in found] == [(5, 4), (5, None), (5, 2), (100, 4), (100, 70), (100, 85)]


def test_the_scale_and_the_judge_can_be_said(read):
    found = read({"a": [ANSWERS], "s": scores(bracketed({"7": 1.0}))}, scale=(1, 10), judge="me").bundle.scores
    assert (found[0].scale, found[0].emitted, found[0].judge) == ((1.0, 10.0), 7.0, "me")


def test_a_b_c_are_by_shown_position_in_both_orders(read):
    files = {"a": [ANSWERS], "p": pairs(bracketed({"A": 0.7, "C": 0.2}), bracketed({"B": 0.6, "A": 0.3, "C": 0.1}))}
    one, two = read(files).bundle.pairs
    assert (one.first, one.second, one.verdict, one.probs) == ("0", "1", "first", (0.7, 0.0, 0.2))
    assert (two.first, two.second, two.verdict, two.probs) == ("1", "0", "second", (0.3, 0.6, 0.1))


def test_judgment_files_bring_the_responses_they_repeat(read, problems):
    candidates = [{"global_index": i, "text": t} for i, t in enumerate("xy")]
    rows = scores(bracketed({"3": 1.0}))
    rows[0]["candidate_answers"] = candidates
    assert [r.text for r in read({"s": rows}).bundle.response_set.questions[0].responses] == ["x", "y"]
    candidates[1]["text"] = "not y"
    assert problems({"a": [ANSWERS], "s": rows})[0].field == "text"


@pytest.mark.parametrize(
    ("files", "field"),
    [
        ({"s": scores(bracketed({"3": "x"}))}, "output_probs"),
        ({"s": scores(bracketed({"3": 1.5}))}, "judgement.output_probs"),
        ({"s": scores(bracketed({"3": 0.8, "4": 0.8}))}, "judgement.output_probs"),
        ({"s": scores({"output_probs": {"3": 1}})}, "output_probs"),
        ({"s": scores({"output_probs": [3]})}, "output_probs"),
        ({"s": scores("text")}, "judgement"),
        ({"s": [{"question_id": 1, "judgements": [{"judgement": None}]}]}, "candidate_global_index"),
        (
            {"s": [{"question_id": 1, "judgements": [{"judgement": None, "candidate_global_index": 9}]}]},
            "candidate_global_index",
        ),
        (
            {"s": [{"question_id": 2, "judgements": [{"judgement": None, "candidate_global_index": 0}]}]},
            "candidate_global_index",
        ),
        ({"b": [{**ANSWERS, "question_id": 3, "answers": [{"text": "not a list"}]}]}, "text"),
    ],
)
def test_a_wrong_field_is_named(problems, files, field):
    found = problems({"a": [ANSWERS], **files})
    assert {(problem.line, problem.field) for problem in found} == {(1, field)}
