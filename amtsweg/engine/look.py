"""Views of stored cases and tasks, filtered by who asks.

In: a case, its procedure, the rows beside it, an actor. Out: `views`. Need to know: a party sees its own data, letters
and progress; a person of the office sees the case if one of its roles takes part in the procedure; a worker whose
task says `shows` sees only that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from amtsweg.dsl.formview import FormView
from amtsweg.dsl.procedure import Expr, Form, Group, Place
from amtsweg.dsl.procedure import Field as FormField
from amtsweg.engine import formshow, hearing, people, timers
from amtsweg.engine.case import Case, Task, Value
from amtsweg.engine.draft import Draft, Stop
from amtsweg.engine.event import Actor, FieldError, Refused
from amtsweg.engine.machine import open_fields
from amtsweg.engine.messages import refusal_sentences
from amtsweg.engine.plain import decode, instant
from amtsweg.engine.prepared import Prepared
from amtsweg.engine.scope import Scope
from amtsweg.engine.store.port import CaseRow, DocumentRow, IncidentRow, TaskRow
from amtsweg.engine.views import (
    CaseView,
    DeadlineView,
    DocumentView,
    IncidentView,
    OfferView,
    OutcomeView,
    PlaceView,
    StageView,
    TaskView,
)
from amtsweg.errors import ExpressionError


def draft_of(prepared: Prepared, case: Case, now: datetime, actor: Actor) -> Draft:
    """A draft to look at a case with; it is thrown away."""
    draft = Draft(prepared, case, max(case.at, now), actor)
    draft.tracing = False
    if draft.account is None:
        draft.account = actor.account
    return draft


def may_see(prepared: Prepared, case: Case, actor: Actor) -> bool:
    """Whether an actor may open a case at all."""
    if actor.kind == "system" or people.is_admin(actor, case.procedure):
        return True
    if actor.people & case.excluded:
        return False
    if actor.people & set(case.parties.values()):
        return True
    return _of_office(prepared, actor)


def may_see_row(prepared: Prepared, row: CaseRow, actor: Actor) -> bool:
    """Whether a case may stand in an actor's list (exclusions are asked when it is opened)."""
    if actor.kind == "system" or people.is_admin(actor, row.procedure) or actor.people & set(row.parties):
        return True
    return _of_office(prepared, actor)


def _of_office(prepared: Prepared, actor: Actor) -> bool:
    """Whether an actor holds one of the office's roles in a procedure."""
    machine = prepared.machine
    office_roles = [role.id for role in machine.roles.values() if not role.party and role.party_expr is None]
    return bool(actor.roles & {name for role in office_roles for name in people.role_names(machine.id, role)})


def is_party(case: Case, actor: Actor) -> bool:
    """Whether an actor looks from outside."""
    return bool(actor.people & set(case.parties.values())) and actor.kind != "system"


# ---------------------------------------------------------------------------------------------------------------- tasks


def task_line(row: TaskRow, now: datetime, as_for: str = "") -> TaskView:
    """A task in a list."""
    return TaskView(
        id=row.id,
        case=row.case,
        number=row.number,
        tenant=row.tenant,
        procedure=row.procedure,
        procedure_title=row.procedure_title,
        step=row.step,
        title=row.title,
        opened=row.opened,
        roles=row.by,
        due=row.due,
        due_day=row.due_day,
        overdue=row.due is not None and row.due <= now,
        claimed_by=row.claimed_by,
        delegated_by=row.delegated_by,
        as_deputy_for=as_for,
        follow_up=row.follow_up,
        note=row.note,
        columns={name: decode(value) if value is not None else None for name, value in row.columns.items()},
    )


def task_view(
    draft: Draft,
    row: TaskRow,
    task: Task,
    actor: Actor,
    *,
    data: Value = None,
    judge: bool = False,
    errors: tuple[FieldError, ...] = (),
    language: str = "de",
) -> TaskView:
    """An opened task: its text, form and buttons."""
    place = draft.prepared.place(draft.flow_of(task.run), task.place)
    spec = place.task
    assert spec is not None
    line = task_line(row, draft.now, actor.for_)
    code, against = people.why_not(draft, task, place, actor)
    why = ""
    if code:
        why = refusal_sentences(Refused(code, {"step": title_of(draft.prepared, against)}), language)[0]
    scope = Scope(draft, task.run, task.place)
    form = task_form(draft, task, place, data if data is not None else _drafted(row), judge, errors, language)
    values = form.values if form is not None else {}
    record = draft.record(task.run, spec.slot)
    outcomes = []
    inner = scope.inside(dict(values)).inside({"outcome": None})
    if form is not None:
        inner = inner.inside({spec.slot: dict(values)})
    for outcome in spec.outcomes:
        try:
            offered = inner.holds(outcome.when)
        except Stop:
            offered = False
        outcomes.append(OutcomeView(outcome.id, outcome.title, offered, outcome.reason))
    try:
        text = scope.text(spec.text, language)
    except Stop:
        text = ""
    return replace(
        line,
        text=text,
        may=not code,
        why_not=why,
        base=record.version if record is not None else 0,
        form=form,
        outcomes=tuple(outcomes),
        letter=spec.letter,
    )


def _drafted(row: TaskRow) -> Value:
    return decode(row.draft) if row.draft is not None else None


def task_form(
    draft: Draft,
    task: Task,
    place: Place,
    data: Value,
    judge: bool,
    errors: tuple[FieldError, ...],
    language: str,
) -> FormView | None:
    """The form of a task, with what is known or drafted."""
    spec = place.task
    assert spec is not None
    form = draft.prepared.machine.forms.get(spec.form)
    if form is None:
        return None
    scope = Scope(draft, task.run, task.place, {"outcome": None})
    record = draft.record(task.run, spec.slot)
    shown = record.data if record is not None and not form.many and spec.reopen == "filled" else None
    buttons = tuple((outcome.id, outcome.title) for outcome in spec.outcomes)
    return formshow.show(
        form,
        scope,
        data=data,
        shown=shown,
        open_fields=open_fields(scope, place),
        judge=judge,
        language=language,
        base=record.version if record is not None else 0,
        buttons=buttons,
        errors=errors,
    )


def title_of(prepared: Prepared, step: str) -> str:
    """How people call a step."""
    known = prepared.machine.steps.get(step)
    return known.title if known is not None and known.title else step


# ---------------------------------------------------------------------------------------------------------------- cases


def case_view(
    draft: Draft,
    actor: Actor,
    rows: Sequence[TaskRow],
    documents: Sequence[DocumentRow],
    incidents: Sequence[IncidentRow],
    language: str = "de",
) -> CaseView:
    """A case as an actor may see it."""
    case, machine = draft.case, draft.prepared.machine
    party = is_party(case, actor)
    places = places_of(draft)
    steps = list(dict.fromkeys(place.step for place in places if place.kind not in ("stage", "parallel", "branch")))
    shows = None if party else _shows(draft, actor)
    visible = [row for row in documents if not party or row.status in ("sent", "received")]
    return CaseView(
        id=case.id,
        number=case.number,
        tenant=case.tenant,
        procedure=case.procedure,
        version=machine.version,
        machine=case.machine,
        title=machine.title,
        status=case.status,
        outcome=case.outcome,
        result=case.result,
        started=case.started,
        received=case.received,
        ended=case.ended,
        clock=case.at,
        entries=case.entries,
        at=tuple(steps),
        places=tuple(places),
        visited=tuple(dict.fromkeys(s for run in case.runs.values() for s, state in run.steps.items() if state.visits)),
        stages=stages_of(draft),
        tasks=tuple(task_line(row, draft.now) for row in rows if not party or _mine(draft, row, actor)),
        offers=offers_of(draft, language),
        deadlines=() if party else deadlines_of(draft),
        documents=tuple(document_view(row) for row in visible),
        values=values_of(draft, actor, party, shows),
        steps={} if party else steps_of(draft),
        incidents=() if party else tuple(incident_view(row) for row in incidents),
        children=tuple(case.children),
    )


def _mine(draft: Draft, row: TaskRow, actor: Actor) -> bool:
    task = draft.tasks.get(row.task)
    if task is None:
        return False
    place = draft.prepared.place(draft.flow_of(task.run), task.place)
    return people.why_not(draft, task, place, actor)[0] == ""


def places_of(draft: Draft) -> list[PlaceView]:
    """All marked places that people know, by run and number."""
    found = []
    for run in draft.runs.values():
        flow = draft.prepared.machine.flows[run.flow]
        for place in sorted((flow.places[p] for p in run.marking), key=lambda p: p.no):
            state = run.steps.get(place.step)
            task = next((t for t in draft.tasks.values() if (t.run, t.place) == (run.id, place.id)), None)
            title = place.title or title_of(draft.prepared, place.step)
            since = task.opened if task is not None else (state.at if state is not None else None)
            due_day = task.due_day if task is not None else ""
            found.append(PlaceView(place.step, title, place.kind, place.id, run.id, run.flow, since, due_day))
    return found


def stages_of(draft: Draft) -> tuple[StageView, ...]:
    """The progress bar: what is done, where the case is, what lies ahead."""
    found = []
    main = draft.runs.get("")
    for stage in draft.prepared.machine.stages.values():
        if "/" in stage.id or not stage.title:
            continue
        state = main.steps.get(stage.id) if main is not None else None
        here = main is not None and stage.id in main.marking
        found.append(StageView(stage.id, stage.title, "here" if here else "done" if state and state.done else "ahead"))
    return tuple(found)


def offers_of(draft: Draft, language: str) -> tuple[OfferView, ...]:
    """The buttons that whoever looks at the draft may press now."""
    if draft.status == "ended":
        return ()
    found = []
    for ear in hearing.offered(draft):
        form = draft.prepared.machine.forms.get(ear.spec.form)
        view = None
        if form is not None:
            view = formshow.show(form, Scope(draft, ear.run, ear.place.id), language=language)
        title = ear.spec.title or title_of(draft.prepared, ear.spec.name)
        found.append(OfferView(ear.spec.name, title, ear.spec.reason, view, ear.place.id, ear.run))
    return tuple(found)


def deadlines_of(draft: Draft) -> tuple[DeadlineView, ...]:
    """Every running timer with the day it acts, and how that day came about."""
    found = []
    for timer in draft.timers.values():
        if timer.over:
            continue
        spec, place = timers.spec_of(draft.prepared, draft.flow_of(timer.run), timer)
        steps = explained(draft, timer.run, place, spec.when, timer.entered)
        found.append(DeadlineView(timer.name, place.step, timer.shown, timer.due, spec.when.text, steps))
    return tuple(sorted(found, key=lambda d: instant(d.due) if d.due else "9999"))


def explained(draft: Draft, run: str, place: Place, expr: Expr, entered: datetime) -> tuple[str, ...]:
    """The calculation of a date, in German, with its paragraphs."""
    told = Draft(draft.prepared, draft.case, draft.now, draft.actor)
    scope = Scope(told, run, place.id, dict(timers.due_locals(told, run, place)))
    try:
        timers.compute(scope, scope.value(expr), entered, "over", True)
    except (Stop, ExpressionError):
        return ()
    dates = [trace for trace in told.traces if trace.kind == "date"]
    return tuple(str(line) for line in dates[-1].facts["steps"]) if dates else ()


def document_view(row: DocumentRow) -> DocumentView:
    """A document of the file."""
    return DocumentView(
        row.id, row.title, row.kind, row.created, row.hash, row.size, row.media_type, row.letter, row.step,
        row.status, row.sent, row.served,
    )  # fmt: skip


def incident_view(row: IncidentRow) -> IncidentView:
    """Something a person has to look at."""
    return IncidentView(
        row.id, row.case, row.kind, row.code, row.sentence, row.opened, row.job, row.attempts, row.closed,
        row.resolution,
    )  # fmt: skip


def _shows(draft: Draft, actor: Actor) -> frozenset[str] | None:
    """What a worker from another office sees: only what its open tasks show; None: everything."""
    machine = draft.prepared.machine
    if actor.kind == "system" or people.is_admin(actor, machine.id):
        return None
    limited: set[str] = set()
    found = False
    for flow in machine.flows.values():
        for place in flow.places.values():
            spec = place.task
            if spec is None or not people.has_role(draft, actor, spec.by):
                continue
            if spec.shows is None:
                return None
            found = True
            if any(t.place == place.id for t in draft.tasks.values()):
                limited |= {*spec.shows, spec.slot}
    return frozenset(limited) if found else None


def values_of(draft: Draft, actor: Actor, party: bool, shows: frozenset[str] | None) -> dict[str, Value]:
    """The slots of the main run an actor may see; parties see the forms they fill in themselves."""
    machine = draft.prepared.machine
    own: set[str] = set()
    if party:
        for flow in machine.flows.values():
            for place in flow.places.values():
                if place.task is not None and people.has_role(draft, actor, place.task.by):
                    own.add(place.task.slot)
    main = draft.runs.get("")
    found: dict[str, Value] = {}
    for slot, record in main.slots.items() if main is not None else ():
        if party and slot not in own:
            continue
        if shows is not None and not any(name == slot or name.startswith(slot + ".") for name in shows):
            continue
        form = machine.forms.get(slot)
        data = record.data
        if form is not None and shows is not None and slot not in shows:
            wanted = {name.partition(".")[2].partition(".")[0] for name in shows if name.startswith(slot + ".")}
            data = {k: v for k, v in data.items() if k in wanted} if isinstance(data, dict) else data
        if form is not None and not party:
            data = without_hidden(form, data, actor)
        found[slot] = data
    return found


def without_hidden(form: Form, data: Value, actor: Actor) -> Value:
    """A record without the fields that only other roles may see (`see`)."""
    if not isinstance(data, dict) or actor.kind == "system":
        return data
    hidden = {f.id for f in _fields(form.pages) if f.see and not actor.roles & set(f.see)}
    return {name: value for name, value in data.items() if name not in hidden}


def _fields(items: Iterable[FormField | Group]) -> Iterable[FormField]:
    for item in items:
        if isinstance(item, FormField):
            yield item
        else:
            yield from _fields(item.items)


def steps_of(draft: Draft) -> dict[str, Value]:
    """Every step that was entered, as a record."""
    scope = Scope(draft, "")
    found: dict[str, Value] = {}
    main = draft.runs.get("")
    for step in main.steps if main is not None else ():
        if step in draft.prepared.machine.steps or step in draft.prepared.machine.stages:
            try:
                found[step] = scope[step]
            except Stop:
                continue
    return found
