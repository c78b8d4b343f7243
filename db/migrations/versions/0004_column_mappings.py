"""Column mappings that people save to use again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "column_mappings",
        sa.Column("id", ROW, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("header_hash", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_column_mappings"),
        sa.UniqueConstraint("header_hash", "name", name="uq_column_mappings_header_hash_name"),
    )


def downgrade() -> None:
    op.drop_table("column_mappings")
