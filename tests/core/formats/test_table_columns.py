"""A guess at which column is which: a start for a person, from names and first rows."""

from __future__ import annotations

import pytest

from trustjudge_core.formats import UploadedFile
from trustjudge_core.formats.looks import look_at_tables, with_guess
from trustjudge_core.formats.table_columns import guess_mapping


@pytest.mark.parametrize(
    ("columns", "holds", "mapping"),
    [
        (["id", "prompt", "answer", "model"], "responses",
         {"question_id": "id", "question": "prompt", "response": "answer", "system": "model"}),
        (["left", "right", "winner"], "comparisons", {"first": "left", "second": "right", "verdict": "winner"}),
        (["qid", "modelA", "modelB", "Winner", "Judge Model"], "comparisons",
         {"question_id": "qid", "first": "modelA", "second": "modelB", "verdict": "Winner", "judge": "Judge Model"}),
        (["prompt", "response_a", "response_b", "preference"], "comparisons",
         {"question": "prompt", "first_text": "response_a", "second_text": "response_b", "verdict": "preference"}),
        (["item_id", "system", "rating", "worker"], "scores",
         {"question_id": "item_id", "response_id": "system", "score": "rating", "annotator": "worker"}),
        (["question_id", "question", "response"], "responses",
         {"question_id": "question_id", "question": "question", "response": "response"}),
    ],
)  # fmt: skip
def test_columns_are_guessed_by_what_people_call_them(columns, holds, mapping):
    guess = guess_mapping(columns)
    assert (guess.holds, dict(guess.mapping)) == (holds, mapping)


def test_a_column_whose_values_do_not_fit_is_not_guessed():
    rows = [{"id": "1", "prompt": "3", "answer": "x", "rating": "good"}]
    guess = guess_mapping(list(rows[0]), rows)
    assert guess.mapping == {"question_id": "id", "response": "answer"}
    assert guess.missing == ("question",)


def test_each_of_their_columns_is_used_once():
    mapping = guess_mapping(["text", "label", "a", "b"]).mapping
    assert len(set(mapping.values())) == len(mapping)


def test_a_table_is_looked_at_and_previewed_through_its_mapping(read):
    content = b"nr;Frage;Antwort\n1;Why?;because\n1;Why?;who knows\n"
    (look,) = look_at_tables([UploadedFile("t.csv", content), UploadedFile("j.jsonl", b'{"a": [1]}')])
    assert (look.columns, look.layout.delimiter, look.rows[0]) == (
        ("nr", "Frage", "Antwort"), ";", {"nr": "1", "Frage": "Why?", "Antwort": "because"},
    )  # fmt: skip
    choice = with_guess(look)
    mapped = type(choice)(holds="responses", mapping={"question_id": "nr", "question": "Frage", "response": "Antwort"})
    assert look.preview(mapped)[1] == {"question_id": "1", "question": "Why?", "response": "who knows"}
    bundle = read({"t.csv": content}, tables={"t.csv": mapped}).bundle
    assert [r.text for r in bundle.response_set.questions[0].responses] == ["because", "who knows"]


def test_fields_of_json_lines_are_looked_at_too():
    (look,) = look_at_tables(
        [UploadedFile("j", b'{"id": 1, "prompt": "Why?", "answer": "so"}\n{"id": 2, "more": 3}\n')]
    )
    assert (look.columns, look.guess.missing) == (("id", "prompt", "answer", "more"), ())


@pytest.mark.parametrize("junk", [b"", b"PK\x03\x04 broken", b"\x1f\x8b broken", b"PAR1 broken", b"[1, 2]", b"one\n"])
def test_what_is_no_table_is_passed_over(junk):
    assert look_at_tables([UploadedFile("junk", junk)]) == []
