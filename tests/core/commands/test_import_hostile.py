"""`import` of hostile files: a set like any other or a clear refusal, never a traceback, never a part of a set."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from db.engine import open_engine
from tests.core.formats.hostile_uploads import UPLOADS
from tests.databases import row_counts
from trustjudge_core.__main__ import main
from trustjudge_core.services.open_database import open_database

LONGEST_NAME = 200
SECONDS = 10.0


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that all the files meet."""
    found = f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'd.sqlite3'}"
    open_database(found).dispose()
    return found


@pytest.mark.parametrize("name", UPLOADS)
def test_what_is_hostile_is_a_whole_set_or_refused(
    name: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    make, refusal = UPLOADS[name]
    folder = tmp_path / "files"
    folder.mkdir()
    paths = []
    for file, data in make().items():
        paths.append(folder / file[-LONGEST_NAME:])
        paths[-1].write_bytes(data)
    engine = open_engine(url)
    before = row_counts(engine)
    begun = time.process_time()
    status = main(["import", *map(str, paths), "--name", name, "--judge", "gpt"])
    assert time.process_time() - begun < SECONDS
    said = capsys.readouterr()
    after = row_counts(engine)
    engine.dispose()
    assert all(line.isprintable() for line in (said.out + said.err).splitlines())
    if refusal is None:
        assert (status, said.err) == (0, "")
        assert after["response_sets"] == before["response_sets"] + 1
    else:
        assert status == 2
        assert refusal in said.err
        assert "Traceback" not in said.err
        assert after == before
    assert [path.name for path in tmp_path.iterdir()] == ["files"], "something ran or was unpacked"
