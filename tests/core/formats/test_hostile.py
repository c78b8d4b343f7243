"""Whatever is uploaded is refused clearly or read correctly: no hang, no traceback, no more memory than allowed."""

from __future__ import annotations

import io
import json
import math
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow
import pyarrow.parquet
import pytest

from tests.core.formats.hostile_files import FINE, RECIPES, SHEET, workbook
from trustjudge_core.errors import InputProblems
from trustjudge_core.formats import read_files

ROOT = Path(__file__).parents[3]
MOST_SECONDS = 10.0


@pytest.fixture(scope="module")
def refusals() -> dict[str, tuple[float, str]]:
    """Seconds and message for each of the large files, read in one process whose memory is limited."""
    command = [sys.executable, "-m", "tests.core.formats.hostile_files"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr[-500:]
    lines = [line.partition(" ") for line in done.stdout.splitlines()]
    return {name: (float(seconds), found) for name, (seconds, _, found) in zip(RECIPES, lines, strict=True)}


@pytest.mark.parametrize("name", RECIPES)
def test_a_large_file_is_refused_in_seconds_and_within_a_gigabyte(refusals, name):
    seconds, found = refusals[name]
    assert RECIPES[name][1] in found
    assert seconds < MOST_SECONDS


def zip_of(members: dict[str, bytes]) -> bytes:
    """An archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_an_archive_inside_an_archive_is_not_opened(read, problems):
    inner = zip_of({"responses.jsonl": FINE.replace(b'"q"', b'"other"')})
    found = read({"f.zip": zip_of({"inner.zip": inner, "responses.jsonl": FINE})})
    assert [q.question_id for q in found.bundle.response_set.questions] == ["q"]
    assert ("inner.zip", "left out") in [(n.file, n.message[:8]) for n in found.bundle.notes]
    (problem,) = problems({"f.zip": zip_of({"inner.jsonl": inner, "responses.jsonl": FINE})})
    assert "zip file inside another file" in problem.found


def test_an_archive_that_holds_itself_is_read_once(problems):
    members = {"a.jsonl": FINE}
    for _ in range(5):
        members = {"a.jsonl": zip_of(members)}
    assert "zip file inside" in problems({"f.zip": zip_of(members)})[0].found


def test_links_that_form_a_circle_end(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "two").symlink_to(tmp_path / "one", target_is_directory=True)
    (tmp_path / "a.jsonl").symlink_to(tmp_path / "b.jsonl")
    (tmp_path / "b.jsonl").symlink_to(tmp_path / "a.jsonl")
    (tmp_path / "responses.jsonl").write_bytes(FINE)
    with pytest.raises(InputProblems) as caught:
        read_files([tmp_path])
    assert [(p.file, "nowhere" in p.found) for p in caught.value.problems] == [("a.jsonl", True), ("b.jsonl", True)]


class Runs:
    """A pickle that would run a command when it is loaded."""

    def __reduce__(self):
        return os.system, ("touch ran",)


@pytest.mark.parametrize("name", ["responses.jsonl", "a.csv", "a.parquet", "a.json.gz"])
@pytest.mark.parametrize(
    ("data", "found"),
    [(pickle.dumps(Runs(), protocol=n), "pickle") for n in (2, 3, 4, 5)]
    + [(b"\x7fELF\x02\x01\x01" + bytes(100), "program"), (b"MZ\x90" + bytes(100), "program"), (b"%PDF-1.7\n", "PDF")]
    + [(b"#!/bin/sh\ntouch ran\n", "program"), (b"SQLite format 3\0" + bytes(100), "database")],
)
def test_pickles_and_programs_are_refused_and_nothing_runs(problems, tmp_path, monkeypatch, name, data, found):
    monkeypatch.chdir(tmp_path)
    (problem,) = problems({"r": FINE, name: data})
    assert found in problem.found
    assert list(tmp_path.iterdir()) == []


def test_a_textual_pickle_is_no_table(problems, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert problems({"a.csv": pickle.dumps(Runs(), protocol=0)})
    assert list(tmp_path.iterdir()) == []


def responses(*ids: str, text: str = "x") -> bytes:
    """A question with responses of these ids."""
    given = [{"response_id": name, "text": f"{text}{number}"} for number, name in enumerate(ids)]
    return json.dumps({"question_id": "q", "question": "?", "responses": given}).encode() + b"\n"


@pytest.mark.parametrize(
    "ids", [("gpt", "GPT"), ("é", "e\u0301"), ("a\u200bb", "ab"), ("x\u202ey", "xy"), ("ﬁ", "fi"), ("a", "a\u00ad")]
)
def test_ids_that_only_look_alike_stay_apart_and_are_said(read, ids):
    bundle = read({"r": responses(*ids)}).bundle
    assert tuple(r.response_id for r in bundle.response_set.questions[0].responses) == ids
    assert any("look alike" in note.message for note in bundle.notes)
    assert not any(c in note.message for note in bundle.notes for c in "\u200b\u202e\u00ad")


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u202e\u2066", "\u00ad\ufeff"])
def test_an_id_that_cannot_be_seen_is_none(problems, name):
    assert "empty" in problems({"r": responses("a", name)})[0].found


@pytest.mark.parametrize("text", ["\u200b", "\u202e", "\u2060\u00a0\u3000"])
def test_a_text_that_cannot_be_seen_is_empty(problems, text):
    (problem,) = problems({"r": responses("a").replace(b'"x0"', json.dumps(text).encode())})
    assert (problem.field, "is empty" in problem.found) == ("text", True)


def test_text_that_turns_the_direction_is_kept_as_it_is(read):
    text = "abc\u202edef\u202c \u200f\u0000".replace("\0", "") + "\u2066x\u2069"
    content = responses("a").replace(b'"x0"', json.dumps(text).encode())
    assert read({"r": content}).bundle.response_set.questions[0].responses[0].text == text


@pytest.mark.parametrize("value", [True, 1.5, [1], {"a": 1}, 10**30, -0.0, "1"])
@pytest.mark.parametrize("field", ["question_id", "question", "category", "responses"])
def test_mixed_types_are_read_as_text_or_refused(read, problems, field, value):
    rows = [json.loads(responses("a")), {**json.loads(responses("a")), "question_id": "p", field: value}]
    try:
        found = read({"r": rows}).bundle.response_set.questions
    except InputProblems as error:
        assert {p.line for p in error.problems} == {2}
    else:
        assert len(found) == 2
        assert all(isinstance(q.question_id, str) and isinstance(q.text, str) for q in found)


def test_a_scale_that_changes_half_way_is_two_scales_or_a_problem(read, problems, row):
    scores = [row("score", samples=[n % 5 + 1]) for n in range(6)] + [row("score", scale=[1, 100], samples=[90])] * 6
    found = read({"r": [row("responses")], "s": scores}).bundle.scores
    assert [(s.scale[1], s.emitted) for s in found[5:7]] == [(5.0, 1.0), (100.0, 90.0)]
    hidden = [*scores[:6], *[row("score", samples=[90])] * 6]
    assert [p.line for p in problems({"r": [row("responses")], "s": hidden})] == [7, 8, 9, 10, 11, 12]


def test_formulas_and_links_of_a_workbook_are_text_and_nothing_is_fetched(read):
    cells = [
        ("question_id", "question", "response", "score"),
        ("q", "?", "=WEBSERVICE(&quot;http://127.0.0.1:1/x&quot;)", "1"),
        ("q", "?", "=[1]Sheet1!A1+cmd|' /C calc'!A0", "2"),
    ]
    body = b""
    for number, row in enumerate(cells, start=1):
        body += b'<row r="%d">' % number
        for column, value in zip("ABCD", row, strict=True):
            place = f"{column}{number}".encode()
            if value.startswith("="):
                body += b'<c r="%s"><f>%s</f></c>' % (place, value[1:].encode())
            else:
                body += b'<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (place, value.encode())
        body += b"</row>"
    (file,) = workbook(SHEET + body + b"</sheetData></worksheet>", b"<externalLink/>")
    texts = [r.text for r in read({"f.xlsx": file.data}).bundle.response_set.questions[0].responses]
    assert texts == ['=WEBSERVICE("http://127.0.0.1:1/x")', "=[1]Sheet1!A1+cmd|' /C calc'!A0"]


@pytest.mark.parametrize(
    "sheet",
    [
        SHEET,
        SHEET + b"<row>" * 50_000,
        SHEET + b'<row r="1000000000"><c r="A1000000000"><v>1</v></c></row></sheetData></worksheet>',
        SHEET + b'<row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>',
        SHEET + b'<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row></sheetData></worksheet>',
        SHEET + b'<row r="x"><c r="A-1" t="e"><v>1e999</v></c></row></sheetData></worksheet>',
        b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]>' + SHEET + b"&d;",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + SHEET + b"<row><c><v>&b;</v></c></row>",
    ],
)
def test_a_workbook_with_a_lying_sheet_is_refused(problems, sheet):
    (file,) = workbook(sheet)
    assert problems({"f.xlsx": file.data})


def parquet_bytes() -> bytes:
    """A small good table."""
    out = io.BytesIO()
    rows = [{"question_id": "q", "question": "?", "response": f"text {n}" * 50} for n in range(100)]
    pd.DataFrame(rows).to_parquet(out)
    return out.getvalue()


def test_parquet_with_lying_bytes_is_refused_or_read(read, problems):
    good = parquet_bytes()
    footer = len(good) - 8 - int.from_bytes(good[-8:-4], "little")
    texts = [r.text for r in read({"f": good}).bundle.response_set.questions[0].responses]
    outcomes = set()
    for place in range(footer, len(good) - 8, (len(good) - 8 - footer) // 4):
        lying = good[:place] + bytes([good[place] ^ 0x55]) + good[place + 1 :]
        try:
            found = read({"f": lying}).bundle.response_set.questions
            outcomes.add([r.text for r in found[0].responses] == texts)
        except InputProblems:
            outcomes.add("refused")
    assert "refused" in outcomes
    huge = good[:-8] + (2**31 - 1).to_bytes(4, "little") + b"PAR1"
    assert problems({"f": huge})


def test_probabilities_that_are_none_are_said(problems, row):
    for probs in (
        {"first": -0.1, "tie": 0.5},
        {"first": 1.2},
        {"first": 0.9, "second": 0.9},
        {"tie": 0.0},
        {"first": "x"},
    ):
        (problem,) = problems({"r": [row("responses")], "c": [row("comparison", probs=probs)]})
        assert problem.field == "probs"


def _workbook_with(text: bytes) -> bytes:
    book = openpyxl.Workbook()
    for row in (("question_id", "question", "response"), ("q", "?", "SENTINEL"), ("q", "?", "two")):
        book.active.append(row)
    content, changed = io.BytesIO(), io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as whole, zipfile.ZipFile(changed, "w") as new:
        for name in whole.namelist():
            new.writestr(name, whole.read(name).replace(b"SENTINEL", text))
    return changed.getvalue()


def test_control_characters_of_a_workbook_are_what_they_stand_for(read, problems):
    texts = read({"w": _workbook_with(b"one_x000D_\ntwo _x202E_ _x00")}).bundle.response_set.questions[0].responses
    assert texts[0].text == "one\r\ntwo _x202E_ _x00"
    assert "NUL" in problems({"w": _workbook_with(b"a_x0000_b")})[0].found


@pytest.mark.parametrize("text", [b"&#xD800;", b"&lol;", b"\x01"])
def test_a_workbook_with_characters_that_xml_cannot_hold_is_damaged(problems, text):
    assert "damaged XLSX" in problems({"w": _workbook_with(text)})[0].found


def test_half_characters_of_a_text_table_are_reported_where_they_stand(problems):
    table = b"question_id,question,response\nq,?,one\nq,?,a\xed\xa0\x80b\n"
    (problem,) = problems({"t": table})
    assert (problem.line, "UTF-8" in problem.found) == (3, True)


def test_a_number_that_is_none_is_named(problems):
    table = io.BytesIO()
    frame = {"question_id": ["q"] * 2, "question": ["?"] * 2, "response": ["a", "b"], "score": [math.nan, math.inf]}
    pyarrow.parquet.write_table(pyarrow.table(frame), table)
    assert [p.found for p in problems({"t": table.getvalue()})] == ["NaN", "Infinity"]
