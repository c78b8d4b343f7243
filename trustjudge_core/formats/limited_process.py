"""Tables that are read by `table_process`, in a process whose memory the operating system limits."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import IO, Any, Final, cast

import msgspec

from trustjudge_core.errors import UsageError
from trustjudge_core.formats.problems import listed
from trustjudge_core.formats.streams import Unreadable, refuse_bomb
from trustjudge_core.formats.table_cells import MAX_COLUMNS, too_many_rows
from trustjudge_core.formats.table_process import MEMORY

PATIENCE: Final = 9.0
"""Seconds of work without a message after which a file is given up; a message holds a few hundred rows at most.
Work is the other process's time on a processor, so that a busy machine refuses nothing that a free one reads."""

_MOST_WAITED: Final = 60.0
"""Seconds without a message, worked or not."""

_PROGRAM: Final = Path(__file__).with_name("table_process.py")
_LENGTH: Final = 8


class LimitedTable:
    """The columns of a table that another process reads, and its rows, which can be read once."""

    def __init__(self, kind: str, content: IO[bytes], size: int, sheet: str | None = None) -> None:
        """Begin to read. Raises Unreadable for a file that is none, UsageError for a sheet that is not there."""
        self._kind, self._size, self._read = kind, size, 0
        command = [sys.executable, "-I", str(_PROGRAM), kind, *([sheet] if sheet is not None else [])]
        content.seek(0)
        self._process = subprocess.Popen(command, stdin=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._out = cast(IO[bytes], self._process.stdout)
        self._selector = DefaultSelector()
        self._selector.register(self._out, EVENT_READ)
        try:
            self.head = cast(dict[str, Any], self._message())
            if self.head["count"] > MAX_COLUMNS:
                found = f"has {self.head['count']:,} columns"
                raise Unreadable(found, f"at most {MAX_COLUMNS:,}", "keep the columns that are read")
        except BaseException:
            self.close()
            raise

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Row numbers, the header being 1, and cells; the process ends with the last one asked for."""
        try:
            while isinstance(message := self._message(), list):
                yield from message
        finally:
            self.close()

    def close(self) -> None:
        """End the process."""
        self._selector.close()
        self._process.kill()
        self._out.close()
        self._process.wait()

    def _message(self) -> Any:
        packed = self._bytes(int.from_bytes(self._bytes(_LENGTH), "little"))
        self._read += len(packed)
        refuse_bomb(self._size, self._read)
        message = msgspec.msgpack.decode(packed)
        if isinstance(message, dict) and "error" in message:
            raise self._said(message)
        return message

    def _wait(self) -> None:
        """Until something can be read. Raises Unreadable when that takes too long."""
        begun, worked = time.monotonic(), None
        while not self._selector.select(0.5):
            worked = self._worked() if worked is None else worked
            waited = time.monotonic() - begun
            if self._worked() - worked > PATIENCE or waited > _MOST_WAITED:
                raise Unreadable(f"takes too long to read as {self._kind}", "a plain table", "save it as CSV")

    def _worked(self) -> float:
        """Seconds the other process had a processor; where the system does not say so, of the clock."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return time.monotonic()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _bytes(self, count: int) -> bytearray:
        found = bytearray()
        while len(found) < count:
            self._wait()
            block = self._out.read1(min(count - len(found), 1 << 20))  # type: ignore[attr-defined]
            if not block:
                raise Unreadable(f"is a damaged {self._kind} file", f"a complete {self._kind} file", "save it again")
            found += block
        return found

    def _said(self, message: dict[str, Any]) -> Unreadable | UsageError:
        match message["error"]:
            case "memory":
                found = f"takes more than {MEMORY // 1024**2:,} MiB of memory to unpack"
                return Unreadable(found, "smaller tables", "split it, or save it as CSV or JSON Lines")
            case "rows":
                return too_many_rows()
            case "empty":
                return Unreadable("has very many empty cells", "rows that hold something", "delete the empty rows")
            case "sheet" if not message["sheets"]:
                return Unreadable("has no sheet with cells", "a table in the first sheet", "add one")
            case "sheet":
                return UsageError(
                    f"sheet {listed([message['sheet']])} is not in the workbook; "
                    f"allowed: {listed(message['sheets'])}; choose one of them"
                )
        return Unreadable(
            f"is a damaged {self._kind} file ({message['why']})", f"a complete {self._kind} file", "save it again"
        )
