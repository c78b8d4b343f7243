"""First tables: response sets, their judges and runs, and the append-only facts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.append_only import protect, unprotect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHA256 = sa.String(length=64)
MOMENT = sa.DateTime(timezone=True)
FACTS = ("questions", "responses", "score_judgments", "pair_judgments", "verdicts")


def upgrade() -> None:
    op.create_table(
        "judges",
        sa.Column("id", ROW, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("content_hash", SHA256, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_judges"),
        sa.UniqueConstraint("content_hash", name="uq_judges_content_hash"),
    )
    op.create_table(
        "response_sets",
        sa.Column("id", ROW, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_hash", SHA256, nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("question_count", sa.Integer(), nullable=False),
        sa.Column("response_count", sa.Integer(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_response_sets"),
        sa.UniqueConstraint("content_hash", name="uq_response_sets_content_hash"),
        sa.UniqueConstraint("name", name="uq_response_sets_name"),
    )
    op.create_table(
        "score_sheets",
        sa.Column("id", ROW, nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("scale_low", sa.Double(), nullable=False),
        sa.Column("scale_high", sa.Double(), nullable=False),
        sa.Column("content_hash", SHA256, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_score_sheets"),
        sa.UniqueConstraint("content_hash", name="uq_score_sheets_content_hash"),
    )
    op.create_table(
        "questions",
        sa.Column("id", ROW, nullable=False),
        sa.Column("response_set_id", ROW, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("rubric", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["response_set_id"], ["response_sets.id"], name="fk_questions_response_set_id"),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
        sa.UniqueConstraint("response_set_id", "key", name="uq_questions_response_set_id_key"),
        sa.UniqueConstraint("response_set_id", "position", name="uq_questions_response_set_id_position"),
    )
    op.create_table(
        "runs",
        sa.Column("id", ROW, nullable=False),
        sa.Column("response_set_id", ROW, nullable=False),
        sa.Column("judge_id", ROW, nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("content_hash", SHA256, nullable=True),
        sa.Column("score_judgment_count", sa.Integer(), nullable=False),
        sa.Column("pair_judgment_count", sa.Integer(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'queued', 'running', 'paused', 'cancelled', 'failed', 'complete')",
            name=op.f("ck_runs_state"),
        ),
        sa.ForeignKeyConstraint(["judge_id"], ["judges.id"], name="fk_runs_judge_id"),
        sa.ForeignKeyConstraint(["response_set_id"], ["response_sets.id"], name="fk_runs_response_set_id"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint(
            "response_set_id", "judge_id", "content_hash", name="uq_runs_response_set_id_judge_id_content_hash"
        ),
    )
    op.create_table(
        "responses",
        sa.Column("id", ROW, nullable=False),
        sa.Column("question_id", ROW, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=True),
        sa.Column("gold", sa.Double(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name="fk_responses_question_id"),
        sa.PrimaryKeyConstraint("id", name="pk_responses"),
        sa.UniqueConstraint("question_id", "key", name="uq_responses_question_id_key"),
        sa.UniqueConstraint("question_id", "position", name="uq_responses_question_id_position"),
    )
    op.create_table(
        "pair_judgments",
        sa.Column("id", ROW, nullable=False),
        sa.Column("run_id", ROW, nullable=False),
        sa.Column("first_id", ROW, nullable=False),
        sa.Column("second_id", ROW, nullable=False),
        sa.Column("verdict", sa.SmallInteger(), nullable=True),
        sa.Column("prob_first", sa.Double(), nullable=True),
        sa.Column("prob_second", sa.Double(), nullable=True),
        sa.Column("prob_tie", sa.Double(), nullable=True),
        sa.Column("cumulative_logprob", sa.Double(), nullable=True),
        sa.Column("token_count", sa.Integer(), nullable=True),
        sa.Column("order_known", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(prob_first IS NULL) = (prob_second IS NULL) AND (prob_first IS NULL) = (prob_tie IS NULL)",
            name=op.f("ck_pair_judgments_all_probs"),
        ),
        sa.CheckConstraint("first_id <> second_id", name=op.f("ck_pair_judgments_two_responses")),
        sa.CheckConstraint("verdict IN (-1, 0, 1)", name=op.f("ck_pair_judgments_verdict")),
        sa.ForeignKeyConstraint(["first_id"], ["responses.id"], name="fk_pair_judgments_first_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_pair_judgments_run_id"),
        sa.ForeignKeyConstraint(["second_id"], ["responses.id"], name="fk_pair_judgments_second_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pair_judgments"),
    )
    op.create_index("ix_pair_judgments_first_id_run_id", "pair_judgments", ["first_id", "run_id"])
    op.create_index("ix_pair_judgments_run_id", "pair_judgments", ["run_id"])
    op.create_table(
        "score_judgments",
        sa.Column("id", ROW, nullable=False),
        sa.Column("run_id", ROW, nullable=False),
        sa.Column("response_id", ROW, nullable=False),
        sa.Column("score_sheet_id", ROW, nullable=False),
        sa.Column("emitted", sa.Double(), nullable=True),
        sa.Column("cumulative_logprob", sa.Double(), nullable=True),
        sa.Column("token_count", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("label_values", sa.LargeBinary(), nullable=True),
        sa.Column("label_probs", sa.LargeBinary(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("context", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name="fk_score_judgments_response_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_score_judgments_run_id"),
        sa.ForeignKeyConstraint(["score_sheet_id"], ["score_sheets.id"], name="fk_score_judgments_score_sheet_id"),
        sa.PrimaryKeyConstraint("id", name="pk_score_judgments"),
    )
    op.create_index("ix_score_judgments_response_id_run_id", "score_judgments", ["response_id", "run_id"])
    op.create_index("ix_score_judgments_run_id", "score_judgments", ["run_id"])
    op.create_table(
        "verdicts",
        sa.Column("id", ROW, nullable=False),
        sa.Column("response_set_id", ROW, nullable=False),
        sa.Column("content_hash", SHA256, nullable=False),
        sa.Column("annotator", sa.Text(), nullable=False),
        sa.Column("first_id", ROW, nullable=True),
        sa.Column("second_id", ROW, nullable=True),
        sa.Column("verdict", sa.SmallInteger(), nullable=True),
        sa.Column("response_id", ROW, nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("scale_low", sa.Double(), nullable=True),
        sa.Column("scale_high", sa.Double(), nullable=True),
        sa.Column("criterion", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(first_id IS NULL) = (second_id IS NULL) AND (first_id IS NULL) <> (response_id IS NULL)",
            name=op.f("ck_verdicts_pair_or_response"),
        ),
        sa.CheckConstraint("verdict IN (-1, 0, 1)", name=op.f("ck_verdicts_verdict")),
        sa.ForeignKeyConstraint(["first_id"], ["responses.id"], name="fk_verdicts_first_id"),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name="fk_verdicts_response_id"),
        sa.ForeignKeyConstraint(["response_set_id"], ["response_sets.id"], name="fk_verdicts_response_set_id"),
        sa.ForeignKeyConstraint(["second_id"], ["responses.id"], name="fk_verdicts_second_id"),
        sa.PrimaryKeyConstraint("id", name="pk_verdicts"),
        sa.UniqueConstraint("response_set_id", "content_hash", name="uq_verdicts_response_set_id_content_hash"),
    )
    op.create_index("ix_verdicts_first_id", "verdicts", ["first_id"])
    op.create_index("ix_verdicts_response_id", "verdicts", ["response_id"])
    for table in FACTS:
        protect(op.get_bind(), table)


def downgrade() -> None:
    for table in FACTS:
        unprotect(op.get_bind(), table)
    for table in (
        "verdicts",
        "score_judgments",
        "pair_judgments",
        "responses",
        "runs",
        "questions",
        "score_sheets",
        "response_sets",
        "judges",
    ):
        op.drop_table(table)
