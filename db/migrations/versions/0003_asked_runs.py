"""Asked runs: what a run asks for, who works on it, and by which content each judgment is known.

Columns and indexes are added in place: SQLite's batch mode would copy the judgments and lose their triggers.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _of_run() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("plan", sa.JSON()),
        sa.Column("protocol", sa.Text()),
        sa.Column("asked_count", sa.Integer()),
        sa.Column("attempt", sa.Integer()),
        sa.Column("wanted", sa.String(length=9)),
        sa.Column("message", sa.Text()),
        sa.Column("rate", sa.Double()),
        sa.Column("judge_facts", sa.JSON()),
        sa.Column("estimate", sa.JSON()),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("lease_until", sa.Double()),
        sa.Column("started_at", MOMENT),
        sa.Column("finished_at", MOMENT),
    )


def _of_judgment() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("content_key", sa.LargeBinary()),
        sa.Column("attempt", sa.Integer()),
        sa.Column("sample_count", sa.Integer()),
    )


JUDGMENTS = ("score_judgments", "pair_judgments")


def upgrade() -> None:
    for column in _of_run():
        op.add_column("runs", column)
    for table in JUDGMENTS:
        for column in _of_judgment():
            op.add_column(table, column)
        _index(f"ix_{table}_once", table, ["run_id", "content_key", "attempt"], "content_key", unique=True)
        _index(f"ix_{table}_failed", table, ["run_id"], "failure", unique=False)


def downgrade() -> None:
    for table in JUDGMENTS:
        op.drop_index(f"ix_{table}_failed", table_name=table)
        op.drop_index(f"ix_{table}_once", table_name=table)
        for column in _of_judgment():
            op.drop_column(table, column.name)
    for column in _of_run():
        op.drop_column("runs", column.name)


def _index(name: str, table: str, columns: list[str], given: str, *, unique: bool) -> None:
    """An index over the rows that have a value in the column ``given``."""
    condition = sa.text(f"{given} IS NOT NULL")
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
