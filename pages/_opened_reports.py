"""Reports that open in a new tab: made when the tab asks for them, under an address that nobody can guess.

A download button cannot open what it makes, and a page cannot be linked before it is there. So the page gives out
an address, and the server makes the report behind it: the same bytes as the download.
"""

from __future__ import annotations

import io
import secrets
from collections import OrderedDict
from typing import Final

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pages._making import Write
from trustjudge_core.errors import TrustJudgeError

MOST_OPEN: Final = 32
"""Addresses that lead somewhere; the oldest are forgotten, because each holds the evidence of its view."""

_SAFE: Final = {
    # Everything is inside the report. In a sandbox its scripts have no origin: they could not reach the app.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; sandbox allow-scripts allow-modals allow-downloads",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_GONE: Final = "This report is no longer kept. Open it again from the Export page."

_kept: OrderedDict[str, Write] = OrderedDict()


def open_in_a_tab(label: str, key: object, write: Write) -> None:
    """A button that opens what ``write`` makes in a new tab; the same address for as long as ``key`` is the same."""
    before = st.session_state.get("opened_report")
    if before is None or before[0] != key or before[1] not in _kept:
        ticket = secrets.token_urlsafe(24)
        _kept[ticket] = write
        while len(_kept) > MOST_OPEN:
            _kept.popitem(last=False)
        before = st.session_state["opened_report"] = (key, ticket)
    st.link_button(label, f"report/{before[1]}", icon=":material/open_in_new:")


async def _report(request: Request) -> Response:
    write = _kept.get(request.path_params["ticket"])
    if write is None:
        return PlainTextResponse(_GONE, 404, _SAFE)
    file = io.BytesIO()
    try:
        await run_in_threadpool(write, file, lambda words, share: None)
    except TrustJudgeError as error:
        return PlainTextResponse(f"The report was not made: {error}", 409, _SAFE)
    return Response(file.getvalue(), headers=_SAFE, media_type="text/html")


REPORT: Final = Route("/report/{ticket}", _report)
