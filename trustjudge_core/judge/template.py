"""Prompt templates: versioned files that a person can read, copy and edit.

A template is a TOML file (`templates/general.v1.toml` is the one to copy). Its parts hold
placeholders such as ``{{question}}``, filled in one pass, so that nothing inside a response is ever
taken for a placeholder; ``{{#reference}}...{{/reference}}`` is kept only when there is a reference.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from trustjudge_core.errors import UsageError
from trustjudge_core.judge.contract import Order
from trustjudge_core.judge.hostile_text import BREAK

FOLDER: Final = Path(__file__).parent / "templates"

FENCED: Final = frozenset({"question", "reference", "first", "second"})
"""Placeholders filled from a response set: hostile, so each stands between two fences."""
_SETTINGS = frozenset({"criterion", "rubric", "low", "high", "reply"})
_ALLOWED = {
    "system": frozenset({"criterion", "rubric", "low", "high"}),
    "score": (FENCED - {"second"}) | _SETTINGS,
    "pair": (FENCED | _SETTINGS) - {"low", "high"},
}
_NEEDED = {"score": ("question", "first"), "pair": ("question", "first", "second")}
_TAG = re.compile(r"\{\{([#/]?)(\w+)\}\}")
_SECTION = re.compile(r"\{\{#(\w+)\}\}(.*?)\{\{/\1\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reply:
    """How a verdict is asked for and where it begins: after ``prefix``, in the judge's own turn."""

    instruction: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of judgment: what the user turn says, and the reply for each order that the template knows."""

    user: str
    suffix: str
    labels: tuple[str, ...]
    replies: Mapping[Order, Reply]


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt template, ``source`` being the file it was read from, word for word.

    ``fences`` are the lines around the hostile placeholders; no text put between them may hold one.
    """

    id: str
    version: int
    about: str
    rubric: str
    system: str
    score: Part
    pair: Part
    fences: tuple[str, ...]
    source: str

    @property
    def name(self) -> str:
        """Id and version, as in ``general.v1``."""
        return f"{self.id}.v{self.version}"


def fill(part: str, values: Mapping[str, str]) -> str:
    """A part of a template with its sections decided and its placeholders filled, all in one pass."""
    decided = _SECTION.sub(lambda section: section[2] if values.get(section[1]) else "", part)
    return _TAG.sub(lambda tag: values[tag[2]], decided)


def _fences(part: str) -> set[str]:
    """The lines before and after each hostile placeholder, whether sections are kept or not."""
    found: set[str] = set()
    for kept in (True, False):
        # text, sigil, name, text, sigil, name, ..., text
        pieces = _TAG.split(_SECTION.sub(r"\2" if kept else "", part))
        texts, names = pieces[0::3], pieces[2::3]
        for number, name in enumerate(names):
            if name in FENCED:
                opening = [line.strip() for line in texts[number].splitlines() if line.strip()][-1:]
                closing = [line.strip() for line in texts[number + 1].splitlines() if line.strip()][:1]
                if not opening or not closing:
                    raise _problem(f"{{{{{name}}}}} stands without a fence", "a line of text before and after it")
                found.update(opening, closing)
    return found


def _problem(found: str, allowed: str) -> UsageError:
    return UsageError(f"template: {found}; allowed: {allowed}; correct the template, or copy general.v1 and edit that")


def _text(table: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise _problem(f"{where}{key} is {'missing' if value is None else 'no text'}", f"{where}{key} as a text")
    return value


def _table(table: Mapping[str, Any], key: str, where: str = "") -> Mapping[str, Any]:
    value = table.get(key)
    if not isinstance(value, dict):
        raise _problem(f"there is no table [{where}{key}]", f"a table [{where}{key}]")
    return value


def _check_placeholders(text: str, part: str) -> None:
    """Raise UsageError for a placeholder that does not exist there, a section left open, or a fence that cannot be."""
    for _, name in _TAG.findall(text):
        if name not in _ALLOWED[part]:
            allowed = ", ".join(f"{{{{{known}}}}}" for known in sorted(_ALLOWED[part]))
            raise _problem(f"{part} has an unknown placeholder {{{{{name}}}}}", allowed)
    if any(sigil for sigil, _ in _TAG.findall(_SECTION.sub(r"\2", text))):
        raise _problem(f"{part} has a section that is opened and not closed", "{{#name}} ... {{/name}}")
    plain = {name for sigil, name in _TAG.findall(text) if not sigil}
    for name in _NEEDED.get(part, ()):
        if name not in plain:
            raise _problem(f"{part} lacks {{{{{name}}}}}", f"{part} shows {{{{{name}}}}}")


def _read_part(tables: Mapping[str, Any], name: str) -> Part:
    table = _table(tables, name)
    user = _text(table, "user", f"{name}.").strip("\n")
    _check_placeholders(user, name)
    replies: dict[Order, Reply] = {}
    orders: tuple[Order, ...] = ("verdict_first", "rationale_first")
    for order in orders:
        if order in table:
            reply, where = _table(table, order, f"{name}."), f"{name}.{order}."
            instruction = _text(reply, "instruction", where, "")
            for _, placeholder in _TAG.findall(instruction):
                if placeholder not in {"low", "high", "criterion"}:
                    raise _problem(f"{where}instruction has {{{{{placeholder}}}}}", "{{low}}, {{high}}, {{criterion}}")
            replies[order] = Reply(instruction.strip("\n"), _text(reply, "prefix", where))
    if not replies:
        raise _problem(f"{name} asks for no reply", f"[{name}.verdict_first] or [{name}.rationale_first]")
    labels = table.get("labels", ["A", "B", "C"]) if name == "pair" else []
    if name == "pair" and (
        not isinstance(labels, list)
        or len(labels) != 3
        or not all(isinstance(label, str) and label for label in labels)
        or len(set(labels)) != 3
    ):
        raise _problem(f"pair.labels is {labels!r}", "three different texts: first, second, tie")
    return Part(user, _text(table, "suffix", f"{name}."), tuple(labels), replies)


def read_template(source: str) -> Template:
    """The template that a TOML text describes.

    Raises UsageError that says what is wrong with it.
    """
    try:
        tables = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _problem(f"not TOML: {error}", "a TOML file") from error
    version = tables.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _problem(f"version is {version!r}", "a whole number from 1")
    identity = _text(tables, "id", "")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", identity):
        raise _problem(f"id is {identity!r}", "small letters, digits and hyphens")
    system = _text(tables, "system", "", "").strip("\n")
    _check_placeholders(system, "system")
    score, pair = _read_part(tables, "score"), _read_part(tables, "pair")
    fences = tuple(sorted(_fences(score.user) | _fences(pair.user)))
    for fence in fences:
        if len(fence) < 2 or BREAK in fence:
            raise _problem(f"the line {fence!r} beside a placeholder", "lines of two or more characters, no backslash")
    return Template(
        id=identity,
        version=version,
        about=_text(tables, "about", "", ""),
        rubric=_text(tables, "rubric", "", "").strip("\n"),
        system=system,
        score=score,
        pair=pair,
        fences=fences,
        source=source,
    )


def templates() -> list[Template]:
    """Every template in the box, newest version of each id first."""
    found = [read_template(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
    return sorted(found, key=lambda template: (template.id, -template.version))


def load_template(name_or_path: str | Path) -> Template:
    """A template in the box by name (``general.v1``, or ``general`` for its newest version), or a TOML file.

    Raises UsageError when there is none of that name or the file cannot be used.
    """
    if isinstance(name_or_path, str) and not name_or_path.endswith(".toml"):
        known = templates()
        for template in known:
            if name_or_path in (template.id, template.name):
                return template
        raise UsageError(
            f"template {name_or_path!r} does not exist; allowed: {', '.join(t.name for t in known)}, "
            "or the path of a .toml file; choose one of them"
        )
    try:
        source = Path(name_or_path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"template {str(name_or_path)!r} cannot be read ({error}); allowed: a TOML file in UTF-8; check the path"
        ) from error
    return read_template(source)
