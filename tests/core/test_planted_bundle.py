"""Planted judgments as records: importing them gives back the run they came from."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.planted_bundle import planted_bundle
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.open_database import open_database


def test_a_stored_planted_bundle_loads_as_the_planted_run(tmp_path: Path) -> None:
    planted = planted_run(Dials(noise=0.5, tie=1.2, leak=0.1, failure=0.2), questions=4, responses=3, repeats=2)
    engine = open_database(f"sqlite:///{tmp_path / 'planted.sqlite3'}")
    try:
        (run_id,) = import_bundle(engine, planted_bundle(planted), "planted").run_ids
        run = load_run(engine, run_id)
    finally:
        engine.dispose()
    made = planted.run
    assert (run.judge, run.index.question_ids, run.index.response_ids, run.index.systems, run.index.categories) == (
        made.judge,
        made.index.question_ids,
        made.index.response_ids,
        made.index.systems,
        made.index.categories,
    )
    assert run.index.lengths is not None and made.index.lengths is not None
    assert run.index.lengths.tolist() == made.index.lengths.tolist()
    assert run.index.gold.tolist() == made.index.gold.tolist()
    for name in ("first", "second", "verdict", "failure"):
        assert getattr(run.pairs, name).tolist() == getattr(made.pairs, name).tolist()
    np.testing.assert_allclose(run.pairs.probs, made.pairs.probs)
    np.testing.assert_allclose(run.pairs.perplexity, made.pairs.perplexity)
    assert run.scores.response.tolist() == made.scores.response.tolist()
    np.testing.assert_allclose(run.scores.emitted, made.scores.emitted)
    np.testing.assert_allclose(run.scores.label_probs.sum(), made.scores.label_probs.sum())
