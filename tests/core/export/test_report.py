"""The report: self-contained, escaped, and with the numbers of the audit."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from tests.core.small_runs import both_orders, run_of
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.report import report_html

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


class Page(HTMLParser):
    """Elements of a page, and the text that a person sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.scripts: list[str] = []
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = [tag]
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = []

    def handle_data(self, data: str) -> None:
        if self._inside == ["script"]:
            self.scripts[-1] += data
        elif self._inside != ["style"]:
            self.text += data


@pytest.fixture(scope="module")
def page() -> Page:
    run = run_of(
        {"q": "abc", "r": "abc"},
        pairs=[
            *both_orders("a", "b", "first"), *both_orders("b", "c", "first"), *both_orders("a", "c", "second"),
            *both_orders("a", "b", "first", question="r"), *both_orders("b", "c", "first", question="r"),
            *both_orders("a", "c", "first", question="r"),
        ],
    )  # fmt: skip
    evidence = Evidence(run, "corrected")
    return Page(
        report_html(evidence, "baseline", 0.0, set_name=HOSTILE, made="today", facts=[(HOSTILE, HOSTILE)], resamples=50)
    )


# Question q is a cycle, question r is not: one of two triples.
def test_it_says_the_numbers_with_their_denominators_and_settings(page: Page) -> None:
    assert "50.0 % · 1 of 2 triples" in page.text
    assert "1 strict cycle" in page.text
    assert "Corrected: renormalised probabilities" in page.text
    assert "50 resamples" in page.text
    assert "2 with 6 responses" in page.text


def test_nothing_in_it_is_fetched_from_anywhere(page: Page) -> None:
    for tag, attributes in page.elements:
        assert tag not in {"link", "iframe", "object", "embed", "base", "form"}
        assert not {"src", "href", "srcset", "action"} & attributes.keys(), (tag, attributes)
    (policy,) = [a["content"] for t, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None and "default-src 'none'" in policy and "http" not in policy


def test_hostile_names_are_text(page: Page) -> None:
    assert page.text.count(HOSTILE) == 3
    assert "img" not in [tag for tag, _ in page.elements]
    assert len([tag for tag, _ in page.elements if tag == "script"]) == 2


def test_every_figure_is_drawn_in_the_place_made_for_it(page: Page) -> None:
    places = {a["id"] for tag, a in page.elements if tag == "div" and "id" in a}
    drawn = re.findall(r'\{ id: "([\w-]+)", held: ', page.scripts[-1])
    assert drawn and set(drawn) == places
    for held in re.findall(r"held: (\{.*?\}) \}[,\n\]]", page.scripts[-1]):
        assert set(json.loads(held)) >= {"data", "layout"}


def test_a_run_without_comparisons_has_a_report_too() -> None:
    html = report_html(Evidence(run_of({"q": "ab"}), "corrected"), "baseline", 0.0, set_name="s", made="today")
    assert "Not enough data" in Page(html).text
