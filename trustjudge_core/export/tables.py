"""Rows -> CSV and JSON files that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_bytes(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> bytes:
    """Rows as UTF-8 CSV with a header. Text that a spreadsheet would take for a formula gets a leading apostrophe.

    Numbers are written with all their digits and stay numbers; NaN and None are empty cells.
    """
    names = list(columns or (rows[0] if rows else ()))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_cell(name) for name in names])
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return text.getvalue().encode("utf-8")


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str):
        return "'" + value if value.startswith(_FORMULA) else value
    return repr(value) if isinstance(value, float) else value


def json_bytes(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as a JSON array; NaN becomes null."""
    return (json.dumps([_jsonable(row) for row in rows], ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _jsonable(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in row.items()
    }
