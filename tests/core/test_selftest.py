"""The self-test: every dial is found where it should be and nowhere else, and a broken instrument fails it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from trustjudge_core import selftest as module
from trustjudge_core.__main__ import main
from trustjudge_core.measures import MEASURES_IN_WORDS, measures
from trustjudge_core.planted import Dials, Planted
from trustjudge_core.selftest import DRIFT, PLANTINGS, Outcome, selftest
from trustjudge_core.settings import AuditSettings


@pytest.fixture(scope="module")
def watched() -> tuple[list[Outcome], list[Mapping[str, float]]]:
    """The outcomes, and every measure of the plain judge and of each planted one."""
    seen: list[Mapping[str, float]] = []

    def noted(planted: Planted, settings: AuditSettings) -> Mapping[str, float]:
        seen.append(measures(planted, settings))
        return seen[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "measures", noted)
        return list(selftest()), seen


@pytest.fixture
def outcomes(watched: tuple[list[Outcome], list[Mapping[str, float]]]) -> list[Outcome]:
    return watched[0]


@pytest.mark.parametrize("number", range(len(PLANTINGS)))
def test_a_planted_dial_is_found_and_leaves_the_rest_alone(outcomes: list[Outcome], number: int) -> None:
    outcome = outcomes[number]
    assert outcome.found == pytest.approx(outcome.expected, abs=outcome.planting.tolerance)
    assert outcome.drift <= DRIFT, f"{outcome.planting.dial} moves {outcome.most_moved}"


def test_every_defect_that_can_be_planted_is() -> None:
    planted = {planting.dial for planting in PLANTINGS}
    assert set(Dials.__dataclass_fields__) - planted == {"question_effect"}  # it spreads noise over questions
    assert {planting.measure for planting in PLANTINGS} <= set(MEASURES_IN_WORDS)


# What is said to move does: a list that excuses everything would find nothing wrong.
def test_measures_said_to_move_as_well_do_move(watched: tuple[list[Outcome], list[Mapping[str, float]]]) -> None:
    plain, *turned = watched[1]
    for planting, found in zip(PLANTINGS, turned, strict=True):
        for name in planting.also:
            assert abs(found[name] - plain[name]) > DRIFT / 2, (planting.dial, name)


def test_the_command_prints_a_line_for_every_dial_and_ends_well(
    outcomes: list[Outcome], repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "selftest", lambda: iter(outcomes))
    assert main(["selftest"]) == 0
    printed = capsys.readouterr().out
    written = (repository / "docs" / "validity.md").read_text(encoding="utf-8")
    assert not [line for line in printed.splitlines()[1:-1] if line not in written]
    assert all(f"{planting.dial} {planting.value:g}" in printed for planting in PLANTINGS)
    assert printed.rstrip().endswith("all found, nothing else moved")


@pytest.mark.parametrize(("name", "said"), [("fairness", "not found"), ("order", "moved more than")])
def test_a_broken_measure_ends_the_command_with_one(
    name: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[int] = []

    def broken(planted: Planted, settings: AuditSettings) -> Mapping[str, float]:
        calls.append(1)
        return {**measures(planted, settings), name: 0.1 * len(calls)}

    monkeypatch.setattr(module, "measures", broken)
    monkeypatch.setattr(module, "PLANTINGS", [p for p in PLANTINGS if p.measure in ("fairness", "leaked mass")])
    assert main(["selftest"]) == 1
    assert said in capsys.readouterr().out
