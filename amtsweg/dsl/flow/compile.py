"""All flows of a procedure: lay out the steps, then connect them, then say where every slot lives.

In: the flow as it was written (`FlowSource`) and a `FlowContext`. Out: `FlowResult` with frozen flows, steps, stages
and clocks. Two passes, because a way may lead to a step that is written below: `lay_out` gives every step its places,
`connect` its transitions. A `for_each` and every side branch (`also`) become flows of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from amtsweg.dsl.flow.build import Build
from amtsweg.dsl.flow.files import FileScope, FlowContext, Scope
from amtsweg.dsl.flow.layout import Block, FlowBuilder
from amtsweg.dsl.flow.source import FlowSource
from amtsweg.dsl.flow.steps import connect_file, lay_out
from amtsweg.dsl.flow.ways import connect_case
from amtsweg.dsl.procedure import Clock, Flow, Stage, StepInfo

CASE = "case"
"""The place that is marked as long as the case is open, where the procedure itself has events or timers."""


@dataclass(frozen=True, slots=True)
class FlowResult:
    """What the flow compiler gives: flows by id ("" is the main one), steps and stages for people, clocks."""

    flows: dict[str, Flow]
    steps: dict[str, StepInfo]
    stages: dict[str, Stage]
    clocks: dict[str, Clock]


def build_flows(ctx: FlowContext, source: FlowSource, scope: Scope) -> FlowResult:
    """Compile all flows of a procedure.

    Findings go to the context; what could not be compiled is left out, so that everything else is still checked.
    """
    build = Build(ctx, lay_out)
    main = build.new_flow("", "")
    file = FileScope(source, scope)
    whole = _open_case(main) if source.events or source.after else main.top
    build.lay_out_file(file, main, whole)
    if source.steps and source.steps[0].id in file.sites:
        main.start = list(file.sites[source.steps[0].id].entry)
        site = file.sites[source.steps[0].id]
        main.start = [block.id for block in site.block.chain if block.id] + main.start
    done = 0
    while done < len(build.files):
        connect_file(build, build.files[done])
        done += 1
    if whole is not main.top:
        connect_case(build, file, whole)
    slots = _homes(build)
    flows = {flow_id: builder.finish(slots.get(flow_id, ())) for flow_id, builder in build.flows.items()}
    return FlowResult(flows, build.infos, build.stages, build.clocks)


def _open_case(main: FlowBuilder) -> Block:
    """The block around the whole procedure that holds its `events` and `after`; a flow without these needs none."""
    block = main.container(CASE, CASE, "stage", main.top)
    block.kind = "case"
    return block


def _homes(build: Build) -> dict[str, tuple[str, ...]]:
    """A slot lives in the run of the outermost flow that writes it (SEMANTICS 1, Values)."""
    writers: dict[str, set[str]] = {}
    for flow_id, builder in build.flows.items():
        written = {w.slot for t in builder.transitions for w in t.write}
        for draft in builder.places.values():
            task, job = draft.specs.get("task"), draft.specs.get("job")
            written |= {task.slot} if task and task.form else set()
            written |= {job.slot} if job and job.slot else set()
            written |= {listen.slot for listen in draft.listens if listen.slot}
        for slot in written:
            writers.setdefault(slot, set()).add(flow_id)

    def ancestors(flow_id: str) -> list[str]:
        found = []
        while flow_id:
            flow_id = build.parents[flow_id]
            found.append(flow_id)
        return found

    homes: dict[str, list[str]] = {}
    for slot, flows in writers.items():
        for flow_id in sorted(flows):
            if not any(up in flows for up in ancestors(flow_id)):
                homes.setdefault(flow_id, []).append(slot)
    return {flow_id: tuple(sorted(slots)) for flow_id, slots in homes.items()}
