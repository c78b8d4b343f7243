"""Reference mode against the numbers the published code gives for the generated sets in the shared folder.

The files take the whole way: recognised, read, stored in a throwaway database, loaded, audited.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trustjudge_core.audit import Audit, audit
from trustjudge_core.formats import read_files
from trustjudge_core.records import RunJudgments
from trustjudge_core.score_comparison import ScoreComparison
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.open_database import open_database
from trustjudge_core.settings import AuditSettings
from trustjudge_core.transitivity import Transitivity

SETS = ("clean", "messy")
Checked = tuple[RunJudgments, Audit, dict[str, Any]]


@pytest.fixture(scope="module", params=SETS)
def checked(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """One set: its run, its audit under every tolerance and k that is expected, and what is expected."""
    folder = shared / "parity" / request.param
    if not folder.is_dir():
        pytest.skip(f"no parity/{request.param} in the shared folder: no published numbers to compare with")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    files = [folder / f"{name}.jsonl" for name in ("answers", "score_5", "score_100", "pairwise")]
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('parity') / 'parity.sqlite3'}")
    stored = import_bundle(engine, read_files(files).bundle, "parity")
    assert len(stored.run_ids) == 1
    run = load_run(engine, stored.run_ids[0])
    engine.dispose()
    entries = [*expected["score_comparison"], *expected["transitivity"]]
    tolerances = tuple(sorted({float(entry["tolerance"]) for entry in entries}))
    ks = tuple(sorted({entry["k"] for entry in expected["transitivity"]}))
    return run, audit(run, AuditSettings("reference", tolerances, ks, resamples=2)), expected


def by_category(entry: ScoreComparison | Transitivity) -> dict[str, tuple[int, int]]:
    """Total and count of every category that has any."""
    shares = {name: found.ratio for name, found in entry.by_category.items()}
    return {name: (ratio.total, ratio.count) for name, ratio in shares.items() if ratio.total}


def test_every_conflict_count_is_the_published_one(checked: Checked) -> None:
    _, found, expected = checked
    entries = {(e.method, int(e.scale[1]), e.tolerance): e for e in found.score_comparison}
    assert len(expected["score_comparison"]) >= 10
    for one in expected["score_comparison"]:
        name = (one["method"], one["scale"], float(one["tolerance"]))
        entry = entries[name]
        assert (entry.ratio.total, entry.ratio.count) == (one["total"], one["conflict_count"]), name
        assert entry.ratio.value == pytest.approx(one["conflict_proportion"], abs=1e-12), name
        categories = {
            category: (counts["category_total"], counts["conflict_count"])
            for category, counts in one["category_conflict_proportion"].items()
        }
        assert by_category(entry) == categories, name


def test_every_score_is_the_published_one_to_nine_digits(checked: Checked) -> None:
    run, found, expected = checked
    entries = {(e.method, int(e.scale[1])): e.scores for e in found.score_comparison}
    keys = [
        f"{run.index.question_ids[question]}:{response}"
        for question, response in zip(run.index.question_of, run.index.response_ids, strict=True)
    ]
    compared = 0
    for one in expected["score_comparison"]:
        if not one["scores"]:
            continue
        scores = entries[one["method"], one["scale"]]
        ours = {keys[r]: float(scores[r]) for r in np.flatnonzero(np.isfinite(scores))}
        assert ours.keys() == one["scores"].keys()
        assert max(abs(ours[key] - one["scores"][key]) for key in ours) < 1e-9
        compared += len(ours)
    assert compared > 100


def test_every_transitivity_count_and_type_is_the_published_one(checked: Checked) -> None:
    _, found, expected = checked
    entries = {(t.aggregation, t.k, t.tolerance): t for t in found.transitivity}
    assert len(expected["transitivity"]) >= 18
    for one in expected["transitivity"]:
        name = (one["method"], one["k"], float(one["tolerance"]))
        entry = entries[name]
        assert (entry.ratio.total, entry.ratio.count) == (one["total"], one["non_transitive_count"]), name
        types = {kind: count for kind, count in entry.reference_types.items() if count}
        assert types == {kind: count for kind, count in one["error_type_counts"].items() if count}, name
        categories = {
            category: (counts["category_total"], counts["non_trans_count"])
            for category, counts in one["category_non_transitive_proportion"].items()
        }
        assert by_category(entry) == categories, name
