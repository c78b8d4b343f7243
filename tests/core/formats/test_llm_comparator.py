"""LLM Comparator: above 0 favours A whichever was shown first, ratings carry the order, a score alone does not."""

from __future__ import annotations

import json

import pytest

EXAMPLE = {
    "input_text": "Hi?", "tags": ["chat", "short"], "output_text_a": "one", "output_text_b": "two", "score": 0.5,
    "individual_rater_scores": [], "custom_fields": {},
}  # fmt: skip


def document(*examples: dict, **beside) -> bytes:
    """A document as the tool writes it, indented."""
    whole = {"metadata": {}, "models": [{"name": "new"}, {"name": "old"}], "examples": list(examples), **beside}
    return json.dumps(whole, indent=1).encode()


def test_a_document_is_recognised_and_its_models_are_the_systems(read):
    found = read({"d.json": document(EXAMPLE)})
    (question,) = found.bundle.response_set.questions
    assert (found.recognised[0].format, found.recognised[0].rows, found.recognised[0].asks) == (
        "LLM Comparator",
        1,
        ("judge",),
    )
    assert (question.text, question.category) == ("Hi?", "chat")
    assert [(r.response_id, r.text) for r in question.responses] == [("new", "one"), ("old", "two")]


@pytest.mark.parametrize(("score", "verdict"), [(0.5, "first"), (-1.25, "second"), (0, "tie")])
def test_a_score_alone_has_an_unknown_order(read, score, verdict):
    (pair,) = read({"d": document({**EXAMPLE, "score": score})}, judge="j").bundle.pairs
    assert (pair.judge, pair.verdict, pair.order_known, pair.strength) == ("j", verdict, False, abs(score) or None)


def test_ratings_are_by_shown_order(read):
    ratings = [
        {"is_flipped": False, "score": 1.5, "rationale": "a"},
        {"is_flipped": True, "score": 1.0, "rationale": "b"},
        {"is_flipped": True, "score": -0.5},
        {"is_flipped": None, "score": -0.5},
        {"is_flipped": False, "score": None},
    ]
    pairs = read({"d": document({**EXAMPLE, "individual_rater_scores": ratings})}).bundle.pairs
    assert [(p.first, p.verdict, p.order_known, p.failure) for p in pairs] == [
        ("new", "first", True, None),
        ("old", "second", True, None),
        ("old", "first", True, None),
        ("new", "second", False, None),
        ("new", None, True, "no score"),
    ]


def test_models_may_stand_behind_the_examples_or_be_missing(read):
    behind = {"examples": [EXAMPLE], "models": [{"name": "new"}, {"name": "old"}]}
    for whole, names in ((behind, ["new", "old"]), ({"examples": [EXAMPLE]}, ["A", "B"])):
        for indent in (None, 2):
            (question,) = read({"d": json.dumps(whole, indent=indent).encode()}).bundle.response_set.questions
            assert [r.system for r in question.responses] == names


def test_chunks_of_text_are_joined_and_pictures_named(read):
    chunks = [{"type": "text", "data": "see"}, {"type": "image_byte", "data": "AAAA"}]
    (question,) = read({"d": document({**EXAMPLE, "input_text": chunks})}).bundle.response_set.questions
    assert question.text == "see\n[image_byte]"


def test_an_example_has_the_line_on_which_it_begins(problems):
    lines = document(EXAMPLE, {**EXAMPLE, "score": "x"}).decode().splitlines()
    begins = [number for number, line in enumerate(lines, start=1) if line == "  {"]
    (problem,) = problems({"d": "\n".join(lines).encode()})
    assert (problem.field, problem.line) == ("score", begins[-1])


@pytest.mark.parametrize("cut", [1, 3, 200])
def test_a_document_that_is_cut_off_is_reported(problems, cut):
    assert any("broken JSON" in p.found for p in problems({"d": document(EXAMPLE, EXAMPLE)[:-cut]}))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"score": "good"}, "score"),
        ({"individual_rater_scores": [{"is_flipped": "no", "score": 1}]}, "is_flipped"),
        ({"individual_rater_scores": ["x"]}, "individual_rater_scores"),
        ({"input_text": None}, "input_text"),
        ({"output_text_a": {"x": 1}}, "output_text_a"),
    ],
)
def test_a_wrong_field_is_named(problems, changes, field):
    assert {p.field for p in problems({"d": document({**EXAMPLE, **changes})})} == {field}
