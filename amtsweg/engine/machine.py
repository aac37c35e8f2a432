"""The pure core: `step(procedure, case, event, now) -> Step` (SEMANTICS section 2).

No clock, no database, no randomness, frozen values in and out. The engine, the simulator, the scenario runner and the
replay check all call this one function. A refusal changes nothing: `step.case is case`, and there are no effects.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from amtsweg.dsl.procedure import Place, Procedure
from amtsweg.engine import correct, forms, hearing, people, timers
from amtsweg.engine.automatic import run_to_completion
from amtsweg.engine.case import Case, InboxLetter, Run, Task, Value
from amtsweg.engine.draft import Draft, Stop
from amtsweg.engine.event import (
    ChildEnded,
    Correct,
    Drop,
    Due,
    Erase,
    Event,
    Failed,
    Grow,
    Message,
    Migrate,
    Outcome,
    Refused,
    Remark,
    Result,
    Signal,
    Skip,
    Start,
    Step,
)
from amtsweg.engine.moves import add_elements, begin, cancel_run, enter, fire
from amtsweg.engine.prepared import Prepared, prepare
from amtsweg.engine.scope import Scope

__all__ = ["step"]

EMPTY = Case("", "", "", "", "", datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))


def step(procedure: Procedure, case: Case | None, event: Event, now: datetime) -> Step:
    """What an event does to a case.

    Parameters
    ----------
    procedure: the machine the case is pinned to, in its office (for `Migrate`: the machine it goes over to).
    case: the case so far; None for `Start`.
    event: what happened.
    now: the case's clock, an aware instant; never before `case.at`.

    Returns a `Step`; `refused` says why nothing was changed. Raises nothing for what people or services do.
    """
    prepared = prepare(procedure)
    kind = event.kind
    if isinstance(kind, Start):
        return _started(prepared, event, kind, now)
    assert case is not None
    if isinstance(kind, Remark):
        return Step(case)
    refused = _not_now(prepared, case, event, now)
    if refused is not None:
        return Step(case, refused=refused)
    draft = Draft(prepared, case, now, event.actor)
    draft.event_received = event.received or now
    try:
        _apply(draft, event)
        if not isinstance(kind, Erase):
            run_to_completion(draft)
            timers.rearm(draft)
    except Stop as stop:
        return Step(case, refused=stop.refused)
    return _made(draft)


def _made(draft: Draft) -> Step:
    return Step(draft.freeze(), tuple(draft.effects), tuple(draft.fired), tuple(draft.traces), tuple(draft.written))


def _not_now(prepared: Prepared, case: Case, event: Event, now: datetime) -> Refused | None:
    """Ended cases, clocks that run backwards, timers that come first."""
    kind = event.kind
    if case.status == "ended" and not isinstance(kind, Correct | Erase | Migrate):
        if isinstance(kind, Result | Failed | ChildEnded):
            return Refused("late", {"job": getattr(kind, "job", "")})
        return Refused("closed")
    if now < case.at:
        return Refused("early", {"at": case.at})
    first = timers.next_due(prepared, case, now)
    if first is None or isinstance(kind, Correct | Migrate | Erase):
        return None
    if isinstance(kind, Due) and kind.timer == first.id:
        return None
    return Refused("due_first", {"timer": first.id})


def _started(prepared: Prepared, event: Event, kind: Start, now: datetime) -> Step:
    machine = prepared.machine
    case = Case(
        kind.case,
        kind.tenant,
        machine.id,
        machine.hash,
        kind.number,
        now,
        now,
        parties=dict(kind.parties),
        account=kind.account,
        input=kind.input,
        parent=kind.parent,
        depth=kind.depth,
    )
    draft = Draft(prepared, case, now, event.actor)
    draft.event_received = event.received or now
    main = machine.flows[""]
    draft.runs[""] = Run("", "")
    try:
        if isinstance(kind.input, dict):
            for name, value in kind.input.items():
                if name in main.slots or name in machine.slot_types:
                    draft.write("", name, value, "")
        begin_at(draft, kind.entry)
        for task in draft.tasks.values():
            spec = prepared.place(draft.flow_of(task.run), task.place).task
            if spec is not None and people.has_role(draft, event.actor, spec.by):
                _become_party(draft, spec.by)
        run_to_completion(draft)
        timers.rearm(draft)
    except Stop as stop:
        return Step(EMPTY, refused=stop.refused)
    if not draft.tasks and draft.status == "draft":
        draft.status, draft.received = "open", draft.event_received
    return _made(draft)


def begin_at(draft: Draft, entry: str) -> None:
    """Begin the main run at its start, or at another entrance (a task with `start`)."""
    main = draft.prepared.machine.flows[""]
    place = main.places.get(entry)
    if not entry or place is None:
        begin(draft, "")
        return
    if place.task is None or not (place.task.start or entry in main.start):
        raise Stop("invalid", at=entry, sentence=f"A case cannot begin at {entry}.")
    marked = {entry}
    block = place.block
    while block:
        marked.add(block)
        block = main.places[block].block
    draft.change("", state="running", marking=frozenset(marked))
    for one in sorted((main.places[p] for p in marked), key=lambda p: p.no):
        enter(draft, "", one)


# --------------------------------------------------------------------------------------------------- what may happen


def _apply(draft: Draft, event: Event) -> None:
    kind = event.kind
    if isinstance(kind, Outcome):
        outcome(draft, kind)
    elif isinstance(kind, Skip):
        _skip(draft, kind)
    elif isinstance(kind, Due):
        _due(draft, kind)
    elif isinstance(kind, Message):
        hearing.tell(draft, kind, event.id)
    elif isinstance(kind, Signal):
        hearing.broadcast(draft, kind.name, kind.data)
    elif isinstance(kind, Result):
        _result(draft, kind, event.id)
    elif isinstance(kind, Failed):
        _failed(draft, kind)
    elif isinstance(kind, ChildEnded):
        _child_ended(draft, kind)
    elif isinstance(kind, Grow):
        _grow(draft, kind)
    elif isinstance(kind, Drop):
        _drop(draft, kind)
    elif isinstance(kind, Correct):
        correct.correct(draft, kind)
    elif isinstance(kind, Migrate):
        correct.migrate(draft, kind)
    elif isinstance(kind, Erase):
        correct.erase(draft, kind)


def open_task(draft: Draft, task_id: str) -> tuple[Task, Place]:
    """An open task with its place. Refused as `stale` if it is not open (any more)."""
    task = draft.tasks.get(task_id)
    if task is None:
        raise Stop("stale", task=task_id)
    return task, draft.prepared.place(draft.flow_of(task.run), task.place)


def outcome(draft: Draft, kind: Outcome) -> None:
    """A person completes a task; checks in the order of SEMANTICS 2."""
    task, place = open_task(draft, kind.task)
    spec = place.task
    assert spec is not None
    code, against = people.why_not(draft, task, place, draft.actor)
    if code:
        raise Stop(code, step=against if code == "same_person" else place.step, why=against)
    chosen = next((o for o in spec.outcomes if o.id == kind.name), None)
    if chosen is None:
        raise Stop("unknown_outcome", name=kind.name, known=[o.id for o in spec.outcomes])
    record = draft.record(task.run, spec.slot)
    version = record.version if record is not None else 0
    if kind.base is not None and kind.base != version:
        raise Stop("changed", base=kind.base, version=version)
    if chosen.reason and not kind.reason.strip():
        raise Stop("invalid", errors=(forms.missing("reason", chosen.reason),))
    _become_party(draft, spec.by)
    values: Value = None
    local: dict[str, Value] = {"outcome": kind.name}
    form = draft.prepared.machine.forms.get(spec.form)
    if form is not None:
        accepted = accept_task_form(draft, task, place, kind.data, kind.name)
        if accepted.errors:
            raise Stop("invalid", errors=accepted.errors)
        values = accepted.values
        local |= values
        local["outcome"] = kind.name
    moves = draft.prepared.caused(draft.flow_of(task.run), "outcome", task.place, kind.name)
    scope = Scope(draft, task.run, task.place, local)
    if form is not None:
        scope = scope.inside({spec.slot: values} if not form.many else {})
    if not scope.holds(chosen.when):
        raise Stop("not_offered", name=kind.name)
    if draft.status == "draft":
        draft.status, draft.received = "open", draft.event_received
    for move in moves:
        if move.guard is None or scope.holds(move.guard):
            fire(draft, task.run, move, values, local, kind.reason)
            return
    raise Stop("not_offered", name=kind.name)


def accept_task_form(draft: Draft, task: Task, place: Place, data: Value, name: str) -> forms.Accepted:
    """Check what was typed into a task's form."""
    spec = place.task
    assert spec is not None
    form = draft.prepared.machine.forms[spec.form]
    scope = Scope(draft, task.run, task.place, {"outcome": name or None})
    record = draft.record(task.run, spec.slot)
    shown = record.data if record is not None and not form.many and spec.reopen == "filled" else None
    return forms.accept(form, data, scope, shown=shown, open_fields=open_fields(scope, place))


def open_fields(scope: Scope, place: Place) -> frozenset[str] | None:
    """The fields of a task's form that may be edited; None: all."""
    assert place.task is not None
    if place.task.open is None:
        return None
    found = scope.value(place.task.open)
    return None if found is None else frozenset(str(one) for one in (found if isinstance(found, list) else [found]))


def _become_party(draft: Draft, roles: tuple[str, ...]) -> None:
    """Whoever first acts for a party of the case is that party from then on."""
    known = draft.prepared.machine.roles
    for role in roles:
        is_party = role in known and bool(known[role].party)
        if is_party and role not in draft.parties and draft.actor.kind in ("party", "person"):
            draft.parties[role] = draft.actor.for_ or draft.actor.id
            if draft.actor.account is not None and draft.account is None:
                draft.account = draft.actor.account


def _skip(draft: Draft, kind: Skip) -> None:
    task, place = open_task(draft, kind.task)
    if not people.is_admin(draft.actor, draft.prepared.machine.id):
        raise Stop("not_allowed", step=place.step, why="role")
    if not kind.reason.strip():
        raise Stop("invalid", errors=(forms.missing("reason", "Begründung"),))
    moves = draft.prepared.caused(draft.flow_of(task.run), "outcome", task.place, kind.name)
    if not moves:
        raise Stop("unknown_outcome", name=kind.name)
    fire(draft, task.run, replace(moves[0], write=()), None, {"outcome": kind.name}, kind.reason)


def _due(draft: Draft, kind: Due) -> None:
    timer = draft.timers.get(kind.timer)
    if timer is None or timer.over or timer.due is None:
        raise Stop("stale", timer=kind.timer)
    if timer.due > draft.now:
        raise Stop("early", at=timer.due)
    draft.timers[timer.id] = timers.after_firing(draft, timer)
    local = dict(timers.due_locals(draft, timer.run, draft.prepared.place(draft.flow_of(timer.run), timer.place)))
    for move in draft.prepared.caused(draft.flow_of(timer.run), "due", timer.place, timer.name):
        if timer.place in draft.runs[timer.run].marking and draft.status != "ended":
            fire(draft, timer.run, move, None, local)


def _result(draft: Draft, kind: Result, event_id: str) -> None:
    job = draft.jobs.get(kind.job)
    if job is None:
        _late(draft, kind.job, kind.data, event_id)
        return
    place = draft.prepared.place(draft.flow_of(job.run), job.place)
    moves = draft.prepared.caused(draft.flow_of(job.run), "result", job.place, kind.name, "")
    if not moves:
        if isinstance(kind.data, dict):
            draft.note(job.run, place.step, kind.data)
        raise_unless_partial(kind.name)
        return
    if kind.name == "paid":
        draft.note(job.run, place.step, {"paid": Scope(draft, job.run).env.now})
    for move in moves:
        if job.place in draft.runs[job.run].marking and draft.status != "ended":
            fire(draft, job.run, move, kind.data)


def raise_unless_partial(name: str) -> None:
    """A result that the procedure does not know is refused, apart from those that only tell."""
    if name not in ("partly", "waiting"):
        raise Stop("unknown_outcome", name=name)


def _late(draft: Draft, job: str, data: Value, event_id: str) -> None:
    """What came after its place was left: into the inbox if a `wait` names it, else refused."""
    step = job.split(":")[0].split("#")[0].split("/")[-1]
    try:
        hearing.keep(draft, InboxLetter(event_id, f"late.{step}", None, data, draft.event_received))
    except Stop:
        raise Stop("late", job=job) from None


def _failed(draft: Draft, kind: Failed) -> None:
    job = draft.jobs.get(kind.job)
    if job is None:
        raise Stop("late", job=kind.job)
    moves = draft.prepared.caused(draft.flow_of(job.run), "failed", job.place, kind.code, "")
    if not moves:
        raise Stop("failed", job=kind.job, error=kind.code, sentence=f"The service answered {kind.code}.")
    for move in moves:
        if job.place in draft.runs[job.run].marking and draft.status != "ended":
            data = kind.data if isinstance(kind.data, dict) else {}
            fire(draft, job.run, move, {"error": kind.code, **data})


def _child_ended(draft: Draft, kind: ChildEnded) -> None:
    child = draft.children.get(kind.child)
    if child is None:
        raise Stop("late", child=kind.child)
    flow = draft.flow_of(child.run)
    place = draft.prepared.place(flow, child.place)
    if not child.waited:
        if isinstance(kind.data, dict):
            draft.note(child.run, place.step, {"outcome": kind.outcome, **kind.data})
        return
    draft.children[child.id] = correct.unwaited(child)
    data = dict(kind.data) if isinstance(kind.data, dict) else {"outcome": kind.outcome}
    moves = draft.prepared.caused(flow, "child_ended", child.place, kind.outcome, "")
    if not moves:
        raise Stop("failed", at=place.at, sentence=f"No way leads on from {place.step} with {kind.outcome}.")
    for move in moves:
        if child.place in draft.runs[child.run].marking and draft.status != "ended":
            fire(draft, child.run, move, data)


def _grow(draft: Draft, kind: Grow) -> None:
    run = draft.runs.get(kind.run)
    if run is None or kind.place not in run.marking:
        raise Stop("stale", place=kind.place)
    place = draft.prepared.place(run.flow, kind.place)
    spec = place.runs
    if spec is None:
        raise Stop("stale", place=kind.place)
    if place.block and place.block not in run.marking:
        raise Stop("stale", place=kind.place)
    admin = people.is_admin(draft.actor, draft.prepared.machine.id)
    if not people.has_role(draft, draft.actor, spec.grow) and not (admin and spec.grow):
        raise Stop("not_allowed", step=place.step, why="role")
    add_elements(draft, kind.run, place, spec, run.visits.get(kind.place, 0), kind.items)


def _drop(draft: Draft, kind: Drop) -> None:
    run = draft.runs.get(kind.run)
    if run is None or run.owner is None or run.state not in ("running", "waiting"):
        raise Stop("stale", run=kind.run)
    owner, place_id, _ = run.owner
    place = draft.prepared.place(draft.flow_of(owner), place_id)
    grow = place.runs.grow if place.runs is not None else ()
    admin = people.is_admin(draft.actor, draft.prepared.machine.id)
    if not people.has_role(draft, draft.actor, grow) and not admin:
        raise Stop("not_allowed", step=place.step, why="role")
    if not kind.reason.strip():
        raise Stop("invalid", errors=(forms.missing("reason", "Begründung"),))
    cancel_run(draft, kind.run)
    draft.change(kind.run, result="dropped")
