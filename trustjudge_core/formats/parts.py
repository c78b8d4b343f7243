"""What a reader says about the files it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row

Reader = Callable[[Rows, Fields, Draft, Choices], None]


def not_read(holds: str) -> Reader:
    """A reader of files that projects publish beside judgments: known, and without any."""

    def read(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
        for at.line, at.values in rows:
            at.report.note_once(None, f"{holds}; holds no judgments, not read")

    return read


@dataclass(frozen=True)
class Part:
    """One kind of file. Parts of a lower rank are read first: questions, then responses, then judgments.

    ``asks`` names the choices that files of this kind leave to the person who imports them. ``folder`` is where
    files of this kind lie, for those that only their place tells from another kind.
    """

    format: str
    name: str
    rank: int
    recognises: Callable[[Row], bool]
    read: Reader
    asks: tuple[str, ...] = ()
    folder: str | None = None

    @property
    def key(self) -> str:
        """What names this kind of file when a person corrects what a file was taken for."""
        return f"{self.format}: {self.name}"
