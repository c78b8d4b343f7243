"""Hashes by which the same content is recognised."""

from __future__ import annotations

import random
from dataclasses import replace
from hashlib import sha256

from db import fingerprints
from tests.small_bundle import PAIRS, RESPONSE_SET, SCORES, VERDICTS
from trustjudge_core.records import Question, Response, ResponseSet


def test_the_order_of_questions_and_of_responses_does_not_matter() -> None:
    turned = ResponseSet(
        tuple(replace(q, responses=tuple(reversed(q.responses))) for q in reversed(RESPONSE_SET.questions))
    )
    assert fingerprints.of_response_set(turned) == fingerprints.of_response_set(RESPONSE_SET)


def test_every_field_of_a_response_set_matters() -> None:
    question = Question("q", "text", (Response("r", "answer", "s", 1.0),), "c", "ref", "rub")
    changed = [
        replace(question, **{name: "other"}) for name in ("question_id", "text", "category", "reference", "rubric")
    ] + [
        replace(question, responses=(replace(question.responses[0], **{name: value}),))
        for name, value in [("response_id", "x"), ("text", None), ("text", "None"), ("system", None), ("gold", None)]
    ]
    hashes = {fingerprints.of_response_set(ResponseSet((q,))) for q in [question, *changed]}
    assert len(hashes) == 1 + len(changed)


def test_a_response_moved_to_another_question_makes_another_set() -> None:
    one, two = Response("1", "x"), Response("2", "y")
    apart = ResponseSet((Question("p", "t", (one,)), Question("q", "t", (two,))))
    swapped = ResponseSet((Question("p", "t", (two,)), Question("q", "t", (one,))))
    assert fingerprints.of_response_set(apart) != fingerprints.of_response_set(swapped)


def test_the_order_of_judgments_does_not_matter_but_saying_it_twice_does() -> None:
    shuffled = random.Random(3).sample(SCORES, len(SCORES)), random.Random(4).sample(PAIRS, len(PAIRS))
    once = fingerprints.of_judgments(SCORES, PAIRS)
    assert fingerprints.of_judgments(*shuffled) == once
    assert fingerprints.of_judgments((*SCORES, SCORES[0]), PAIRS) != once


def test_whole_numbers_equal_the_same_numbers_with_a_point() -> None:
    whole = replace(SCORES[0], scale=(1, 5), emitted=5)
    point = replace(SCORES[0], scale=(1.0, 5.0), emitted=5.0)
    assert fingerprints.of_judgments([whole], []) == fingerprints.of_judgments([point], [])


def test_equal_verdicts_are_told_apart_and_their_order_does_not_matter() -> None:
    hashes = fingerprints.of_verdicts(VERDICTS)
    assert len(set(hashes)) == len(VERDICTS)
    assert set(fingerprints.of_verdicts(tuple(reversed(VERDICTS)))) == set(hashes)


def test_a_sheet_is_hashed_as_documented_in_ascii_and_float64() -> None:
    """sha256 of the fields as ASCII, so that a stored hash is found again by every version of Python."""
    assert fingerprints.of_sheet("Stärke 😀", (1, 5)) == sha256(rb"('St\xe4rke \U0001f600', (1.0, 5.0))").hexdigest()
