"""Two people in two browsers review overlapping pairs by keyboard; one takes a verdict back and decides again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from trustjudge_core.services.list_verdicts import RecordedVerdict, list_verdicts
from trustjudge_core.services.open_database import open_database
from trustjudge_core.services.open_review import open_review
from trustjudge_core.services.set_overlap import set_overlap

SECRETS = ("ada-9000", "bob-9000", "cyd-9000", "judge-9000")
EVIL = "<img src=x onerror=alert(1)>"


def _store_a_cycle(app: Any, folder: Path) -> int:
    """One question on which the judge says ada > bob > cyd > ada; returns the run."""
    names = SECRETS[:3]
    question = {
        "question_id": "q-secret",
        "question": f"Which is shortest? {EVIL}",
        "responses": [
            {"response_id": name, "system": name, "text": f"Answer {n} {EVIL}"} for n, name in enumerate(names)
        ],
    }
    rows = [
        {"question_id": "q-secret", "first": first, "second": second, "judge": SECRETS[3], "verdict": verdict}
        for winner, loser in ((0, 1), (1, 2), (2, 0))
        for first, second, verdict in (
            (names[winner], names[loser], "first"),
            (names[loser], names[winner], "second"),
        )
    ]
    (folder / "responses.jsonl").write_text(json.dumps(question) + "\n", encoding="utf-8")
    (folder / "comparisons.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = app.command("import", str(folder), "--name", "a cycle")
    assert done.returncode == 0, done.stderr
    return int(done.stdout.splitlines()[0].rsplit("runs ", 1)[1])


def _start(watched: Any, app: Any, run: int, name: str) -> Page:
    page: Page = watched.open(f"{app.url}/review?run={run}")
    field = page.get_by_label("Your name", exact=True)
    field.fill(name)
    field.press("Enter")
    expect(page.get_by_role("button", name="First is better")).to_be_visible()
    watched.settled()
    return page


def _press(watched: Any, page: Page, key: str, then: str) -> None:
    """Press a key as a person does, after a look at the case, and wait for what it brings."""
    page.wait_for_timeout(500)
    page.keyboard.press(key)
    expect(page.get_by_text(then).first).to_be_visible()
    watched.settled()


def test_two_people_review_by_keyboard_and_one_revises(
    empty_app: Any, opened: Callable[..., Any], tmp_path: Path
) -> None:
    run = _store_a_cycle(empty_app, tmp_path)
    engine = open_database(empty_app.environment["DATABASE_URL"])
    ground = open_review(engine, run)
    set_overlap(engine, ground.set_id, 2, "ann")

    def standing() -> list[RecordedVerdict]:
        return list_verdicts(engine, ground.set_id, only_standing=True)

    ann, bo = opened(), opened(width=390, dark=True)
    page, other = _start(ann, empty_app, run, "ann"), _start(bo, empty_app, run, "bo")
    for one in (page, other):
        shown = one.locator("[data-testid='stMain']").inner_text()
        assert EVIL in shown, "texts of files are shown as text"
        assert not any(secret in shown for secret in SECRETS), "who wrote it and who judged it stays hidden"
        assert "secret" not in one.url

    page.get_by_text("Run, order and people").click()
    page.wait_for_timeout(1000)  # a list closes again while what holds it unfolds
    for choice in ("pairs of strict cycles", "every pair"):  # Streamlit leaves the keyboard in the list
        page.get_by_role("combobox", name="Show").click()
        page.get_by_role("option", name=choice).click()
        ann.settled()
    _press(ann, page, "1", "1 seen by you")
    # Hit twice: the second press finds the case of the first one still on the screen.
    page.wait_for_timeout(500)
    page.keyboard.press("3")
    page.keyboard.press("3")
    expect(page.get_by_text("2 seen by you")).to_be_visible()
    ann.settled()
    assert [verdict.verdict for verdict in standing()] == ["first", "tie"]

    # U takes the tie back and shows the same pair with the same sides; then the second is better.
    _press(ann, page, "u", "Your last verdict is taken back")
    _press(ann, page, "2", "2 seen by you")
    for key, then in (("1", "1 seen by you"), ("4", "2 seen by you")):
        _press(bo, other, key, then)
    expect(page.get_by_text("Stored.")).to_be_visible()

    found = standing()
    assert [(v.person, v.verdict) for v in found] == [
        ("ann", "first"),
        ("ann", "second"),
        ("bo", "first"),
        ("bo", None),
    ]
    history = list_verdicts(engine, ground.set_id)
    # Ann: decided, decided, withdrew, decided; bo: decided, could not tell.
    assert [v.kind for v in history].count("withdraw") == 1
    assert len(history) == 6
    assert all(v.seconds is not None and v.seconds >= 0.4 for v in found)
    tie = next(v for v in history if v.verdict == "tie")
    again = next(v for v in found if v.verdict == "second")
    assert (tie.first, tie.second) == (again.first, again.second), "the sides are as they were"

    # Only after deciding, and on request, the judge's opinion.
    page.get_by_text("Why that pair, and what the judge had said").click()
    expect(page.get_by_text("By the judge alone this pair sat in 1 inconsistent triple")).to_be_visible()

    page.get_by_role("link", name="Activity").first.click()
    expect(page.get_by_role("heading", name="Activity")).to_be_visible()
    for watched in (ann, bo):
        watched.clean()
    assert page.locator("[data-testid='stMain'] img[src='x']").count() == 0
    engine.dispose()
