"""The seal of an audit pack: the SHA-256 of all its bytes, written as the comment that ends the archive.

The manifest lists what is in the files; an archive has bytes of its own around them (dates, names, sizes), which
nobody would miss. With the seal no byte of a pack can change unnoticed.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import IO, Final

_PLACE: Final = b"sha256:" + b"0" * 64
_SEAL: Final = re.compile(rb"sha256:[0-9a-f]{64}")
LENGTH: Final = len(_PLACE)
UNSEALED: Final = _PLACE
"""The comment that an archive is closed with before `seal` writes the sum into it."""

ALTERED: Final = "the archive was altered: its bytes are not those that were sealed"
_MISSING: Final = "there is no seal at its end: the archive was altered there or packed anew"
_CHUNK: Final = 1 << 20


def seal(file: IO[bytes]) -> None:
    """Seal an archive that was closed with the comment `UNSEALED`; the file can be read and written."""
    end = file.seek(0, 2) - LENGTH
    digest = _digest(file, end)
    file.seek(end)
    file.write(b"sha256:" + digest)


def broken_seal(path: Path) -> str | None:
    """What is wrong with the seal of a file, in a sentence; None when no byte changed since. Raises OSError."""
    with path.open("rb") as file:
        end = file.seek(0, 2) - LENGTH
        if end < 0:
            return _MISSING
        file.seek(end)
        found = file.read(LENGTH)
        if not _SEAL.fullmatch(found):
            return _MISSING
        if found != b"sha256:" + _digest(file, end):
            return ALTERED
    return None


def _digest(file: IO[bytes], end: int) -> bytes:
    """SHA-256 of the first ``end`` bytes, in hexadecimal."""
    digest, left = hashlib.sha256(), end
    file.seek(0)
    while left and (chunk := file.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest().encode()
