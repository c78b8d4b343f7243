"""A large import through the browser: little memory, and nothing left of one that was stopped or walked away from."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bench.memory import memory
from db.engine import open_engine, writing
from tests.databases import row_counts

JUDGMENTS = 30_000
SAID = "because it is better " * 80


@pytest.fixture(scope="module")
def large_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One question with so many judgments of one pair: 60 MB."""
    folder = tmp_path_factory.mktemp("large")
    question = {
        "question_id": "q", "question": "?", "responses": [{"response_id": name, "text": name} for name in "ab"],
    }  # fmt: skip
    pair = {"question_id": "q", "first": "a", "second": "b", "judge": "j", "verdict": "first", "text": SAID}
    (folder / "responses.jsonl").write_text(json.dumps(question) + "\n")
    with (folder / "comparisons.jsonl").open("w") as file:
        for number in range(JUDGMENTS):
            file.write(json.dumps({**pair, "token_count": number + 1}) + "\n")
    return sorted(folder.iterdir())


def _peak(process: int) -> float:
    """MiB that a process has held at most."""
    if not Path(f"/proc/{process}/status").exists():
        pytest.skip("peaks of memory are read from Linux's /proc")
    return memory(process, "VmHWM")


def _storing(watched: Any, app: Any, files: list[Path]) -> Page:
    """Upload, check and begin to store; the app is held where it offers to stop, until `_go_on`."""
    page: Page = watched.open(f"{app.url}/upload")
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Store set").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    os.kill(app.process, signal.SIGSTOP)  # or a fast machine were done before the click
    return page


def _go_on(app: Any) -> None:
    os.kill(app.process, signal.SIGCONT)


def _rows(app: Any) -> int:
    """Rows of every table once nobody writes any more."""
    engine = open_engine(app.environment["DATABASE_URL"])
    with writing(engine):  # waits for whoever is storing
        pass
    found = sum(row_counts(engine).values())
    engine.dispose()
    return found


def test_what_is_stopped_or_left_is_not_stored_and_what_is_stored_takes_little_memory(
    empty_app: Any, opened: Callable[..., Any], large_files: list[Path]
) -> None:
    opened().open(f"{empty_app.url}/upload")
    before = _peak(empty_app.process)

    left = _storing(opened(), empty_app, large_files)
    left.close()
    _go_on(empty_app)
    assert _rows(empty_app) == 0, "the tab was closed while its files were stored"

    watched = opened()
    page = _storing(watched, empty_app, large_files)
    page.get_by_role("button", name="Stop").click()
    _go_on(empty_app)
    expect(page.get_by_role("button", name="Store set")).to_be_enabled()
    watched.settled()
    assert _rows(empty_app) == 0, "Stop was pressed while its files were stored"

    page.get_by_role("button", name="Store set").click()
    expect(page.get_by_text("is stored.")).to_be_visible()  # not: is here already
    assert _rows(empty_app) > JUDGMENTS
    assert _peak(empty_app.process) - before < 170, "MiB more than before; 64 of them are SQLite's"
    watched.clean()
