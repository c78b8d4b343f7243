"""Argilla records that are written come back as the same questions, responses and verdicts; none shows a judge."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustjudge_core.errors import UsageError
from trustjudge_core.export.argilla import argilla_records, record_lines
from trustjudge_core.formats import UploadedFile, read_files
from trustjudge_core.formats.argilla import VERDICT
from trustjudge_core.records import SHOWN, Question, Response, ResponseSet, Verdict

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
names = texts.filter(lambda text: any(c.isprintable() and not c.isspace() for c in text))


@st.composite
def decided(draw) -> tuple[ResponseSet, list[Verdict]]:
    """Questions of two responses each, with what people said about them in either order."""
    questions, said = [], []
    for question_id in draw(st.lists(names, min_size=1, max_size=3, unique=True)):
        a, b = draw(st.lists(names, min_size=2, max_size=2, unique=True))
        responses = Response(a, draw(texts)), Response(b, draw(texts))
        questions.append(Question(question_id, draw(st.none() | texts), responses))
        for person in draw(st.lists(names, max_size=3, unique=True)):
            order = draw(st.sampled_from([(a, b), (b, a)]))
            criterion = draw(st.none() | names.filter(lambda name: name != VERDICT))
            said.append(
                Verdict(question_id, person, *order, draw(st.sampled_from([*SHOWN, None])), criterion=criterion)
            )
    return ResponseSet(tuple(questions)), said


@settings(max_examples=60, deadline=None)
@given(decided())
def test_records_come_back_the_same(given_set):
    response_set, said = given_set
    cases = [(q.question_id, q.responses[0].response_id, q.responses[1].response_id) for q in response_set.questions]
    both = [order for q, a, b in cases for order in ((q, a, b), (q, b, a))]
    lines = b"".join(record_lines(argilla_records(response_set, both, said)))
    again = read_files([UploadedFile("r.jsonl", lines)]).bundle
    assert again.response_set == response_set
    assert set(again.verdicts) == set(said) and len(again.verdicts) == len(said)
    assert not again.pairs


def test_a_case_that_waits_has_what_a_person_needs_and_nothing_else():
    response_set = ResponseSet((Question("q", "Which?", (Response("a", "one", "gpt"), Response("b", "two"))),))
    (record,) = argilla_records(response_set, [("q", "b", "a"), ("q", "b", "a")])
    assert record == {
        "id": '["q","b","a"]', "question": "Which?", "first": "two", "second": "one",
        "question_id": "q", "first_id": "b", "second_id": "a",
    }  # fmt: skip


def test_nobody_is_asked_about_a_text_that_is_not_known():
    response_set = ResponseSet((Question("q", "Which?", (Response("a", "one"), Response("b", None))),))
    with pytest.raises(UsageError, match="has no text"):
        list(argilla_records(response_set, [("q", "a", "b")]))
