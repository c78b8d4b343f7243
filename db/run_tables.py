"""Judges, their runs over response sets, and every judgment of a run."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from db.schema import MOMENT, ROW, SHA256, metadata

STATES: Final = ("draft", "queued", "running", "paused", "cancelled", "failed", "complete")


def _only_where(condition: str) -> dict[str, Any]:
    """Options of an index over the rows for which the condition holds; the others cost it nothing."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


judges = Table(
    "judges",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("name", Text, nullable=False),
    Column("spec", JSON, nullable=False),  # {"kind": "recorded"} for judgments from files
    Column("content_hash", SHA256, nullable=False, unique=True),
    Column("created_at", MOMENT, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("response_set_id", ROW, ForeignKey("response_sets.id"), nullable=False),
    Column("judge_id", ROW, ForeignKey("judges.id"), nullable=False),
    Column("state", String(9), nullable=False),
    Column("content_hash", SHA256),  # of its judgments, once complete
    Column("score_judgment_count", Integer, nullable=False),
    Column("pair_judgment_count", Integer, nullable=False),
    Column("failed_count", Integer, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    # From here on: NULL for a run that was recorded elsewhere and imported.
    Column("plan", JSON(none_as_null=True)),
    Column("protocol", Text),  # as the judge package writes it
    Column("asked_count", Integer),
    Column("attempt", Integer),  # which time of asking is under way: 1, and one more for each "ask the failed again"
    Column("wanted", String(9)),  # the state a person asked for while a worker was at it
    Column("message", Text),  # why it failed or waits
    Column("rate", Double),  # judgments a second, lately
    Column("judge_facts", JSON(none_as_null=True)),  # what the model said it was when it was first asked
    Column("estimate", JSON(none_as_null=True)),  # what a worker measured before the start
    Column("lease_owner", Text),
    Column("lease_until", Double),  # seconds since 1970; past it, another worker may take the run over
    Column("started_at", MOMENT),
    Column("finished_at", MOMENT),
    UniqueConstraint("response_set_id", "judge_id", "content_hash"),
    CheckConstraint("state IN (" + ", ".join(f"'{state}'" for state in STATES) + ")", name="state"),
)

score_sheets = Table(
    "score_sheets",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("criterion", Text, nullable=False),
    Column("scale_low", Double, nullable=False),
    Column("scale_high", Double, nullable=False),
    # A criterion may be a page long, more than a PostgreSQL index entry holds.
    Column("content_hash", SHA256, nullable=False, unique=True),
)

# Long texts stand last in a row, so that SQLite reads the numbers without fetching their pages.
score_judgments = Table(
    "score_judgments",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("run_id", ROW, ForeignKey("runs.id"), nullable=False, index=True),
    Column("response_id", ROW, ForeignKey("responses.id"), nullable=False),
    Column("score_sheet_id", ROW, ForeignKey("score_sheets.id"), nullable=False),
    Column("emitted", Double),
    Column("cumulative_logprob", Double),
    Column("token_count", Integer),
    Column("failure", Text),
    Column("label_values", LargeBinary),  # little-endian float64, one per observed label
    Column("label_probs", LargeBinary),  # the same length, raw
    Column("text", Text),
    Column("context", Text),
    # From here on: NULL for judgments that were recorded elsewhere and imported.
    Column("content_key", LargeBinary),  # SHA-256 of what was asked: responses, prompt, labels, judge, readout
    Column("attempt", Integer),  # of which time of asking this is the answer
    Column("sample_count", Integer),  # of how many samples the probabilities are shares
    Index(None, "response_id", "run_id"),
    Index(
        "ix_score_judgments_once",
        *("run_id", "content_key", "attempt"),
        unique=True,
        **_only_where("content_key IS NOT NULL"),
    ),
    Index("ix_score_judgments_failed", "run_id", **_only_where("failure IS NOT NULL")),
)

pair_judgments = Table(
    "pair_judgments",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("run_id", ROW, ForeignKey("runs.id"), nullable=False, index=True),
    Column("first_id", ROW, ForeignKey("responses.id"), nullable=False),
    Column("second_id", ROW, ForeignKey("responses.id"), nullable=False),
    Column("verdict", SmallInteger),  # 1 first, -1 second, 0 tie
    Column("prob_first", Double),
    Column("prob_second", Double),
    Column("prob_tie", Double),
    Column("cumulative_logprob", Double),
    Column("token_count", Integer),
    Column("order_known", Boolean(create_constraint=False), nullable=False),
    Column("failure", Text),
    Column("text", Text),
    Column("strength", Double),  # how firmly, in the unit of the source
    # From here on: NULL for judgments that were recorded elsewhere and imported.
    Column("content_key", LargeBinary),  # SHA-256 of what was asked: responses, prompt, labels, judge, readout
    Column("attempt", Integer),  # of which time of asking this is the answer
    Column("sample_count", Integer),  # of how many samples the probabilities are shares
    Index(None, "first_id", "run_id"),
    Index(
        "ix_pair_judgments_once",
        *("run_id", "content_key", "attempt"),
        unique=True,
        **_only_where("content_key IS NOT NULL"),
    ),
    Index("ix_pair_judgments_failed", "run_id", **_only_where("failure IS NOT NULL")),
    CheckConstraint("first_id <> second_id", name="two_responses"),
    CheckConstraint("verdict IN (-1, 0, 1)", name="verdict"),
    CheckConstraint(
        "(prob_first IS NULL) = (prob_second IS NULL) AND (prob_first IS NULL) = (prob_tie IS NULL)", name="all_probs"
    ),
)
