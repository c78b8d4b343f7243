"""What a report says about the judge besides its name: what it said it was when it was asked, and when that was."""

from __future__ import annotations

from sqlalchemy import Engine

from db import asked_runs
from db.engine import reading


def describe_judge(engine: Engine, run_id: int) -> list[tuple[str, str]]:
    """Lines about the judge of a run, name and value each; one that says so for judgments recorded elsewhere."""
    with reading(engine) as connection:
        run = next((one for one in asked_runs.read_all(connection) if one.run_id == run_id), None)
    if run is None:
        return [("Judge asked", "elsewhere; its judgments were imported, and its version is what its name says")]
    facts = run.judge_facts or {}
    rows = [
        ("Judge asked as", str(facts.get("name") or run.judge)),
        ("Judge revision", str(facts["revision"]) if facts.get("revision") else ""),
        ("Judge ran on", " ".join(str(facts[name]) for name in ("device", "dtype") if facts.get(name))),
        ("Judge asked from", f"{run.started_at:%d %B %Y, %H:%M} UTC" if run.started_at else ""),
        ("Judge asked until", f"{run.finished_at:%d %B %Y, %H:%M} UTC" if run.finished_at else ""),
    ]
    if facts.get("demonstration"):
        rows.append(("Demonstration", "outside the tasks it was trained on its verdicts mean nothing"))
    return [(name, value) for name, value in rows if value]
