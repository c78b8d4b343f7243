"""Cases that are written for Argilla are the open ones, blind; what people say about them comes back once."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.core.services.reviewing import decide, stored_tournament
from trustjudge_core.errors import InputProblems
from trustjudge_core.formats import UploadedFile, read_files
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.list_activity import list_activity
from trustjudge_core.services.list_verdicts import list_verdicts
from trustjudge_core.services.load_bundle import load_bundle
from trustjudge_core.services.open_review import ReviewGround, open_review
from trustjudge_core.services.read_verdicts import ReadVerdicts, read_verdicts
from trustjudge_core.services.write_cases import WrittenCases, write_cases


def _records(engine: Engine, ground: ReviewGround, **options: Any) -> list[dict[str, Any]]:
    file = io.BytesIO()
    found = write_cases(engine, ground, file, **options)
    records = [json.loads(line) for line in file.getvalue().splitlines()]
    assert found.written == len(records)
    return records


def _answered(records: list[dict[str, Any]], verdict: str, person: str = "u1") -> UploadedFile:
    said = {"verdict.responses": [verdict], "verdict.responses.users": [person]}
    lines = [json.dumps({**record, **said, "verdict.responses.status": ["submitted"]}) for record in records]
    return UploadedFile("back.jsonl", "\n".join(lines).encode())


def test_open_cases_are_written_with_sides_drawn_and_decided_ones_are_not(engine: Engine) -> None:
    ground = stored_tournament(engine)
    records = _records(engine, ground)
    assert len(records) == len(ground.cases) == 24
    assert all(record.keys() == records[0].keys() and "judge" not in json.dumps(record) for record in records)
    turned = [record["first_id"] > record["second_id"] for record in records]
    assert 4 <= sum(turned) <= 20
    assert _records(engine, ground) == records != _records(engine, ground, seed=1)
    case = decide(engine, ground, "first").verdict
    left = [(r["question_id"], {r["first_id"], r["second_id"]}) for r in _records(engine, ground)]
    assert len(left) == 23
    assert (case.question_id, {case.first, case.second}) not in left
    assert len(_records(engine, ground, most=5)) == 5


def test_verdicts_come_back_once_and_a_changed_mind_is_a_revision(engine: Engine) -> None:
    ground = stored_tournament(engine)
    records = _records(engine, ground, most=6)
    assert read_verdicts(engine, ground.set_id, [_answered(records, "first")]) == ReadVerdicts(6, 0, 0, 0)
    assert read_verdicts(engine, ground.set_id, [_answered(records, "first")]) == ReadVerdicts(0, 0, 6, 0)
    swap = {"first": "second", "second": "first", "first_id": "second_id", "second_id": "first_id"}
    turned = [{swap.get(key, key): value for key, value in record.items()} for record in records]
    assert read_verdicts(engine, ground.set_id, [_answered(turned, "second")]) == ReadVerdicts(0, 0, 6, 0)
    assert read_verdicts(engine, ground.set_id, [_answered(records[:2], "tie")]) == ReadVerdicts(0, 2, 0, 0)
    assert read_verdicts(engine, ground.set_id, [_answered(records, "first", "u2")]) == ReadVerdicts(6, 0, 0, 0)
    standing = list_verdicts(engine, ground.set_id, person="u1", only_standing=True)
    assert sorted(str(v.verdict) for v in standing) == ["first"] * 4 + ["tie"] * 2
    assert [(v.question_id, v.first, v.second) for v in standing[:4]] == [
        (r["question_id"], r["first_id"], r["second_id"]) for r in records[2:]
    ]
    # One person is enough for a case, but two who disagree, as about two of the six, leave it open.
    assert len(_records(engine, ground)) == 24 - 4
    assert [entry.detail for entry in list_activity(engine, set_id=ground.set_id, action="imported")][:2] == [
        {"verdicts": 6, "revised": 0}, {"verdicts": 0, "revised": 2},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "found"),
    [
        ({"question_id": "elsewhere"}, "question_id", '"elsewhere" has responses that the set does not have'),
        ({"first_id": "elsewhere"}, "question_id", "has responses that the set does not have"),
        ({"first": "another text"}, "text", "differs from the text given before"),
        ({"question": "another question"}, "question", "differs from"),
    ],
)
def test_verdicts_about_something_else_are_refused_and_none_is_stored(
    engine: Engine, changes: dict[str, str], field: str, found: str
) -> None:
    ground = stored_tournament(engine)
    records = _records(engine, ground, most=3)
    with pytest.raises(InputProblems) as caught:
        read_verdicts(engine, ground.set_id, [_answered([records[0], {**records[2], **changes}], "first")])
    assert [p.field for p in caught.value.problems] == [field]
    assert found in caught.value.problems[0].found
    assert list_verdicts(engine, ground.set_id) == []


def test_cases_of_unknown_texts_are_counted_and_not_written(engine: Engine) -> None:
    ground = stored_tournament(engine)
    rows = [
        {"question_id": p.question_id, "first": p.first, "second": p.second, "judge": "j", "verdict": p.verdict}
        for p in load_bundle(engine, ground.run_id, ground.set_id).pairs
    ]
    lines = "\n".join(map(json.dumps, rows)).encode()
    bundle = read_files([UploadedFile("t.jsonl", lines)], formats={"t.jsonl": "flat table: comparisons"}).bundle
    without = open_review(engine, import_bundle(engine, bundle, "bare").run_ids[0])
    assert write_cases(engine, without, io.BytesIO()) == WrittenCases(0, 24)
