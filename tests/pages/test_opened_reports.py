"""Reports behind addresses: made when asked for, shut in, gone when others push them out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages import _opened_reports
from trustjudge_core.errors import NotFound
from trustjudge_core.services.export_run import Told


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "link_button", lambda label, url, **rest: None)
    _opened_reports._kept.clear()
    with TestClient(Starlette(routes=[_opened_reports.REPORT])) as client:
        yield client
    _opened_reports._kept.clear()


def _page(file: IO[bytes], told: Told) -> None:
    told("every figure", 0.5)
    file.write("<p>ä</p>".encode())


def _address() -> str:
    return f"/report/{st.session_state['opened_report'][1]}"


def test_a_tab_gets_the_report_in_a_sandbox(browser: TestClient) -> None:
    _opened_reports.open_in_a_tab("Open", "view", _page)
    found = browser.get(_address())
    assert (found.status_code, found.text) == (200, "<p>ä</p>")
    assert found.headers["content-type"] == "text/html; charset=utf-8"
    policy = found.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-same-origin" not in policy


def test_an_address_stays_while_the_view_does(browser: TestClient) -> None:
    _opened_reports.open_in_a_tab("Open", "view", _page)
    first = _address()
    _opened_reports.open_in_a_tab("Open", "view", _page)
    assert _address() == first
    _opened_reports.open_in_a_tab("Open", "another", _page)
    assert _address() != first
    assert browser.get(first).status_code == 200, "a tab that is open can be loaded again"


def test_addresses_that_were_never_given_out_or_pushed_out_lead_nowhere(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_opened_reports, "MOST_OPEN", 2)
    _opened_reports.open_in_a_tab("Open", 0, _page)
    first = _address()
    for view in (1, 2):
        _opened_reports.open_in_a_tab("Open", view, _page)
    for gone in (first, "/report/guessed"):
        found = browser.get(gone)
        assert found.status_code == 404
        assert "Open it again" in found.text


def test_what_cannot_be_made_is_said_as_text(browser: TestClient) -> None:
    def refuse(file: IO[bytes], told: Told) -> None:
        raise NotFound("run 7 does not exist <b>; choose another")

    _opened_reports.open_in_a_tab("Open", "view", refuse)
    found = browser.get(_address())
    assert found.status_code == 409
    assert found.text == "The report was not made: run 7 does not exist <b>; choose another"
    assert found.headers["content-type"].startswith("text/plain")
