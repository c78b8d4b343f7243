"""promptfoo: a response a result by prompt and provider, its score a judgment, an error a failed one."""

from __future__ import annotations

import json

import pytest

RESULT = {
    "prompt": {"raw": "Say hi", "label": "p"}, "vars": {}, "provider": {"id": "openai:x", "label": ""},
    "response": {"output": "hi", "tokenUsage": {}}, "success": True, "score": 0.75,
    "gradingResult": {"pass": True, "score": 0.75, "reason": "fine"}, "latencyMs": 3,
}  # fmt: skip
OUTPUT = {"prompt": "Say hi", "provider": "openai:x", "output": "hi", "pass": True, "score": 0.75}


def results(*rows: dict, under: str = "results") -> bytes:
    """A results file of either layout."""
    whole = {"evalId": "e", "results": {"version": 3, "prompts": [], under: list(rows), "stats": {}}, "config": {}}
    return json.dumps(whole, indent=2).encode()


@pytest.mark.parametrize(
    "content",
    [
        results(RESULT),
        results(OUTPUT, under="outputs"),
        json.dumps(RESULT).encode(),
        results(RESULT).replace(b"\n", b""),
        json.dumps({"_resultsLoaded": True, "id": "e", "config": {}, "results": [RESULT], "prompts": []}, indent=2),
    ],
)
def test_all_layouts_and_json_lines_hold_the_same(read, content):
    found = read({"f": content if isinstance(content, bytes) else content.encode()})
    (question,) = found.bundle.response_set.questions
    (score,) = found.bundle.scores
    assert (found.recognised[0].format, found.recognised[0].rows) == ("promptfoo", 1)
    assert (question.text, [(r.response_id, r.text) for r in question.responses]) == ("Say hi", [("openai:x", "hi")])
    assert (score.judge, score.emitted, score.scale) == ("promptfoo", 0.75, (0.0, 1.0))


def test_providers_are_compared_by_prompt(read):
    other = {**RESULT, "provider": "anthropic:y", "response": {"output": {"json": [1]}}}
    (question,) = read({"f": results(RESULT, other)}).bundle.response_set.questions
    assert [(r.system, r.text) for r in question.responses] == [("openai:x", "hi"), ("anthropic:y", '{"json":[1]}')]


def test_an_error_is_a_failed_judgment_with_its_text(read):
    broken = {**RESULT, "provider": "z", "response": None, "score": 0, "error": "429: too many\nrequests"}
    bundle = read({"f": results(RESULT, broken)}).bundle
    assert [(s.response_id, s.emitted, s.failure, s.text) for s in bundle.scores] == [
        ("openai:x", 0.75, None, "fine"),
        ("z", None, "429: too many requests", "429: too many\nrequests"),
    ]


def test_a_score_outside_0_1_has_failed(read):
    (score,) = read({"f": results({**RESULT, "score": 3})}).bundle.scores
    assert score.failure == "outside 0-1: 3"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"prompt": {}}, "prompt"),
        ({"provider": {}}, "provider"),
        ({"score": "x"}, "score"),
        ({"provider": None}, "provider"),
    ],
)
def test_a_wrong_field_is_named(problems, changes, field):
    assert {p.field for p in problems({"f": results(RESULT, {**RESULT, **changes})})} == {field}
