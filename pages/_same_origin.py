"""Only pages of this server may use it, and they use nothing else.

What other sites ask in a visitor's browser is refused before Streamlit sees it: Streamlit lets pages of any port of
this machine, and of any name that was made to point at it, open a session, and asks a server on the internet for the
machine's address when it meets another. And browsers are told to load nothing from elsewhere, whatever a page says.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HOST: Final = re.compile(r"[A-Za-z0-9.:\[\]-]+")
_READS: Final = ("GET", "HEAD", "OPTIONS")
_POLICY: Final = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' data: blob:{sockets}; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
"""Streamlit and plotly write styles and scripts into the page; `self` holds sockets only in newer browsers."""

_REFUSED: Final = (
    "This request came from another site or under another name. Allowed: pages of this server, under the name of this "
    "machine. Open the address that the terminal shows, or add the name to server.allowedHosts and the site to "
    "server.corsAllowedOrigins."
)


class SameOrigin:
    """ASGI middleware before everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a name that is not this server's, and what a page of another site would change or follow."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        acts = scope["type"] == "websocket" or scope["method"] not in _READS
        if _is_ours(host) and not (acts and origin is not None and not _may_act(origin, host)):
            await self._app(scope, receive, _guarded(send, host))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(_REFUSED, 403)(scope, receive, send)


def _guarded(send: Send, host: str) -> Send:
    """The same answers, with what a browser may do with them."""
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("content-security-policy", _POLICY.format(sockets=sockets))  # reports have stricter ones
            headers.setdefault("x-content-type-options", "nosniff")
            headers.setdefault("referrer-policy", "same-origin")
        await send(message)

    return with_headers


def _is_ours(host: str) -> bool:
    """Whether a request names this server; one that serves more than this machine is told its names by who runs it."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    return not _is_here(str(st.get_option("server.address") or "")) or _is_here(name) or _is_allowed(name)


def _is_allowed(name: str) -> bool:
    allowed = [str(known).lower().rstrip(".") for known in st.get_option("server.allowedHosts") or ()]
    return any(known in ("*", name) or (known.startswith("*.") and name.endswith(known[1:])) for known in allowed)


def _is_here(name: str) -> bool:
    """Whether a name means this machine and no other."""
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _may_act(origin: str, host: str) -> bool:
    try:
        return urlsplit(origin).netloc.lower() == host.lower() or origin in st.get_option("server.corsAllowedOrigins")
    except ValueError:
        return False
