"""`python -m bench.browser_import 1000000`: an import through a real Chromium, with the memory that the server takes.

The app is served on a throwaway database; files are uploaded, checked and stored as a person would do it, and the
audit of one judge is opened. Peaks are of the server's process alone, read from Linux's /proc.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, expect, sync_playwright

from bench.imports import write_bundle
from bench.memory import memory
from bench.web_process import served

PATIENCE = 600_000
"""Milliseconds that one step may take."""


@contextmanager
def step(what: str, process: int) -> Iterator[None]:
    """Say how long a step took and what the server holds after it."""
    begun = time.perf_counter()
    yield
    print(
        f"{what}: {time.perf_counter() - begun:.1f} s, the server holds {memory(process, 'VmRSS'):,.0f} MiB, "
        f"at most {memory(process, 'VmHWM'):,.0f} MiB so far",
        flush=True,
    )


def import_and_audit(page: Page, url: str, files: list[Path], judgments: int, server: int) -> None:
    """Upload, store and open the audit."""
    page.goto(f"{url}/upload")
    chooser = page.locator("input[type=file]")
    chooser.wait_for(state="attached")
    with step("uploaded, read and checked", server):
        chooser.set_input_files(files)
        expect(page.get_by_role("button", name="Store set")).to_be_visible(timeout=PATIENCE)
    with step(f"{judgments:,} judgments stored", server):
        page.get_by_role("button", name="Store set").click()
        expect(page.get_by_role("link", name="Open the audit of").first).to_be_visible(timeout=PATIENCE)
    with step("the audit of one of three judges opened", server):
        page.get_by_role("link", name="Open the audit of").first.click()
        expect(page.get_by_text(re.compile(r"of [\d,]+ triples")).first).to_be_visible(timeout=PATIENCE)


def main(judgments: int) -> None:
    """Measure one import of so many judgments, half of them scores."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "files"
        folder.mkdir()
        write_bundle(folder, judgments, seed=0)
        files = sorted(folder.iterdir())
        print(f"{judgments:,} judgments, {sum(file.stat().st_size for file in files) / 1e6:,.0f} MB")
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{name}/import.sqlite3"}
        with served(environment) as (url, server), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            print(f"the server before it holds {memory(server, 'VmRSS'):,.0f} MiB")
            import_and_audit(browser.new_page(), url, files, judgments, server)
            print(f"peak of the server: {memory(server, 'VmHWM'):,.0f} MiB")
            browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
