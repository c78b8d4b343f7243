"""Collects what is wrong with, or worth saying about, the files of one import.

Every reader goes on after a problem, so that one look shows everything. Only the first ten thousand
problems are kept as records, all of them are counted by kind: a file of a million bad rows stays cheap.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import orjson

from trustjudge_core.errors import InputProblems, Problem, ProblemKind
from trustjudge_core.formats.entries import Entries
from trustjudge_core.formats.streams import Unreadable
from trustjudge_core.records import Note

KEPT_PROBLEMS: Final = 10_000
"""So many problems are kept as records, to be shown and downloaded."""

KEPT_KINDS: Final = 500
"""So many kinds of problems are told apart, and so many kinds of notes of one file."""

MOST_BAD_ROWS: Final = 200_000
"""A file with more problems than this is not read on: it is not what it was taken for."""

SHOWN_NOTES_A_KIND: Final = 20
"""So many notes of one kind are kept for a file, then one line says how many more there are."""

TICK: Final = 4096
"""Entries between two calls of ``tick``."""

SHOWN_CHARACTERS: Final = 60
"""So much of a found value is repeated in a message."""


def printable(text: str) -> str:
    """The text without control characters and characters that turn the direction or cannot be seen."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)


def shown(value: object) -> str:
    """The value as a message repeats it: JSON text on one line, shortened, without control characters."""
    if isinstance(value, str):
        value = value[: SHOWN_CHARACTERS + 1]
    elif isinstance(value, list | dict):
        return f"{'a list' if isinstance(value, list) else 'an object'} with {len(value)} entries"
    elif isinstance(value, float) and not math.isfinite(value):
        return f"{value:g}".replace("nan", "NaN").replace("inf", "Infinity")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return "a whole number of many digits"
    try:
        text = orjson.dumps(value).decode()
    except (TypeError, ValueError):
        text = ascii(value)
    text = printable(text)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def listed(names: list[str], most: int = 12) -> str:
    """Names as one phrase, the first ``most`` of them, each shortened and without control characters."""
    clean = [printable(name[:40]) for name in names[:most]]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(clean) or "none") + more


@dataclass(slots=True)
class _Kind:
    example: str
    first_line: int | None
    count: int = 0
    rows: int = 0
    last_entry: int = -1


class Problems:
    """All problems and notes of one import. ``leaves_out`` says whether rows with a kind of problem are to go."""

    def __init__(self, leaves_out: Callable[[str], bool] = lambda key: False) -> None:
        self.first: list[Problem] = []
        self.total = 0
        self.notes: list[Note] = []
        self.of_rows = 0  # problems whose row may be left out
        self._leaves_out = leaves_out
        self._kinds: dict[tuple[str, str | None, str, str], _Kind] = {}

    def add(self, file: str, line: int | None, field: str | None, found: str, allowed: str, fix: str) -> None:
        """Report a problem of a whole file."""
        self.record(file, line, field, found, allowed, fix, None)

    def record(
        self, file: str, line: int | None, field: str | None, found: str, allowed: str, fix: str, entry: int | None
    ) -> bool:
        """Count a problem, and keep it when it is among the first. Returns whether its row is to be left out."""
        # Names of fields and what libraries say about damage come from the file, whatever it holds.
        field, found = field and printable(field), printable(found)
        self.total += 1
        if len(self.first) < KEPT_PROBLEMS:
            self.first.append(Problem(file, line, field, found, allowed, fix))
        key = (file, field, allowed, fix)
        kind = self._kinds.get(key)
        if kind is None:
            if len(self._kinds) >= KEPT_KINDS:
                key = (file, None, "what the other problems allow", "correct the kinds above first")
                kind = self._kinds.get(key)
            if kind is None:
                kind = self._kinds[key] = _Kind(found, line)
        kind.count += 1
        if entry is None:
            return False
        if entry != kind.last_entry:
            kind.rows += 1
            kind.last_entry = entry
        goes = self._leaves_out("\x1f".join((key[0], key[1] or "", key[2], key[3])))
        self.of_rows += goes
        return goes

    def kinds(self) -> tuple[ProblemKind, ...]:
        """All problems by kind, in the order in which the kinds appeared."""
        return tuple(
            ProblemKind(file, field, allowed, fix, k.example, k.first_line, k.count, k.rows)
            for (file, field, allowed, fix), k in self._kinds.items()
        )

    def in_file(self, file: str, skipped: Entries | None = None) -> FileProblems:
        """A collector that fills in the file's name; ``skipped`` rows are not read."""
        return FileProblems(self, file, skipped)

    def error(self) -> InputProblems:
        """The exception that carries them."""
        error = InputProblems(self.first, self.total)
        error.kinds = self.kinds()
        return error


class FileProblems:
    """Problems and notes of one file, and which of its entries (rows, counted from 1) they are about.

    Whoever produces rows calls `begins` for each entry, so that a problem belongs to the row it is found in;
    ``tick`` is called now and then meanwhile, and may stop the reading by an exception. ``asks`` names what this
    file does not say though others of its kind do: judge, scale, baseline.
    """

    def __init__(self, problems: Problems, file: str, skipped: Entries | None = None) -> None:
        self.all = problems
        self.file = file
        self.entry = 0
        self.bad = Entries()
        self.tick: Callable[[], None] | None = None
        self.asks: set[str] = set()
        self._skipped = skipped
        self._count = 0
        self._notes_of: dict[str, int] = {}

    def begins(self) -> bool:
        """The next entry begins. False when it was left out by choice."""
        self.entry += 1
        if not self.entry % TICK and self.tick is not None:
            self.tick()
        return self._skipped is None or self.entry not in self._skipped

    def add(self, line: int | None, field: str | None, found: str, allowed: str, fix: str) -> None:
        """Report one problem of this file: of the current entry when it has a line, else of the whole file."""
        self.add_at(None if line is None else self.entry, line, field, found, allowed, fix)

    def add_at(
        self, entry: int | None, line: int | None, field: str | None, found: str, allowed: str, fix: str
    ) -> None:
        """Report one problem of an entry that was read before."""
        if self.all.record(self.file, line, field, found, allowed, fix, entry) and entry is not None:
            self.bad.add(entry)
        self._count += 1
        if self._count == MOST_BAD_ROWS:
            raise Unreadable(
                f"has more than {MOST_BAD_ROWS:,} problems; the rest was not read",
                "a file of the kind it was taken for",
                "correct the kinds of problems above, or choose another format for it",
            )

    def note(self, line: int | None, message: str, kind: str | None = None) -> None:
        """Say something that does not stop the import. ``kind`` is what notes are counted by."""
        message = printable(message)
        kind = kind or message
        if kind not in self._notes_of and len(self._notes_of) >= KEPT_KINDS:
            kind = "other oddities"
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
