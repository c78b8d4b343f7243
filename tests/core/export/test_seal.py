from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from trustjudge_core.export.seal import ALTERED, UNSEALED, broken_seal, seal


@pytest.fixture
def sealed() -> bytes:
    """An archive of two files, sealed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "a" * 300)
        archive.writestr("b.txt", "b")
        archive.comment = UNSEALED
    seal(file)
    return file.getvalue()


def test_a_sealed_archive_opens_and_holds_the_sum_of_all_its_other_bytes(sealed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(sealed)
    assert broken_seal(path) is None
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.comment == b"sha256:" + hashlib.sha256(sealed[:-71]).hexdigest().encode()


def test_no_byte_of_a_sealed_archive_changes_unnoticed(sealed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        path.write_bytes(bytes(changed))
        assert broken_seal(path), place


def test_a_byte_more_or_less_breaks_the_seal(sealed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(sealed[1:])
    assert broken_seal(path) == ALTERED
    for other in (sealed + b"\n", sealed[:-1], b"", b"PK"):
        path.write_bytes(other)
        assert broken_seal(path) == "there is no seal at its end: the archive was altered there or packed anew"
