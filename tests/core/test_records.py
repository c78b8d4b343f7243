"""Records: the few things they work out themselves."""

from __future__ import annotations

import dataclasses

import pytest

from tests.core.small_runs import pair, run_of, score
from trustjudge_core.records import UNKNOWN, Bundle, ResponseSet


def test_question_of_numbers_the_owner_of_every_response() -> None:
    index = run_of({"p": "ab", "empty": "", "q": "abc"}).index
    assert index.question_of.tolist() == [0, 0, 2, 2, 2]


def test_judges_of_a_bundle_are_named_once_in_order_of_appearance() -> None:
    one = score("a", 3)
    two = dataclasses.replace(one, judge="second judge")
    third = dataclasses.replace(pair("a", "b", "first"), judge="third judge")
    bundle = Bundle(ResponseSet(()), scores=(two, one, two), pairs=(third, dataclasses.replace(third, judge="judge")))
    assert bundle.judges == ("second judge", "judge", "third judge")


def test_facts_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        score("a", 3).emitted = 4.0  # type: ignore[misc]


def test_unknown_is_no_relation() -> None:
    assert UNKNOWN not in (-1, 0, 1)


def test_a_run_has_no_verdicts_unless_people_gave_some() -> None:
    assert run_of({"q": "ab"}).verdicts.annotators == ()


def test_responses_are_called_by_their_systems_only_where_these_tell_them_apart() -> None:
    systems = {"a": "big", "b": "small", "c": "big"}
    index = run_of({"p": "ab", "q": "abc", "r": "abd"}, systems=systems).index
    assert index.names(0) == ("big", "small")
    assert index.names(1) == ("a", "b", "c")  # two of one system
    assert index.names(2) == ("a", "b", "d")  # one without a system
