"""Other sites in a visitor's browser reach nothing, and pages load nothing from other sites."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from pages import _same_origin
from pages._same_origin import SameOrigin

HERE = "127.0.0.1:8501"


async def _answer(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("here")


async def _stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("here")
    await socket.close()


@pytest.fixture
def client() -> Iterator[TestClient]:
    """The middleware before something that answers everybody."""
    routes = [Route("/", _answer, methods=["GET", "PUT"]), WebSocketRoute("/stream", _stream)]
    with TestClient(Starlette(routes=routes, middleware=[Middleware(SameOrigin)])) as found:
        yield found


def _opens(client: TestClient, headers: dict[str, str]) -> bool:
    try:
        with client.websocket_connect("/stream", headers=headers) as socket:
            return bool(socket.receive_text() == "here")
    except WebSocketDisconnect:
        return False


@pytest.mark.parametrize(
    ("host", "origin", "may"),
    [
        (HERE, f"http://{HERE}", True),
        (HERE, None, True),  # no browser: the command line, a health check
        ("localhost:8501", "http://localhost:8501", True),
        ("[::1]:8501", "http://[::1]:8501", True),
        (HERE, "http://outside.invalid", False),
        (HERE, "http://localhost:3000", False),
        (HERE, "http://127.0.0.1:9999", False),
        (HERE, "null", False),
        ("outside.invalid:8501", "http://outside.invalid:8501", False),  # a name that was made to point here
        ("127.0.0.1.outside.invalid", None, False),
        ("localhost@outside.invalid", None, False),
        ("[", None, False),
        ("", None, False),
    ],
)
def test_only_pages_of_this_server_open_a_session_or_change_something(
    client: TestClient, host: str, origin: str | None, may: bool
) -> None:
    headers = {"host": host} | ({"origin": origin} if origin else {})
    assert _opens(client, headers) == may
    assert client.put("/", headers=headers).status_code == (200 if may else 403)


def test_whoever_runs_it_says_which_names_and_sites_may(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "server.address": "127.0.0.1", "server.allowedHosts": ["*.team.invalid"],
        "server.corsAllowedOrigins": ["https://portal.invalid"],
    }  # fmt: skip
    monkeypatch.setattr(_same_origin.st, "get_option", said.get)
    inside = {"host": "judge.team.invalid"}
    assert _opens(client, inside | {"origin": "https://judge.team.invalid"})
    assert _opens(client, inside | {"origin": "https://portal.invalid"})
    assert not _opens(client, inside | {"origin": "https://outside.invalid"})
    assert not _opens(client, {"host": "team.invalid.outside.invalid"})
    said["server.address"] = "0.0.0.0"
    assert _opens(client, {"host": "anything.invalid", "origin": "https://anything.invalid"})
    assert not _opens(client, {"host": "anything.invalid", "origin": "https://outside.invalid"})


def test_browsers_are_told_to_load_nothing_from_elsewhere(client: TestClient) -> None:
    headers = client.get("/", headers={"host": HERE}).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert {source for source in policy["default-src"].split() if not source.startswith("'")} == {"data:", "blob:"}
    assert policy["connect-src"].endswith(f"ws://{HERE} wss://{HERE}")
    assert policy["frame-ancestors"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert client.get("/", headers={"host": HERE}).text == "here"
