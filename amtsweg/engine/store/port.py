"""What a store must be able to do, and the rows it keeps.

Rows are frozen dataclasses; values inside are plain data (`engine.plain`). Every reading method that a person's request
can reach takes the tenant, and nothing of another tenant is ever found. `Transaction` methods see their own writes; if
the block is left by an exception, nothing was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from amtsweg.dsl.procedure import Machine, Office
from amtsweg.engine.case import Case, DocumentStatus
from amtsweg.engine.journal import Entry, Part
from amtsweg.engine.plain import instant


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as lists show it; `next_due` is when its next timer fires, `words` its folded text for searching."""

    id: str
    tenant: str
    number: str
    procedure: str
    machine: str
    title: str
    status: str
    outcome: str
    started: datetime
    changed: datetime
    next_due: datetime | None = None
    at: tuple[str, ...] = ()
    words: str = ""
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskRow:
    """An open task with what the work-list adds: claim, delegation, follow-up, draft, note.

    `id` is `<case>:<task>`; `by` are the roles it is for, `roles` those searched (`party:<id>` for a known party),
    out. `draft` is what somebody typed without sending it.
    """

    id: str
    case: str
    tenant: str
    task: str
    number: str
    procedure: str
    procedure_title: str
    step: str
    title: str
    opened: datetime
    by: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    due: datetime | None = None
    due_day: str = ""
    claimed_by: str = ""
    delegated_by: str = ""
    follow_up: datetime | None = None
    note: str = ""
    draft: Any = None
    words: str = ""
    columns: Mapping[str, Any] = field(default_factory=dict)


LAST = "9999-12-31T23:59:59.999999Z"
"""Where what has no date stands in a list that is sorted by date."""

JobState = Literal["ready", "running", "waiting", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class JobRow:
    """Work for the world outside. `key` is unique and travels along, so that it happens once.

    `ready`: to be done from `due` on · `running`: somebody has it until `lease` · `waiting`: asked, the answer comes
    later · `failed`: given up, an incident is open.
    """

    key: str
    case: str
    tenant: str
    kind: str
    data: Any
    due: datetime
    created: datetime
    job: str = ""
    state: JobState = "ready"
    attempts: int = 0
    retries: int = 8
    lease: datetime | None = None
    error: str = ""
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """Something a person has to look at."""

    id: str
    case: str
    tenant: str
    kind: str
    code: str
    sentence: str
    opened: datetime
    job: str = ""
    attempts: int = 0
    data: Any = None
    closed: datetime | None = None
    resolution: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in the file (Akte) of a case; its bytes are read apart."""

    id: str
    case: str
    tenant: str
    title: str
    kind: str
    media_type: str
    hash: str
    size: int
    created: datetime
    letter: str = ""
    step: str = ""
    status: DocumentStatus = "draft"
    sent: datetime | None = None
    served: str = ""


@dataclass(frozen=True, slots=True)
class MachineRow:
    """A deployed version of a procedure."""

    hash: str
    procedure: str
    version: str
    deployed: datetime
    retired: bool = False


def newest_last(row: MachineRow) -> tuple[str, datetime, tuple[int, ...]]:
    """How versions are sorted: by procedure, deployment, and the numbers of the version."""
    return row.procedure, row.deployed, tuple(int(part) for part in row.version.split(".") if part.isdecimal())


@dataclass(frozen=True, slots=True)
class TaskQuery:
    """Which tasks: of one tenant, offered to one of `roles`, or claimed, as the kind says.

    `mine`: claimed by `person` · `free`: offered, claimed by nobody · `follow_up`: claimed by `person`, put off ·
    `overdue`: offered or mine, its day over at `now` · `all`: offered or mine. `after` is the key of the last row of
    the page before; `order` is `due` (no date last) or `opened`.
    """

    tenant: str
    kind: Literal["mine", "free", "follow_up", "overdue", "all"]
    person: str
    roles: tuple[str, ...]
    now: datetime
    procedure: str = ""
    step: str = ""
    words: tuple[str, ...] = ()
    order: Literal["due", "opened"] = "due"
    after: tuple[str, str] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Which cases of a tenant, newest change first; `after` is (changed, id) of the last row of the page before."""

    tenant: str
    status: str = ""
    procedure: str = ""
    words: tuple[str, ...] = ()
    party: str = ""
    after: tuple[str, str] | None = None
    limit: int = 50


class Transaction(Protocol):
    """Reading and writing inside one transaction."""

    # procedures and offices
    def put_machine(self, machine: Machine, at: datetime) -> None: ...
    def machine(self, hash_: str) -> Machine | None: ...
    def machines(self, procedure: str = "") -> Sequence[MachineRow]: ...
    def retire(self, hash_: str) -> None: ...
    def put_office(self, office: Office, at: datetime) -> None: ...
    def office(self, tenant: str) -> Office | None: ...
    def office_hash(self, tenant: str) -> str | None: ...
    def office_by_hash(self, hash_: str) -> Office | None: ...
    def tenants(self) -> Sequence[str]: ...

    # cases
    def case(self, tenant: str, id_: str, lock: bool = False) -> Case | None: ...
    def tenant_of(self, id_: str) -> str | None: ...
    def by_number(self, tenant: str, number: str) -> str | None: ...
    def save(self, before: Case | None, after: Case, row: CaseRow) -> None: ...
    def case_row(self, tenant: str, id_: str) -> CaseRow | None: ...
    def case_page(self, query: CaseQuery) -> Sequence[CaseRow]: ...
    def due_cases(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]: ...
    def old_drafts(self, procedure: str, before: datetime, limit: int) -> Sequence[tuple[str, str]]: ...
    def next_number(self, tenant: str, series: str) -> int: ...

    # journal
    def append(self, entry: Entry, parts: Sequence[Part]) -> None: ...
    def last_hash(self, case: str) -> str: ...
    def entry_of_event(self, case: str, event: str) -> int | None: ...
    def entries(self, case: str) -> Sequence[Entry]: ...
    def parts(self, case: str) -> Sequence[Part]: ...
    def erase_parts(self, case: str, classes: Sequence[str]) -> None: ...

    # work-list
    def put_task(self, row: TaskRow) -> None: ...
    def drop_task(self, id_: str) -> None: ...
    def task(self, tenant: str, id_: str) -> TaskRow | None: ...
    def tasks_of(self, case: str) -> Sequence[TaskRow]: ...
    def task_page(self, query: TaskQuery) -> Sequence[TaskRow]: ...

    # jobs
    def add_job(self, row: JobRow) -> bool: ...
    def job(self, key: str, lock: bool = False) -> JobRow | None: ...
    def save_job(self, row: JobRow) -> None: ...
    def claim_jobs(self, now: datetime, until: datetime, limit: int) -> Sequence[JobRow]: ...
    def jobs_of(self, case: str) -> Sequence[JobRow]: ...
    def next_timer(self) -> datetime | None: ...
    def next_job(self) -> datetime | None: ...

    # incidents and documents
    def put_incident(self, row: IncidentRow) -> None: ...
    def incident(self, tenant: str, id_: str) -> IncidentRow | None: ...
    def incidents(self, tenant: str, case: str = "", closed: bool = False) -> Sequence[IncidentRow]: ...
    def put_document(self, row: DocumentRow, content: bytes | None) -> None: ...
    def documents(self, case: str) -> Sequence[DocumentRow]: ...
    def document(self, tenant: str, id_: str) -> tuple[DocumentRow, bytes] | None: ...


class Store(Protocol):
    """A place where cases live."""

    def transaction(self, connection: Any = None) -> AbstractContextManager[Transaction]:
        """A transaction; with the host's own connection it is the host's, and the host commits."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def folded(text: str) -> str:
    """Text as it is searched: casefolded, umlauts kept, blanks single."""
    return " ".join(text.casefold().split())


def sort_key(row: TaskRow, order: str) -> tuple[str, str]:
    """By what a work-list is sorted and paged: the date (none is last), then the id."""
    at = row.due if order == "due" else row.opened
    return (instant(at) if at is not None else LAST, row.id)


def wanted(row: TaskRow, query: TaskQuery) -> bool:
    """Whether a task belongs to a list."""
    if row.tenant != query.tenant or query.procedure not in ("", row.procedure) or query.step not in ("", row.step):
        return False
    if not all(word in row.words for word in query.words):
        return False
    mine = row.claimed_by == query.person
    offered = any(role in query.roles for role in row.roles) and query.person not in row.blocked
    put_off = row.follow_up is not None and row.follow_up > query.now
    if query.kind == "mine":
        return mine and not put_off
    if query.kind == "free":
        return offered and not row.claimed_by and not put_off
    if query.kind == "follow_up":
        return mine and put_off
    if query.kind == "overdue":
        return (mine or offered) and row.due is not None and row.due <= query.now
    return mine or offered
