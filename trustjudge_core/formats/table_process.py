"""Run as a program: reads one Parquet file or workbook from its standard input in a process of limited memory.

A small file of either kind can unpack to any size, and its own numbers about that may lie; here the
operating system keeps the limit, and damage that would end this process ends no other. Writes messages,
each its length and MessagePack: the columns, many rows at a time, the end or an error.
Imports nothing of the project, so that it starts at once.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from typing import Any, Final

import msgspec

MEMORY: Final = 640 * 1024**2
"""Bytes that this process may allocate."""

_PARQUET_ROWS: Final = 256
_SENT_ROWS: Final = 16
"""Equal texts are stored once in a Parquet file, and once for each row in a message."""
_WORKBOOK_ROWS: Final = 256
_MOST_COLUMNS: Final = 1_000
_MOST_CELLS: Final = 20_000
_MOST_ROWS: Final = 1_048_576
"""Rows of a workbook: what Excel allows. A file may state a row number of a billion in a few bytes."""

_MOST_EMPTY: Final = 500_000
"""Cells since the last row that holds something: more would be read for many seconds with nothing to say."""

_ESCAPED: Final = re.compile("_x00([01][0-9A-Fa-f])_")
"""How a workbook writes control characters (ECMA-376, ST_Xstring): a carriage return above all."""

_encode: Final = msgspec.msgpack.Encoder(enc_hook=str).encode


def _send(message: Any) -> None:
    packed = _encode(message)
    sys.stdout.buffer.write(len(packed).to_bytes(8, "little") + packed)
    sys.stdout.buffer.flush()


def _parquet(source: Any, _sheet: str | None) -> None:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(source)
    columns = list(file.schema_arrow.names)
    _send({"columns": columns[: _MOST_COLUMNS + 1], "count": len(columns)})
    number = 1
    for batch in file.iter_batches(batch_size=_PARQUET_ROWS, use_threads=False):
        for start in range(0, batch.num_rows, _SENT_ROWS):
            lists = [column.slice(start, _SENT_ROWS).to_pylist() for column in batch.columns]
            _send([[number + n, list(cells)] for n, cells in enumerate(zip(*lists, strict=True), start=1)])
            number += len(lists[0]) if lists else 0


def _workbook(source: Any, sheet: str | None) -> None:
    cells, head = _cells(source, sheet, values=False)
    first = [_value(cell) for cell in next(cells, ())]
    while first and first[-1] is None:
        first.pop()
    _send({**head, "columns": first[: _MOST_COLUMNS + 1], "count": len(first)})
    saved: Iterator[Any] | None = None  # the same sheet with saved values, opened at the first formula
    reached, empty, rows = 0, 0, []
    for number, row in enumerate(cells, start=2):
        if number > _MOST_ROWS:
            _send({"error": "rows"})
            return
        empty += len(row)
        if empty > _MOST_EMPTY:
            _send({"error": "empty"})
            return
        values = [_value(cell) for cell in row[:_MOST_CELLS]]
        formulas = [at for at, cell in enumerate(row[:_MOST_CELLS]) if cell.data_type == "f"]
        if formulas:
            saved = saved or _cells(source, sheet, values=True)[0]
            said = next(islice(saved, number - reached - 1, None), ())
            reached = number
            for at in formulas:
                value = _value(said[at]) if at < len(said) else None
                values[at] = value if value is not None else str(getattr(values[at], "text", values[at]))
        while values and values[-1] is None:
            values.pop()
        if values:
            rows.append([number, values])
            empty = 0
        if len(rows) >= _WORKBOOK_ROWS:
            _send(rows)
            rows = []
    _send(rows)


def _value(cell: Any) -> Any:
    value = cell.value
    if isinstance(value, str) and "_x00" in value:
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    return value


def _cells(source: Any, sheet: str | None, values: bool) -> tuple[Iterator[Any], dict[str, Any]]:
    """Rows of cells and the names of the sheets; ``values`` gives what formulas had come to when it was saved."""
    import openpyxl
    from openpyxl.worksheet import _read_only
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet
    from openpyxl.worksheet._reader import WorkSheetParser

    class Ordered(WorkSheetParser):
        """What openpyxl does not say: rows and cells that are not in order would be left out, or overwritten."""

        def parse_row(self, row: Any) -> Any:
            before = self.row_counter
            number, cells = super().parse_row(row)
            columns = [cell["column"] for cell in cells]
            if number <= before or any(b <= a for a, b in pairwise(columns)):
                raise ValueError(f"row {number} or a cell of it is there twice, or not in order")
            return number, cells

    _read_only.WorkSheetParser = Ordered  # type: ignore[attr-defined]
    # A sheet that does not state its size is read to its end to find out, every sheet, before the first row is given.
    ReadOnlyWorksheet._get_size = lambda sheet: None  # type: ignore[attr-defined]
    book = openpyxl.load_workbook(source, read_only=True, data_only=values, keep_links=False)
    sheets = {found.title: found for found in book.worksheets}
    head: dict[str, Any] = {"sheets": list(sheets), "sheet": sheet if sheet is not None else next(iter(sheets), None)}
    chosen: Any = sheets.get(str(head["sheet"]))
    if chosen is None:
        _send({"error": "sheet", **head})
        sys.exit(0)
    return iter(chosen.iter_rows()), head


def main(kind: str, sheet: str | None) -> None:
    """Read standard input. Whatever a library raises for a damaged file, or its lack of memory, is sent as an error.

    openpyxl lets pass whatever the damage causes (KeyError, ParseError, zlib.error, ...), pyarrow a dozen more.
    """
    readers: dict[str, Callable[[Any, str | None], None]] = {"Parquet": _parquet, "XLSX": _workbook}
    source = os.fdopen(0, "rb")
    try:
        readers[kind](source, sheet)
        _send({"end": True})
    except MemoryError:
        _send({"error": "memory"})
    except BrokenPipeError:
        pass
    except Exception as error:
        if "out of memory" in str(error) or "malloc" in str(error):
            _send({"error": "memory"})
        else:
            _send({"error": "damaged", "why": (str(error).splitlines() or [type(error).__name__])[0][:100]})


if __name__ == "__main__":
    import resource

    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
    os._exit(0)  # without flushing: the reader may be gone, and nothing is left to say
