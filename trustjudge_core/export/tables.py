"""Rows -> CSV and JSON files that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

Cell = str | float | int | bool | None
TableRow = Mapping[str, Cell]

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_bytes(rows: Iterable[TableRow]) -> bytes:
    """Rows as UTF-8 CSV, the fields of the first row as its header; b"" without rows.

    Text that a spreadsheet would take for a formula gets a leading apostrophe. Numbers are written
    with all their digits and stay numbers; NaN and None are empty cells.
    """
    rest = iter(rows)
    first = next(rest, None)
    if first is None:
        return b""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180; also makes the writer quote a lone \r
    writer.writerow([_cell(name) for name in first])
    writer.writerows([_cell(row[name]) for name in first] for row in chain([first], rest))
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: Cell) -> Cell:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str):
        return "'" + value if value.startswith(_FORMULA) else value
    return repr(value) if isinstance(value, float) else value


def json_bytes(rows: Iterable[TableRow]) -> bytes:
    """Rows as a JSON array; NaN becomes null."""
    listed = [{name: _finite(value) for name, value in row.items()} for row in rows]
    return (json.dumps(listed, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _finite(value: Cell) -> Cell:
    return None if isinstance(value, float) and not math.isfinite(value) else value
