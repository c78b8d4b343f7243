"""Check an audit pack that somebody gave you: its bytes, its checksums, and every figure against its own judgments."""

from __future__ import annotations

import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trustjudge_core.errors import InputProblems, UsageError
from trustjudge_core.export import pack
from trustjudge_core.export.pack import PackSettings
from trustjudge_core.export.seal import ALTERED, broken_seal
from trustjudge_core.formats import stage_files
from trustjudge_core.records import RunJudgments
from trustjudge_core.services.export_run import Told
from trustjudge_core.services.load_files import runs_of
from trustjudge_core.services.pack_figures import pack_figures

MOST_BYTES: Final = 8_000_000_000
"""Unpacked, of a pack that is checked: four million judgments with all their figures."""
MOST_SAID: Final = 10_000_000
"""Of its manifest and its settings, which are read whole."""
REFUSED: Final = "allowed: an audit pack, a .zip that TrustJudge exported; name another file"
_UNREADABLE: Final = (
    OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, UnicodeDecodeError,
    struct.error,
)  # fmt: skip
"""What reading an archive raises when its bytes are not those of an archive."""
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class _Unpacked:
    """The files of a pack on disk: the place of each by its name, and its sum."""

    places: Mapping[str, Path]
    sums: Mapping[str, tuple[int, str]]

    def said(self, name: str) -> bytes | None:
        """A short file that is read whole; None where there is none. Raises UsageError for a long one."""
        if name not in self.places:
            return None
        if self.sums[name][0] > MOST_SAID:
            raise UsageError(f"{name} of the pack has {self.sums[name][0]:,} bytes; {REFUSED}")
        return self.places[name].read_bytes()


def verify_pack(path: Path, told: Told | None = None) -> list[str]:
    """Everything wrong with a pack, a sentence each; empty when every figure follows from its judgments.

    Files are unpacked to disk and made again one by one, so that memory does not grow with them. Raises UsageError for
    a file that is no pack.
    """
    broken = _broken_seal(path)
    with tempfile.TemporaryDirectory(prefix="trustjudge-") as folder:
        try:
            files = _unpack(path, Path(folder))
        except UsageError:
            if broken == ALTERED:
                return [broken]  # it was a pack once
            raise
        sums = {name: found for name, found in files.sums.items() if name != pack.MANIFEST}
        wrong = [*([broken] if broken else []), *pack.altered(files.said(pack.MANIFEST), sums)]
        if broken == ALTERED:
            return wrong  # what is known to have been changed need not be computed again
        held = files.said(pack.SETTINGS)
        if held is None:
            raise UsageError(f"{path}: there is no {pack.SETTINGS} in it; allowed: an audit pack; export it again")
        settings = PackSettings.from_json(held)
        if told:
            told("Reading the judgments", 0.0)
        run = _judged(files, settings, Path(folder) / "bundle")
        if isinstance(run, str):
            return [*wrong, run]
        return [*wrong, *_differences(files, run, settings, Path(folder), told)]


def _judged(files: _Unpacked, settings: PackSettings, folder: Path) -> RunJudgments | str:
    """The judgments in a pack, or what is wrong with them."""
    folder.mkdir()
    for part in pack.PARTS:
        if pack.BUNDLE + part in files.places:
            files.places[pack.BUNDLE + part].rename(folder / part)
    try:
        staged = stage_files(sorted(folder.iterdir()))
    except InputProblems as error:
        return f"its judgments cannot be read: {error}"
    with closing(staged):
        if staged.judges != (settings.judge,):
            judges = ", ".join(staged.judges) or "nobody"
            return f"the judgments are of {judges}, the settings say {settings.judge}"
        (run,) = runs_of(staged)
        return run


def _differences(
    files: _Unpacked, run: RunJudgments, settings: PackSettings, folder: Path, told: Told | None
) -> Iterator[str]:
    """Every file of the pack that is not what its judgments give."""
    facts = {pack.SETTINGS, pack.MANIFEST, *(pack.BUNDLE + part for part in pack.PARTS)}
    left = files.places.keys() - facts
    for name, made in pack_figures(run, settings, folder, told):
        wrong = pack.difference(name, files.places.get(name), made)
        if wrong:
            yield wrong
        left -= {name}
    for name in sorted(left):
        yield f"{name} does not follow from the judgments"


def _broken_seal(path: Path) -> str | None:
    try:
        return broken_seal(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); {REFUSED}") from error


def _unpack(path: Path, folder: Path) -> _Unpacked:
    """Write the files of a pack to a folder, under numbers. Raises UsageError for what is no pack or too much."""
    places, sums = {}, {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len({member.filename for member in members}) != len(members):
                raise UsageError(f"{path}: holds two files of one name; {REFUSED}")
            left = MOST_BYTES
            if sum(member.file_size for member in members) > left:
                raise _too_much(path)
            for number, member in enumerate(members):
                places[member.filename] = folder / str(number)
                sums[member.filename] = pack.sum_of(_copied(archive, member, places[member.filename], left))
                left -= sums[member.filename][0]
                if left < 0:  # the archive lied about its sizes
                    raise _too_much(path)
    except _UNREADABLE as error:
        raise UsageError(f"{path}: cannot be read as a .zip ({error}); {REFUSED}") from error
    return _Unpacked(places, sums)


def _copied(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: Path, most: int) -> Iterator[bytes]:
    """The pieces of a member, each once it is written; a little more than ``most`` bytes at most."""
    with archive.open(member) as stream, place.open("wb") as file:
        while most >= 0 and (chunk := stream.read(_CHUNK)):
            file.write(chunk)
            most -= len(chunk)
            yield chunk


def _too_much(path: Path) -> UsageError:
    return UsageError(f"{path}: unpacks to more than {MOST_BYTES / 1e9:.0f} GB; {REFUSED}")
