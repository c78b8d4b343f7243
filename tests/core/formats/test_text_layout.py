"""How a text table is written: declared, or guessed and said."""

from __future__ import annotations

import pytest

from trustjudge_core.errors import UsageError
from trustjudge_core.formats.table_cells import TableChoice
from trustjudge_core.formats.text_layout import text_layout

ROWS = ["question_id,question,response", "q,Größe?,„Über“ die Straße – so", "q,Größe?,déjà vu"]
TABLE = "\n".join(ROWS) + "\n"


def layout_of(found):
    """How the one table was read."""
    return found.recognised[0].layout


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_certain(read, encoding):
    found = read({"t": TABLE.encode(encoding)})
    assert (layout_of(found).encoding, layout_of(found).confidence) == (encoding, 1.0)
    assert found.bundle.response_set.questions[0].text == "Größe?"


def test_another_encoding_is_guessed_with_its_confidence_and_said(read):
    found = read({"t": TABLE.encode("cp1252")})
    assert layout_of(found).encoding == "cp1252"
    assert 0 < layout_of(found).confidence < 1
    assert found.bundle.response_set.questions[0].responses[0].text == "„Über“ die Straße – so"
    assert any("guess" in note.message for note in found.bundle.notes)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("shift_jis", "これは何ですか"), ("cp1251", "Как дела"), ("mac_roman", "été"), ("utf-16-le", "é")],
)
def test_a_declared_encoding_is_used(read, encoding, text):
    content = f"question_id,question,response\nq,{text},x\n".encode(encoding)
    found = read({"t": content}, tables={"t": TableChoice(encoding=encoding)})
    assert (found.bundle.response_set.questions[0].text, layout_of(found).confidence) == (text, 1.0)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", "\x1f"])
def test_the_delimiter_is_guessed(read, delimiter):
    found = read({"t": TABLE.replace(",", delimiter).encode()})
    assert layout_of(found).delimiter == delimiter
    assert len(found.bundle.response_set.questions[0].responses) == 2


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), ("#", "utf-8"), ("\t", "utf-16")])
def test_the_line_that_tells_a_spreadsheet_the_delimiter_is_no_header(read, problems, delimiter, encoding):
    text = f"sep={delimiter}\r\n" + TABLE.replace(",", delimiter).replace("\n", "\r\n")
    found = read({"t": text.encode(encoding)})
    assert layout_of(found).delimiter == delimiter
    responses = found.bundle.response_set.questions[0].responses
    assert [one.text for one in responses] == ["„Über“ die Straße – so", "déjà vu"]
    (problem,) = problems({"t": (text + f"q{delimiter}x\r\n").encode(encoding)})
    assert (problem.line, problem.found) == (5, "has 2 cells"), "lines are those of the file"


def test_the_delimiter_of_unknown_columns_is_the_one_that_makes_rows_alike():
    assert text_layout(b"a;b,c;d\n1;2,0;3\n4;5;6\n", frozenset()).delimiter == ";"


def test_a_declared_delimiter_is_used(read):
    found = read({"t": TABLE.replace(",", "#").encode()}, tables={"t": TableChoice(delimiter="#")})
    assert layout_of(found).delimiter == "#"


@pytest.mark.parametrize(
    "choice",
    [{"delimiter": ";;"}, {"delimiter": '"'}, {"delimiter": ""}, {"encoding": "nope"}, {"encoding": "base64"},
     {"encoding": "utf-7"}, {"encoding": "unicode_escape"}, {"holds": "cats"}, {"mapping": {"nope": "x"}}],
)  # fmt: skip
def test_a_choice_that_cannot_be_used_is_said(read, choice):
    with pytest.raises(UsageError, match="allowed"):
        read({"t": TABLE.encode()}, tables={"t": TableChoice(**choice)})


def test_text_that_is_not_in_the_declared_encoding_is_a_problem(problems):
    content = b"question_id,question,response\nq,?,x\n" + b"q,?,\x81\n"
    (problem,) = problems({"t": content}, tables={"t": TableChoice(encoding="cp1252")})
    assert problem.line == 3


def test_bytes_that_are_no_text_are_refused(problems):
    assert "not text" in problems({"t": bytes(range(1, 30)) * 20})[0].found


def test_lines_of_old_macs_are_named(problems):
    assert "CR alone" in problems({"t": b"question_id,question,response\rq,?,a\r"})[0].found
