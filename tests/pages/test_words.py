"""Texts of files inside Markdown stay what they are."""

from __future__ import annotations

import pytest

from pages._words import plain


def _shown(text: str) -> str:
    """What a screen shows of Markdown without marks: escapes and word joiners are not seen."""
    return text.replace("\\", "").replace("\u2060", "")


@pytest.mark.parametrize("text", ["**bold**", "a_b", "# no heading", "[a](b)", "$x$", "<b>", ":red[x]", "a - b", "1.5"])
def test_every_mark_is_escaped_and_still_there(text: str) -> None:
    assert _shown(plain(text)) == text
    assert "**" not in plain(text)
    assert "](" not in plain(text)


@pytest.mark.parametrize(
    ("text", "found_again"),
    [
        ("http://a.invalid", "http://"),
        ("HTTPS://a.invalid", "HTTPS://"),
        ("www.a.invalid", "www."),
        ("me@a.invalid", "@a"),
        (":tada:", ":tada"),
        (":+1:", ":+1"),
        (":material_home:", ":material"),
        (":streamlit:", ":streamlit"),
        ("a -> b <-> c", "->"),
        ("a -- b", "--"),
        ("a >= b", ">="),
    ],
)
def test_what_is_looked_for_after_the_escapes_is_kept_apart(text: str, found_again: str) -> None:
    assert found_again not in plain(text).replace("\\", "")
    assert _shown(plain(text)) == text


def test_lines_become_one() -> None:
    assert plain("one\ntwo") == "one two"
    assert plain(None) == ""
