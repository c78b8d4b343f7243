"""Opening a database, its transactions, and what is said when it refuses."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from db.engine import open_engine, reading, writing
from db.tables import judges
from trustjudge_core.errors import DatabaseProblem, UsageError


def test_without_a_url_the_file_lies_in_data_under_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with writing(open_engine()) as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    assert (tmp_path / "data" / "trustjudge.sqlite3").is_file()


def test_database_url_names_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/deep/own.sqlite3")
    with reading(open_engine()) as connection:
        connection.execute(text("SELECT 1"))
    assert (tmp_path / "deep" / "own.sqlite3").is_file()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 30_000), ("recursive_triggers", 1)],
)
def test_every_sqlite_connection_has_the_pragmas(tmp_path: Path, pragma: str, value: object) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/a.sqlite3")
    with reading(engine) as one, reading(engine) as other:
        assert one.scalar(text(f"PRAGMA {pragma}")) == other.scalar(text(f"PRAGMA {pragma}")) == value


def test_a_write_transaction_takes_the_lock_before_it_writes_and_readers_go_on(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/a.sqlite3")
    with writing(engine):
        with sqlite3.connect(tmp_path / "a.sqlite3", timeout=0) as other, pytest.raises(sqlite3.OperationalError):
            other.execute("BEGIN IMMEDIATE")
        with reading(engine) as reader:
            assert reader.scalar(text("SELECT 1")) == 1


def test_an_exception_undoes_the_whole_transaction(engine: Engine) -> None:
    def break_off() -> None:
        with writing(engine) as connection:
            connection.execute(
                text("INSERT INTO judges (name, spec, content_hash, created_at) VALUES ('j', '{}', 'h', :now)"),
                {"now": "2024-01-01"},
            )
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    with reading(engine) as connection:
        assert connection.execute(judges.select()).all() == []


def test_a_locked_database_is_said_after_the_wait(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/a.sqlite3?timeout=0.05")
    holder = sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseProblem, match=r"locked by another program; allowed: .*; wait"), writing(engine):
        pass
    holder.close()


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database at all, just some text that is long enough\n" * 20)
    engine = open_engine(f"sqlite:///{tmp_path}/notes.txt")
    with pytest.raises(DatabaseProblem, match="not a SQLite database"), reading(engine):
        pass


def test_a_read_only_file_can_be_read_and_says_so_when_written(tmp_path: Path) -> None:
    with writing(open_engine(f"sqlite:///{tmp_path}/a.sqlite3")) as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    engine = open_engine(f"sqlite:///file:{tmp_path}/a.sqlite3?mode=ro&uri=true")
    with reading(engine) as connection:
        assert connection.execute(text("SELECT * FROM t")).all() == []
    with pytest.raises(DatabaseProblem, match="can only be read"), writing(engine) as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))


def test_a_read_only_file_without_write_ahead_log_can_be_read(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "old.sqlite3") as old:
        old.execute("CREATE TABLE t (x INTEGER)")
    engine = open_engine(f"sqlite:///file:{tmp_path}/old.sqlite3?mode=ro&uri=true")
    with reading(engine) as connection:
        assert connection.execute(text("SELECT * FROM t")).all() == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseProblem, match="cannot be made"):
        open_engine(f"sqlite:///{tmp_path}/file/a.sqlite3")


def test_a_server_that_cannot_be_reached_is_said_without_the_password() -> None:
    engine = open_engine("postgresql://eve:secret@127.0.0.1:1/none")
    with pytest.raises(DatabaseProblem, match="cannot be reached") as caught, reading(engine):
        pass
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://eve:secret@host/db", "not a url", "postgresql://host:port/db"])
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="allowed: sqlite") as caught:
        open_engine(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_uses_psycopg_3(scheme: str) -> None:
    assert open_engine(f"{scheme}://host/db").url.drivername == "postgresql+psycopg"
