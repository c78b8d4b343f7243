from __future__ import annotations

import csv
import io
import json
import math

import pandas as pd
import pytest
from openpyxl import load_workbook

from trustjudge_core.export.tables import Cell, Format, csv_bytes, json_bytes, write_table


def _read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20"])
def test_text_that_a_spreadsheet_would_run_starts_with_an_apostrophe(start: str) -> None:
    (row,) = _read(csv_bytes([{"id": f"{start}1+1"}]))
    assert row["id"] == f"'{start}1+1"


def test_a_header_that_a_spreadsheet_would_run_starts_with_an_apostrophe() -> None:
    assert csv_bytes([{"=x": 1}]).startswith(b"'=x")


def test_numbers_stay_numbers_with_all_their_digits() -> None:
    (row,) = _read(csv_bytes([{"negative": -0.1, "long": 1 / 3, "count": -7}]))
    assert (row["negative"], float(row["long"]), row["count"]) == ("-0.1", 1 / 3, "-7")


def test_nothing_and_not_a_number_are_empty_cells_and_null() -> None:
    rows = [{"a": None, "b": float("nan"), "c": float("inf")}]
    assert _read(csv_bytes(rows)) == [{"a": "", "b": "", "c": ""}]
    assert json.loads(json_bytes(rows)) == [{"a": None, "b": None, "c": None}]


@pytest.mark.parametrize("text", ['say "hi", you', "two\nlines", "a\rb", "a\r\nb", "Lächeln 😀", "x;y,z", "\ud800"])
def test_any_text_comes_back_from_both_formats(text: str) -> None:
    wanted = text.encode("utf-8", "replace").decode("utf-8")
    assert _read(csv_bytes([{"text": text, "after": 1}])) == [{"text": wanted, "after": "1"}]
    assert json.loads(json_bytes([{"text": text}])) == [{"text": wanted}]


def test_no_rows_make_an_empty_file_and_an_empty_array() -> None:
    assert csv_bytes([]) == b""
    assert json.loads(json_bytes([])) == []


ROWS = [
    {"id": "a", "n": 1, "x": 0.25, "yes": True, "nothing": None, "late": None},
    {"id": "=b", "n": 2, "x": float("nan"), "yes": False, "nothing": None, "late": 0.5},
]


def _file(file_format: Format, rows: list[dict[str, Cell]]) -> io.BytesIO:
    file = io.BytesIO()
    assert write_table(iter(rows), file_format, file) == len(rows)
    file.seek(0)
    return file


def test_json_lines_hold_an_object_a_line() -> None:
    lines = _file("jsonl", ROWS).read().decode().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["a", "=b"]
    assert json.loads(lines[1])["x"] is None


def test_pandas_reads_the_parquet_file_with_its_types() -> None:
    frame = pd.read_parquet(_file("parquet", ROWS))
    assert frame["id"].tolist() == ["a", "=b"]  # a column of text is data there: nothing runs it
    assert frame["n"].dtype == "int64" and frame["yes"].dtype == "bool"
    assert frame["x"][0] == 0.25 and math.isnan(frame["x"][1])
    assert frame["nothing"].isna().all()


def test_a_parquet_column_may_begin_with_whole_numbers_and_end_with_fractions() -> None:
    rows: list[dict[str, Cell]] = [{"x": n} for n in range(20_000)]
    rows += [{"x": 0.5}]
    assert pd.read_parquet(_file("parquet", rows))["x"].tolist() == [*range(20_000), 0.5]


def test_no_rows_make_files_that_open() -> None:
    assert pd.read_parquet(_file("parquet", [])).empty
    assert pd.read_excel(_file("xlsx", [])).empty


COLUMNS = {"id": str, "n": int, "x": float, "yes": bool, "nothing": float, "late": float}


def test_given_columns_are_there_without_rows_and_have_their_types_without_values() -> None:
    for rows in ([], ROWS):
        file = io.BytesIO()
        write_table(rows, "parquet", file, COLUMNS)
        frame = pd.read_parquet(file)
        assert list(frame) == list(COLUMNS) and len(frame) == len(rows)
        assert [str(frame[name].dtype) for name in list(COLUMNS)[1:]] == [
            "int64",
            "float64",
            "bool",
            "float64",
            "float64",
        ]
    for file_format, read in (("csv", pd.read_csv), ("xlsx", pd.read_excel)):
        file = io.BytesIO()
        write_table([], file_format, file, COLUMNS)
        file.seek(0)
        assert list(read(file)) == list(COLUMNS)


def test_a_sheet_holds_text_where_a_spreadsheet_would_run_a_formula() -> None:
    book = load_workbook(_file("xlsx", ROWS))
    (sheet,) = book.worksheets
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "'=b" in cells
    assert "f" not in cells.values()
    assert sheet["B2"].value == 1 and sheet["C2"].value == 0.25


def test_a_sheet_takes_any_text() -> None:
    frame = pd.read_excel(_file("xlsx", [{"text": "a\0b\x1f \ud800 " + "x" * 40_000}]))
    assert frame["text"][0].startswith("a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}")
    assert len(frame["text"][0]) == 32_767  # all that a cell holds
