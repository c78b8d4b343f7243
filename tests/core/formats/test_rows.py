"""JSON is read strictly, and whatever is wrong with it is said by line."""

from __future__ import annotations

import json

import pytest

from trustjudge_core.errors import InputProblems

FINE = b'{"question_id":"q","question":"?","responses":[{"response_id":"a","text":"x"}]}\n'


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b'{"question_id":', "broken JSON"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "-Infinity"),
        (b'{"a":1e999}', "too large"),
        (b'{"a":1,"b":{"c":1,"c":2}}', "twice"),
        (b'{"a":1, "a" :2}', "twice"),
        (b'{"a":"x\\u0000"}', "NUL"),
        (b'{"a":"\\ud800"}', "half a character"),
        (b'{"a":"\xff"}', "not UTF-8"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deeper"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "deeper"),
        (b"[" * 100_000, "deeper"),
        (b"[1]", "a list"),
        (b"3", "3"),
        (b"null", "null"),
    ],
)
def test_a_bad_line_is_reported_by_its_number(problems, line, found):
    (problem,) = problems({"f": FINE + line + b"\n"})
    assert (problem.file, problem.line) == ("f", 2)
    assert found in str(problem)


def test_rows_may_be_spread_over_lines(read):
    rows = [json.loads(FINE), {**json.loads(FINE), "question_id": "r", "question": "[{\n}]"}]
    spread = b"\n\n".join(json.dumps(row, indent=2).encode() for row in rows)
    for end in (b"\n", b"\r\n"):
        questions = read({"f": b"\xef\xbb\xbf" + end + spread.replace(b"\n", end)}).bundle.response_set.questions
        assert [(q.question_id, q.text) for q in questions] == [("q", "?"), ("r", "[{\n}]")]


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ({"model": "m", "loss": {"a": 1}}, None, "has the fields model, loss and is not recognised"),
        ('{\n "model": "m",\n "loss": {"a": 1', 3, "broken JSON"),
        ('{\n "model": "m",\n "model": "n"\n}', 1, "twice"),
    ],
)
def test_a_document_over_several_lines_is_one_problem_not_one_a_line(problems, text, line, found):
    data = text if isinstance(text, str) else json.dumps(text, indent=1)
    (problem,) = problems({"f": data.encode()})
    assert problem.line == line
    assert found in str(problem)


def test_lists_inside_rows_do_not_make_a_document_of_json_lines(read):
    lines = [{**json.loads(FINE), "question_id": q, "examples": [{"x": 1}], "results": [{"y": 1}]} for q in "qr"]
    assert [q.question_id for q in read({"f": lines}).bundle.response_set.questions] == ["q", "r"]


def test_all_bad_lines_are_reported_not_only_the_first(problems):
    lines = FINE + b"{\n" + b'{"a":NaN}\n'
    assert [problem.line for problem in problems({"f": lines})] == [2, 3]


def test_a_file_in_which_no_line_can_be_read_names_its_lines(problems):
    assert [problem.line for problem in problems({"f": b"{\n{\n{\n"})] == [1, 2, 3]


def test_only_a_hundred_of_many_problems_are_kept_and_all_are_counted(read):
    with pytest.raises(InputProblems) as caught:
        read({"f": FINE + b"{\n" * 250})
    assert (len(caught.value.problems), caught.value.total) == (100, 250)
    assert "249 more problems" in str(caught.value)


@pytest.mark.parametrize("text", ['"key": value', 'a \\" : b', "{}:[]", '\\"a\\":1,\\"a\\":2'])
def test_colons_and_quotes_inside_text_are_no_keys(read, text):
    line = b'{"question_id":"q","question":"' + text.encode().replace(b'"key"', b'\\"key\\"')
    line += b'","responses":[{"response_id":"a","text":"x"}]}'
    assert read({"f": line}).bundle.response_set.questions[0].text == json.loads(line)["question"]


def test_backslash_u0000_written_out_is_text(read):
    line = FINE.replace(b'"x"', b'"x\\\\u0000"')
    assert read({"f": line}).bundle.response_set.questions[0].responses[0].text == "x\\u0000"


@pytest.mark.parametrize(
    "content",
    [
        FINE,
        b"\xef\xbb\xbf" + FINE,
        FINE.replace(b"\n", b"\r\n"),
        b"\n \n" + FINE + b"\n",
        FINE.rstrip(),
        b"[" + FINE + b"]",
        b"\xef\xbb\xbf \r\n[\r\n" + FINE + b"]\r\n",
    ],
)
def test_marks_line_ends_and_arrays_make_no_difference(read, content):
    assert read({"f": content}).bundle.response_set == read({"f": FINE}).bundle.response_set


def test_rows_of_an_array_have_the_line_on_which_they_begin(problems):
    other = FINE.replace(b'"q"', b"[]")
    found = problems({"f": b"[\n\n" + FINE + b",\n" + other + b",\n" + other + b"]"})
    assert [problem.line for problem in found] == [5, 7]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"[\n" + FINE, 3),
        (b"[\n" + FINE + b"]\nx", 4),
        (b"[\n" + FINE + b",]", 3),
        (b"[\n" + FINE + FINE + b"]", 3),
    ],
)
def test_a_broken_array_is_reported_where_it_breaks(problems, content, line):
    (problem,) = problems({"f": content})
    assert problem.line == line
    assert "broken JSON" in problem.found


def test_utf16_is_named(problems):
    (problem,) = problems({"f": FINE.decode().encode("utf-16")})
    assert "UTF-16" in problem.found


def test_a_line_over_the_limit_stops_the_file(problems, monkeypatch):
    monkeypatch.setattr("trustjudge_core.formats.rows.MAX_LINE", 200)
    monkeypatch.setattr("trustjudge_core.formats.rows._BLOCK", 64)
    (problem,) = problems({"f": FINE + b'{"a":"' + b"x" * 300 + b'"}\n'})
    assert "line 2 is longer than 200 bytes" in problem.found


@pytest.mark.parametrize("block", [3, 7, 64, 80, 81, 1000])
def test_lines_are_the_same_whatever_a_block_holds(read, monkeypatch, block):
    rows = [FINE.replace(b'"q"', f'"q{number}"'.encode()) for number in range(5)]
    monkeypatch.setattr("trustjudge_core.formats.rows._BLOCK", block)
    for content in (b"".join(rows), b"\xef\xbb\xbf" + b"\r\n\n".join(rows), b"".join(rows).rstrip()):
        questions = read({"f": content}).bundle.response_set.questions
        assert [q.question_id for q in questions] == ["q0", "q1", "q2", "q3", "q4"]
