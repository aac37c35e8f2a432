"""Reading and writing rows on one database connection (`port.Transaction`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from amtsweg.dsl import canonical
from amtsweg.dsl.procedure import Machine, Office
from amtsweg.engine.case import Case
from amtsweg.engine.journal import FIRST, Entry, Part, entry_data
from amtsweg.engine.plain import dump, instant, load
from amtsweg.engine.store import tables as t
from amtsweg.engine.store.memory import sort_key, wanted
from amtsweg.engine.store.port import (
    CaseQuery,
    CaseRow,
    DocumentRow,
    IncidentRow,
    JobRow,
    MachineRow,
    TaskQuery,
    TaskRow,
    newest_last,
)
from amtsweg.errors import Conflict

T = TypeVar("T")


def to_text(data: Any) -> str:
    """Plain data as JSON text; order is kept, because runs are ordered by creation."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def row_text(row: Any) -> str:
    """A row dataclass as JSON text."""
    return to_text(dump(row))


def read_row(kind: type[T], stored: str) -> T:
    """The inverse of `row_text`."""
    return load(kind, json.loads(stored))


class SqlTransaction:
    """One transaction on a connection."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection
        self._postgres = connection.dialect.name == "postgresql"

    # -------------------------------------------------------------------------------------------------- procedures

    def _insert(self, table: Any) -> Any:
        return postgresql.insert(table) if self._postgres else sqlite.insert(table)

    def put_machine(self, machine: Machine, at: datetime) -> None:
        statement = self._insert(t.machines).on_conflict_do_nothing(index_elements=["hash"])
        self._c.execute(
            statement,
            {
                "hash": machine.hash,
                "procedure": machine.id,
                "version": machine.version,
                "deployed": at,
                "retired": 0,
                "data": machine.to_json().decode(),
            },
        )

    def machine(self, hash_: str) -> Machine | None:
        found = self._c.execute(select(t.machines.c.data).where(t.machines.c.hash == hash_)).scalar()
        return Machine.from_json(json.loads(found)) if found is not None else None

    def machines(self, procedure: str = "") -> Sequence[MachineRow]:
        c = t.machines.c
        query = select(c.hash, c.procedure, c.version, c.deployed, c.retired)
        if procedure:
            query = query.where(c.procedure == procedure)
        rows = self._c.execute(query)
        found = [MachineRow(r.hash, r.procedure, r.version, r.deployed, bool(r.retired)) for r in rows]
        return sorted(found, key=newest_last)

    def retire(self, hash_: str) -> None:
        self._c.execute(update(t.machines).where(t.machines.c.hash == hash_).values(retired=1))

    def put_office(self, office: Office, at: datetime) -> None:
        stored = to_text(canonical.dump(office))
        self._c.execute(
            self._insert(t.offices).on_conflict_do_nothing(index_elements=["hash"]),
            {"hash": office.hash, "tenant": office.id, "since": at, "data": stored},
        )
        statement = self._insert(t.tenants)
        self._c.execute(
            statement.on_conflict_do_update(index_elements=["tenant"], set_={"office": statement.excluded.office}),
            {"tenant": office.id, "office": office.hash},
        )

    def office(self, tenant: str) -> Office | None:
        query = (
            select(t.offices.c.data)
            .join(t.tenants, t.tenants.c.office == t.offices.c.hash)
            .where(t.tenants.c.tenant == tenant)
        )
        found = self._c.execute(query).scalar()
        return canonical.load(Office, json.loads(found)) if found is not None else None

    def office_hash(self, tenant: str) -> str | None:
        return self._c.execute(select(t.tenants.c.office).where(t.tenants.c.tenant == tenant)).scalar()

    def office_by_hash(self, hash_: str) -> Office | None:
        found = self._c.execute(select(t.offices.c.data).where(t.offices.c.hash == hash_)).scalar()
        return canonical.load(Office, json.loads(found)) if found is not None else None

    def tenants(self) -> Sequence[str]:
        return list(self._c.execute(select(t.tenants.c.tenant).order_by(t.tenants.c.tenant)).scalars())

    # ------------------------------------------------------------------------------------------------------- cases

    def case(self, tenant: str, id_: str, lock: bool = False) -> Case | None:
        query = select(t.cases.c.data).where(t.cases.c.id == id_, t.cases.c.tenant == tenant)
        found = self._c.execute(query.with_for_update() if lock and self._postgres else query).scalar()
        return load(Case, json.loads(found)) if found is not None else None

    def tenant_of(self, id_: str) -> str | None:
        return self._c.execute(select(t.cases.c.tenant).where(t.cases.c.id == id_)).scalar()

    def by_number(self, tenant: str, number: str) -> str | None:
        query = select(t.cases.c.id).where(t.cases.c.tenant == tenant, t.cases.c.number == number)
        return self._c.execute(query.limit(1)).scalar()

    def save(self, before: Case | None, after: Case, row: CaseRow) -> None:
        values = {
            "tenant": row.tenant,
            "number": row.number,
            "procedure": row.procedure,
            "machine": row.machine,
            "title": row.title,
            "status": row.status,
            "outcome": row.outcome,
            "started": row.started,
            "changed": row.changed,
            "next_due": row.next_due,
            "at": to_text(list(row.at)),
            "words": row.words,
            "entries": after.entries,
            "data": row_text(after),
        }
        if before is None:
            self._c.execute(insert(t.cases), {"id": after.id, **values})
        else:
            statement = (
                update(t.cases)
                .where(t.cases.c.id == bindparam("b_id"), t.cases.c.entries == bindparam("b_entries"))
                .values({name: bindparam(f"b_{name}_", type_=t.cases.c[name].type) for name in values})
            )
            given = {f"b_{name}_": value for name, value in values.items()}
            done = self._c.execute(statement, {"b_id": after.id, "b_entries": before.entries, **given})
            if done.rowcount != 1:
                raise Conflict()
        if row.parties and (before is None or set(before.parties.values()) != set(row.parties)):
            self._c.execute(
                self._insert(t.parties).on_conflict_do_nothing(),
                [{"tenant": row.tenant, "person": person, "case_id": row.id} for person in row.parties],
            )

    _case_columns = tuple(c for c in t.cases.c if c.name not in ("data", "entries"))

    def _case_row(self, r: Any, people: tuple[str, ...] = ()) -> CaseRow:
        return CaseRow(
            r.id, r.tenant, r.number, r.procedure, r.machine, r.title, r.status, r.outcome, r.started, r.changed,
            r.next_due, tuple(json.loads(r.at)), r.words, people,
        )  # fmt: skip

    def _parties(self, tenant: str, ids: Sequence[str]) -> dict[str, list[str]]:
        if not ids:
            return {}
        query = select(t.parties.c.case_id, t.parties.c.person).where(
            t.parties.c.tenant == tenant, t.parties.c.case_id.in_(ids)
        )
        found: dict[str, list[str]] = {}
        for case_id, person in self._c.execute(query):
            found.setdefault(case_id, []).append(person)
        return found

    def case_row(self, tenant: str, id_: str) -> CaseRow | None:
        found = self._c.execute(
            select(*self._case_columns).where(t.cases.c.id == id_, t.cases.c.tenant == tenant)
        ).first()
        if found is None:
            return None
        return self._case_row(found, tuple(sorted(self._parties(tenant, [id_]).get(id_, ()))))

    def case_page(self, query: CaseQuery) -> Sequence[CaseRow]:
        c = t.cases.c
        wanted_ = [c.tenant == query.tenant]
        if query.status:
            wanted_.append(c.status == query.status)
        if query.procedure:
            wanted_.append(c.procedure == query.procedure)
        wanted_ += [c.words.contains(word, autoescape=True) for word in query.words]
        if query.after is not None:
            changed = datetime.fromisoformat(query.after[0])
            wanted_.append(or_(c.changed < changed, and_(c.changed == changed, c.id < query.after[1])))
        statement = select(*self._case_columns).where(*wanted_)
        if query.party:
            p = t.parties.c
            statement = statement.join(t.parties, and_(p.case_id == c.id, p.tenant == c.tenant))
            statement = statement.where(p.person == query.party)
        found = self._c.execute(statement.order_by(c.changed.desc(), c.id.desc()).limit(query.limit)).all()
        people = self._parties(query.tenant, [r.id for r in found])
        return [self._case_row(r, tuple(sorted(people.get(r.id, ())))) for r in found]

    def due_cases(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        c = t.cases.c
        query = select(c.tenant, c.id).where(c.next_due.is_not(None), c.next_due <= now)
        return [(r.tenant, r.id) for r in self._c.execute(query.order_by(c.next_due, c.id).limit(limit))]

    def old_drafts(self, procedure: str, before: datetime, limit: int) -> Sequence[tuple[str, str]]:
        c = t.cases.c
        query = select(c.tenant, c.id).where(c.status == "draft", c.procedure == procedure, c.changed < before)
        return [(r.tenant, r.id) for r in self._c.execute(query.order_by(c.changed).limit(limit))]

    def next_number(self, tenant: str, series: str) -> int:
        statement = self._insert(t.series)
        statement = statement.on_conflict_do_update(
            index_elements=["tenant", "name"], set_={"value": t.series.c.value + 1}
        ).returning(t.series.c.value)
        return int(self._c.execute(statement, {"tenant": tenant, "name": series, "value": 1}).scalar_one())

    # ----------------------------------------------------------------------------------------------------- journal

    def append(self, entry: Entry, parts: Sequence[Part]) -> None:
        self._c.execute(
            insert(t.entries),
            {
                "case_id": entry.case,
                "no": entry.no,
                "event": entry.event,
                "hash": entry.hash,
                "data": to_text(entry_data(entry)),
            },
        )
        if parts:
            self._c.execute(
                insert(t.parts),
                [
                    {"case_id": p.case, "no": p.no, "class": p.class_, "salt": p.salt, "data": to_text(p.data)}
                    for p in parts
                ],
            )

    def last_hash(self, case: str) -> str:
        c = t.entries.c
        query = select(c.hash).where(c.case_id == case).order_by(c.no.desc()).limit(1)
        return self._c.execute(query).scalar() or FIRST

    def entry_of_event(self, case: str, event: str) -> int | None:
        c = t.entries.c
        return self._c.execute(select(c.no).where(c.case_id == case, c.event == event)).scalar()

    def entries(self, case: str) -> Sequence[Entry]:
        c = t.entries.c
        found = self._c.execute(select(c.data, c.hash).where(c.case_id == case).order_by(c.no))
        return [replace(read_row(Entry, row.data), hash=row.hash) for row in found]

    def parts(self, case: str) -> Sequence[Part]:
        c = t.parts.c
        query = select(c.no, c["class"], c.salt, c.data).where(c.case_id == case).order_by(c.no, c["class"])
        return [
            Part(case, no, class_, salt, json.loads(data) if data is not None else None)
            for no, class_, salt, data in self._c.execute(query)
        ]

    def erase_parts(self, case: str, classes: Sequence[str]) -> None:
        c = t.parts.c
        self._c.execute(
            update(t.parts).where(c.case_id == case, c["class"].in_(list(classes))).values(salt="", data=None)
        )

    # --------------------------------------------------------------------------------------------------- work-list

    def put_task(self, row: TaskRow) -> None:
        due_key, opened_key = sort_key(row, "due")[0], sort_key(row, "opened")[0]
        values = {
            "id": row.id,
            "case_id": row.case,
            "tenant": row.tenant,
            "procedure": row.procedure,
            "step": row.step,
            "due_key": due_key,
            "opened_key": opened_key,
            "due": row.due,
            "claimed_by": row.claimed_by,
            "follow_up": row.follow_up,
            "words": row.words,
            "data": row_text(row),
        }
        statement = self._insert(t.tasks)
        self._c.execute(
            statement.on_conflict_do_update(
                index_elements=["id"], set_={name: statement.excluded[name] for name in values if name != "id"}
            ),
            values,
        )
        self._c.execute(delete(t.offers).where(t.offers.c.task == row.id))
        roles = sorted(set(row.roles))
        if roles:
            self._c.execute(
                insert(t.offers),
                [
                    {"tenant": row.tenant, "role": role, "task": row.id, "due_key": due_key, "opened_key": opened_key}
                    for role in roles
                ],
            )

    def drop_task(self, id_: str) -> None:
        self._c.execute(delete(t.offers).where(t.offers.c.task == id_))
        self._c.execute(delete(t.tasks).where(t.tasks.c.id == id_))

    def task(self, tenant: str, id_: str) -> TaskRow | None:
        c = t.tasks.c
        found = self._c.execute(select(c.data).where(c.id == id_, c.tenant == tenant)).scalar()
        return read_row(TaskRow, found) if found is not None else None

    def tasks_of(self, case: str) -> Sequence[TaskRow]:
        c = t.tasks.c
        found = self._c.execute(select(c.data).where(c.case_id == case).order_by(c.opened_key, c.id)).scalars()
        return [read_row(TaskRow, stored) for stored in found]

    def task_page(self, query: TaskQuery) -> Sequence[TaskRow]:
        """Each role, and what is claimed, is read by its own index in order; the first rows of all are the page."""
        found: dict[str, TaskRow] = {}
        if query.kind != "free":
            for row in self._page(self._claimed(query), query):
                found[row.id] = row
        if query.kind in ("free", "overdue", "all"):
            for role in query.roles:
                for row in self._page(self._offered(query, role), query):
                    found[row.id] = row
        ordered = sorted(found.values(), key=lambda row: sort_key(row, query.order))
        return ordered[: query.limit]

    def _page(self, statement: Select[Any], query: TaskQuery) -> Iterable[TaskRow]:
        """Rows that belong to the list, read in pieces until there are enough."""
        taken = 0
        after = query.after
        key = t.tasks.c.due_key if query.order == "due" else t.tasks.c.opened_key
        if statement.get_final_froms()[0] is not t.tasks:
            key = t.offers.c.due_key if query.order == "due" else t.offers.c.opened_key
            last = t.offers.c.task
        else:
            last = t.tasks.c.id
        size = query.limit + 1
        while True:
            piece = statement
            if after is not None:
                piece = piece.where(or_(key > after[0], and_(key == after[0], last > after[1])))
            rows = [read_row(TaskRow, r.data) for r in self._c.execute(piece.order_by(key, last).limit(size))]
            for row in rows:
                if wanted(row, query):
                    yield row
                    taken += 1
                    if taken >= query.limit:
                        return
            if len(rows) < size:
                return
            after = sort_key(rows[-1], query.order)
            size = min(size * 4, 1000)

    def _claimed(self, query: TaskQuery) -> Select[Any]:
        c = t.tasks.c
        return self._narrow(select(c.data).where(c.tenant == query.tenant, c.claimed_by == query.person), query)

    def _offered(self, query: TaskQuery, role: str) -> Select[Any]:
        o, c = t.offers.c, t.tasks.c
        statement = select(c.data).select_from(t.offers.join(t.tasks, c.id == o.task))
        statement = statement.where(o.tenant == query.tenant, o.role == role)
        if query.kind == "free":
            statement = statement.where(c.claimed_by == "")
        return self._narrow(statement, query)

    def _narrow(self, statement: Select[Any], query: TaskQuery) -> Select[Any]:
        c = t.tasks.c
        if query.procedure:
            statement = statement.where(c.procedure == query.procedure)
        if query.step:
            statement = statement.where(c.step == query.step)
        if query.kind == "overdue":
            statement = statement.where(c.due_key <= instant(query.now))
        for word in query.words:
            statement = statement.where(c.words.contains(word, autoescape=True))
        return statement

    # -------------------------------------------------------------------------------------------------------- jobs

    def _job_values(self, row: JobRow) -> dict[str, Any]:
        return {
            "key": row.key,
            "case_id": row.case,
            "tenant": row.tenant,
            "kind": row.kind,
            "job": row.job,
            "state": row.state,
            "due": row.due,
            "lease": row.lease,
            "created": row.created,
            "attempts": row.attempts,
            "retries": row.retries,
            "error": row.error,
            "procedure": row.procedure,
            "data": to_text(row.data),
        }

    def _job(self, r: Any) -> JobRow:
        return JobRow(
            key=r.key, case=r.case_id, tenant=r.tenant, kind=r.kind, data=json.loads(r.data), due=r.due,
            created=r.created, job=r.job, state=r.state, attempts=r.attempts, retries=r.retries, lease=r.lease,
            error=r.error, procedure=r.procedure,
        )  # fmt: skip

    def add_job(self, row: JobRow) -> bool:
        statement = self._insert(t.jobs).on_conflict_do_nothing(index_elements=["key"])
        return self._c.execute(statement, self._job_values(row)).rowcount == 1

    def job(self, key: str, lock: bool = False) -> JobRow | None:
        query = select(t.jobs).where(t.jobs.c.key == key)
        found = self._c.execute(query.with_for_update() if lock and self._postgres else query).first()
        return self._job(found) if found is not None else None

    def save_job(self, row: JobRow) -> None:
        values = self._job_values(row)
        key = values.pop("key")
        self._c.execute(update(t.jobs).where(t.jobs.c.key == key).values(values))

    def claim_jobs(self, now: datetime, until: datetime, limit: int) -> Sequence[JobRow]:
        """Two statements, each by its own partial index: an OR would scan every waiting job."""
        c = t.jobs.c
        lost = select(t.jobs).where(c.state == "running", c.lease <= now).order_by(c.lease).limit(limit)
        ready = select(t.jobs).where(c.state == "ready", c.due <= now).order_by(c.due).limit(limit)
        claimed: list[JobRow] = []
        for query in (lost, ready):
            if len(claimed) >= limit:
                break
            statement = query.with_for_update(skip_locked=True) if self._postgres else query
            found = [self._job(r) for r in self._c.execute(statement)]
            claimed += found[: limit - len(claimed)]
        if not claimed:
            return []
        self._c.execute(
            update(t.jobs)
            .where(c.key.in_([row.key for row in claimed]))
            .values(state="running", lease=until, attempts=c.attempts + 1)
        )
        return [
            JobRow(
                **{
                    **{name: getattr(row, name) for name in JobRow.__slots__},
                    "state": "running",
                    "lease": until,
                    "attempts": row.attempts + 1,
                }
            )
            for row in claimed
        ]

    def jobs_of(self, case: str) -> Sequence[JobRow]:
        c = t.jobs.c
        query = select(t.jobs).where(c.case_id == case).order_by(c.created, c.key)
        return [self._job(r) for r in self._c.execute(query)]

    def next_timer(self) -> datetime | None:
        c = t.cases.c
        query = select(c.next_due).where(c.next_due.is_not(None)).order_by(c.next_due).limit(1)
        return self._c.execute(query).scalar()

    def next_job(self) -> datetime | None:
        c = t.jobs.c
        ready = self._c.execute(select(c.due).where(c.state == "ready").order_by(c.due).limit(1)).scalar()
        lost = self._c.execute(select(c.lease).where(c.state == "running").order_by(c.lease).limit(1)).scalar()
        return min((moment for moment in (ready, lost) if moment is not None), default=None)

    # --------------------------------------------------------------------------------------- incidents, documents

    def put_incident(self, row: IncidentRow) -> None:
        values = {
            "id": row.id,
            "tenant": row.tenant,
            "case_id": row.case,
            "opened": row.opened,
            "closed": row.closed,
            "data": row_text(row),
        }
        statement = self._insert(t.incidents)
        self._c.execute(
            statement.on_conflict_do_update(
                index_elements=["id"],
                set_={"closed": statement.excluded.closed, "data": statement.excluded.data},
            ),
            values,
        )

    def incident(self, tenant: str, id_: str) -> IncidentRow | None:
        c = t.incidents.c
        found = self._c.execute(select(c.data).where(c.id == id_, c.tenant == tenant)).scalar()
        return read_row(IncidentRow, found) if found is not None else None

    def incidents(self, tenant: str, case: str = "", closed: bool = False) -> Sequence[IncidentRow]:
        c = t.incidents.c
        query = select(c.data).where(c.tenant == tenant)
        if case:
            query = query.where(c.case_id == case)
        if not closed:
            query = query.where(c.closed.is_(None))
        return [read_row(IncidentRow, found) for found in self._c.execute(query.order_by(c.opened, c.id)).scalars()]

    def put_document(self, row: DocumentRow, content: bytes | None) -> None:
        c = t.documents.c
        if content is None:
            self._c.execute(update(t.documents).where(c.id == row.id).values(data=row_text(row)))
            return
        statement = self._insert(t.documents)
        self._c.execute(
            statement.on_conflict_do_update(
                index_elements=["id"],
                set_={"data": statement.excluded.data, "content": statement.excluded.content},
            ),
            {
                "id": row.id,
                "tenant": row.tenant,
                "case_id": row.case,
                "created": row.created,
                "data": row_text(row),
                "content": content,
            },
        )

    def documents(self, case: str) -> Sequence[DocumentRow]:
        c = t.documents.c
        found = self._c.execute(select(c.data).where(c.case_id == case).order_by(c.created, c.id)).scalars()
        return [read_row(DocumentRow, stored) for stored in found]

    def document(self, tenant: str, id_: str) -> tuple[DocumentRow, bytes] | None:
        c = t.documents.c
        found = self._c.execute(select(c.data, c.content).where(c.id == id_, c.tenant == tenant)).first()
        return (read_row(DocumentRow, found.data), bytes(found.content)) if found is not None else None

    def count_cases(self, tenant: str) -> int:
        """How many cases a tenant has."""
        query = select(func.count()).select_from(t.cases).where(t.cases.c.tenant == tenant)
        return int(self._c.execute(query).scalar_one())
