"""CSV, TSV, Parquet and XLSX -> columns and rows, by what the bytes are."""

from __future__ import annotations

import io
from typing import Final

from trustjudge_core.formats.parquet_table import parquet_table
from trustjudge_core.formats.problems import FileProblems
from trustjudge_core.formats.sources import ZIP
from trustjudge_core.formats.table_cells import Table, TableChoice
from trustjudge_core.formats.text_table import text_table
from trustjudge_core.formats.workbook_table import workbook_table

PARQUET: Final = b"PAR1"


def open_table(stream: io.BufferedReader, report: FileProblems, wanted: frozenset[str], choice: TableChoice) -> Table:
    """A table of whichever kind the bytes are. ``wanted`` columns decide what separates cells of a text table.

    Raises Unreadable for a file that is no table, UsageError for a sheet that is not there.
    """
    start = stream.peek(4)[:4]
    if start == PARQUET:
        return parquet_table(stream, report)
    if start in ZIP:
        return workbook_table(stream, report, choice.sheet)
    return text_table(stream, report, wanted, choice)
