"""Response sets, their questions and responses, and the mappings of tables that people keep."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Double, ForeignKey, Integer, Table, Text, UniqueConstraint

from db.schema import MOMENT, ROW, SHA256, metadata

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
