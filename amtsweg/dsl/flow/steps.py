"""Each kind of step: the places it gets (`lay_out`) and the transitions between them (`connect`).

The tables of SEMANTICS 3.2 and 3.3, one function per kind; what is common to all kinds (events, timers, the place
behind a `branch`, the gate of a `when`) stands in `ways`.
"""

from __future__ import annotations

from collections.abc import Callable

from amtsweg.dsl.diagnostics import TRY, Advice, Fix, Text, same
from amtsweg.dsl.flow import blocks, parallel, ways
from amtsweg.dsl.flow.build import Build
from amtsweg.dsl.flow.files import FileScope, Scope
from amtsweg.dsl.flow.layout import Block, FlowBuilder, Site
from amtsweg.dsl.flow.source import StepSource, TargetSource, caption, scalars, title_of
from amtsweg.dsl.procedure import (
    Cause,
    ChildSpec,
    Expr,
    JobSpec,
    Need,
    Notify,
    Outcome,
    Send,
    StepInfo,
    TaskSpec,
    TimerSpec,
    Write,
)
from amtsweg.dsl.yamltree import Mapping, Scalar


def lay_out(build: Build, file: FileScope, step: StepSource, builder: FlowBuilder, block: Block) -> None:
    """Give a step its places, in the order in which a case meets them."""
    full, at = file.full(step.id), str(step.key.span)
    if step.id in file.sites:
        return
    site = Site(full, [], block)
    file.sites[step.id] = site
    file.builders[step.id] = builder
    title = title_of(step)

    def place(suffix: str = "", kind: str = "") -> str:
        made = builder.place(full + suffix, full, kind or step.kind, block, title=title, at=at)
        site.places.append(made)
        return made

    if step.text("when") is not None:
        site.entry = [place(".when", "gate")]
    if step.text("lock") is not None:
        locked = place(".lock", "lock")
        site.entry = site.entry or [locked]
    if step.kind == "letter":
        blocks.lay_out_letter(build, file, step, builder, site)
    elif step.kind == "use":
        blocks.lay_out_use(build, file, step, builder, site)
    elif step.kind == "parallel":
        parallel.lay_out_parallel(build, file, step, builder, site)
    elif step.kind == "for_each":
        parallel.lay_out_for_each(build, file, step, builder, site)
    elif step.kind == "join":
        build.pending_joins.append((file, step, []))
    else:
        if step.kind == "pay":
            entry = place(".due", "gate")
            site.entry = site.entry or [entry]
        own = place()
        site.entry = site.entry or [own]
        if step.kind == "branch" and step.is_many_ways:
            for number, _ in enumerate(step.branch, 1):
                place(f".{number}", "gate")
    if step.branch and step.kind != "branch":
        place(".out", "branch")
    info = StepInfo(
        id=full,
        kind=step.kind,
        title=title,
        flow=builder.id,
        place=full,
        stage=next((b.id for b in reversed(block.chain) if b.kind == "stage"), ""),
        role=" ".join(s.text for s in step.words("by")),
        form=_form_id(file, step),
        letter=_letter_id(file, step),
        outcomes=ways.outcome_ids(file, step),
        at=at,
    )
    build.infos[full] = info


def connect_file(build: Build, file: FileScope) -> None:
    """Add the transitions of every step, stage and of the whole file."""
    for step in tuple(file.steps.values()):
        if step.id in file.sites:
            connect(build, file, step)
    ways.connect_stages(build, file)
    for owner, step, inputs in build.pending_joins:
        if owner is file:
            _connect_join(build, file, step, inputs)


def connect(build: Build, file: FileScope, step: StepSource) -> None:
    """Add the transitions of one step."""
    scope = ways.step_scope(build, file, step)
    ways.connect_gates(build, file, step, scope)
    handler = KINDS.get(step.kind)
    if handler is not None:
        handler(build, file, step, scope)
    ways.connect_branch(build, file, step, scope)
    if step.kind != "end":
        site = file.sites[step.id]
        holder = site.own.id if site.own else file.full(step.id)
        ways.connect_events(build, file, step, holder, scope)


# ---------------------------------------------------------------------------------------------------------- the kinds


def _task(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    form = _form_id(file, step)
    if (written := step.text("form")) is not None:
        ways.known_form(build, file, written, form)
    slot = file.full(named.text) if (named := step.text("as")) else (form or full)
    inner = build.ctx.form_scope(scope, form) if form else scope
    inner = build.ctx.scope_with(inner, {"outcome": "string"})
    outcomes = []
    for way in step.ways:
        guard = build.ctx.expr(way.when, inner, "boolean") if way.when else None
        title = way.title.text if way.title else caption(way.id)
        reason = way.reason.text if way.reason else ""
        outcomes.append(Outcome(way.id, title, guard, reason))
    if not outcomes:
        outcomes.append(Outcome("done", "Absenden" if form else "Erledigt"))
    by, by_expr = ways.actors(build, file, step.words("by"), scope)
    due = step.text("due")
    spec = TaskSpec(
        title=build.ctx.text(step.value, scope) if isinstance(step.value, Scalar) else (),
        by=by,
        outcomes=tuple(outcomes),
        slot=slot,
        form=form,
        by_expr=by_expr,
        due=build.ctx.period(due, scope) if due else None,
        four_eyes=_four_eyes(build, file, step),
        reopen="empty" if _is(step, "reopen", "empty") else "filled",
        open=build.ctx.expr(opened, scope) if (opened := step.text("open")) else None,
        shows=tuple(s.text for s in step.words("shows")) if step.get("shows") is not None else None,
        start=start.text if (start := step.text("start")) else "",
        text=build.ctx.text(long, scope) if (long := step.text("text")) else (),
    )
    builder.places[full].specs["task"] = spec
    if due is not None:
        scope = build.ctx.scope_with(scope, {"due": "date"})
    many = bool(form and form in build.ctx.forms() and build.ctx.forms()[form].many)
    write = (Write(slot, append=many),) if form else ()
    for outcome in outcomes:
        build.go(
            file, builder, site.all_places, site.block, build.land_after(file, step, outcome.id),
            Cause("outcome", full, outcome.id), name=f"{full}:{outcome.id}", need=[full], step=full, way=outcome.id,
            guard=outcome.when, write=write, completes=((full, outcome.id),), at=_way_at(step, outcome.id),
        )  # fmt: skip


def _set(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    write = []
    if isinstance(step.value, Mapping):
        for key, value in step.value.entries:
            if isinstance(value, Scalar):
                write.append(Write(file.full(key.text), build.ctx.expr(value, scope)))
    result = step.text("result")
    _auto(build, file, step, write=tuple(write), result=result.text if result else "")


def _branch(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    """A choice of its own; `ways: many` takes every way that is true, and `else` only if none is.

    Each way has a gate. Taking one empties the gate of `else`, so that machine and proof agree on when that goes.
    """
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    if not step.is_many_ways:
        ways.choose(build, file, step, full, scope)
        return
    gates = [f"{full}.{number}" for number, _ in enumerate(step.branch, 1)]
    builder.move(
        f"{full}:many", Cause("auto"), need=[full], clear=[full], put=gates, step=full, own=False,
        completes=((full, "done"),), at=str(step.key.span),
    )  # fmt: skip
    otherwise = [gate for gate, way in zip(gates, step.branch, strict=True) if way.when is None]
    for gate, way in zip(gates, step.branch, strict=True):
        guard = build.ctx.expr(way.when, scope, "boolean") if way.when else None
        landing = build.land(file, site.block, way.next, step.id)
        build.go(
            file, builder, [gate, *otherwise], site.block, landing, Cause("auto"), name=f"{full}:{way.id}",
            need=[gate], none=[g for g in gates if g not in otherwise] if guard is None else (), rank=0, step=full,
            way=way.id, guard=guard, alt=gate, at=str(way.key.span),
        )  # fmt: skip
        if guard is not None:
            builder.move(
                f"{full}:{way.id}:no", Cause("auto"), need=[gate], clear=[gate], rank=0, alt=gate, own=False,
                at=str(way.key.span),
            )  # fmt: skip


def _service(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    name = step.value.text if isinstance(step.value, Scalar) else ""
    connector, _, operation = name.partition(".")
    result = step.text("result")
    slot = file.full(result.text) if result else full
    retries = step.text("retry")
    builder.places[full].specs["job"] = JobSpec(
        kind="call",
        input=ways.inputs(build, step, scope),
        connector=connector,
        operation=operation,
        slot=slot,
        retries=int(retries.text) if retries and retries.text.isdecimal() else 8,
    )
    build.go(
        file, builder, site.all_places, site.block, build.land_after(file, step, "done"), Cause("result", full, "ok"),
        name=f"{full}:ok", need=[full], step=full, way="done", write=(Write(slot),),
        completes=((full, "done"),), at=str(step.key.span),
    )  # fmt: skip
    for event in step.events:
        if event.next is not None and not event.by and _is_error(build, event.id, connector):
            build.go(
                file, builder, site.all_places, site.block, build.land(file, site.block, event.next, step.id),
                Cause("failed", full, "" if event.id == "error" else event.id), name=f"{full}:{event.id}",
                need=[full], step=full, way=event.id, completes=((full, event.id),), at=str(event.key.span),
            )  # fmt: skip


def _pay(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    if not isinstance(step.value, Scalar):
        return
    amount = build.ctx.expr(step.value, scope, "money")
    gate = full + ".due"
    nothing = build.ctx.synth(f"({step.value.text}) <= 0 EUR", step.value, scope, "boolean")
    build.go(
        file, builder, [gate], site.block, build.land_after(file, step, "paid"), Cause("auto"),
        name=f"{full}:nothing", need=[gate], rank=0, step=full, way="paid", guard=nothing, alt=gate, own=False,
        completes=((full, "paid"),), at=str(step.key.span),
    )  # fmt: skip
    builder.move(
        f"{full}:request", Cause("auto"), need=[gate], clear=[gate], put=[full], rank=0, step=full, alt=gate,
        own=False, at=str(step.key.span),
    )  # fmt: skip
    payer, payer_expr = ways.actors(build, file, step.words("by"), scope)
    purpose = step.text("purpose")
    due = step.text("due")
    inputs: dict[str, Expr] = {"amount": amount}
    if purpose is not None:
        inputs["purpose"] = ways.text_expr(build, purpose, scope)
    if payer_expr is not None:
        inputs["payer"] = payer_expr
    kind = step.text("kind")
    if (forever := step.text("forever")) is not None:
        builder.places[full].specs["forever"] = forever.text
    builder.places[full].specs["job"] = JobSpec(
        kind="pay",
        input=inputs,
        to=payer,
        slot=full,
        money=kind.text if kind else "fee",
        due=build.ctx.period(due, scope) if due else None,
    )
    for outcome in ("paid", "declined"):
        if outcome == "paid" or any(way.id == outcome for way in step.ways):
            build.go(
                file, builder, site.all_places, site.block, build.land_after(file, step, outcome),
                Cause("result", full, outcome), name=f"{full}:{outcome}", need=[full], step=full, way=outcome,
                write=(Write(full),), completes=((full, outcome),), at=_way_at(step, outcome),
            )  # fmt: skip
    builder.move(
        f"{full}:partly", Cause("result", full, "partly"), need=[full], step=full, way="partly",
        write=(Write(full),), own=False, at=str(step.key.span),
    )  # fmt: skip
    overdue = next((way for way in step.ways if way.id == "overdue"), None)
    if overdue is None:
        return
    if due is None:
        build.finding(
            "AW604",
            overdue.key,
            f"„{step.id}“ kann nicht überfällig werden: Es steht nicht dabei, bis wann zu zahlen ist",
            f"“{step.id}” cannot become overdue: it does not say until when to pay",
            advice=(Advice(TRY, same("due: 1 month")),),
        )
        return
    builder.places[full].timers.append(TimerSpec("overdue", build.ctx.period(due, scope), at=str(due.span)))
    build.go(
        file, builder, site.all_places, site.block, build.land_after(file, step, "overdue"),
        Cause("due", full, "overdue"), name=f"{full}:overdue", need=[full], step=full, way="overdue",
        completes=((full, "overdue"),), at=str(overdue.key.span),
    )  # fmt: skip


def _notify(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    text = build.ctx.text(step.value, scope) if isinstance(step.value, Scalar) else ()
    to, _ = ways.actors(build, file, step.words("to"), scope)
    _auto(build, file, step, notify=(Notify(text, to),))


def _send(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    name = step.value.text if isinstance(step.value, Scalar) else ""
    to = step.text("to")
    target: str | Expr = "self"
    if to is not None:
        target = to.text if to.text in ("self", "parent", "all") else build.ctx.expr(to, scope)
    _auto(build, file, step, send=(Send(name, target, ways.inputs(build, step, scope)),))


def _wait(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    if not isinstance(step.value, Scalar):
        return
    draft = builder.places[full]
    forever = step.text("forever")
    if forever is not None:
        draft.specs["forever"] = forever.text
    word, _, rest = step.value.text.strip().partition(" ")
    if word == "for":
        for name in (part.strip() for part in rest.split(",")):
            draft.listens.append(ways.listener(build, file, step, name, scope))
            outcome = name if any(way.id == name for way in step.ways) else "done"
            build.go(
                file, builder, site.all_places, site.block, build.land_after(file, step, outcome),
                Cause("heard", full, name), name=f"{full}:{name}", need=[full], step=full, way=name,
                completes=((full, outcome),), at=str(step.value.span),
            )  # fmt: skip
        return
    landing = build.land_after(file, step, "done")
    if word == "when":
        guard = build.ctx.expr(step.value.part(len(word) + 1), scope, "boolean")
        build.go(
            file, builder, site.all_places, site.block, landing, Cause("auto"), name=f"{full}:when", need=[full],
            rank=3, step=full, way="done", guard=guard, completes=((full, "done"),), at=str(step.value.span),
        )  # fmt: skip
        return
    moment = step.value.part(len(word) + 1) if word == "until" else step.value
    spec = TimerSpec(
        "until", build.ctx.period(moment, scope), edge="begin", shift=not _is(step, "shift", "no"),
        at=str(step.value.span),
    )  # fmt: skip
    draft.timers.append(spec)
    build.go(
        file, builder, site.all_places, site.block, landing, Cause("due", full, "until"), name=f"{full}:until",
        need=[full], step=full, way="done", completes=((full, "done"),), at=str(step.value.span),
    )  # fmt: skip


def _open_case(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    waited = not _is(step, "wait", "no")
    builder.places[full].specs["child"] = ChildSpec(
        procedure=step.value.text if isinstance(step.value, Scalar) else "",
        input=ways.inputs(build, step, scope),
        waited=waited,
        when_left="leave" if _is(step, "when_left", "leave") else "left",
        slot=full,
    )
    if not waited:
        _auto(build, file, step)
        return
    names = [way.id for way in step.ways] or [""]
    for name in names:
        build.go(
            file, builder, site.all_places, site.block, build.land_after(file, step, name or "done"),
            Cause("child_ended", full, name), name=f"{full}:{name or 'ended'}", need=[full], step=full,
            way=name or "done", write=(Write(full),), completes=((full, name or "done"),), at=str(step.key.span),
        )  # fmt: skip


def _book(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    _job(build, file, step, scope, "book", ("booked", "full", "expired"), "pool")


def _publish(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    _job(build, file, step, scope, "publish", ("ok",), "document")


def _job(
    build: Build, file: FileScope, step: StepSource, scope: Scope, kind: str, results: tuple[str, ...], name: str
) -> None:
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    given = dict(ways.inputs(build, step, scope))
    if isinstance(step.value, Scalar):
        given[name] = ways.text_expr(build, step.value, scope)
    for key in ("from", "until"):
        moment = step.text(key)
        if moment is not None:
            given[key] = build.ctx.period(moment, scope)
    builder.places[full].specs["job"] = JobSpec(
        kind="book" if kind == "book" else "publish", input=given, slot=full, operation=kind
    )
    for result in results:
        outcome = "done" if result == "ok" else result
        if outcome in ("done", "booked") or any(way.id == outcome for way in step.ways):
            build.go(
                file, builder, site.all_places, site.block, build.land_after(file, step, outcome),
                Cause("result", full, result), name=f"{full}:{result}", need=[full], step=full, way=outcome,
                write=(Write(full),), completes=((full, outcome),), at=_way_at(step, outcome),
            )  # fmt: skip


def _end(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    """`rest: wait`: the end comes when nothing else is marked and no run is running (R5)."""
    builder, full = file.builders[step.id], file.full(step.id)
    if _is(step, "rest", "wait"):
        outcome = step.value.text if isinstance(step.value, Scalar) else "settled"
        builder.move(
            f"{full}:end", Cause("auto"), need=[full], clear=[], put=[], rank=2, step=full, way="end", end=outcome,
            quiet=True, at=str(step.key.span),
        )  # fmt: skip


def _fork(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    put: list[str] = []
    for scalar in scalars(step.value):
        landing = build.land(file, site.block, TargetSource(scalar), step.id)
        if landing is not None:
            put += builder.route([], site.block, landing)[1]
    builder.move(
        f"{full}:fork", Cause("auto"), need=[full], clear=[full], put=put, step=full, way="fork",
        completes=((full, "done"),), at=str(step.key.span),
    )  # fmt: skip


def _connect_join(build: Build, file: FileScope, step: StepSource, inputs: list[str]) -> None:
    """A net join: all, n, or BPMN's or-join (`active`), one place per way that comes in."""
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    options = step.value if isinstance(step.value, Mapping) else None
    of = options.get("of") if options else step.value
    count = of.text if isinstance(of, Scalar) else "all"
    clear = [file.full(s.text) for s in scalars(options.get("clear"))] if options else []
    none = [file.full(s.text) for s in scalars(options.get("none"))] if options else []
    least = len(inputs) if count == "all" else 1 if count in ("any", "active") else int(count)
    swept = [p for name in clear for p in _places_of(build, file, name)]
    build.go(
        file, builder, [*inputs, *swept] if count != "any" or clear else list(inputs), site.block,
        build.land_after(file, step, "done"), Cause("auto"), name=f"{full}:join",
        need=[Need(least, tuple(inputs))], rank=2, step=full, way="join", none=none,
        active=tuple(inputs) if count == "active" else (), completes=((full, "done"),), at=str(step.key.span),
    )  # fmt: skip


KINDS: dict[str, Callable[[Build, FileScope, StepSource, Scope], None]] = {
    "task": _task,
    "set": _set,
    "branch": _branch,
    "service": _service,
    "letter": blocks.connect_letter,
    "pay": _pay,
    "notify": _notify,
    "send": _send,
    "wait": _wait,
    "parallel": parallel.connect_parallel,
    "for_each": parallel.connect_for_each,
    "use": blocks.connect_use,
    "open_case": _open_case,
    "book": _book,
    "publish": _publish,
    "end": _end,
    "fork": _fork,
}


# ------------------------------------------------------------------------------------------------------------- helpers


def _auto(
    build: Build,
    file: FileScope,
    step: StepSource,
    *,
    write: tuple[Write, ...] = (),
    send: tuple[Send, ...] = (),
    notify: tuple[Notify, ...] = (),
    result: str = "",
) -> None:
    """The one automatic way of a step that does its work at once."""
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    build.go(
        file, builder, site.all_places, site.block, build.land_after(file, step, "done"), Cause("auto"),
        name=f"{full}:{step.kind}", need=[full], step=full, way="done", write=write, send=send, notify=notify,
        result=result, completes=((full, "done"),), at=str(step.key.span),
    )  # fmt: skip


def _four_eyes(build: Build, file: FileScope, step: StepSource) -> tuple[tuple[str, str], ...]:
    """`four_eyes: pruefen`, a list, or `{pruefen: last}`."""
    node = step.get("four_eyes")
    found = []
    pairs = (
        [(key, value.text if isinstance(value, Scalar) else "all") for key, value in node.entries]
        if isinstance(node, Mapping)
        else [(scalar, "all") for scalar in scalars(node)]
    )
    for scalar, mode in pairs:
        name = file.refs.get(scalar.text, "")
        if name:
            found.append((name, mode))
        elif scalar.text in file.steps:
            found.append((file.full(scalar.text), mode))
        elif build.ctx.is_role(scalar.text):
            build.finding(
                "AW502",
                scalar,
                f"„four_eyes“ nennt einen Schritt, „{scalar.text}“ ist eine Rolle",
                f"“four_eyes” names a step; “{scalar.text}” is a role",
                body=(
                    Text(
                        "Gemeint ist: Wer den genannten Schritt erledigt hat, darf diesen nicht auch erledigen.",
                        "It means: whoever did the named step may not do this one, too.",
                    ),
                ),
                advice=(advice := _step_of_role(file, step, scalar.text)),
                fix=Fix("ask" if advice else "none"),
            )
        else:
            build.unknown_step(file, scalar)
    return tuple(found)


def _step_of_role(file: FileScope, step: StepSource, role: str) -> tuple[Advice, ...]:
    before = [
        s for s in file.steps.values() if s.kind == "task" and s is not step and role in [b.text for b in s.words("by")]
    ]
    if not before:
        return ()
    name = before[0].id
    return (
        Advice(
            TRY,
            Text(
                f"four_eyes: {name}   (der Schritt davor, den die {caption(role)} erledigt)",
                f"four_eyes: {name}   (the step before, done by {role})",
            ),
        ),
    )


def _is_error(build: Build, name: str, connector: str) -> bool:
    """Events of a service step without `by` are its errors."""
    return True


def _places_of(build: Build, file: FileScope, name: str) -> list[str]:
    local = name[len(file.prefix) :]
    if local in file.stages:
        return file.stages[local][1].inside
    return file.sites[local].all_places if local in file.sites else []


def _form_id(file: FileScope, step: StepSource) -> str:
    form = step.text("form")
    return "" if form is None else file.refs.get(form.text, file.full(form.text))


def _letter_id(file: FileScope, step: StepSource) -> str:
    if step.kind != "letter" or not isinstance(step.value, Scalar):
        return ""
    return file.refs.get(step.value.text, file.full(step.value.text))


def _way_at(step: StepSource, outcome: str) -> str:
    return str(next((way.key.span for way in step.ways if way.id == outcome), step.key.span))


def _is(step: StepSource, name: str, value: str) -> bool:
    scalar = step.text(name)
    return scalar is not None and scalar.text.strip() == value
