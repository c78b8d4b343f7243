"""Large uploads go to disk while they arrive: Streamlit is handed a ticket in place of their bytes.

Streamlit keeps the bytes of an upload in memory until the session ends, and a copy of them for every run of a page.
Here they are written to a file without a name as they come in, which is gone when its process or its last user is.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from typing import Final

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trustjudge_core.formats import KeptBytes

IN_MEMORY: Final = 8 * 1024**2
"""Bytes up to which an upload goes the ordinary way."""

FRAMING: Final = 64 * 1024
"""Bytes that a form takes beside its file."""

UNCLAIMED_SECONDS: Final = 900.0
"""Uploads that no page has asked for by then are dropped: their browser is gone."""

_waiting: dict[bytes, KeptBytes] = {}


def claim(ticket: bytes) -> KeptBytes | None:
    """The upload that was handed this ticket, once; None for bytes that are no ticket. They cannot be guessed."""
    return _waiting.pop(ticket, None)


class KeptUploads:
    """ASGI middleware before Streamlit's own handler of uploads."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the file out of an upload if it is large; everything else passes untouched."""
        if scope["type"] != "http" or scope["method"] != "PUT" or "/_stcore/upload_file/" not in scope["path"]:
            await self._app(scope, receive, send)
            return
        most = int(st.get_option("server.maxUploadSize")) * 1024**2
        try:
            said = Headers(scope=scope).get("content-length", "")
            if said.isdecimal() and int(said) > most + FRAMING:
                raise _TooLarge
            async with Request(scope, _limited(receive, most + FRAMING)).form() as form:
                files = [value for value in form.values() if isinstance(value, UploadFile)]
                if len(files) != 1:
                    raise HTTPException(400)
                await self._pass_on(files[0], scope, send)
        except ClientDisconnect:
            return
        except _TooLarge:
            await PlainTextResponse("File too large", 413)(scope, receive, send)
        except (HTTPException, MultiPartException):  # Starlette raises either for a damaged form
            await PlainTextResponse("One file is expected", 400)(scope, receive, send)

    async def _pass_on(self, file: UploadFile, scope: Scope, send: Send) -> None:
        """Let Streamlit store the file, or its ticket, under the name it has."""
        if (file.size or 0) <= IN_MEMORY:
            await self._app(*_request(scope, file, await file.read()), send)
            return
        ticket = b"kept upload " + secrets.token_hex(32).encode()
        _waiting[ticket] = await run_in_threadpool(KeptBytes, file.file)
        status: list[int] = []

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                status.append(message["status"])
            await send(message)

        try:
            await self._app(*_request(scope, file, ticket), noted)
        finally:
            if status == [204]:
                asyncio.get_running_loop().call_later(UNCLAIMED_SECONDS, claim, ticket)
            else:
                claim(ticket)  # refused: nobody will ask for it


class _TooLarge(Exception):
    """More bytes came than one file may have."""


def _limited(receive: Receive, most: int) -> Receive:
    """The same body, until there is more of it than allowed."""
    left = most

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise _TooLarge
        return message

    return counted


def _request(scope: Scope, file: UploadFile, content: bytes) -> tuple[Scope, Receive]:
    """The same request with this content as its file."""
    boundary = secrets.token_hex(16)
    name = "".join(_quoted(file.filename or ""))
    kind = "".join(c for c in file.content_type or "application/octet-stream" if c.isprintable())
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {kind}'
    body = b"--%b\r\n%b\r\n\r\n%b\r\n--%b--\r\n" % (boundary.encode(), head.encode(), content, boundary.encode())
    changed = {**scope, "headers": list(scope["headers"])}
    headers = MutableHeaders(scope=changed)
    headers["content-type"] = f"multipart/form-data; boundary={boundary}"
    headers["content-length"] = str(len(body))
    if "transfer-encoding" in headers:
        del headers["transfer-encoding"]
    parts = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        return next(parts, {"type": "http.disconnect"})

    return changed, receive


def _quoted(name: str) -> Iterator[str]:
    for character in name:
        if character in '\\"':
            yield "\\" + character
        elif character >= " ":
            yield character
