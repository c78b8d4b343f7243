"""Two people in two browsers settle a contradiction, one thinks again, and what they leave with is opened and checked.

The set is small enough to predict by hand. Points of the judge (a win 1, a tie 1/2):

    q1  bob > ada, cyd > bob, ada > cyd    ada 1, bob 1,   cyd 1      (a strict cycle)
    q2  ada > bob, ada > cyd, bob = cyd    ada 2, bob 1/2, cyd 1/2
    q3  ada > bob, cyd > bob, ada = cyd    ada 3/2, bob 0, cyd 3/2

ada 4 1/2, cyd 3, bob 1 1/2. Everybody met everybody equally often, and then Bradley-Terry with ties orders by points.
People agree with the judge but for bob and cyd in q1. While they are split it is a tie: cyd 2 1/2, bob 2, no place
changes. When both say bob: bob 2 1/2, cyd 2, and bob goes from third to second.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, TimeoutError, expect
from sqlalchemy import Engine

from trustjudge_core.services.corrected_ranking import correct, corrected_ranking
from trustjudge_core.services.list_verdicts import list_verdicts
from trustjudge_core.services.open_database import open_database
from trustjudge_core.services.open_review import ReviewGround, open_review
from trustjudge_core.services.set_overlap import set_overlap

JUDGE = "careless-judge"
ADA, BOB, CYD = "ada", "bob", "cyd"
TEXTS = {
    ("q1", ADA): "amber", ("q1", BOB): "birch", ("q1", CYD): "cedar", ("q2", ADA): "delta", ("q2", BOB): "ember",
    ("q2", CYD): "fjord", ("q3", ADA): "grove", ("q3", BOB): "heath", ("q3", CYD): "inlet",
}  # fmt: skip
LONG = {"q1": "", "q2": ", and so on" * 300, "q3": ", and so on" * 300}
"""The queue asks first what resolves most per minute of reading: the cycle, whose texts are short."""
Relation = dict[tuple[str, str, str], str | None]
JUDGED: Relation = {
    ("q1", ADA, BOB): BOB, ("q1", BOB, CYD): CYD, ("q1", ADA, CYD): ADA,
    ("q2", ADA, BOB): ADA, ("q2", ADA, CYD): ADA, ("q2", BOB, CYD): None,
    ("q3", ADA, BOB): ADA, ("q3", BOB, CYD): CYD, ("q3", ADA, CYD): None,
}  # fmt: skip
TURNED = ("q1", BOB, CYD)


def _ranks(relations: Relation) -> dict[str, int]:
    """Rank of every system by points; equal points share one."""
    points = dict.fromkeys((ADA, BOB, CYD), 0.0)
    for (_, one, other), winner in relations.items():
        for name in (one, other):
            points[name] += 0.5 if winner is None else float(winner == name)
    return {name: 1 + sum(other > mine for other in points.values()) for name, mine in points.items()}


def _stored(app: Any, folder: Path) -> int:
    """The set with the judge's comparisons in both orders; returns the run."""
    questions = [
        {"question_id": q, "question": f"Which word of {q} is best?", "responses": [
            {"response_id": f"{q}-{system}", "system": system, "text": TEXTS[q, system] + LONG[q]}
            for system in (ADA, BOB, CYD)]}
        for q in ("q1", "q2", "q3")
    ]  # fmt: skip
    rows = []
    for (q, one, other), winner in JUDGED.items():
        for first, second in ((one, other), (other, one)):
            verdict = "tie" if winner is None else "first" if winner == first else "second"
            rows.append({"question_id": q, "first": f"{q}-{first}", "second": f"{q}-{second}", "judge": JUDGE,
                         "verdict": verdict})  # fmt: skip
    for stem, content in (("responses", questions), ("comparisons", rows)):
        (folder / f"{stem}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in content), encoding="utf-8")
    done = app.command("import", str(folder), "--name", "three words")
    assert done.returncode == 0, done.stderr
    return int(done.stdout.splitlines()[0].rsplit("runs ", 1)[1])


class _Person:
    """Somebody with a browser, a name and an opinion."""

    def __init__(self, watched: Any, app: Any, run: int, name: str, opinion: Relation) -> None:
        self.watched, self.opinion = watched, opinion
        self.page: Page = watched.open(f"{app.url}/review?run={run}")
        field = self.page.get_by_label("Your name", exact=True)
        field.fill(name)
        field.press("Enter")
        expect(self.page.get_by_role("button", name="First is better")).to_be_visible()
        watched.settled()

    def reads(self) -> tuple[str, str, str]:
        """The question on the screen and who wrote its first and its second response."""
        shown = self.page.locator("[data-testid='stMain']").inner_text()
        place = {key: shown.index(text) for key, text in TEXTS.items() if text in shown}
        (question, first), (_, second) = sorted(place, key=place.__getitem__)
        return question, first, second

    def decide(self) -> tuple[str, str, str]:
        """Press the key of one's opinion about the case on the screen; returns which pair it was."""
        question, first, second = self.reads()
        pair = next(key for key in self.opinion if key[0] == question and {first, second} == set(key[1:]))
        winner = self.opinion[pair]
        token = self._token()
        self.page.wait_for_timeout(500)  # nobody reads faster, and what comes sooner is taken for a key held down
        self.page.keyboard.press("3" if winner is None else "1" if winner == first else "2")
        self._gone(token)
        return pair

    def see_disagreements(self) -> None:
        """Choose the pairs that people see differently."""
        token = self._token()
        self.page.get_by_text("Run, order and people").click()
        _choose(self.page, "Show", "pairs that people see differently")
        self._gone(token)
        self.page.get_by_role("heading", name="Review").click()  # keys go to the list until one clicks elsewhere

    def _token(self) -> str:
        """What the keys of the case on the screen are called by."""
        buttons = self.page.locator("[class*='st-key-decide_1_']")
        return str(buttons.get_attribute("class")).split("st-key-decide_1_")[1].split()[0]

    def _gone(self, token: str) -> None:
        """Wait until that case has left the screen."""
        expect(self.page.locator(f".st-key-decide_1_{token}")).to_have_count(0)
        self.watched.settled()

    def decide_until(self, pair: tuple[str, str, str]) -> set[tuple[str, str, str]]:
        """Case after case, as the queue gives them, until that pair was decided; returns all that were."""
        decided = set()
        while pair not in decided:
            assert len(decided) < len(JUDGED), "the queue never came to it"
            decided.add(self.decide())
        return decided


def _choose(page: Page, label: str, option: str) -> None:
    """Pick from a list; one that closes again because the page was still moving is opened again."""
    for _ in range(10):
        page.get_by_role("combobox", name=label).click()
        try:
            page.get_by_role("option", name=option).click(timeout=3_000)
        except TimeoutError:
            continue
        return
    raise AssertionError(f"{option!r} could not be picked")


def _computed(engine: Engine, ground: ReviewGround) -> dict[str, int]:
    """Ranks under the verdicts that stand now, as the services give them."""
    boards = corrected_ranking(correct(engine, ground)).after
    board = next(board for board in boards if board.ranking.method == "bradley_terry")
    return dict(zip(board.names, board.ranking.rank.tolist(), strict=True))


def _drawn(watched: Any, app: Any, run: int) -> tuple[dict[str, int], dict[str, int]]:
    """Ranks in the left and the right column of the chart of the ranking page, as they are written there."""
    page = watched.open(f"{app.url}/ranking?run={run}")
    found = []
    for axis in ("ytick", "y2tick"):
        labels = page.locator(f".st-key-corrected_bump .{axis} text")
        expect(labels).to_have_count(3)
        words = [str(text).split() for text in labels.all_text_contents()]
        found.append({name: int(rank.rstrip("=")) for rank, name in words})
    return found[0], found[1]


def _downloaded(page: Page, button: str, target: Path) -> Path:
    with page.expect_download(timeout=90_000) as download:
        page.get_by_role("button", name=button).click()
    download.value.save_as(target)
    return target


@pytest.fixture
def offline(browser: Any) -> Any:
    """A browser without a network."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


def test_two_people_settle_a_contradiction_and_leave_with_files_that_hold(
    empty_app: Any, opened: Callable[..., Any], offline: Page, tmp_path: Path
) -> None:
    run = _stored(empty_app, tmp_path)
    engine = open_database(empty_app.environment["DATABASE_URL"])
    ground = open_review(engine, run)
    set_id = ground.set_id
    set_overlap(engine, set_id, 2, "ann")

    with_judge, split, corrected = dict(JUDGED), JUDGED | {TURNED: None}, JUDGED | {TURNED: BOB}
    assert _ranks(with_judge) == _ranks(split) == {ADA: 1, CYD: 2, BOB: 3}
    assert _ranks(corrected) == {ADA: 1, BOB: 2, CYD: 3}

    bo = _Person(opened(width=390, dark=True), empty_app, run, "bo", with_judge)
    decided = bo.decide_until(TURNED)
    # ann's browser is closed while she reads; in another one she finds the same case, sides as they were.
    ann = _Person(opened(), empty_app, run, "ann", corrected)
    read = ann.reads()
    ann.page.close()
    ann = _Person(opened(), empty_app, run, "ann", corrected)
    assert ann.reads() == read
    decided |= ann.decide_until(TURNED)

    # One says bob, one says cyd: the pair counts as a tie, and no place changes yet.
    assert _computed(engine, ground) == _ranks(split)

    # The pair is back in the queue for bo, who spoke first, thinks again and agrees with ann.
    bo.see_disagreements()
    bo.opinion = corrected
    assert bo.decide() == TURNED
    expect(bo.page.get_by_text("That removed 1 of 1 inconsistent triple; 0 left")).to_be_visible()
    history = [v for v in list_verdicts(engine, set_id) if {v.first, v.second} == {"q1-bob", "q1-cyd"}]
    assert [(v.person, v.kind) for v in history] == [("bo", "decide"), ("ann", "decide"), ("bo", "revise")]

    looking = opened()
    assert _drawn(looking, empty_app, run) == (_ranks(with_judge), _ranks(corrected))
    expect(looking.page.get_by_text("bob: up from 3 to 2, because of 1 decided pair")).to_be_visible()
    expect(looking.page.get_by_text("cyd: down from 2 to 3")).to_be_visible()

    # The files: a report that opens without a network and says how it was made, a pack that can be recomputed.
    page = looking.open(f"{empty_app.url}/export?run={run}")
    page.get_by_text("Corrected by people").click()
    expect(page.get_by_text(f"Below, {len(decided)} of 9 pairs are what people decided")).to_be_visible()
    looking.settled()
    report = _downloaded(page, "Download the report", tmp_path / "report.html")
    pack = _downloaded(page, "Download the audit pack", tmp_path / "pack.zip")
    _read_offline(offline, report, corrected, len(decided))
    done = empty_app.command("verify", str(pack))
    assert done.returncode == 0, done.stderr
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    assert empty_app.command("verify", str(pack)).returncode == 1

    for watched in (looking, ann.watched, bo.watched):
        watched.clean()
    engine.dispose()


def _read_offline(page: Page, report: Path, corrected: Relation, decided: int) -> None:
    """Open the report from the disk: its settings, its figures, and the ranking that people corrected."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(report.as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Audit of {JUDGE}")
    made = {row.locator("th").inner_text(): row.locator("td").inner_text()
            for row in page.locator("table").first.locator("tr").all()}  # fmt: skip
    assert made["Mode"].startswith("Corrected: ")
    assert made["Tolerance"].startswith("0 ")
    assert made["Questions"] == "3 with 9 responses"
    assert made["Judgments"] == "0 score judgments, 18 pair judgments"
    assert made["Pairs compared"] == "9 of 9"
    assert "numpy" in made["Made with"] and "elsewhere" in made["Judge asked"]
    assert made["Intervals"] == "95 %, from 2,000 resamples of whole questions, seed 0"
    assert made["Verdicts of people"] == f"{decided} pairs decided by people, not the judge; weight of a verdict 1"
    text = page.locator("body").inner_text()
    # q1 is mended: none of three triples is inconsistent, where the judge alone had one.
    assert "0.0 % · 0 of 3 triples" in text
    # Why bob went from third to second: one pair, who decided it, and what was said before and after.
    moved = page.locator("p", has_text="bob went up from 3 to 2, past cyd.")
    why = moved.locator("xpath=following::table[2]//tbody//td")  # the first table counts wins before and after
    assert why.all_inner_texts()[:4] == ["q1", "cyd > bob", "bob > cyd", "ann, bo"]
    heading = page.locator("h2", has_text="Bradley-Terry with ties").first
    rows = heading.locator("xpath=following::table[1]//tbody/tr").all()
    found = {row.locator("td").nth(2).inner_text(): int(row.locator("td").nth(0).inner_text()) for row in rows}
    assert found == _ranks(corrected)
    assert page.locator(".main-svg").count() > 0, "figures are drawn without a network"
    assert not errors
