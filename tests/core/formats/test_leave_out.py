"""Rows with problems can be left out by choice; what depends on them goes too, and all of it is counted."""

from __future__ import annotations

import json

import pytest

from trustjudge_core.errors import InputProblems
from trustjudge_core.formats import LeftOut


def kinds_of(read, files, **options):
    """The kinds of problems of files that are not accepted."""
    with pytest.raises(InputProblems) as caught:
        read(files, **options)
    return caught.value.kinds


@pytest.fixture
def files(row):
    """Two questions; a wrong verdict, a broken line, an unknown response."""
    other = row("responses", question_id="p")
    bad = [row("comparison", verdict="A"), row("comparison", verdict="B"), row("comparison", second="nobody")]
    lines = [json.dumps(r) for r in (row("comparison"), *bad, row("comparison", question_id="p"))]
    return {"r": [row("responses"), other], "c": "\n".join([*lines, "{", lines[0]]).encode()}


def test_problems_are_grouped_by_what_is_wrong_and_counted(read, files):
    kinds = kinds_of(read, files)
    assert [(k.file, k.field, k.example, k.first_line, k.count, k.rows) for k in kinds] == [
        ("c", "verdict", '"A"', 2, 2, 2),
        ("c", "second", '"nobody" is not a response of question "q"', 4, 1, 1),
        ("c", None, "is broken JSON: unexpected end of data at column 2", 6, 1, 1),
    ]
    assert len({kind.key for kind in kinds}) == 3


def test_all_rows_with_problems_can_be_left_out(read, files):
    found = read(files, leave_out=True)
    assert len(found.bundle.pairs) == 3
    assert found.left_out == (
        LeftOut("c", "verdict", "first, second, tie or null", 2, False),
        LeftOut("c", "second", "ids of its responses", 1, False),
        LeftOut("c", None, "JSON Lines or a JSON array", 1, False),
    )


def test_only_the_chosen_kinds_go_and_the_others_are_still_said(read, files):
    verdict, second, broken = kinds_of(read, files)
    with pytest.raises(InputProblems) as caught:
        read(files, leave_out=[verdict.key])
    assert caught.value.total == 4
    assert len(read(files, leave_out=[verdict.key, second.key, broken.key]).bundle.pairs) == 3


def test_what_depends_on_a_row_goes_with_it_whatever_kind_was_chosen(read, row):
    bad = row(
        "responses", question_id="p", responses=[{"response_id": "a", "text": 1}, {"response_id": "b", "text": {}}]
    )
    files = {"r": [row("responses"), bad], "c": [row("comparison"), row("comparison", question_id="p")]}
    (kind,) = kinds_of(read, files)
    found = read(files, leave_out=[kind.key])
    assert [q.question_id for q in found.bundle.response_set.questions] == ["q"]
    assert len(found.bundle.pairs) == 1
    assert [(one.file, one.field, one.rows, one.depends) for one in found.left_out] == [
        ("r", "text", 1, False),
        ("c", "question_id", 1, True),
    ]


def test_a_response_without_text_takes_its_row_with_it(read, row):
    blank = row("responses", question_id="p", responses=[{"response_id": "a", "text": " "}])
    found = read({"r": [row("responses"), blank]}, leave_out=True)
    assert [q.question_id for q in found.bundle.response_set.questions] == ["q"]


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_rows_of_arrays_and_tables_are_left_out_by_their_place(read, kind):
    rows = [{"question_id": "q", "question": "?", "response": f"r{n}", "score": n if n != 2 else "x"} for n in range(4)]
    if kind == "json":
        content = json.dumps(rows).encode()  # all on one line
    else:
        content = b"question_id,question,response,score\n" + b"".join(
            b"q,?,r%d,%s\n" % (r, b"x" if r == 2 else b"1") for r in range(4)
        )
    found = read({"t": content}, leave_out=True)
    assert [r.text for r in found.bundle.response_set.questions[0].responses] == ["r0", "r1", "r3"]


def test_a_whole_file_that_is_bad_cannot_be_left_out(read, row):
    with pytest.raises(InputProblems):
        read({"r": [row("responses")], "x": [{"what": 1}]}, leave_out=True)


def test_nothing_is_left_when_every_row_is_bad(read, row):
    with pytest.raises(InputProblems, match="no responses"):
        read({"r": [row("responses", question=[1])]}, leave_out=True)


def test_good_files_leave_nothing_out(read, row):
    assert read({"r": [row("responses")]}, leave_out=True).left_out == ()


def test_more_kinds_than_can_be_told_apart_are_one(read, row):
    lines = b"".join(b'{"k%d": 1, "k%d": 2}\n' % (n, n) for n in range(600))
    kinds = kinds_of(read, {"r": json.dumps(row("responses")).encode() + b"\n" + lines})
    assert (len(kinds), kinds[-1].count, sum(kind.count for kind in kinds)) == (501, 100, 600)
