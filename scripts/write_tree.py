"""Bring the annotated tree of README.md up to date: every module with the first line of its docstring.

Lines about folders and about files that are not Python stay as a person wrote them, and so does a
comment that shortens the docstring.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
LISTED_FOLDERS = ("pages", "trustjudge_core", "db", "bench")
COLUMN = 30
"""Where the comments of the tree begin."""


def said(path: Path) -> str:
    """First line of a module's docstring, without its full stop."""
    documented = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or path.stem
    return documented.splitlines()[0].split(". ")[0].strip().rstrip(".")


def line(indent: int, name: str, comment: str) -> str:
    """One line of the tree."""
    return f"{' ' * indent + name:<{COLUMN - 1}} # {comment}"


def branch(folder: Path, indent: int, kept: dict[str, str]) -> Iterator[str]:
    """Lines of everything below a folder: its modules, then its folders."""
    for module in sorted(folder.glob("*.py")):
        if module.name != "__init__.py":
            full, shorter = said(module), kept.get(module.relative_to(REPOSITORY).as_posix())
            yield line(indent, module.name, shorter if shorter and full.startswith(shorter) else full)
    for inner in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))):
        relative = inner.relative_to(REPOSITORY).as_posix()
        package = inner / "__init__.py"
        documented = said(package) if package.exists() and package.read_text(encoding="utf-8").strip() else ""
        yield line(indent, inner.name + "/", kept.get(relative) or documented or inner.name)
        if relative != "db/migrations":
            yield from branch(inner, indent + 2, kept)


def comments(block: list[str]) -> dict[str, str]:
    """What the tree says about each path, by path."""
    found: dict[str, str] = {}
    parents: list[tuple[int, str]] = []
    for row in block:
        indent = len(row) - len(row.lstrip())
        name, _, comment = row.partition("#")
        while parents and parents[-1][0] >= indent:
            parents.pop()
        path = (parents[-1][1] if parents else "") + name.strip()
        found[path.rstrip("/")] = comment.strip()
        if path.endswith("/"):
            parents.append((indent, path))
    return found


def with_tree(readme: str) -> str:
    """The README with its tree brought up to date."""
    before, rest = readme.split("## Where things are\n\n```\n", 1)
    block, after = rest.split("```\n", 1)
    kept = comments(block.splitlines())
    rows: list[str] = []
    for row in block.splitlines():
        if row.startswith(" "):
            continue
        name = row.split("#")[0].strip().rstrip("/")
        rows.append(line(0, "app.py", said(REPOSITORY / "app.py")) if name == "app.py" else row)
        if name in LISTED_FOLDERS:
            rows.extend(branch(REPOSITORY / name, 2, kept))
    return f"{before}## Where things are\n\n```\n" + "\n".join(rows) + f"\n```\n{after}"


def main() -> int:
    """Write README.md; with --check only say whether it is up to date."""
    path = REPOSITORY / "README.md"
    there = path.read_text(encoding="utf-8")
    wanted = with_tree(there)
    if "--check" in sys.argv:
        if there != wanted:
            print("the tree in README.md is out of date; run: python scripts/write_tree.py", file=sys.stderr)
        return int(there != wanted)
    path.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
