"""The tables, for SQLite and PostgreSQL alike (SQLAlchemy Core).

What is searched or sorted by is a column; everything else of a row is JSON text in `data`, written with
`ensure_ascii=False`; hashes are taken of canonical bytes, never of the column. Instants are UTC through one type.
SQLite tables are STRICT, so no column ever holds a value of another kind.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData()


class Utc(TypeDecorator[datetime]):
    """An aware instant: timestamptz on PostgreSQL, a text of fixed width that sorts like time on SQLite.

    Raises ValueError for a naive datetime: nobody could say which instant it is.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own type."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """What is sent."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant without a time zone cannot be stored.")
        moment = value.astimezone(UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """What comes back, always aware and in UTC."""
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


machines = Table(
    "aw_machine",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("procedure", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("deployed", Utc, nullable=False),
    Column("retired", Integer, nullable=False, server_default=text("0")),
    Column("data", Text, nullable=False),
    Index("aw_machine_procedure", "procedure", "deployed"),
    sqlite_strict=True,
)

offices = Table(
    "aw_office",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("since", Utc, nullable=False),
    Column("data", Text, nullable=False),
    sqlite_strict=True,
)

tenants = Table(
    "aw_tenant",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("office", Text, nullable=False),
    sqlite_strict=True,
)

cases = Table(
    "aw_case",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("started", Utc, nullable=False),
    Column("changed", Utc, nullable=False),
    Column("next_due", Utc),
    Column("at", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("data", Text, nullable=False),
    Index("aw_case_number", "tenant", "number"),
    Index("aw_case_changed", "tenant", "changed", "id"),
    Index("aw_case_status", "tenant", "status", "changed", "id"),
    Index("aw_case_procedure", "tenant", "procedure", "changed", "id"),
    Index(
        "aw_case_due",
        "next_due",
        sqlite_where=text("next_due IS NOT NULL"),
        postgresql_where=text("next_due IS NOT NULL"),
    ),
    Index(
        "aw_case_draft",
        "procedure",
        "changed",
        sqlite_where=text("status = 'draft'"),
        postgresql_where=text("status = 'draft'"),
    ),
    sqlite_strict=True,
)

parties = Table(
    "aw_case_party",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "person", "case_id"),
    sqlite_strict=True,
)

entries = Table(
    "aw_entry",
    metadata,
    Column("case_id", Text, nullable=False),
    Column("no", Integer, nullable=False),
    Column("event", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("data", Text, nullable=False),
    PrimaryKeyConstraint("case_id", "no"),
    UniqueConstraint("case_id", "event", name="aw_entry_event"),
    sqlite_strict=True,
)

parts = Table(
    "aw_part",
    metadata,
    Column("case_id", Text, nullable=False),
    Column("no", Integer, nullable=False),
    Column("class", Text, nullable=False),
    Column("salt", Text, nullable=False),
    Column("data", Text),
    PrimaryKeyConstraint("case_id", "no", "class"),
    sqlite_strict=True,
)

tasks = Table(
    "aw_task",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("due_key", Text, nullable=False),
    Column("opened_key", Text, nullable=False),
    Column("due", Utc),
    Column("claimed_by", Text, nullable=False),
    Column("follow_up", Utc),
    Column("words", Text, nullable=False),
    Column("data", Text, nullable=False),
    Index("aw_task_case", "case_id"),
    Index("aw_task_claimed", "tenant", "claimed_by", "due_key", "id"),
    sqlite_strict=True,
)

offers = Table(
    "aw_task_offer",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("due_key", Text, nullable=False),
    Column("opened_key", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "role", "task"),
    Index("aw_offer_due", "tenant", "role", "due_key", "task"),
    Index("aw_offer_opened", "tenant", "role", "opened_key", "task"),
    Index("aw_offer_task", "task"),
    sqlite_strict=True,
)

jobs = Table(
    "aw_job",
    metadata,
    Column("key", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("job", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due", Utc, nullable=False),
    Column("lease", Utc),
    Column("created", Utc, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retries", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("data", Text, nullable=False),
    Index("aw_job_case", "case_id"),
    Index("aw_job_ready", "due", sqlite_where=text("state = 'ready'"), postgresql_where=text("state = 'ready'")),
    Index("aw_job_lease", "lease", sqlite_where=text("state = 'running'"), postgresql_where=text("state = 'running'")),
    sqlite_strict=True,
)

incidents = Table(
    "aw_incident",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("opened", Utc, nullable=False),
    Column("closed", Utc),
    Column("data", Text, nullable=False),
    Index("aw_incident_open", "tenant", "closed", "opened"),
    Index("aw_incident_case", "case_id"),
    sqlite_strict=True,
)

documents = Table(
    "aw_document",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("created", Utc, nullable=False),
    Column("data", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("aw_document_case", "case_id", "created"),
    sqlite_strict=True,
)

series = Table(
    "aw_series",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Integer, nullable=False),
    PrimaryKeyConstraint("tenant", "name"),
    sqlite_strict=True,
)
