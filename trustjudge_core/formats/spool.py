"""Rows kept on disk in a file without a name, in the order they were added.

The file vanishes with the process, however that ends. Rows are tuples of numbers, texts and bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any, Final, cast

import msgspec

CHUNK: Final = 1_000
"""Rows written and read at a time."""

LONG: Final = 20_000
"""Characters after which a text makes its chunk be written at once: a chunk stays below 20 MB."""

IN_MEMORY: Final = 1 << 20
"""Bytes up to which nothing is written to disk: most imports are small."""

_LENGTH: Final = 8


class Spool:
    """Rows to be read again, any number of times."""

    def __init__(self) -> None:
        # Closed by whoever owns the spool; open at once, so that a full disk is said before the work.
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self._waiting: list[tuple[Any, ...]] = []
        self._encode = msgspec.msgpack.Encoder().encode
        self.count = 0

    def append(self, row: tuple[Any, ...], text: str | None = None) -> None:
        """Add a row; ``text`` is its longest text."""
        self._waiting.append(row)
        self.count += 1
        if len(self._waiting) >= CHUNK or (text is not None and len(text) > LONG):
            self._write()

    def __iter__(self) -> Iterator[list[Any]]:
        for chunk in self.chunks():
            yield from chunk

    def chunks(self) -> Iterator[list[list[Any]]]:
        """The rows as lists, many at a time."""
        self._write()
        decode = msgspec.msgpack.Decoder().decode
        place, end = 0, self._file.seek(0, 2)
        while place < end:
            self._file.seek(place)
            size = int.from_bytes(self._file.read(_LENGTH), "little")
            yield cast(list[list[Any]], decode(self._file.read(size)))
            place += _LENGTH + size

    def close(self) -> None:
        """Give the space on disk back."""
        self._file.close()

    def _write(self) -> None:
        if self._waiting:
            packed = self._encode(self._waiting)
            self._file.seek(0, 2)
            self._file.write(len(packed).to_bytes(_LENGTH, "little"))
            self._file.write(packed)
            self._waiting = []
