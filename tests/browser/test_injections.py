"""Nothing in a file runs: every page, every figure and the report show what files hold as text, whatever it is."""

from __future__ import annotations

import html
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from playwright.sync_api import Browser, Page, expect

from pages._focus import keyboard_script
from tests.browser import hostile_bundle
from tests.browser.hostile_bundle import ALL, DRAWN, JUDGE, MANY_CRITERIA, OTHER, N
from tests.injections import BY_KIND
from trustjudge_core.figures import compare, inconsistencies, methods, overview, preferences, profile, ranking, scores
from trustjudge_core.figures.embed import figure_json, library
from trustjudge_core.figures.theme import light, plain
from trustjudge_core.services.list_runs import RunSummary, list_runs
from trustjudge_core.services.open_database import open_database

INTERPRETED: Final = r"""own => {
    const found = 'ran' in window ? ['a script ran: ' + window.ran] : [];
    const scripts = document.querySelectorAll('[data-testid="stApp"] script, [data-testid="portal"] script');
    for (const script of scripts) {
        if (own.includes(script.textContent.replace(/\d+\s*\}$/, ''))) continue;
        found.push('script ' + script.outerHTML.slice(0, 200));
    }
    const ours = 'iframe, object, embed, base, meta, link, math, marquee, video, audio, source, picture, ' +
        'area, map, animate, set, discard, foreignObject, plaintext, xmp, listing, font, feImage, svg a, .katex';
    for (const element of document.body.querySelectorAll(ours)) {
        found.push('element ' + element.outerHTML.slice(0, 200));
    }
    for (const element of document.body.querySelectorAll('*')) for (const {name, value} of element.attributes) {
        const said = `${element.tagName} ${name}=${value.slice(0, 200)}`;
        if (/^on/i.test(name)) found.push(said);
        if (/^(xlink:href|href|src|action|formaction|data|poster|ping|background)$/i.test(name)) {
            let address = null;
            try { address = new URL(value, location.href); } catch { }
            const here = address && address.host === location.host && /^(https?|file):$/.test(address.protocol);
            if (!here && !/^(data:image\/|blob:)/.test(value)) found.push(said);
        }
        if (name === 'srcset') found.push(said);
        if (name === 'style' && /outside\.invalid|javascript:|expression\(/i.test(value)) found.push(said);
    }
    return found;
}"""
"""What no text of a file may bring about on a page."""

OWN_SCRIPTS: Final = [
    keyboard_script(field, to_top=to_top, number=0).removesuffix("0\n}")
    for field in (None, "note", "score")
    for to_top in (True, False)
]
"""The one script that a page runs: where the keyboard goes on Review."""

HOVER: Final = r"""async most => {
    // Over each figure at up to so many of its points, all figures at once; plotly waits 50 ms between two hovers.
    const said = new Set(), problems = [];
    const paths = [...document.querySelectorAll('.js-plotly-plot')].map(plot => {
        const layout = plot._fullLayout, places = [];
        for (const points of plot.calcdata || []) for (const point of points) {
            const trace = points[0].trace;
            const [x, y] = ['x', 'y'].map(way => layout[way + 'axis' + (trace[way + 'axis'] || way).slice(1)]);
            const at = point.ct || [x.c2p(point.x), y.c2p(point.y)];
            if (at.every(Number.isFinite)) places.push([x._offset + at[0], y._offset + at[1]]);
        }
        const step = Math.max(1, places.length / most);
        const chosen = [];
        for (let n = 0; n < places.length; n += step) chosen.push(places[Math.floor(n)]);
        return [plot, chosen];
    });
    for (let turn = 0; turn < Math.max(0, ...paths.map(([, places]) => places.length)); turn++) {
        for (const [plot, places] of paths) {
            const drag = plot.querySelector('.nsewdrag');
            if (!drag || turn >= places.length) continue;
            const box = plot.getBoundingClientRect(), [x, y] = places[turn];
            const at = {clientX: box.left + x, clientY: box.top + y, bubbles: true, view: window};
            drag.dispatchEvent(new MouseEvent('mousemove', at));
        }
        await new Promise(done => setTimeout(done, 60));
        for (const label of document.querySelectorAll('.hoverlayer .hovertext')) {
            said.add(label.textContent);
            if (label.querySelector('a, image, tspan[style]')) problems.push(label.outerHTML);
        }
    }
    return [[...said], problems];
}"""

DRAW: Final = r"""async figure => {
    // The figure drawn, and hovered at up to 20 points. plotly lets 50 ms of its clock pass between two hovers.
    const place = document.getElementById('figure'), seen = [], hovered = [], problems = [], now = Date.now;
    let clock = 0;
    Date.now = () => now() + (clock += 1000);
    await Plotly.newPlot(place, figure.data, figure.layout, {displayModeBar: false});
    const marked = place.querySelectorAll('a, image, foreignObject, tspan[style]');
    for (const element of marked) if (!element.closest('.gtitle')) problems.push(element.outerHTML);  // but for the key
    for (const text of place.querySelectorAll('text')) seen.push(text.textContent);
    const points = place._fullData.flatMap((trace, curveNumber) => trace.hoverinfo === 'skip' ? [] :
        [...Array(trace._length || trace.x.length).keys()].map(pointNumber => ({curveNumber, pointNumber})));
    for (let n = 0; n < points.length; n += Math.ceil(points.length / 20)) {
        Plotly.Fx.hover(place, [points[n]]);
        for (const label of place.querySelectorAll('.hoverlayer text')) {
            hovered.push(label.textContent);
            if (label.querySelector('a, image, tspan[style]')) problems.push(label.outerHTML);
        }
    }
    Date.now = now;
    return [seen, hovered, problems, 'ran' in window];
}"""


FOLDED: Final = (
    "[data-testid='stExpander'] details:not([open]) > summary:not(:has-text('Can these numbers be trusted'))"
)
"""What is folded, but for the selftest: it shows nothing of files and takes seconds."""


def _line(text: str) -> str:
    """A text without its layout: screens break and join lines as they need, and keep words apart without a width."""
    return " ".join(text.replace("\u2060", "").split())


def _label(text: str, most: int) -> str:
    """What a figure shows of a name."""
    return _line(html.unescape(plain(text, most)))


ALL_LINES: Final = {_line(text) for text in ALL}


@dataclass
class Tour:
    """Somebody who opens everything there is and writes down what stood there, by role."""

    url: str
    watched: Any
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    hovered: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        """The page of the browser."""
        page: Page = self.watched.page
        return page

    def listen(self) -> None:
        """Write down what the browser refuses to run or load."""
        self.page.on(
            "console", lambda said: self.refused.append(said.text) if "Content Security Policy" in said.text else None
        )

    def visit(self, name: str, points: int = 12, **view: str) -> Page:
        """Go to a page, open what is folded, hover what is drawn."""
        query = "&".join(f"{key}={quote(value, safe='')}" for key, value in view.items())
        self.watched.open(f"{self.url}/{name}?{query}")
        self.look(points)
        return self.page

    def look(self, points: int = 12) -> None:
        """Open what is folded on this page, hover what is drawn, and see that nothing came to life."""
        for _ in range(4):  # what was folded may hold more
            folded = self.page.locator(FOLDED)
            longer = self.page.locator("[data-testid='stCheckbox']:has-text('Show all'):not(:has(input:checked)) label")
            if not folded.count() + longer.count():
                break
            for closed in (folded, longer):
                for _ in range(closed.count()):
                    closed.first.click()
                    self.watched.settled()
        for tab in self.page.get_by_role("tab").all():
            tab.click()
            self.clean()
        for popover in self.page.locator("[data-testid='stPopoverButton']").all():
            popover.click()
            self.clean()
            self.page.keyboard.press("Escape")
        said, problems = self.page.evaluate(HOVER, points)
        self.hovered |= {_line(text) for text in said}
        assert not problems, problems[:3]
        self.clean()

    def clean(self) -> None:
        """Nothing ran, nothing was made of a text, nothing left this machine."""
        found = self.page.evaluate(INTERPRETED, OWN_SCRIPTS)
        assert not found, (self.page.url, found[:5])
        assert not self.refused, self.refused[:5]
        self.watched.clean()

    def note(self, role: str, texts: Iterable[str]) -> None:
        """These texts stood there in that role."""
        self.seen[role] |= {_line(text) for text in texts} & ALL_LINES

    def find(self, role: str, text: str) -> None:
        """Whichever injections stand in a longer text stood there in that role."""
        line = _line(text)
        self.seen[role] |= {one for one in ALL_LINES if one in line}

    def text(self, within: str = "[data-testid='stMain']") -> str:
        """Everything that stands on the page."""
        return "\n".join(self.page.locator(within).all_text_contents())

    def options(self, label: str) -> list[str]:
        """All options of a select box, rolled through as a person does."""
        box = self.page.get_by_role("combobox", name=label).first
        box.scroll_into_view_if_needed()
        box.click()
        if not self.page.get_by_role("option").count():
            box.press("ArrowDown")
        expect(self.page.get_by_role("option").first).to_be_visible()
        found: list[str] = self.page.evaluate(
            """async () => {
                const list = document.querySelector('[data-testid="stSelectboxVirtualDropdown"]');
                const longer = element => element.scrollHeight > element.clientHeight + 4;
                const inner = [list, ...list.querySelectorAll('*')].find(longer) || list;
                const seen = new Set();
                const read = () => {
                    for (const option of document.querySelectorAll('[role="option"]')) seen.add(option.textContent);
                    return seen.size;
                };
                inner.scrollTop = 0;  // it opens at what is chosen
                await new Promise(done => setTimeout(done, 200));
                for (let before = -1, count = read(); before !== inner.scrollTop; count = read()) {
                    before = inner.scrollTop;
                    inner.scrollTop += inner.clientHeight - 40;
                    for (let tries = 0; tries < 25 && before !== inner.scrollTop && read() === count; tries++)
                        await new Promise(done => setTimeout(done, 40));
                }
                return [...seen];
            }"""
        )
        self.clean()
        self.page.keyboard.press("Escape")
        return found


@pytest.fixture(scope="module")
def runs(
    empty_app: Any, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], RunSummary]:
    """Everything uploaded through the page; the runs by their set and judge."""
    folder = tmp_path_factory.mktemp("hostile")
    context = browser.new_context()
    page = context.new_page()
    for name in ("names", "roles", "ranked"):
        files = getattr(hostile_bundle, f"write_{name}")(folder / name)
        page.goto(f"{empty_app.url}/upload")
        page.locator("input[type=file]").set_input_files(files)
        field = page.get_by_label("Name of the response set")
        field.fill(f"{name} {DRAWN[0]}")
        field.press("Enter")
        page.get_by_role("button", name="Store set").click()
        expect(page.get_by_text("is stored.")).to_be_visible()
        wrong = page.evaluate(INTERPRETED, [])
        assert not wrong, wrong[:5]
        if name == "roles":  # a link for each judge, its label in Markdown
            links = page.get_by_role("link", name="Open the audit of")
            expect(links).to_have_count(N)
            assert {_line(link.split("Open the audit of ", 1)[1]) for link in links.all_text_contents()} == ALL_LINES
    context.close()
    engine = open_database(empty_app.environment["DATABASE_URL"])
    found = {(run.set_name.split()[0], run.judge): run for run in list_runs(engine)}
    engine.dispose()
    return found


@pytest.fixture
def tour(empty_app: Any, opened: Callable[..., Any]) -> Tour:
    """A visitor of the app."""
    tour = Tour(empty_app.url, opened())
    tour.listen()
    return tour


def _run(runs: dict[tuple[str, str], RunSummary], name: str, judge: str = JUDGE) -> str:
    return str(runs[name, judge].run_id)


def test_there_are_enough_of_them_and_no_two_alike() -> None:
    assert len(ALL) == len(ALL_LINES) >= 200
    assert min(len(kind) for kind in BY_KIND.values()) >= 8


def test_every_name_stands_as_text_in_every_role(runs: dict[tuple[str, str], RunSummary], tour: Tour) -> None:
    run = _run(runs, "roles")
    page = tour.visit("overview", run=run)
    judges = [option.split(" · roles ")[0] for option in tour.options("Run") if " · roles " in option]
    tour.note("judge", judges)
    tour.note("category", tour.options("Category"))
    tour.find("category, listed", tour.text())
    tour.visit("preferences", run=run)
    tour.note("question id", tour.options("Question"))
    tour.visit("scores", run=_run(runs, "roles", MANY_CRITERIA))
    criteria = {_line(option.split(" · 1 to 5")[0]) for option in tour.options("Scores of")}
    assert criteria == {_line(text) for text in DRAWN}
    tour.visit("habits", run=run)

    for question, role in (("ids", "response id"), ("systems", "system")):
        tour.visit("scores", points=30, run=_run(runs, "names"), question=question)
        drawn = {_line(label) for label in page.locator(".ytick text").all_text_contents()}
        assert {_label(text, 18) for text in ALL} == drawn, role
        tour.visit("scores", run=_run(runs, "names", OTHER), question=question)
        tour.find(role, tour.text())

    pair = f"{DRAWN[0]} 0~{DRAWN[1]} 0"
    tour.visit("inconsistencies", run=_run(runs, "ranked"), question=DRAWN[0], pair=pair)
    folded = page.locator("[data-testid='stExpander']").first.locator("[data-testid='stText']").all_text_contents()
    for between in ("", " "):  # where a long text was cut
        tour.find("question", between.join(part.removesuffix(" …") for part in folded))
    tour.find("response", tour.text().split("Response A", 1)[1].split("What the judge wrote", 1)[0])
    lines = page.locator("[data-testid='stText']").all_text_contents()
    tour.find("why it failed", "\n".join(line for line in lines if line.startswith("Failed: ")))
    tour.find("what the judge wrote", "\n".join(line for line in lines if not line.startswith("Failed: ")))
    tour.visit("inconsistencies", run=run, question=ALL[0], pair=f"{ALL[0]}~{ALL[1]}")
    lines = page.locator("[data-testid='stText']").all_text_contents()
    tour.note("annotator", (line.rsplit(": ", 1)[0] for line in lines if line.endswith((": tie", " is better"))))
    missing = {role: sorted(ALL_LINES - seen)[:5] for role, seen in tour.seen.items() if seen != ALL_LINES}
    assert not missing, missing
    assert len(tour.seen) == 11


def test_every_page_shows_them_as_text(runs: dict[tuple[str, str], RunSummary], tour: Tour, tmp_path: Path) -> None:
    run = _run(runs, "ranked")
    question = {"question": DRAWN[0]}
    tour.visit("")
    tour.visit("judge", set=str(runs["ranked", JUDGE].set_id))
    tour.visit("runs")
    tour.visit("overview", run=run)
    tour.visit("scores", run=run, **question)
    tour.visit("preferences", run=run, pair=f"{DRAWN[0]} 0~{DRAWN[1]} 0", **question)
    for kind in ("strict_cycle", "reversal", "flips"):
        tour.visit("inconsistencies", run=run, kind=kind)
    tour.visit("habits", run=run)
    tour.visit("methods", run=run)
    tour.visit("ranking", run=run)
    tour.visit("ranking", run=run, scope="question", **question)
    tour.visit("compare")
    tour.visit("activity")
    # Names were drawn, and hovered, as they are written.
    for text in DRAWN[9:]:
        assert any(_label(text, 32) in said for said in tour.hovered), text


def test_review_shows_them_as_text(runs: dict[tuple[str, str], RunSummary], tour: Tour) -> None:
    page = tour.visit("review", run=_run(runs, "ranked"))
    name = page.get_by_label("Your name", exact=True)
    name.fill(DRAWN[2])
    page.get_by_role("button", name="Start reviewing").click()
    for first in (True, False):
        tour.watched.settled()
        expect(page.get_by_role("button", name="First is better")).to_have_count(1)  # the keys of the case before go
        tour.look()
        beside = "[data-testid='stColumn']"  # where the two responses stand, and no rubric
        texts = {_line(text) for text in page.locator(f"{beside} [data-testid='stText']").all_text_contents()}
        if first:
            page.keyboard.press("d")
        expect(page.locator("[data-testid='stHtml'] [style*='pre-wrap']")).to_have_count(2)
        tour.clean()
        marked = _line(tour.text(beside))
        assert [text for text in texts & ALL_LINES if text not in marked] == []
        page.get_by_role("button", name="First is better").click()
        tour.watched.settled()
    expect(page.get_by_text("2 seen by you")).to_be_visible()
    tour.look()
    assert DRAWN[2] in tour.text()


def test_the_report_shows_them_as_text(
    runs: dict[tuple[str, str], RunSummary], tour: Tour, opened: Callable[..., Any], tmp_path: Path
) -> None:
    for name in ("ranked", "roles"):
        page = tour.visit("export", run=_run(runs, name))
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the report").click()
        saved = tmp_path / f"{name}.html"
        download.value.save_as(saved)
        tour.clean()
        report = Tour(saved.as_uri(), opened())
        report.listen()
        report.page.goto(saved.as_uri())
        expect(report.page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        _, problems = report.page.evaluate(HOVER, 12)
        assert not problems, problems[:3]
        report.watched.outside = [address for address in report.watched.outside if address != saved.as_uri()]
        report.clean()
        text = _line(report.text("body"))
        wanted = DRAWN if name == "ranked" else ALL
        assert [one for one in wanted if _line(one) not in text] == []
        assert f"Audit of {JUDGE}" in text


def _hostile_uploads() -> list[dict[str, Any]]:
    """Files of which names, columns, fields and values are injections, none of them a set."""
    table = io.BytesIO()
    pd.DataFrame([ALL[n:] + ALL[:n] for n in range(8)], columns=list(ALL)).to_parquet(table)
    rows = [{**dict.fromkeys(ALL[n : n + 5], ALL[n + 5]), "question_id": ALL[n], "question": 7} for n in range(200)]
    bad = "".join(json.dumps({"question": text, "responses": text}) + "\n" for text in ALL)
    names = [name.replace("/", "⁄") for name in DRAWN]
    return [
        {"name": f"{names[0]}.parquet", "mimeType": "text/plain", "buffer": table.getvalue()},
        {"name": f"{names[2]}.jsonl", "mimeType": "text/plain", "buffer": "\n".join(map(json.dumps, rows)).encode()},
        {"name": "responses.jsonl", "mimeType": "text/plain", "buffer": bad.encode()},
        {"name": f"{names[5]}.zip", "mimeType": "text/plain", "buffer": b"PK\x03\x04" + names[7].encode()},
    ]


def test_problems_of_files_are_said_as_text(tour: Tour) -> None:
    page = tour.watched.open(f"{tour.url}/upload")
    for files in (_hostile_uploads(), _hostile_uploads()[:1]):
        page.reload()
        tour.watched.settled()
        page.locator("input[type=file]").set_input_files(files)
        expect(page.get_by_text("Nothing was stored").first).to_be_visible()
        tour.watched.settled()
        tour.look()
        assert _line(files[0]["name"]) in _line(tour.text())
    columns = {_line(option) for option in tour.options("response (needed)")}
    assert columns >= {_line(text) for text in ALL}


def _figures() -> Iterator[tuple[str, go.Figure, Sequence[str], int]]:
    """Every figure that shows names, the names, and how much of one it shows; on most of them all there are."""
    theme, n, few = light(), N, len(DRAWN)
    half, whole, ranks = np.full(n, 0.5), np.full(n, 7, np.int64), np.arange(1, n + 1)
    relations = np.triu(np.ones((few, few), np.int8), 1)
    relations = (relations - relations.T).astype(np.int8)
    even, none = np.full((few, few), 0.5), np.zeros((few, few), np.bool_)
    probs, labels, middle = np.tile([0.25, 0.75], (few, 1)), np.tile([1.0, 2.0], (few, 1)), np.full(few, 1.5)
    dots = [(name, 0.1, 0.0, 0.2) for name in ALL]
    bars = [preferences.OrderBar(name, None, name) for name in DRAWN]
    curves = [methods.Curve(name, ((0.0, 0.5, 0.4, 0.6, 7, False),)) for name in DRAWN]
    graph = inconsistencies.preference_graph(DRAWN, relations, even, range(few), (), None, none, theme)
    yield "graph", graph, DRAWN, 18
    yield "matrix", preferences.relation_matrix(DRAWN, relations, even, none, none, theme), DRAWN, 16
    ridges = scores.ridgelines(DRAWN, labels, probs, middle, middle, middle, middle / 1.5, (1.0, 2.0), theme)
    yield "ridgelines", ridges, DRAWN, 18
    yield "strengths", ranking.strengths(ALL, half, half - 0.1, half + 0.1, ranks, theme, "strength"), ALL, 20
    yield (
        "bump",
        ranking.bump(["one", "other"], DRAWN, np.stack([ranks[:few], ranks[:few][::-1]], axis=1), theme),
        DRAWN,
        14,
    )
    yield "categories", overview.category_dots(ALL, half, half - 0.1, half + 0.1, whole, theme, "pairs"), ALL, 20
    yield "fairness", profile.fairness_dots([(*dot, 7) for dot in dots], theme), ALL, 20
    yield "differences", compare.difference_dots(dots, theme), ALL, 44
    yield "tolerance", methods.tolerance_lines(curves, 0.1, "pairs", theme), DRAWN, 32
    yield "orders", preferences.pair_bars(ALL[0], ALL[1], bars, theme), DRAWN, 24


def test_every_figure_draws_every_name_as_text(browser: Browser) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content('<div id="figure"></div>')
    page.add_script_tag(content=library())
    for name, figure, names, most in _figures():
        seen, hovered, problems, ran = page.evaluate(DRAW, json.loads(figure_json(figure)))
        assert not problems, (name, problems[:3])
        assert not ran, name
        assert not errors, name
        drawn = "\n".join(map(_line, seen))
        missing = [text for text in names if _label(text, most) not in drawn]
        assert not missing, (name, missing[:3])
        assert len(set(hovered)) >= 10, f"{name}: hovering showed nothing"
    context.close()
