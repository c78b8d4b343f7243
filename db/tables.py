"""Every table. The schema itself is made by `db.migrations`; a test proves that both agree.

Facts (`APPEND_ONLY`) are written once and never changed; the database refuses it by triggers.
Everywhere ``id`` is a row's own number and ``key`` the name that a file gave (a question id, a
response id). Numbers a person or judge gave are float64: reference mode promises 1e-9.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

NAMING: Final = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
"""Names that migrations can address; SQLite's batch mode cannot drop what has no name."""

STATES: Final = ("draft", "queued", "running", "paused", "cancelled", "failed", "complete")

APPEND_ONLY: Final = (
    "questions",
    "responses",
    "score_judgments",
    "pair_judgments",
    "rubrics",
    "review_rules",
    "presentations",
    "verdicts",
    "activity",
)

VERDICT_KINDS: Final = ("decide", "revise", "withdraw")

metadata = MetaData(naming_convention=NAMING)

# SQLite numbers rows by itself only when the type is spelled INTEGER.
ROW = BigInteger().with_variant(Integer, "sqlite")
SHA256 = String(64)  # hexadecimal
MOMENT = DateTime(timezone=True)


def _only_where(condition: str) -> dict[str, Any]:
    """Options of an index over the rows for which the condition holds; the others cost it nothing."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


response_sets = Table(
    "response_sets",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("content_hash", SHA256, nullable=False, unique=True),
    Column("is_sample", Boolean(create_constraint=False), nullable=False),
    Column("question_count", Integer, nullable=False),
    Column("response_count", Integer, nullable=False),
    Column("notes", JSON, nullable=False),  # [{file, line, message}]
    Column("left_out", JSON),  # [{file, field, allowed, rows, depends}] rows left out by choice; NULL: none
    Column("created_at", MOMENT, nullable=False),
)

questions = Table(
    "questions",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("response_set_id", ROW, ForeignKey("response_sets.id"), nullable=False),
    Column("position", Integer, nullable=False),  # order of appearance in the set
    Column("key", Text, nullable=False),
    Column("category", Text),
    Column("text", Text),
    Column("reference", Text),
    Column("rubric", Text),
    UniqueConstraint("response_set_id", "key"),
    UniqueConstraint("response_set_id", "position"),
)

responses = Table(
    "responses",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("question_id", ROW, ForeignKey("questions.id"), nullable=False),
    Column("position", Integer, nullable=False),  # order of appearance in the question
    Column("key", Text, nullable=False),
    Column("system", Text),
    Column("gold", Double),
    Column("text", Text),  # NULL: the file never held it
    UniqueConstraint("question_id", "key"),
    UniqueConstraint("question_id", "position"),
)

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

column_mappings = Table(
    "column_mappings",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("name", Text, nullable=False),
    Column("header_hash", SHA256, nullable=False),
    Column("columns", JSON, nullable=False),
    Column("choice", JSON, nullable=False),  # {holds, mapping, verdicts, order_known, encoding, delimiter, sheet}
    Column("saved_at", MOMENT, nullable=False),
    UniqueConstraint("header_hash", "name"),
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
