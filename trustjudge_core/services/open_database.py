"""Open the database and bring it to the newest schema."""

from __future__ import annotations

from sqlalchemy import Engine

from db.engine import open_engine
from db.migrations import migrate

__all__ = ["Engine", "open_database"]


def open_database(url: str | None = None) -> Engine:
    """An engine ready for use: from ``url``, else DATABASE_URL, else the file data/trustjudge.sqlite3.

    Raises UsageError for a URL that cannot be used, DatabaseProblem when the database refuses.
    """
    engine = open_engine(url)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine
