"""Pair judgments keep how firmly they were given; response sets, which rows were left out by choice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pair_judgments", sa.Column("strength", sa.Double(), nullable=True))
    op.add_column("response_sets", sa.Column("left_out", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("response_sets", "left_out")
    op.drop_column("pair_judgments", "strength")
