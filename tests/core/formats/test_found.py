"""What the fuzzer found, each once: it must stay mended."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.core.formats.conftest import RESPONSES
from tests.core.formats.hostile_files import SHEET, workbook
from tests.fuzz.promises import check_round_trip, written_native
from trustjudge_core.errors import InputProblems, UsageError
from trustjudge_core.formats import UploadedFile, read_files
from trustjudge_core.records import Bundle, Question, Response, ResponseSet, ScoreJudgment, Verdict


def test_a_member_of_an_archive_without_a_name_is_said(problems):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(""), b"{}")
        archive.writestr("responses.jsonl", json.dumps(RESPONSES))
    (problem,) = problems({"f.zip": out.getvalue()})
    assert "file without a name" in problem.found


def test_the_message_about_an_upload_without_a_name_does_not_repeat_its_bytes(problems):
    (problem,) = problems({"": b'{"secret": 1}'})
    assert "secret" not in problem.file
    assert problem.file == "a file without a name"


@pytest.mark.parametrize("person", [False, True])
def test_a_judge_or_annotator_whose_name_a_bundle_cannot_hold_is_refused_at_once(problems, person):
    name = "x" * 2001
    who = {"annotator": name} if person else {"judge": name}
    row: dict[str, Any] = {"question_id": "q", "first": "a", "second": "b", "verdict": "left", **who}
    assert "2,001 characters" in problems({"r": [RESPONSES], "c": [row]})[0].found


def test_a_criterion_of_a_page_survives_for_people_as_for_judges(read):
    scores = [
        {"question_id": "q", "response_id": "a", who: "j", "criterion": "c" * 9000, "score": 3, "scale_low": 1,
         "scale_high": 5} for who in ("judge", "annotator")
    ]  # fmt: skip
    found = read({"r": [RESPONSES], "s": scores}).bundle
    assert (len(found.scores), len(found.verdicts)) == (1, 1)
    check_round_trip(found)


def test_records_with_whole_numbers_where_others_have_fractions_are_written():
    question = Question("q", "?", (Response("a", "x", gold=1), Response("b", "y")))
    whole = Bundle(
        ResponseSet((question,)),
        (ScoreJudgment("q", "a", "j", (1, 5), emitted=4),),
        verdicts=(Verdict("q", "u", response_id="a", score=4, scale=(1, 5)),),
    )
    files = [UploadedFile(name, data) for name, data in written_native(whole).items()]
    assert read_files(files).bundle.scores == whole.scores


@pytest.mark.parametrize(
    "content",
    [
        b'"a\x1fb"c\x1fd\n1\x1f2\n',  # the csv module repeats a separator that is a control character
        b'{"question_id": "q", "\\u202e": 1, "\\u202e": 2}\n',
    ],
)
def test_nothing_in_a_message_controls_the_terminal_or_turns_the_direction(problems, content):
    assert all(str(problem).isprintable() for problem in problems({"f": content}))


def test_counts_are_what_every_database_can_hold(problems, read):
    row = {"question_id": "q", "first": "a", "second": "b", "judge": "j", "verdict": "tie"}
    assert read({"r": [RESPONSES], "c": [row, {**row, "token_count": 2**31 - 1}]}).bundle.pairs[1].token_count
    for key in ("token_count", "sample_count"):
        (problem,) = problems({"r": [RESPONSES], "c": [row, {**row, key: 2**31}]})
        assert (problem.line, problem.field) == (2, key)


def test_fields_that_are_not_read_are_named_in_their_order_and_counted(read):
    notes = read({"r": [{**RESPONSES, **{f"f{n}": n for n in range(50)}}]}).bundle.notes
    assert [note.message for note in notes[:2]] == ["field f0 is not read", "field f1 is not read"]
    assert (len(notes), notes[-1].message) == (21, "30 more like this: a field that is not read")


def test_a_response_of_which_only_an_unusable_score_is_known_is_not_kept(read):
    row = {"question_id": "q", "annotator": "u", "scale_low": 1, "scale_high": 5}
    found = read({"s": [{**row, "response_id": "a", "score": "error"}, {**row, "response_id": "b", "score": 4}]}).bundle
    assert [r.response_id for r in found.response_set.questions[0].responses] == ["b"]
    assert any("no usable score" in note.message for note in found.notes)
    check_round_trip(found)


def test_a_judge_of_arena_hard_that_played_no_game_failed_twice(read):
    found = read({"j": [{"uid": "q", "judge": "j", "model": "m", "baseline": "b", "games": []}]}).bundle
    assert [(pair.first, pair.failure) for pair in found.pairs] == [("b", "no judgment"), ("m", "no judgment")]
    check_round_trip(found)


@pytest.mark.parametrize("name", ["f.xlsx", "f.zip"])
def test_an_archive_whose_parts_lie_before_its_beginning_is_damaged(problems, tmp_path, name):
    (book,) = workbook(SHEET + b"</sheetData></worksheet>")
    end = bytearray(book.data)
    if name == "f.zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("responses.jsonl", json.dumps(RESPONSES))
        end = bytearray(out.getvalue())
    at = end.rindex(b"PK\x05\x06") + 16
    end[at : at + 4] = (int.from_bytes(end[at : at + 4], "little") + 10_000).to_bytes(4, "little")
    assert "damaged" in problems({name: bytes(end)})[0].found
    (tmp_path / name).write_bytes(end)
    with pytest.raises(InputProblems, match=r"damaged|cannot be read"):
        read_files([tmp_path / name])


def test_a_choice_of_which_one_likelihood_is_none_is_the_likeliest_of_the_others(read):
    row = {"doc_hash": "h", "arguments": [["Q", " a"], ["Q", " b"], ["Q", " c"]], "filtered_resps": [
        ["-3", "False"], {"x": 1}, ["-2", "True"]]}  # fmt: skip
    (question,) = read({"m.jsonl": [row]}).bundle.response_set.questions
    assert question.responses[0].text == " c"


@pytest.mark.parametrize(
    "table", [{"a\0": ["x"], "b": ["y"]}, {"question_id": ["q"], "responses": [[{"response_id": "a\0", "text": "x"}]]}]
)
def test_nul_in_the_columns_or_lists_of_a_parquet_file_is_reported(problems, table):
    out = io.BytesIO()
    pq.write_table(pa.table(table), out)
    assert any("NUL" in problem.found for problem in problems({"f": out.getvalue()}))


@pytest.mark.parametrize("name", ["\ufeff", "\u200b"])
def test_a_model_whose_name_cannot_be_seen_is_called_by_its_letter(read, name):
    example = {"input_text": "?", "output_text_a": "x", "output_text_b": "y", "score": 1}
    content = json.dumps({"models": [{"name": name}, {"name": "y"}], "examples": [example]}).encode()
    found = read({"c": content}).bundle
    assert {r.system for r in found.response_set.questions[0].responses} == {"A", "y"}
    check_round_trip(found)


@pytest.mark.parametrize("name", ["\ufeff", "x" * 2_001, "a\0b"])
def test_a_judge_that_somebody_names_so_is_refused(read, name):
    with pytest.raises(UsageError, match="judge's name"):
        read({"r": [RESPONSES]}, judge=name)
