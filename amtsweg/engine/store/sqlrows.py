"""Reading and writing rows on one database connection (`port.Transaction`).

What always has the same shape is asked with the statements of `statements`; lists are built from their query here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, and_, or_, select

from amtsweg.dsl import canonical
from amtsweg.dsl.procedure import Machine, Office
from amtsweg.engine.case import Case
from amtsweg.engine.journal import FIRST, Entry, Part, entry_data
from amtsweg.engine.plain import dump, instant, load
from amtsweg.engine.store import tables as t
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
    sort_key,
    wanted,
)
from amtsweg.engine.store.statements import CASE_COLUMNS, statements
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
        self._q = statements(connection.dialect.name)

    # -------------------------------------------------------------------------------------------------- procedures

    def put_machine(self, machine: Machine, at: datetime) -> None:
        self._c.execute(
            self._q.put_machine,
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
        found = self._c.execute(self._q.machine, {"hash": hash_}).scalar()
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
        self._c.execute(self._q.retire, {"b_hash": hash_})

    def put_office(self, office: Office, at: datetime) -> None:
        stored = to_text(canonical.dump(office))
        self._c.execute(self._q.put_office, {"hash": office.hash, "tenant": office.id, "since": at, "data": stored})
        self._c.execute(self._q.put_tenant, {"tenant": office.id, "office": office.hash})

    def office(self, tenant: str) -> Office | None:
        found = self._c.execute(self._q.office, {"tenant": tenant}).scalar()
        return canonical.load(Office, json.loads(found)) if found is not None else None

    def office_hash(self, tenant: str) -> str | None:
        return self._c.execute(self._q.office_hash, {"tenant": tenant}).scalar()

    def office_by_hash(self, hash_: str) -> Office | None:
        found = self._c.execute(self._q.office_by_hash, {"hash": hash_}).scalar()
        return canonical.load(Office, json.loads(found)) if found is not None else None

    def tenants(self) -> Sequence[str]:
        return list(self._c.execute(self._q.tenants).scalars())

    # ------------------------------------------------------------------------------------------------------- cases

    def case(self, tenant: str, id_: str, lock: bool = False) -> Case | None:
        query = self._q.case_locked if lock else self._q.case
        found = self._c.execute(query, {"id": id_, "tenant": tenant}).scalar()
        return load(Case, json.loads(found)) if found is not None else None

    def tenant_of(self, id_: str) -> str | None:
        return self._c.execute(self._q.tenant_of, {"id": id_}).scalar()

    def by_number(self, tenant: str, number: str) -> str | None:
        return self._c.execute(self._q.by_number, {"tenant": tenant, "number": number}).scalar()

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
            self._c.execute(self._q.add_case, {"id": after.id, **values})
        else:
            done = self._c.execute(self._q.save_case, {"b_id": after.id, "b_entries": before.entries, **values})
            if done.rowcount != 1:
                raise Conflict()
        if row.parties and (before is None or set(before.parties.values()) != set(row.parties)):
            self._c.execute(
                self._q.add_parties,
                [{"tenant": row.tenant, "person": person, "case_id": row.id} for person in row.parties],
            )

    def _case_row(self, r: Any, people: tuple[str, ...] = ()) -> CaseRow:
        return CaseRow(
            r.id, r.tenant, r.number, r.procedure, r.machine, r.title, r.status, r.outcome, r.started, r.changed,
            r.next_due, tuple(json.loads(r.at)), r.words, people,
        )  # fmt: skip

    def _parties(self, tenant: str, ids: Sequence[str]) -> dict[str, list[str]]:
        if not ids:
            return {}
        found: dict[str, list[str]] = {}
        for case_id, person in self._c.execute(self._q.parties, {"tenant": tenant, "ids": ids}):
            found.setdefault(case_id, []).append(person)
        return found

    def case_row(self, tenant: str, id_: str) -> CaseRow | None:
        found = self._c.execute(self._q.case_row, {"id": id_, "tenant": tenant}).first()
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
        statement = select(*CASE_COLUMNS).where(*wanted_)
        if query.party:
            p = t.parties.c
            statement = statement.join(t.parties, and_(p.case_id == c.id, p.tenant == c.tenant))
            statement = statement.where(p.person == query.party)
        found = self._c.execute(statement.order_by(c.changed.desc(), c.id.desc()).limit(query.limit)).all()
        people = self._parties(query.tenant, [r.id for r in found])
        return [self._case_row(r, tuple(sorted(people.get(r.id, ())))) for r in found]

    def due_cases(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        return [(r.tenant, r.id) for r in self._c.execute(self._q.due_cases, {"now": now, "limit": limit})]

    def old_drafts(self, procedure: str, before: datetime, limit: int) -> Sequence[tuple[str, str]]:
        given = {"procedure": procedure, "before": before, "limit": limit}
        return [(r.tenant, r.id) for r in self._c.execute(self._q.old_drafts, given)]

    def next_number(self, tenant: str, series: str) -> int:
        given = {"tenant": tenant, "name": series, "value": 1}
        return int(self._c.execute(self._q.next_number, given).scalar_one())

    # ----------------------------------------------------------------------------------------------------- journal

    def append(self, entry: Entry, parts: Sequence[Part]) -> None:
        self._c.execute(
            self._q.add_entry,
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
                self._q.add_parts,
                [
                    {"case_id": p.case, "no": p.no, "class": p.class_, "salt": p.salt, "data": to_text(p.data)}
                    for p in parts
                ],
            )

    def last_hash(self, case: str) -> str:
        return self._c.execute(self._q.last_hash, {"case": case}).scalar() or FIRST

    def entry_of_event(self, case: str, event: str) -> int | None:
        return self._c.execute(self._q.entry_of_event, {"case": case, "event": event}).scalar()

    def entries(self, case: str) -> Sequence[Entry]:
        found = self._c.execute(self._q.entries, {"case": case})
        return [replace(read_row(Entry, row.data), hash=row.hash) for row in found]

    def parts(self, case: str) -> Sequence[Part]:
        return [
            Part(case, no, class_, salt, json.loads(data) if data is not None else None)
            for no, class_, salt, data in self._c.execute(self._q.parts, {"case": case})
        ]

    def erase_parts(self, case: str, classes: Sequence[str]) -> None:
        self._c.execute(self._q.erase_parts, {"b_case": case, "b_classes": list(classes)})

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
        self._c.execute(self._q.put_task, values)
        self._c.execute(self._q.drop_offers, {"id": row.id})
        roles = sorted(set(row.roles))
        if roles:
            self._c.execute(
                self._q.add_offers,
                [
                    {"tenant": row.tenant, "role": role, "task": row.id, "due_key": due_key, "opened_key": opened_key}
                    for role in roles
                ],
            )

    def drop_task(self, id_: str) -> None:
        self._c.execute(self._q.drop_offers, {"id": id_})
        self._c.execute(self._q.drop_task, {"id": id_})

    def task(self, tenant: str, id_: str) -> TaskRow | None:
        found = self._c.execute(self._q.task, {"id": id_, "tenant": tenant}).scalar()
        return read_row(TaskRow, found) if found is not None else None

    def tasks_of(self, case: str) -> Sequence[TaskRow]:
        found = self._c.execute(self._q.tasks_of, {"case": case}).scalars()
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
        return self._c.execute(self._q.add_job, self._job_values(row)).rowcount == 1

    def job(self, key: str, lock: bool = False) -> JobRow | None:
        query = self._q.job_locked if lock else self._q.job
        found = self._c.execute(query, {"key": key}).first()
        return self._job(found) if found is not None else None

    def save_job(self, row: JobRow) -> None:
        values = self._job_values(row)
        key = values.pop("key")
        self._c.execute(self._q.save_job, {"b_key": key, **values})

    def claim_jobs(self, now: datetime, until: datetime, limit: int) -> Sequence[JobRow]:
        claimed: list[JobRow] = []
        for query in self._q.claimable:
            if len(claimed) >= limit:
                break
            found = [self._job(r) for r in self._c.execute(query, {"now": now, "limit": limit})]
            claimed += found[: limit - len(claimed)]
        if not claimed:
            return []
        self._c.execute(self._q.claim_jobs, {"b_keys": [row.key for row in claimed], "b_until": until})
        return [replace(row, state="running", lease=until, attempts=row.attempts + 1) for row in claimed]

    def jobs_of(self, case: str) -> Sequence[JobRow]:
        return [self._job(r) for r in self._c.execute(self._q.jobs_of, {"case": case})]

    def next_timer(self) -> datetime | None:
        return self._c.execute(self._q.next_timer).scalar()

    def next_job(self) -> datetime | None:
        moments = [self._c.execute(query).scalar() for query in (self._q.next_ready, self._q.next_lost)]
        return min((moment for moment in moments if moment is not None), default=None)

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
        self._c.execute(self._q.put_incident, values)

    def incident(self, tenant: str, id_: str) -> IncidentRow | None:
        found = self._c.execute(self._q.incident, {"id": id_, "tenant": tenant}).scalar()
        return read_row(IncidentRow, found) if found is not None else None

    def incidents(self, tenant: str, case: str = "", closed: bool = False) -> Sequence[IncidentRow]:
        given = {"tenant": tenant, "case": case} if case else {"tenant": tenant}
        found = self._c.execute(self._q.incidents[(bool(case), closed)], given).scalars()
        return [read_row(IncidentRow, stored) for stored in found]

    def put_document(self, row: DocumentRow, content: bytes | None) -> None:
        if content is None:
            self._c.execute(self._q.note_document, {"b_id": row.id, "data": row_text(row)})
            return
        self._c.execute(
            self._q.put_document,
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
        found = self._c.execute(self._q.documents, {"case": case}).scalars()
        return [read_row(DocumentRow, stored) for stored in found]

    def document(self, tenant: str, id_: str) -> tuple[DocumentRow, bytes] | None:
        found = self._c.execute(self._q.document, {"id": id_, "tenant": tenant}).first()
        return (read_row(DocumentRow, found.data), bytes(found.content)) if found is not None else None
