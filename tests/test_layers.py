"""Imports go one way: pages -> services -> (core, db); db -> core's records and errors only.

The rules stand in `RULES`, each with its reason. They are read from the source with `ast`, so an
import inside a function or behind `if TYPE_CHECKING` counts as well. The second half of this file
gives the checker small sources that break each rule, so that it can be seen to fail.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
MODEL_LIBRARIES = frozenset({"torch", "transformers", "openai", "ray"})
COMMAND_LINE = ("trustjudge_core/__main__.py", "trustjudge_core/commands")


@dataclass(frozen=True)
class Rule:
    """Files chosen by ``applies`` may import no module chosen by ``forbids``."""

    applies: Callable[[str], bool]
    forbids: Callable[[str], bool]
    reason: str


def _inside(*places: str) -> Callable[[str], bool]:
    return lambda path: any(path == place or path.startswith(place + "/") for place in places)


def _outside(*places: str) -> Callable[[str], bool]:
    inside = _inside(*places)
    return lambda path: not inside(path)


def _module(*names: str) -> Callable[[str], bool]:
    return lambda module: any(module == name or module.startswith(name + ".") for name in names)


def _core_but(*names: str) -> Callable[[str], bool]:
    core = _module("trustjudge_core")
    # `import trustjudge_core` or `from trustjudge_core import __version__` reaches no stage.
    allowed = _module(*(f"trustjudge_core.{name}" for name in (*names, "__version__")))
    return lambda module: core(module) and module != "trustjudge_core" and not allowed(module)


def _core_stage(path: str) -> bool:
    """trustjudge_core without services/ and without the command line, which is an edge like the pages."""
    return _inside("trustjudge_core")(path) and _outside("trustjudge_core/services", *COMMAND_LINE)(path)


RULES = (
    Rule(
        _outside("pages", "app.py"),
        _module("streamlit", "pages", "app"),
        "streamlit and the pages belong to the browser: everything below must run without one",
    ),
    Rule(
        _inside("pages", "app.py"),
        _module("db", "sqlalchemy", "alembic"),
        "pages ask services; only db/ and services/ talk to the database",
    ),
    Rule(
        _inside("pages", "app.py"),
        _module("trustjudge_core.judge"),
        "the web process never loads a model; a worker process owns it",
    ),
    Rule(
        _inside(*COMMAND_LINE),
        _module("db"),
        "the command line calls the same services as the pages, so that both give the same numbers",
    ),
    Rule(
        _outside(*COMMAND_LINE),
        _module("trustjudge_core.commands"),
        "commands are an edge: what they share with the pages is a service",
    ),
    Rule(
        _core_stage,
        _module("db", "trustjudge_core.services"),
        "services join core and db; a stage of core that calls back up closes a circle",
    ),
    Rule(
        _outside("db", "trustjudge_core/services"),
        _module("sqlalchemy", "alembic", "psycopg", "sqlite3"),
        "SQLAlchemy lives in db/ and services/; everything else computes on arrays and records",
    ),
    Rule(
        _inside("db"),
        _core_but("records", "review_records", "errors"),
        "db takes records in and gives records out; of core it knows records and errors only",
    ),
    Rule(
        _outside("trustjudge_core/judge"),
        _module(*MODEL_LIBRARIES),
        "torch, transformers, openai and ray live in trustjudge_core/judge/: "
        "start-up time, memory and the GPU belong to the worker",
    ),
    Rule(
        _outside("trustjudge_core/figures"),
        _module("plotly"),
        "plotly lives in figures/, where colours and escaping are decided once",
    ),
    Rule(
        lambda path: True,
        _module("tests", "bench", "scripts"),
        "the product does not depend on what checks it",
    ),
)


def imports(source: str, path: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything a file imports; `from a import b` gives `a.b`, for b may be a module."""
    package = list(Path(path).parent.parts)
    for node in ast.walk(ast.parse(source, path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, base if alias.name == "*" else f"{base}.{alias.name}"
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"import_module", "__import__"} and isinstance(node.args[0].value, str):
                yield node.lineno, node.args[0].value


def violations(source: str, path: str) -> list[str]:
    """Every broken rule of one file: place, what it imports, why that is not allowed."""
    return [
        f"{path}:{line} imports {module}: {rule.reason}"
        for line, module in imports(source, path)
        for rule in RULES
        if rule.applies(path) and rule.forbids(module)
    ]


def product_files() -> list[Path]:
    """app.py and every Python file of pages/, trustjudge_core/ and db/."""
    files = [path for folder in ("pages", "trustjudge_core", "db") for path in (REPOSITORY / folder).rglob("*.py")]
    return sorted([REPOSITORY / "app.py", *files])


@pytest.mark.parametrize("path", [path.relative_to(REPOSITORY).as_posix() for path in product_files()])
def test_file_imports_only_what_its_layer_may(path: str) -> None:
    broken = violations((REPOSITORY / path).read_text(encoding="utf-8"), path)
    assert not broken, "\n".join(broken)


def test_every_python_file_belongs_to_a_layer_with_rules() -> None:
    known = {"app.py", "pages", "trustjudge_core", "db", "tests", "bench", "scripts"}
    found = {path.name for path in REPOSITORY.glob("*.py")}
    found |= {path.parent.name for path in REPOSITORY.glob("[!.]*/*.py")}
    assert found <= known, f"{sorted(found - known)} is in no layer; add its rules to RULES and its name here"


def test_no_drawer_for_things_without_a_name() -> None:
    drawers = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}
    found = [path for path in product_files() if {path.stem, *path.parent.parts} & drawers]
    assert not found, f"{found}: name the file after the thing it holds"


# --- the checker itself -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("trustjudge_core/scores.py", "import streamlit as st"),
        ("trustjudge_core/services/audit_run.py", "from streamlit import cache_data"),
        ("db/runs.py", "import streamlit"),
        ("trustjudge_core/scores.py", "from pages import _session"),
        ("pages/overview.py", "from db import runs"),
        ("pages/overview.py", "import db.runs"),
        ("pages/overview.py", "from sqlalchemy import Engine"),
        ("app.py", "import alembic"),
        ("pages/judge.py", "from trustjudge_core.judge.local import load"),
        ("pages/judge.py", "from trustjudge_core import judge"),
        ("pages/overview.py", "import plotly.graph_objects as go"),
        ("trustjudge_core/export/report.py", "from plotly import io"),
        ("trustjudge_core/scores.py", "import sqlalchemy"),
        ("trustjudge_core/audit.py", "from db.engine import open_engine"),
        ("trustjudge_core/audit.py", "from trustjudge_core.services import list_runs"),
        ("trustjudge_core/audit.py", "from .services.list_runs import list_runs"),
        ("trustjudge_core/figures/scores.py", "from ..services import list_runs"),
        ("trustjudge_core/__main__.py", "from db.engine import open_engine"),
        ("trustjudge_core/commands/runs.py", "def run(args):\n    from db import runs"),
        ("trustjudge_core/commands/judge.py", "import torch"),
        ("trustjudge_core/services/work.py", "from trustjudge_core.commands import worker"),
        ("pages/runs.py", "from trustjudge_core.commands.runs import run"),
        ("db/runs.py", "from trustjudge_core.settings import AuditSettings"),
        ("db/runs.py", "from trustjudge_core import scores"),
        ("db/runs.py", "from trustjudge_core.services.list_runs import RunSummary"),
        ("trustjudge_core/scores.py", "import torch"),
        ("trustjudge_core/services/judge_set.py", "from transformers import AutoModel"),
        ("trustjudge_core/formats/native_bundle.py", "import openai"),
        ("db/bulk.py", "import ray.data"),
        ("trustjudge_core/scores.py", "from tests.core import given"),
        ("pages/overview.py", "def draw():\n    import torch"),
        ("pages/overview.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from db import runs"),
        ("trustjudge_core/scores.py", "import importlib\nimportlib.import_module('torch')"),
        ("trustjudge_core/scores.py", "__import__('torch')"),
        ("trustjudge_core/scores.py", "try:\n    import numpy, torch\nexcept ImportError:\n    pass"),
    ],
)
def test_checker_catches(path: str, source: str) -> None:
    assert violations(source, path)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("app.py", "import streamlit as st"),
        ("pages/overview.py", "from trustjudge_core.services.audit_run import audit_run"),
        ("pages/overview.py", "from trustjudge_core.figures.overview import plot_overview"),
        ("trustjudge_core/services/audit_run.py", "from db import runs\nfrom sqlalchemy import Engine"),
        ("trustjudge_core/services/audit_run.py", "from trustjudge_core.audit import audit"),
        ("trustjudge_core/__main__.py", "from trustjudge_core.services.audit_run import audit_run"),
        ("trustjudge_core/__main__.py", "from trustjudge_core.commands import audit"),
        ("trustjudge_core/commands/runs.py", "from trustjudge_core.services.list_runs import list_runs"),
        ("trustjudge_core/judge/local.py", "import torch\nimport transformers"),
        ("trustjudge_core/figures/scores.py", "import plotly.graph_objects as go"),
        ("db/runs.py", "from trustjudge_core import errors\nfrom trustjudge_core.records import Bundle"),
        ("db/runs.py", "from sqlalchemy import select"),
        ("trustjudge_core/scores.py", "from trustjudge_core import __version__"),
        # Names that merely begin alike, and words in texts, are no imports.
        ("trustjudge_core/scores.py", "import torchless, dbm, rayon"),
        ("trustjudge_core/scores.py", "note = 'import torch'"),
    ],
)
def test_checker_allows(path: str, source: str) -> None:
    assert violations(source, path) == []


def test_message_names_place_import_and_reason() -> None:
    (message,) = violations("x = 1\nimport torch\n", "trustjudge_core/scores.py")
    assert message.startswith("trustjudge_core/scores.py:2 imports torch: ")
    assert "trustjudge_core/judge/" in message
