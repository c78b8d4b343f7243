"""The curve of verdicts given so far agrees with what progress said after each."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.core.services.reviewing import decide, stored_tournament
from trustjudge_core.services import review_curve as service
from trustjudge_core.services.review_curve import review_curve
from trustjudge_core.services.review_progress import review_progress
from trustjudge_core.services.undo_verdict import undo_verdict


def test_each_point_is_what_progress_said_then(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ground = stored_tournament(engine)
    said = [review_progress(engine, ground, "ann").inconsistent]
    for verdict in ("first", "tie", "second", "first"):
        decide(engine, ground, verdict)  # type: ignore[arg-type]
        said.append(review_progress(engine, ground, "ann").inconsistent)
    decide(engine, ground, None)  # who cannot tell spends nothing here
    assert review_curve(engine, ground) == list(enumerate(said))
    undo_verdict(engine, ground, "ann")
    undo_verdict(engine, ground, "ann")
    assert review_curve(engine, ground) == list(enumerate(said[:-1]))
    monkeypatch.setattr(service, "MOST_POINTS", 2)
    assert review_curve(engine, ground) == [(0, said[0]), (3, said[3])]
