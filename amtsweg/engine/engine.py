"""The engine as a host uses it: deploy, start, work-list, complete, report, correct, look, prove.

    engine = Engine.open("sqlite:///amt.sqlite3")
    engine.deploy(machine); engine.set_office(office)
    case = engine.start("hund-anmelden", by=ada, tenant="musterstadt", data={...})
    for task in engine.tasks(kaya):
        engine.complete(task.id, kaya, outcome="festsetzen", data={...})

Everything here is thin: who may do what is `people`, what an event does is `machine.step`, how it is saved is `shell`.
Refusals are raised as `amtsweg.errors.Refused`; another tenant's things are simply not there (`NotFound`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from amtsweg.dsl.feel.values import from_python
from amtsweg.dsl.procedure import Machine, Office, Procedure
from amtsweg.engine import admin, look
from amtsweg.engine.case import Case
from amtsweg.engine.clock import Clock, SystemClock
from amtsweg.engine.event import (
    Actor,
    Change,
    Drop,
    Event,
    FieldError,
    Grow,
    Kind,
    Message,
    Signal,
    Start,
)
from amtsweg.engine.handlers import Answer, Handler, Handlers
from amtsweg.engine.jobs import Runner, number_of
from amtsweg.engine.journal import Entry, Finding
from amtsweg.engine.messages import as_error
from amtsweg.engine.shell import Done, Shell
from amtsweg.engine.store.memory import MemoryStore
from amtsweg.engine.store.port import CaseQuery, MachineRow, Store, folded
from amtsweg.engine.views import (
    ActResult,
    CaseLine,
    CaseView,
    DocumentView,
    HistoryView,
    IncidentView,
    TaskPage,
    TaskView,
    Why,
)
from amtsweg.engine.why import why
from amtsweg.engine.worker import Worker
from amtsweg.engine.worklist import ListKind, WorkList, fresh_id
from amtsweg.errors import NotFound


def uuid7(now: datetime) -> str:
    """A UUID of version 7 (RFC 9562): sorts by time, so that new cases lie together in an index."""
    millis = int(now.timestamp() * 1000) & (2**48 - 1)
    value = millis << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Engine:
    """A running engine over a store.

    Parameters
    ----------
    store: where cases live.
    clock: what time it is; the machine's own by default.
    handlers: what the host does when something leaves a case, by name (`handlers.Handlers`).
    language: of sentences for people, `de` or `en`.
    ids: gives the ids of new cases; UUIDv7 by default.
    salt: gives fresh random bytes per retention class.
    """

    def __init__(
        self,
        store: Store | None = None,
        *,
        clock: Clock | None = None,
        handlers: Handlers | Mapping[str, Handler] | None = None,
        language: str = "de",
        ids: Callable[[], str] | None = None,
        salt: Callable[[str], bytes] | None = None,
    ) -> None:
        self.store = store if store is not None else MemoryStore()
        self.clock = clock if clock is not None else SystemClock()
        self.handlers = handlers if isinstance(handlers, Handlers) else Handlers(handlers)
        self.language = language
        self._ids = ids or (lambda: uuid7(self.clock.now()))
        self.shell = Shell(self.store, self.clock, salt)
        self.list = WorkList(self.shell, language)
        self.runner = Runner(self.shell, self.handlers)
        self._worker = Worker(self.shell, self.runner)

    @classmethod
    def open(
        cls,
        url: str = "memory:",
        *,
        clock: Clock | None = None,
        handlers: Handlers | Mapping[str, Handler] | None = None,
        renderers: Handlers | Mapping[str, Handler] | None = None,
        language: str = "de",
        ids: Callable[[], str] | None = None,
    ) -> Engine:
        """An engine over a database URL: `memory:`, `sqlite:///amt.sqlite3`, `postgresql://…`.

        Missing tables are made. `renderers` is another word for `handlers`. Raises StoreError if the database does not
        answer or is newer than this program.
        """
        store: Store
        if url.startswith("memory:"):
            store = MemoryStore()
        else:
            from amtsweg.engine.store.sql import SqlStore

            store = SqlStore.open(url)
        return cls(store, clock=clock, handlers=handlers or renderers, language=language, ids=ids)

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *what: object) -> None:
        self.close()

    @contextmanager
    def using(self, connection: Any) -> Iterator[Engine]:
        """An engine whose writes belong to the host's own SQLAlchemy connection and commit with it."""
        made = Engine(
            self.store, clock=self.clock, handlers=self.handlers, language=self.language, ids=self._ids,
            salt=self.shell.salt,
        )  # fmt: skip
        made.shell.connection = connection
        yield made

    # ------------------------------------------------------------------------------------------ procedures and offices

    def deploy(self, machine: Machine | Procedure) -> str:
        """Put a compiled, proven procedure beside its other versions; new cases take the newest. Returns its hash."""
        office = machine.office if isinstance(machine, Procedure) else None
        machine = machine.machine if isinstance(machine, Procedure) else machine
        with self.shell.transaction() as tx:
            tx.put_machine(machine, self.clock.now())
            if office is not None and tx.office(office.id) is None:
                tx.put_office(office, self.clock.now())
        return machine.hash

    def set_office(self, office: Office) -> None:
        """Set (or change) a municipality's calendar, values and people; running cases keep what they have pinned."""
        with self.shell.transaction() as tx:
            tx.put_office(office, self.clock.now())

    def versions(self, procedure: str = "") -> tuple[MachineRow, ...]:
        """The deployed versions, oldest first."""
        with self.shell.transaction() as tx:
            return tuple(tx.machines(procedure))

    def retire(self, hash_: str) -> None:
        """No new cases under this version; running ones go on."""
        with self.shell.transaction() as tx:
            tx.retire(hash_)

    def procedure(self, name: str, tenant: str) -> Procedure:
        """The newest deployed version of a procedure in an office. Raises NotFound."""
        with self.shell.transaction() as tx:
            newest = self.shell.newest(tx, name)
            if newest is None:
                raise NotFound(f"The procedure “{name}” is not deployed here.", "Deploy it first.")
            return self.shell.procedure(tx, tenant, newest.hash)

    def procedure_of(self, case_id: str, actor: Actor, tenant: str = "") -> Procedure:
        """The version a case runs under, in its office."""
        where, id_ = self._find(case_id, actor, tenant)
        with self.shell.transaction() as tx:
            return self.shell.procedure(tx, where, self.shell.load(tx, where, id_).machine)

    # ----------------------------------------------------------------------------------------------------------- cases

    def start(
        self,
        procedure: str,
        by: Actor,
        tenant: str = "",
        *,
        data: Any = None,
        outcome: str = "",
        parties: Mapping[str, str] | None = None,
        entry: str = "",
        case: str = "",
        received: datetime | None = None,
        event: str = "",
    ) -> CaseView:
        """Open a case. With `data` its first task is completed at once; if that is refused there is no case.

        Parameters
        ----------
        by: who opens it; becomes the party of the first task.
        entry: another entrance than the first step.
        case: the id to use; the same id again gives the case that is there.
        received: when it reached the house, if earlier than now.
        """
        where = self._tenant(by, tenant)
        found = self.procedure(procedure, where)
        if procedure in found.office.switched_off:
            raise NotFound(f"The procedure “{procedure}” is switched off in {found.office.name or where}.")
        id_ = case or self._ids()
        with self.shell.transaction() as tx:
            known = tx.case(where, id_)
            number = known.number if known is not None else number_of(tx, found, self.clock.now())
            kind = Start(id_, where, number, dict(parties or {}), None, from_python(by.account), "", 0, entry)
            done = self.shell.start(where, found.machine, Event(event or f"start:{id_}", by, kind, received))
            if done.refused is not None:
                raise as_error(done.refused, self.language)
            if data is not None and not done.repeated:
                first = next(iter(done.case.tasks), "")
                if not first:
                    raise NotFound("This procedure does not begin with a form.", "Start it without data.")
                self.list.complete(by, where, f"{id_}:{first}", outcome, data, received=received)
        return self.case(id_, by, where)

    def case(self, case_id: str, actor: Actor, tenant: str = "") -> CaseView:
        """A case by id or number, as the actor may see it. Raises NotFound also where the actor may not look."""
        where, id_ = self._find(case_id, actor, tenant)
        with self.shell.transaction() as tx:
            case = self.shell.load(tx, where, id_)
            prepared = self.shell.prepared(tx, where, case.machine)
            self._may_see(case, actor, prepared)
            draft = look.draft_of(prepared, case, self.clock.now(), actor)
            view = look.case_view(
                draft, actor, tx.tasks_of(id_), tx.documents(id_), tx.incidents(where, id_), self.language
            )
            return replace(view, history=admin.history(tx, prepared, id_, look.is_party(case, actor)))

    def state(self, case_id: str, tenant: str) -> Case:
        """A case as it is stored, for programs that run it themselves (simulation, tests)."""
        with self.shell.transaction() as tx:
            return self.shell.load(tx, tenant, tx.by_number(tenant, case_id) or case_id)

    def cases(
        self,
        actor: Actor,
        tenant: str = "",
        *,
        status: str = "",
        procedure: str = "",
        text: str = "",
        after: str = "",
        limit: int = 50,
    ) -> tuple[CaseLine, ...]:
        """Cases, last changed first: a party's own, or those of the office; `after` is `changed|id` of the last."""
        where = self._tenant(actor, tenant)
        changed, _, last = after.partition("|")
        party = actor.id if actor.kind == "party" else ""
        key = (changed, last) if after else None
        with self.shell.transaction() as tx:
            query = CaseQuery(where, status, procedure, tuple(folded(text).split()), party, key, min(limit, 500))
            rows = tx.case_page(query)
            known = {hash_: self.shell.prepared(tx, where, hash_) for hash_ in {row.machine for row in rows}}
        visible = [row for row in rows if party or look.may_see_row(known[row.machine], row, actor)]
        return tuple(
            CaseLine(
                r.id, r.number, r.tenant, r.procedure, r.title, r.status, r.outcome, r.started, r.changed, r.at
            )
            for r in visible
        )  # fmt: skip

    # ----------------------------------------------------------------------------------------------------------- tasks

    def tasks(self, actor: Actor, kind: ListKind = "all", tenant: str = "", **filters: Any) -> Iterator[TaskView]:
        """All tasks of a work-list (`all mine free follow_up overdue`), page by page; filters as `task_page`."""
        return self.list.every(actor, self._tenant(actor, tenant), kind, **filters)

    def task_page(self, actor: Actor, kind: ListKind = "all", tenant: str = "", **filters: Any) -> TaskPage:
        """One page: `procedure`, `step`, `text`, `order` (`due opened`), `after`, `limit`."""
        return self.list.page(actor, self._tenant(actor, tenant), kind, **filters)

    def task(
        self,
        task_id: str,
        actor: Actor,
        tenant: str = "",
        *,
        data: Any = None,
        judge: bool = False,
        errors: Sequence[FieldError] = (),
    ) -> TaskView:
        """A task with its form, values and buttons; `data` shows what was typed so far, `judge` what is wrong."""
        where = self._tenant(actor, tenant)
        return self.list.view(actor, where, task_id, data=from_python(data), judge=judge, errors=tuple(errors))

    def claim(self, task_id: str, actor: Actor, tenant: str = "") -> TaskView:
        """Take a task."""
        return self.list.claim(actor, self._tenant(actor, tenant), task_id)

    def release(self, task_id: str, actor: Actor, tenant: str = "") -> TaskView:
        """Give a task back."""
        return self.list.release(actor, self._tenant(actor, tenant), task_id)

    def forward(self, task_id: str, actor: Actor, to: str, note: str = "", tenant: str = "") -> TaskView:
        """Hand a task over to another person."""
        return self.list.forward(actor, self._tenant(actor, tenant), task_id, to, note)

    def delegate(self, task_id: str, actor: Actor, to: str, note: str = "", tenant: str = "") -> TaskView:
        """Let another person prepare a task."""
        return self.list.delegate(actor, self._tenant(actor, tenant), task_id, to, note)

    def resolve(self, task_id: str, actor: Actor, note: str = "", tenant: str = "") -> TaskView:
        """Give a delegated task back."""
        return self.list.resolve(actor, self._tenant(actor, tenant), task_id, note)

    def follow_up(
        self, task_id: str, actor: Actor, until: datetime | None, note: str = "", tenant: str = ""
    ) -> TaskView:
        """Put a task off until an instant (Wiedervorlage)."""
        return self.list.follow_up(actor, self._tenant(actor, tenant), task_id, until, note)

    def note(self, task_id: str, actor: Actor, text: str, tenant: str = "") -> TaskView:
        """Write a note on a task."""
        return self.list.note(actor, self._tenant(actor, tenant), task_id, text)

    def save_draft(self, task_id: str, actor: Actor, data: Any, tenant: str = "") -> TaskView:
        """Keep what was typed so far."""
        return self.list.save_draft(actor, self._tenant(actor, tenant), task_id, from_python(data))

    def complete(
        self,
        task_id: str,
        actor: Actor,
        outcome: str = "",
        data: Any = None,
        *,
        base: int | None = None,
        reason: str = "",
        received: datetime | None = None,
        tenant: str = "",
        event: str = "",
    ) -> CaseView:
        """Complete a task. Raises Refused (`stale not_allowed same_person taken changed invalid not_offered …`)."""
        where = self._tenant(actor, tenant)
        done = self.list.complete(
            actor, where, task_id, outcome, data, base=base, reason=reason, received=received, event=event
        )
        return self._after(done, actor, where)

    def skip(self, task_id: str, actor: Actor, outcome: str, reason: str, tenant: str = "") -> CaseView:
        """Pass over a task with a reason (administration)."""
        where = self._tenant(actor, tenant)
        return self._after(self.list.skip(actor, where, task_id, outcome, reason), actor, where)

    def bulk(
        self, task_ids: Sequence[str], actor: Actor, outcome: str, data: Any = None, reason: str = "", tenant: str = ""
    ) -> tuple[ActResult, ...]:
        """Complete up to 500 tasks the same way; each has its own result."""
        return self.list.bulk(actor, self._tenant(actor, tenant), task_ids, outcome, data, reason)

    # ---------------------------------------------------------------------------------------------- events and messages

    def report(
        self,
        case_id: str,
        name: str,
        actor: Actor,
        data: Any = None,
        *,
        reason: str = "",
        at: tuple[str, str] | None = None,
        received: datetime | None = None,
        tenant: str = "",
        event: str = "",
    ) -> CaseView:
        """Press a button of a case: something happened that the procedure has an event for."""
        where, id_ = self._find(case_id, actor, tenant)
        kind = Message(name, from_python(data), None, reason, at)
        return self._tell(where, id_, kind, actor, received, event)

    def message(
        self,
        case_id: str,
        name: str,
        data: Any = None,
        *,
        key: Any = None,
        by: str = "service",
        tenant: str,
        received: datetime | None = None,
        event: str = "",
    ) -> Done:
        """A message from a service. Durable and idempotent by `event`; if nobody waits it becomes an incident."""
        with self.shell.transaction() as tx:
            id_ = tx.by_number(tenant, case_id) or case_id
        actor = Actor(by, "connector", tenant=tenant)
        kind = Message(name, from_python(data), from_python(key))
        done = self.shell.apply(tenant, id_, Event(event or fresh_id(), actor, kind, received))
        if done.refused is not None:
            admin.message_incident(self.shell, done, name, from_python(data))
        return done

    def signal(self, tenant: str, name: str, data: Any = None, *, event: str = "") -> int:
        """Tell every open case of a municipality; how many changed."""
        changed = 0
        given = event or fresh_id()
        for id_ in self.shell.open_cases(tenant):
            kind = Signal(name, from_python(data))
            done = self.shell.apply(tenant, id_, Event(f"{given}:{id_}", Actor("signal", "system"), kind))
            changed += bool(done.step is not None and done.step.fired)
        return changed

    def answer(self, key: str, name: str = "ok", data: Any = None, *, tenant: str) -> None:
        """The answer to a job that was pending (a payment provider calls back). Repeating it changes nothing."""
        with self.shell.transaction() as tx:
            row = tx.job(key)
        if row is None or row.tenant != tenant:
            raise NotFound("There is no such request here.")
        self.runner.finish(row, Answer(name, from_python(data) or {}))

    def grow(
        self, case_id: str, place: str, items: Sequence[Any], actor: Actor, *, run: str = "", tenant: str = ""
    ) -> CaseView:
        """Add elements to an open `for_each` (`place` is the step)."""
        where, id_ = self._find(case_id, actor, tenant)
        target = place if place.endswith(".set") else f"{place}.set"
        case = self.state(id_, where)
        if run in case.runs and target not in case.runs[run].marking and place in case.runs[run].marking:
            target = place
        kind = Grow(run, target, tuple(from_python(item) for item in items))
        return self._tell(where, id_, kind, actor)

    def drop(self, case_id: str, run: str, actor: Actor, reason: str, tenant: str = "") -> CaseView:
        """Call one element of a `for_each` off."""
        where, id_ = self._find(case_id, actor, tenant)
        return self._tell(where, id_, Drop(run, reason), actor)

    def _tell(
        self, where: str, id_: str, kind: Kind, actor: Actor, received: datetime | None = None, event: str = ""
    ) -> CaseView:
        chosen = self._acting(where, id_, kind, actor)
        done = self.shell.apply(where, id_, Event(event or fresh_id(), chosen, kind, received))
        if done.refused is not None:
            raise as_error(done.refused, self.language)
        return self._after(done, actor, where)

    def _acting(self, where: str, id_: str, kind: Kind, actor: Actor) -> Actor:
        """The actor, or the person it deputises for if only that one may press the button."""
        if not isinstance(kind, Message):
            return actor
        with self.shell.transaction() as tx:
            case = self.shell.load(tx, where, id_)
            prepared = self.shell.prepared(tx, where, case.machine)
            return admin.acting(prepared, case, kind.name, actor, self.clock.now())

    # -------------------------------------------------------------------------------------------------- administration

    def correct(self, case_id: str, actor: Actor, changes: Sequence[Change], reason: str, tenant: str = "") -> CaseView:
        """Correct a case with a reason (administration): all changes, or none."""
        where, id_ = self._find(case_id, actor, tenant)
        return self._tell(where, id_, admin.correction(changes, reason), actor)

    def migrate(
        self,
        case_id: str,
        actor: Actor,
        to: str,
        *,
        steps: Mapping[str, str] | None = None,
        slots: Mapping[str, str] | None = None,
        fill: Mapping[str, Any] | None = None,
        dry_run: bool = False,
        tenant: str = "",
    ) -> CaseView:
        """Carry a case over to another deployed version; with `dry_run` it is only tried."""
        where, id_ = self._find(case_id, actor, tenant)
        kind = admin.migration(to, steps, slots, fill)
        if dry_run:
            refused = admin.try_out(self.shell, where, id_, kind, actor)
            if refused is not None:
                raise as_error(refused, self.language)
            return self.case(id_, actor, where)
        return self._tell(where, id_, kind, actor)

    def erase(self, case_id: str, actor: Actor, classes: Sequence[str] = ("",), tenant: str = "") -> None:
        """Remove the values of retention classes; the journal's chain still verifies."""
        where, id_ = self._find(case_id, actor, tenant)
        done = self.shell.apply(where, id_, Event(fresh_id(), actor, admin.erasure(classes)))
        if done.refused is not None:
            raise as_error(done.refused, self.language)
        with self.shell.transaction() as tx:
            admin.refresh(self.shell, tx, where, id_)

    def incidents(self, actor: Actor, case_id: str = "", tenant: str = "") -> tuple[IncidentView, ...]:
        """What a person has to look at."""
        where = self._tenant(actor, tenant)
        id_ = self._find(case_id, actor, tenant)[1] if case_id else ""
        with self.shell.transaction() as tx:
            return tuple(look.incident_view(row) for row in tx.incidents(where, id_))

    def retry(self, incident: str, actor: Actor, tenant: str = "") -> None:
        """Try a failed job again (administration)."""
        admin.retry(self.shell, self._tenant(actor, tenant), incident, actor, self.language)

    def resolve_incident(self, incident: str, actor: Actor, how: str, tenant: str = "") -> None:
        """Close an incident with a sentence about what was done."""
        admin.resolve(self.shell, self._tenant(actor, tenant), incident, actor, how, self.language)

    # --------------------------------------------------------------------------------------------- knowing and proving

    def why(self, case_id: str, actor: Actor, tenant: str = "") -> Why:
        """Why a case does not go on, who must act, until when."""
        where, id_ = self._find(case_id, actor, tenant)
        with self.shell.transaction() as tx:
            case = self.shell.load(tx, where, id_)
            prepared = self.shell.prepared(tx, where, case.machine)
            self._may_see(case, actor, prepared)
            newest = self.shell.newest(tx, case.procedure)
            draft = look.draft_of(prepared, case, self.clock.now(), actor)
            return why(draft, tx.jobs_of(id_), tx.tasks_of(id_), newest, self.language)

    def journal(self, case_id: str, actor: Actor, tenant: str = "") -> tuple[Entry, ...]:
        """The journal's entries of a case (administration and the office)."""
        where, id_ = self._find(case_id, actor, tenant)
        with self.shell.transaction() as tx:
            case = self.shell.load(tx, where, id_)
            prepared = self.shell.prepared(tx, where, case.machine)
            self._may_see(case, actor, prepared)
            if look.is_party(case, actor):
                raise NotFound("There is no such case here.")
            return tuple(tx.entries(id_))

    def history(self, case_id: str, actor: Actor, tenant: str = "") -> tuple[HistoryView, ...]:
        """Who did what when."""
        return self.case(case_id, actor, tenant).history

    def verify(self, case_id: str, tenant: str) -> Finding | None:
        """Check the journal of a case: chain, values, stored state; None if all is as it was written."""
        return admin.verify(self.shell, tenant, case_id)

    def replay(self, case_id: str, tenant: str) -> Finding | None:
        """Run all events of a case again; None if they lead to the stored case."""
        return admin.replay(self.shell, tenant, case_id)

    def export(self, case_id: str, actor: Actor, tenant: str = "") -> dict[str, Any]:
        """Everything that is kept about a person in a case (DSGVO Art. 15), as plain data."""
        where, id_ = self._find(case_id, actor, tenant)
        self.case(id_, actor, where)
        return admin.export(self.shell, where, id_)

    def documents(self, case_id: str, actor: Actor, tenant: str = "") -> tuple[DocumentView, ...]:
        """The file (Akte) of a case, as the actor may see it."""
        return self.case(case_id, actor, tenant).documents

    def document(self, document: str, actor: Actor, tenant: str = "") -> tuple[DocumentView, bytes]:
        """A document with its bytes; their hash is checked."""
        where = self._tenant(actor, tenant)
        with self.shell.transaction() as tx:
            found = tx.document(where, document)
        if found is None or not any(d.id == document for d in self.documents(found[0].case, actor, where)):
            raise NotFound("There is no such document here.")
        return look.document_view(found[0]), admin.checked(found[0], found[1])

    def add_document(
        self,
        case_id: str,
        actor: Actor,
        name: str,
        content: bytes,
        media_type: str,
        *,
        title: str = "",
        tenant: str = "",
    ) -> DocumentView:
        """Put a document into the file of a case."""
        where, id_ = self._find(case_id, actor, tenant)
        self.case(id_, actor, where)
        return look.document_view(admin.add_document(self.shell, where, id_, actor, name, content, media_type, title))

    # ------------------------------------------------------------------------------------------------------------ work

    def work(self) -> int:
        """Fire what is due and do all jobs, until nothing is left; how many things were done."""
        return self._worker.work()

    def worker(self) -> Worker:
        """A worker to run beside the host: `engine.worker().run_forever()`."""
        return Worker(self.shell, self.runner)

    def next_moment(self) -> datetime | None:
        """When the next timer or job is due (for simulation in virtual time)."""
        return admin.next_moment(self.shell)

    # --------------------------------------------------------------------------------------------------------- helpers

    def _tenant(self, actor: Actor, tenant: str) -> str:
        """The municipality an act belongs to: the actor's own; only the system may say another."""
        if actor.tenant:
            if tenant and tenant != actor.tenant:
                raise NotFound(f"There is no municipality “{tenant}” here.")
            return actor.tenant
        if tenant:
            return tenant
        with self.shell.transaction() as tx:
            known = tx.tenants()
        if len(known) == 1:
            return known[0]
        raise NotFound("It is not said which municipality is meant.", "Give the actor its tenant.")

    def _find(self, case_id: str, actor: Actor, tenant: str) -> tuple[str, str]:
        """Tenant and id of a case, by id or number."""
        where = self._tenant(actor, tenant)
        with self.shell.transaction() as tx:
            return where, self.shell.find(tx, where, case_id)

    def _may_see(self, case: Case, actor: Actor, prepared: Any) -> None:
        if not look.may_see(prepared, case, actor):
            raise NotFound("There is no such case here.", "Check the number.")

    def _after(self, done: Done, actor: Actor, where: str) -> CaseView:
        """The case after an act, for whoever did it (who may have become unable to see it)."""
        case = done.case
        with self.shell.transaction() as tx:
            prepared = self.shell.prepared(tx, where, case.machine)
            draft = look.draft_of(prepared, case, self.clock.now(), actor)
            return look.case_view(
                draft, actor, tx.tasks_of(case.id), tx.documents(case.id), tx.incidents(where, case.id), self.language
            )
