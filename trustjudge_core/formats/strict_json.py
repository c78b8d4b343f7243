"""The text of one row -> an object, strictly.

orjson parses and already refuses NaN, Infinity, lone surrogates, control characters, numbers
beyond a double and bytes that are not UTF-8. It keeps the last of two equal keys and nests to
1,024, so both are checked here, by counts that cost almost nothing on an ordinary row.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import orjson

from trustjudge_core.formats.json_text import refuse_many_parts
from trustjudge_core.formats.problems import FileProblems, shown

Row = dict[str, Any]

MAX_DEPTH: Final = 200
"""Lists and objects inside each other."""

_KEY = re.compile(rb'"[ \t\r\n]*:')
_FAILED_PREFERENCE = re.compile(rb'("preference"[ \t\r\n]*:[ \t\r\n]*)NaN\b')
"""AlpacaEval writes a failed annotation so. Inside a text the quotes would stand behind backslashes."""


def strict_object(raw: bytes, line: int, report: FileProblems) -> Row | None:
    """The object, or None when something is wrong with it, which is then reported."""
    if len(raw) > 1 << 20:
        refuse_many_parts(len(raw), raw.count(b","), raw.count(b"[") + raw.count(b"{"), raw.count(b":"))
    try:
        row = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if b"NaN" in raw and (mended := _FAILED_PREFERENCE.sub(rb"\1null", raw)) != raw:
            return strict_object(mended, line, report)
        _refused(raw, line, error, report)
        return None
    if type(row) is not dict:
        report.add(line, None, f"holds {shown(row)}", "one object {...}", "write one object a row")
        return None
    # Every key is followed by a colon: as many colons as keys means that no key is there twice. Keys are only counted
    # in the row and the objects right inside it, so nothing but lists can be deeper then.
    flat = len(row) + sum([len(value) for value in row.values() if type(value) is dict])
    if raw.count(b":") != flat or raw.count(b"[") > MAX_DEPTH:
        keys, depth = _keys_and_depth(row)
        if depth > MAX_DEPTH:
            too_deep(line, report)
            return None
        if len(_KEY.findall(raw)) != keys and (twice := _repeated_key(raw)) is not None:
            report.add(line, twice, "is there twice in one object", "every field once", "keep the one that is meant")
            return None
    if b"\\u0000" in raw and holds_nul(row):
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


def holds_nul(value: Any) -> bool:
    """Whether a text or key anywhere inside holds the character NUL."""
    level: list[Any] = [value]
    while level:
        value = level.pop()
        if isinstance(value, str):
            if "\0" in value:
                return True
        elif isinstance(value, dict):
            level += value
            level += value.values()
        elif isinstance(value, list):
            level += value
    return False


def _refused(raw: bytes, line: int, error: orjson.JSONDecodeError, report: FileProblems) -> None:
    if error.msg == "depth limit exceeded" or "recursion" in error.msg.lower():
        too_deep(line, report)
        return
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        not_utf8(line, report)
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
        broken(line, f"{error.msg} at column {column}", report)


def broken(line: int, what: str, report: FileProblems) -> None:
    """Report what is no JSON."""
    report.add(line, None, f"is broken JSON: {what}", "JSON Lines or a JSON array", "write the row again")


def not_utf8(line: int, report: FileProblems) -> None:
    """Report bytes that are no text."""
    report.add(line, None, "is not UTF-8 text", "UTF-8", "save the file as UTF-8")


def too_deep(line: int, report: FileProblems) -> None:
    """Report a row of lists in lists in lists."""
    report.add(line, None, f"nests deeper than {MAX_DEPTH}", f"at most {MAX_DEPTH} levels", "write a flatter row")
