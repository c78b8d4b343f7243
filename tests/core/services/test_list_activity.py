"""The log: every change with who and when, in the transaction that made it; nothing in it changes."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from db import activity
from db.engine import writing
from tests.core.services.reviewing import decide, stored_tournament
from trustjudge_core.errors import NotFound, UsageError
from trustjudge_core.services.list_activity import activity_filters, list_activity
from trustjudge_core.services.list_verdicts import list_verdicts
from trustjudge_core.services.set_overlap import overlap, set_overlap
from trustjudge_core.services.set_rubric import rubric_versions, set_rubric


def test_every_change_is_one_line_newest_first(engine: Engine) -> None:
    ground = stored_tournament(engine)
    decide(engine, ground, "first")
    set_rubric(engine, ground.set_id, "Is it right?", "bob")
    set_overlap(engine, ground.set_id, 2, "bob")
    found = list_activity(engine)
    assert [(entry.person, entry.action) for entry in found] == [
        ("bob", "set people per case"),
        ("bob", "changed the rubric"),
        ("ann", "decided"),
        ("this machine", "imported"),
    ]
    assert found[0].detail == {"people": 2, "before": 1}
    assert found[2].subject.startswith("q000")
    assert found[2].run_id == ground.run_id
    assert {entry.set_id for entry in found} == {ground.set_id}
    assert all(entry.created_at.utcoffset() is not None for entry in found)


def test_the_log_can_be_filtered_and_read_on(engine: Engine) -> None:
    ground = stored_tournament(engine)
    for verdict in ("first", "second", "tie"):
        decide(engine, ground, verdict)  # type: ignore[arg-type]
    newest = list_activity(engine, limit=2)
    older = list_activity(engine, before=newest[-1].entry_id)
    assert [e.detail.get("said") for e in (*newest, *older)] == ["tie", "second", "first", None]
    assert len(list_activity(engine, person="ann", action="decided", run_id=ground.run_id)) == 3
    assert list_activity(engine, set_id=99) == []
    assert activity_filters(engine) == (["ann", "this machine"], ["decided", "imported"])


def test_what_is_undone_leaves_no_line(engine: Engine) -> None:
    with pytest.raises(RuntimeError), writing(engine) as connection:
        activity.record(connection, "ann", "decided", "something")
        raise RuntimeError
    assert list_activity(engine) == []


def test_rules_of_a_set_are_its_own_and_what_cannot_be_is_refused(engine: Engine) -> None:
    ground = stored_tournament(engine)
    assert (overlap(engine, ground.set_id), rubric_versions(engine, ground.set_id)) == (1, [])
    set_overlap(engine, ground.set_id, 1, "bob")  # no change, no line
    assert len(list_activity(engine)) == 1
    for version, text in enumerate(("one", "two"), 1):
        assert set_rubric(engine, ground.set_id, text, "bob").version == version
    assert [(r.version, r.text, r.person) for r in rubric_versions(engine, ground.set_id)] == [
        (2, "two", "bob"),
        (1, "one", "bob"),
    ]
    with pytest.raises(UsageError, match="the rubric has 0 characters"):
        set_rubric(engine, ground.set_id, "  ", "bob")
    with pytest.raises(UsageError, match="0 people per case cannot be asked; allowed: 1 to 20"):
        set_overlap(engine, ground.set_id, 0, "bob")
    for missing in (
        lambda: set_rubric(engine, 9, "x", "bob"),
        lambda: set_overlap(engine, 9, 2, "bob"),
        lambda: rubric_versions(engine, 9),
        lambda: overlap(engine, 9),
        lambda: list_verdicts(engine, 9),
    ):
        with pytest.raises(NotFound, match="response set 9 is not in the database"):
            missing()


def test_the_history_of_one_pair_or_one_person(engine: Engine) -> None:
    ground = stored_tournament(engine)
    one = decide(engine, ground, "first").verdict
    decide(engine, ground, "tie", "bob")
    pair = (str(one.first), str(one.second))
    assert list_verdicts(engine, ground.set_id, question_id=one.question_id, pair=pair) == [one]
    assert [v.person for v in list_verdicts(engine, ground.set_id, person="bob")] == ["bob"]
