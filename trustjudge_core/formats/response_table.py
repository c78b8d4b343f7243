"""The responses of an import by number, without their texts: of a text stays a digest."""

from __future__ import annotations

from array import array
from hashlib import blake2b
from typing import Final

from trustjudge_core.formats.lookalikes import is_blank
from trustjudge_core.formats.problems import FileProblems
from trustjudge_core.formats.staged import StagedResponse
from trustjudge_core.records import Response

NO_TEXT: Final = b""
BLANK_TEXT: Final = b" "
"""Stand for a digest where there is no text, or one without anything to read."""


def digest_of(text: str | None) -> bytes:
    """What stands for a text: equal for equal texts."""
    if text is None:
        return NO_TEXT
    if is_blank(text[:100]) and is_blank(text):
        return BLANK_TEXT
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class ResponseTable:
    """Responses 0..R-1 with the place where each was read and whether anything was judged about it."""

    def __init__(self) -> None:
        self.responses: list[StagedResponse] = []
        self.digests: list[bytes] = []
        self.reports: list[FileProblems] = []
        self.judged = bytearray()
        self._lines = array("q")
        self._entries = array("q")

    def __len__(self) -> int:
        return len(self.digests)

    def add(self, response: Response, report: FileProblems, line: int | None) -> int:
        """Add a response. Returns its number."""
        self.responses.append(StagedResponse(response.response_id, response.system, response.gold))
        self.digests.append(digest_of(response.text))
        self.reports.append(report)
        self.judged.append(0)
        self._lines.append(-1 if line is None else line)
        self._entries.append(report.entry)
        return len(self.digests) - 1

    def line(self, number: int) -> int | None:
        """The line on which a response was read."""
        return None if self._lines[number] < 0 else self._lines[number]

    def entry(self, number: int) -> int:
        """The entry of its file in which a response was read."""
        return self._entries[number]

    def is_blank(self, number: int) -> bool:
        """Whether a response has nothing to read."""
        return self.digests[number] in (NO_TEXT, BLANK_TEXT)
