"""The journal of a case: hash-chained entries, salted commitments per retention class, replay (SEMANTICS 7).

In: a step and what came before it. Out: `Entry` (what stays for ever) and `Part`s (values, one per class, each with its
own salt), which may be deleted when they are due: the chain still verifies, because entries hold only commitments.
`control` is the hash of the case's state without values, so that a replay can be compared at every entry, also after
values were removed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from amtsweg.dsl.canonical import canonical_bytes
from amtsweg.dsl.procedure import Procedure
from amtsweg.engine.case import Case
from amtsweg.engine.event import Actor, Event, Remark, Step
from amtsweg.engine.machine import step
from amtsweg.engine.plain import dump, encode, instant, load

FIRST = "0" * 64
"""What the first entry names as the one before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened once, without values: it stays when they are deleted.

    `parts` are commitments per class, `records` per written slot version; `facts` say which move fired, which timers
    are armed, which effects left. `kind` is the event's kind, `about` what it was about (task, timer, job, name).
    """

    case: str
    no: int
    at: datetime
    recorded: datetime
    event: str
    kind: str
    actor: str
    actor_kind: str
    for_: str = ""
    about: str = ""
    outcome: str = ""
    machine: str = ""
    office: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    records: Mapping[str, str] = field(default_factory=dict)
    fired: tuple[tuple[str, str], ...] = ()
    armed: Mapping[str, str] = field(default_factory=dict)
    effects: tuple[str, ...] = ()
    control: str = ""
    prev: str = FIRST
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """The values of one entry in one retention class; `data` None: they were deleted when due."""

    case: str
    no: int
    class_: str
    salt: str
    data: Any = None


def make(
    made: Step,
    event: Event,
    procedure: Procedure,
    recorded: datetime,
    prev: str,
    salt: Callable[[str], bytes],
) -> tuple[Entry, tuple[Part, ...]]:
    """The entry of a step, and its values.

    Parameters
    ----------
    salt: gives fresh random bytes for a class (the shell's only randomness; the core never sees it).
    """
    case = made.case
    parts, commits = parts_of(case, event, made, procedure, salt)
    records = {
        f"{w.run}/{w.slot}@{w.version}": commitments(commits, case, w.run, w.slot)
        for w in made.written
        if w.slot in case.runs[w.run].slots
    }
    kind = event.kind
    entry = Entry(
        case=case.id,
        no=case.entries,
        at=case.at,
        recorded=recorded,
        event=event.id,
        kind=type(kind).__name__,
        actor=event.actor.id,
        actor_kind=event.actor.kind,
        for_=event.actor.for_,
        about=about(event),
        outcome=str(getattr(kind, "name", "") or getattr(kind, "outcome", "") or getattr(kind, "kind", "")),
        machine=case.machine,
        office=procedure.office.hash,
        parts={part.class_: commit_of(part) for part in parts},
        records=records,
        fired=tuple((f.run, f.transition) for f in made.fired),
        armed={t.id: instant(t.due) for t in case.timers.values() if t.due is not None and not t.over},
        effects=tuple(effect.key for effect in made.effects),
        control=control(case),
        prev=prev,
    )
    return replace(entry, hash=entry_hash(entry)), parts


def about(event: Event) -> str:
    """What an event was about: its task, timer, job, child, place or name."""
    kind = event.kind
    for name in ("task", "timer", "job", "child", "place", "run", "case", "to"):
        found = getattr(kind, name, "")
        if isinstance(found, str) and found:
            return found
    return str(getattr(kind, "name", ""))


def parts_of(
    case: Case, event: Event, made: Step, procedure: Procedure, salt: Callable[[str], bytes]
) -> tuple[tuple[Part, ...], Mapping[str, bytes]]:
    """The event's data split by retention class. The class "" holds what belongs to the case as a whole."""
    from amtsweg.engine.correct import split

    whole = dump(event)
    data = getattr(event.kind, "data", None)
    classes: dict[str, Any] = {"": whole}
    if isinstance(data, dict):
        pieces = split(procedure.machine, data)
        if len(pieces) > 1 or "" not in pieces:
            inner = {**whole["kind"], "data": encode(pieces.get("", {}))}
            classes[""] = {**whole, "kind": inner}
            classes |= {name: encode(piece) for name, piece in pieces.items() if name}
    if made.traces:
        classes[""] = {**classes[""], "traces": [_trace(t) for t in made.traces]}
    salts = {name: salt(name) for name in classes}
    parts = tuple(Part(case.id, case.entries, name, salts[name].hex(), found) for name, found in classes.items())
    return parts, salts


def _trace(trace: Any) -> Any:
    return {
        "kind": trace.kind,
        "name": trace.name,
        "at": trace.at,
        "facts": {k: _plain(v) for k, v in trace.facts.items()},
    }


def _plain(value: Any) -> Any:
    try:
        return encode(value)
    except (TypeError, ValueError):
        return str(value)


def commit_of(part: Part) -> str:
    """The commitment to a part: nobody can tell the values from it, everybody can check them against it."""
    return hashlib.sha256(bytes.fromhex(part.salt) + canonical_bytes(part.data)).hexdigest()


def commitments(salts: Mapping[str, bytes], case: Case, run: str, slot: str) -> str:
    """The commitment to a record written in this step, with a salt derived from the class's."""
    record = case.runs[run].slots[slot]
    key = next(iter(salts.values()), b"")
    derived = hmac.new(key, f"{run}/{slot}@{record.version}".encode(), hashlib.sha256).digest()
    return hashlib.sha256(derived + canonical_bytes(encode(record.data))).hexdigest()


def control(case: Case) -> str:
    """The hash of a case's state without its values."""
    state = {
        "status": case.status,
        "outcome": case.outcome,
        "result": case.result,
        "at": instant(case.at),
        "machine": case.machine,
        "runs": {
            run.id: [
                run.flow,
                list(run.owner) if run.owner else None,
                run.state,
                run.result,
                sorted(run.marking),
                dict(run.visits),
                {slot: record.version for slot, record in run.slots.items()},
                {
                    name: [s.visits, s.outcome, s.by, list(map(list, s.people)), instant(s.done) if s.done else None]
                    for name, s in run.steps.items()
                },
            ]
            for run in case.runs.values()
        },
        "tasks": {task.id: [task.due_day, sorted(task.waived)] for task in case.tasks.values()},
        "timers": {t.id: [instant(t.due) if t.due else None, t.count, t.over] for t in case.timers.values()},
        "jobs": {job.id: job.issue for job in case.jobs.values()},
        "children": {child.id: child.waited for child in case.children.values()},
        "inbox": [letter.id for letter in case.inbox],
        "erased": sorted(case.erased),
        "excluded": sorted(case.excluded),
        "parties": dict(case.parties),
    }
    return hashlib.sha256(canonical_bytes(state)).hexdigest()


def entry_data(entry: Entry) -> Any:
    """An entry as plain data, without its own hash."""
    data = dump(entry)
    data.pop("hash", None)
    return data


def entry_hash(entry: Entry) -> str:
    """The hash of an entry: all of it, and the hash of the one before."""
    return hashlib.sha256(canonical_bytes(entry_data(entry))).hexdigest()


# ------------------------------------------------------------------------------------------------------------- checking


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is not as it was written."""

    no: int
    sentence: str


def verify(entries: Sequence[Entry], parts: Iterable[Part], case: Case | None) -> Finding | None:
    """Check chain, commitments and, if given, the stored case; None if all is as it was written."""
    held: dict[int, list[Part]] = {}
    for part in parts:
        held.setdefault(part.no, []).append(part)
    prev = FIRST
    for number, entry in enumerate(entries, 1):
        if entry.no != number:
            return Finding(number, f"Entry {number} is missing; entry {entry.no} stands in its place.")
        if entry.prev != prev:
            return Finding(number, f"Entry {number} does not follow the entry before it.")
        if entry_hash(entry) != entry.hash:
            return Finding(number, f"Entry {number} was changed.")
        for part in held.get(number, []):
            if part.class_ not in entry.parts:
                return Finding(number, f"Entry {number} has values of a class it does not name.")
            if part.data is not None and commit_of(part) != entry.parts[part.class_]:
                return Finding(number, f"The values of entry {number} were changed.")
            if part.data is None and case is not None and part.class_ not in case.erased:
                return Finding(number, f"Values of entry {number} were removed without a deletion.")
        if len(held.get(number, [])) != len(entry.parts):
            return Finding(number, f"Values of entry {number} are missing.")
        prev = entry.hash
    if case is not None:
        if case.entries != len(entries):
            return Finding(len(entries) + 1, f"The case counts {case.entries} entries, the journal has {len(entries)}.")
        if entries and entries[-1].control != control(case):
            return Finding(len(entries), "The stored case is not the one the journal leads to.")
    return None


def event_of(entry: Entry, parts: Sequence[Part]) -> Event | None:
    """The event of an entry, put together from its parts; None if values of it were deleted."""
    from amtsweg.engine.correct import merged

    whole = next((part.data for part in parts if part.class_ == ""), None)
    if whole is None or any(part.data is None for part in parts) or len(parts) != len(entry.parts):
        return None
    plain = {name: value for name, value in whole.items() if name != "traces"}
    others = [part for part in parts if part.class_]
    if others:
        data = plain["kind"].get("data")
        for part in others:
            data = merged(data, part.data)
        plain = {**plain, "kind": {**plain["kind"], "data": data}}
    return load(Event, plain)


def replay(
    entries: Sequence[Entry],
    parts: Mapping[int, Sequence[Part]],
    procedures: Callable[[str, str], Procedure],
) -> tuple[Case | None, Finding | None, int]:
    """Fold the events again and compare every control hash.

    Parameters
    ----------
    procedures: the procedure named by (machine hash, office hash).

    Returns the case (None if values needed for it were deleted), the first difference, and how many entries were
    replayed with data. Entries whose values are gone end the replay with data; their chain is `verify`'s business.
    """
    case: Case | None = None
    for done, entry in enumerate(entries):
        event = event_of(entry, parts.get(entry.no, ()))
        if event is None:
            return None, None, done
        if isinstance(event.kind, Remark):
            assert case is not None
            case = replace(case, entries=entry.no)
            if control(case) != entry.control:
                return case, Finding(entry.no, f"Entry {entry.no} leads to another state than was recorded."), done
            continue
        made = step(procedures(entry.machine, entry.office), case, event, entry.at)
        if made.refused is not None:
            return case, Finding(entry.no, f"Entry {entry.no} would be refused today: {made.refused.code}."), done
        case = made.case
        if control(case) != entry.control:
            return case, Finding(entry.no, f"Entry {entry.no} leads to another state than was recorded."), done
    return case, None, len(entries)


def remark_entry(
    case: Case, event: Event, procedure: Procedure, recorded: datetime, prev: str, salt: Callable[[str], bytes]
) -> tuple[Case, Entry, tuple[Part, ...]]:
    """The entry of a work-list act: the case stays as it is, but counts one entry more."""
    counted = replace(case, entries=case.entries + 1)
    entry, parts = make(Step(counted), event, procedure, recorded, prev, salt)
    return counted, entry, parts


def by(actor: Actor) -> str:
    """How an actor is written in the journal: "kaya i. V. lenz"."""
    return f"{actor.id} i. V. {actor.for_}" if actor.for_ else actor.id
