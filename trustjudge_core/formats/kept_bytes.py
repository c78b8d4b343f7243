"""The bytes of an upload on disk, in a file without a name: they vanish with the process, however that ends."""

from __future__ import annotations

import io
import os
import tempfile
from typing import BinaryIO, Final, cast

_BLOCK: Final = 1 << 20


class KeptBytes:
    """Bytes that can be read from the start any number of times, also at once."""

    def __init__(self, stream: BinaryIO) -> None:
        """Copy a stream, a block at a time."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self.size = 0
        while block := stream.read(_BLOCK):
            self._file.write(block)
            self.size += len(block)
        self._file.flush()

    def open(self) -> BinaryIO:
        """A stream of its own from the start."""
        return cast(BinaryIO, io.BufferedReader(_At(self._file.fileno()), _BLOCK))

    def close(self) -> None:
        """Give the space on disk back."""
        self._file.close()


class _At(io.RawIOBase):
    """A file with a position of its own."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._place = descriptor, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move to a place; archives are read from their end."""
        start = (0, self._place, os.fstat(self._descriptor).st_size)[whence]
        self._place = max(start + offset, 0)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        found = os.pread(self._descriptor, len(view), self._place)
        view[: len(found)] = found
        self._place += len(found)
        return len(found)
