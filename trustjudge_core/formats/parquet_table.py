"""Parquet -> a table. pyarrow is imported only when such a file is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from trustjudge_core.formats.problems import FileProblems
from trustjudge_core.formats.sources import MAX_BYTES
from trustjudge_core.formats.streams import Unreadable
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.table_cells import (
    MAX_ROWS,
    Table,
    TableLayout,
    cell_value,
    column_names,
    damaged,
    on_disk,
    too_many_rows,
)


def parquet_table(stream: BinaryIO, report: FileProblems) -> Table:
    """Rows of all row groups, a few at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(on_disk(stream))
        columns = column_names(list(file.schema_arrow.names))
        if sum(file.metadata.row_group(g).total_byte_size for g in range(file.num_row_groups)) > MAX_BYTES:
            raise Unreadable(f"unpacks to more than {MAX_BYTES:,} bytes", "smaller tables", "split it")
    except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
        raise damaged("Parquet", error) from error

    def rows() -> Iterator[tuple[int, Row]]:
        number, left = 1, MAX_BYTES
        try:
            # Small batches: equal cells are stored once, so a small file can hold very much text.
            for batch in file.iter_batches(batch_size=512):
                left -= batch.nbytes
                if left < 0:
                    raise Unreadable(f"unpacks to more than {MAX_BYTES:,} bytes", "smaller tables", "split it")
                for row in batch.to_pylist():
                    number += 1
                    if number > MAX_ROWS + 1:
                        raise too_many_rows()
                    if report.begins():
                        yield number, {str(k).strip(): cell_value(v, str(k), number, report) for k, v in row.items()}
        except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
            raise damaged("Parquet", error) from error

    return Table(columns, rows(), TableLayout("Parquet"))
