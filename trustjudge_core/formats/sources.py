"""Files, folders and archives -> named sources.

Nothing is ever written to disk: members of an archive are read as streams, so a path inside an
archive can do no harm, and links are not followed out of a folder.
"""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, cast

from trustjudge_core.export.pack import BUNDLE, MANIFEST, SETTINGS
from trustjudge_core.formats.kept_bytes import KeptBytes
from trustjudge_core.formats.problems import Problems, listed, printable
from trustjudge_core.formats.streams import (
    BROKEN_ARCHIVE,
    Budget,
    Unreadable,
    damaged_archive,
    guarded,
    os_problem,
    refuse_bomb,
)

MAX_BYTES: Final = 4 * 1024**3
"""Decompressed bytes that one import reads, all files together, the looks before reading included."""

MAX_FILES: Final = 10_000
"""Members of an archive, or files of a folder."""

TABLE_ENDINGS: Final = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".xlsx")
"""Inside a folder or archive a file with such a name must be one we can read."""

MAYBE_ENDINGS: Final = (".json",)
"""Inside a folder or archive such a file is read when it is recognised and left out otherwise."""

ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OF_PACK: Final = (MANIFEST, SETTINGS, BUNDLE + "responses.jsonl")
"""What an audit pack holds beside the figures that were made from its judgments."""

_MADE_OF_JUDGMENTS: Final = "it was made from the judgments of this audit pack"
_UNNAMED: Final = "a file without a name"
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True)
class UploadedFile:
    """A file as a browser sends it: its bytes, or where they are kept on disk."""

    name: str
    data: bytes | KeptBytes


@dataclass(frozen=True)
class Source:
    """A named stream that can be opened again and again. ``required`` files must be recognised.

    ``size`` is what it takes where it lies, packed as it is there.
    """

    name: str
    opener: Callable[[], io.BufferedReader]
    required: bool
    size: int = 0

    @property
    def stem(self) -> str:
        """The file's name without folder, ending and .gz."""
        return PurePosixPath(plain_name(self.name)).stem

    @property
    def label(self) -> str:
        """The file's name as it is written, without folder, ending and .gz."""
        name = PurePosixPath(self.name).name
        return PurePosixPath(name[: len(plain_name(name))]).stem

    @property
    def folder(self) -> str:
        """The name of the folder it lies in; empty for a file that was chosen by itself."""
        return PurePosixPath(self.name).parent.name

    @property
    def folders(self) -> tuple[str, ...]:
        """The names of all folders it lies in, as far as they were named: models are called like `org/model`."""
        return PurePosixPath(self.name).parent.parts

    def open(self) -> io.BufferedReader:
        """A fresh stream. Raises Unreadable when it cannot be opened."""
        return self.opener()


def plain_name(name: str) -> str:
    """The name in small letters without .gz."""
    return name.lower().removesuffix(".gz")


class Collector:
    """Turns what the user named into sources; keeps archives open until ``stack`` is closed."""

    def __init__(self, problems: Problems, stack: ExitStack) -> None:
        self.problems = problems
        self.stack = stack
        self.budget = Budget(MAX_BYTES)
        self.sources: list[Source] = []
        self._names: set[str] = set()
        self._repeated: dict[str, int] = {}

    def collect(self, files: Sequence[UploadedFile | Path]) -> list[Source]:
        """All sources in the given order; a folder's or archive's files by name."""
        several = len(files) > 1
        for file in files:
            name = printable(file.name or (_UNNAMED if isinstance(file, UploadedFile) else str(file)))
            try:
                if isinstance(file, UploadedFile):
                    data = file.data
                    if isinstance(data, KeptBytes):
                        self._file(name, data.open, several, data.size)
                    else:
                        self._file(name, lambda data=data: io.BytesIO(data), several, len(data))  # type: ignore[misc]
                elif file.is_dir():
                    self._folder(file, f"{name}/" if several else "")
                else:
                    self._path(name, file, several)
            except OSError as error:
                self._problem(name, os_problem(error))
            except Unreadable as error:
                self._problem(name, error)
        return self.sources

    def _problem(self, name: str, error: Unreadable) -> None:
        self.problems.add(name, None, None, error.found, error.allowed, error.fix)

    def _path(self, name: str, path: Path, several: bool) -> None:
        if not path.exists():
            raise Unreadable("does not exist", "a file or folder that exists", "check the name")
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable("is not a file", "a file or a folder", "name the file that holds the rows")
        self._file(name, lambda: path.open("rb"), several, path.stat().st_size)

    def _file(self, name: str, opener: Callable[[], BinaryIO], several: bool, size: int) -> None:
        """A file chosen by hand: an archive is opened, anything else must be recognised."""
        with opener() as stream:
            start = stream.read(4)
        if start in ZIP and not _is_workbook(opener):
            self._archive(opener, f"{name}/" if several else "", name)
        else:
            self.sources.append(Source(self._unused(name), guarded(opener, self.budget), True, size))

    def _archive(self, opener: Callable[[], BinaryIO], prefix: str, name: str) -> None:
        try:
            archive = self.stack.enter_context(zipfile.ZipFile(self.stack.enter_context(opener())))
        except BROKEN_ARCHIVE as error:
            raise damaged_archive(error) from error
        members = [m for m in archive.infolist() if not m.filename.endswith("/")]  # is_dir() fails without a name
        if len(members) > MAX_FILES:
            raise Unreadable(f"holds {len(members):,} files", f"at most {MAX_FILES:,}", "leave out what is not needed")
        size = sum(m.file_size for m in members)
        if size > MAX_BYTES:
            raise Unreadable(
                f"unpacks to {size:,} bytes", f"at most {MAX_BYTES:,} bytes", "split the set, or leave parts out"
            )
        refuse_bomb(sum(m.compress_size for m in members), size)
        in_pack = {m.filename for m in members}.issuperset(_OF_PACK)
        for member in sorted(members, key=lambda m: m.filename):
            # A path that leaves the archive does no harm here, but nobody makes one by accident.
            parts = member.filename.replace("\\", "/").split("/")
            if not member.filename:
                self.problems.add(
                    name, None, None, "holds a file without a name", "files with names", "make the archive again"
                )
            elif ".." in parts or parts[0] == "" or _DRIVE.match(parts[0]):
                self.problems.add(
                    name,
                    None,
                    None,
                    f"holds a file whose path leaves the archive ({listed([member.filename])})",
                    "paths inside the archive",
                    "do not trust this archive; make it again from files you know",
                )
            elif stat.S_ISLNK(member.external_attr >> 16):
                self._link(prefix + printable(member.filename))
            elif in_pack and parts[0] + "/" != BUNDLE:
                self._left_out(prefix + printable(member.filename), _MADE_OF_JUDGMENTS)
            else:
                opened = cast(Callable[[], BinaryIO], lambda m=member: archive.open(m))
                self._member(prefix, "/".join(parts), opened, member.file_size)

    def _folder(self, folder: Path, prefix: str) -> None:
        root, in_pack = folder.resolve(), all((folder / name).is_file() for name in _OF_PACK)
        for count, path in enumerate(_files_below(folder), start=1):
            if count > MAX_FILES:
                raise Unreadable(f"holds more than {MAX_FILES:,} files", f"at most {MAX_FILES:,}", "name a subfolder")
            below = path.relative_to(folder).as_posix()
            if path.is_symlink() and not (path.exists() and path.resolve().is_relative_to(root)):
                self._link(prefix + printable(below))
            elif in_pack and not below.startswith(BUNDLE):
                self._left_out(prefix + printable(below), _MADE_OF_JUDGMENTS)
            elif path.exists() and not path.is_file():
                self._left_out(prefix + printable(below), "it is not a file")
            else:
                opened = cast(Callable[[], BinaryIO], lambda p=path: p.open("rb"))
                self._member(prefix, below, opened, path.stat().st_size)

    def _member(self, prefix: str, path: str, opener: Callable[[], BinaryIO], size: int) -> None:
        """A file inside a folder or archive: read, or left out and said."""
        name = prefix + printable(path)
        plain = plain_name(name)
        if any(part.startswith(".") or part == "__MACOSX" for part in path.split("/")):
            self._left_out(name, "it is hidden")
        elif plain.endswith(TABLE_ENDINGS + MAYBE_ENDINGS):
            required = plain.endswith(TABLE_ENDINGS)
            self.sources.append(Source(self._unused(name), guarded(opener, self.budget), required, size))
        else:
            self._left_out(name, "its ending is not one of " + " ".join(TABLE_ENDINGS))

    def _unused(self, name: str) -> str:
        """The name, or with (2), (3), ... when another file of the import has it: choices are made by name."""
        free = name
        while free in self._names:
            number = self._repeated[name] = self._repeated.get(name, 1) + 1
            free = f"{name} ({number})"
        self._names.add(free)
        return free

    def _link(self, name: str) -> None:
        if plain_name(name).endswith(TABLE_ENDINGS):
            self.problems.add(
                name,
                None,
                None,
                "is a link that leads out of the folder or archive, or nowhere",
                "files inside it",
                "name the file itself, or put a copy in its place",
            )
        else:
            self._left_out(name, "it is a link")

    def _left_out(self, name: str, why: str) -> None:
        self.problems.in_file(name).note(None, f"left out: {why}")


def _files_below(folder: Path) -> Iterator[Path]:
    """Files of a folder by name; hidden folders are passed over, links to folders are not followed."""
    for top, folders, files in os.walk(folder):
        hidden = [f for f in folders if f.startswith(".") or f == "__MACOSX"]
        folders[:] = sorted(f for f in folders if f not in hidden)
        links = [f for f in folders if (Path(top) / f).is_symlink()]
        for file in sorted([*files, *links]):
            yield Path(top) / file


def _is_workbook(opener: Callable[[], BinaryIO]) -> bool:
    """Whether a zip file is an Excel workbook."""
    with opener() as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                return "xl/workbook.xml" in archive.namelist()
        except BROKEN_ARCHIVE:
            return False
