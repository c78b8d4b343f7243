"""Names that a person cannot tell apart: they differ only in case, composition or invisible characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen: only spaces, controls and invisible format characters."""
    if text and text[0].isalnum():
        return False
    return all(c.isspace() or unicodedata.category(c) in ("Cf", "Cc") for c in text)


def lookalikes(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs (name, earlier name) of different names that look alike."""
    seen: dict[str, str] = {}
    for name in names:
        if name.isascii() and name.islower():
            form = name
        else:
            visible = "".join(c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) != "Cf")
            form = visible.casefold()
        other = seen.setdefault(form, name)
        if other != name:
            yield name, other
