"""Every date is a formula, computed again after each event until its timer has fired (SEMANTICS 3.4, LANGUAGE Time).

In: a draft. Out: its timers and tasks with their dates as they are now. A plain period counts from the entry of its
place; null is no timer; a date already past fires at once (the shell sees it is due). `after` acts when its day is
over, `wait` and `remind` when the day begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from amtsweg.dsl.feel import temporal
from amtsweg.dsl.feel.values import Period
from amtsweg.dsl.procedure import Place, TimerSpec
from amtsweg.engine.case import Case, Timer, Value
from amtsweg.engine.draft import Draft
from amtsweg.engine.feel import to_day, to_instant
from amtsweg.engine.prepared import Prepared
from amtsweg.engine.scope import TIMED_UNITS, Scope


def compute(scope: Scope, value: Value, entered: datetime, edge: str, shift: bool) -> tuple[datetime | None, str]:
    """When a period, day or instant acts, and the day or instant that people are told ("" if there is none)."""
    calendar = scope.draft.prepared.calendar
    if isinstance(value, Period):
        scope.shift = shift
        found = scope.legal(value, entered)
        scope.shift = True
        if value.unit in TIMED_UNITS:
            return found.instant, found.instant.isoformat()
        return (found.instant if edge == "over" else found.begins), found.end.isoformat()
    if isinstance(value, temporal.Date):
        day = to_day(value)
        return (calendar.end_of(day) if edge == "over" else calendar.begin_of(day)), day.isoformat()
    if isinstance(value, temporal.DateTime):
        instant = to_instant(value, scope.zone)
        return instant, instant.isoformat()
    return None, ""


def due_locals(draft: Draft, run: str, place: Place) -> Mapping[str, Value]:
    """`due` inside a timer's formula: the day shown at the same place's task or payment."""
    state = draft.step_state(run, place.step)
    return {"due": state.facts.get("due") if state is not None else None}


def rearm(draft: Draft) -> None:
    """Compute all dates of the case anew."""
    for key, task in list(draft.tasks.items()):
        place = draft.prepared.place(draft.flow_of(task.run), task.place)
        assert place.task is not None
        if place.task.due is None or task.fixed:
            continue
        scope = Scope(draft, task.run, task.place)
        when, shown = compute(scope, scope.value(place.task.due), task.opened, "over", True)
        if (when, shown) != (task.due, task.due_day):
            draft.tasks[key] = replace(task, due=when, due_day=shown)
        remember_due(draft, task.run, place.step, shown)
    for job in draft.jobs.values():
        place = draft.prepared.place(draft.flow_of(job.run), job.place)
        if place.job is not None and place.job.due is not None:
            scope = Scope(draft, job.run, job.place)
            entered = job_entered(draft, job.run, place)
            _, shown = compute(scope, scope.value(place.job.due), entered, "over", True)
            remember_due(draft, job.run, place.step, shown)
    for key, timer in list(draft.timers.items()):
        if timer.over or timer.fixed or timer.count:
            continue
        spec, place = spec_of(draft.prepared, draft.flow_of(timer.run), timer)
        when, shown = _when(draft, timer, spec, place)
        if (when, shown) != (timer.due, timer.shown):
            draft.timers[key] = replace(timer, due=when, shown=shown)


def job_entered(draft: Draft, run: str, place: Place) -> datetime:
    """When the step of a job was entered."""
    state = draft.step_state(run, place.step)
    return state.at if state is not None and state.at is not None else draft.now


def remember_due(draft: Draft, run: str, step: str, shown: str) -> None:
    """Keep the day shown as `<step>.due`."""
    value: Value = None
    if shown:
        value = temporal.parse_date(shown[:10]) if len(shown) == 10 else temporal.parse_date_time(shown)
    state = draft.step_state(run, step)
    if state is None or state.facts.get("due") != value:
        draft.note(run, step, {"due": value})


def spec_of(prepared: Prepared, flow: str, timer: Timer) -> tuple[TimerSpec, Place]:
    """The compiled timer behind a running one."""
    place = prepared.place(flow, timer.place)
    return next(spec for spec in place.timers if spec.name == timer.name), place


def _when(draft: Draft, timer: Timer, spec: TimerSpec, place: Place) -> tuple[datetime | None, str]:
    scope = Scope(draft, timer.run, timer.place, dict(due_locals(draft, timer.run, place)))
    scope.shift = spec.shift
    value = scope.value(spec.when)
    scope.shift = True
    when, shown = compute(scope, value, timer.entered, spec.edge, spec.shift)
    if when is not None and spec.grace is not None:
        grace = scope.value(spec.grace)
        if isinstance(grace, Period):
            base = to_day(temporal.parse_date(shown[:10])) if len(shown) == 10 else when
            found = scope.legal(grace, base)
            when = found.instant if spec.edge == "over" else found.begins
    return when, shown


def after_firing(draft: Draft, timer: Timer) -> Timer:
    """The timer once it has fired: armed again if it repeats, else over."""
    spec, place = spec_of(draft.prepared, draft.flow_of(timer.run), timer)
    count = timer.count + 1
    if spec.every is None or count >= spec.max or timer.due is None:
        return replace(timer, count=count, over=True, due=None)
    scope = Scope(draft, timer.run, timer.place, dict(due_locals(draft, timer.run, place)))
    when, shown = compute(scope, scope.value(spec.every), timer.due, spec.edge, spec.shift)
    return replace(timer, count=count, due=when, shown=shown)


def order(prepared: Prepared, case: Case, timer: Timer) -> tuple[object, ...]:
    """Timers at the same instant: outer place first, `after` before `remind`, then creation of the run, then `no`."""
    run = case.runs[timer.run]
    place = prepared.place(run.flow, timer.place)
    spec = next(s for s in place.timers if s.name == timer.name)
    around = 0
    at = run
    while at.owner is not None:
        owner = case.runs[at.owner[0]]
        around += prepared.place(owner.flow, at.owner[1]).depth + 1
        at = owner
    return (
        timer.due,
        place.depth + around,
        spec.edge != "over",
        list(case.runs).index(run.id),
        place.no,
        place.timers.index(spec),
    )


def next_due(prepared: Prepared, case: Case, now: datetime) -> Timer | None:
    """The timer that must fire before anything else happens at `now`; None if none is due."""
    ready = [timer for timer in case.timers.values() if timer.due is not None and not timer.over and timer.due <= now]
    return min(ready, key=lambda timer: order(prepared, case, timer)) if ready else None


def earliest(case: Case) -> datetime | None:
    """When the next timer of a case is due."""
    return min((t.due for t in case.timers.values() if t.due is not None and not t.over), default=None)
