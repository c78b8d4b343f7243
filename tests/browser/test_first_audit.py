"""A stranger's first audit in a real browser: upload, read, open a cycle by clicking, set the tolerance, download."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

PAGES = (
    "",
    "upload",
    "runs",
    "overview",
    "scores",
    "preferences",
    "inconsistencies",
    "habits",
    "methods",
    "ranking",
    "review",
    "compare",
    "export",
    "judge",
    "activity",
)

TEXTS = {"ada": "Short and right.", "bob": "Long, but right in the end.", "cyd": "Friendly and wrong."}


@pytest.fixture(scope="module")
def cycle_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One question with ada > bob > cyd > ada at margins 0.3, 0.2 and 0.1, and a second one that adds up."""
    folder = tmp_path_factory.mktemp("cycle")
    names = list(TEXTS)
    questions = [
        {
            "question_id": question,
            "category": "cycles",
            "question": f"Question {question}?",
            "responses": [{"response_id": name, "system": name, "text": TEXTS[name]} for name in names],
        }
        for question in ("q1", "q2")
    ]
    margins = {
        ("q1", "ada", "bob"): 0.3, ("q1", "bob", "cyd"): 0.2, ("q1", "cyd", "ada"): 0.1,
        ("q2", "ada", "bob"): 0.3, ("q2", "bob", "cyd"): 0.2, ("q2", "ada", "cyd"): 0.1,
    }  # fmt: skip
    rows = []
    for (question, winner, loser), margin in margins.items():
        # Without ties P(winner) - P(loser) = margin in both orders, so the averaged margin is the same.
        high, low = round(0.5 + margin / 2, 3), round(0.5 - margin / 2, 3)
        for first, second, probs, verdict in (
            (winner, loser, {"first": high, "second": low, "tie": 0.0}, "first"),
            (loser, winner, {"first": low, "second": high, "tie": 0.0}, "second"),
        ):
            said = f"The judge on {first} before {second}: [{'A' if verdict == 'first' else 'B'}]"
            rows.append(
                {"question_id": question, "first": first, "second": second, "judge": "cyclic", "verdict": verdict,
                 "probs": probs, "text": said}
            )  # fmt: skip
    for stem, content in (("responses", questions), ("comparisons", rows)):
        (folder / f"{stem}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in content), encoding="utf-8")
    return folder


def _click_edge(page: Page, winner: int, loser: int) -> None:
    """Click the handle in the middle of an edge, where plotly has drawn it."""
    graph = page.locator(".js-plotly-plot").first
    expect(graph).to_be_visible()
    graph.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    place = graph.evaluate(
        """(plot, wanted) => {
            const edges = plot.data.find(trace => trace.name === 'edges');
            const number = edges.customdata.findIndex(
                d => (d[1] === wanted[0] && d[2] === wanted[1]) || (d[1] === wanted[1] && d[2] === wanted[0]));
            const box = plot.getBoundingClientRect();
            const layout = plot._fullLayout;
            return [box.left + layout.xaxis._offset + layout.xaxis.d2p(edges.x[number]),
                    box.top + layout.yaxis._offset + layout.yaxis.d2p(edges.y[number])];
        }""",
        [winner, loser],
    )
    page.mouse.move(*place)
    page.wait_for_timeout(150)
    page.mouse.click(*place)


def _state(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def test_from_files_to_a_cycle_to_the_ranking(
    empty_app: Any, opened: Callable[..., Any], cycle_files: Path, tmp_path: Path
) -> None:
    watched = opened()
    page = watched.open(f"{empty_app.url}/upload")
    page.locator("input[type=file]").set_input_files(
        [cycle_files / "responses.jsonl", cycle_files / "comparisons.jsonl"]
    )
    store = page.get_by_role("button", name="Store set")
    expect(store).to_be_visible()
    expect(page.get_by_text("2 questions, 6 responses, 12 pair judgments of 1 judge")).to_be_visible()
    assert "no runs stored" in empty_app.command("runs").stdout, "nothing may be stored before the button"
    store.click()
    page.get_by_role("link", name="Open the audit").first.click()

    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    # One of two triples is inconsistent, and it is a strict cycle.
    expect(page.get_by_text("1 of 2 triples").first).to_be_visible()
    expect(page.get_by_text("cyclic gives contradicting answers on 50.0 % of triples")).to_be_visible()
    watched.settled()
    page.get_by_role("link", name="1 strict cycle").first.click()

    expect(page.get_by_role("heading", name="Inconsistencies")).to_be_visible()
    watched.settled()
    _click_edge(page, 1, 2)  # bob against cyd
    expect(page.get_by_text(TEXTS["bob"])).to_be_visible()
    expect(page.get_by_text(TEXTS["cyd"])).to_be_visible()
    expect(page.get_by_text("The judge on bob before cyd: [A]")).to_be_visible()
    expect(page.get_by_text("margin 0.200")).to_be_visible()
    assert sorted(_state(page)["pair"].split("~")) == ["bob", "cyd"]

    # The same address reopens what was looked at, in a browser that knows nothing of the first.
    other = opened()
    again = other.open(page.url)
    expect(again.get_by_text(TEXTS["cyd"])).to_be_visible()
    other.clean()

    # At tolerance 0.15 the weakest link, cyd over ada by 0.1, becomes a tie: a broken chain is left.
    tolerance = page.get_by_role("spinbutton", name="Tolerance")
    tolerance.fill("0.15")
    tolerance.press("Enter")
    expect(page.get_by_text("broken chain").first).to_be_attached()
    page.wait_for_url("**tolerance=0.15**")

    page.get_by_role("link", name="Export").first.click()
    expect(page.get_by_role("heading", name="Export")).to_be_visible()
    watched.settled()
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").get_by_role("button", name="Download as CSV").click()
    saved = tmp_path / "ranking.csv"
    download.value.save_as(saved)
    _same_as_the_command_line(saved, empty_app, cycle_files, tmp_path)
    watched.clean()


def _same_as_the_command_line(saved: Path, app: Any, files: Path, folder: Path) -> None:
    """Every strength and rank of the downloaded file is the one that `audit --json` writes."""
    target = folder / "audit.json"
    done = app.command("audit", str(files), "--tolerance", "0.15", "--json", str(target))
    assert done.returncode == 0, done.stderr
    rankings = json.loads(target.read_text(encoding="utf-8"))["rankings"]
    expected = {
        (board["scope"], board["question"] or "", board["method"], entry["id"]): (entry["rank"], entry["strength"])
        for board in rankings
        for entry in board["items"]
    }
    with saved.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {
        (row["scope"], row["question"], row["method"], row["id"]): (
            int(row["rank"]) if row["rank"] else None,
            float(row["strength"]) if row["strength"] else None,
        )
        for row in rows
    }
    assert found == expected


def test_a_bad_file_shows_every_problem_and_stores_nothing(
    empty_app: Any, opened: Callable[..., Any], tmp_path: Path
) -> None:
    bad = tmp_path / "responses.jsonl"
    bad.write_text('{"question_id": "q", "question": "?", "responses": []}\n{"question_id": "r"\n', encoding="utf-8")
    before = empty_app.command("runs").stdout
    watched = opened()
    page = watched.open(f"{empty_app.url}/upload")
    page.locator("input[type=file]").set_input_files(bad)
    expect(page.get_by_text("Nothing was stored").first).to_be_visible()
    expect(page.get_by_role("button", name="Store set")).to_have_count(0)
    assert empty_app.command("runs").stdout == before
    watched.clean()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)], ids=["desktop-light", "phone-dark"])
def test_every_page_of_the_sample_opens_clean(
    sample_app: Any, opened: Callable[..., Any], width: int, dark: bool
) -> None:
    watched = opened(width=width, dark=dark)
    for name in PAGES:
        page = watched.open(f"{sample_app.url}/{name}")
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        watched.clean()
        # Nothing is wider than the screen.
        assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth + 1"), name


def test_a_direct_link_to_a_page_is_served_inside_the_app(
    repository: Path, sample_app: Any, opened: Callable[..., Any]
) -> None:
    page = opened().open(f"{sample_app.url}/preferences")
    expect(page.get_by_role("link", name="Inconsistencies").first).to_be_visible()
    assert page.get_by_role("link", name="words", exact=True).count() == 0
