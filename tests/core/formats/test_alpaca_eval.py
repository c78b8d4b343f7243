"""AlpacaEval: the shown order is unknown, a preference between 1 and 2 is a probability, null has failed."""

from __future__ import annotations

import json

import pytest

OUTPUT = {"dataset": "d", "instruction": "Do it.", "output": "one", "generator": "m1"}
ANNOTATION = {
    "instruction": "Do it.", "output_1": "one", "generator_1": "m1", "output_2": "two", "generator_2": "m2",
    "dataset": "d", "annotator": "gpt4_fn", "raw_completion": "Output (a)", "price_per_example": 0.01,
}  # fmt: skip


def as_array(*rows: dict) -> bytes:
    """Rows as the projects publish them: one indented array."""
    return json.dumps(list(rows), indent=2).encode()


def test_outputs_and_annotations_form_one_set_by_the_instruction(read):
    outputs = [OUTPUT, {**OUTPUT, "output": "three", "generator": "m3"}]
    found = read({"o.json": as_array(*outputs), "a.json": as_array({**ANNOTATION, "preference": 2.0})})
    (question,) = found.bundle.response_set.questions
    assert [one.part for one in found.recognised] == ["outputs", "annotations"]
    assert (question.text, question.category) == ("Do it.", "d")
    assert [(r.response_id, r.system, r.text) for r in question.responses] == [
        ("m1", "m1", "one"),
        ("m3", "m3", "three"),
        ("m2", "m2", "two"),
    ]
    (pair,) = found.bundle.pairs
    assert (pair.first, pair.second, pair.judge, pair.verdict, pair.order_known) == (
        "m1",
        "m2",
        "gpt4_fn",
        "second",
        False,
    )


@pytest.mark.parametrize(
    ("preference", "verdict", "probs", "failure"),
    [
        (1, "first", None, None),
        (2.0, "second", None, None),
        (1.5, "tie", None, None),
        (0, "tie", None, None),
        (1.25, "first", (0.75, 0.25, 0.0), None),
        (1.75, "second", (0.25, 0.75, 0.0), None),
        (None, None, None, "no preference"),
    ],
)
def test_what_a_preference_means(read, preference, verdict, probs, failure):
    (pair,) = read({"a": as_array({**ANNOTATION, "preference": preference})}).bundle.pairs
    assert (pair.verdict, pair.probs, pair.failure, pair.text) == (verdict, probs, failure, "Output (a)")


@pytest.mark.parametrize("separator", [b"\n", b"\n  "])
def test_a_preference_that_is_not_a_number_has_failed(read, separator):
    row = json.dumps({**ANNOTATION, "preference": float("nan"), "output_1": 'say "preference": NaN'}).encode()
    for content in (row, b"[" + separator + row + b"]"):
        (pair,) = read({"a": content}).bundle.pairs
        assert pair.failure == "no preference"


def test_nan_in_any_other_place_is_refused(problems):
    (problem,) = problems({"a": json.dumps({**ANNOTATION, "preference": 1, "output_1": float("nan")}).encode()})
    assert "NaN" in problem.found


def test_the_message_of_a_chat_completion_is_what_the_annotator_wrote(read):
    completion = {"index": 0, "message": {"role": "assistant", "content": "m"}, "logprobs": {"content": []}}
    (pair,) = read({"a": as_array({**ANNOTATION, "preference": 1.5, "raw_completion": completion})}).bundle.pairs
    assert pair.text == "m"


def test_a_completion_of_another_kind_is_kept_as_it_is(read):
    ranked = {"concise_explanation": "m is longer", "ordered_models": [{"model": "m", "rank": 1}]}
    rows = [{**ANNOTATION, "preference": 2.0, "raw_completion": completion} for completion in (ranked, {"text": "M"})]
    assert [json.loads(p.text) if p.text != "M" else p.text for p in read({"a": as_array(*rows)}).bundle.pairs] == [
        ranked,
        "M",
    ]


def test_an_instruction_of_two_data_sets_belongs_to_the_first(read):
    bundle = read({"o": [OUTPUT, {**OUTPUT, "dataset": "e", "generator": "m2"}]}).bundle
    assert [(q.category, len(q.responses)) for q in bundle.response_set.questions] == [("d", 2)]
    assert any("two data sets" in note.message for note in bundle.notes)


def test_a_second_output_of_one_model_is_another_response(read):
    rows = [{**ANNOTATION, "preference": 1}, {**ANNOTATION, "preference": 2, "output_2": "two again"}]
    bundle = read({"a": as_array(*rows)}).bundle
    assert [r.response_id for r in bundle.response_set.questions[0].responses] == ["m1", "m2", "m2#2"]
    assert [p.second for p in bundle.pairs] == ["m2", "m2#2"]


def test_an_output_against_itself_is_left_out_and_said(read):
    same = {**ANNOTATION, "output_2": "one", "generator_2": "m1", "preference": 1.5}
    bundle = read({"a": as_array(same, {**ANNOTATION, "preference": 1})}).bundle
    assert len(bundle.pairs) == 1
    assert any("itself" in note.message for note in bundle.notes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"preference": 3}, "preference"),
        ({"preference": 0.5}, "preference"),
        ({"preference": "m"}, "preference"),
        ({"preference": 1, "instruction": None}, "instruction"),
        ({"preference": 1, "output_1": ["x"]}, "output_1"),
    ],
)
def test_a_wrong_field_is_named(problems, changes, field):
    found = problems({"a": [{**ANNOTATION, **changes}]})
    assert {(problem.line, problem.field) for problem in found} == {(1, field)}
