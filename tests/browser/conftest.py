"""A served app with its own database, and pages of a real Chromium that report what went wrong in them."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY_SECONDS = 60.0
expect.set_options(timeout=60_000)


@dataclass(frozen=True)
class App:
    """A running app: where it answers, its process, and the environment in which the command line sees its database."""

    url: str
    process: int
    environment: dict[str, str]
    repository: Path

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command line on the same database."""
        return subprocess.run(
            [sys.executable, "-m", "trustjudge_core", *arguments],
            cwd=self.repository,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=400,
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(repository: Path, database: Path, log: Path) -> Iterator[App]:
    port = _free_port()
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{database}", "PYTHONPATH": str(repository)}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=repository,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield App(f"http://127.0.0.1:{port}", server.pid, environment, repository)
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the app ended at its start:\n{log.read_text(errors='replace')[-3000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the app did not answer within {READY_SECONDS:.0f} s:\n{log.read_text(errors='replace')[-3000:]}")


@pytest.fixture(scope="module")
def empty_app(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app on an empty database."""
    folder = tmp_path_factory.mktemp("empty")
    yield from _serve(repository, folder / "app.sqlite3", folder / "app.log")


@pytest.fixture(scope="module")
def sample_app(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app as `make run` serves it first: with the sample audit."""
    folder = tmp_path_factory.mktemp("sample")
    for app in _serve(repository, folder / "app.sqlite3", folder / "app.log"):
        loaded = app.command("demo", "--queue")
        assert loaded.returncode == 0, loaded.stderr
        yield app


@pytest.fixture(scope="module")
def browser(chromium: str | None) -> Iterator[Browser]:
    """One Chromium for the tests of a file. Its event loop ends with it: other files may have one of their own."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        yield launched
        launched.close()


@dataclass
class Watched:
    """A page and everything in it that must not happen."""

    page: Page
    dialogs: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, address: str) -> Page:
        """Go to an address of the app and wait until its script has run."""
        self.page.goto(address)
        self.settled()
        return self.page

    def settled(self) -> None:
        """Wait until the app is neither loading nor running."""
        self.page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", timeout=90_000)
        expect(self.page.locator("[data-testid='stSkeleton']")).to_have_count(0)

    def clean(self) -> None:
        """Nothing ran that a file brought along, nothing left this machine, no traceback is shown."""
        assert not self.dialogs, self.dialogs
        assert not self.outside, self.outside
        assert not self.errors, self.errors
        assert self.page.locator("[data-testid='stException']").count() == 0


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Opens watched pages: `opened(width=390, dark=True)`."""
    contexts: list[BrowserContext] = []

    def open_page(width: int = 1440, height: int = 1000, dark: bool = False) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
        )
        contexts.append(context)
        watched = Watched(context.new_page())
        watched.page.on("dialog", lambda dialog: (watched.dialogs.append(dialog.message), dialog.dismiss())[0])
        watched.page.on(
            "request",
            lambda request: (
                None
                if re.match(r"(https?|wss?)://(127\.0\.0\.1|localhost)[:/]|data:|blob:", request.url)
                else watched.outside.append(request.url)
            ),
        )
        watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
        return watched

    yield open_page
    for context in contexts:
        context.close()
