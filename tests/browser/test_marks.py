"""Every mark of a figure leads to the judgments behind it, by a click where plotly has drawn it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Page, expect

PLACE = """(plot, wanted) => {
    for (let t = 0; t < plot.data.length; t++) {
        const carried = plot.data[t].customdata || [];
        for (let p = 0; p < carried.length; p++) {
            if (!carried[p] || carried[p][0] !== wanted) continue;
            const box = plot.getBoundingClientRect(), layout = plot._fullLayout, trace = plot.data[t];
            const offset = [box.left + layout.xaxis._offset, box.top + layout.yaxis._offset];
            if (trace.type === 'bar') {
                const bars = [...plot.querySelectorAll('.barlayer .trace')[t].querySelectorAll('path')]
                    .map(path => path.getBoundingClientRect());
                const bar = bars.reduce((a, b) => a.width * a.height >= b.width * b.height ? a : b);
                return [bar.left + bar.width / 2, bar.top + bar.height / 2];
            }
            return [offset[0] + layout.xaxis.d2p(trace.x[p]), offset[1] + layout.yaxis.d2p(trace.y[p])];
        }
    }
}"""


def _click(page: Page, key: str, place: int) -> None:
    """Click the mark that stands for ``place`` in the figure with that key; of several bars the largest."""
    plot = page.locator(f"[class*='st-key-{key}'] .js-plotly-plot").first
    expect(plot).to_be_visible()
    plot.scroll_into_view_if_needed()
    page.wait_for_timeout(400)
    x, y = plot.evaluate(PLACE, place)
    page.mouse.move(x, y)
    page.wait_for_timeout(150)
    page.mouse.click(x, y)


def _state(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def test_a_link_is_the_first_thing_a_new_server_is_asked_for(sample_app: Any, opened: Callable[..., Any]) -> None:
    watched = opened()
    page = watched.open(f"{sample_app.url}/habits?run=1")
    expect(page).to_have_title("TrustJudge")
    expect(page.get_by_role("link", name="Methods").first).to_be_visible()
    watched.clean()


def test_marks_of_the_overview_open_what_they_count(sample_app: Any, opened: Callable[..., Any]) -> None:
    watched = opened(height=1400)
    for key, place, page_name, expected in (
        ("split", 0, "inconsistencies", {"kind": "reversal"}),
        ("position", 1, "inconsistencies", {"kind": "favours_first"}),
    ):
        page = watched.open(f"{sample_app.url}/overview?run=1")
        _click(page, key, place)
        page.wait_for_url(f"**/{page_name}?*")
        watched.settled()
        assert expected.items() <= _state(page).items(), (key, place, page.url)
    # No category of the sample has the five questions that an interval takes: no mark to click, and that is said.
    expect(watched.open(f"{sample_app.url}/overview?run=1").get_by_text("Not enough data: ").first).to_be_visible()
    watched.clean()


def test_a_mark_of_a_distribution_opens_the_response(sample_app: Any, opened: Callable[..., Any]) -> None:
    watched = opened(height=1400)
    page = watched.open(f"{sample_app.url}/scores?run=1")
    _click(page, "ridges", 0)
    expect(page.get_by_text("What the judge wrote (")).to_be_visible()
    assert _state(page)["response"]
    watched.clean()


def test_a_system_in_a_ranking_opens_its_pairs(sample_app: Any, opened: Callable[..., Any]) -> None:
    watched = opened(height=1400)
    page = watched.open(f"{sample_app.url}/ranking?run=1")
    _click(page, "board_bradley_terry", 0)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("The comparisons behind it")).to_be_visible()
    expect(dialog.get_by_text("Choose an opponent to see every pair.")).to_be_visible()
    _choose_row(page, 0, 0)
    expect(dialog.get_by_text("Choose a pair to read it.")).to_be_visible()
    _choose_row(page, 1, 0)
    page.wait_for_url("**/preferences?*")
    watched.settled()
    assert len(_state(page)["pair"].split("~")) == 2
    expect(page.get_by_text("Response A")).to_be_visible()
    watched.clean()


def _choose_row(page: Page, table: int, row: int) -> None:
    """Tick a row of a table in the dialog, in the narrow column before it."""
    found = page.get_by_role("dialog").locator("[data-testid='stDataFrame']").nth(table)
    expect(found).to_be_visible()
    page.wait_for_timeout(500)
    box = found.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 18, box["y"] + 36 + 35 * row + 17)
