"""Fixtures for every test: the shared folder, a Chromium, and a promise to leave the user's database alone."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

# A test that forgets to name its database must never write into the one of the person running it.
_FORGOTTEN = tempfile.TemporaryDirectory(prefix="trustjudge-tests-")
os.environ["DATABASE_URL"] = f"sqlite:///{Path(_FORGOTTEN.name) / 'forgotten.sqlite3'}"


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and published numbers beside the checkout; tests that need it are skipped without it."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"no folder {folder.name}/ beside the checkout: real recorded judgments are not here to test with")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str | None:
    """Path of an installed Chrome or Chromium; None lets Playwright use its own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    return None
