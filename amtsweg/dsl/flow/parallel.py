"""`parallel` and `for_each` (SEMANTICS 3.3): several ways at once, and when they are together again.

`p` is open; each branch has its gate (only with `when`), its steps, `done` and `skip`. The table of moves is one for
both: start, join, over, reset, waited; a join never hangs, because `over` is the way out when nobody is left to come.
"""

from __future__ import annotations

from collections.abc import Mapping

from amtsweg.dsl.flow import ways
from amtsweg.dsl.flow.build import Build
from amtsweg.dsl.flow.files import FileScope, Scope
from amtsweg.dsl.flow.layout import Block, FlowBuilder, Site
from amtsweg.dsl.flow.source import StepSource, title_of
from amtsweg.dsl.procedure import Cause, Expr, Need, Rest, RunsSpec
from amtsweg.dsl.yamltree import Scalar

RESTS: Mapping[str, Rest] = {"wait": "wait", "cancel": "cancel", "ignore": "ignore"}


def lay_out_parallel(build: Build, file: FileScope, step: StepSource, builder: FlowBuilder, site: Site) -> None:
    """Places of a parallel: `.in`, container, per branch a block (gate, steps, done, skip), `.rest` or `.hold`."""
    full, at = file.full(step.id), str(step.key.span)
    title = title_of(step)
    entry = builder.place(full + ".in", full, "parallel", site.block, title=title, at=at)
    site.places.append(entry)
    site.entry = site.entry or [entry]
    site.inner = [entry]
    own = builder.container(full, full, "parallel", site.block, title=title, at=at)
    site.own = own
    rest = rest_of(step)
    if rest in ("ignore", "wait") and join_of(step) != "all":
        builder.place(full + (".rest" if rest == "ignore" else ".hold"), full, "join", own, title=title, at=at)
    for branch in step.branches:
        name = f"{full}.{branch.id}"
        where = str(branch.key.span)
        caption = branch.title.text if branch.title else branch.id
        inner = builder.container(name, full, "branch", own, title=caption, at=where)
        if branch.when is not None:
            builder.place(name + ".when", full, "gate", inner, title=caption, at=where)
            builder.place(name + ".skip", full, "join", inner, title=caption, at=where)
        for child in branch.steps:
            build.lay_out(build, file, child, builder, inner)
        builder.place(name + ".done", full, "join", inner, title=caption, at=where)


def connect_parallel(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    """The table of moves of a parallel."""
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    own, at = site.own, str(step.key.span)
    assert own is not None
    live = own.inside
    first: list[str] = []
    done: list[str] = []
    over: list[tuple[str, ...]] = []
    for branch in step.branches:
        name = f"{full}.{branch.id}"
        begin = file.sites[branch.steps[0].id].entry if branch.steps and branch.steps[0].id in file.sites else []
        if not begin:
            begin = [name + ".done"]
        done.append(name + ".done")
        over.append((name + ".done",))
        first.append(name)
        if branch.when is None:
            first += begin
            continue
        over[-1] = (name + ".done", name + ".skip")
        gate = name + ".when"
        first.append(gate)
        builder.move(
            f"{name}:begin", Cause("auto"), need=[gate], clear=[gate], put=begin, rank=0, alt=gate, step=full,
            guard=build.ctx.expr(branch.when, scope, "boolean"), way=branch.id, at=str(branch.when.span),
        )  # fmt: skip
        builder.move(
            f"{name}:skip", Cause("auto"), need=[gate], clear=[gate], put=[name + ".skip"], rank=0, alt=gate,
            step=full, own=False, at=str(branch.when.span),
        )  # fmt: skip
    builder.move(
        f"{full}:start", Cause("auto"), need=[full + ".in"], none=live, clear=[full + ".in"], put=[full, *first],
        step=full, own=False, at=at,
    )  # fmt: skip
    all_over = [Need(1, places) for places in over]
    join = join_of(step)
    guard: Expr | None = None
    count = len(done)
    if join == "any":
        count = 1
    elif join.isdecimal():
        count = int(join)
    elif join != "all":
        condition = step.text("join")
        assert condition is not None
        guard, count = build.ctx.expr(condition.part(5), scope, "boolean"), 0
    _verdict(build, file, step, builder, site, own, done, all_over, join != "all", count, guard)


def _verdict(
    build: Build,
    file: FileScope,
    step: StepSource,
    builder: FlowBuilder,
    site: Site,
    own: Block,
    done: list[str],
    all_over: list[Need],
    early: bool,
    count: int,
    guard: Expr | None,
) -> None:
    """Join, over, reset, waited: when the way goes on, and what becomes of the rest."""
    full, at, live = file.full(step.id), str(step.key.span), own.inside
    rest = rest_of(step)
    landing = build.land_after(file, step, "done")
    if early:
        needs = [Need(1, (full,))]
        if count:
            needs.append(Need(count, tuple(done)))
        if rest == "cancel":
            build.go(
                file, builder, [*site.places, *live], site.block, landing, Cause("auto"), name=f"{full}:join",
                need=needs, rank=2, step=full, way="joined", guard=guard, completes=((full, "reached"),), at=at,
            )  # fmt: skip
        elif rest == "ignore" and landing is not None:
            clear, put = builder.route([full], site.block, landing)
            inside = any(block is b for b in landing.block.chain for block in (site.block,))
            rest_place = [full + ".rest"] if inside and not landing.end and not landing.done else []
            if landing.done:
                clear, put = tuple(builder.top.inside), ()
            builder.move(
                f"{full}:join", Cause("auto"), need=needs, clear=clear, put=[*rest_place, *put], rank=2, step=full,
                way="joined", guard=guard, end=landing.end, done=landing.done,
                completes=((full, "reached"), *landing.completes), at=at,
            )  # fmt: skip
            builder.move(
                f"{full}:reset", Cause("auto"), need=[Need(1, (full + ".rest",)), *all_over], clear=live, rank=2,
                step=full, own=False, at=at,
            )  # fmt: skip
        elif rest == "wait":
            builder.move(
                f"{full}:join", Cause("auto"), need=needs, clear=[full], put=[full + ".hold"], rank=2, step=full,
                guard=guard, own=False, at=at,
            )  # fmt: skip
            build.go(
                file, builder, [*site.places, *live], site.block, landing, Cause("auto"), name=f"{full}:waited",
                need=[Need(1, (full + ".hold",)), *all_over], rank=2, step=full, way="joined",
                completes=((full, "reached"),), at=at,
            )  # fmt: skip
    build.go(
        file, builder, [*site.places, *live], site.block, landing, Cause("auto"), name=f"{full}:over",
        need=[Need(1, (full,)), *all_over], rank=2, step=full, way="over" if early else "joined", own=not early,
        completes=((full, "over" if early else "reached"),), at=at,
    )  # fmt: skip


def lay_out_for_each(build: Build, file: FileScope, step: StepSource, builder: FlowBuilder, site: Site) -> None:
    """Places of a for_each: `.in`, container, `.set` that owns the runs; an element's steps are a flow of their own."""
    full, at = file.full(step.id), str(step.key.span)
    title = title_of(step)
    entry = builder.place(full + ".in", full, "for_each", site.block, title=title, at=at)
    site.places.append(entry)
    site.entry = site.entry or [entry]
    site.inner = [entry]
    own = builder.container(full, full, "for_each", site.block, title=title, at=at)
    site.own = own
    builder.place(full + ".set", full, "for_each", own, title=title, at=at)
    rest = rest_of(step)
    if rest in ("ignore", "wait") and join_of(step) != "all":
        builder.place(full + (".rest" if rest == "ignore" else ".hold"), full, "join", own, title=title, at=at)
    flow = build.new_flow(full, builder.id)
    scope = ways.step_scope(build, file, step)
    name, items = element(build, step, scope)
    if items is not None:
        file.element_scopes[id(flow.top)] = build.ctx.element_scope(scope, items, name)
    for child in step.steps:
        build.lay_out(build, file, child, flow, flow.top)
    if step.steps and step.steps[0].id in file.sites:
        flow.start = list(file.sites[step.steps[0].id].entry)


def connect_for_each(build: Build, file: FileScope, step: StepSource, scope: Scope) -> None:
    """The same moves over the states of the runs instead of the branches' places."""
    builder, site, full = file.builders[step.id], file.sites[step.id], file.full(step.id)
    own, at = site.own, str(step.key.span)
    assert own is not None
    name, items = element(build, step, scope)
    if items is None:
        return
    inner = file.element_scopes.get(id(build.flows[full].top), scope)
    join, rest = join_of(step), rest_of(step)
    condition = step.text("join")
    verdict: str | Expr = join
    if join == "when" and condition is not None:
        verdict = build.ctx.expr(condition.part(5), scope, "boolean")
    key, most, order = step.text("key"), step.text("max"), step.text("order")
    grow, _ = ways.actors(build, file, step.words("grow"), scope)
    builder.places[full + ".set"].specs["runs"] = RunsSpec(
        items=items,
        as_name=name,
        flow=full,
        key=build.ctx.expr(key, inner) if key else None,
        order="one by one" if order and order.text == "one by one" else "together",
        join=verdict,
        rest=rest,
        max=int(most.text) if most and most.text.isdecimal() else 100,
        grow=grow,
    )
    live = own.inside
    set_place = full + ".set"
    builder.move(
        f"{full}:start", Cause("auto"), need=[full + ".in"], none=live, clear=[full + ".in"], put=[full, set_place],
        step=full, own=False, at=at,
    )  # fmt: skip
    landing = build.land_after(file, step, "done")
    early = join != "all"
    if early and rest == "cancel":
        build.go(
            file, builder, [*site.places, *live], site.block, landing, Cause("auto"), name=f"{full}:join",
            need=[full, set_place], rank=2, step=full, way="joined", joins="join",
            completes=((full, "reached"),), at=at,
        )  # fmt: skip
    elif early and rest == "ignore" and landing is not None:
        clear, put = builder.route([full], site.block, landing)
        keep = site.block in landing.block.chain and not landing.end and not landing.done
        if landing.done:
            clear, put = tuple(builder.top.inside), ()
        builder.move(
            f"{full}:join", Cause("auto"), need=[full, set_place], clear=clear,
            put=[*([full + ".rest"] if keep else []), *put], rank=2, step=full, way="joined", joins="join",
            end=landing.end, done=landing.done, completes=((full, "reached"), *landing.completes), at=at,
        )  # fmt: skip
        builder.move(
            f"{full}:reset", Cause("auto"), need=[full + ".rest", set_place], clear=live, rank=2, joins="reset",
            step=full, own=False, at=at,
        )  # fmt: skip
    elif early and rest == "wait":
        builder.move(
            f"{full}:join", Cause("auto"), need=[full, set_place], clear=[full], put=[full + ".hold"], rank=2,
            joins="join", step=full, own=False, at=at,
        )  # fmt: skip
        build.go(
            file, builder, [*site.places, *live], site.block, landing, Cause("auto"), name=f"{full}:waited",
            need=[full + ".hold", set_place], rank=2, joins="waited", step=full, way="joined",
            completes=((full, "reached"),), at=at,
        )  # fmt: skip
    build.go(
        file, builder, [*site.places, *live], site.block, landing, Cause("auto"), name=f"{full}:over",
        need=[full, set_place], rank=2, joins="over", step=full, way="over" if early else "joined", own=not early,
        completes=((full, "over" if early else "reached"),), at=at,
    )  # fmt: skip


def element(build: Build, step: StepSource, scope: Scope) -> tuple[str, Expr | None]:
    """`for_each: stelle in stellen` as the element's name and the list."""
    if not isinstance(step.value, Scalar):
        return "", None
    name, separator, _ = step.value.text.partition(" in ")
    if not separator:
        return "item", build.ctx.expr(step.value, scope)
    return name.strip(), build.ctx.expr(step.value.part(len(name) + 4), scope)


def join_of(step: StepSource) -> str:
    """`all`, `any`, a number, or `when`."""
    join = step.text("join")
    if join is None:
        return "all"
    return "when" if join.text.startswith("when ") else join.text.strip()


def rest_of(step: StepSource) -> Rest:
    """What happens to the others: `cancel` unless it says otherwise (the schema refuses every other word)."""
    rest = step.text("rest")
    return RESTS.get(rest.text.strip(), "cancel") if rest else "cancel"
