"""The first tables."""

import sqlalchemy as sa
from alembic import op

from amtsweg.engine.store.tables import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "aw_case",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("started", Utc(), nullable=False),
        sa.Column("changed", Utc(), nullable=False),
        sa.Column("next_due", Utc(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("aw_case_changed", "aw_case", ["tenant", "changed", "id"])
    op.create_index(
        "aw_case_draft",
        "aw_case",
        ["procedure", "changed"],
        sqlite_where=sa.text("status = 'draft'"),
        postgresql_where=sa.text("status = 'draft'"),
    )
    op.create_index(
        "aw_case_due",
        "aw_case",
        ["next_due"],
        sqlite_where=sa.text("next_due IS NOT NULL"),
        postgresql_where=sa.text("next_due IS NOT NULL"),
    )
    op.create_index("aw_case_number", "aw_case", ["tenant", "number"])
    op.create_index("aw_case_procedure", "aw_case", ["tenant", "procedure", "changed", "id"])
    op.create_index("aw_case_status", "aw_case", ["tenant", "status", "changed", "id"])

    op.create_table(
        "aw_case_party",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "person", "case_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "aw_document",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("created", Utc(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("aw_document_case", "aw_document", ["case_id", "created"])

    op.create_table(
        "aw_entry",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "no"),
        sa.UniqueConstraint("case_id", "event", name="aw_entry_event"),
        sqlite_strict=True,
    )
    op.create_table(
        "aw_incident",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("opened", Utc(), nullable=False),
        sa.Column("closed", Utc(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("aw_incident_case", "aw_incident", ["case_id"])
    op.create_index("aw_incident_open", "aw_incident", ["tenant", "closed", "opened"])

    op.create_table(
        "aw_job",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", Utc(), nullable=False),
        sa.Column("lease", Utc(), nullable=True),
        sa.Column("created", Utc(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
    )
    op.create_index("aw_job_case", "aw_job", ["case_id"])
    op.create_index(
        "aw_job_lease",
        "aw_job",
        ["lease"],
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(
        "aw_job_ready",
        "aw_job",
        ["due"],
        sqlite_where=sa.text("state = 'ready'"),
        postgresql_where=sa.text("state = 'ready'"),
    )

    op.create_table(
        "aw_machine",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("deployed", Utc(), nullable=False),
        sa.Column("retired", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
        sqlite_strict=True,
    )
    op.create_index("aw_machine_procedure", "aw_machine", ["procedure", "deployed"])

    op.create_table(
        "aw_office",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
        sqlite_strict=True,
    )
    op.create_table(
        "aw_part",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "no", "class"),
        sqlite_strict=True,
    )
    op.create_table(
        "aw_series",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name"),
        sqlite_strict=True,
    )
    op.create_table(
        "aw_task",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("due_key", sa.Text(), nullable=False),
        sa.Column("opened_key", sa.Text(), nullable=False),
        sa.Column("due", Utc(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=False),
        sa.Column("follow_up", Utc(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("aw_task_case", "aw_task", ["case_id"])
    op.create_index("aw_task_claimed", "aw_task", ["tenant", "claimed_by", "due_key", "id"])

    op.create_table(
        "aw_task_offer",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("due_key", sa.Text(), nullable=False),
        sa.Column("opened_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "role", "task"),
        sqlite_strict=True,
    )
    op.create_index("aw_offer_due", "aw_task_offer", ["tenant", "role", "due_key", "task"])
    op.create_index("aw_offer_opened", "aw_task_offer", ["tenant", "role", "opened_key", "task"])
    op.create_index("aw_offer_task", "aw_task_offer", ["task"])

    op.create_table(
        "aw_tenant",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("aw_tenant")

    op.drop_table("aw_task_offer")

    op.drop_table("aw_task")
    op.drop_table("aw_series")
    op.drop_table("aw_part")
    op.drop_table("aw_office")

    op.drop_table("aw_machine")

    op.drop_table("aw_job")

    op.drop_table("aw_incident")
    op.drop_table("aw_entry")

    op.drop_table("aw_document")
    op.drop_table("aw_case_party")

    op.drop_table("aw_case")
