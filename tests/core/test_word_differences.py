"""Which words only one of two texts has."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trustjudge_core.word_differences import MOST_WORDS, Piece, word_differences


def test_one_changed_word_is_the_only_mark() -> None:
    assert word_differences("the sky is blue", "the sky was blue") == (
        (Piece("the sky ", True), Piece("is ", False), Piece("blue", True)),
        (Piece("the sky ", True), Piece("was ", False), Piece("blue", True)),
    )


def test_other_line_breaks_and_blanks_are_no_difference_and_are_kept() -> None:
    left, right = word_differences("a\n  b", "a b") or ((), ())
    assert left == (Piece("a\n  b", True),)
    assert right == (Piece("a b", True),)


def test_texts_without_a_common_word_are_marked_whole() -> None:
    assert word_differences("one two", "three") == ((Piece("one two", False),), (Piece("three", False),))


def test_too_long_texts_are_not_compared() -> None:
    assert word_differences("w " * (MOST_WORDS + 1), "w") is None


@given(st.text(alphabet="ab \n<&", max_size=60), st.text(alphabet="ab \n<&", max_size=60))
def test_pieces_join_to_the_texts_and_shared_words_are_the_same(first: str, second: str) -> None:
    found = word_differences(first, second)
    assert found is not None
    left, right = found
    assert ("".join(p.text for p in left), "".join(p.text for p in right)) == (first, second)
    shared = [[word for p in text if p.shared for word in p.text.split()] for text in (left, right)]
    assert shared[0] == shared[1]
