"""Rankings against the recorded results of a rating library, on its own comparisons of foods and of numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from trustjudge_core.bradley_terry import bradley_terry
from trustjudge_core.davidson_many import davidson_many
from trustjudge_core.ranking import ranks


def recorded(shared: Path, name: str) -> tuple[list[str], np.ndarray, np.ndarray, dict[str, dict[str, float]]]:
    """Names, wins, ties and the recorded scores by algorithm."""
    folder = shared / "data" / "raw"
    with (folder / f"evalica_{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = sorted({row[side] for row in rows for side in ("left", "right")})
    wins, ties = np.zeros((len(names), len(names))), np.zeros((len(names), len(names)))
    for row in rows:
        i, j = names.index(row["left"]), names.index(row["right"])
        if row["winner"] == "left":
            wins[i, j] += 1
        elif row["winner"] == "right":
            wins[j, i] += 1
        elif row["winner"] == "tie":
            ties[i, j] += 1
            ties[j, i] += 1
    scores: dict[str, dict[str, float]] = {}
    with (folder / f"evalica_{name}-golden.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            scores.setdefault(row["algorithm"], {})[row["item"]] = float(row["score"])
    return names, wins, ties, scores


@pytest.mark.parametrize("name", ["food", "simple"])
def test_strengths_with_ties_are_those_recorded_for_newman(shared: Path, name: str) -> None:
    names, wins, ties, scores = recorded(shared, name)
    expected = np.log([scores["newman"][item] for item in names])
    found = bradley_terry(wins, ties)
    assert found.strength == pytest.approx(expected - expected.mean(), abs=1e-3)
    assert found.rank.tolist() == ranks(expected).tolist()


@pytest.mark.parametrize("name", ["food", "simple"])
def test_strengths_with_ties_as_half_wins_are_those_recorded_for_bradley_terry(shared: Path, name: str) -> None:
    names, wins, ties, scores = recorded(shared, name)
    expected = np.log([scores["bradley_terry"][item] for item in names])
    (found,) = davidson_many((wins + ties / 2)[None], np.zeros((1, *ties.shape)))
    assert found == pytest.approx(expected - expected.mean(), abs=1e-3)
