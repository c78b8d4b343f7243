"""Bytes of a JSON Lines file or a JSON array -> rows with line numbers, strictly.

orjson parses and already refuses NaN, Infinity, lone surrogates, control characters, numbers
beyond a double and bytes that are not UTF-8. It keeps the last of two equal keys and nests to
1,024, so both are checked here, by a count that costs almost nothing on an ordinary row.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import orjson

from trustjudge_core.formats.problems import FileProblems, shown
from trustjudge_core.formats.streams import Unreadable

Row = dict[str, Any]

MAX_LINE: Final = 64 * 1024**2
"""Bytes of one line."""

MAX_ARRAY: Final = 512 * 1024**2
"""Bytes of one JSON array, which has to be held in memory; JSON Lines are read as a stream."""

MAX_DEPTH: Final = 200
"""Lists and objects inside each other."""

_KEY = re.compile(rb'"[ \t\r\n]*:')
_SPACE = b" \t\r\n"


def lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Line number from 1 and line without byte order mark. Raises Unreadable at a line over the limit."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise Unreadable(
                f"line {number:,} is longer than {MAX_LINE:,} bytes", "shorter lines", "write one row a line"
            )
        if number == 1:
            line = _without_mark(line)
        yield number, line


def _without_mark(line: bytes) -> bytes:
    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable("is UTF-16 text", "UTF-8", "save the file as UTF-8")
    return line.removeprefix(codecs.BOM_UTF8)


def json_rows(stream: BinaryIO, report: FileProblems) -> Iterator[tuple[int, Row]]:
    """Rows that are objects; everything else is reported. A first ``[`` means one JSON array."""
    begun = False
    for number, line in lines(stream):
        if not begun:
            start = line.lstrip(_SPACE)
            if not start:
                continue
            if start.startswith(b"["):
                yield from _array_rows(number, line, stream, report)
                return
            begun = True
        elif line.isspace():
            continue
        row = _strict_object(line, number, report)
        if row is not None:
            yield number, row


def _array_rows(number: int, first: bytes, stream: BinaryIO, report: FileProblems) -> Iterator[tuple[int, Row]]:
    """Elements of a JSON array. The standard scanner finds where each ends, orjson then reads it strictly."""
    rest = stream.read(MAX_ARRAY + 1)
    if len(first) + len(rest) > MAX_ARRAY:
        raise Unreadable(
            f"is a JSON array of more than {MAX_ARRAY:,} bytes", "smaller arrays", "write it as JSON Lines"
        )
    raw = first + rest
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = number + raw.count(b"\n", 0, error.start)
        _not_utf8(line, report)
        return
    del raw, rest, first
    decode = json.JSONDecoder().raw_decode
    blank = re.compile(r"[ \t\r\n]*")
    at = _skip(blank, text, text.index("[") + 1)
    line = number + text.count("\n", 0, at)
    if text[at : at + 1] == "]":
        _end_of_array(blank, text, at, line, report)
        return
    while True:
        try:
            _, end = decode(text, at)
        except RecursionError:
            _too_deep(line, report)
            return
        except ValueError as error:  # broken JSON, or a number of thousands of digits
            place = getattr(error, "pos", at)
            what = getattr(error, "msg", "a number with too many digits")
            _broken(line + text.count("\n", at, place), what.lower(), report)
            return
        row = _strict_object(text[at:end].encode("utf-8", "surrogatepass"), line, report)
        if row is not None:
            yield line, row
        after = _skip(blank, text, end)
        line += text.count("\n", at, after)
        at = after
        if text[at : at + 1] == "]":
            _end_of_array(blank, text, at, line, report)
            return
        if text[at : at + 1] != ",":
            _broken(line, "a comma or the closing bracket is missing", report)
            return
        following = _skip(blank, text, at + 1)
        line += text.count("\n", at, following)
        at = following


def _skip(blank: re.Pattern[str], text: str, at: int) -> int:
    match = blank.match(text, at)
    return match.end() if match else at


def _end_of_array(blank: re.Pattern[str], text: str, at: int, line: int, report: FileProblems) -> None:
    if _skip(blank, text, at + 1) < len(text):
        _broken(line, "something follows the closing bracket", report)


def _strict_object(raw: bytes, line: int, report: FileProblems) -> Row | None:
    try:
        row = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        _refused(raw, line, error, report)
        return None
    if type(row) is not dict:
        report.add(line, None, f"holds {shown(row)}", "one object {...}", "write one object a row")
        return None
    # Every key is followed by a colon: as many colons as keys means that no key is there twice.
    if raw.count(b":") != len(row) + sum([len(value) for value in row.values() if type(value) is dict]):
        keys, depth = _keys_and_depth(row)
        if depth > MAX_DEPTH:
            _too_deep(line, report)
            return None
        if len(_KEY.findall(raw)) != keys and (twice := _repeated_key(raw)) is not None:
            report.add(line, twice, "is there twice in one object", "every field once", "keep the one that is meant")
            return None
    if b"\\u0000" in raw and any("\0" in text for text in _strings(row)):
        report.add(line, None, "holds the character NUL", "text without NUL characters", "take the character out")
        return None
    return row


def _keys_and_depth(row: Row) -> tuple[int, int]:
    """How many keys the row's objects have together, and how deep they nest."""
    keys, depth = 0, 0
    level: list[Any] = [row]
    while level:
        depth += 1
        below: list[Any] = []
        for value in level:
            if type(value) is dict:
                keys += len(value)
                below += [v for v in value.values() if type(v) is dict or type(v) is list]
            else:
                below += [v for v in value if type(v) is dict or type(v) is list]
        level = below
    return keys, depth


def _repeated_key(raw: bytes) -> str | None:
    """The first key that one object holds twice."""
    twice: list[str] = []

    def check(pairs: list[tuple[str, Any]]) -> None:
        if len({key for key, _ in pairs}) < len(pairs):
            seen: set[str] = set()
            twice.extend(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]

    json.loads(raw, object_pairs_hook=check)
    return twice[0][:40] if twice else None


def _strings(row: Row) -> list[str]:
    """All keys and texts of a row."""
    found: list[str] = []
    level: list[Any] = [row]
    while level:
        value = level.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            found += value
            level += value.values()
        elif isinstance(value, list):
            level += value
    return found


def _refused(raw: bytes, line: int, error: orjson.JSONDecodeError, report: FileProblems) -> None:
    if error.msg == "depth limit exceeded" or "recursion" in error.msg.lower():
        _too_deep(line, report)
        return
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        _not_utf8(line, report)
        return
    column = error.pos + 1
    word = re.match(r"[-+]?(NaN|Infinity|inf|nan)", text[error.pos - (text[error.pos - 1 : error.pos] == "-") :])
    if word:
        report.add(line, None, f"holds {word[0]}", "finite numbers or null", "write null, or leave the field out")
    elif "surrogate" in error.msg:
        report.add(line, None, f"holds half a character (column {column})", "whole characters", "write the text again")
    elif "infinity" in error.msg:
        report.add(line, None, f"holds a number too large (column {column})", "finite numbers", "correct the number")
    else:
        _broken(line, f"{error.msg} at column {column}", report)


def _broken(line: int, what: str, report: FileProblems) -> None:
    report.add(line, None, f"is broken JSON: {what}", "JSON Lines or a JSON array", "write the row again")


def _not_utf8(line: int, report: FileProblems) -> None:
    report.add(line, None, "is not UTF-8 text", "UTF-8", "save the file as UTF-8")


def _too_deep(line: int, report: FileProblems) -> None:
    report.add(line, None, f"nests deeper than {MAX_DEPTH}", f"at most {MAX_DEPTH} levels", "write a flatter row")
