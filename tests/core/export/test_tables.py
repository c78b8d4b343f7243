from __future__ import annotations

import csv
import io
import json

import pytest

from trustjudge_core.export.tables import csv_bytes, json_bytes


def _read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
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
