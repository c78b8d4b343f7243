from __future__ import annotations

import json

from tests.small_bundle import SMALL
from trustjudge_core.formats import UploadedFile
from trustjudge_core.formats.staged import staged
from trustjudge_core.records import Bundle, ResponseSet
from trustjudge_core.services.check_files import check_files, said

QUESTION = {
    "question_id": "q",
    "question": "?",
    "responses": [{"response_id": "a", "text": "one"}, {"response_id": "b", "text": "two"}],
}


def _file(name: str, *rows: object) -> UploadedFile:
    return UploadedFile(name, "".join(json.dumps(row) + "\n" for row in rows).encode())


def test_good_files_make_a_bundle_and_no_problems() -> None:
    checked = check_files([_file("responses.jsonl", QUESTION)])
    assert checked.staged is not None
    assert (checked.problems, checked.total, checked.columns) == ((), 0, ())
    assert [(r.file, r.part, r.rows) for r in checked.recognised] == [("responses.jsonl", "responses", 1)]


def test_bad_files_make_problems_and_no_bundle_and_still_say_what_they_are() -> None:
    score = {"question_id": "q", "response_id": "a", "judge": "j", "scale": [1, 5], "samples": [7]}
    checked = check_files([_file("responses.jsonl", QUESTION), _file("scores.jsonl", score)])
    assert checked.staged is None
    assert checked.total == 1
    assert (checked.problems[0].file, checked.problems[0].line) == ("scores.jsonl", 1)
    assert [r.part for r in checked.recognised] == ["responses", "scores"]


def test_a_table_with_other_names_is_read_once_its_columns_are_named() -> None:
    table = UploadedFile("answers.csv", b"id,prompt,answer\n1,Why?,because\n1,Why?,who knows\n")
    checked = check_files([table])
    assert checked.staged is None
    assert checked.columns == ("id", "prompt", "answer")
    mapping = {"question_id": "id", "question": "prompt", "response": "answer"}
    mapped = check_files([table], mapping=mapping)
    assert mapped.staged is not None
    assert [r.text for r in mapped.staged.bundle().response_set.questions[0].responses] == ["because", "who knows"]


def test_fields_of_json_lines_can_be_named_too() -> None:
    checked = check_files([_file("answers.jsonl", {"id": 1, "prompt": "Why?", "answer": "because"})])
    assert checked.columns == ("id", "prompt", "answer")


def test_files_that_are_no_tables_have_no_columns() -> None:
    junk = (
        b"",
        b"PK\x03\x04 broken",
        b"\x1f\x8b broken",
        b"PAR1 broken",
        b"\x89PNG\r\n\x1a\n\x00\x01",
        b"[1, 2]",
        b'{"a"',
    )
    for data in junk:
        checked = check_files([UploadedFile("junk", data)])
        assert (checked.staged, checked.columns) == (None, ()), data
        assert checked.total >= 1, data


def test_what_would_be_stored_is_said_exactly() -> None:
    assert said(staged(SMALL)) == (
        "2 questions, 5 responses, 5 score judgments, 6 pair judgments of 2 judges, 5 verdicts; "
        "3 failed judgments in the ledger"
    )


def test_a_set_without_judgments_has_no_ledger() -> None:
    assert said(staged(Bundle(ResponseSet(SMALL.response_set.questions[:1])))) == "1 question, 3 responses"
