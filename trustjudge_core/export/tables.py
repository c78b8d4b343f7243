"""Rows -> CSV, JSON, JSON Lines, Parquet and XLSX files that a spreadsheet opens without running anything in them.

Rows are taken one by one and written as they come, so that a large table never stands in memory as rows.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import IO, Final, Literal, get_args

from trustjudge_core.errors import UsageError

Cell = str | float | int | bool | None
TableRow = Mapping[str, Cell]
Columns = Mapping[str, type[str] | type[int] | type[float] | type[bool]]
"""Names of columns in their order, and what their cells are where they hold anything."""
Format = Literal["csv", "json", "jsonl", "parquet", "xlsx"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
MOST_SHEET_ROWS: Final = 1_048_575
"""Rows of an XLSX sheet below its header (the format's own limit)."""

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes a cell for a formula by, in some languages also in full width, or what hides one."""
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML, and so XLSX, cannot hold."""
_MOST_CELL: Final = 32_767
"""Characters of an XLSX cell (the format's own limit)."""
_BATCH: Final = 20_000


def write_table(rows: Iterable[TableRow], file_format: Format, file: IO[bytes], columns: Columns | None = None) -> int:
    """Write rows to a binary file and say how many. ``columns`` are the header and types, else the first row's fields.

    A table without rows has a header only if its columns are given. Raises UsageError for more rows than XLSX holds.
    """
    counter = _Counted(rows)
    match file_format:
        case "csv":
            _write_csv(counter, file, columns)
        case "json":
            _write_json(counter, file)
        case "jsonl":
            for row in counter:
                file.write(_json(row) + b"\n")
        case "parquet":
            _write_parquet(counter, file, columns)
        case "xlsx":
            _write_xlsx(counter, file, columns)
    return counter.count


class _Counted:
    """Rows, and how many were taken."""

    def __init__(self, rows: Iterable[TableRow]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[TableRow]:
        for row in self._rows:
            self.count += 1
            yield row


def csv_bytes(rows: Iterable[TableRow]) -> bytes:
    """Rows as UTF-8 CSV; b"" without rows. See `write_table`."""
    file = io.BytesIO()
    write_table(rows, "csv", file)
    return file.getvalue()


def json_bytes(rows: Iterable[TableRow]) -> bytes:
    """Rows as a JSON array; NaN becomes null."""
    file = io.BytesIO()
    write_table(rows, "json", file)
    return file.getvalue()


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: with a leading apostrophe where it would."""
    return "'" + text if text.startswith(FORMULA) else text


def _write_csv(rows: Iterable[TableRow], file: IO[bytes], columns: Columns | None) -> None:
    """Numbers are written with all their digits and stay numbers; NaN and None are empty cells."""
    rest = iter(rows)
    first = next(rest, None)
    names = list(columns or first or ())
    if not names:
        return
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180; also makes the writer quote a lone \r
    writer.writerow([_cell(name) for name in names])
    if first is not None:
        writer.writerows([_cell(row[name]) for name in names] for row in chain([first], rest))
    text.flush()
    text.detach()  # the file is the caller's to close


def _cell(value: Cell) -> Cell:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str):
        return safe_text(value)
    return repr(value) if isinstance(value, float) else value


def _json(row: TableRow) -> bytes:
    finite = {name: _finite(value) for name, value in row.items()}
    return json.dumps(finite, ensure_ascii=False).encode("utf-8", "replace")


def _write_json(rows: Iterable[TableRow], file: IO[bytes]) -> None:
    file.write(b"[")
    for number, row in enumerate(rows):
        file.write((b",\n " if number else b"\n ") + _json(row))
    file.write(b"\n]\n")


def _finite(value: Cell) -> Cell:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _write_parquet(rows: Iterable[TableRow], file: IO[bytes], columns: Columns | None) -> None:
    """One row group a batch.

    Without given columns, one has the narrowest type that holds every batch, for which the batches wait on disk.
    """
    import pyarrow as pa  # takes a third of a second: only who asks for Parquet waits for it
    import pyarrow.parquet as pq

    rest = iter(rows)
    if columns is not None:
        types = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
        given = pa.schema([(name, types[kind]) for name, kind in columns.items()])
        with pq.ParquetWriter(file, given) as writer:
            while batch := list(islice(rest, _BATCH)):
                table = {name: [_storable(row[name]) for row in batch] for name in given.names}
                writer.write_table(pa.table(table, given))
        return
    schemas = []
    with tempfile.TemporaryFile(prefix="trustjudge-") as waiting:
        while batch := list(islice(rest, _BATCH)):
            found = pa.table({name: [_storable(row[name]) for row in batch] for name in batch[0]})
            schemas.append(found.schema)
            with pa.ipc.new_stream(waiting, found.schema) as stream:
                stream.write_table(found)
        # A column that never held a value has no type of its own: as text every reader takes it.
        whole = pa.unify_schemas(schemas, promote_options="permissive") if schemas else pa.schema([])
        whole = pa.schema([f.with_type(pa.string()) if pa.types.is_null(f.type) else f for f in whole])
        waiting.seek(0)
        with pq.ParquetWriter(file, whole) as writer:
            for _ in schemas:
                with pa.ipc.open_stream(waiting) as stream:
                    writer.write_table(stream.read_all().cast(whole))


def _storable(value: Cell) -> Cell:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return _finite(value)


def _write_xlsx(rows: Iterable[TableRow], file: IO[bytes], columns: Columns | None) -> None:
    from openpyxl import Workbook  # only who asks for XLSX waits for it

    book = Workbook(write_only=True)
    sheet = book.create_sheet("TrustJudge")
    names = list(columns or ())
    if names:
        sheet.append([_sheet_cell(name) for name in names])
    for number, row in enumerate(rows):
        if number >= MOST_SHEET_ROWS:
            raise UsageError(
                f"the table has more than {MOST_SHEET_ROWS:,} rows; allowed in XLSX: {MOST_SHEET_ROWS:,}; "
                "choose CSV, JSON Lines or Parquet"
            )
        if not names:
            names = list(row)
            sheet.append([_sheet_cell(name) for name in names])
        sheet.append([_sheet_cell(row[name]) for name in names])
    book.save(file)


def _sheet_cell(value: Cell) -> Cell:
    if isinstance(value, str):
        return safe_text(_UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", value))[:_MOST_CELL]
    return _finite(value)
