"""The files beside the code: requirements match the imports, the app's settings exist, a busy port is said."""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

# import name -> name on the package index, where they differ
DISTRIBUTIONS = {
    "array_api_compat": "array-api-compat",
    "sqlalchemy": "SQLAlchemy",
    "charset_normalizer": "charset-normalizer",
    "sklearn": "scikit-learn",
    "lm_eval": "lm-eval",
}
# needed by a library we import, or chosen by the address of a database, so never imported by name
NOT_IMPORTED = {"psycopg", "defusedxml", "tokenizers"}
OURS = {"app", "pages", "trustjudge_core", "db", "bench", "tests"}


def _imported(*folders: Path) -> set[str]:
    """Third-party packages imported anywhere in these files or folders."""
    found: set[str] = set()
    for folder in folders:
        for path in [folder] if folder.is_file() else folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add(node.module.partition(".")[0])
    return {DISTRIBUTIONS.get(name, name) for name in found - OURS - sys.stdlib_module_names}


def _requirements(path: Path) -> dict[str, str]:
    """Name -> rest of the line of every requirement of one file, those it reads with -r left out."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] not in "#-"]
    return {re.split(r"[=\[ ]", line, maxsplit=1)[0]: line for line in lines}


def test_every_requirement_is_pinned_with_its_reason(repository: Path) -> None:
    for path in repository.glob("requirements*.txt"):
        for line in _requirements(path).values():
            assert re.fullmatch(r"[A-Za-z0-9_-]+(\[\w+\])?==[\w.]+(; [^#]+)? +# .+", line), f"{path.name}: {line}"


def test_the_app_requires_what_it_imports_and_nothing_else(repository: Path) -> None:
    required = set(_requirements(repository / "requirements.txt"))
    imported = _imported(*(repository / name for name in ("app.py", "pages", "trustjudge_core", "db")))
    assert imported - required == set(), "add it to requirements.txt"
    assert required - imported - NOT_IMPORTED == set(), "nothing imports it"


def test_tests_and_benchmarks_require_what_they_import(repository: Path) -> None:
    for folder, extra in (("tests", "dev"), ("bench", "bench")):
        required = set(_requirements(repository / "requirements.txt"))
        required |= set(_requirements(repository / f"requirements-{extra}.txt"))
        assert _imported(repository / folder) - required == set(), folder


def test_one_install_is_enough_to_judge(repository: Path) -> None:
    assert {"torch", "transformers", "safetensors"} <= set(_requirements(repository / "requirements.txt"))
    assert not (repository / "requirements-judge.txt").exists()


@pytest.fixture(scope="module")
def settings(repository: Path) -> dict[str, dict[str, object]]:
    loaded: dict[str, dict[str, object]] = tomllib.loads(
        (repository / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    )
    return loaded


def test_streamlit_knows_every_setting(settings: dict[str, dict[str, object]]) -> None:
    from streamlit import config

    named = {f"{section}.{key}" for section, values in settings.items() if section != "theme" for key in values}
    themes = settings["theme"]
    named |= {f"theme.{side}.{key}" for side in ("light", "dark") for key in themes[side]}  # type: ignore[attr-defined]
    assert named - set(config._config_options_template) == set()


def test_the_app_serves_this_machine_alone_and_keeps_its_counsel(settings: dict[str, dict[str, object]]) -> None:
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["showErrorDetails"] == "none"


def _luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("side", ["light", "dark"])
def test_text_of_every_colour_can_be_read(settings: dict[str, dict[str, object]], side: str) -> None:
    theme: dict[str, str] = settings["theme"][side]  # type: ignore[assignment]
    for name in (key for key in theme if key.endswith("extColor") or key == "linkColor"):
        for ground in ("backgroundColor", "secondaryBackgroundColor"):
            lighter, darker = sorted([_luminance(theme[name]), _luminance(theme[ground])], reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, f"{side}: {name} on {ground}"


def _check_port(repository: Path, port: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(repository / "scripts" / "check_port.py"), port],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_busy_port_is_said_with_what_to_do(repository: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        answer = _check_port(repository, str(port))
    assert answer.returncode == 2
    assert f"Port {port} is in use" in answer.stderr
    assert "make run PORT=" in answer.stderr


def test_a_free_port_is_fine(repository: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert _check_port(repository, str(port)).returncode == 0


@pytest.mark.parametrize("port", ["", "eight", "0", "65536", "-1", "85 01"])
def test_what_is_no_port_is_refused(repository: Path, port: str) -> None:
    answer = _check_port(repository, port)
    assert answer.returncode == 2
    assert "allowed: a number from 1 to 65535" in answer.stderr


def _fake_python(folder: Path, name: str, version: tuple[int, int], venv: bool) -> None:
    """A program that answers the questions of find_python.sh as a Python of that version would."""
    script = f"""#!/bin/sh
case "$2" in
*print*) echo {version[0]}.{version[1]} ;;
*version_info*) exit {int(version < (3, 11))} ;;
*ensurepip*) exit {int(not venv)} ;;
esac
"""
    (folder / name).write_text(script, encoding="utf-8")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("pythons", "found", "said"),
    [
        ([("python3", (3, 12), True)], "python3", ""),
        ([("python3", (3, 9), True), ("python3.13", (3, 13), True)], "python3.13", ""),
        ([("python3", (3, 11), False), ("python3.12", (3, 12), True)], "python3.12", ""),
        ([("python3", (3, 11), False)], "", "apt-get install -y python3-venv"),
        ([("python3", (3, 9), True)], "", "needs Python 3.11 or newer"),
        ([], "", "No Python found"),
    ],
)
def test_find_python_takes_the_first_that_will_do_or_says_what_to_install(
    repository: Path, tmp_path: Path, pythons: list[tuple[str, tuple[int, int], bool]], found: str, said: str
) -> None:
    for python in pythons:
        _fake_python(tmp_path, *python)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHON"} | {"PATH": str(tmp_path)}
    answer = subprocess.run(
        ["/bin/sh", str(repository / "scripts" / "find_python.sh")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout.strip() == (str(tmp_path / found) if found else "")
    assert (answer.returncode == 0) == bool(found)
    assert said in answer.stderr


_APP_AND_WORKER = """#!/bin/sh
# Says what it is told to do; app and worker stay until they are told to end, but a worker that finds a file `broken`.
case "$*" in *worker* | *streamlit*) trap 'echo "ended: $2 $3" >>told; exit 0' TERM ;; esac
echo "$*" >>told
case "$*" in *worker*) ! rm broken 2>/dev/null || exit 7 ;; esac
case "$*" in *worker* | *streamlit*) while :; do sleep 0.02; done ;; esac
"""


def _serve(repository: Path, tmp_path: Path) -> subprocess.Popen[bytes]:
    for folder in (".venv/bin", "scripts"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / ".venv/bin/python").write_text(_APP_AND_WORKER, encoding="utf-8")
    (tmp_path / ".venv/bin/python").chmod(0o755)
    shutil.copy(repository / "scripts" / "run.sh", tmp_path / "scripts")
    return subprocess.Popen([tmp_path / "scripts" / "run.sh", "8765"], process_group=0)


def _told(tmp_path: Path, lines: int) -> list[str]:
    """What the app and the worker have said, once it is so many lines."""
    told, until = tmp_path / "told", time.monotonic() + 20
    while not (told.exists() and len(told.read_text().splitlines()) >= lines) and time.monotonic() < until:
        time.sleep(0.02)
    return told.read_text().splitlines()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_app_brings_its_worker_and_takes_it_along(repository: Path, tmp_path: Path, how: signal.Signals) -> None:
    running = _serve(repository, tmp_path)
    _told(tmp_path, 3)
    running.send_signal(how)
    running.wait(timeout=20)
    first, *others = _told(tmp_path, 5)
    assert first == "-m trustjudge_core demo --queue"
    assert sorted(others) == [
        "-m streamlit run app.py --server.port 8765",
        "-m trustjudge_core worker",
        "ended: streamlit run",
        "ended: trustjudge_core worker",
    ]


def test_a_worker_that_an_error_ended_is_followed_by_another(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "broken").touch()
    running = _serve(repository, tmp_path)
    assert _told(tmp_path, 4).count("-m trustjudge_core worker") == 2
    running.terminate()
    running.wait(timeout=20)
    assert sorted(_told(tmp_path, 6)[4:]) == ["ended: streamlit run", "ended: trustjudge_core worker"]
