"""Collects what is wrong with, or worth saying about, the files of one import.

Every reader goes on after a problem, so that one look shows everything. Only the first hundred
problems are kept as records, all of them are counted: a file of a million bad rows stays cheap.
"""

from __future__ import annotations

from typing import Final

import orjson

from trustjudge_core.errors import SHOWN_PROBLEMS, InputProblems, Problem
from trustjudge_core.records import Note

SHOWN_NOTES_A_KIND: Final = 20
"""So many notes of one kind are kept for a file, then one line says how many more there are."""

SHOWN_CHARACTERS: Final = 60
"""So much of a found value is repeated in a message."""


def shown(value: object) -> str:
    """The value as a message repeats it: JSON text on one line, shortened, without control characters."""
    if isinstance(value, str):
        value = value[: SHOWN_CHARACTERS + 1]
    elif isinstance(value, list | dict):
        return f"{'a list' if isinstance(value, list) else 'an object'} with {len(value)} entries"
    try:
        text = orjson.dumps(value).decode()
    except (TypeError, ValueError):
        text = ascii(value)
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def listed(names: list[str], most: int = 12) -> str:
    """Names as one phrase, the first ``most`` of them, each shortened and without control characters."""
    clean = ["".join(c if c.isprintable() else "�" for c in name[:40]) for name in names[:most]]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(clean) or "none") + more


class Problems:
    """All problems and notes of one import."""

    def __init__(self) -> None:
        self.first: list[Problem] = []
        self.total = 0
        self.notes: list[Note] = []

    def add(self, file: str, line: int | None, field: str | None, found: str, allowed: str, fix: str) -> None:
        """Count a problem, and keep it when it is among the first hundred."""
        self.total += 1
        if len(self.first) < SHOWN_PROBLEMS:
            self.first.append(Problem(file, line, field, found, allowed, fix))

    def in_file(self, file: str) -> FileProblems:
        """A collector that fills in the file's name."""
        return FileProblems(self, file)

    def error(self) -> InputProblems:
        """The exception that carries them."""
        return InputProblems(self.first, self.total)


class FileProblems:
    """Problems and notes of one file."""

    def __init__(self, problems: Problems, file: str) -> None:
        self.all = problems
        self.file = file
        self._notes_of: dict[str, int] = {}

    def add(self, line: int | None, field: str | None, found: str, allowed: str, fix: str) -> None:
        """Report one problem of this file."""
        self.all.add(self.file, line, field, found, allowed, fix)

    def note(self, line: int | None, message: str, kind: str | None = None) -> None:
        """Say something that does not stop the import. ``kind`` is what notes are counted by."""
        kind = kind or message
        count = self._notes_of.get(kind, 0) + 1
        self._notes_of[kind] = count
        if count <= SHOWN_NOTES_A_KIND:
            self.all.notes.append(Note(self.file, line, message))

    def note_once(self, line: int | None, message: str) -> None:
        """Say something the first time only."""
        if message not in self._notes_of:
            self.note(line, message)

    def close_notes(self) -> None:
        """Say how many notes of each kind were left out."""
        for kind, count in self._notes_of.items():
            if count > SHOWN_NOTES_A_KIND:
                more = count - SHOWN_NOTES_A_KIND
                self.all.notes.append(Note(self.file, None, f"{more} more like this: {kind}"))
        self._notes_of.clear()
