"""Streams of bytes that are unpacked, counted and never fail with a foreign exception.

What an import unpacks to is counted against one budget, so a small file cannot become a large one.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO, Final, cast

GZIP: Final = b"\x1f\x8b"

_PACKED_BLOCK: Final = 1 << 16

LIKELY_UNPACKED: Final = 64 * 1024**2
MOST_UNPACKED: Final = 300
"""A packed file that has unpacked to more than 64 MiB and to more than 300 times its size is a bomb:
real judgments shrink by 5 to 60 times."""

MAX_MEMBERS: Final = 200_000
"""Parts that a .gz may be put together from: tools that pack in blocks make one of every 64 KiB."""

BROKEN_ARCHIVE: Final = (
    EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, struct.error, ValueError, OverflowError, RuntimeError,
    NotImplementedError,
)  # fmt: skip
"""What zipfile and zlib raise for damaged files, members with a password and unknown compressions."""


class Unreadable(Exception):
    """A stream that cannot be read on; becomes a Problem of its file."""

    def __init__(self, found: str, allowed: str, fix: str) -> None:
        super().__init__(found)
        self.found, self.allowed, self.fix = found, allowed, fix


class Budget:
    """How many bytes the import may still expand to."""

    def __init__(self, limit: int) -> None:
        self.left = self.limit = limit

    def take(self, count: int) -> None:
        """Raises Unreadable when the import has grown too large."""
        self.left -= count
        if self.left < 0:
            raise Unreadable(
                "the import grows too large when it is unpacked",
                f"at most {self.limit:,} bytes, all files together",
                "split the set, or leave parts out",
            )


def refuse_bomb(packed: int, unpacked: int) -> None:
    """Raises Unreadable for what no real file unpacks to."""
    if unpacked > LIKELY_UNPACKED and unpacked > MOST_UNPACKED * max(packed, 1):
        raise Unreadable(
            f"unpacks to more than {MOST_UNPACKED} times its size",
            f"archives that unpack to at most {LIKELY_UNPACKED:,} bytes or {MOST_UNPACKED} times their size",
            "unpack it yourself first if you trust it",
        )


class Unpacking:
    """The bytes of a .gz, its members one after another.

    `gzip` of the standard library reads what stands before a member byte by byte: a name of 50 MB takes it half a
    minute. Here zlib reads it.
    """

    def __init__(self, packed: BinaryIO) -> None:
        self._packed, self._waiting = packed, b""
        self._member: zlib._Decompress | None = None
        self._members = 0

    def read(self, size: int) -> bytes:
        """At most so many bytes, none only at the end. Raises one of `BROKEN_ARCHIVE`, and Unreadable."""
        while True:
            self._waiting = self._waiting or self._packed.read(_PACKED_BLOCK)
            if self._member is None and not self._begun():
                return b""
            assert self._member is not None
            found = self._member.decompress(self._waiting, size)
            if self._member.eof:
                self._waiting, self._member = self._member.unused_data, None
            elif not self._waiting and not found:
                raise EOFError("it ends in the middle")
            else:
                self._waiting = self._member.unconsumed_tail
            if found:
                return found

    def close(self) -> None:
        """Let go of the packed bytes."""
        self._packed.close()

    def _begun(self) -> bool:
        """Whether another member begins; zeros between members and behind the last fill up blocks of tapes."""
        if self._members:
            while self._waiting and not (rest := self._waiting.lstrip(b"\0")):
                self._waiting = self._packed.read(_PACKED_BLOCK)
            self._waiting = rest if self._waiting else b""
        if not self._waiting:
            return False
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise Unreadable(f"is put together from more than {MAX_MEMBERS:,} .gz files", "fewer", "pack it anew")
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        return True


class CountedStream(io.RawIOBase):
    """A stream whose bytes are counted and whose errors are said in words."""

    def __init__(self, inner: BinaryIO, budget: Budget, packed: BinaryIO | None = None) -> None:
        self._inner, self._budget, self._packed = inner, budget, packed
        self._unpacked = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        try:
            chunk = self._inner.read(len(view))
            self._unpacked += len(chunk)
            if self._packed is not None:
                refuse_bomb(self._packed.tell(), self._unpacked)
        except BROKEN_ARCHIVE as error:
            raise damaged_archive(error) from error
        except OSError as error:
            raise os_problem(error) from error
        self._budget.take(len(chunk))
        view[: len(chunk)] = chunk
        return len(chunk)

    def reached(self) -> int:
        """Bytes of the file, packed as it lies there, that were read so far."""
        return self._unpacked if self._packed is None else self._packed.tell()

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            if self._packed is not None:
                self._packed.close()
        super().close()


def damaged_archive(error: Exception) -> Unreadable:
    """A broken .gz or .zip in words."""
    why = " ".join(str(error).split())[:100] or type(error).__name__
    return Unreadable(
        f"is cut off, damaged or protected ({why})", "a complete .gz or .zip without password", "make it again"
    )


def os_problem(error: OSError) -> Unreadable:
    return Unreadable(
        f"cannot be read ({error.strerror or error})", "a file this account may read", "check its name and permissions"
    )


def guarded(opener: Callable[[], BinaryIO], budget: Budget) -> Callable[[], io.BufferedReader]:
    """Opens the same bytes, unpacked if they are gzip by content, counted and with errors in words."""

    def open_it() -> io.BufferedReader:
        try:
            with opener() as start:
                packed = start.read(2) == GZIP
            base = opener()
        except BROKEN_ARCHIVE as error:
            raise damaged_archive(error) from error
        except OSError as error:
            raise os_problem(error) from error
        inner = cast(BinaryIO, Unpacking(base)) if packed else base
        return io.BufferedReader(CountedStream(inner, budget, base if packed else None), 1 << 18)

    return open_it
