"""Running jobs: what left a case is done once, tried again with patience, and handed to a person in the end.

In: job rows. Out: results as events `<key>:r`, so that a second one changes nothing. The handler runs outside of any
transaction; its result, the move it causes and the job's end are one transaction. What the engine does itself (starting
a child case, telling another case) is done the same way.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from amtsweg.dsl.procedure import Procedure
from amtsweg.engine.case import Value
from amtsweg.engine.event import (
    SYSTEM,
    Actor,
    ChildEnded,
    Event,
    Failed,
    Kind,
    Message,
    Refused,
    Result,
    Signal,
    Start,
)
from amtsweg.engine.handlers import Answer, Call, File, Handlers, Pending, ServiceError, answer_of
from amtsweg.engine.messages import refusal_sentences
from amtsweg.engine.plain import decode, value_bytes
from amtsweg.engine.prepared import prepare
from amtsweg.engine.shell import Done, Shell
from amtsweg.engine.store.port import DocumentRow, IncidentRow, JobRow, JobState, Transaction
from amtsweg.errors import AmtswegError, Conflict, NotFound

LEASE = timedelta(minutes=5)
FIRST_WAIT = 30
"""Seconds before the second try; doubled each time, at most `LONGEST_WAIT`, spread by a fifth."""
LONGEST_WAIT = 6 * 3600
INTERNAL = frozenset({"start", "send", "child_ended"})
PARTIAL = frozenset({"partly", "waiting"})
"""Results that only tell; the final one is still to come."""
QUIET = frozenset({"late", "closed"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one job: `done`, `waiting`, `again`, `failed`, `gone`."""

    key: str
    state: str
    error: str = ""


def wait_before(key: str, attempt: int) -> timedelta:
    """How long to wait before the next try; the spread follows from the key, so tests see the same."""
    seconds = min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT)
    digest = hashlib.sha256(f"{key}/{attempt}".encode()).digest()
    spread = 0.8 + 0.4 * digest[0] / 255
    return timedelta(seconds=seconds * spread)


class Runner:
    """Does jobs that were claimed."""

    def __init__(self, shell: Shell, handlers: Handlers) -> None:
        self.shell = shell
        self.handlers = handlers

    def claim(self, limit: int = 20) -> list[JobRow]:
        """Take jobs that are ready, for as long as a lease lasts."""
        now = self.shell.clock.now()
        with self.shell.transaction() as tx:
            return list(tx.claim_jobs(now, now + LEASE, limit))

    def run(self, row: JobRow) -> Outcome:
        """Do one job."""
        if row.kind in INTERNAL:
            return self._internal(row)
        data = {name: decode(value) for name, value in row.data.items()}
        handler = self.handlers.find(row.kind, data)
        if handler is None:
            name = f"{data.get('connector')}.{data.get('operation')}" if row.kind == "call" else row.kind
            return self.give_up(row, "no_handler", f"Für „{name}“ ist kein Dienst angeschlossen.")
        try:
            with self.shell.transaction() as tx:
                current = tx.job(row.key)
                if current is None or current.state != "running":
                    return Outcome(row.key, "gone")
                case = self.shell.load(tx, row.tenant, row.case)
                procedure = self.shell.procedure(tx, row.tenant, case.machine)
            call = Call(row.key, row.kind, row.case, row.tenant, data, row.attempts, procedure, self.shell.clock.now())
            answer = answer_of(handler(call))
        except ServiceError as error:
            return self._declared(row, error)
        except Exception as error:
            return self._again(row, f"{type(error).__name__}: {error}"[:500])
        return self.finish(row, answer)

    def finish(self, row: JobRow, answer: Answer | Pending) -> Outcome:
        """Bring an answer back into the case."""
        if isinstance(answer, Pending):
            return self._set(row, "waiting")
        if not row.job:
            return self._set(row, "done")
        data: dict[str, Value] = dict(answer.data)
        self.shell.fire_due(row.tenant, row.case)
        with self.shell.transaction() as tx:
            if answer.file is not None:
                data["document"] = self.keep(tx, row, answer.file)
            self._delivered(tx, row, data)
            done = self._report(tx, row, Result(row.job, answer.name, data))
            return self._close(tx, row, done, "waiting" if answer.name in PARTIAL else "done")

    def keep(self, tx: Transaction, row: JobRow, file: File) -> dict[str, Value]:
        """Put a document into the file of the case; the same job gives the same document."""
        digest = hashlib.sha256(file.content).hexdigest()
        id_ = str(uuid.uuid5(uuid.NAMESPACE_URL, f"amtsweg:{row.key}/{file.name}"))
        document = DocumentRow(
            id_,
            row.case,
            row.tenant,
            file.title or file.name,
            row.kind,
            file.media_type,
            digest,
            len(file.content),
            self.shell.clock.now(),
            str(decode(row.data.get("letter")) or ""),
            str(decode(row.data.get("step")) or ""),
        )
        tx.put_document(document, file.content)
        return {"id": id_, "name": file.name, "type": file.media_type, "sha256": digest}

    def _delivered(self, tx: Transaction, row: JobRow, data: Mapping[str, Value]) -> None:
        """Note on the document that it was sent, and when it counts as served."""
        document = data.get("document")
        if row.kind != "deliver" or not isinstance(document, dict):
            return
        found = tx.document(row.tenant, str(document.get("id", "")))
        if found is not None:
            served = data.get("served")
            sent = self.shell.clock.now()
            changed = replace(found[0], status="sent", sent=sent, served=str(served) if served else "")
            tx.put_document(changed, None)

    def _report(self, tx: Transaction, row: JobRow, kind: Kind) -> Done:
        actor = Actor(row.kind, "connector", tenant=row.tenant)
        id_ = f"{row.key}:r"
        if isinstance(kind, Result) and kind.name in PARTIAL:
            id_ += f":{kind.name}:{hashlib.sha256(value_bytes(kind.data)).hexdigest()[:16]}"
        return self.shell.apply_in(tx, row.tenant, row.case, Event(id_, actor, kind))

    def _close(self, tx: Transaction, row: JobRow, done: Done, state: JobState = "done") -> Outcome:
        current = tx.job(row.key, lock=True) or row
        if done.refused is None or done.repeated:
            if current.state != "cancelled":
                tx.save_job(replace(current, state=state, lease=None))
            return Outcome(row.key, state)
        if done.refused.code == "late":
            tx.save_job(replace(current, state="cancelled", lease=None))
            self._incident(tx, row, "late", refusal_sentences(done.refused)[0])
            return Outcome(row.key, "gone")
        sentence = refusal_sentences(done.refused)[0]
        tx.save_job(replace(current, state="failed", lease=None, error=sentence))
        self._incident(tx, row, done.refused.code, sentence)
        return Outcome(row.key, "failed", sentence)

    def _declared(self, row: JobRow, error: ServiceError) -> Outcome:
        """An error the service declares goes to the procedure; if it has no way for it, to a person."""
        if not row.job:
            return self.give_up(row, error.code, error.sentence)
        self.shell.fire_due(row.tenant, row.case)
        with self.shell.transaction() as tx:
            done = self._report(tx, row, Failed(row.job, error.code, {"sentence": error.sentence}))
            if done.refused is not None and done.refused.code == "failed":
                current = tx.job(row.key, lock=True) or row
                tx.save_job(replace(current, state="failed", lease=None, error=error.sentence))
                self._incident(tx, row, error.code, error.sentence)
                return Outcome(row.key, "failed", error.sentence)
            return self._close(tx, row, done)

    def _again(self, row: JobRow, error: str) -> Outcome:
        """Try again later; after the last try the procedure's way for errors, else a person."""
        if row.attempts < row.retries:
            now = self.shell.clock.now()
            with self.shell.transaction() as tx:
                current = tx.job(row.key, lock=True)
                if current is None or current.state != "running":
                    return Outcome(row.key, "gone")
                due = now + wait_before(row.key, row.attempts)
                tx.save_job(replace(current, state="ready", due=due, lease=None, error=error))
            return Outcome(row.key, "again", error)
        return self._declared(row, ServiceError("unavailable", f"Der Dienst antwortet nicht ({error})."))

    def give_up(self, row: JobRow, code: str, sentence: str) -> Outcome:
        """Hand a job to a person."""
        with self.shell.transaction() as tx:
            current = tx.job(row.key, lock=True) or row
            tx.save_job(replace(current, state="failed", lease=None, error=sentence))
            self._incident(tx, row, code, sentence)
        return Outcome(row.key, "failed", sentence)

    def _set(self, row: JobRow, state: Any) -> Outcome:
        with self.shell.transaction() as tx:
            current = tx.job(row.key, lock=True) or row
            if current.state == "running":
                tx.save_job(replace(current, state=state, lease=None))
        return Outcome(row.key, state)

    def _incident(self, tx: Transaction, row: JobRow, code: str, sentence: str) -> None:
        id_ = str(uuid.uuid5(uuid.NAMESPACE_URL, f"amtsweg:incident:{row.key}/{row.attempts}/{code}"))
        now = self.shell.clock.now()
        tx.put_incident(
            IncidentRow(id_, row.case, row.tenant, row.kind, code, sentence, now, row.key, row.attempts, row.data)
        )

    # -------------------------------------------------------------------------------------------- what the engine does

    def _internal(self, row: JobRow) -> Outcome:
        data = {name: decode(value) for name, value in row.data.items()}
        try:
            refused = self._inside(row, data)
        except NotFound as error:
            return self.give_up(row, "not_found", str(error))
        except Conflict as error:
            return self._again(row, str(error))
        except AmtswegError as error:
            return self.give_up(row, "failed", str(error))
        if refused is not None and refused.code not in QUIET:
            return self.give_up(row, refused.code, refusal_sentences(refused)[0])
        return self._set(row, "done")

    def _inside(self, row: JobRow, data: Mapping[str, Value]) -> Refused | None:
        if row.kind == "start":
            return self.start_child(row, data)
        if row.kind == "child_ended":
            kind: Kind = ChildEnded(str(data["child"]), str(data["outcome"]), data.get("data"))
            return self.shell.apply(row.tenant, str(data["to"]), Event(f"{row.key}:r", SYSTEM, kind)).refused
        if data["to"] == "all":
            self.broadcast(row, data)
            return None
        with self.shell.transaction() as tx:
            to = tx.by_number(row.tenant, str(data["to"])) or str(data["to"])
        kind = Message(str(data["name"]), data.get("data"))
        actor = Actor(row.case, "connector", tenant=row.tenant)
        return self.shell.apply(row.tenant, to, Event(f"{row.key}:r", actor, kind)).refused

    def broadcast(self, row: JobRow, data: Mapping[str, Value]) -> None:
        """Tell every open case of the tenant; who does not listen does not change."""
        for id_ in self.shell.open_cases(row.tenant):
            if id_ != row.case:
                kind = Signal(str(data["name"]), data.get("data"))
                self.shell.apply(row.tenant, id_, Event(f"{row.key}:{id_}", SYSTEM, kind))

    def start_child(self, row: JobRow, data: Mapping[str, Value]) -> Refused | None:
        """Open a child case under its computed id."""
        with self.shell.transaction() as tx:
            procedure = str(data["procedure"])
            newest = self.shell.newest(tx, procedure)
            if newest is None:
                raise NotFound(f"The procedure “{procedure}” is not deployed here.", "Deploy it.")
            machine = self.shell.machine(tx, newest.hash)
            number = number_of(tx, Procedure(machine, self.shell.office(tx, row.tenant)), self.shell.clock.now())
        parties = data.get("parties")
        kind = Start(
            str(data["case"]),
            row.tenant,
            number,
            {str(k): str(v) for k, v in parties.items()} if isinstance(parties, dict) else {},
            data.get("input"),
            data.get("account"),
            str(data["parent"]),
            int(data["depth"]),
        )
        return self.shell.start(row.tenant, machine, Event(f"{row.key}:r", SYSTEM, kind)).refused


def number_of(tx: Transaction, procedure: Procedure, now: datetime) -> str:
    """The next reference number of a procedure in an office: `FB-2026-0014`.

    `numbers` of the office may give a pattern per procedure with `{year}` and `{no}` (`StA {no}/{year}`); without one
    it is made of the procedure's initials.
    """
    machine, office = procedure.machine, procedure.office
    year = prepare_year(procedure, now)
    letters = "".join(part[0] for part in machine.id.split("-") if part).upper() or "V"
    pattern = office.numbers.get(machine.id) or f"{letters}-{{year}}-{{no}}"
    width = 4 if machine.id not in office.numbers else 1
    series = f"{pattern}/{year}" if "{year}" in pattern else pattern
    return pattern.replace("{year}", str(year)).replace("{no}", str(tx.next_number(office.id, series)).zfill(width))


def prepare_year(procedure: Procedure, now: datetime) -> int:
    """The year in the office's zone."""
    return prepare(procedure).local_day(now).year
