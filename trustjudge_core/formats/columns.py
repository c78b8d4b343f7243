"""The columns of a table that was not recognised, so that a person can say what they hold."""

from __future__ import annotations

import io

from trustjudge_core.formats.problems import Problems
from trustjudge_core.formats.rows import ARRAY, LINES, json_rows
from trustjudge_core.formats.sources import UploadedFile
from trustjudge_core.formats.streams import Unreadable
from trustjudge_core.formats.tables import open_table


def columns_of(file: UploadedFile) -> tuple[str, ...]:
    """Column names of a table or the fields of the first row of a JSON file; empty when there are none."""
    report = Problems().in_file(file.name)
    data = file.data if isinstance(file.data, bytes) else file.data.read_bytes()
    stream = io.BytesIO(data)
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        _, row = next(json_rows(stream, report, ARRAY if start == b"[" else LINES), (0, {}))
        return tuple(map(str, row))
    try:
        columns = tuple(column for column in open_table(stream, report, frozenset()).columns if column)
    except Unreadable:
        return ()
    return columns if len(columns) > 1 else ()  # any text is a table of one column
