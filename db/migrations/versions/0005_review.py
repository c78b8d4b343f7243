"""Review: rubrics, rules, presentations, the history of verdicts, and the log of who did what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.append_only import protect, unprotect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
NEW_FACTS = ("rubrics", "review_rules", "presentations", "activity")
PAIR_OR_RESPONSE = "(first_id IS NULL) = (second_id IS NULL) AND (first_id IS NULL) <> (response_id IS NULL)"


def upgrade() -> None:
    _make_tables()
    _extend_verdicts()
    for fact in NEW_FACTS:
        protect(op.get_bind(), fact)


def _make_tables() -> None:
    op.create_table(
        "rubrics",
        sa.Column("id", ROW, nullable=False),
        sa.Column("response_set_id", ROW, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_rubrics_version")),
        sa.ForeignKeyConstraint(["response_set_id"], ["response_sets.id"], name="fk_rubrics_response_set_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rubrics"),
        sa.UniqueConstraint("response_set_id", "version", name="uq_rubrics_response_set_id_version"),
    )
    op.create_table(
        "review_rules",
        sa.Column("id", ROW, nullable=False),
        sa.Column("response_set_id", ROW, nullable=False),
        sa.Column("overlap", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("overlap >= 1", name=op.f("ck_review_rules_overlap")),
        sa.ForeignKeyConstraint(["response_set_id"], ["response_sets.id"], name="fk_review_rules_response_set_id"),
        sa.PrimaryKeyConstraint("id", name="pk_review_rules"),
    )
    op.create_index("ix_review_rules_response_set_id", "review_rules", ["response_set_id"])
    op.create_table(
        "presentations",
        sa.Column("id", ROW, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("response_set_id", ROW, nullable=False),
        sa.Column("run_id", ROW, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("first_id", ROW, nullable=True),
        sa.Column("second_id", ROW, nullable=True),
        sa.Column("response_id", ROW, nullable=True),
        sa.Column("rubric_id", ROW, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(PAIR_OR_RESPONSE, name=op.f("ck_presentations_pair_or_response")),
        sa.ForeignKeyConstraint(["first_id"], ["responses.id"], name="fk_presentations_first_id"),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name="fk_presentations_response_id"),
        sa.ForeignKeyConstraint(["response_set_id"], ["response_sets.id"], name="fk_presentations_response_set_id"),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubrics.id"], name="fk_presentations_rubric_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_presentations_run_id"),
        sa.ForeignKeyConstraint(["second_id"], ["responses.id"], name="fk_presentations_second_id"),
        sa.PrimaryKeyConstraint("id", name="pk_presentations"),
        sa.UniqueConstraint("token", name="uq_presentations_token"),
    )
    op.create_index("ix_presentations_response_set_id_created_at", "presentations", ["response_set_id", "created_at"])
    op.create_table(
        "activity",
        sa.Column("id", ROW, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("response_set_id", ROW, nullable=True),
        sa.Column("run_id", ROW, nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["response_set_id"], ["response_sets.id"], name="fk_activity_response_set_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_activity_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
    )
    op.create_index("ix_activity_response_set_id", "activity", ["response_set_id"])
    op.create_index("ix_activity_run_id", "activity", ["run_id"])


def _extend_verdicts() -> None:
    # Batch mode copies the table on SQLite, which loses its triggers.
    unprotect(op.get_bind(), "verdicts")
    with op.batch_alter_table("verdicts") as table:
        table.add_column(sa.Column("kind", sa.String(length=8), nullable=False, server_default="decide"))
        table.add_column(sa.Column("supersedes_id", ROW, nullable=True))
        table.add_column(sa.Column("presentation_id", ROW, nullable=True))
        table.add_column(sa.Column("rubric_id", ROW, nullable=True))
        table.add_column(sa.Column("seconds", sa.Double(), nullable=True))
        table.add_column(sa.Column("note", sa.Text(), nullable=True))
        table.create_foreign_key("fk_verdicts_supersedes_id", "verdicts", ["supersedes_id"], ["id"])
        table.create_foreign_key("fk_verdicts_presentation_id", "presentations", ["presentation_id"], ["id"])
        table.create_foreign_key("fk_verdicts_rubric_id", "rubrics", ["rubric_id"], ["id"])
        table.create_unique_constraint("uq_verdicts_supersedes_id", ["supersedes_id"])
        table.create_unique_constraint("uq_verdicts_presentation_id", ["presentation_id"])
        table.create_check_constraint(op.f("ck_verdicts_kind"), "kind IN ('decide', 'revise', 'withdraw')")
        table.create_check_constraint(op.f("ck_verdicts_supersedes"), "(kind = 'decide') = (supersedes_id IS NULL)")
        table.create_check_constraint(op.f("ck_verdicts_seconds"), "seconds >= 0")
    protect(op.get_bind(), "verdicts")


def downgrade() -> None:
    for fact in (*NEW_FACTS, "verdicts"):
        unprotect(op.get_bind(), fact)
    with op.batch_alter_table("verdicts") as table:
        for name in ("ck_verdicts_kind", "ck_verdicts_supersedes", "ck_verdicts_seconds"):
            table.drop_constraint(op.f(name), type_="check")
        for name in ("uq_verdicts_supersedes_id", "uq_verdicts_presentation_id"):
            table.drop_constraint(name, type_="unique")
        for name in ("fk_verdicts_supersedes_id", "fk_verdicts_presentation_id", "fk_verdicts_rubric_id"):
            table.drop_constraint(name, type_="foreignkey")
        for name in ("kind", "supersedes_id", "presentation_id", "rubric_id", "seconds", "note"):
            table.drop_column(name)
    protect(op.get_bind(), "verdicts")
    for name in ("activity", "presentations", "review_rules", "rubrics"):
        op.drop_table(name)
