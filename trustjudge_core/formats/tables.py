"""CSV, TSV, Parquet and XLSX -> columns and rows, by what the bytes are."""

from __future__ import annotations

from typing import BinaryIO, Final

from trustjudge_core.formats.parquet_table import parquet_table
from trustjudge_core.formats.problems import FileProblems
from trustjudge_core.formats.sources import ZIP
from trustjudge_core.formats.table_cells import Table, in_memory
from trustjudge_core.formats.text_table import Rejoined, text_table
from trustjudge_core.formats.workbook_table import workbook_table

PARQUET: Final = b"PAR1"


def open_table(stream: BinaryIO, report: FileProblems, wanted: frozenset[str]) -> Table:
    """A table of whichever kind the bytes are. ``wanted`` columns decide what separates cells of a text table.

    Raises Unreadable for a file that is no table.
    """
    start = stream.read(4)
    if start == PARQUET:
        return parquet_table(in_memory(start, stream), report)
    if start in ZIP:
        return workbook_table(in_memory(start, stream), report)
    return text_table(Rejoined(start, stream), report, wanted)
