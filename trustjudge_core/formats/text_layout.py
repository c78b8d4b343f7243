"""How a text table is written: its encoding and what separates its cells, declared or guessed from its start."""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass
from typing import Final

from trustjudge_core.errors import UsageError
from trustjudge_core.formats.streams import Unreadable

SAMPLE: Final = 1 << 18
"""Bytes at the start of a file that a guess is made from."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins the same
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON: Final = (
    "cp1252", "cp1250", "cp1251", "cp932", "gb18030", "big5", "euc_kr", "euc_jp", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp1258", "cp874", "koi8_r", "koi8_u", "mac_roman",
)  # fmt: skip
"""Encodings that are guessed, the commoner first where several fit equally well."""

_STATEFUL: Final = ("utf_7", "hz", "iso2022", "idna", "punycode", "escape", "undefined", "mbcs", "oem", "rot")
_SEPARATORS: Final = (",", "\t", ";", "|", "\x1f", "^", "~", ":")
_GUESSED: Final = 1 << 15
_MOST_CERTAIN: Final = 0.99
"""A guess is never certain, so that it is always said."""

_MOST_CONTROLS: Final = 0.05


@dataclass(frozen=True)
class TextLayout:
    """What a text table is read with. ``confidence`` of the encoding is 1 where it cannot be another."""

    encoding: str
    delimiter: str
    confidence: float = 1.0

    @property
    def is_wide(self) -> bool:
        """Whether a line end is more than one byte."""
        return self.encoding.startswith(("utf-16", "utf-32", "utf_16", "utf_32"))


def check_declared(encoding: str | None, delimiter: str | None) -> None:
    """Raises UsageError for an encoding or delimiter that cannot be used."""
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise UsageError(
            f"delimiter {delimiter!r} cannot be used; allowed: one character other than a quote or line end; "
            "choose what stands between the cells"
        )
    if encoding is not None:
        try:
            name = codecs.lookup(encoding).name.replace("-", "_")
            "".encode(encoding)  # bytes-to-bytes codecs cannot
        except (LookupError, ValueError, TypeError) as error:
            raise _unknown(encoding) from error
        if name.startswith(_STATEFUL) or "escape" in name:
            raise _unknown(encoding)


def _unknown(encoding: str) -> UsageError:
    return UsageError(
        f"encoding {encoding!r} is not known; allowed: utf-8, utf-16, cp1252, shift_jis and other names of text "
        "encodings; choose the one the file was saved in"
    )


TOLD: Final = re.compile('\ufeff?sep=([^"\r\n])\r?$', re.MULTILINE)
"""The line before the header in which spreadsheets are told the separator, ``sep=;``."""


def text_layout(
    sample: bytes, wanted: frozenset[str], encoding: str | None = None, delimiter: str | None = None
) -> TextLayout:
    """How the table that begins like this is written. ``wanted`` columns decide between separators.

    Raises Unreadable for bytes that are no text.
    """
    confidence = 1.0
    if encoding is None:
        encoding, confidence = _encoding(sample)
    text = sample.decode(encoding, "replace")
    controls = sum(c < " " and c not in "\t\r\n\0\x1f" for c in text[:_GUESSED])
    if controls > _MOST_CONTROLS * min(len(text), _GUESSED):
        raise Unreadable("is not text", "text, JSON, Parquet or XLSX", "save the data as one of these")
    if "\r" in text and "\n" not in text:
        raise Unreadable("ends its lines with CR alone", "lines that end with LF or CRLF", "save it again so")
    return TextLayout(encoding, delimiter or _delimiter(text, wanted), confidence)


def _encoding(sample: bytes) -> tuple[str, float]:
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name, 1.0
    # Cut-off characters at the end of the sample are no errors.
    errors = len(sample) - len(sample.decode("utf-8", "ignore").encode())
    for strict in ("strict", "surrogatepass"):  # half characters are reported where they stand
        try:
            codecs.getincrementaldecoder("utf-8")(strict).decode(sample)
            return "utf-8", 1.0
        except UnicodeDecodeError:
            pass
    others = sum(ord(c) > 127 for c in sample.decode("utf-8", "ignore"))
    return ("utf-8", 1.0) if others >= errors else _guess(sample)


def _guess(sample: bytes) -> tuple[str, float]:
    """The likeliest encoding of lines that are not ASCII, and how likely it is."""
    from charset_normalizer import from_bytes  # 0.1 s, and almost never needed

    telling = b"\n".join(line for line in sample.splitlines() if not line.isascii())[:_GUESSED]
    found = list(from_bytes(telling, cp_isolation=list(_COMMON)))
    if not found:
        return "utf-8", 1.0  # nothing fits: every line that is not UTF-8 is reported
    best = [match for match in found if (match.chaos, match.coherence) == (found[0].chaos, found[0].coherence)]
    named = {name for match in best for name in (match.encoding, *match.could_be_from_charset)}
    chosen = next((name for name in _COMMON if name in named), found[0].encoding)
    share = 1.0 if found[0].coherence > 0.3 else 1.0 / len(best)
    return chosen, min(round((1.0 - found[0].chaos) * max(share, 0.1), 2), _MOST_CERTAIN)


def _delimiter(text: str, wanted: frozenset[str]) -> str:
    """What separates the cells: by known column names, then by rows that are all as wide, then by width."""
    told = TOLD.match(text)
    if told:
        return told[1]
    lines = text.splitlines(keepends=True)[:50]
    return max(_SEPARATORS, key=lambda separator: _fit(lines, separator, wanted))


def _fit(lines: list[str], separator: str, wanted: frozenset[str]) -> tuple[int, float, int]:
    rows = []
    try:
        for cells in csv.reader(lines, delimiter=separator):
            rows.append(cells)
    except csv.Error:
        pass
    header = rows[0] if rows else []
    width = len(header)
    known = len(wanted.intersection(cell.strip() for cell in header))
    alike = sum(len(row) == width for row in rows[1:] if row) / max(len(rows) - 1, 1) if width > 1 else 0.0
    return known, round(alike, 1), width
