"""The state of one compilation, and where ways land.

`Build` lays out a file's steps (stages, side branches) and answers the one question every kind of step asks: where does
a way from here to there arrive, and is it allowed (R4)?
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Unpack

from amtsweg.dsl.diagnostics import TRY, Advice, Diagnostic, Edit, Fix, Label, Text, same
from amtsweg.dsl.flow.files import FileScope, FlowContext
from amtsweg.dsl.flow.layout import Block, FlowBuilder, Landing, Site, Way
from amtsweg.dsl.flow.source import EventSource, FlowSource, StageSource, StepSource, TargetSource, TimerSource, scalars
from amtsweg.dsl.procedure import Cause, Clock, Need, Stage, StepInfo, Transition
from amtsweg.dsl.suggest import closest
from amtsweg.dsl.yamltree import Scalar

LayOut = Callable[["Build", FileScope, StepSource, FlowBuilder, Block], None]
"""Gives one step its places (`steps.lay_out`); handed in, so that kinds of steps know `Build` and not the other way."""


@dataclass(eq=False)
class Build:
    """The state of one compilation of a procedure's flows."""

    ctx: FlowContext
    lay_out: LayOut
    flows: dict[str, FlowBuilder] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    infos: dict[str, StepInfo] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    pending_joins: list[tuple[FileScope, StepSource, list[str]]] = field(default_factory=list)
    files: list[FileScope] = field(default_factory=list)

    # ------------------------------------------------------------------------------------------------------- findings

    def finding(
        self,
        code: str,
        place: Scalar,
        de: str,
        en: str,
        *,
        body: tuple[Text, ...] = (),
        advice: tuple[Advice, ...] = (),
        caret: Text | None = None,
        fix: Fix | None = None,
        related: tuple[Label, ...] = (),
    ) -> None:
        """Report one error at a scalar."""
        self.ctx.report(Diagnostic(code, "error", place.span, Text(de, en), caret, body, related, advice, fix))

    # --------------------------------------------------------------------------------------------------------- layout

    def new_flow(self, flow_id: str, parent: str) -> FlowBuilder:
        """Begin a flow; `parent` is the flow whose place owns its runs."""
        builder = FlowBuilder(flow_id)
        self.flows[flow_id] = builder
        self.parents[flow_id] = parent
        return builder

    def lay_out_file(self, file: FileScope, builder: FlowBuilder, block: Block) -> None:
        """Give all steps of a file their places: main steps in `block`, side branches in flows of their own."""
        self.files.append(file)
        for step in walk(file.source.steps):
            file.steps.setdefault(step.id, step)
        file.side = self._side_steps(file)
        stage_of = self._stage_chain(file)
        blocks: dict[str, Block] = {}
        side_blocks: dict[str, tuple[FlowBuilder, Block]] = {}
        for step in file.source.steps:
            root = file.side.get(step.id)
            if root is not None:
                if root not in side_blocks:
                    side = self.new_flow("~" + file.full(root), builder.id)
                    side_blocks[root] = (side, side.top)
                where, inner = side_blocks[root]
            else:
                where, inner = builder, block
                for stage in stage_of.get(step.id, ()):
                    if stage.id not in blocks:
                        blocks[stage.id] = self._open_stage(file, stage, builder, inner)
                    inner = blocks[stage.id]
            self.lay_out(self, file, step, where, inner)

    def _open_stage(self, file: FileScope, stage: StageSource, builder: FlowBuilder, parent: Block) -> Block:
        title = stage.title.text if stage.title else ""
        opened = builder.container(
            file.full(stage.id), file.full(stage.id), "stage", parent, title=title, at=str(stage.key.span)
        )
        file.stages[stage.id] = (stage, opened)
        file.builders[stage.id] = builder
        self.stages[file.full(stage.id)] = Stage(
            file.full(stage.id), title, tuple(file.full(s.text) for s in stage.steps), str(stage.key.span)
        )
        return opened

    def _stage_chain(self, file: FileScope) -> dict[str, tuple[StageSource, ...]]:
        """For every top-level step of the file: the stages around it, outermost first."""
        by_id = {stage.id: stage for stage in file.source.stages}
        parent: dict[str, StageSource] = {}
        tops = {step.id for step in file.source.steps}
        for stage in file.source.stages:
            for member in stage.steps:
                if member.text not in tops and member.text not in by_id:
                    self.unknown_step(file, member)
                elif member.text in parent and parent[member.text] is not stage:
                    self.finding(
                        "AW206",
                        member,
                        f"„{member.text}“ gehört schon zum Abschnitt „{parent[member.text].id}“",
                        f"“{member.text}” already belongs to stage “{parent[member.text].id}”",
                        body=(Text("Abschnitte überlappen sich nicht.", "Stages do not overlap."),),
                    )
                else:
                    parent[member.text] = stage
        chains = {}
        for step in file.source.steps:
            chain: list[StageSource] = []
            at = step.id
            while at in parent and parent[at] not in chain:
                chain.insert(0, parent[at])
                at = parent[at].id
            chains[step.id] = tuple(chain)
        return chains

    def _side_steps(self, file: FileScope) -> dict[str, str]:
        """Top-level steps that only side branches (`also`) reach, each with the root of its branch."""
        tops = {step.id: step for step in file.source.steps}
        stages = {stage.id: stage for stage in file.source.stages}

        def follow(start: str) -> set[str]:
            seen: set[str] = set()
            todo = [start]
            while todo:
                at = todo.pop()
                if at in stages:
                    first = next((m.text for m in stages[at].steps), None)
                    at = first if first is not None else at
                if at in seen or at not in tops:
                    continue
                seen.add(at)
                todo += [target.name for target in targets(tops[at]) if not target.word]
                for stage in stages.values():
                    if at in {member.text for member in stage.steps}:
                        todo += [e.next.name for e in stage.events if e.next and not e.next.word]
                        todo += [t.next.name for t in stage.after if t.next and not t.next.word]
                        if stage.deadline is not None:
                            way = stage.deadline.get("next")
                            todo += [way.text] if isinstance(way, Scalar) else []
            return seen

        starts = [step.id for step in file.source.steps if step.get("start") is not None]
        if file.source.steps:
            starts.append(file.source.steps[0].id)
        main: set[str] = set()
        for start in starts:
            main |= follow(start)
        wide = [event.next for event in file.source.events] + [timer.next for timer in file.source.after]
        for way in wide:
            if way is not None and not way.word:
                main |= follow(way.name)
        roots = [also for _, also in alsos(file.source)]
        side: dict[str, str] = {}
        for root in roots:
            if root.name in main:
                self.finding(
                    "AW207",
                    root.scalar,
                    f"„{root.name}“ liegt auf dem Hauptweg und kann nicht zugleich nebenher laufen",
                    f"“{root.name}” is on the main way and cannot run on the side as well",
                    body=(
                        Text(
                            "Nebenwege („also“) haben eigene Schritte und enden mit „done“.",
                            "Side branches (“also”) have steps of their own and end with “done”.",
                        ),
                    ),
                )
                continue
            for step_id in _follow_side(root.name, tops):
                if step_id not in main:
                    side.setdefault(step_id, root.name)
        return side

    # -------------------------------------------------------------------------------------------------------- targets

    def land(self, file: FileScope, at: Block, target: TargetSource | None, source: str) -> Landing | None:
        """Where a way from a step in block `at` leads; reports and returns None if it leads nowhere.

        `source` is the id of the step the way comes from (a net `join` has one place per incoming way).
        """
        if target is None:
            return None
        if target.word:
            return self._land_word(file, at, target, source)
        if target.name in file.stages and target.name not in file.sites:
            stage, _ = file.stages[target.name]
            first = next((m.text for m in stage.steps if m.text in file.sites), None)
            if first is None:
                self.unknown_step(file, target.scalar)
                return None
            return self._land_site(file, at, file.sites[first], target, source)
        site = file.sites.get(target.name)
        if site is None:
            self.unknown_step(file, target.scalar)
            return None
        return self._land_site(file, at, site, target, source)

    def _land_site(self, file: FileScope, at: Block, site: Site, target: TargetSource, source: str) -> Landing | None:
        if site.block.scope is not at.scope:
            self.finding(
                "AW208",
                target.scalar,
                f"Von hier führt kein Weg unmittelbar zu „{target.name}“",
                f"No way leads from here straight to “{target.name}”",
                body=(
                    Text(
                        "Ein Zweig, Element, Nebenweg oder Baustein endet nur mit „done“; danach geht es weiter.",
                        "A branch, an element, a side branch and a block only end with “done”; then the case goes on.",
                    ),
                ),
                advice=(Advice(TRY, same("next: done")),),
            )
            return None
        step = file.steps.get(target.name)
        if step is not None and step.kind == "end":
            return self.land_on_end(file, site, step)
        if step is not None and step.kind == "join":
            return Landing((self._join_input(file, site, step, source),), site.block)
        return Landing(tuple(site.entry), site.block)

    def land_on_end(self, file: FileScope, site: Site, step: StepSource) -> Landing:
        """A way to an `end` step: it ends the case, unless it waits for the rest to finish."""
        outcome = step.value.text if isinstance(step.value, Scalar) else "settled"
        waits = (step.text("rest") or step.key).text == "wait"
        return Landing(tuple(site.entry), site.block, "" if waits else outcome)

    def _land_word(self, file: FileScope, at: Block, target: TargetSource, source: str) -> Landing | None:
        scope = at.scope
        builder = self.builder_of(scope)
        name = target.name
        if target.word == "end" and file.outer is not None:
            self.finding(
                "AW208",
                target.scalar,
                "Ein Baustein beendet nicht den Vorgang; er endet mit einem seiner Ergebnisse",
                "A block does not end the case; it ends with one of its outcomes",
            )
            return None
        if file.use is not None and scope is file.use:
            return self._land_outcome(file, target)
        if target.word == "end":
            outcome = name or "settled"
            if scope.kind != "top" or builder.id:
                return Landing((), builder.top, end=outcome)
            place = f"end:{outcome}"
            if place not in builder.places:
                builder.place(place, place, "end", builder.top, title=outcome, at=str(target.scalar.span))
            return Landing((place,), builder.top, end=outcome)
        if scope.kind == "branch":
            return Landing((scope.id + ".done",), scope, done="")
        if builder.id:
            return Landing((), builder.top, done=name or "done")
        self.finding(
            "AW208",
            target.scalar,
            "„done“ beendet einen Zweig, ein Element oder einen Nebenweg; hier ist keiner",
            "“done” ends a branch, an element or a side branch; there is none here",
            advice=(Advice(TRY, same("next: end settled")),),
        )
        return None

    def _land_outcome(self, file: FileScope, target: TargetSource) -> Landing | None:
        """Inside a building block, `done <outcome>` goes where the caller's step says."""
        assert file.outer is not None and file.call is not None and file.block is not None and file.use is not None
        name = target.name or "done"
        declared = file.block.outcomes or ("done",)
        if name not in declared:
            best = closest(name, declared)
            self.finding(
                "AW103",
                target.scalar,
                f"Der Baustein „{file.block.id}“ hat kein Ergebnis „{name}“",
                f"The block “{file.block.id}” has no outcome “{name}”",
                advice=(
                    Advice(
                        TRY,
                        same(f"done {best or declared[0]}"),
                    ),
                ),
            )
            return None
        landing = self.land_after(file.outer, file.call, name)
        if landing is None:
            return None
        step = file.outer.full(file.call.id)
        return Landing(landing.places, landing.block, landing.end, landing.done, (*landing.completes, (step, name)))

    def land_after(self, file: FileScope, step: StepSource, outcome: str) -> Landing | None:
        """Where a step goes on with an outcome: its `outcomes`, else its `branch` place, else its `next`."""
        site = file.sites[step.id]
        way = next((w for w in step.ways if w.id == outcome), None)
        if way is not None:
            return self.land(file, site.block, way.next, step.id)
        if step.branch:
            return Landing((file.full(step.id) + ".out",), site.block)
        if step.next is not None:
            return self.land(file, site.block, step.next, step.id)
        if site.block.scope.kind != "top" or self.builder_of(site.block.scope).id:
            return self._land_word(file, site.block, TargetSource(Scalar.made("done", step.key.span)), step.id)
        self.finding(
            "AW202",
            step.key,
            f"Nach „{step.id}“ fehlt der nächste Schritt" + (f" für „{outcome}“" if outcome != "done" else ""),
            f"After “{step.id}” the next step is missing" + (f" for “{outcome}”" if outcome != "done" else ""),
            body=(Text("Ein Vorgang bliebe hier stehen.", "A case would stop here."),),
            advice=(Advice(TRY, Text("next: <Schritt>", "next: <step>")),),
        )
        return None

    def _join_input(self, file: FileScope, site: Site, step: StepSource, source: str) -> str:
        inputs = next(inputs for f, s, inputs in self.pending_joins if f is file and s is step)
        place = f"{file.full(step.id)}<{source}"
        builder = self.builder_of(site.block)
        if place not in builder.places:
            builder.place(place, file.full(step.id), "join", site.block, title=step.id, at=str(step.key.span))
            site.places.append(place)
            inputs.append(place)
        return place

    def unknown_step(self, file: FileScope, scalar: Scalar) -> None:
        """AW103: a way to a step that is not there, with the name that was probably meant."""
        name = scalar.text
        if " " in name.strip() or not name[:1].islower():
            self._caption_for_step(file, scalar)
            return
        known = [*file.steps, *file.stages]
        best = closest(name, known)
        line = self.ctx.line_with(scalar, best) if best else ""
        advice = (Advice(TRY, same(line)),) if best else ()
        key = file.steps[best].key if best in file.steps else file.stages[best][0].key if best in file.stages else None
        self.finding(
            "AW103",
            scalar,
            f"Einen Schritt „{name}“ gibt es nicht",
            f"There is no step “{name}”",
            body=(Text(f"Ähnlich heißt „{best}“.", f"“{best}” is similar."),) if best else (),
            advice=(
                *advice,
                Advice(
                    Text("Sonst", "Or"),
                    Text(
                        "Soll es ein neuer Schritt werden? amtsweg fix legt ihn an und fragt nach der Art.",
                        "Is it to be a new step? amtsweg fix creates it and asks for its kind.",
                    ),
                ),
            )
            if best
            else (),
            fix=Fix("ask", (Edit(scalar.span, best),) if best else ()),
            related=(Label(key.span, Text("gemeint?", "meant?")),) if key is not None else (),
        )

    def _caption_for_step(self, file: FileScope, scalar: Scalar) -> None:
        """AW107: the short form `outcome: step` was given a caption."""
        name = scalar.text
        ways = [way for step in file.steps.values() for way in step.ways if way.next is not None]
        way = next((one.id for one in ways if one.next is not None and one.next.scalar is scalar), "")
        line = f"{way}: {{title: {name}, next: …}}" if way else "next: …"
        self.finding(
            "AW107",
            scalar,
            f"„{name}“ ist ein Titel; erwartet wird der nächste Schritt",
            f"“{name}” is a caption; the next step is wanted here",
            body=(
                Text(
                    "Hinter dem Doppelpunkt steht, wohin der Vorgang geht.",
                    "Behind the colon stands where the case goes.",
                ),
            ),
            advice=(Advice(TRY, same(line)),),
            fix=Fix("none"),
        )

    def builder_of(self, block: Block) -> FlowBuilder:
        """The flow a block belongs to."""
        top = block.chain[0]
        return next(builder for builder in self.flows.values() if builder.top is top)

    # ----------------------------------------------------------------------------------------------------------- ways

    def go(
        self,
        file: FileScope,
        builder: FlowBuilder,
        leaving: list[str],
        block: Block,
        landing: Landing | None,
        cause: Cause,
        *,
        name: str,
        need: list[str] | list[Need],
        none: Iterable[str] = (),
        completes: tuple[tuple[str, str], ...] = (),
        **more: Unpack[Way],
    ) -> Transition | None:
        """Add the transition of one way (R3): what is left is cleared, what contains the target is marked."""
        if landing is None:
            return None
        clear, put = builder.route(leaving, block, landing)
        if landing.done and not landing.end:
            clear, put = tuple(builder.top.inside), ()
        return builder.move(
            name,
            cause,
            need=need,
            clear=clear,
            put=put,
            none=none,
            end=landing.end,
            done=landing.done,
            completes=(*completes, *landing.completes),
            **more,
        )


def walk(steps: tuple[StepSource, ...]) -> Iterator[StepSource]:
    """All steps, those inside branches and elements included, in written order."""
    for step in steps:
        yield step
        yield from walk(step.steps)
        for branch in step.branches:
            yield from walk(branch.steps)


def targets(step: StepSource) -> Iterator[TargetSource]:
    """Every target a step's own ways name (not those of side branches)."""
    for way in (*step.ways, *step.branch):
        if way.next is not None:
            yield way.next
    if step.next is not None:
        yield step.next
    otherwise = step.text("else")
    if otherwise is not None:
        yield TargetSource(otherwise)
    back = step.text("back")
    if back is not None:
        yield TargetSource(back)
    for event in step.events:
        if event.next is not None:
            yield event.next
    for timer in step.after:
        if timer.next is not None:
            yield timer.next
    if step.kind == "fork":
        yield from (TargetSource(scalar) for scalar in scalars(step.value))
    for inner in step.steps:
        yield from targets(inner)
    for branch in step.branches:
        for inner in branch.steps:
            yield from targets(inner)


def alsos(source: FlowSource) -> Iterator[tuple[EventSource | TimerSource, TargetSource]]:
    """Every `also` of the file, with the event or timer that names it."""
    holders: list[EventSource | TimerSource] = [*source.events, *source.after]
    for stage in source.stages:
        holders += [*stage.events, *stage.after]
    for step in walk(source.steps):
        holders += [*step.events, *step.after]
        for branch in step.branches:
            holders += [*branch.events, *branch.after]
    for holder in holders:
        if holder.also is not None:
            yield holder, holder.also


def _follow_side(start: str, tops: dict[str, StepSource]) -> list[str]:
    found: list[str] = []
    todo = [start]
    while todo:
        at = todo.pop(0)
        if at in found or at not in tops:
            continue
        found.append(at)
        todo += [target.name for target in targets(tops[at]) if not target.word]
    return found
