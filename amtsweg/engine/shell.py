"""One event, one transaction: load, step, save (ARCHITECTURE "The trip of the data").

In: an event for a case. Out: the saved case, or the refusal. Timers that are due fire before anything else, each as an
event of its own. Everything a step brings about is written together: the case, its journal entry, the work-list rows,
the outgoing jobs.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from amtsweg.dsl.procedure import Machine, Office, Procedure
from amtsweg.engine import journal, timers
from amtsweg.engine.case import Case, Task
from amtsweg.engine.clock import Clock
from amtsweg.engine.draft import Draft, Stop
from amtsweg.engine.event import (
    SYSTEM,
    Actor,
    Correct,
    Due,
    Effect,
    Erase,
    Event,
    Migrate,
    Refused,
    Remark,
    Start,
    Step,
)
from amtsweg.engine.machine import step
from amtsweg.engine.people import candidates, people_with, same_person
from amtsweg.engine.plain import dump, encode, instant
from amtsweg.engine.prepared import Prepared, prepare
from amtsweg.engine.scope import Scope
from amtsweg.engine.store.port import CaseQuery, CaseRow, JobRow, MachineRow, Store, TaskRow, Transaction, folded
from amtsweg.errors import AmtswegError, Conflict, NotFound

TIMERS_AT_ONCE = 10_000
CASES_AT_ONCE = 200
OFFICES = 256
"""So many offices are kept ready; then all are forgotten and read again."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an event led to: the case as it is stored, and the refusal if there was one."""

    case: Case
    refused: Refused | None = None
    step: Step | None = None
    repeated: bool = False


class Shell:
    """Applies events to stored cases."""

    def __init__(
        self, store: Store, clock: Clock, salt: Callable[[str], bytes] | None = None, retries: int = 5
    ) -> None:
        self.store = store
        self.clock = clock
        self.salt = salt or (lambda class_: secrets.token_bytes(16))
        self.retries = retries
        self.connection: Any = None
        self._machines: dict[str, Machine] = {}
        self._offices: dict[str, Office] = {}

    def transaction(self) -> AbstractContextManager[Transaction]:
        """A transaction of the store, or the host's own."""
        return self.store.transaction(self.connection)

    # ------------------------------------------------------------------------------------------------------ procedures

    def machine(self, tx: Transaction, hash_: str) -> Machine:
        """A deployed machine. Raises NotFound if this version is gone."""
        found = self._machines.get(hash_)
        if found is None:
            found = tx.machine(hash_)
            if found is None:
                raise NotFound("The version this case runs under is not deployed here.", "Deploy it again.")
            self._machines[hash_] = found
        return found

    def office(self, tx: Transaction, tenant: str) -> Office:
        """The office of a tenant; an unknown tenant has none."""
        hash_ = tx.office_hash(tenant)
        found = self._offices.get(hash_) if hash_ is not None else None
        if found is None:
            found = tx.office(tenant)
            if found is None:
                raise NotFound(f"There is no municipality “{tenant}” here.", "Set its office first.")
            if len(self._offices) >= OFFICES:
                self._offices.clear()
            self._offices[found.hash] = found
        return found

    def procedure(self, tx: Transaction, tenant: str, hash_: str) -> Procedure:
        """A version in an office."""
        return Procedure(self.machine(tx, hash_), self.office(tx, tenant))

    def prepared(self, tx: Transaction, tenant: str, hash_: str) -> Prepared:
        """A version in an office, ready to run."""
        return prepare(self.procedure(tx, tenant, hash_))

    def newest(self, tx: Transaction, procedure: str) -> MachineRow | None:
        """The newest version of a procedure that takes new cases; None if there is none."""
        return next((row for row in reversed(tx.machines(procedure)) if not row.retired), None)

    # ---------------------------------------------------------------------------------------------------------- events

    def load(self, tx: Transaction, tenant: str, case_id: str, lock: bool = False) -> Case:
        """A stored case of a tenant. Raises NotFound, also for other tenants' cases."""
        found = tx.case(tenant, case_id, lock)
        if found is None:
            raise NotFound("There is no such case here.", "Check the number.")
        return found

    def find(self, tx: Transaction, tenant: str, name: str) -> str:
        """The id of a tenant's case by its number or id. Raises NotFound, also for other tenants' cases."""
        id_ = tx.by_number(tenant, name) or name
        if tx.tenant_of(id_) != tenant:
            raise NotFound("There is no such case here.", "Check the number.")
        return id_

    def open_cases(self, tenant: str) -> Iterator[str]:
        """The ids of all open cases of a tenant, each once, also if cases change while they are gone through."""
        after: tuple[str, str] | None = None
        seen: set[str] = set()
        while True:
            with self.transaction() as tx:
                page = tx.case_page(CaseQuery(tenant, "open", after=after, limit=CASES_AT_ONCE))
            for row in page:
                if row.id not in seen:
                    seen.add(row.id)
                    yield row.id
            if len(page) < CASES_AT_ONCE:
                return
            after = (instant(page[-1].changed), page[-1].id)

    def start(self, tenant: str, machine: Machine, event: Event) -> Done:
        """Make a case; the same id again gives the case that is already there."""
        kind = event.kind
        assert isinstance(kind, Start)
        with self.transaction() as tx:
            known = tx.case(tenant, kind.case)
            if known is not None:
                return Done(known, repeated=True)
            procedure = Procedure(machine, self.office(tx, tenant))
            now = self.clock.now()
            made = step(procedure, None, event, now)
            if made.refused is not None:
                return Done(made.case, made.refused, made)
            return Done(self._write(tx, None, made, event, procedure, now), None, made)

    def apply(self, tenant: str, case_id: str, event: Event, *, due: bool = True) -> Done:
        """Apply an event to a stored case, after all timers that are due.

        Raises NotFound for an unknown case and Conflict if others were faster several times in a row.
        """
        for attempt in range(self.retries):
            try:
                done = self._try(tenant, case_id, event, due)
            except Conflict:
                if attempt == self.retries - 1 or self.connection is not None:
                    raise
                continue
            if done.refused is not None and done.refused.code == "due_first" and due:
                continue
            return done
        raise Conflict()

    def _try(self, tenant: str, case_id: str, event: Event, due: bool) -> Done:
        """Apply an event in one transaction, or, if timers are due, after them in another."""
        with self.transaction() as tx:
            case = self.load(tx, tenant, case_id, lock=True)
            if not due or not self._has_due(case):
                return self._apply_to(tx, case, event)
        self._fire_due_before(tenant, case_id, event)
        with self.transaction() as tx:
            return self.apply_in(tx, tenant, case_id, event)

    def _has_due(self, case: Case) -> bool:
        """Whether a timer of a case is due."""
        first = timers.earliest(case)
        return case.status != "ended" and first is not None and first <= max(case.at, self.clock.now())

    def _fire_due_before(self, tenant: str, case_id: str, event: Event) -> None:
        """Fire what is due; a timer that cannot act does not keep an administrator from mending the case."""
        try:
            self.fire_due(tenant, case_id)
        except TimerRefused:
            if not isinstance(event.kind, Correct | Migrate | Erase):
                raise

    def apply_in(self, tx: Transaction, tenant: str, case_id: str, event: Event) -> Done:
        """Apply an event inside a transaction that is already open."""
        return self._apply_to(tx, self.load(tx, tenant, case_id, lock=True), event)

    def _apply_to(self, tx: Transaction, case: Case, event: Event) -> Done:
        """Apply an event to a case that was read, and locked, in this transaction."""
        if tx.entry_of_event(case.id, event.id) is not None:
            return Done(case, repeated=True)
        kind = event.kind
        hash_ = kind.to if isinstance(kind, Migrate) else case.machine
        procedure = self.procedure(tx, case.tenant, hash_)
        wall = self.clock.now()
        now = max(case.at, wall)
        if isinstance(kind, Due):
            timer = case.timers.get(kind.timer)
            if timer is not None and timer.due is not None and timer.due <= now:
                now = max(case.at, timer.due)
        if isinstance(kind, Remark):
            return Done(self._remark(tx, case, event, procedure, wall))
        made = step(procedure, case, event, now)
        if made.refused is not None:
            return Done(case, made.refused, made)
        saved = self._write(tx, case, made, event, procedure, wall)
        if isinstance(kind, Erase):
            tx.erase_parts(case.id, kind.classes)
        return Done(saved, None, made)

    def fire_due(self, tenant: str, case_id: str) -> int:
        """Fire every timer of a case that is due, in order, each in a transaction of its own; how many fired."""
        for fired in range(TIMERS_AT_ONCE):
            with self.transaction() as tx:
                case = tx.case(tenant, case_id, lock=True)
                if case is None or not self._has_due(case):
                    return fired
                prepared = self.prepared(tx, tenant, case.machine)
                timer = timers.next_due(prepared, case, max(case.at, self.clock.now()))
                if timer is None:
                    return fired
                event = Event(f"due:{timer.id}/{timer.count}", SYSTEM, Due(timer.id))
                refused = self._apply_to(tx, case, event).refused
            if refused is not None:
                raise TimerRefused(case_id, timer.id, refused)
        raise AmtswegError(f"More than {TIMERS_AT_ONCE} timers of the case {case_id} are due at once.")

    # --------------------------------------------------------------------------------------------------------- writing

    def _remark(self, tx: Transaction, case: Case, event: Event, procedure: Procedure, wall: datetime) -> Case:
        prev = tx.last_hash(case.id)
        counted, entry, parts = journal.remark_entry(case, event, procedure, wall, prev, self.salt)
        tx.save(case, counted, self.case_row(prepare(procedure), counted, wall))
        tx.append(entry, parts)
        return counted

    def _write(
        self, tx: Transaction, before: Case | None, made: Step, event: Event, procedure: Procedure, wall: datetime
    ) -> Case:
        case = made.case
        prepared = prepare(procedure)
        tx.save(before, case, self.case_row(prepared, case, wall))
        entry, parts = journal.make(made, event, procedure, wall, tx.last_hash(case.id), self.salt)
        tx.append(entry, parts)
        self.write_tasks(tx, prepared, before, case)
        for effect in made.effects:
            self._write_effect(tx, case, effect, wall)
        return case

    def write_tasks(self, tx: Transaction, prepared: Prepared, before: Case | None, case: Case) -> None:
        """Make the work-list rows of a case as its tasks are now; claims and drafts stay."""
        known = {row.task: row for row in tx.tasks_of(case.id)} if before is not None else {}
        for name, row in known.items():
            if name not in case.tasks:
                tx.drop_task(row.id)
        if not case.tasks:
            return
        draft = Draft(prepared, case, case.at)
        draft.tracing = False
        words = case_words(case)
        for task in case.tasks.values():
            fresh = self._task_row(draft, task, words)
            old = known.get(task.id)
            if old is not None:
                fresh = replace(
                    fresh,
                    claimed_by=old.claimed_by,
                    delegated_by=old.delegated_by,
                    follow_up=old.follow_up,
                    note=old.note,
                    draft=old.draft,
                )
            if fresh != old:
                tx.put_task(fresh)

    def _task_row(self, draft: Draft, task: Task, words: str) -> TaskRow:
        case, prepared = draft.case, draft.prepared
        place = prepared.place(draft.flow_of(task.run), task.place)
        spec = place.task
        assert spec is not None
        scope = Scope(draft, task.run, task.place)
        try:
            title = scope.text(spec.title) or place.title
            roles = candidates(draft, task, spec)
        except Stop:
            title, roles = place.title, spec.by
        blocked = set(case.excluded)
        for person in people_with(prepared.office, prepared.machine.id, roles):
            if same_person(draft, task, spec, Actor(person)) and person not in task.waived:
                blocked.add(person)
        return TaskRow(
            id=f"{case.id}:{task.id}",
            case=case.id,
            tenant=case.tenant,
            task=task.id,
            number=case.number,
            procedure=case.procedure,
            procedure_title=prepared.machine.title,
            step=place.step,
            title=title,
            opened=task.opened,
            by=tuple(roles),
            roles=tuple(f"party:{case.parties[role]}" if role in case.parties else role for role in roles),
            blocked=tuple(sorted(blocked)),
            due=task.due,
            due_day=task.due_day,
            words=folded(f"{words} {title} {prepared.machine.title}"),
            columns=self._columns(draft, task),
        )

    def _columns(self, draft: Draft, task: Task) -> dict[str, Any]:
        """The columns a procedure adds to the work-list, as plain data."""
        found: dict[str, Any] = {}
        scope = Scope(draft, task.run, task.place)
        for column in draft.prepared.machine.columns:
            head, *rest = column.split(".")
            value = scope[head]
            for name in rest:
                value = value.get(name) if isinstance(value, dict) else None
            found[column] = encode(value) if value is not None else None
        return found

    def case_row(self, prepared: Prepared, case: Case, wall: datetime) -> CaseRow:
        """What lists show of a case."""
        machine = prepared.machine
        at = sorted({machine.flows[r.flow].places[p].step for r in case.runs.values() for p in r.marking})
        return CaseRow(
            id=case.id,
            tenant=case.tenant,
            number=case.number,
            procedure=case.procedure,
            machine=case.machine,
            title=machine.title,
            status=case.status,
            outcome=case.outcome,
            started=case.started,
            changed=wall,
            next_due=timers.earliest(case) if case.status != "ended" else None,
            at=tuple(step for step in at if machine.steps.get(step) is not None or step not in machine.stages),
            words=folded(f"{case_words(case)} {machine.title}"),
            parties=tuple(sorted(set(case.parties.values()))),
        )

    def _write_effect(self, tx: Transaction, case: Case, effect: Effect, wall: datetime) -> None:
        """An effect becomes a job row; a `cancel` takes one back that has not been done."""
        if effect.kind == "cancel":
            found = tx.job(str(effect.data["key"]), lock=True)
            if found is not None and found.state in ("ready", "running", "waiting", "failed"):
                tx.save_job(replace(found, state="cancelled"))
            return
        tx.add_job(
            JobRow(
                effect.key,
                case.id,
                case.tenant,
                effect.kind,
                dump(effect)["data"],
                wall,
                wall,
                effect.job,
                retries=effect.retries,
                procedure=case.procedure,
            )
        )


class TimerRefused(AmtswegError):
    """A timer was due, and the case refused it; a person has to look."""

    def __init__(self, case: str, timer: str, refused: Refused) -> None:
        self.case, self.timer, self.refused = case, timer, refused
        super().__init__(f"The timer {timer} of case {case} could not act: {refused.code}.")


def case_words(case: Case) -> str:
    """What a case can be found by: its number and the texts of its forms (special categories are left to the form)."""
    found = [case.number]
    main = case.runs.get("")
    for record in main.slots.values() if main is not None else ():
        _collect(record.data, found, 0)
    return " ".join(found)[:4000]


def _collect(value: Any, into: list[str], depth: int) -> None:
    if isinstance(value, str) and len(value) <= 200:
        into.append(value)
    elif isinstance(value, dict) and depth < 4:
        for inner in value.values():
            _collect(inner, into, depth + 1)
    elif isinstance(value, list) and depth < 4:
        for inner in value[:50]:
            _collect(inner, into, depth + 1)
