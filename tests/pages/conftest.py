"""Pages launched in-process on an empty database, on the sample, and on sets that hold only a part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from trustjudge_core.records import Bundle
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.load_sample import load_sample
from trustjudge_core.services.open_database import open_database


@pytest.fixture
def launch(repository: Path) -> Callable[..., AppTest]:
    """Opens a page as a link would: `launch("overview", run="1")`."""

    def open_page(page: str, **address: str) -> AppTest:
        app = AppTest.from_file(str(repository / "app.py"), default_timeout=60)
        for name, value in address.items():
            app.query_params[name] = value
        app.switch_page(f"pages/{page}.py")
        return app.run()

    return open_page


def _use(path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{path}"
    monkeypatch.setenv("DATABASE_URL", url)
    return url


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that holds nothing."""
    _use(tmp_path / "empty.sqlite3", monkeypatch)


@pytest.fixture(scope="session")
def sample_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that holds the sample."""
    path = tmp_path_factory.mktemp("sample") / "sample.sqlite3"
    engine = open_database(f"sqlite:///{path}")
    load_sample(engine)
    engine.dispose()
    return path


@pytest.fixture
def sample(sample_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that holds the sample as run 1; pages only read it."""
    _use(sample_path, monkeypatch)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Bundle], None]:
    """Stores a bundle as the only set of a fresh database; its first judge is run 1."""

    def into_database(bundle: Bundle) -> None:
        engine = open_database(_use(tmp_path / "stored.sqlite3", monkeypatch))
        import_bundle(engine, bundle, "a small set")
        engine.dispose()

    return into_database
