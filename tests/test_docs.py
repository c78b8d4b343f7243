"""README and docs stay true: commands exist, the tree is the tree, the example prints what it says."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from trustjudge_core.__main__ import build_parser, main

LISTED_FOLDERS = ("pages", "trustjudge_core", "db", "bench")


def _blocks(text: str, language: str = "") -> list[str]:
    """Contents of the fenced blocks of a language, in order."""
    found: list[str] = []
    opened: str | None = None
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        if not line.startswith("```"):
            lines.append(line)
        elif opened is None:
            opened, lines = line.strip().removeprefix("```"), []
        else:
            if opened == language:
                found.append("".join(lines))
            opened = None
    return found


@pytest.fixture(scope="module")
def readme(repository: Path) -> str:
    return (repository / "README.md").read_text(encoding="utf-8")


def _tree(readme: str) -> list[str]:
    """Paths of the annotated tree, folders with a slash at the end."""
    block = next(b for b in _blocks(readme) if "app.py" in b and "pages/" in b)
    paths: list[str] = []
    parents: list[tuple[int, str]] = []
    for line in block.splitlines():
        indent = len(line) - len(line.lstrip())
        name = line.split("#")[0].strip()
        for entry in name.split():
            while parents and parents[-1][0] >= indent:
                parents.pop()
            path = (parents[-1][1] if parents else "") + entry
            paths.append(path)
            if entry.endswith("/"):
                parents.append((indent, path))
    return paths


def test_readme_opens_with_a_sentence_and_a_picture(readme: str, repository: Path) -> None:
    paragraphs = [part for part in readme.split("\n\n") if part.strip()]
    assert paragraphs[0].startswith("# ")
    assert paragraphs[1].count(". ") == 0
    picture = re.fullmatch(r"!\[.+\]\((.+)\)", paragraphs[2].strip())
    assert picture
    assert (repository / picture[1]).stat().st_size > 10_000


def test_every_path_of_the_tree_exists(readme: str, repository: Path) -> None:
    missing = [path for path in _tree(readme) if not (repository / path).exists()]
    assert not missing


def test_every_module_is_in_the_tree(readme: str, repository: Path) -> None:
    listed = set(_tree(readme))
    modules = {
        path.relative_to(repository).as_posix()
        for folder in LISTED_FOLDERS
        for path in (repository / folder).rglob("*.py")
        if path.name != "__init__.py" and "migrations" not in path.parts
    }
    assert not modules - listed


def test_every_make_command_is_a_target(readme: str, repository: Path) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.M))
    named = set(re.findall(r"(?:^|`|\d )make ([a-z-]+)", readme, flags=re.M))
    assert {"run", "test", "check", "bench", "train-judge"} <= named <= targets


def _commands(text: str) -> list[str]:
    return [line.strip() for line in re.findall(r"python -m trustjudge_core (.+)$", text, flags=re.M)]


def test_every_command_line_parses(repository: Path) -> None:
    files = [repository / "README.md", *(repository / "docs").rglob("*.md")]
    commands = [c for file in files for block in _blocks(file.read_text(encoding="utf-8")) for c in _commands(block)]
    assert len(commands) >= 4
    for command in commands:
        build_parser().parse_args(shlex.split(command, comments=True))


def test_every_subcommand_is_in_the_readme(readme: str) -> None:
    parser = build_parser()
    subcommands = next(a.choices for a in parser._actions if a.choices and a.dest == "command")
    assert subcommands is not None
    assert {name for name in subcommands if f"trustjudge_core {name}" not in readme} == set()


def test_the_worked_example_prints_what_it_says(readme: str) -> None:
    code = _blocks(readme, "python")[0]
    assert len([line for line in code.splitlines() if line.strip()]) == 10
    after = readme.split(code, 1)[1].split("```\n", 1)[1]
    said = _blocks(after)[0]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue() == said


def _keys(value: Any, names: frozenset[str]) -> set[str]:
    """Keys of the JSON that are its own, not names that come from the data."""
    found: set[str] = set()
    if isinstance(value, dict):
        for key, inner in value.items():
            found.add(key)
            if key in names:  # category names and response ids are data
                for entry in inner.values():
                    found |= _keys(entry, names)
            else:
                found |= _keys(inner, names)
    elif isinstance(value, list):
        for entry in value:
            found |= _keys(entry, names)
    return found


def test_every_key_of_the_audit_json_is_documented_and_the_other_way_round(repository: Path, tmp_path: Path) -> None:
    documented = set(
        re.findall(
            r"^\| `([a-z_]+)` \|", (repository / "docs" / "audit-json.md").read_text(encoding="utf-8"), flags=re.M
        )
    )
    written: set[str] = set()
    for mode in ("corrected", "reference"):
        target = tmp_path / f"{mode}.json"
        assert (
            main(["audit", str(repository / "trustjudge_core" / "sample"), "--mode", mode, "--json", str(target)]) == 0
        )
        written |= _keys(json.loads(target.read_text(encoding="utf-8")), frozenset({"by_category", "scores"}))
    assert written == documented
