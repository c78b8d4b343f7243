"""Responses of a question in the address: their ids joined by `~`, which an id may hold itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable

SEPARATOR = "~"


def joined(ids: Iterable[str]) -> str:
    """The ids as one value of the address."""
    return SEPARATOR.join(ids)


def named(value: str, known: Collection[str], count: int) -> list[str] | None:
    """That many different known ids whose joining gives ``value``; None when there are none."""
    if count == 1:
        return [value] if value in known else None
    parts = value.split(SEPARATOR)
    for cut in range(1, len(parts)):
        first = SEPARATOR.join(parts[:cut])
        if first in known:
            rest = named(SEPARATOR.join(parts[cut:]), known, count - 1)
            if rest is not None and first not in rest:
                return [first, *rest]
    return None
