"""What is certainly known at each place: a forward walk over the state space of a flow.

In: a flow's reachability graph (`soundness.Walk`). Out: for every transition and entered place the facts that hold
on all ways there: slots that were written, steps that were completed. Facts of a building block's inside are forgotten
when it is entered anew. Used by V5 (a value is read only where it is certainly set) and V4 (races).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from amtsweg.dsl.check.soundness import END, Move, Walk
from amtsweg.dsl.marking import Marking
from amtsweg.dsl.nets.explore import Graph, explore
from amtsweg.dsl.procedure import Flow, Machine, Transition

Facts = frozenset[str]
"""`antrag` for a slot, `step:pruefen` for a step that was completed."""


@dataclass
class Known:
    """The facts of one flow: before each transition, at each place, and how a state was reached."""

    flow: Flow
    graph: Graph[Marking, Move]
    before: dict[str, Facts] = field(default_factory=dict)
    at: dict[str, Facts] = field(default_factory=dict)

    def trace_to(self, place: str) -> tuple[str, ...]:
        """The transitions of a shortest way to a place, also one that is only passed."""
        by_id = {t.id: t for t in self.flow.transitions}
        for index, state in enumerate(self.graph.states):
            if place in state:
                return tuple(name for move in self.graph.path(index) for name in move.fired)
            for move, _ in self.graph.steps[index]:
                for number, name in enumerate(move.fired):
                    if place in by_id[name].put:
                        before = tuple(n for m in self.graph.path(index) for n in m.fired)
                        return (*before, *move.fired[: number + 1])
        return ()

    def way_without(self, fact: str, place: str) -> tuple[str, ...]:
        """The steps of a shortest way to a place on which a fact was never established."""
        by_id = {t.id: t for t in self.flow.transitions}
        seen = {0}
        todo: list[tuple[int, tuple[str, ...]]] = [(0, ())]
        while todo:
            here, trail = todo.pop(0)
            if place in self.graph.states[here]:
                return trail
            for move, target in self.graph.steps[here]:
                fired = [by_id[name] for name in move.fired]
                if target in seen or any(fact in gains(t) for t in fired):
                    continue
                steps = [t.step for t in fired if t.own or t.cause.kind != "auto"]
                passed = next((True for t in fired if place in t.put), False)
                way = (*trail, *(s for s in steps if not trail or s != trail[-1]))
                if passed:
                    return way
                seen.add(target)
                todo.append((target, way))
        return ()


def gains(transition: Transition) -> set[str]:
    """What is known after a move that was not before."""
    found = {write.slot for write in transition.write}
    return found | {f"step:{step}" for step, _ in transition.completes}


def known(machine: Machine) -> dict[str, Known]:
    """The facts of all flows; runs begin with what is known at the place that owns them."""
    parents = owners(machine)
    done: dict[str, Known] = {}
    todo = list(machine.flows)
    while todo:
        flow_id = todo.pop(0)
        parent = parents.get(flow_id)
        if parent is not None and parent[0] not in done and parent[0] in machine.flows:
            todo.append(flow_id)
            if all(parents.get(f, ("", ""))[0] not in done for f in todo if f):
                parent = None
            else:
                continue
        inherited: Facts = frozenset()
        if parent is not None and parent[0] in done:
            inherited = done[parent[0]].at.get(parent[1], frozenset())
        done[flow_id] = _walk(machine, machine.flows[flow_id], inherited)
    return done


def owners(machine: Machine) -> dict[str, tuple[str, str]]:
    """For each flow that runs inside another: (flow, place) that owns its runs."""
    found: dict[str, tuple[str, str]] = {}
    for flow in machine.flows.values():
        for place in flow.places.values():
            if place.runs is not None:
                found[place.runs.flow] = (flow.id, place.id)
        for transition in flow.transitions:
            if transition.spawn:
                found.setdefault(transition.spawn, (flow.id, transition.cause.place))
    return found


def _walk(machine: Machine, flow: Flow, inherited: Facts) -> Known:
    walk = Walk(machine, flow)
    root: Marking = frozenset({"\0begin"})

    def successors(marking: Marking) -> Iterator[tuple[Move, Marking]]:
        return iter(walk.first()) if marking == root else walk.successors(marking)

    graph: Graph[Marking, Move] = explore(root, successors, 50_000, 3.0)
    by_id = {t.id: t for t in flow.transitions}
    result = Known(flow, graph)
    states: list[Facts | None] = [None] * len(graph.states)
    states[0] = inherited
    for place in flow.start:
        result.at[place] = inherited
    todo = [0]
    while todo:
        here = todo.pop()
        facts_here = states[here]
        assert facts_here is not None
        for move, target in graph.steps[here]:
            facts = facts_here
            for name in move.fired:
                transition = by_id[name]
                result.before[name] = result.before.get(name, facts) & facts
                facts = facts | gains(transition)
                for place in transition.put:
                    found = flow.places.get(place)
                    if found is not None and found.fresh:
                        prefix = place + "/"
                        facts = frozenset(f for f in facts if not f.removeprefix("step:").startswith(prefix)) | gains(
                            transition
                        )
                    result.at[place] = result.at.get(place, facts) & facts
            if END in graph.states[target]:
                continue
            old = states[target]
            new = facts if old is None else old & facts
            if new != old:
                states[target] = new
                todo.append(target)
    for index, state in enumerate(graph.states):
        facts_of = states[index]
        if facts_of is None:
            continue
        for place in state:
            if place in flow.places:
                result.at[place] = result.at.get(place, facts_of) & facts_of
    return result
