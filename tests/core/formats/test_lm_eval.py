"""Samples of lm-eval: joined by document across files, the system is the folder or the file."""

from __future__ import annotations

import json

import pytest

from trustjudge_core.formats import read_files

SAMPLE = {
    "doc_id": 0, "doc": {"question": "2+2?"}, "target": "4", "arguments": [["Q: 2+2?\nA:", {"until": ["\n"]}]],
    "resps": [["four 4"]], "filtered_resps": ["4"], "filter": "strict-match", "metrics": ["exact_match"],
    "doc_hash": "h", "prompt_hash": "p", "target_hash": "t", "exact_match": 1.0,
}  # fmt: skip


def test_files_are_joined_by_document(read):
    files = {"Model-A.jsonl": [SAMPLE], "Model-B.jsonl.gz": [{**SAMPLE, "filtered_resps": ["5"], "exact_match": 0.0}]}
    (question,) = read(files).bundle.response_set.questions
    assert (question.question_id, question.text, question.reference) == ("h", "Q: 2+2?\nA:", "4")
    assert [(r.response_id, r.system, r.text, r.gold) for r in question.responses] == [
        ("Model-A", "Model-A", "4", 1.0),
        ("Model-B", "Model-B", "5", 0.0),
    ]


def test_the_folder_of_a_model_is_the_system(tmp_path):
    for model in ("org__a", "org__b"):
        (tmp_path / model).mkdir()
        (tmp_path / model / "samples_task_2024-06-01T10-00-00.jsonl").write_text(json.dumps(SAMPLE))
    (question,) = read_files([tmp_path]).bundle.response_set.questions
    assert [r.system for r in question.responses] == ["org__a", "org__b"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"filtered_resps": []}, "four 4"),
        ({"filtered_resps": [["4", "5"]]}, "4"),
        ({"resps": [["a", "b"]], "filtered_resps": None}, "a"),
        ({"arguments": {"gen_args_0": {"arg_0": "Q", "arg_1": {"until": []}}}}, "4"),
        ({"arguments": {"gen_args_0": {"arg_0": ['[{"role": "user"}]']}}, "filtered_resps": [["4"]]}, "4"),
    ],
)
def test_the_text_is_the_first_answer(read, changes, text):
    (question,) = read({"f": [{**SAMPLE, **changes}]}).bundle.response_set.questions
    assert question.responses[0].text == text


@pytest.mark.parametrize("wrap", [lambda pair: pair, lambda pair: [pair], lambda pair: [list(map(str, pair))]])
def test_a_choice_by_likelihood_is_the_most_likely_continuation(read, wrap):
    pairs = [[-3.5, False], [-0.25, True], [-9.0, False]]
    choice = {**SAMPLE, "arguments": [["Q:", " one"], ["Q:", " two"], ["Q:", " three"]],
              "resps": [[pair] for pair in pairs], "filtered_resps": [wrap(pair) for pair in pairs]}  # fmt: skip
    assert read({"f": [choice]}).bundle.response_set.questions[0].responses[0].text == " two"


def test_a_document_under_another_filter_is_left_out_and_said(read):
    bundle = read({"f": [SAMPLE, {**SAMPLE, "filter": "flexible-extract", "filtered_resps": ["[invalid]"]}]}).bundle
    assert [r.text for r in bundle.response_set.questions[0].responses] == ["4"]
    assert any("another filter" in note.message for note in bundle.notes)


def test_a_sample_without_any_answer_is_a_problem(problems):
    assert problems({"f": [{**SAMPLE, "resps": [], "filtered_resps": []}]})[0].field == "text"


def test_samples_of_before_documents_were_hashed_join_those_of_after(read):
    # What the harness writes today: sha256 of the document as JSON with an indent of 2, of other letters too.
    doc = {"question": "Größe?", "choices": ["1", "2"], "gold": 0}
    told = "b0f00c318cd27d60c90ad955573cd6d56849f4fbf8682d2b7dd3fb6533502d1e"
    old = {key: value for key, value in {**SAMPLE, "doc": doc}.items() if not key.endswith("_hash")}
    files = {"old.jsonl": json.dumps([old], indent=2).encode(), "new.jsonl": [{**SAMPLE, "doc": doc, "doc_hash": told}]}
    assert [len(q.responses) for q in read(files).bundle.response_set.questions] == [2]


def test_what_stands_for_no_metric_is_no_gold_score(read):
    (question,) = read(
        {"f": [{**SAMPLE, "metrics": ["bypass"], "bypass": 999, "exact_match": None}]}
    ).bundle.response_set.questions
    assert question.responses[0].gold is None
