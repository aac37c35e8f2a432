"""How a case moves: fire a transition, leave and enter places, run to completion (SEMANTICS section 2).

In: a draft and what happened. Out: the draft, moved on until nothing goes by itself. Tokens are moved by
`amtsweg.dsl.marking`, the same functions with which the checker proves the machine; here is what belongs to places:
tasks, timers, jobs, runs, child cases, cancelled without exception when the place loses its token.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from amtsweg.dsl.marking import entered
from amtsweg.dsl.procedure import Expr, Place, RunsSpec, Send, Transition
from amtsweg.engine import timers
from amtsweg.engine.case import Child, Job, Run, StepState, Task, Timer, Value
from amtsweg.engine.draft import Draft, Stop
from amtsweg.engine.event import Fired
from amtsweg.engine.scope import Scope

FIRINGS = 10_000
"""More automatic moves in one step than this are refused (`limit`)."""
SIDE_RUNS = 20
ELEMENTS = 500
DEEPEST = 8


def fire(
    draft: Draft,
    run: str,
    transition: Transition,
    data: Value = None,
    local: Mapping[str, Value] | None = None,
    reason: str = "",
) -> None:
    """Fire one transition: write, leave, mark, enter."""
    if len(draft.fired) >= FIRINGS:
        raise Stop("limit", what="moves", at=transition.at)
    draft.fired.append(Fired(run, transition.id))
    flow_id = draft.flow_of(run)
    flow = draft.prepared.machine.flows[flow_id]
    scope = Scope(draft, run, transition.cause.place or transition.step, local)
    wrote = len(draft.written)
    for write in transition.write:
        value = data if write.value is None else scope.value(write.value)
        draft.write(run, write.slot, value, transition.cause.place or transition.step, write.append)
    fresh = {(w.run, w.slot) for w in draft.written[wrote:]}
    if transition.cause.kind in ("result", "failed", "child_ended") and isinstance(data, dict):
        place = flow.places[transition.cause.place]
        draft.note(run, place.step, data)
    messages = [_evaluated(scope, send) for send in transition.send]
    for number, notice in enumerate(transition.notify):
        text = scope.text(notice.text)
        key = f"{draft.key(run, transition.cause.place or transition.step)}:notify.{transition.no}.{number}"
        draft.effect(f"{key}/{len(draft.fired)}@{draft.case.entries}", "notify", {"to": list(notice.to), "text": text})
    for step, outcome in transition.completes:
        complete(draft, run, step, outcome, reason)
    if transition.result:
        draft.result = transition.result
    before = draft.runs[run].marking
    if transition.end:
        stop_everything(draft)
    else:
        gone = sorted((flow.places[p] for p in before & frozenset(transition.clear)), key=lambda p: -p.no)
        for place in gone:
            leave(draft, run, place)
    for place_id in transition.put:
        if place_id in draft.runs[run].marking:
            raise Stop("unsafe", place=place_id)
        draft.change(run, marking=draft.runs[run].marking | {place_id})
    if transition.end:
        set_ended(draft, transition.end)
        return
    for place in entered(before, transition, flow):
        enter(draft, run, place, fresh)
    if transition.spawn:
        spawn(draft, run, transition)
    for message in messages:
        _send(draft, run, *message)
    if transition.done:
        finish_run(draft, run, transition.done)


def _evaluated(scope: Scope, send: Send) -> tuple[str, str, Value]:
    to = send.to if isinstance(send.to, str) else str(scope.value(send.to) or "")
    return send.name, to, {name: scope.value(expr) for name, expr in send.data.items()}


def _send(draft: Draft, run: str, name: str, to: str, data: Value) -> None:
    """`self` is heard in this step, everything else leaves as an effect."""
    if to == "self":
        draft.sent.append((run, name, "", data))
        return
    if to == "parent":
        to = draft.case.parent
    if to:
        number = len(draft.effects)
        draft.effect(
            f"send/{draft.case.entries}.{number}", "send", {"to": to, "name": name, "data": data, "from": draft.case.id}
        )


def complete(draft: Draft, run: str, step: str, outcome: str, reason: str = "") -> None:
    """Record that a step was completed: when, with what, by whom."""
    state = draft.runs[run].steps.get(step, StepState())
    actor = draft.actor
    human = actor.kind in ("person", "party")
    person = (actor.id, actor.for_)
    people = state.people if not human or person in state.people else (*state.people, person)
    facts = {**state.facts, "reason": reason or None} if reason or "reason" in state.facts else state.facts
    draft.change_step(
        run,
        step,
        done=draft.now,
        by=actor.id if human else state.by,
        outcome=outcome,
        moments={**state.moments, outcome: draft.now},
        people=people,
        last=person if human else state.last,
        facts=facts,
    )


# ------------------------------------------------------------------------------------------------------------- leaving


def leave(draft: Draft, run: str, place: Place) -> None:
    """Take the token away, and with it everything that was pending there."""
    at = draft.runs[run]
    draft.runs[run] = replace(at, marking=at.marking - {place.id})
    for task in [t for t in draft.tasks.values() if t.run == run and t.place == place.id]:
        del draft.tasks[task.id]
    for timer in [t for t in draft.timers.values() if t.run == run and t.place == place.id]:
        del draft.timers[timer.id]
    for job in [j for j in draft.jobs.values() if j.run == run and j.place == place.id]:
        del draft.jobs[job.id]
        draft.effect(f"{job.id}/{job.issue}/cancel", "cancel", {"key": f"{draft.case.id}/{job.id}/{job.issue}"})
    for child in [c for c in draft.children.values() if c.run == run and c.place == place.id and c.waited]:
        _leave_child(draft, child, place)
    for owned in draft.owned(run, place.id):
        if owned.state in ("running", "waiting"):
            cancel_run(draft, owned.id)
    if place.id == place.step:
        facts = {"ended": Scope(draft, run).env.now}
        draft.note(run, place.step, facts)
        if place.kind == "stage":
            draft.change_step(run, place.step, done=draft.now)


def _leave_child(draft: Draft, child: Child, place: Place) -> None:
    spec = place.child
    draft.children[child.id] = replace(child, waited=False)
    if spec is None or spec.when_left == "left":
        draft.effect(
            f"{draft.key(child.run, child.place, child.visit)}:left",
            "send",
            {"to": child.id, "name": "left", "data": None, "from": draft.case.id},
        )


def cancel_run(draft: Draft, run: str) -> None:
    """Call a run off with everything in it."""
    flow = draft.prepared.machine.flows[draft.flow_of(run)]
    for place in sorted((flow.places[p] for p in draft.runs[run].marking), key=lambda p: -p.no):
        leave(draft, run, place)
    draft.change(run, state="cancelled", marking=frozenset())


def stop_everything(draft: Draft) -> None:
    """Cancel all that is pending, in every run."""
    for run in list(reversed(draft.runs.values())):
        if run.marking:
            flow = draft.prepared.machine.flows[run.flow]
            for place in sorted((flow.places[p] for p in draft.runs[run.id].marking), key=lambda p: -p.no):
                leave(draft, run.id, place)
        if run.id and draft.runs[run.id].state in ("running", "waiting"):
            draft.change(run.id, state="cancelled", marking=frozenset())
    draft.sent.clear()


def set_ended(draft: Draft, outcome: str) -> None:
    """The case has ended; a parent is told."""
    main = draft.runs[""]
    draft.runs[""] = replace(main, state="done", result=outcome)
    draft.status, draft.outcome, draft.ended = "ended", outcome, draft.now
    draft.result = draft.result or outcome
    draft.received = draft.received or draft.event_received
    if draft.case.parent:
        draft.effect(
            f"ended/{draft.case.entries}",
            "child_ended",
            {"to": draft.case.parent, "child": draft.case.id, "outcome": outcome, "data": result_data(draft)},
        )


def result_data(draft: Draft) -> Value:
    """What a parent sees of an ended child: its outcome, result, number, and when."""
    return {
        "case": draft.case.id,
        "number": draft.case.number,
        "outcome": draft.outcome,
        "result": draft.result,
        "ended": Scope(draft, "").env.now,
    }


# ------------------------------------------------------------------------------------------------------------ entering


def enter(draft: Draft, run: str, place: Place, fresh: Iterable[tuple[str, str]] = ()) -> None:
    """A place got its token: count the visit, open its task, arm its timers, issue its job, create its runs."""
    at = draft.runs[run]
    visit = at.visits.get(place.id, 0) + 1
    draft.runs[run] = replace(at, visits={**at.visits, place.id: visit})
    if place.fresh:
        _forget(draft, run, place.id + "/", set(fresh))
    if place.id == place.step:
        state = draft.runs[run].steps.get(place.step, StepState())
        facts = {name: value for name, value in state.facts.items() if name not in ("ended", "due")}
        draft.change_step(run, place.step, visits=state.visits + 1, at=draft.now, facts=facts)
    key = draft.key(run, place.id, visit)
    if place.task is not None:
        record = draft.record(run, place.task.slot)
        draft.tasks[key] = Task(key, run, place.id, visit, draft.now, base=record.version if record else 0)
    for spec in place.timers:
        timer = f"{key}!{spec.name}"
        draft.timers[timer] = Timer(timer, run, place.id, spec.name, visit, draft.now)
    if place.job is not None:
        issue_job(draft, run, place, visit, 1)
    if place.child is not None:
        _start_child(draft, run, place, visit)
    if place.runs is not None:
        _create_runs(draft, run, place, place.runs, visit)


def _forget(draft: Draft, run: str, prefix: str, keep: set[tuple[str, str]]) -> None:
    """A building block starts anew: what its inside knew of an earlier visit is gone (the journal keeps it)."""
    at = draft.runs[run]
    slots = {s: r for s, r in at.slots.items() if not s.startswith(prefix) or (run, s) in keep}
    steps = {s: state for s, state in at.steps.items() if not s.startswith(prefix)}
    draft.runs[run] = replace(at, slots=slots, steps=steps)


def issue_job(draft: Draft, run: str, place: Place, visit: int, issue: int) -> None:
    """Ask the world outside for something, with everything it needs to know."""
    spec = place.job
    assert spec is not None
    scope = Scope(draft, run, place.id)
    given = {name: scope.value(expr) for name, expr in spec.input.items()}
    job = f"{draft.key(run, place.id, visit)}:{spec.kind}"
    draft.jobs[job] = Job(job, run, place.id, spec.kind, visit, issue)
    machine = draft.prepared.machine
    data: dict[str, Any] = {
        "case": draft.case.id,
        "number": draft.case.number,
        "procedure": machine.id,
        "tenant": draft.case.tenant,
        "step": place.step,
        "input": given,
        "to": list(spec.to),
        "parties": dict(draft.parties),
    }
    if spec.kind == "call":
        data |= {"connector": spec.connector, "operation": spec.operation}
    if spec.kind in ("produce", "deliver"):
        letter = machine.letters.get(spec.letter)
        way = letter.way if letter is not None else "post"
        data |= {"letter": spec.letter, "way": way, "language": machine.language}
        if spec.kind == "produce":
            data["values"] = letter_values(scope, spec.letter)
        else:
            state = draft.step_state(run, place.step)
            data["document"] = state.facts.get("document") if state is not None else None
        applicant = scope["applicant"]
        data["address"] = applicant if isinstance(applicant, dict) else None
    if spec.kind == "pay":
        due = scope.value(spec.due) if spec.due is not None else None
        _, shown = timers.compute(scope, due, draft.now, "over", True) if due is not None else (None, "")
        timers.remember_due(draft, run, place.step, shown)
        data |= {
            "amount": given.get("amount"),
            "purpose": given.get("purpose"),
            "money": spec.money,
            "due": shown,
        }
        draft.note(run, place.step, {"amount": given.get("amount"), "request": f"{draft.case.id}/{job}/{issue}"})
    draft.effect(f"{job}/{issue}", spec.kind, data, job, spec.retries)


def letter_values(scope: Scope, letter: str) -> dict[str, Value]:
    """All values a letter's holes read, as they are now: a renderer needs nothing else."""
    spec = scope.draft.prepared.machine.letters.get(letter)
    if spec is None:
        return {}
    names: set[str] = set()
    for body in spec.bodies.values():
        for expr in part_expressions(body):
            names |= set(scope.draft.prepared.expressions.get(expr).names)
    return {name: plain for name in sorted(names) if (plain := scope[name]) is not None and not callable(plain)}


def part_expressions(parts: tuple[Any, ...]) -> list[Expr]:
    """Every expression in the parts of a text."""
    found: list[Expr] = []
    for part in parts:
        for name in ("expr", "test", "items"):
            expr = getattr(part, name, None)
            if isinstance(expr, Expr):
                found.append(expr)
        found += part_expressions(getattr(part, "body", ()))
    return found


def child_id(draft: Draft, run: str, place: str, visit: int) -> str:
    """The id of a child case: always the same for the same parent, place and visit."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"amtsweg:{draft.case.id}/{draft.key(run, place, visit)}"))


def _start_child(draft: Draft, run: str, place: Place, visit: int) -> None:
    spec = place.child
    assert spec is not None
    if draft.case.depth >= DEEPEST:
        raise Stop("limit", what="cases", at=place.at)
    scope = Scope(draft, run, place.id)
    child = child_id(draft, run, place.id, visit)
    draft.children[child] = Child(child, run, place.id, visit, spec.procedure, spec.waited)
    draft.note(run, place.step, {"case": child})
    draft.effect(
        f"{draft.key(run, place.id, visit)}:start",
        "start",
        {
            "case": child,
            "tenant": draft.case.tenant,
            "procedure": spec.procedure,
            "input": {name: scope.value(expr) for name, expr in spec.input.items()},
            "parties": dict(draft.parties),
            "parent": draft.case.id,
            "depth": draft.case.depth + 1,
            "account": draft.account,
        },
    )


# ---------------------------------------------------------------------------------------------------------------- runs


def _create_runs(draft: Draft, run: str, place: Place, spec: RunsSpec, visit: int) -> None:
    items = Scope(draft, run, place.id).value(spec.items)
    if items is None:
        items = []
    if not isinstance(items, list):
        items = [items]
    if len(items) > min(spec.max, ELEMENTS):
        raise Stop("limit", what="elements", at=place.at)
    add_elements(draft, run, place, spec, visit, items)


def add_elements(draft: Draft, run: str, place: Place, spec: RunsSpec, visit: int, items: Iterable[Value]) -> None:
    """Create one run per element; one by one only the first begins."""
    have = draft.owned(run, place.id, visit)
    keys = {r.key for r in have}
    position = max((r.position for r in have), default=0)
    for item in items:
        position += 1
        key = _key_of(draft, run, spec, item, position)
        if key in keys:
            raise Stop("invalid", at=place.at, sentence=f"The element {key} comes twice.")
        keys.add(key)
        base = f"{place.step}[{key}]" if visit == 1 else f"{place.step}#{visit}[{key}]"
        name = f"{run}/{base}" if run else base
        draft.runs[name] = Run(name, spec.flow, (run, place.id, visit), "waiting", "", key, item, position)
    if len(keys) > min(spec.max, ELEMENTS):
        raise Stop("limit", what="elements", at=place.at)
    start_waiting(draft, run, place, spec, visit)


def _key_of(draft: Draft, run: str, spec: RunsSpec, item: Value, position: int) -> str:
    if spec.key is not None:
        inner = {spec.as_name: item, "item": item, "position": position}
        found = Scope(draft, run, local=inner).value(spec.key)
        return str(found) if found is not None else str(position)
    if isinstance(item, str):
        return item
    return str(position)


def start_waiting(draft: Draft, run: str, place: Place, spec: RunsSpec, visit: int) -> None:
    """Begin the elements that may begin now."""
    members = draft.owned(run, place.id, visit)
    waiting = [r for r in members if r.state == "waiting"]
    if spec.order == "one by one":
        if any(r.state == "running" for r in members):
            return
        waiting = waiting[:1]
    for one in waiting:
        begin(draft, one.id)


def begin(draft: Draft, run: str) -> None:
    """Mark a run's start and enter it."""
    flow = draft.prepared.machine.flows[draft.flow_of(run)]
    draft.change(run, state="running", marking=frozenset(flow.start))
    for place in sorted((flow.places[p] for p in flow.start), key=lambda p: p.no):
        enter(draft, run, place)


def spawn(draft: Draft, run: str, transition: Transition) -> None:
    """A side branch begins; it belongs to the place that heard or timed it."""
    place = transition.cause.place
    visit = draft.runs[run].visits.get(place, 0)
    if place not in draft.runs[run].marking:
        return
    flow = transition.spawn
    open_now = [r for r in draft.owned(run, place) if r.flow == flow and r.state == "running"]
    if len(open_now) >= SIDE_RUNS:
        raise Stop("limit", what="side branches", at=transition.at)
    counter = draft.runs[run].visits.get(flow, 0) + 1
    draft.change(run, visits={**draft.runs[run].visits, flow: counter})
    base = f"{flow.removeprefix('~')}~{counter}"
    name = f"{run}/{base}" if run else base
    draft.runs[name] = Run(name, flow, (run, place, visit))
    begin(draft, name)


def finish_run(draft: Draft, run: str, result: str) -> None:
    """A run has come to its end."""
    at = draft.runs[run]
    if at.owner is None:
        return
    if at.marking:
        cancel_run(draft, run)
    draft.change(run, state="done", result=result, marking=frozenset())
    owner, place_id, visit = at.owner
    place = draft.prepared.place(draft.flow_of(owner), place_id)
    if place.runs is not None and place_id in draft.runs[owner].marking:
        start_waiting(draft, owner, place, place.runs, visit)


def verdict(draft: Draft, run: str, transition: Transition) -> bool:
    """Whether the runs of a `for_each` allow its join, over, reset or waited move."""
    found = draft.prepared.runs_of(draft.flow_of(run), transition)
    if found is None:
        return False
    place, spec = found
    members = draft.owned(run, place, draft.runs[run].visits.get(place, 0))
    if transition.joins != "join":
        return all(r.state in ("done", "cancelled") for r in members)
    done = sum(r.state == "done" for r in members)
    if isinstance(spec.join, Expr):
        return Scope(draft, run, place).holds(spec.join)
    if spec.join == "all":
        return all(r.state in ("done", "cancelled") for r in members)
    return done >= (1 if spec.join == "any" else int(spec.join))
