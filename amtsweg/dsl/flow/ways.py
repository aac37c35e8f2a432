"""What all kinds of steps have in common: gates, branches, events, timers, reminders, stages and their deadlines.

Every function adds transitions by the one rule of `layout.route`. An event or timer with `next` leaves what it stands
on, with `also` it begins a side branch there, with neither it only stores what was reported.
"""

from __future__ import annotations

from amtsweg.dsl.diagnostics import TRY, Advice, same
from amtsweg.dsl.flow.build import Build
from amtsweg.dsl.flow.files import FileScope, Scope
from amtsweg.dsl.flow.layout import Block, FlowBuilder
from amtsweg.dsl.flow.source import EventSource, StageSource, StepSource, TargetSource, TimerSource, scalars
from amtsweg.dsl.procedure import (
    Cause,
    Clock,
    Expr,
    ListenSpec,
    Notify,
    StepInfo,
    TextPart,
    TimerSpec,
    Write,
)
from amtsweg.dsl.suggest import closest
from amtsweg.dsl.yamltree import Mapping, Scalar


def outcome_ids(file: FileScope, step: StepSource) -> tuple[str, ...]:
    """The outcomes a step may be completed with, for its record."""
    named = tuple(way.id for way in step.ways)
    by_kind = {
        "task": named or ("done",),
        "pay": ("paid", *(n for n in named if n != "paid")),
        "wait": named or ("done",),
        "book": ("booked", *(n for n in named if n != "booked")),
    }
    if step.kind == "wait" and isinstance(step.value, Scalar) and step.value.text.startswith("for "):
        return tuple(dict.fromkeys((*named, "done")))
    return by_kind.get(step.kind, named or ("done",))


def step_scope(build: Build, file: FileScope, step: StepSource) -> Scope:
    """The scope in which a step's expressions are read: its file's, or that of the `for_each` around it."""
    top = file.sites[step.id].block.chain[0]
    return file.element_scopes.get(id(top), file.scope)


def actors(
    build: Build, file: FileScope, given: tuple[Scalar, ...], scope: Scope
) -> tuple[tuple[str, ...], Expr | None]:
    """`by` and `to`: role and party ids; anything else is an expression that gives one."""
    names: list[str] = []
    expr: Expr | None = None
    for scalar in given:
        name = scalar.text.strip()
        mapped = file.role(name)
        if build.ctx.is_role(mapped) or (file.block is not None and name in file.block.roles):
            names.append(mapped)
        elif name.isidentifier() and name not in scope.names:
            build.ctx.check_role(scalar)
        else:
            expr = build.ctx.expr(scalar, scope)
    return tuple(names), expr


def inputs(build: Build, step: StepSource, scope: Scope) -> dict[str, Expr]:
    """`with:` as named expressions."""
    given = step.get("with")
    if not isinstance(given, Mapping):
        return {}
    return {key.text: build.ctx.expr(value, scope) for key, value in given.entries if isinstance(value, Scalar)}


def known_form(build: Build, file: FileScope, scalar: Scalar, full: str) -> None:
    """AW102 where a step or event names a form that does not exist."""
    forms = build.ctx.form_ids()
    if full in forms:
        return
    own = [name.removeprefix(file.prefix) for name in forms if name.startswith(file.prefix)]
    best = closest(scalar.text, own)
    build.finding(
        "AW102",
        scalar,
        f"Ein Formular „{scalar.text}“ gibt es hier nicht",
        f"There is no form “{scalar.text}” here",
        advice=(Advice(TRY, same(f"form: {best}")),) if best else (),
    )


def text_expr(build: Build, scalar: Scalar, scope: Scope) -> Expr:
    """A plain text as an expression (holes are joined in by the compiler of texts elsewhere)."""
    quoted = scalar.text.replace("\\", "\\\\").replace('"', '\\"')
    return build.ctx.synth(f'"{quoted}"', scalar, scope, "string")


# --------------------------------------------------------------------------------------------------------------- gates


def connect_gates(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    """`when` (passed over if false) and `lock` (one at a time) in front of a step."""
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    condition, lock = step.text("when"), step.text("lock")
    own = [place for place in site.places if place not in (full + ".when", full + ".lock")]
    first = _first_places(file, step, own)
    if condition is not None:
        gate = full + ".when"
        behind = [full + ".lock"] if lock is not None else first
        builder.move(
            f"{full}:when", Cause("auto"), need=[gate], clear=[gate], put=behind, rank=0, step=full, own=False,
            guard=build.ctx.expr(condition, scope, "boolean"), alt=gate, at=str(condition.span),
        )  # fmt: skip
        otherwise = step.text("else")
        landing = (
            build.land(file, site.block, TargetSource(otherwise), step.id)
            if otherwise is not None
            else build.land_after(file, step, "done")
        )
        build.go(
            file, builder, [gate], site.block, landing, Cause("auto"), name=f"{full}:skip", need=[gate], rank=0,
            step=full, way="skipped", alt=gate, own=False, at=str(condition.span),
        )  # fmt: skip
    if lock is not None:
        builder.move(
            f"{full}:lock", Cause("auto"), need=[full + ".lock"], clear=[full + ".lock"], put=first, step=full,
            own=False, lock=lock.text, at=str(lock.span),
        )  # fmt: skip
        for place in own + _holding(site.own):
            builder.places[place].specs["lock"] = lock.text


def _holding(block: Block | None) -> list[str]:
    """What keeps a lock while a block is open: its container, and what stands for it after an early join."""
    if block is None:
        return []
    return [block.id, *(place for place in (f"{block.id}.rest", f"{block.id}.hold") if place in block.places)]


def _first_places(file: FileScope, step: StepSource, own: list[str]) -> list[str]:
    site, full = file.sites[step.id], file.full(step.id)
    entry = [place for place in site.entry if place not in (full + ".when", full + ".lock")]
    if entry:
        return entry
    return site.inner or own[:1]


def connect_branch(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    """A `branch` behind a step that is not itself one stands in a place of its own."""
    if step.branch and step.kind != "branch":
        choose(build, file, step, file.full(step.id) + ".out", scope)


def choose(build: Build, file: FileScope, step: StepSource, place: str, scope: Scope) -> None:
    """The ways of one choice, tried in written order."""
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    for way in step.branch:
        guard = build.ctx.expr(way.when, scope, "boolean") if way.when else None
        landing = build.land(file, site.block, way.next, step.id)
        build.go(
            file, builder, [place], site.block, landing, Cause("auto"), name=f"{full}:{way.id}", need=[place],
            step=full, way=way.id, guard=guard, alt=place, at=str(way.key.span),
            completes=((full, "done"),) if step.kind == "branch" else (),
        )  # fmt: skip


# -------------------------------------------------------------------------------------------------- events and timers


def listener(build: Build, file: FileScope, step: StepSource, name: str, scope: Scope) -> ListenSpec:
    """What a `wait: for <event>` hears; the inbox keeps what came before."""
    match = step.text("key")
    fresh = step.text("fresh")
    form = step.text("form")
    by, _ = actors(build, file, step.words("by"), scope)
    return ListenSpec(
        name=name,
        title=title.text if (title := step.text("title")) else "",
        by=by,
        form=file.full(form.text) if form else "",
        key=build.ctx.expr(match, scope) if match else None,
        inbox=True,
        fresh=fresh is not None and fresh.text == "yes",
        slot=file.full(form.text) if form else name if not by else "",
        at=str(step.key.span),
    )


def connect_events(build: Build, file: FileScope, step: StepSource, holder: str, scope: Scope) -> None:
    """Events, timers and reminders of a step; `holder` is the place they belong to."""
    builder, site = file.builders[step.id], file.sites[step.id]
    events = step.events if step.kind != "service" else tuple(e for e in step.events if e.by or e.also)
    if holder not in builder.places:
        return
    connect_event_list(build, file, events, builder, holder, site.all_places, site.block, scope, step.id)
    inner = build.ctx.scope_with(scope, {"due": "date"}) if step.text("due") else scope
    connect_timers(build, file, step.after, builder, holder, site.all_places, site.block, inner, step.id)
    to, _ = actors(build, file, step.words("by"), scope)
    connect_reminders(build, file, step.remind, builder, holder, inner, to, step.id)


def connect_event_list(
    build: Build,
    file: FileScope,
    events: tuple[EventSource, ...],
    builder: FlowBuilder,
    holder: str,
    leaving: list[str],
    block: Block,
    scope: Scope,
    source: str,
) -> None:
    """Add a listener and a way for each event of a step, stage, branch or procedure."""
    for event in events:
        full = file.full(event.id)
        form = file.refs.get(event.form.text, file.full(event.form.text)) if event.form else ""
        if event.form is not None:
            known_form(build, file, event.form, form)
        inner = build.ctx.form_scope(scope, form) if form else scope
        by, _ = actors(build, file, event.by, scope)
        known = build.ctx.forms().get(form)
        builder.places[holder].listens.append(
            ListenSpec(
                name=full,
                title=event.title.text if event.title else "",
                by=by,
                form=form,
                reason=event.reason.text if event.reason else "",
                when=build.ctx.expr(event.when, inner, "boolean") if event.when else None,
                key=build.ctx.expr(event.match, scope) if event.match else None,
                fresh=event.fresh,
                slot=form,
                at=str(event.key.span),
            )
        )
        write = (Write(form, append=known is not None and known.many),) if form else ()
        build.infos.setdefault(full, event_info(builder, holder, event, full, form))
        cause = Cause("heard", holder, full)
        done = ((full, "done"),)
        at = str(event.key.span)
        if event.next is not None:
            build.go(
                file, builder, leaving, block, build.land(file, block, event.next, source), cause,
                name=f"{holder}:{full}", need=[holder], step=holder, way=full, write=write, completes=done, at=at,
            )  # fmt: skip
        else:
            spawn = _side_flow(build, file, event.also)
            builder.move(
                f"{holder}:{full}", cause, need=[holder], step=holder, way=full, write=write, completes=done,
                spawn=spawn, at=at,
            )  # fmt: skip


def event_info(builder: FlowBuilder, holder: str, event: EventSource, full: str, form: str) -> StepInfo:
    """An event as a record: `at`, `by`, `reason`, and the moment it was last reported (`done`)."""
    return StepInfo(
        id=full,
        kind="event",
        title=event.title.text if event.title else "",
        flow=builder.id,
        place=holder,
        role=" ".join(s.text for s in event.by),
        form=form,
        outcomes=("done",),
        at=str(event.key.span),
    )


def _side_flow(build: Build, file: FileScope, also: TargetSource | None) -> str:
    if also is None:
        return ""
    if also.name not in file.sites:
        build.unknown_step(file, also.scalar)
        return ""
    flow = "~" + file.full(also.name)
    if flow in build.flows and not build.flows[flow].start:
        site = file.sites[also.name]
        build.flows[flow].start = [b.id for b in site.block.chain if b.id] + list(site.entry)
    return flow if flow in build.flows else ""


def connect_timers(
    build: Build,
    file: FileScope,
    timers: tuple[TimerSource, ...],
    builder: FlowBuilder,
    holder: str,
    leaving: list[str],
    block: Block,
    scope: Scope,
    source: str,
) -> None:
    """`after`: when its day is over the case leaves (`next`), or work is added on the side (`also`)."""
    for timer in timers:
        name = f"after.{sum(t.name.startswith('after.') for t in builder.places[holder].timers) + 1}"
        builder.places[holder].timers.append(
            TimerSpec(
                name,
                build.ctx.period(timer.when, scope),
                grace=build.ctx.period(timer.grace, scope) if timer.grace else None,
                shift=timer.shift,
                at=str(timer.when.span),
            )
        )
        cause, at = Cause("due", holder, name), str(timer.when.span)
        told = _told(build, file, timer, scope, ())
        if timer.next is not None:
            build.go(
                file, builder, leaving, block, build.land(file, block, timer.next, source), cause,
                name=f"{holder}:{name}", need=[holder], step=holder, way=f"after {timer.when.text}", notify=told,
                at=at,
            )  # fmt: skip
        else:
            builder.move(
                f"{holder}:{name}", cause, need=[holder], step=holder, way=f"after {timer.when.text}", notify=told,
                spawn=_side_flow(build, file, timer.also), at=at,
            )  # fmt: skip


def connect_reminders(
    build: Build,
    file: FileScope,
    timers: tuple[TimerSource, ...],
    builder: FlowBuilder,
    holder: str,
    scope: Scope,
    to: tuple[str, ...],
    source: str,
) -> None:
    """`remind`: tells whoever has the work, moves nothing."""
    for number, timer in enumerate(timers, 1):
        name = f"remind.{number}"
        builder.places[holder].timers.append(
            TimerSpec(
                name,
                build.ctx.period(timer.when, scope),
                edge="begin",
                every=build.ctx.period(timer.every, scope) if timer.every else None,
                max=timer.max,
                at=str(timer.when.span),
            )
        )
        builder.move(
            f"{holder}:{name}", Cause("due", holder, name), need=[holder], step=holder,
            way=f"remind {timer.when.text}", notify=_told(build, file, timer, scope, to), at=str(timer.when.span),
        )  # fmt: skip


def _told(build: Build, file: FileScope, timer: TimerSource, scope: Scope, to: tuple[str, ...]) -> tuple[Notify, ...]:
    """The sentence a timer says; a reminder without one says the usual."""
    whom, _ = actors(build, file, timer.to, scope)
    if timer.say is not None:
        return (Notify(build.ctx.text(timer.say, scope), whom or to),)
    return (Notify((TextPart("Erinnerung: Diese Aufgabe wartet auf Sie."),), to),) if to else ()


# -------------------------------------------------------------------------------------------------------------- stages


def connect_case(build: Build, file: FileScope, whole: Block) -> None:
    """Events and timers of the whole procedure. They clear all steps; the case itself stays open, its timers run on."""
    builder, source = build.builder_of(whole), file.source
    steps = whole.inside[1:]
    connect_event_list(build, file, source.events, builder, whole.id, steps, whole, file.scope, whole.id)
    connect_timers(build, file, source.after, builder, whole.id, steps, whole, file.scope, whole.id)


def connect_stages(build: Build, file: FileScope) -> None:
    """What may end a stage, its timers, its statutory deadline."""
    for stage, block in file.stages.values():
        builder = file.builders[stage.id]
        parent = block.parent or builder.top
        connect_event_list(build, file, stage.events, builder, block.id, block.inside, parent, file.scope, stage.id)
        connect_timers(build, file, stage.after, builder, block.id, block.inside, parent, file.scope, stage.id)
        connect_reminders(build, file, stage.remind, builder, block.id, file.scope, (), stage.id)
        if stage.deadline is not None:
            _deadline(build, file, stage, block, builder, parent)
    for step in file.steps.values():
        for branch in step.branches:
            holder = f"{file.full(step.id)}.{branch.id}"
            if step.id not in file.sites or (not branch.events and not branch.after):
                continue
            builder, own = file.builders[step.id], file.sites[step.id].own
            inner = next(b for b in own.blocks if b.id == holder) if own else None
            if inner is not None:
                connect_event_list(
                    build, file, branch.events, builder, holder, inner.inside[1:], inner, file.scope, step.id
                )
                connect_timers(build, file, branch.after, builder, holder, inner.inside[1:], inner, file.scope, step.id)


def _deadline(
    build: Build, file: FileScope, stage: StageSource, block: Block, builder: FlowBuilder, parent: Block
) -> None:
    """`deadline:` of a stage: a clock of the stage's name, and the way that its end opens."""
    node = stage.deadline
    assert node is not None
    full, scope = file.full(stage.id), file.scope
    length, starts = node.get("length"), node.get("starts")
    if not isinstance(length, Scalar):
        return
    start = starts if isinstance(starts, Scalar) else None
    moments = [start.text if start else f"{stage.id}.at"]
    moments += [scalar.text for scalar in scalars(node.get("restarts_on"))]
    formula = moments[0] if len(moments) == 1 else f"max([{', '.join(moments)}][item != null])"
    extends: list[tuple[Expr, Expr, int]] = []
    extend = node.get("extend")
    if isinstance(extend, Mapping):
        once = extend.get("once") or extend.get("by_period")
        by, _ = actors(build, file, scalars(extend.get("by")), scope)
        name = file.full(f"{stage.id}_verlaengern")
        if isinstance(once, Scalar):
            builder.places[block.id].listens.append(
                ListenSpec(
                    name=name,
                    title="Frist verlängern",
                    by=by,
                    reason="Begründung",
                    when=build.ctx.synth(f'{stage.id}.state = "running"', stage.key, scope, "boolean"),
                    at=str(stage.key.span),
                )
            )
            build.infos[name] = StepInfo(name, "event", "Frist verlängern", builder.id, block.id, outcomes=("done",))
            builder.move(
                f"{block.id}:{name}", Cause("heard", block.id, name), need=[block.id], step=block.id, way=name,
                completes=((name, "done"),), at=str(stage.key.span),
            )  # fmt: skip
            moment = build.ctx.synth(f"{stage.id}_verlaengern.done", once, scope)
            extends.append((moment, build.ctx.period(once, scope), 1))
    stops: list[tuple[Expr, Expr | None]] = []
    stop = node.get("stop")
    if isinstance(stop, Scalar):
        stops.append((build.ctx.expr(stop, scope), None))
    elif isinstance(stop, Mapping):
        at, within = stop.get("at"), stop.get("within")
        if isinstance(at, Scalar):
            limit = build.ctx.period(within, scope) if isinstance(within, Scalar) else None
            stops.append((build.ctx.expr(at, scope), limit))
    when = node.get("when")
    build.clocks[full] = Clock(
        id=full,
        title=stage.title.text if stage.title else "",
        start=build.ctx.synth(formula, start or stage.key, scope),
        length=build.ctx.period(length, scope),
        when=build.ctx.expr(when, scope, "boolean") if isinstance(when, Scalar) else None,
        stops=tuple(stops),
        extends=tuple(extends),
        at=str(stage.key.span),
    )
    way = node.get("next")
    if isinstance(way, Scalar):
        builder.places[block.id].timers.append(
            TimerSpec("deadline", build.ctx.synth(f"{stage.id}.end", length, scope), at=str(length.span))
        )
        build.go(
            file, builder, block.inside, parent, build.land(file, parent, TargetSource(way), stage.id),
            Cause("due", block.id, "deadline"), name=f"{block.id}:deadline", need=[block.id], step=block.id,
            way="deadline", at=str(way.span),
        )  # fmt: skip
