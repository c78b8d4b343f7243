"""The flat table holds the same set whichever of its five kinds it comes as."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pandas as pd
import pytest

from trustjudge_core.errors import UsageError
from trustjudge_core.formats.table_cells import TableChoice
from trustjudge_core.records import Response

COLUMNS = ("question_id", "question", "response", "system", "category", "score")
ROWS = [
    ("1", "Why, so?", 'one\n"quoted", =1+1', "A", "c", 2.5),
    ("1", "Why, so?", "=SUM(A1)", "B", "c", None),
    ("2", "How?", "three", "A", None, 1.0),
    ("2", "How?", "four", "A", None, None),
]


def text_table(separator: str) -> bytes:
    """The rows as CSV or TSV."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(COLUMNS)
    writer.writerows(ROWS)
    return out.getvalue().encode()


def workbook() -> bytes:
    """The rows as XLSX."""
    book = openpyxl.Workbook()
    for row in (COLUMNS, *ROWS):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def parquet() -> bytes:
    """The rows as Parquet."""
    content = io.BytesIO()
    pd.DataFrame(ROWS, columns=list(COLUMNS)).to_parquet(content)
    return content.getvalue()


KINDS = {
    "csv": text_table(","),
    "csv of another country": text_table(";"),
    "tsv": text_table("\t"),
    "csv with mark": b"\xef\xbb\xbf" + text_table(","),
    "xlsx": workbook(),
    "parquet": parquet(),
    "jsonl": b"\n".join(json.dumps(dict(zip(COLUMNS, row, strict=True))).encode() for row in ROWS),
    "json": json.dumps([dict(zip(COLUMNS, row, strict=True)) for row in ROWS]).encode(),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reads_the_same(read, kind):
    found = read({"table": KINDS[kind]})
    one, two = found.bundle.response_set.questions
    assert found.recognised[0].format == "flat table"
    assert found.recognised[0].rows == 4
    assert (one.question_id, one.text, one.category, two.category) == ("1", "Why, so?", "c", None)
    assert one.responses == (
        Response("A", 'one\n"quoted", =1+1', "A", 2.5),
        Response("B", "=SUM(A1)", "B"),  # a formula without a saved value is text
    )
    assert [r.response_id for r in two.responses] == ["A", "A#2"]


def test_responses_without_system_are_numbered(read):
    bundle = read({"t": b"question_id,question,response\nq,?,x\nq,?,y\n"}).bundle
    assert [r.response_id for r in bundle.response_set.questions[0].responses] == ["0", "1"]


def test_columns_can_be_mapped(read, problems):
    table = b"id,prompt,out,who\nq,?,x,A\n"
    mapping = {"question_id": "id", "question": "prompt", "response": "out", "system": "who"}
    assert read({"t": table}, mapping=mapping).bundle.response_set.questions[0].responses == (Response("A", "x", "A"),)
    assert "question_id, question, response not found" in problems({"t": table})[0].found


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (b",?,x,A,,", "question_id"),
        (b"q,,x,A,,", "question"),
        (b"q,?,,A,,", "text"),
        (b"q,?,x,A,,nan", "score"),
        (b"q,?,x,A,,good", "score"),
        (b"q,?,x,A", None),
        (b'q,?,"x,A,,1', None),
        ("q,é?é,\xff,A,,".encode("latin-1").replace(b"\xe9", "é".encode()), None),
        (b"q,?,x\0,A,,", None),
        (b"q,another,x,A,,", "question"),
    ],
)
def test_a_wrong_cell_is_reported_with_its_row(problems, row, field):
    table = ",".join(COLUMNS).encode() + b"\nq,?,fine,B,,\n" + row + b"\n"
    assert (3, field) in {(problem.line, problem.field) for problem in problems({"t": table})}


def test_an_id_that_is_there_twice_is_refused(problems):
    (problem,) = problems({"t": b"question_id,question,response,response_id\nq,?,x,a\nq,?,y,a\n"})
    assert (problem.line, problem.field) == (3, "response_id")


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
@pytest.mark.parametrize("keep", [0.1, 0.5, 0.95])
def test_a_damaged_table_is_a_problem(problems, kind, keep):
    content = KINDS[kind]
    assert problems({"t": content[: int(len(content) * keep)]})


def test_a_header_alone_and_a_column_twice_are_problems(problems):
    assert "no responses" in problems({"t": b"question_id,question,response\n"})[0].found
    assert "twice" in problems({"t": b"question_id,question,response,response\n"})[0].found


def test_a_table_cannot_have_more_rows_than_allowed(problems, monkeypatch):
    monkeypatch.setattr("trustjudge_core.formats.parquet_table.MAX_ROWS", 2)
    assert "rows" in problems({"t": KINDS["parquet"]})[0].found


def test_a_parquet_file_of_more_rows_than_bytes_is_no_table(problems, monkeypatch):
    monkeypatch.setattr("trustjudge_core.formats.parquet_table.LIKELY_ROWS", 1_000)
    same, content = ["q"] * 30_000, io.BytesIO()
    pd.DataFrame({"question_id": same, "question": same, "response": same}).to_parquet(content)
    assert len(content.getvalue()) < 30_000
    assert "rows in" in problems({"t": content.getvalue()})[-1].found


def two_sheets() -> bytes:
    """A workbook whose first sheet holds something else."""
    book = openpyxl.Workbook()
    book.active.title = "notes"
    book.active.append(("nothing", "here"))
    sheet = book.create_sheet("answers")
    for row in (COLUMNS, *ROWS):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_sheet_can_be_chosen_and_all_are_listed(read, problems):
    assert "nothing, here" in problems({"t": two_sheets()})[0].found
    found = read({"t": two_sheets()}, tables={"t": TableChoice(sheet="answers")})
    assert (found.recognised[0].layout.sheet, found.recognised[0].layout.sheets) == ("answers", ("notes", "answers"))
    assert [q.question_id for q in found.bundle.response_set.questions] == ["1", "2"]
    with pytest.raises(UsageError, match="notes, answers"):
        read({"t": two_sheets()}, tables={"t": TableChoice(sheet="none")})


def test_many_responses_of_one_system_are_numbered_in_little_time(read):
    rows = b"".join(b"q,?,answer %d,A\n" % n for n in range(20_000))
    (question,) = read({"t": b"question_id,question,response,system\n" + rows}).bundle.response_set.questions
    assert [r.response_id for r in question.responses[::19_999]] == ["A", "A#20000"]
