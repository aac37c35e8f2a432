"""The store in memory: for tests, simulation and demonstrations; the same promises, gone with the process.

One transaction at a time (a lock). Every write notes how it is undone, so that leaving the block by an exception leaves
everything as it was.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from threading import RLock
from typing import Any, TypeVar

from amtsweg.dsl.procedure import Machine, Office
from amtsweg.engine.case import Case
from amtsweg.engine.journal import FIRST, Entry, Part
from amtsweg.engine.plain import instant
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
from amtsweg.errors import Conflict

K = TypeVar("K")
V = TypeVar("V")


class MemoryStore:
    """Everything in dictionaries."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._depth = 0
        self._undo: list[Callable[[], object]] = []
        self.machines: dict[str, tuple[Machine, MachineRow]] = {}
        self.offices: dict[str, Office] = {}
        self.old_offices: dict[str, Office] = {}
        self.cases: dict[str, Case] = {}
        self.rows: dict[str, CaseRow] = {}
        self.numbers: dict[tuple[str, str], str] = {}
        self.series: dict[tuple[str, str], int] = {}
        self.journal: dict[str, list[Entry]] = {}
        self.events: dict[tuple[str, str], int] = {}
        self.kept: dict[str, dict[tuple[int, str], Part]] = {}
        self.tasks: dict[str, TaskRow] = {}
        self.by_case: dict[str, dict[str, None]] = {}
        self.jobs: dict[str, JobRow] = {}
        self.open_jobs: dict[str, None] = {}
        self.case_jobs: dict[str, list[str]] = {}
        self.timed: list[tuple[datetime, str]] = []
        self.incidents: dict[str, IncidentRow] = {}
        self.documents: dict[str, tuple[DocumentRow, bytes]] = {}

    @contextmanager
    def transaction(self, connection: Any = None) -> Iterator[MemoryTransaction]:
        """One transaction; the outermost one decides."""
        with self._lock:
            self._depth += 1
            start = len(self._undo)
            try:
                yield MemoryTransaction(self)
            except BaseException:
                while len(self._undo) > start:
                    self._undo.pop()()
                raise
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._undo.clear()

    def close(self) -> None:
        """Nothing to let go of."""

    # ------------------------------------------------------------------------------------------------ undoable writing

    def set(self, table: dict[K, V], key: K, value: V) -> None:
        """Write one entry."""
        if key in table:
            old = table[key]
            self._undo.append(lambda: table.__setitem__(key, old))
        else:
            self._undo.append(lambda: table.pop(key, None))
        table[key] = value

    def drop(self, table: dict[K, V], key: K) -> None:
        """Remove one entry."""
        if key in table:
            old = table.pop(key)
            self._undo.append(lambda: table.__setitem__(key, old))

    def add(self, items: list[V], value: V) -> None:
        """Append to a list."""
        items.append(value)
        self._undo.append(lambda: items.remove(value))


class MemoryTransaction:
    """Reading and writing inside one transaction (`port.Transaction`)."""

    def __init__(self, store: MemoryStore) -> None:
        self._s = store

    # -------------------------------------------------------------------------------------------------- procedures

    def put_machine(self, machine: Machine, at: datetime) -> None:
        if machine.hash not in self._s.machines:
            row = MachineRow(machine.hash, machine.id, machine.version, at)
            self._s.set(self._s.machines, machine.hash, (machine, row))

    def machine(self, hash_: str) -> Machine | None:
        found = self._s.machines.get(hash_)
        return found[0] if found else None

    def machines(self, procedure: str = "") -> Sequence[MachineRow]:
        rows = [row for _, row in self._s.machines.values() if procedure in ("", row.procedure)]
        return sorted(rows, key=newest_last)

    def retire(self, hash_: str) -> None:
        machine, row = self._s.machines[hash_]
        self._s.set(self._s.machines, hash_, (machine, replace(row, retired=True)))

    def put_office(self, office: Office, at: datetime) -> None:
        self._s.set(self._s.offices, office.id, office)
        self._s.set(self._s.old_offices, office.hash, office)

    def office(self, tenant: str) -> Office | None:
        return self._s.offices.get(tenant)

    def office_hash(self, tenant: str) -> str | None:
        found = self._s.offices.get(tenant)
        return found.hash if found is not None else None

    def office_by_hash(self, hash_: str) -> Office | None:
        return self._s.old_offices.get(hash_)

    def tenants(self) -> Sequence[str]:
        return sorted(self._s.offices)

    # ------------------------------------------------------------------------------------------------------- cases

    def case(self, tenant: str, id_: str, lock: bool = False) -> Case | None:
        found = self._s.cases.get(id_)
        return found if found is not None and found.tenant == tenant else None

    def tenant_of(self, id_: str) -> str | None:
        found = self._s.cases.get(id_)
        return found.tenant if found is not None else None

    def by_number(self, tenant: str, number: str) -> str | None:
        return self._s.numbers.get((tenant, number))

    def save(self, before: Case | None, after: Case, row: CaseRow) -> None:
        stored = self._s.cases.get(after.id)
        if (stored.entries if stored else 0) != (before.entries if before else 0):
            raise Conflict()
        self._s.set(self._s.cases, after.id, after)
        old = self._s.rows.get(after.id)
        self._s.set(self._s.rows, after.id, row)
        if row.number:
            self._s.set(self._s.numbers, (row.tenant, row.number), row.id)
        if row.next_due is not None and (old is None or old.next_due != row.next_due):
            timed, one = self._s.timed, (row.next_due, row.id)
            insort(timed, one)
            self._s._undo.append(lambda: timed.remove(one))

    def case_row(self, tenant: str, id_: str) -> CaseRow | None:
        row = self._s.rows.get(id_)
        return row if row is not None and row.tenant == tenant else None

    def case_page(self, query: CaseQuery) -> Sequence[CaseRow]:
        found = [
            row
            for row in self._s.rows.values()
            if row.tenant == query.tenant
            and query.status in ("", row.status)
            and query.procedure in ("", row.procedure)
            and all(word in row.words for word in query.words)
            and (not query.party or query.party in row.parties)
            and (query.after is None or (instant(row.changed), row.id) < query.after)
        ]
        found.sort(key=lambda row: (instant(row.changed), row.id), reverse=True)
        return found[: query.limit]

    def due_cases(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        stale: list[tuple[datetime, str]] = []
        for at, id_ in self._s.timed:
            if at > now or len(found) >= limit:
                break
            row = self._s.rows.get(id_)
            if row is None or row.next_due != at:
                stale.append((at, id_))
            elif (row.tenant, id_) not in found:
                found.append((row.tenant, id_))
        if not self._s._undo:
            for one in stale:
                self._s.timed.remove(one)
        return found

    def old_drafts(self, procedure: str, before: datetime, limit: int) -> Sequence[tuple[str, str]]:
        rows = self._s.rows.values()
        found = [r for r in rows if r.status == "draft" and r.procedure == procedure and r.changed < before]
        return [(row.tenant, row.id) for row in found[:limit]]

    def next_number(self, tenant: str, series: str) -> int:
        number = self._s.series.get((tenant, series), 0) + 1
        self._s.set(self._s.series, (tenant, series), number)
        return number

    # ----------------------------------------------------------------------------------------------------- journal

    def append(self, entry: Entry, parts: Sequence[Part]) -> None:
        if entry.case not in self._s.journal:
            self._s.set(self._s.journal, entry.case, [])
            self._s.set(self._s.kept, entry.case, {})
        self._s.add(self._s.journal[entry.case], entry)
        self._s.set(self._s.events, (entry.case, entry.event), entry.no)
        for part in parts:
            self._s.set(self._s.kept[entry.case], (part.no, part.class_), part)

    def last_hash(self, case: str) -> str:
        entries = self._s.journal.get(case)
        return entries[-1].hash if entries else FIRST

    def entry_of_event(self, case: str, event: str) -> int | None:
        return self._s.events.get((case, event))

    def entries(self, case: str) -> Sequence[Entry]:
        return tuple(self._s.journal.get(case, ()))

    def parts(self, case: str) -> Sequence[Part]:
        return tuple(self._s.kept.get(case, {}).values())

    def erase_parts(self, case: str, classes: Sequence[str]) -> None:
        kept = self._s.kept.get(case, {})
        for key, part in list(kept.items()):
            if part.class_ in classes:
                self._s.set(kept, key, replace(part, salt="", data=None))

    # --------------------------------------------------------------------------------------------------- work-list

    def put_task(self, row: TaskRow) -> None:
        self._s.set(self._s.tasks, row.id, row)
        self._s.set(self._s.by_case.setdefault(row.case, {}), row.id, None)

    def drop_task(self, id_: str) -> None:
        row = self._s.tasks.get(id_)
        if row is not None:
            self._s.drop(self._s.tasks, id_)
            self._s.drop(self._s.by_case.get(row.case, {}), id_)

    def task(self, tenant: str, id_: str) -> TaskRow | None:
        row = self._s.tasks.get(id_)
        return row if row is not None and row.tenant == tenant else None

    def tasks_of(self, case: str) -> Sequence[TaskRow]:
        return [self._s.tasks[id_] for id_ in self._s.by_case.get(case, {})]

    def task_page(self, query: TaskQuery) -> Sequence[TaskRow]:
        found = [(sort_key(row, query.order), row) for row in self._s.tasks.values() if wanted(row, query)]
        found.sort(key=lambda pair: pair[0])
        rows = [row for key, row in found if query.after is None or key > query.after]
        return rows[: query.limit]

    # -------------------------------------------------------------------------------------------------------- jobs

    def add_job(self, row: JobRow) -> bool:
        if row.key in self._s.jobs:
            return False
        self.save_job(row)
        if row.case not in self._s.case_jobs:
            self._s.set(self._s.case_jobs, row.case, [])
        self._s.add(self._s.case_jobs[row.case], row.key)
        return True

    def job(self, key: str, lock: bool = False) -> JobRow | None:
        return self._s.jobs.get(key)

    def save_job(self, row: JobRow) -> None:
        self._s.set(self._s.jobs, row.key, row)
        if row.state in ("ready", "running"):
            self._s.set(self._s.open_jobs, row.key, None)
        else:
            self._s.drop(self._s.open_jobs, row.key)

    def claim_jobs(self, now: datetime, until: datetime, limit: int) -> Sequence[JobRow]:
        ready = []
        for key in self._s.open_jobs:
            row = self._s.jobs[key]
            free = row.state == "ready" and row.due <= now
            lost = row.state == "running" and row.lease is not None and row.lease <= now
            if free or lost:
                ready.append(row)
        ready.sort(key=lambda row: (row.due, row.created))
        claimed = []
        for row in ready[:limit]:
            taken = replace(row, state="running", lease=until, attempts=row.attempts + 1)
            self.save_job(taken)
            claimed.append(taken)
        return claimed

    def jobs_of(self, case: str) -> Sequence[JobRow]:
        return [self._s.jobs[key] for key in self._s.case_jobs.get(case, ())]

    def next_timer(self) -> datetime | None:
        return min((row.next_due for row in self._s.rows.values() if row.next_due is not None), default=None)

    def next_job(self) -> datetime | None:
        rows = [self._s.jobs[key] for key in self._s.open_jobs]
        return min((r.due if r.state == "ready" else r.lease or r.due for r in rows), default=None)

    # --------------------------------------------------------------------------------------- incidents, documents

    def put_incident(self, row: IncidentRow) -> None:
        self._s.set(self._s.incidents, row.id, row)

    def incident(self, tenant: str, id_: str) -> IncidentRow | None:
        row = self._s.incidents.get(id_)
        return row if row is not None and row.tenant == tenant else None

    def incidents(self, tenant: str, case: str = "", closed: bool = False) -> Sequence[IncidentRow]:
        return [
            row
            for row in self._s.incidents.values()
            if row.tenant == tenant and case in ("", row.case) and (closed or row.closed is None)
        ]

    def put_document(self, row: DocumentRow, content: bytes | None) -> None:
        old = self._s.documents.get(row.id)
        kept = content if content is not None else (old[1] if old else b"")
        self._s.set(self._s.documents, row.id, (row, kept))

    def documents(self, case: str) -> Sequence[DocumentRow]:
        return [row for row, _ in self._s.documents.values() if row.case == case]

    def document(self, tenant: str, id_: str) -> tuple[DocumentRow, bytes] | None:
        found = self._s.documents.get(id_)
        return found if found is not None and found[0].tenant == tenant else None
