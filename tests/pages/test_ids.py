"""Ids of responses in the address."""

from __future__ import annotations

from pages._ids import joined, named


def test_what_was_joined_is_found_again() -> None:
    assert named(joined(["a", "b"]), {"a", "b", "c"}, 2) == ["a", "b"]
    assert named(joined(["c", "a", "b"]), {"a", "b", "c"}, 3) == ["c", "a", "b"]


def test_an_id_may_hold_the_separator() -> None:
    known = {"a", "a~b", "b~c", "c~~"}
    assert named(joined(["a~b", "c~~"]), known, 2) == ["a~b", "c~~"]
    assert named(joined(["a", "b~c"]), known, 2) == ["a", "b~c"]


def test_unknown_equal_or_too_many_ids_are_none() -> None:
    known = {"a", "b"}
    for value in ("a~x", "a~a", "a", "", "~", "a~b~a"):
        assert named(value, known, 2) is None
