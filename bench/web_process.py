"""The web process: seconds until it answers, and whether any page asks for a model library."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

REPOSITORY = Path(__file__).resolve().parent.parent
MODEL_LIBRARIES = ("torch", "transformers", "openai", "ray")
PATIENCE = 60.0
"""Seconds after which a server that does not answer is given up."""


class ImportRecorder(MetaPathFinder):
    """Writes down who asks for a model library, installed or not, and leaves the import itself alone."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.asked: list[str] = []

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Never finds anything, so that the search goes on."""
        if fullname.partition(".")[0] in self.names:
            self.asked.append(fullname)
        return None


def _environment(folder: str) -> dict[str, str]:
    """This process's environment with a throwaway database, filled with the sample."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"}
    subprocess.run(
        [sys.executable, "-m", "trustjudge_core", "demo"],
        cwd=REPOSITORY,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return environment


@contextmanager
def served(environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """The app on a free port of this machine once it is healthy: its address and its process; it is stopped again.

    Raises RuntimeError when it ends or stays silent.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(server, port)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait()


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    start = time.perf_counter()
    while time.perf_counter() - start < PATIENCE and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"the server on port {port} gave no answer; start it by hand to see why: make run")


def seconds_until_ready() -> float:
    """Seconds from the start of the server, with the sample in its database, to its first answer.

    Raises RuntimeError when it ends or stays silent.
    """
    with TemporaryDirectory() as folder:
        environment = _environment(folder)
        start = time.perf_counter()
        with served(environment):
            return time.perf_counter() - start


def model_libraries_asked_for() -> list[str]:
    """Model libraries that any page imports or tries to import, in a fresh process with the sample loaded.

    Raises RuntimeError when a page fails.
    """
    with TemporaryDirectory() as folder:
        shown = subprocess.run(
            [sys.executable, "-m", "bench.web_process"],
            cwd=REPOSITORY,
            env=_environment(folder),
            capture_output=True,
            text=True,
            check=False,
        )
    if shown.returncode:
        raise RuntimeError(f"a page could not be opened; fix it first: {shown.stderr[-2000:]}")
    asked: list[str] = json.loads(shown.stdout.splitlines()[-1])
    return asked


def _open_every_page() -> list[str]:
    recorder = ImportRecorder(MODEL_LIBRARIES)
    sys.meta_path.insert(0, recorder)
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=PATIENCE).run()
    for page in sorted((REPOSITORY / "pages").glob("[!_]*.py")):
        app.switch_page(f"pages/{page.name}").run()
        if app.exception:
            raise RuntimeError(f"pages/{page.name} failed: {app.exception[0].message}")
    return sorted({*recorder.asked, *(name for name in MODEL_LIBRARIES if name in sys.modules)})


if __name__ == "__main__":
    print(json.dumps(_open_every_page()))
