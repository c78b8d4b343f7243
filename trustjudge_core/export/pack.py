"""The audit pack: one .zip with the judgments, the settings, every figure made from them, and checksums.

Whoever gets a pack can recompute it: `verify` makes every file again from the pack's own judgments
and settings and compares them, number for number. Checksums alone would only show that the pack
was not altered after somebody wrote it; recomputing shows that its figures are those of its judgments.
"""

from __future__ import annotations

import filecmp
import hashlib
import json
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from trustjudge_core import __version__
from trustjudge_core.errors import UsageError
from trustjudge_core.settings import AGGREGATIONS, MODES, Aggregation, Mode

KIND: Final = "trustjudge-audit-pack"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
SETTINGS: Final = "settings.json"
BUNDLE: Final = "bundle/"
PARTS: Final = ("responses.jsonl", "scores.jsonl", "comparisons.jsonl", "humans.jsonl")
LIBRARIES: Final = ("numpy", "scipy", "plotly", "evalica", "networkx")

_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_CLOSE: Final = 1e-9
_MUCH_LONGER: Final = 4


@dataclass(frozen=True, slots=True)
class PackSettings:
    """What the figures of a pack were made under; with its judgments they decide every number."""

    judge: str
    set_name: str
    mode: Mode
    aggregation: Aggregation
    tolerance: float
    resamples: int
    made: str
    facts: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> bytes:
        """As it stands in the pack."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")

    @classmethod
    def from_json(cls, held: bytes) -> PackSettings:
        """What `to_json` wrote. Raises UsageError for anything else."""
        try:
            read = json.loads(held)
            facts = tuple((str(name), str(value)) for name, value in read.pop("facts"))
            settings = cls(**read, facts=facts)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise _broken(f"{SETTINGS} is not what a pack holds") from error
        numbers = isinstance(settings.tolerance, int | float) and isinstance(settings.resamples, int)
        if settings.mode not in MODES or settings.aggregation not in AGGREGATIONS or not numbers:
            raise _broken(f"{SETTINGS} names a mode, aggregation or number that does not exist")
        if not 0 <= settings.resamples <= 100_000:
            raise _broken(f"{SETTINGS} asks for {settings.resamples:,} resamples")
        return settings


def _broken(found: str) -> UsageError:
    return UsageError(f"{found}; allowed: an audit pack as TrustJudge exports it; export it again")


def manifest(sums: Mapping[str, tuple[int, str]]) -> bytes:
    """What is in the pack: every file with its bytes and SHA-256, and what made it."""
    held = {
        "kind": KIND,
        "version": VERSION,
        "made_with": made_with(),
        "files": {name: {"bytes": size, "sha256": digest} for name, (size, digest) in sums.items()},
    }
    return (json.dumps(held, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def sum_of(chunks: Iterable[bytes]) -> tuple[int, str]:
    """Bytes and SHA-256 of a file, as the manifest lists them, from its content piece by piece."""
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        digest.update(chunk)
    return size, digest.hexdigest()


def made_with() -> dict[str, str]:
    """Versions of this program, Python and the libraries whose numbers or figures are in a pack or report."""
    return {
        "trustjudge": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def altered(held: bytes | None, found: Mapping[str, tuple[int, str]]) -> Iterator[str]:
    """What the checksums say is wrong with a pack, a sentence each. Raises UsageError when it is no pack.

    ``held`` is its manifest, ``found`` the sums of its other files as `sum_of` gives them.
    """
    if held is None:
        raise _broken(f"there is no {MANIFEST} in it")
    try:
        read: dict[str, Any] = json.loads(held)
        kind, number, listed = read["kind"], read["version"], dict(read["files"])
        sums = {name: (entry["bytes"], entry["sha256"]) for name, entry in listed.items()}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _broken(f"{MANIFEST} cannot be read") from error
    if kind != KIND or number != VERSION:
        raise _broken(f"it says it is {str(kind)[:60]!r} of version {str(number)[:20]}")
    for name in sorted(sums.keys() | found.keys()):
        if name not in found:
            yield f"{name} is listed in {MANIFEST} and not in the pack"
        elif name not in sums:
            yield f"{name} is in the pack and not listed in {MANIFEST}"
        elif sums[name] != found[name]:
            yield f"{name} was altered: its checksum is not the one in {MANIFEST}"


def difference(name: str, written: Path | None, made: Path) -> str | None:
    """How a file of a pack differs from the one that its judgments give, in a sentence; None where it does not.

    Numbers within 1e-9 are equal. Both are read line by line, whatever their size.
    """
    if written is None:
        return f"{name} is missing: the judgments give one"
    if filecmp.cmp(written, made, shallow=False):
        return None
    size, wanted = written.stat().st_size, made.stat().st_size
    if size > _MUCH_LONGER * wanted + _MUCH_LONGER:  # a line of it might fill the memory
        return f"{name} differs from what its judgments give: it has {size:,} bytes, recomputed {wanted:,}"
    with (
        written.open(encoding="utf-8", errors="replace", newline="\n") as one,
        made.open(encoding="utf-8", errors="replace", newline="\n") as other,
    ):
        place = _first_difference(one, other)
    return f"{name} differs from what its judgments give: {place}" if place else None


def _first_difference(written: Iterable[str], made: Iterable[str]) -> str | None:
    """Where two texts differ other than by the last digits of a number; None where they do not."""
    for number, (one, other) in enumerate(zip_longest(written, made), 1):
        if one == other:
            continue
        if one is None or other is None or not _same_but_for_rounding(one, other):
            return f"line {number} says {_short(one)}, recomputed {_short(other)}"
    return None


def _same_but_for_rounding(one: str, other: str) -> bool:
    if _NUMBER.split(one) != _NUMBER.split(other):
        return False
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(a == b or abs(float(a) - float(b)) <= _CLOSE * max(1.0, abs(float(a))) for a, b in pairs)


def _short(line: str | None) -> str:
    if line is None:
        return "nothing"
    line = line.rstrip("\r\n")
    return repr(line if len(line) <= 120 else line[:119] + "…")
