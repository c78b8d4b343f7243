"""Rows in and rows out."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import Engine, select

from db import bulk
from db.engine import reading, writing
from db.tables import judges, score_sheets


def test_rows_of_a_generator_are_inserted_over_several_chunks(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 3)
    monkeypatch.setattr(bulk, "FETCH", 2)
    with writing(engine) as connection:
        rows = (
            {"name": str(n), "spec": {}, "content_hash": f"hash {n}", "created_at": datetime(2024, 1, 1, tzinfo=UTC)}
            for n in range(7)
        )
        assert bulk.insert(connection, judges, rows) == 7
    with reading(engine) as connection:
        query = select(judges.c.id, judges.c.name).order_by(judges.c.id)
        ids, names = bulk.columns(connection, query, np.int64, object)
    assert ids.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert names.tolist() == ["0", "1", "2", "3", "4", "5", "6"]


def test_columns_of_nothing_are_empty_and_keep_their_types(engine: Engine) -> None:
    with reading(engine) as connection:
        low, criterion = bulk.columns(
            connection, select(score_sheets.c.scale_low, score_sheets.c.criterion), np.float64, object
        )
    assert (low.shape, low.dtype, criterion.shape) == ((0,), np.float64, (0,))


def test_texts_are_coded_in_order_of_appearance_and_none_is_minus_one() -> None:
    codes, names = bulk.coded(np.array(["b", None, "a", "b"], object))
    assert codes.tolist() == [0, -1, 1, 0]
    assert names == ("b", "a")
