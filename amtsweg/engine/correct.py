"""What an administrator may do with a case: correct, carry over to another version, erase (SEMANTICS 2, 7, 9).

Everything is an event in the journal, with a reason; nothing is edited behind its back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from amtsweg.dsl.feel import temporal
from amtsweg.dsl.marking import Net
from amtsweg.dsl.procedure import Field as FormField
from amtsweg.dsl.procedure import Flow, Form, Group, Machine, Place, Transition
from amtsweg.engine import forms, people, timers
from amtsweg.engine.case import Child, Run, Timer, Value
from amtsweg.engine.draft import Draft, Stop
from amtsweg.engine.event import Change, Correct, Erase, Migrate
from amtsweg.engine.feel import to_day, to_instant
from amtsweg.engine.moves import enter, fire, leave, set_ended, stop_everything
from amtsweg.engine.prepared import Prepared
from amtsweg.engine.scope import Scope


def unwaited(child: Child) -> Child:
    """The child case once nobody waits for it."""
    return replace(child, waited=False)


def end_case(draft: Draft, outcome: str) -> None:
    """End the case whatever it is at."""
    stop_everything(draft)
    set_ended(draft, outcome)


def correct(draft: Draft, kind: Correct) -> None:
    """Make all changes, or none."""
    if not people.is_admin(draft.actor, draft.prepared.machine.id):
        raise Stop("not_allowed", why="role")
    if not kind.reason.strip():
        raise Stop("invalid", errors=(forms.missing("reason", "Begründung"),))
    for change in kind.changes:
        _CHANGES[change.kind](draft, change, kind.reason)


def _put(draft: Draft, change: Change, reason: str) -> None:
    run, slot = _run_and_name(draft, change.target)
    form = draft.prepared.machine.forms.get(slot)
    value = change.value
    if form is not None and not form.many:
        accepted = forms.accept(form, value, Scope(draft, run), shown=None)
        if accepted.errors:
            raise Stop("invalid", errors=accepted.errors)
        value = accepted.values
    elif slot not in _slots(draft):
        raise Stop("invalid", sentence=f"There is no value called {slot}.")
    draft.write(run, slot, value, "")
    for step in _writers(draft, run, slot):
        state = draft.step_state(run, step)
        if state is not None:
            person = (draft.actor.id, draft.actor.for_)
            known = state.people if person in state.people else (*state.people, person)
            draft.change_step(run, step, people=known)


def _run_and_name(draft: Draft, target: str) -> tuple[str, str]:
    run, _, name = target.rpartition("/")
    return (run, name) if run in draft.runs else ("", target)


def _slots(draft: Draft) -> set[str]:
    machine = draft.prepared.machine
    named = {slot for flow in machine.flows.values() for slot in flow.slots}
    return named | set(machine.slot_types) | {s for run in draft.runs.values() for s in run.slots}


def _writers(draft: Draft, run: str, slot: str) -> Iterator[str]:
    flow = draft.prepared.machine.flows[draft.flow_of(run)]
    for place in flow.places.values():
        if place.task is not None and place.task.slot == slot:
            yield place.step


def _move(draft: Draft, change: Change, reason: str) -> None:
    run = change.target
    if run not in draft.runs:
        raise Stop("invalid", sentence=f"There is no run {run}.")
    flow = draft.prepared.machine.flows[draft.flow_of(run)]
    target = _entry(flow, change.to)
    if target is None:
        raise Stop("invalid", sentence=f"There is no step {change.to}.")
    if draft.status == "ended":
        draft.status, draft.outcome, draft.ended = "open", "", None
        draft.change(run, state="running", result="", marking=frozenset())
    marked = draft.runs[run].marking
    source = [flow.places[p] for p in marked if flow.places[p].step == change.from_]
    if change.from_ and not source:
        raise Stop("invalid", sentence=f"The case does not stand at {change.from_}.")
    wanted = [target.id]
    block = target.block
    while block:
        wanted.append(block)
        block = flow.places[block].block
    if change.from_:
        gone = {p.id for p in source} | {b for p in source for b in _blocks(flow, p) if b not in wanted}
        inside = {p for p in marked if any(b in gone for b in _blocks(flow, flow.places[p]))}
        leaving = gone | inside
    else:
        leaving = {p for p in marked if p not in wanted or p == target.id}
    for place in sorted((flow.places[p] for p in leaving if p in marked), key=lambda p: -p.no):
        leave(draft, run, place)
    put = [p for p in wanted if p not in draft.runs[run].marking]
    put += [p for p in _with_entry(flow, target) if p not in put]
    draft.change(run, marking=draft.runs[run].marking | frozenset(put))
    for place in sorted((flow.places[p] for p in put), key=lambda p: p.no):
        enter(draft, run, place)
    if not can_end(draft.prepared, draft.flow_of(run), draft.runs[run].marking):
        raise Stop("dead_end", at=target.at)


def _entry(flow: Flow, step: str) -> Place | None:
    """The place that ways into a step enter: `.when`, `.lock`, `.in` or `.due` before the step's own."""
    for suffix in (".when", ".lock", ".in", ".due", ""):
        place = flow.places.get(step + suffix)
        if place is not None:
            return place
    return None


def _with_entry(flow: Flow, place: Place) -> list[str]:
    """A container is entered with its first place."""
    inner = [p for p in flow.places.values() if p.block == place.id]
    if place.kind not in ("letter", "stage") or not inner:
        return []
    return [min(inner, key=lambda p: p.no).id]


def _blocks(flow: Flow, place: Place) -> list[str]:
    found = []
    block = place.block
    while block:
        found.append(block)
        block = flow.places[block].block
    return found


def _set_due(draft: Draft, change: Change, reason: str) -> None:
    when, shown = _moment(draft, change.value)
    timer = draft.timers.get(change.target)
    task = draft.tasks.get(change.target)
    if timer is not None:
        draft.timers[timer.id] = replace(timer, due=when, shown=shown, fixed=True, over=False)
    elif task is not None:
        draft.tasks[task.id] = replace(task, due=when, due_day=shown, fixed=True)
        place = draft.prepared.place(draft.flow_of(task.run), task.place)
        timers.remember_due(draft, task.run, place.step, shown)
    else:
        raise Stop("invalid", sentence=f"There is no timer or task {change.target}.")


def _moment(draft: Draft, value: Value) -> tuple[datetime, str]:
    if isinstance(value, temporal.DateTime):
        instant = to_instant(value, draft.prepared.zone)
        return instant, instant.isoformat()
    if isinstance(value, temporal.Date):
        day = to_day(value)
        return draft.prepared.calendar.end_of(day), day.isoformat()
    raise Stop("invalid", sentence="A day or a moment is needed.")


def _settle(draft: Draft, change: Change, reason: str) -> None:
    job = draft.jobs.get(change.target)
    if job is None:
        raise Stop("stale", job=change.target)
    flow = draft.flow_of(job.run)
    moves = draft.prepared.caused(flow, "result", job.place, change.to)
    moves = moves or draft.prepared.caused(flow, "failed", job.place, change.to, "")
    if not moves:
        raise Stop("unknown_outcome", name=change.to)
    data = change.value if isinstance(change.value, dict) else {}
    fire(draft, job.run, moves[0], {**data, "settled": reason})


def _waive(draft: Draft, change: Change, reason: str) -> None:
    task = draft.tasks.get(change.target)
    if task is None:
        raise Stop("stale", task=change.target)
    draft.tasks[task.id] = people.waived_for(task, change.to)


def _end(draft: Draft, change: Change, reason: str) -> None:
    if draft.status == "ended":
        raise Stop("closed")
    end_case(draft, change.to or "cancelled")


def _served(draft: Draft, change: Change, reason: str) -> None:
    info = draft.prepared.machine.steps.get(change.target)
    if info is None or not isinstance(change.value, temporal.Date):
        raise Stop("invalid", sentence=f"There is no letter step {change.target}, or the day is missing.")
    for run in draft.runs.values():
        if info.id in run.steps:
            draft.note(run.id, info.id, {"served": change.value})
            record = run.slots.get(info.id)
            if record is not None and isinstance(record.data, dict):
                draft.write(run.id, info.id, {**record.data, "served": change.value}, info.place)


def _exclude(draft: Draft, change: Change, reason: str) -> None:
    draft.excluded = draft.excluded | {change.to}


def _include(draft: Draft, change: Change, reason: str) -> None:
    draft.excluded = draft.excluded - {change.to}


_CHANGES = {
    "put": _put,
    "move": _move,
    "due": _set_due,
    "settle": _settle,
    "waive": _waive,
    "end": _end,
    "served": _served,
    "exclude": _exclude,
    "include": _include,
}


def can_end(prepared: Prepared, flow_id: str, marking: frozenset[str], limit: int = 20_000) -> bool:
    """Whether some way leads from a marking to an end of its flow, data apart (SEMANTICS 8.1, P2)."""
    net: Net = prepared.nets[flow_id]
    seen = {marking}
    todo = [marking]
    while todo and len(seen) < limit:
        at = todo.pop()
        for transition in (*net.automatic, *net.outside):
            if not net.enabled(at, transition):
                continue
            if ends(transition):
                return True
            after, _ = net.fire(at, transition)
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return len(seen) >= limit


def ends(transition: Transition) -> bool:
    """Whether a move ends its case or run."""
    return bool(transition.end or transition.done)


# ------------------------------------------------------------------------------------------------------------ migrate


def migrate(draft: Draft, kind: Migrate) -> None:
    """Carry the case over to the machine the draft was prepared with; places must find places of the same kind."""
    if not people.is_admin(draft.actor, draft.prepared.machine.id):
        raise Stop("not_allowed", why="role")
    unmapped: list[str] = []
    for run in list(draft.runs.values()):
        draft.runs[run.id] = _mapped_run(draft, run, kind, unmapped)
    if unmapped:
        raise Stop("unmapped", places=sorted(set(unmapped)))
    for name, value in kind.fill.items():
        slot, _, field = name.partition(".")
        record = draft.record("", slot)
        data = {**(record.data if record is not None and isinstance(record.data, dict) else {}), field: value}
        draft.write("", slot, data if field else value, "")
    _mapped_pending(draft, kind)
    draft.machine_hash = kind.to
    for run in draft.runs.values():
        alive = run.state == "running" and run.marking
        if alive and not can_end(draft.prepared, run.flow, run.marking):
            raise Stop("dead_end", at=run.id)


def _mapped_run(draft: Draft, run: Run, kind: Migrate, unmapped: list[str]) -> Run:
    flow = draft.prepared.machine.flows.get(kind.steps.get(run.flow, run.flow))
    if flow is None:
        unmapped.append(run.flow)
        return run
    marking = set()
    for place in run.marking:
        target = mapped_place(place, kind)
        if target not in flow.places:
            unmapped.append(place)
            continue
        marking.add(target)
        block = flow.places[target].block
        while block:
            marking.add(block)
            block = flow.places[block].block
    slots = {kind.slots.get(slot, slot): record for slot, record in run.slots.items()}
    steps = {kind.steps.get(step, step): state for step, state in run.steps.items()}
    visits = {mapped_place(place, kind): count for place, count in run.visits.items()}
    owner = run.owner
    if owner is not None:
        owner = (owner[0], mapped_place(owner[1], kind), owner[2])
    return replace(run, flow=flow.id, owner=owner, marking=frozenset(marking), slots=slots, steps=steps, visits=visits)


def mapped_place(place: str, kind: Migrate) -> str:
    """A place in the new version: its step renamed, what follows the step's id kept."""
    if place in kind.steps:
        return kind.steps[place]
    for old, new in kind.steps.items():
        if place.startswith((old + ".", old + "/")):
            return new + place[len(old) :]
    return place


def _mapped_pending(draft: Draft, kind: Migrate) -> None:
    """Tasks keep their ids where they still fit; timers keep their dates; jobs go on if their kind is the same."""
    prepared = draft.prepared
    for task in list(draft.tasks.values()):
        target = mapped_place(task.place, kind)
        spec = prepared.place(draft.flow_of(task.run), target).task
        if spec is None:
            raise Stop("unmapped", places=[task.place])
        draft.tasks[task.id] = replace(task, place=target)
    for timer in list(draft.timers.values()):
        place = prepared.place(draft.flow_of(timer.run), mapped_place(timer.place, kind))
        if any(spec.name == timer.name for spec in place.timers):
            draft.timers[timer.id] = replace(timer, place=place.id)
        else:
            del draft.timers[timer.id]
    for run in draft.runs.values():
        for place_id in run.marking:
            place = prepared.place(run.flow, place_id)
            visit = run.visits.get(place_id, 0)
            for timer_spec in place.timers:
                have = any(
                    (t.run, t.place, t.name) == (run.id, place_id, timer_spec.name) for t in draft.timers.values()
                )
                if not have:
                    state = run.steps.get(place.step)
                    since = state.at if state is not None and state.at is not None else draft.now
                    key = f"{draft.key(run.id, place_id, visit)}!{timer_spec.name}"
                    draft.timers[key] = Timer(key, run.id, place_id, timer_spec.name, visit, since)
            if place.task is not None and not any((t.run, t.place) == (run.id, place_id) for t in draft.tasks.values()):
                raise Stop("unmapped", places=[place_id])
    for job in list(draft.jobs.values()):
        place = prepared.place(draft.flow_of(job.run), mapped_place(job.place, kind))
        if place.job is None or place.job.kind != job.kind:
            raise Stop("unmapped", places=[job.place])
        draft.jobs[job.id] = replace(job, place=place.id)
    for child in list(draft.children.values()):
        draft.children[child.id] = replace(child, place=mapped_place(child.place, kind))


# -------------------------------------------------------------------------------------------------------------- erase


def erase(draft: Draft, kind: Erase) -> None:
    """Remove the values of retention classes; "" is everything kept as long as the case itself."""
    if not people.is_admin(draft.actor, draft.prepared.machine.id):
        raise Stop("not_allowed", why="role")
    classes = frozenset(kind.classes)
    for run in list(draft.runs.values()):
        slots = {}
        for slot, record in run.slots.items():
            form = draft.prepared.machine.forms.get(slot)
            slots[slot] = replace(record, data=without(form, record.data, classes))
        item = None if "" in classes else run.item
        draft.runs[run.id] = replace(run, slots=slots, item=item)
    if "" in classes:
        draft.inbox = [replace(letter, data=None) for letter in draft.inbox]
        draft.account = None
    draft.erased = draft.erased | classes


def class_of(field: FormField) -> str:
    """The retention class of a field: its own `keep`, else that of the case ("")."""
    return field.keep


def without(form: Form | None, data: Value, classes: frozenset[str]) -> Value:
    """A record without the fields of some classes; values that belong to no form go with the case's own class."""
    if form is None:
        return None if "" in classes else data
    if isinstance(data, list):
        return [without(form, one, classes) for one in data]
    if not isinstance(data, dict):
        return data
    return _without(form.pages, data, classes)


def _without(items: tuple[FormField | Group, ...], data: dict[str, Value], classes: frozenset[str]) -> dict[str, Value]:
    kept = dict(data)
    for item in items:
        if isinstance(item, FormField):
            if item.id in kept and class_of(item) in classes:
                del kept[item.id]
        elif item.repeat is not None and isinstance(kept.get(item.id), list):
            kept[item.id] = [
                _without(item.items, row, classes) if isinstance(row, dict) else row for row in kept[item.id]
            ]
        else:
            kept = _without(item.items, kept, classes)
    return kept


def split(machine: Machine, data: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """Submitted data by retention class: fields with a `keep` of their own apart from the rest.

    Which form the data belong to is not known here; a field's class counts if every form that has the field says so.
    """
    classes: dict[str, str] = {}
    for form in machine.forms.values():
        for name, kept in _top_classes(form.pages):
            classes[name] = kept if classes.get(name, kept) == kept else ""
    found: dict[str, dict[str, Value]] = {}
    for name, value in data.items():
        found.setdefault(classes.get(name, ""), {})[name] = value
    return found


def _top_classes(items: tuple[FormField | Group, ...]) -> Iterator[tuple[str, str]]:
    for item in items:
        if isinstance(item, FormField):
            yield item.id, class_of(item)
        elif item.repeat is None:
            yield from _top_classes(item.items)
        else:
            kept = {class_of(one) for one in item.items if isinstance(one, FormField)}
            yield item.id, kept.pop() if len(kept) == 1 else ""


def merged(data: Any, piece: Any) -> Any:
    """The inverse of `split`, on plain data."""
    return {**(data or {}), **(piece or {})}
