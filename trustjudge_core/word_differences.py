"""Which words of two texts are in one of them only: the same view for both, in the order of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

MOST_WORDS: Final = 3_000
"""Longer texts are not compared: the time grows with the square of the words, and nobody reads such marks."""

_WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring words of one text, spaces and line breaks kept; ``shared`` when the other text has them too."""

    text: str
    shared: bool


def word_differences(first: str, second: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]] | None:
    """Both texts in pieces, each joining to its whole text; None when one is too long to compare.

    A word is what stands between blanks; blanks and line breaks themselves make no difference.
    Longest common runs first (Ratcliff and Metzener 1988, as in Python's difflib).
    """
    words = [_WORD.findall(text) for text in (first, second)]
    if max(map(len, words)) > MOST_WORDS:
        return None
    left_bare, right_bare = ([word.strip() for word in text] for text in words)
    blocks = SequenceMatcher(None, left_bare, right_bare, autojunk=True).get_matching_blocks()
    left = _pieces(words[0], [(block.a, block.size) for block in blocks])
    right = _pieces(words[1], [(block.b, block.size) for block in blocks])
    return tuple(left), tuple(right)


def _pieces(words: Sequence[str], shared: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    place = 0
    for start, size in shared:
        if start > place:
            yield Piece("".join(words[place:start]), shared=False)
        if size:
            yield Piece("".join(words[start : start + size]), shared=True)
        place = start + size
