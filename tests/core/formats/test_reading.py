"""Files are recognised by what is in them, and several form one set."""

from __future__ import annotations

import json

import pytest

from trustjudge_core.errors import UsageError
from trustjudge_core.formats import read_files


def test_names_do_not_matter(read, row):
    found = read({"scores.csv": [row("responses")], "responses.jsonl": [row("comparison")]})
    assert [(one.file, one.format, one.part) for one in found.recognised] == [
        ("scores.csv", "native bundle", "responses"),
        ("responses.jsonl", "native bundle", "comparisons"),
    ]


def test_the_first_rows_are_shown_shortened(read, row):
    rows = [row("responses", question_id=i, question="?" * 1000) for i in range(5)]
    (one,) = read({"r": rows}).recognised
    assert (one.rows, len(one.sample)) == (5, 3)
    assert one.sample[0]["responses"] == "2 entries"
    assert len(one.sample[0]["question"]) == 300


def test_a_file_nobody_knows_names_its_fields_and_what_is_known(problems):
    (problem,) = problems({"x.jsonl": [{"number": 1, "thing": "p"}]})
    assert "number, thing" in problem.found
    assert "flat table" in problem.allowed


def test_an_empty_file_is_a_problem(problems):
    for content in (b"", b" \n\n", b"\xef\xbb\xbf", b"[]"):
        assert "empty" in problems({"x.jsonl": content})[0].found


def test_one_bad_file_among_good_ones_imports_nothing_and_all_files_are_told(problems, row):
    found = problems({"r": [row("responses")], "bad": b"{", "also": [{"a": 1}], "c": [row("comparison", verdict="x")]})
    assert [problem.file for problem in found] == ["bad", "also", "c"]


def test_a_broken_first_row_does_not_hide_what_the_file_is(problems, row):
    found = problems({"r": b"{\n" + json.dumps(row("responses")).encode() + b'\n{"question_id":1}\n'})
    assert [(problem.line, problem.field) for problem in found] == [(1, None), (3, "responses")]


@pytest.mark.parametrize(
    "options",
    [{"scale": (5, 1)}, {"scale": (1.5, 5)}, {"scale": (float("nan"), 5)}, {"judge": " "}, {"mapping": {"nope": "x"}}],
)
def test_a_choice_that_cannot_be_used_is_said(read, row, options):
    with pytest.raises(UsageError, match="allowed"):
        read({"r": [row("responses")]}, **options)


def test_what_a_file_is_taken_for_can_be_corrected(read, problems):
    question = {"question_id": 1, "text": "Why?", "category": "c", "answer_id": "a"}
    assert read({"f": [question]}).recognised[0].key == "FastChat reviews: answers"
    (problem,) = problems({"f": [question]}, formats={"f": "FastChat reviews: questions"})
    assert "no responses" in problem.found
    with pytest.raises(UsageError, match="FastChat reviews: answers"):
        read({"f": [question]}, formats={"f": "no such format"})


def test_files_of_one_name_are_told_apart(tmp_path, row):
    for folder, rows in (("one", row("responses")), ("two", row("comparison"))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "f.jsonl").write_text(json.dumps(rows))
    found = read_files([tmp_path / "one" / "f.jsonl", tmp_path / "two" / "f.jsonl"])
    assert [one.file for one in found.recognised] == ["f.jsonl", "f.jsonl (2)"]
