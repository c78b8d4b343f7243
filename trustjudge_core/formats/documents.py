"""JSON documents: one object that holds the rows in a list somewhere inside, and what they share beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from trustjudge_core.formats.json_text import Broken, JsonText, elements, members
from trustjudge_core.formats.streams import Unreadable

PATHS: Final = (("examples",), ("results", "results"), ("results", "outputs"), ("results",))
"""Where LLM Comparator and promptfoo keep their rows, the last in what its library returns."""

_KEPT: Final = 100_000
"""So many characters of a value beside the rows are kept; what is shared is short."""

MOST_MEMBERS: Final = 10_000
"""Fields of a document beside its rows: each costs time, however short it is."""

Path = tuple[str, ...]


def rows_path(stream: BinaryIO) -> Path | None:
    """Where the first object of a stream keeps rows; None when it is a row itself, or broken."""
    try:
        return next((path for path, _ in _walk(_text(stream), (), wanted=None)), None)
    except (Broken, Unreadable):
        return None


def _text(stream: BinaryIO) -> JsonText:
    return JsonText(stream, MOST_MEMBERS)


def document_rows(stream: BinaryIO, path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each row at ``path``. Raises Broken where the document breaks."""
    text = _text(stream)
    for _, rows in _walk(text, (), wanted=path):
        yield from rows
    if text.peek():
        raise Broken(text.line, "something follows the closing brace")


def shared(stream: BinaryIO) -> dict[str, Any]:
    """The short values at the top of a document beside its rows; what cannot be read is not in it."""
    found: dict[str, Any] = {}
    text = _text(stream)
    holders = {path[0] for path in PATHS}
    try:
        for key in members(text):
            if key not in holders:
                _, raw, value = text.value()
                if len(raw) <= _KEPT:
                    found[key] = value
            elif text.peek() == "[":
                _pass_over(elements(text))
            elif text.peek() == "{":
                for _ in members(text):
                    _pass_over(elements(text)) if text.peek() == "[" else text.value()
            else:
                text.value()
    except (Broken, Unreadable):
        pass
    return found


def _pass_over(rows: Iterator[tuple[int, str]]) -> None:
    for _ in rows:
        pass


def _walk(text: JsonText, above: Path, wanted: Path | None) -> Iterator[tuple[Path, Iterator[tuple[int, str]]]]:
    """Lists of rows in an object, each with its path; a list that is not wanted is passed over."""
    for key in members(text):
        path = (*above, key)
        leads = [known for known in PATHS if known[: len(path)] == path and wanted in (None, known)]
        opening = text.peek()
        if path in leads and opening == "[":
            yield path, elements(text)
        elif opening == "{" and any(len(known) > len(path) for known in leads):
            yield from _walk(text, path, wanted)
        else:
            text.value()
