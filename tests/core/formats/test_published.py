"""Files in the shapes in which projects publish theirs, older and newer, are recognised and read whole."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.core.formats.published_files import MT_BENCH_JUDGED, PUBLISHED
from trustjudge_core.formats import UploadedFile, read_files


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_published_is_recognised_and_read_whole(name: str) -> None:
    files, kinds, counts = PUBLISHED[name]
    baseline = "gpt-4-0314" if name == "Arena-Hard 0.1" else None
    found = read_files([UploadedFile(file, data) for file, data in files.items()], baseline=baseline)
    assert [one.key for one in found.recognised] == kinds
    questions = found.bundle.response_set.questions
    responses = sum(len(q.responses) for q in questions)
    bundle = found.bundle
    assert (len(questions), responses, len(bundle.scores), len(bundle.pairs), len(bundle.verdicts)) == counts


@pytest.mark.parametrize("name", ["Arena-Hard 0.1", "MT-bench votes", "RewardBench 2"])
def test_as_parquet_files_they_are_the_same(name: str) -> None:
    files, kinds, counts = PUBLISHED[name]
    uploads = []
    for file, data in files.items():
        out = io.BytesIO()
        pq.write_table(pa.Table.from_pylist([json.loads(line) for line in data.splitlines()]), out)
        uploads.append(UploadedFile(file, out.getvalue()))
    found = read_files(uploads, baseline="gpt-4-0314" if name == "Arena-Hard 0.1" else None)
    assert [one.key for one in found.recognised] == kinds
    assert (len(found.bundle.scores), len(found.bundle.pairs), len(found.bundle.verdicts)) == counts[2:]


def test_judgments_without_answers_are_read_in_any_order() -> None:
    files = [UploadedFile(name, data) for name, data in MT_BENCH_JUDGED.items()]
    sets = [read_files(order).bundle for order in (files, files[::-1])]
    assert [len(bundle.pairs) + len(bundle.scores) for bundle in sets] == [4, 4]


def test_votes_that_hold_the_conversations_are_not_said_to_lack_them() -> None:
    (vote,) = PUBLISHED["MT-bench votes"][0].items()
    bundle = read_files([UploadedFile(*vote)]).bundle
    assert bundle.notes == ()
    assert [r.text for r in bundle.response_set.questions[0].responses] == ["Sure", "I"]
