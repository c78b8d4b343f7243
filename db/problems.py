"""What a database says, in a person's words. The one place that catches SQLAlchemy's errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from trustjudge_core.errors import DatabaseBusy, DatabaseFull, DatabaseProblem

_KNOWN: Final[tuple[tuple[str, str], ...]] = (
    # what the driver's message holds -> found; allowed; fix
    ("duplicate key", "got the same from another program meanwhile; allowed: each content once; try again"),
    ("unique constraint failed", "got the same from another program meanwhile; allowed: each content once; try again"),
    ("is locked", "is locked by another program; allowed: one writer at a time; wait for it to finish, then try again"),
    ("append-only", "keeps what was recorded; allowed: adding rows; import the corrected files as a new set"),
    ("readonly database", "can only be read; allowed: a file and folder that can be written; change their permissions"),
    ("read-only transaction", "can only be read; allowed: a server that takes writes; connect to the primary server"),
    (
        "not a database",
        "is not a SQLite database; allowed: a file made by TrustJudge, or a new name; correct DATABASE_URL",
    ),
    ("malformed", "is damaged; allowed: an intact SQLite file; restore it from a copy"),
    ("is full", "has no space left; allowed: room for what is stored; free some disk space, then try again"),
    ("no space left", "has no space left; allowed: room for what is stored; free some disk space, then try again"),
    (
        "unable to open",
        "cannot be opened; allowed: a file in a folder that can be read and written; correct DATABASE_URL",
    ),
    ("password authentication", "refused the user or password; allowed: a user of that server; correct DATABASE_URL"),
    ("no password supplied", "wants a password; allowed: a user and password; put them into DATABASE_URL"),
    (
        "index row",
        "cannot hold an id that long; allowed: ids up to 2,700 bytes on PostgreSQL; shorten them in the files",
    ),
    (
        "does not exist",
        "lacks what was asked for ({reason}); allowed: an existing database; create it or correct DATABASE_URL",
    ),
    ("permission denied", "refused ({reason}); allowed: a user who may create and write tables; ask its administrator"),
    ("already exists", "holds tables of something else ({reason}); allowed: an empty database; choose another"),
    ("connection", "cannot be reached ({reason}); allowed: a running server; start it or correct DATABASE_URL"),
    ("resolve host", "cannot be reached ({reason}); allowed: a running server; correct the host in DATABASE_URL"),
)

_KINDS: Final[dict[str, type[DatabaseProblem]]] = {
    "is locked": DatabaseBusy,
    "connection": DatabaseBusy,
    "resolve host": DatabaseBusy,
    "is full": DatabaseFull,
    "no space left": DatabaseFull,
}


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Turn what SQLAlchemy or a driver raises inside into DatabaseProblem; the password is never in the message."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise _problem(url, error) from error
    except UnicodeEncodeError as error:
        raise DatabaseProblem(
            f"a text holds {error.object[error.start : error.end]!r}, half of a character; "
            "allowed: valid Unicode; correct the text in the file"
        ) from error
    except OverflowError as error:
        raise DatabaseProblem(
            "a whole number is too large to store; allowed: up to 2**63 - 1; correct the number in the file"
        ) from error


def in_words(url: URL) -> str:
    """The URL as a person writes it: without driver and password."""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


def _problem(url: URL, error: Exception) -> DatabaseProblem:
    """Found, allowed, fix: in that order."""
    subject = f"database {in_words(url)}"
    if isinstance(error, PoolTimeout):
        return DatabaseBusy(f"{subject} has no free connection; allowed: 32 at a time; try again in a moment")
    driver = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = " ".join(str(driver).split()) or type(driver).__name__
    for part, words in _KNOWN:
        if part in said.lower():
            return _KINDS.get(part, DatabaseProblem)(f"{subject} {words.format(reason=said)}")
    return DatabaseProblem(
        f"{subject} refused ({said}); allowed: what its constraints permit; report this with the files that led here"
    )
