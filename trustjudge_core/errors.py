"""Every error TrustJudge raises on purpose.

    TrustJudgeError
    ├── InputProblems      files that cannot be imported; carries every Problem found
    ├── UsageError         a setting, option or name that does not exist
    ├── NotFound           a run, set or response that is not in the database
    ├── JudgeRefusal       a judge that cannot do what is asked of it: no log-probabilities, a model it does not have
    ├── JudgeUnavailable   a judge that could answer but does not: server gone, key refused
    ├── DatabaseProblem    the database refused or cannot be reached
    │   ├── DatabaseBusy   it is locked or out of reach: waiting may help
    │   └── DatabaseFull   it has no space left: what is stored stays
    └── Cancelled          work that somebody stopped before it was done

Each message says what was found, what is allowed and what to do. Foreign exceptions are
translated once, where they enter, with ``raise ... from``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SHOWN_PROBLEMS = 100


class TrustJudgeError(Exception):
    """Base of all errors whose message is meant for a person."""


class UsageError(TrustJudgeError):
    """A setting, option or name that does not exist or does not fit."""


class NotFound(TrustJudgeError):
    """A run, response set or response that is not in the database."""


class JudgeRefusal(TrustJudgeError):
    """A judge that cannot do what is asked of it; asking again changes nothing until the judge or the question does."""


class JudgeUnavailable(TrustJudgeError):
    """A judge that does not answer anybody now. What it has answered is kept, and the run can go on later."""


class DatabaseProblem(TrustJudgeError):
    """The database refused, is locked, or cannot be reached."""


class DatabaseBusy(DatabaseProblem):
    """The database is locked by another program or out of reach for now: waiting may help."""


class DatabaseFull(DatabaseProblem):
    """The database has no space left. What is stored stays."""


class Cancelled(TrustJudgeError):
    """Work that somebody stopped; nothing of it was stored. A progress callback raises this to stop."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one place of an uploaded file.

    ``line`` counts from 1 in text files; in a table it is the row number with the header as
    line 1; None where a file has no lines.
    """

    file: str
    line: int | None
    field: str | None
    found: str
    allowed: str
    fix: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file} line {self.line}"
        subject = f"{self.field} " if self.field else ""
        return f"{place}: {subject}{self.found}; allowed: {self.allowed}; {self.fix}"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """Problems of one file that differ only in what was found, with how often they occur.

    ``example`` is what was found first, at ``first_line``. ``rows`` counts the rows that have one of
    them and can be left out; 0 when the whole file is concerned.
    """

    file: str
    field: str | None
    allowed: str
    fix: str
    example: str
    first_line: int | None
    count: int
    rows: int

    @property
    def key(self) -> str:
        """What names this kind when its rows are to be left out."""
        return "\x1f".join((self.file, self.field or "", self.allowed, self.fix))


class InputProblems(TrustJudgeError):
    """Files that cannot be imported. Nothing was stored.

    ``problems`` holds the first 100, ``total`` how many there are, ``kinds`` groups all of them,
    ``rows`` are the first ten thousand for a download, ``recognised`` what each file was taken for
    (`formats.Recognised`; empty when no file was).
    """

    def __init__(self, problems: Iterable[Problem], total: int | None = None) -> None:
        found = tuple(problems)
        self.problems: tuple[Problem, ...] = found[:SHOWN_PROBLEMS]
        self.total: int = len(found) if total is None else total
        self.rows: tuple[Problem, ...] = found
        self.kinds: tuple[ProblemKind, ...] = ()
        self.recognised: tuple[object, ...] = ()
        first = str(found[0]) if found else "the files hold nothing that can be imported"
        more = f" (and {self.total - 1} more problems)" if self.total > 1 else ""
        super().__init__(first + more)
