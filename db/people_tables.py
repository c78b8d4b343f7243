"""What people decide: rubrics, how a set is reviewed, cases as somebody saw them, verdicts, and who did what."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from db.schema import MOMENT, ROW, SHA256, metadata

VERDICT_KINDS: Final = ("decide", "revise", "withdraw")

# What people are asked to judge by, one row per version; version 0 is none.
rubrics = Table(
    "rubrics",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("response_set_id", ROW, ForeignKey("response_sets.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    UniqueConstraint("response_set_id", "version"),
    CheckConstraint("version >= 1", name="version"),
)

# How a set is reviewed; the newest row holds.
review_rules = Table(
    "review_rules",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("response_set_id", ROW, ForeignKey("response_sets.id"), nullable=False, index=True),
    Column("overlap", Integer, nullable=False),  # people per case
    Column("person", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    CheckConstraint("overlap >= 1", name="overlap"),
)

# A case as somebody saw it. Its token lets one verdict through, however often that is sent.
presentations = Table(
    "presentations",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("token", String(32), nullable=False, unique=True),
    Column("response_set_id", ROW, ForeignKey("response_sets.id"), nullable=False),
    Column("run_id", ROW, ForeignKey("runs.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("first_id", ROW, ForeignKey("responses.id")),
    Column("second_id", ROW, ForeignKey("responses.id")),
    Column("response_id", ROW, ForeignKey("responses.id")),
    Column("rubric_id", ROW, ForeignKey("rubrics.id")),
    Column("created_at", MOMENT, nullable=False),
    Index(None, "response_set_id", "created_at"),
    CheckConstraint(
        "(first_id IS NULL) = (second_id IS NULL) AND (first_id IS NULL) <> (response_id IS NULL)",
        name="pair_or_response",
    ),
)

# A revision or withdrawal names the row that it supersedes; what no row supersedes and is not withdrawn stands.
verdicts = Table(
    "verdicts",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("response_set_id", ROW, ForeignKey("response_sets.id"), nullable=False),
    Column("content_hash", SHA256, nullable=False),
    Column("annotator", Text, nullable=False),
    Column("first_id", ROW, ForeignKey("responses.id"), index=True),
    Column("second_id", ROW, ForeignKey("responses.id")),
    Column("verdict", SmallInteger),  # 1 first, -1 second, 0 tie, NULL cannot tell
    Column("response_id", ROW, ForeignKey("responses.id"), index=True),
    Column("score", Double),
    Column("scale_low", Double),
    Column("scale_high", Double),
    Column("criterion", Text),
    Column("created_at", MOMENT, nullable=False),
    Column("kind", String(8), nullable=False, server_default="decide"),
    Column("supersedes_id", ROW, ForeignKey("verdicts.id"), unique=True),
    Column("presentation_id", ROW, ForeignKey("presentations.id"), unique=True),  # NULL: recorded elsewhere
    Column("rubric_id", ROW, ForeignKey("rubrics.id")),
    Column("seconds", Double),  # from showing the case to the verdict
    Column("note", Text),
    UniqueConstraint("response_set_id", "content_hash"),
    CheckConstraint("verdict IN (-1, 0, 1)", name="verdict"),
    CheckConstraint("kind IN (" + ", ".join(f"'{kind}'" for kind in VERDICT_KINDS) + ")", name="kind"),
    CheckConstraint("(kind = 'decide') = (supersedes_id IS NULL)", name="supersedes"),
    CheckConstraint("seconds >= 0", name="seconds"),
    CheckConstraint(
        "(first_id IS NULL) = (second_id IS NULL) AND (first_id IS NULL) <> (response_id IS NULL)",
        name="pair_or_response",
    ),
)

# Who did what, when; written in the transaction that did it.
activity = Table(
    "activity",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("created_at", MOMENT, nullable=False),
    Column("person", Text, nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("response_set_id", ROW, ForeignKey("response_sets.id"), index=True),
    Column("run_id", ROW, ForeignKey("runs.id"), index=True),
    Column("detail", JSON, nullable=False),
)
