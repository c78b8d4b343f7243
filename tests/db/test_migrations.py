"""The schema's history: complete, silent, safe to run at any time by several processes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Engine, Text, inspect, text

from db.engine import open_engine, reading, writing
from db.migrations import FOLDER, _keep_references, head, migrate
from db.tables import APPEND_ONLY, metadata
from trustjudge_core.errors import DatabaseProblem


def test_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_check_constraints_agree_too_which_alembic_does_not_compare(engine: Engine) -> None:
    inspector = inspect(engine)
    for name, table in metadata.tables.items():
        stored = {str(check["name"]) for check in inspector.get_check_constraints(name)}
        modelled = {str(c.name) for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        assert stored == modelled, name


def test_every_constraint_and_index_has_a_name_that_a_migration_can_address(engine: Engine) -> None:
    inspector = inspect(engine)
    for table in metadata.tables:
        named = [
            inspector.get_pk_constraint(table),
            *inspector.get_foreign_keys(table),
            *inspector.get_unique_constraints(table),
            *inspector.get_check_constraints(table),
            *inspector.get_indexes(table),
        ]
        assert all(re.match(f"(pk|fk|uq|ck|ix)_{table}", str(c["name"])) for c in named), table


def test_the_newest_file_is_the_only_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_heads() == [head()]


def test_every_fact_table_has_its_triggers_after_all_migrations(engine: Engine) -> None:
    catalogue = (
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    second = "no_update" if engine.dialect.name == "sqlite" else "no_truncate"
    first = "no_delete" if engine.dialect.name == "sqlite" else "no_change"
    with reading(engine) as connection:
        found = {tuple(row) for row in connection.execute(text(catalogue))}
    assert found == {(table, f"{table}_{kind}") for table in APPEND_ONLY for kind in (first, second)}


def test_migrating_again_changes_nothing_and_says_nothing(engine: Engine, capfd: pytest.CaptureFixture[str]) -> None:
    migrate(engine)
    assert capfd.readouterr() == ("", "")


def test_a_database_that_is_there_needs_no_alembic(tmp_path: Path, repository: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.sqlite3"
    migrate(open_engine(url))
    program = (
        "import sys; from db.engine import open_engine; from db.migrations import migrate; "
        f"migrate(open_engine({url!r})); print('alembic' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=repository, capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("False\n", "")


def test_several_that_open_an_empty_database_at_once_all_find_it_ready(database_url: str, repository: Path) -> None:
    """Three processes of two threads each: Alembic is not made for threads, databases lock against processes."""
    program = (
        "from threading import Thread; from db.engine import open_engine; from db.migrations import migrate; "
        f"threads = [Thread(target=migrate, args=[open_engine({database_url!r})]) for _ in range(2)]; "
        "[thread.start() for thread in threads]; [thread.join() for thread in threads]"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program], cwd=repository, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [process.communicate(timeout=120)[1] for process in started] == ["", "", ""]
    with reading(open_engine(database_url)) as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == head()


def test_a_database_of_a_newer_trustjudge_is_refused(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseProblem, match="has schema 9999; allowed: up to"):
        migrate(engine)


def test_a_database_of_something_else_is_refused_and_left_as_it_was(database_url: str) -> None:
    engine = open_engine(database_url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE runs (x INTEGER)"))
    with pytest.raises(DatabaseProblem, match="holds tables of something else"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["runs"]
    engine.dispose()


def test_batch_mode_can_rewrite_a_table_that_others_refer_to(engine: Engine) -> None:
    """What a later migration will do on SQLite: copy response_sets while questions refer to it."""
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO response_sets (id, name, content_hash, is_sample, question_count, response_count, notes,"
                " created_at) VALUES (1, 's', 'h', false, 1, 0, '[]', '2024-01-01 00:00:00')"
            )
        )
        connection.execute(text("INSERT INTO questions (id, response_set_id, position, key) VALUES (1, 1, 0, 'q')"))
    with engine.connect() as connection:
        _keep_references(connection, "OFF")
        with connection.begin():
            operations = Operations(MigrationContext.configure(connection, opts={"render_as_batch": True}))
            recreate = "always" if engine.dialect.name == "sqlite" else "auto"
            with operations.batch_alter_table("response_sets", recreate=recreate) as table:
                table.add_column(Column("licence", Text))
        _keep_references(connection, "ON")
    with reading(engine) as connection:
        assert connection.execute(text("SELECT name, licence FROM response_sets")).all() == [("s", None)]
        assert connection.execute(text("SELECT key FROM questions")).all() == [("q",)]
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
