"""What a browser uploads reaches Streamlit under its name, large files as a ticket for what lies on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from pages import _kept_uploads
from pages._kept_uploads import KeptUploads, claim
from trustjudge_core.formats import KeptBytes

ADDRESS = "/_stcore/upload_file/session/file"


class Behind:
    """Stands for Streamlit: remembers the file it was given and answers with a status."""

    def __init__(self) -> None:
        self.status = 204
        self.name, self.kind, self.content = "", "", b""

    async def answer(self, request: Request) -> Response:
        """Take the one file of the form."""
        async with request.form() as form:
            (file,) = form.values()
            assert isinstance(file, UploadFile)
            self.name, self.kind, self.content = file.filename or "", file.content_type or "", await file.read()
        return Response(status_code=self.status)


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Behind, TestClient]]:
    """The middleware with its border at ten bytes, before something that remembers."""
    monkeypatch.setattr(_kept_uploads, "IN_MEMORY", 10)
    found = Behind()
    routes = [Route("/_stcore/upload_file/{session}/{file}", found.answer, methods=["PUT"])]
    with TestClient(Starlette(routes=routes, middleware=[Middleware(KeptUploads)])) as client:
        yield found, client


@pytest.mark.parametrize(
    "name",
    [
        "responses.jsonl",
        "Antworten größer.csv",
        'a "quoted" \\ name.jsonl',
        "a;b=c.jsonl",
        "<img src=x>.json",
        "日本.zip",
    ],
)
def test_a_small_file_passes_as_it_is(behind: tuple[Behind, TestClient], name: str) -> None:
    found, client = behind
    assert client.put(ADDRESS, files={"f": (name, b"\r\n--x\r\n\0", "text/csv")}).status_code == 204
    # Browsers write quotation marks of names as %22, and so does this client.
    assert (found.name, found.kind, found.content) == (name.replace('"', "%22"), "text/csv", b"\r\n--x\r\n\0")


def test_a_large_file_becomes_a_ticket_that_can_be_claimed_once(behind: tuple[Behind, TestClient]) -> None:
    found, client = behind
    large = bytes(range(256)) * 20_000
    assert client.put(ADDRESS, files={"f": ("large.jsonl", large, "application/json")}).status_code == 204
    assert found.name == "large.jsonl"
    assert len(found.content) < 100
    kept = claim(found.content)
    assert isinstance(kept, KeptBytes)
    with kept.open() as stream:
        assert stream.read() == large
    assert claim(found.content) is None
    assert claim(large) is None, "what is no ticket opens nothing"


def test_an_upload_that_is_refused_leaves_nothing(behind: tuple[Behind, TestClient]) -> None:
    found, client = behind
    found.status = 400
    assert client.put(ADDRESS, files={"f": ("large.jsonl", b"x" * 100)}).status_code == 400
    assert _kept_uploads._waiting == {}


@pytest.mark.parametrize("files", [{}, {"a": ("a", b"1"), "b": ("b", b"2")}])
def test_anything_but_one_file_is_refused(
    behind: tuple[Behind, TestClient], files: dict[str, tuple[str, bytes]]
) -> None:
    found, client = behind
    assert client.put(ADDRESS, files=files).status_code == 400
    assert found.name == ""


def test_more_than_the_limit_is_refused_while_it_arrives(
    behind: tuple[Behind, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, client = behind
    monkeypatch.setattr(_kept_uploads.st, "get_option", lambda name: 1)
    assert client.put(ADDRESS, files={"f": ("large", b"x" * 1_200_000)}).status_code == 413
    assert client.put(ADDRESS, files={"f": ("fits", b"x" * 1_000_000)}).status_code == 204
    assert found.name == "fits"
    assert claim(found.content) is not None


def test_the_server_takes_large_uploads_to_disk(repository: Path) -> None:
    source = (repository / "app.py").read_text(encoding="utf-8")
    assert "Middleware(SameOrigin), Middleware(KeptUploads)]" in source
