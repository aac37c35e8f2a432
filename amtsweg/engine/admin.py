"""What administrators, auditors and programs ask of stored cases: corrections, incidents, journal, export, documents.

In: the shell and a case. Out: views, findings, changed rows. The facade (`engine.Engine`) checks who asks and calls
these functions; none of them knows of permission beyond `administration`.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from amtsweg.dsl.feel.values import from_python
from amtsweg.dsl.procedure import Procedure
from amtsweg.engine import hearing, journal, look, people
from amtsweg.engine.case import Case, DocumentStatus, Value
from amtsweg.engine.event import Actor, Change, Correct, Erase, Event, Migrate, Refused
from amtsweg.engine.journal import Finding, Part
from amtsweg.engine.machine import step
from amtsweg.engine.messages import as_error, refusal_sentences
from amtsweg.engine.plain import dump, encode
from amtsweg.engine.prepared import Prepared
from amtsweg.engine.shell import Done, Shell
from amtsweg.engine.store.port import DocumentRow, IncidentRow, Transaction
from amtsweg.engine.views import HistoryView
from amtsweg.errors import JournalBroken, NotFound, StoreError

SAID: Mapping[str, str] = {
    "Start": "begonnen",
    "Outcome": "erledigt",
    "Skip": "übergangen",
    "Due": "Frist",
    "Message": "gemeldet",
    "Signal": "Rundruf",
    "Result": "Antwort",
    "Failed": "Fehler eines Dienstes",
    "ChildEnded": "anderer Vorgang beendet",
    "Grow": "ergänzt",
    "Drop": "gestrichen",
    "Correct": "berichtigt",
    "Migrate": "auf neue Version übernommen",
    "Erase": "gelöscht",
}
REMARKS: Mapping[str, str] = {
    "claim": "übernommen",
    "release": "zurückgegeben",
    "forward": "weitergeleitet",
    "delegate": "zur Vorbereitung gegeben",
    "resolve": "vorbereitet zurückgegeben",
    "follow_up": "Wiedervorlage",
    "note": "Notiz",
}


def correction(changes: Sequence[Change], reason: str) -> Correct:
    """Corrections with their values as the expression language has them."""
    return Correct(tuple(replace(change, value=from_python(change.value)) for change in changes), reason)


def migration(
    to: str, steps: Mapping[str, str] | None, slots: Mapping[str, str] | None, fill: Mapping[str, Any] | None
) -> Migrate:
    """A migration with its mapping."""
    plain = {name: from_python(value) for name, value in (fill or {}).items()}
    return Migrate(to, dict(steps or {}), dict(slots or {}), plain)


def erasure(classes: Sequence[str]) -> Erase:
    """The deletion of retention classes."""
    return Erase(tuple(classes))


def try_out(shell: Shell, tenant: str, case_id: str, kind: Migrate, actor: Actor) -> Refused | None:
    """What a migration would meet, without doing it."""
    with shell.transaction() as tx:
        case = shell.load(tx, tenant, case_id)
        procedure = shell.procedure(tx, tenant, kind.to)
        now = max(case.at, shell.clock.now())
        return step(procedure, case, Event("dry run", actor, kind), now).refused


def refresh(shell: Shell, tx: Transaction, tenant: str, case_id: str) -> None:
    """Make lists and search words anew (after a deletion nothing may be found by deleted words)."""
    case = shell.load(tx, tenant, case_id)
    prepared = shell.prepared(tx, tenant, case.machine)
    tx.save(case, case, shell.case_row(prepared, case, shell.clock.now()))
    for row in tx.tasks_of(case_id):
        tx.put_task(replace(row, draft=None))
    shell.write_tasks(tx, prepared, case, case)


def acting(prepared: Prepared, case: Case, name: str, actor: Actor, now: datetime) -> Actor:
    """The actor, or as deputy of whoever may press a button."""
    for one in (actor, *people.represented(prepared.office, actor, prepared.local_day(now))):
        draft = look.draft_of(prepared, case, now, one)
        for ear in hearing.ears(draft, name):
            if ear.spec.by and people.has_role(draft, one, ear.spec.by):
                return one
    return actor


def next_moment(shell: Shell) -> datetime | None:
    """When the next timer or job is due."""
    with shell.transaction() as tx:
        moments = [moment for moment in (tx.next_job(), tx.next_timer()) if moment is not None]
    return min(moments, default=None)


# ---------------------------------------------------------------------------------------------------------- incidents


def message_incident(shell: Shell, done: Done, name: str, data: Value) -> None:
    """Keep a message that nobody took, for a person to look at."""
    assert done.refused is not None
    case = done.case
    sentence = refusal_sentences(done.refused)[0]
    with shell.transaction() as tx:
        tx.put_incident(
            IncidentRow(
                str(uuid.uuid4()),
                case.id,
                case.tenant,
                "message",
                done.refused.code,
                f"{name}: {sentence}",
                shell.clock.now(),
                data=encode(data),
            )
        )


def _incident(tx: Transaction, tenant: str, incident: str) -> IncidentRow:
    found = tx.incident(tenant, incident)
    if found is None:
        raise NotFound("There is no such incident here.")
    return found


def _must_be_admin(tx: Transaction, row: IncidentRow, actor: Actor, language: str) -> None:
    case = tx.case(row.tenant, row.case)
    if not people.is_admin(actor, case.procedure if case is not None else ""):
        raise as_error(Refused("not_allowed"), language)


def retry(shell: Shell, tenant: str, incident: str, actor: Actor, language: str) -> None:
    """Try a failed job again at once; the incident is closed."""
    with shell.transaction() as tx:
        row = _incident(tx, tenant, incident)
        _must_be_admin(tx, row, actor, language)
        job = tx.job(row.job, lock=True) if row.job else None
        if job is None or job.state != "failed":
            raise NotFound("There is nothing left to try again.")
        now = shell.clock.now()
        tx.save_job(replace(job, state="ready", due=now, attempts=0, error=""))
        tx.put_incident(replace(row, closed=now, resolution=f"erneut versucht ({actor.id})"))


def resolve(shell: Shell, tenant: str, incident: str, actor: Actor, how: str, language: str) -> None:
    """Close an incident with a sentence."""
    with shell.transaction() as tx:
        row = _incident(tx, tenant, incident)
        _must_be_admin(tx, row, actor, language)
        tx.put_incident(replace(row, closed=shell.clock.now(), resolution=f"{how} ({actor.id})"))


# ------------------------------------------------------------------------------------------------------------- journal


def history(tx: Transaction, prepared: Prepared, case_id: str, party: bool) -> tuple[HistoryView, ...]:
    """What happened, one line each; parties do not see the office's internal remarks."""
    titles = prepared.machine.steps
    found = []
    for entry in tx.entries(case_id):
        if party and entry.kind == "Remark":
            continue
        step_id = entry.about.split("!")[0].split(":")[0].split("#")[0].split("/")[-1]
        if entry.kind in ("Start", "Correct", "Erase", "Migrate"):
            step_id = ""
        known = titles.get(step_id)
        title = known.title if known is not None and known.title else step_id
        what = REMARKS.get(entry.outcome, entry.outcome) if entry.kind == "Remark" else SAID.get(entry.kind, entry.kind)
        if entry.kind == "Message":
            title = titles[entry.outcome].title if entry.outcome in titles else entry.outcome
        outcome = entry.outcome if entry.kind in ("Outcome", "Result", "Skip", "ChildEnded") else ""
        found.append(HistoryView(entry.no, entry.recorded, entry.actor, entry.for_, what, step_id, outcome, title))
    return tuple(found)


def verify(shell: Shell, tenant: str, case_id: str) -> Finding | None:
    """Check chain, values and stored state of a case's journal."""
    with shell.transaction() as tx:
        id_ = tx.by_number(tenant, case_id) or case_id
        try:
            case = shell.load(tx, tenant, id_)
            return journal.verify(tx.entries(id_), tx.parts(id_), case)
        except (KeyError, TypeError, ValueError) as error:
            raise JournalBroken(id_, 0, "The stored case cannot be read any more.", str(error)) from error


def replay(shell: Shell, tenant: str, case_id: str) -> Finding | None:
    """Fold all events again, as far as their values are still there, and compare with what is stored."""
    with shell.transaction() as tx:
        id_ = tx.by_number(tenant, case_id) or case_id
        case = shell.load(tx, tenant, id_)
        entries = tx.entries(id_)
        parts: dict[int, list[Part]] = {}
        for part in tx.parts(id_):
            parts.setdefault(part.no, []).append(part)

        def procedure(machine: str, office: str) -> Procedure:
            found = tx.office_by_hash(office)
            if found is None:
                raise NotFound("An office named in the journal is not stored here any more.")
            return Procedure(shell.machine(tx, machine), found)

        again, finding, _ = journal.replay(entries, parts, procedure)
    if finding is not None or again is None:
        return finding
    if dump(again) != dump(case):
        return Finding(len(entries), "The journal leads to another case than is stored.")
    return None


def export(shell: Shell, tenant: str, case_id: str) -> dict[str, Any]:
    """All that is kept in a case: state, journal with values, documents' facts."""
    with shell.transaction() as tx:
        case = shell.load(tx, tenant, case_id)
        return {
            "case": dump(case),
            "journal": [
                {
                    **journal.entry_data(entry),
                    "hash": entry.hash,
                    "values": {p.class_: p.data for p in tx.parts(case_id) if p.no == entry.no},
                }
                for entry in tx.entries(case_id)
            ],
            "documents": [dump(row) for row in tx.documents(case_id)],
        }


# ----------------------------------------------------------------------------------------------------------- documents


def add_document(
    shell: Shell, tenant: str, case_id: str, actor: Actor, name: str, content: bytes, media_type: str, title: str
) -> DocumentRow:
    """Put a document into the file of a case; the same content under the same name is the same document."""
    digest = hashlib.sha256(content).hexdigest()
    id_ = str(uuid.uuid5(uuid.NAMESPACE_URL, f"amtsweg:{case_id}/{name}/{digest}"))
    status: DocumentStatus = "received" if actor.kind == "party" else "draft"
    row = DocumentRow(
        id_, case_id, tenant, title or name, "upload", media_type, digest, len(content), shell.clock.now(),
        status=status,
    )  # fmt: skip
    with shell.transaction() as tx:
        tx.put_document(row, content)
    return row


def checked(row: DocumentRow, content: bytes) -> bytes:
    """The bytes of a document, if they are still those that were put in."""
    if hashlib.sha256(content).hexdigest() != row.hash:
        raise StoreError(f"The document {row.id} is not the one that was stored.", "Restore it from a backup.")
    return content
