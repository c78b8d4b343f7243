"""Stored runs against each other, and one run read in two ways."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.small_bundle import SMALL
from trustjudge_core.errors import NotFound, UsageError
from trustjudge_core.formats import read_files
from trustjudge_core.services.compare_runs import Reading, compare_runs
from trustjudge_core.services.import_bundle import import_bundle


@pytest.fixture
def sample_run(engine: Engine, repository: Path) -> int:
    bundle = read_files([repository / "trustjudge_core" / "sample"]).bundle
    return import_bundle(engine, bundle, "sample").run_ids[0]


def test_two_aggregations_of_one_run_are_named_by_what_differs(engine: Engine, sample_run: int) -> None:
    readings = [Reading(sample_run, aggregation="baseline"), Reading(sample_run, aggregation="likelihood")]
    index, found = compare_runs(engine, readings, ks=(3,), resamples=200)
    assert found.names == ("sample-judge · baseline", "sample-judge · likelihood")
    assert len(index.question_ids) > 10
    triples = next(entry for entry in found.against[0] if entry.measure == "ntr_3")
    assert triples.first.total == triples.second.total > 0
    assert triples.estimate.value == pytest.approx(triples.second.value - triples.first.value)


def test_two_modes_and_two_methods_of_one_run(engine: Engine, sample_run: int) -> None:
    readings = [Reading(sample_run), Reading(sample_run, "reference"), Reading(sample_run, method="baseline")]
    _, found = compare_runs(engine, readings, ks=(3,), resamples=50)
    assert found.names == (
        "sample-judge · corrected", "sample-judge · reference", "sample-judge · corrected · baseline"
    )  # fmt: skip
    assert len(found.against) == 2


def test_real_judges_of_one_set_differ_as_their_own_audits_say(engine: Engine, shared: Path) -> None:
    bundle = read_files([shared / "data" / "vicuna80_tournament"]).bundle
    runs = import_bundle(engine, bundle, "vicuna").run_ids
    _, found = compare_runs(engine, [Reading(runs[0]), Reading(runs[1])], ks=(3,), resamples=500)
    assert found.names == ("gpt-4", "bard")
    differences = {entry.measure: entry for entry in found.against[0]}
    # Both were asked about 800 pairs; on these bard ties more often and keeps its verdict less often than gpt-4.
    assert found.pairs == 800
    assert differences["tie_rate"].estimate.low > 0
    assert differences["position_consistency"].estimate.high < 0
    assert found.disagreements.relation.shape == (found.drift[0].changed.count, 2)


def test_runs_over_different_sets_cannot_be_compared(engine: Engine, sample_run: int) -> None:
    other = import_bundle(engine, SMALL, "small").run_ids[0]
    with pytest.raises(UsageError, match="another response set"):
        compare_runs(engine, [Reading(sample_run), Reading(other)])


def test_an_unknown_run_or_none_or_a_method_it_lacks_is_said(engine: Engine, sample_run: int) -> None:
    with pytest.raises(NotFound):
        compare_runs(engine, [Reading(sample_run), Reading(999)])
    with pytest.raises(UsageError, match="two or more"):
        compare_runs(engine, [])
    with pytest.raises(UsageError, match="two or more"):
        compare_runs(engine, [Reading(sample_run)])
