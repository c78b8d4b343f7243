"""JSON values one after another out of a stream, a value in memory at a time: arrays, and documents that hold one.

The standard library's scanner finds where a value ends; what reads the value strictly is `strict_json`.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from trustjudge_core.formats.streams import Unreadable

MAX_VALUE: Final = 64 * 1024**2
"""Bytes or characters of one line or one element of an array."""

MAX_PARTS: Final = 4_000_000
"""Numbers, texts, lists and objects inside one line or element: three bytes can become seventy in memory."""

MAX_NAMES: Final = 500_000
"""Colons inside one line or element, of which every field has one: a field costs ten times what a number does."""

_CHUNK: Final = 1 << 20
_BLANK: Final = re.compile(r"[ \t\r\n]*")
_DECODE: Final = json.JSONDecoder().raw_decode
_LOOKED_AT: Final = 1 << 20


class Broken(Exception):
    """Text that is no JSON from here on; nothing behind it can be found."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line, self.what = line, what


class TooDeep(Broken):
    """Values inside values without end."""


def refuse_many_parts(length: int, commas: int, brackets: int, colons: int) -> None:
    """Raises Unreadable for a value that would take far more memory than its text."""
    if length > _LOOKED_AT and colons > MAX_NAMES:
        raise Unreadable(f"holds more than {MAX_NAMES:,} fields in one row", "smaller rows", "write one row a line")
    if length > _LOOKED_AT and commas + brackets > MAX_PARTS:
        raise Unreadable(
            f"holds more than {MAX_PARTS:,} numbers, texts or lists in one row", "smaller rows", "write one row a line"
        )


class JsonText:
    """A cursor over the text of a stream. ``line`` is where it stands, from 1.

    ``most_members`` is how many keys `members` gives, of all objects together.
    """

    def __init__(self, stream: BinaryIO, most_members: int = 0) -> None:
        self.members_left = most_members
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text, self._at, self._ended = "", 0, False
        self.line = 1

    def peek(self) -> str:
        """The next character that is not blank, or "" at the end."""
        while True:
            match = _BLANK.match(self._text, self._at)
            end = match.end() if match else self._at
            self.line += self._text.count("\n", self._at, end)
            self._at = end
            if end < len(self._text):
                return self._text[end]
            if not self._more():
                return ""

    def take(self, allowed: str, what: str) -> str:
        """The next character, which must be one of ``allowed``. Raises Broken."""
        found = self.peek()
        if not found or found not in allowed:
            raise Broken(self.line, what)
        self._at += 1
        return found

    def value(self) -> tuple[int, str, Any]:
        """The next value: the line on which it begins, its text, and itself as the lax scanner reads it."""
        self.peek()
        grown = False
        while True:
            if grown:
                self._refuse_large()
            problem: Broken
            try:
                found, end = _DECODE(self._text, self._at)
            except RecursionError:
                raise TooDeep(self.line, "nests too deep") from None
            except ValueError as error:  # not JSON, or cut off by the end of the chunk
                place, what = getattr(error, "pos", self._at), getattr(error, "msg", "a number with too many digits")
                problem = Broken(self.line + self._text.count("\n", self._at, place), what.lower())
            else:
                if end < len(self._text) or not self._more():
                    line, raw = self.line, self._text[self._at : end]
                    self.line += raw.count("\n")
                    self._at = end
                    return line, raw, found
                continue  # a number may go on in the next chunk
            grown = True
            if not self._more():
                raise problem

    def _refuse_large(self) -> None:
        """Raises Unreadable for a value that goes on and on, or would take far more memory than its text."""
        text, size = self._text, len(self._text) - self._at
        if size > MAX_VALUE:
            found = f"line {self.line:,}: a value is longer than {MAX_VALUE:,} characters"
            raise Unreadable(found, "shorter values", "split it into rows")
        brackets = text.count("[", self._at) + text.count("{", self._at)
        refuse_many_parts(size, text.count(",", self._at), brackets, text.count(":", self._at))

    def _more(self) -> bool:
        """Read on, as much again as is waiting. False at the end of the stream."""
        if self._ended:
            return False
        waiting = len(self._text) - self._at
        raw = self._stream.read(max(_CHUNK, waiting))
        self._ended = not raw
        try:
            decoded = self._decoder.decode(raw, final=self._ended)
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode("utf-8", "replace")
            line = self.line + self._text.count("\n", self._at) + good.count("\n")
            raise Broken(line, "not UTF-8") from None
        self._text = self._text[self._at :] + decoded
        self._at = 0
        return True


def elements(text: JsonText) -> Iterator[tuple[int, str]]:
    """Line and text of each element of the array that comes next. Raises Broken where it ends to be one."""
    text.take("[", "a list is missing")
    if text.peek() == "]":
        text.take("]", "")
        return
    while True:
        line, raw, _ = text.value()
        yield line, raw
        if text.take(",]", "a comma or the closing bracket is missing") == "]":
            return


def members(text: JsonText) -> Iterator[str]:
    """Keys of the object that comes next; whoever asks must take the value of each before the next key.

    Raises Broken where the object ends to be one, Unreadable when it has more keys than the text may have.
    """
    text.take("{", "an object is missing")
    if text.peek() == "}":
        text.take("}", "")
        return
    while True:
        _, _, key = text.value()
        if not isinstance(key, str):
            raise Broken(text.line, "a name in quotes is missing")
        text.take(":", "a colon is missing")
        text.members_left -= 1
        if text.members_left < 0:
            raise Unreadable("has very many fields beside its rows", "a list of rows", "write one row a line")
        yield key
        if text.take(",}", "a comma or the closing brace is missing") == "}":
            return
