"""Files, folders and archives become sources; nothing is unpacked to disk, nothing outside is followed."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from trustjudge_core.errors import InputProblems
from trustjudge_core.formats import KeptBytes, UploadedFile, read_files


@pytest.fixture
def parts(row) -> dict[str, bytes]:
    """A native bundle of two files."""
    return {
        "responses.jsonl": json.dumps(row("responses")).encode() + b"\n",
        "comparisons.jsonl": json.dumps(row("comparison")).encode() + b"\n",
    }


def zipped(members: dict[str, bytes]) -> bytes:
    """An archive of some members."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def test_loose_files_folder_archive_and_gzip_hold_the_same(read, parts, tmp_path):
    loose = read(parts).bundle
    for name, data in parts.items():
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(data))
    assert read_files([tmp_path]).bundle == loose
    assert read({"b.zip": zipped(parts)}).bundle == loose
    assert read({"any name": zipped({f"deep/er/{n}.gz": gzip.compress(d) for n, d in parts.items()})}).bundle == loose
    assert read({f"{i}": data for i, data in enumerate(parts.values())}).bundle == loose


def test_junk_in_a_folder_is_left_out_and_said(parts, tmp_path):
    for name, data in parts.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "README.md").write_text("hello")
    (tmp_path / "notes.json").write_text('{\n "a": 1}')
    (tmp_path / "image.png").write_bytes(os.urandom(50))
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.jsonl").write_text("{")
    os.mkfifo(tmp_path / "pipe.jsonl")
    found = read_files([tmp_path])
    assert [one.file for one in found.recognised] == ["comparisons.jsonl", "responses.jsonl"]
    assert {note.file for note in found.bundle.notes} == {"README.md", "notes.json", "image.png", "pipe.jsonl"}


def test_a_table_in_a_folder_must_be_recognised(parts, tmp_path):
    for name, data in parts.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "other.jsonl").write_text('{"what": "is this"}\n')
    with pytest.raises(InputProblems) as caught:
        read_files([tmp_path])
    assert [problem.file for problem in caught.value.problems] == ["other.jsonl"]
    assert len(caught.value.recognised) == 2


def test_a_link_out_of_the_folder_is_not_followed(parts, tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "secret.jsonl"
    inside.mkdir()
    outside.write_bytes(parts["responses.jsonl"])
    (inside / "responses.jsonl").symlink_to(outside)
    with pytest.raises(InputProblems) as caught:
        read_files([inside])
    assert "a link that leads out" in caught.value.problems[0].found


@pytest.mark.parametrize("path", ["../../evil.jsonl", "/etc/evil.jsonl", "..\\evil.jsonl", "C:\\evil.jsonl"])
def test_a_path_that_leaves_the_archive_is_refused(problems, parts, path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (problem,) = problems({"b.zip": zipped({**parts, path: parts["responses.jsonl"]})})
    assert "leaves the archive" in problem.found
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cut", [5, 20, 60])
def test_a_cut_off_gzip_or_zip_is_reported(problems, parts, cut):
    packed = gzip.compress(os.urandom(200) + parts["responses.jsonl"] * 3)
    assert "cut off" in problems({"f.gz": packed[:-cut]})[0].found
    assert "cut off" in problems({"f.zip": zipped(parts)[:-cut]})[0].found


def test_members_of_a_gzip_follow_each_other_with_zeros_between_them(read, parts):
    rows = parts["responses.jsonl"]
    packed = gzip.compress(rows[:40]) + gzip.compress(b"") + bytes(70_000) + gzip.compress(rows[40:]) + bytes(512)
    assert read({"responses.jsonl.gz": packed}).bundle == read({"responses.jsonl": rows}).bundle


def test_what_an_import_unpacks_to_is_limited(problems, parts, monkeypatch):
    monkeypatch.setattr("trustjudge_core.formats.sources.MAX_BYTES", 1_000_000)
    bomb = gzip.compress(parts["responses.jsonl"] + b"\n" * 1_000_000)
    assert "too large" in problems({"f.gz": bomb})[0].found
    assert "unpacks to 3,000,000 bytes" in problems({"f.zip": zipped({"a.jsonl": b"{}\n" * 1_000_000})})[0].found


def test_the_number_of_members_is_limited(problems, monkeypatch):
    monkeypatch.setattr("trustjudge_core.formats.sources.MAX_FILES", 3)
    assert "holds 4 files" in problems({"f.zip": zipped({f"{i}.md": b"" for i in range(4)})})[0].found


def test_what_is_not_there_or_no_file_is_said(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, found in ((tmp_path / "nope", "does not exist"), (tmp_path / "pipe", "is not a file")):
        with pytest.raises(InputProblems) as caught:
            read_files([path])
        assert found in caught.value.problems[0].found


def test_no_files_an_empty_folder_and_an_empty_archive_are_problems(problems, tmp_path):
    assert "names no files" in problems({})[0].found
    assert "no responses" in problems({"f.zip": zipped({})})[0].found
    with pytest.raises(InputProblems, match="no responses"):
        read_files([Path(tmp_path)])


def test_a_protected_member_is_said(problems, parts):
    protected = bytearray(zipped(parts))
    for at in (protected.find(b"PK\x03\x04") + 6, protected.find(b"PK\x01\x02") + 8):
        protected[at] |= 1  # the flag that says a password is needed
    assert "protected" in problems({"f.zip": bytes(protected)})[0].found


def test_an_upload_kept_on_disk_reads_as_its_bytes(read, parts, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    files = {"b.zip": zipped(parts), "more.jsonl.gz": gzip.compress(b"")}
    kept = [UploadedFile(name, KeptBytes(io.BytesIO(data))) for name, data in files.items()]
    assert list(tmp_path.iterdir()) == []
    assert [one.data.size for one in kept] == [len(data) for data in files.values()]
    assert read_files(kept[:1]).bundle == read_files([UploadedFile("b.zip", files["b.zip"])]).bundle
    one, other = kept[0].data.open(), kept[0].data.open()
    assert (one.read(7), other.read(3), one.read(2)) == (files["b.zip"][:7], files["b.zip"][:3], files["b.zip"][7:9])
