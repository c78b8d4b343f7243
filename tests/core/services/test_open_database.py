"""Opening the database."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect

from db.tables import metadata
from trustjudge_core.errors import DatabaseProblem
from trustjudge_core.services.open_database import open_database


def test_an_opened_database_has_every_table(database_url: str) -> None:
    engine = open_database(database_url)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear database, " * 100)
    with pytest.raises(DatabaseProblem, match="allowed: a file made by TrustJudge"):
        open_database(f"sqlite:///{file}")
    assert file.read_text() == "Dear database, " * 100
