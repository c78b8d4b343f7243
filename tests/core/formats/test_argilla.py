"""Argilla records: people's responses are verdicts, a suggestion is a judgment of its agent."""

from __future__ import annotations

import pytest

from trustjudge_core.records import Verdict

FLAT = {
    "id": "r", "status": "completed", "question": "Hi?", "first": "one", "second": "two",
    "question_id": "q", "first_id": "a", "second_id": "b",
    "verdict.suggestion": "first", "verdict.suggestion.agent": "gpt", "verdict.suggestion.score": None,
    "verdict.responses": ["second", "tie", "cannot tell"], "verdict.responses.users": ["u1", "u2", "u3"],
    "verdict.responses.status": ["submitted", "draft", "submitted"],
}  # fmt: skip
NESTED = {
    "id": "r", "status": "completed", "fields": {"question": "Hi?", "first": "one", "second": "two"},
    "metadata": {"question_id": "q", "first_id": "a", "second_id": "b"},
    "suggestions": {"verdict": {"value": "first", "score": None, "agent": "gpt"}},
    "responses": {"verdict": [{"value": "second", "user_id": "u1"}, {"value": "cannot tell", "user_id": "u3"}]},
}  # fmt: skip


@pytest.mark.parametrize("record", [FLAT, NESTED])
def test_flat_and_nested_records_hold_the_same(read, record):
    bundle = read({"r": [record]}).bundle
    assert [(r.response_id, r.text) for r in bundle.response_set.questions[0].responses] == [("a", "one"), ("b", "two")]
    assert bundle.verdicts == (Verdict("q", "u1", "a", "b", "second"), Verdict("q", "u3", "a", "b", None))
    (pair,) = bundle.pairs
    assert (pair.first, pair.second, pair.judge, pair.verdict, pair.order_known) == ("a", "b", "gpt", "first", True)


def test_a_single_response_and_another_question_name(read):
    record = {**{key: value for key, value in FLAT.items() if "verdict" not in key}, "helpful.response": "tie"}
    assert read({"r": [record]}).bundle.verdicts == (Verdict("q", "argilla", "a", "b", "tie", criterion="helpful"),)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"verdict.suggestion": "yes"}, "verdict.suggestion"),
        ({"verdict.responses": [1], "verdict.responses.users": ["u"]}, "verdict.responses"),
        ({"verdict.responses": "first"}, "verdict.responses"),
        ({"first_id": None}, "first_id"),
        ({"second_id": "a", "second": "one"}, "second_id"),
    ],
)
def test_a_wrong_field_is_named(problems, changes, field):
    assert {p.field for p in problems({"r": [{**FLAT, **changes}]})} == {field}
