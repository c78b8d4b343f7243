"""One input of the fuzzer: what a person says about some files, and the files, written as one run of bytes.

Whatever a mutation makes of the bytes is an input again: a letter chooses an option by its remainder, and
what stands behind the last separator is a file even when its name is missing.
"""

from __future__ import annotations

import gzip
import io
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from trustjudge_core.formats import UploadedFile
from trustjudge_core.formats.registry import BY_KEY

SEPARATOR: Final = b"\n\x1e\n"
PLAIN, GZIP, ZIP, DAMAGED = range(4)

CHOICES: Final[dict[str, Sequence[Any]]] = {
    "judge": ("gpt", None, "a judge\u202e"),
    "scale": (None, (1, 5), (1, 100), (0, 1)),
    "baseline": ("x", None, "y"),
    "packing": (PLAIN, PLAIN, PLAIN, PLAIN, GZIP, ZIP, DAMAGED),
    "leave_out": (False, False, True),
    "kind": (*[None] * 3 * len(BY_KEY), *BY_KEY),
    "mapping": (False, False, True),
    "damage": range(256),
}
"""What a person may say, and how the files travel. ``kind`` is what the first file is said to be."""

_ZERO: Final = ord("0")


@dataclass
class Input:
    """A number for each of `CHOICES`, and files as name and content."""

    numbers: list[int] = field(default_factory=lambda: [0] * len(CHOICES))
    files: list[tuple[str, bytes]] = field(default_factory=list)

    def said(self) -> dict[str, Any]:
        """What each number stands for."""
        return {name: among[n % len(among)] for (name, among), n in zip(CHOICES.items(), self.numbers, strict=True)}

    def written(self) -> bytes:
        """As bytes, from which `read_input` makes the same input."""
        parts = [bytes((number + _ZERO) % 256 for number in self.numbers)]
        for name, content in self.files:
            parts += [name.encode("utf-8", "surrogateescape"), content]
        return SEPARATOR.join(parts)

    def uploads(self) -> list[UploadedFile]:
        """The files as somebody uploads them: as they are, packed, or packed and then damaged."""
        said = self.said()
        packing, damage = said["packing"], said["damage"]
        if packing == PLAIN:
            return [UploadedFile(name, content) for name, content in self.files]
        if packing == GZIP:
            return [UploadedFile(f"{name}.gz", gzip.compress(content, 1)) for name, content in self.files]
        packed = bytearray(_zipped(self.files, zipfile.ZIP_STORED if damage & 1 else zipfile.ZIP_DEFLATED))
        if packing == DAMAGED:
            packed[damage * 7919 % len(packed)] ^= 1 << damage % 8
        return [UploadedFile("files.zip", bytes(packed))]


def read_input(data: bytes) -> Input:
    """Any bytes as an input."""
    letters, *parts = data.split(SEPARATOR)
    numbers = [(letter - _ZERO) % 256 for letter in letters[: len(CHOICES)]]
    numbers += [0] * (len(CHOICES) - len(numbers))
    if len(parts) % 2:
        parts.insert(-1, b"f")
    names = [part[:100].decode("utf-8", "surrogateescape") for part in parts[::2]]
    return Input(numbers, list(zip(names, parts[1::2], strict=True)))


def _zipped(files: list[tuple[str, bytes]], how: int) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "w", how, compresslevel=1) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name.encode("utf-8", "replace").decode() or "f"), content, how)
    return out.getvalue()
