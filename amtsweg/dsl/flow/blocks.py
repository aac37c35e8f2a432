"""`letter` and `use`: steps that are blocks of several places (SEMANTICS 3.2).

A letter is produced, released if it says so, and delivered. A building block is expanded under the step's id, so that
the caller's stage cancels it, there is one machine and one proof; its inside is fresh at each entry.
"""

from __future__ import annotations

from amtsweg.dsl.diagnostics import TRY, Advice, same
from amtsweg.dsl.flow import ways
from amtsweg.dsl.flow.build import Build
from amtsweg.dsl.flow.files import FileScope, Scope
from amtsweg.dsl.flow.layout import FlowBuilder, Site
from amtsweg.dsl.flow.source import StepSource, TargetSource, scalars, title_of
from amtsweg.dsl.procedure import Cause, Expr, JobSpec, Outcome, StepInfo, TaskSpec, TextPart, Write
from amtsweg.dsl.suggest import closest
from amtsweg.dsl.yamltree import Mapping, Scalar


def lay_out_letter(build: Build, file: FileScope, step: StepSource, builder: FlowBuilder, site: Site) -> None:
    """Container, `.make`, `.check` (only if the letter is released by somebody), `.send`."""
    full, at = file.full(step.id), str(step.key.span)
    letter = build.ctx.letters().get(_letter(file, step))
    title = letter.title if letter is not None else title_of(step)
    own = builder.container(full, full, "letter", site.block, title=title, at=at)
    site.own = own
    builder.place(full + ".make", full, "letter", own, title=title, at=at)
    if letter is not None and letter.approve_by:
        builder.place(full + ".check", full, "task", own, title=f"{title} freigeben", at=at)
    builder.place(full + ".send", full, "letter", own, title=title, at=at)
    site.inner = [full, full + ".make"]
    site.entry = site.entry or list(site.inner)


def connect_letter(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    """Produce, release (with four eyes and a way back), deliver."""
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    at = str(step.key.span)
    name = _letter(file, step)
    letter = build.ctx.letters().get(name)
    if letter is None:
        _unknown_letter(build, file, step)
        return
    to, to_expr = ways.actors(build, file, step.words("to"), scope)
    given: dict[str, Expr] = {"to": to_expr} if to_expr is not None else {}
    given |= ways.inputs(build, step, scope)
    for number, scalar in enumerate(scalars(step.get("attach")), 1):
        given[f"attach{number}"] = build.ctx.expr(scalar, scope)
    make, check, send = full + ".make", full + ".check", full + ".send"
    builder.places[make].specs["job"] = JobSpec("produce", given, letter=name, to=to, slot=full)
    builder.places[send].specs["job"] = JobSpec("deliver", given, letter=name, to=to, slot=full)
    released = bool(letter.approve_by)
    builder.move(
        f"{full}:made", Cause("result", make, "ok"), need=[make], clear=[make], put=[check if released else send],
        step=full, own=False, write=(Write(full),), at=at,
    )  # fmt: skip
    if released:
        _release(build, file, step, builder, site, scope, letter.approve_by, letter.four_eyes, letter.back)
    build.go(
        file, builder, site.all_places, site.block, build.land_after(file, step, "done"), Cause("result", send, "ok"),
        name=f"{full}:sent", need=[send], step=full, way="done", write=(Write(full),), completes=((full, "done"),),
        at=at,
    )  # fmt: skip


def _release(
    build: Build,
    file: FileScope,
    step: StepSource,
    builder: FlowBuilder,
    site: Site,
    scope: Scope,
    role: str,
    four_eyes: tuple[str, ...],
    back: str,
) -> None:
    """The release task of a letter; refused, it goes back to the step that drafted it."""
    full, at = file.full(step.id), str(step.key.span)
    check, send = full + ".check", full + ".send"
    name = _letter(file, step)
    title = builder.places[check].title
    own_back = step.text("back")
    back_to = TargetSource(own_back) if own_back is not None else None
    if back_to is None:
        drafted = back or (four_eyes[0] if four_eyes else "")
        local = drafted[len(file.prefix) :] if drafted.startswith(file.prefix) else drafted
        if local in file.sites:
            back_to = TargetSource(Scalar.made(local, step.key.span))
    outcomes = [Outcome("freigeben", "Freigeben")]
    if back_to is not None:
        outcomes.append(Outcome("zurueck", "Zurück an die Sachbearbeitung", reason="Warum?"))
    due = step.text("due")
    builder.places[check].specs["task"] = TaskSpec(
        title=(TextPart(title),),
        by=(file.role(role),),
        outcomes=tuple(outcomes),
        slot=check,
        letter=name,
        four_eyes=tuple((file.refs.get(s, file.full(s)), "all") for s in four_eyes),
        due=build.ctx.period(due, scope) if due else None,
    )
    build.infos[check] = StepInfo(
        check, "task", title, builder.id, check, role=role, letter=name,
        outcomes=tuple(o.id for o in outcomes), at=at,
    )  # fmt: skip
    builder.move(
        f"{check}:freigeben", Cause("outcome", check, "freigeben"), need=[check], clear=[check], put=[send],
        step=check, way="freigeben", completes=((check, "freigeben"),), at=at,
    )  # fmt: skip
    if back_to is not None:
        build.go(
            file, builder, site.all_places, site.block, build.land(file, site.block, back_to, step.id),
            Cause("outcome", check, "zurueck"), name=f"{check}:zurueck", need=[check], step=check, way="zurueck",
            completes=((check, "zurueck"),), at=at,
        )  # fmt: skip


def _letter(file: FileScope, step: StepSource) -> str:
    if not isinstance(step.value, Scalar):
        return ""
    return file.refs.get(step.value.text, file.full(step.value.text))


def _unknown_letter(build: Build, file: FileScope, step: StepSource) -> None:
    if not isinstance(step.value, Scalar):
        return
    known = [letter for letter in build.ctx.letters() if letter.startswith(file.prefix)]
    best = closest(step.value.text, known)
    build.finding(
        "AW103",
        step.value,
        f"Ein Schreiben „{step.value.text}“ gibt es nicht",
        f"There is no letter “{step.value.text}”",
        advice=(Advice(TRY, same(f"letter: {best}")),) if best else (),
    )


# -------------------------------------------------------------------------------------------------------------- blocks


def lay_out_use(build: Build, file: FileScope, step: StepSource, builder: FlowBuilder, site: Site) -> None:
    """Expand a building block: `.in` takes the values, the container is fresh, the block's steps stand inside."""
    full, at = file.full(step.id), str(step.key.span)
    title = title_of(step)
    entry = builder.place(full + ".in", full, "use", site.block, title=title, at=at)
    site.places.append(entry)
    site.entry = site.entry or [entry]
    site.inner = [entry]
    own = builder.container(full, full, "use", site.block, title=title, at=at)
    builder.places[full].specs["fresh"] = True
    site.own = own
    if not isinstance(step.value, Scalar):
        return
    block = build.ctx.block(step.value)
    if block is None:
        return
    if _recursive(file, block.id):
        build.finding(
            "AW209",
            step.value,
            f"Der Baustein „{block.id}“ würde sich selbst enthalten",
            f"The block “{block.id}” would contain itself",
        )
        return
    given = _given(build, file, step, block.inputs)
    inner = FileScope(block.flow, None, f"{full}/", file, step, block, own)
    inner.roles = _roles(step)
    for name, kind in block.inputs.items():
        if kind != "value" and name in given:
            inner.refs[name] = _reference(file, given[name].text)
    inner.scope = build.ctx.open_block(block, inner.prefix, given, file, step)
    file.used[step.id] = inner
    build.lay_out_file(inner, builder, own)
    missing = [name for name in block.inputs if name not in given and name not in block.defaults]
    if missing:
        build.finding(
            "AW108",
            step.key,
            f"Dem Baustein „{block.id}“ fehlt die Eingabe „{missing[0]}“",
            f"The block “{block.id}” lacks its input “{missing[0]}”",
            advice=(Advice(TRY, same(f"with: {{{missing[0]}: …}}")),),
        )


def connect_use(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    """Enter the block: values are taken once, on entry; references stay live. Its ends are the caller's ways."""
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    inner = file.used.get(step.id)
    if inner is None or inner.block is None or not inner.source.steps:
        return
    first = inner.sites.get(inner.source.steps[0].id)
    if first is None:
        return
    given = _given(build, file, step, inner.block.inputs)
    write = []
    for name, kind in inner.block.inputs.items():
        if kind != "value":
            continue
        if name in given:
            write.append(Write(f"{full}/{name}", build.ctx.expr(given[name], scope)))
        elif name in inner.block.defaults:
            write.append(Write(f"{full}/{name}", build.ctx.expr(inner.block.defaults[name], inner.scope)))
    opened = [block.id for block in first.block.chain if block.id and block not in site.block.chain]
    builder.move(
        f"{full}:enter", Cause("auto"), need=[full + ".in"], clear=[full + ".in"], put=[*opened, *first.entry],
        step=full, own=False, write=tuple(write), at=str(step.key.span),
    )  # fmt: skip
    info = build.infos[full]
    outs = {name: build.ctx.expr(value, inner.scope) for name, value in inner.block.outs.items()}
    build.infos[full] = StepInfo(
        full, "use", info.title, info.flow, info.place, info.stage, outcomes=inner.block.outcomes or ("done",),
        outs=outs, at=info.at,
    )  # fmt: skip
    for way in step.ways:
        if inner.block.outcomes and way.id not in inner.block.outcomes:
            best = closest(way.id, inner.block.outcomes)
            build.finding(
                "AW103",
                way.key,
                f"Der Baustein „{inner.block.id}“ hat kein Ergebnis „{way.id}“",
                f"The block “{inner.block.id}” has no outcome “{way.id}”",
                advice=(Advice(TRY, same(best)),) if best else (),
            )


def _given(build: Build, file: FileScope, step: StepSource, declared: dict[str, str]) -> dict[str, Scalar]:
    node = step.get("with")
    if not isinstance(node, Mapping):
        return {}
    given = {}
    for key, value in node.entries:
        if key.text not in declared:
            best = closest(key.text, declared)
            build.finding(
                "AW108",
                key,
                f"Der Baustein kennt keine Eingabe „{key.text}“",
                f"The block knows no input “{key.text}”",
                advice=(Advice(TRY, same(best)),) if best else (),
            )
        elif isinstance(value, Scalar):
            given[key.text] = value
    return given


def _reference(file: FileScope, name: str) -> str:
    """A form, letter or step of the caller, by its id in the machine."""
    return file.refs.get(name, file.full(name))


def _roles(step: StepSource) -> dict[str, str]:
    node = step.get("roles")
    if not isinstance(node, Mapping):
        return {}
    return {key.text: value.text for key, value in node.entries if isinstance(value, Scalar)}


def _recursive(file: FileScope, block: str) -> bool:
    at: FileScope | None = file
    while at is not None:
        if at.block is not None and at.block.id == block:
            return True
        at = at.outer
    return False
