"""Who hears a message: buttons, services, other cases, the case itself, and the inbox (SEMANTICS 3.6).

Listening places that contain another listening one step back: the innermost takes the message; those that do not
contain each other all take it. A letter from the inbox is taken by exactly one `wait`, the oldest letter first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from amtsweg.dsl.procedure import ListenSpec, Place
from amtsweg.engine import forms, people
from amtsweg.engine.case import InboxLetter, Value
from amtsweg.engine.draft import Draft, Stop
from amtsweg.engine.event import Message
from amtsweg.engine.moves import complete, fire
from amtsweg.engine.scope import Scope

INBOX = 200
"""So many unread messages a case keeps."""
PREDEFINED = frozenset({"left"})


@dataclass(frozen=True, slots=True)
class Ear:
    """One place that listens."""

    run: str
    place: Place
    spec: ListenSpec


def ears(draft: Draft, name: str) -> list[Ear]:
    """All places that listen for a name now, deepest first, then by creation of the run, then by number."""
    found: list[Ear] = []
    for run in draft.runs.values():
        flow = draft.prepared.machine.flows[run.flow]
        for place_id in run.marking:
            place = flow.places[place_id]
            found += [Ear(run.id, place, spec) for spec in place.listens if spec.name == name]
    order = {run: number for number, run in enumerate(draft.runs)}
    return sorted(found, key=lambda ear: (-depth(draft, ear), order[ear.run], ear.place.no))


def depth(draft: Draft, ear: Ear) -> int:
    """How many blocks and runs lie around a listening place."""
    total = ear.place.depth
    run = draft.runs[ear.run]
    while run.owner is not None:
        owner = draft.runs[run.owner[0]]
        total += draft.prepared.place(owner.flow, run.owner[1]).depth + 1
        run = owner
    return total


def around(draft: Draft, ear: Ear) -> set[tuple[str, str]]:
    """The containers (run, place) around a listening place, itself left out."""
    found: set[tuple[str, str]] = set()
    run = draft.runs[ear.run]
    place = ear.place
    while True:
        block = place.block
        while block:
            found.add((run.id, block))
            block = draft.prepared.place(run.flow, block).block
        if run.owner is None:
            return found
        owner = draft.runs[run.owner[0]]
        place = draft.prepared.place(owner.flow, run.owner[1])
        found.add((owner.id, place.id))
        run = owner


def innermost(draft: Draft, found: list[Ear]) -> list[Ear]:
    """Those that contain no other of them."""
    outer: set[tuple[str, str]] = set()
    for ear in found:
        outer |= around(draft, ear)
    return [ear for ear in found if (ear.run, ear.place.id) not in outer]


def tell(draft: Draft, event: Message, event_id: str) -> None:
    """A message from outside: a button or a service. Refused if nobody takes it and no `wait` names it."""
    listening = ears(draft, event.name)
    if event.at is not None:
        listening = [ear for ear in listening if (ear.run, ear.place.id) == event.at]
    human = draft.actor.kind in ("person", "party")
    allowed = [ear for ear in listening if _may(draft, ear, human)]
    if listening and not allowed:
        raise Stop("not_allowed", name=event.name)
    refusal: Stop | None = None
    ready: list[tuple[Ear, Value]] = []
    for ear in allowed:
        try:
            data = _data(draft, ear, event.data, event.reason)
        except Stop as stop:
            refusal = refusal or stop
            continue
        if _fits(draft, ear, event.key, data):
            ready.append((ear, data))
    if ready:
        taken = innermost(draft, [ear for ear, _ in ready])
        for ear, data in ready:
            if ear in taken and ear.place.id in draft.runs[ear.run].marking:
                take(draft, ear, data, event.reason)
        return
    if refusal is not None:
        raise refusal
    if human and listening:
        raise Stop("not_offered", name=event.name)
    if event.name == "left" and draft.case.parent:
        from amtsweg.engine.correct import end_case

        end_case(draft, "cancelled")
        return
    keep(draft, InboxLetter(event_id, event.name, event.key, event.data, draft.event_received))


def keep(draft: Draft, letter: InboxLetter) -> None:
    """Put a message into the inbox, if some `wait` of the procedure may want it; else nobody waits."""
    flows = draft.prepared.machine.flows.values()
    wanted = any(s.name == letter.name and s.inbox for f in flows for p in f.places.values() for s in p.listens)
    if not wanted:
        raise Stop("nobody_waits", name=letter.name)
    if len(draft.inbox) >= INBOX:
        raise Stop("limit", what="messages")
    draft.inbox.append(letter)


def broadcast(draft: Draft, name: str, data: Value) -> None:
    """A signal: everybody who listens now hears it, outermost first, unless cancelled by one before."""
    for ear in reversed(ears(draft, name)):
        alive = draft.status != "ended" and ear.place.id in draft.runs[ear.run].marking
        if alive and _fits(draft, ear, None, data):
            take(draft, ear, data, "")


def hear_own(draft: Draft, run: str, name: str, key: Value, data: Value) -> None:
    """Something the case sent to itself; uncaught it is dropped and traced."""
    found = [ear for ear in ears(draft, name) if _fits(draft, ear, key, data)]
    home = {r.id for r in draft.chain(run)}
    found.sort(key=lambda ear: ear.run not in home)
    taken = innermost(draft, found)
    for ear in taken:
        if draft.status != "ended" and ear.place.id in draft.runs[ear.run].marking:
            take(draft, ear, data, "")
    if not taken:
        try:
            keep(draft, InboxLetter(f"self/{draft.case.entries}.{len(draft.fired)}", name, key, data, draft.now))
        except Stop:
            draft.trace("dropped", name)


def from_inbox(draft: Draft) -> bool:
    """A `wait` takes the oldest letter that fits it; False if none does."""
    for letter in list(draft.inbox):
        for ear in ears(draft, letter.name):
            if ear.spec.inbox and not ear.spec.fresh and _fits(draft, ear, letter.key, letter.data):
                draft.inbox.remove(letter)
                take(draft, ear, letter.data, "")
                return True
    return False


def take(draft: Draft, ear: Ear, data: Value, reason: str) -> None:
    """A place takes a message: its transition fires, or its data are only stored."""
    flow = draft.flow_of(ear.run)
    moves = draft.prepared.caused(flow, "heard", ear.place.id, ear.spec.name)
    local = {"message": data if isinstance(data, dict) else {"value": data}}
    stored = {write.slot for move in moves for write in move.write}
    if ear.spec.slot and ear.spec.slot not in stored and data is not None:
        form = draft.prepared.machine.forms.get(ear.spec.form)
        draft.write(ear.run, ear.spec.slot, data, ear.place.id, form is not None and form.many)
    for move in moves:
        if ear.place.id in draft.runs[ear.run].marking and draft.status != "ended":
            fire(draft, ear.run, move, data, local, reason)
    if not moves:
        complete(draft, ear.run, ear.spec.name, "done", reason)


def _may(draft: Draft, ear: Ear, human: bool) -> bool:
    if ear.spec.by:
        return people.has_role(draft, draft.actor, ear.spec.by)
    return not human


def _data(draft: Draft, ear: Ear, data: Value, reason: str) -> Value:
    """What a button or message brings, checked against its form."""
    if ear.spec.reason and not reason:
        raise Stop("invalid", errors=(forms.missing("reason", ear.spec.reason),))
    declared = draft.prepared.machine.messages.get(ear.spec.name)
    form_id = ear.spec.form or (declared.form if declared is not None else "")
    form = draft.prepared.machine.forms.get(form_id)
    if form is None:
        return data
    accepted = forms.accept(form, data, Scope(draft, ear.run, ear.place.id))
    if accepted.errors:
        raise Stop("invalid", errors=accepted.errors)
    return accepted.values


def _fits(draft: Draft, ear: Ear, key: Value, data: Value) -> bool:
    """Whether key and condition of a listener fit."""
    local: Mapping[str, Value] = {**(data if isinstance(data, dict) else {}), "message": data}
    scope = Scope(draft, ear.run, ear.place.id, local)
    if ear.spec.key is not None and scope.value(ear.spec.key) != key:
        return False
    return scope.holds(ear.spec.when)


def offered(draft: Draft) -> list[Ear]:
    """Every button that the present actor may press now."""
    found: list[Ear] = []
    seen: set[str] = set()
    for run in draft.runs.values():
        flow = draft.prepared.machine.flows[run.flow]
        for place in sorted((flow.places[p] for p in run.marking), key=lambda p: p.no):
            for spec in place.listens:
                ear = Ear(run.id, place, spec)
                if not spec.by or spec.name in seen or not _may(draft, ear, True):
                    continue
                try:
                    holds = spec.form != "" or Scope(draft, run.id, place.id).holds(spec.when)
                except Stop:
                    holds = False
                if holds:
                    seen.add(spec.name)
                    found.append(ear)
    return found
