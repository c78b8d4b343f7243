"""Parquet -> a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from trustjudge_core.formats.limited_process import LimitedTable
from trustjudge_core.formats.problems import FileProblems
from trustjudge_core.formats.streams import Unreadable
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.table_cells import (
    MAX_ROWS,
    Table,
    TableLayout,
    cell_value,
    column_names,
    on_disk,
    too_many_rows,
)

LIKELY_ROWS: Final = 100_000
"""Above this no real table has more rows than bytes: an id alone takes one."""


def parquet_table(stream: BinaryIO, report: FileProblems) -> Table:
    """Rows of all row groups, a few at a time. Raises Unreadable."""
    content, size = on_disk(stream)
    table = LimitedTable("Parquet", content, size)
    try:
        columns = column_names(table.head["columns"])
    except BaseException:
        table.close()
        raise

    def rows() -> Iterator[tuple[int, Row]]:
        for number, cells in table.rows():
            if number > MAX_ROWS + 1:
                raise too_many_rows()
            if number > LIKELY_ROWS and number > size:
                found = f"has more than {LIKELY_ROWS:,} rows in {size:,} bytes"
                raise Unreadable(found, "rows that differ", "leave out what is repeated")
            if report.begins():
                named = zip(columns, cells, strict=True)
                yield number, {name: cell_value(value, name, number, report) for name, value in named}

    return Table(columns, rows(), TableLayout("Parquet"), table.close)
