"""How tokens move: the five parts of a transition, as pure functions on a marking (SEMANTICS section 1).

A marking is a frozen set of place ids of one run. The engine moves cases with these functions, and the checker walks
the state space with them: what was proven is what runs. Data, guards and runs are none of this file's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from amtsweg.dsl.procedure import Flow, Place, Transition

Marking = frozenset[str]


class Net:
    """A flow, prepared for moving: which places feed which, for the or-join of imported nets.

    Parameters
    ----------
    flow: the compiled flow; it is not changed.
    """

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.automatic = tuple(
            sorted((t for t in flow.transitions if t.cause.kind == "auto"), key=lambda t: (t.rank, t.no))
        )
        self.outside = tuple(t for t in flow.transitions if t.cause.kind != "auto")

    @cached_property
    def _feeds(self) -> Mapping[str, tuple[tuple[str, Transition], ...]]:
        """For each place: the places from which a transition leads to it."""
        feeds: dict[str, list[tuple[str, Transition]]] = {}
        for transition in self.flow.transitions:
            for target in transition.put:
                for need in transition.need:
                    feeds.setdefault(target, []).extend((place, transition) for place in need.places)
        return {target: tuple(found) for target, found in feeds.items()}

    def upstream(self, place: str, join: Transition) -> frozenset[str]:
        """All places from which a token can come to `place` without passing `join`."""
        seen: set[str] = set()
        todo = [place]
        while todo:
            for source, transition in self._feeds.get(todo.pop(), ()):
                if transition.id != join.id and source not in seen:
                    seen.add(source)
                    todo.append(source)
        return frozenset(seen)

    def enabled(self, marking: Marking, transition: Transition) -> bool:
        """Whether the tokens allow this move (guards are asked elsewhere).

        `lock` looks at this run only here; the engine asks all runs of the case.
        """
        for need in transition.need:
            if sum(place in marking for place in need.places) < need.count:
                return False
        if any(place in marking for place in transition.none):
            return False
        if transition.lock and any(self.flow.places[place].lock == transition.lock for place in marking):
            return False
        if transition.quiet and not marking <= self._around(transition):
            return False
        return not transition.active or self._or_join_ready(marking, transition)

    def _around(self, transition: Transition) -> frozenset[str]:
        """The places a move needs, and the containers around them: these do not count as work that is left."""
        found = {place for need in transition.need for place in need.places}
        todo = list(found)
        while todo:
            block = self.flow.places[todo.pop()].block
            if block and block not in found:
                found.add(block)
                todo.append(block)
        return frozenset(found)

    def _or_join_ready(self, marking: Marking, join: Transition) -> bool:
        """BPMN 2.0, 13.4.3: an input is marked, and whatever may still reach an empty one also feeds a marked one."""
        full = [place for place in join.active if place in marking]
        if not full:
            return False
        covered: set[str] = set(full)
        for place in full:
            covered |= self.upstream(place, join)
        return all(
            marked in covered
            for place in join.active
            if place not in marking
            for marked in marking & self.upstream(place, join)
        )

    def fire(self, marking: Marking, transition: Transition) -> tuple[Marking, tuple[str, ...]]:
        """The marking after a move, and the places that would be marked twice (then the move is `unsafe`).

        A move that ends the case or the run leaves only what it puts.
        """
        rest = marking - frozenset(transition.clear)
        double = tuple(place for place in transition.put if place in rest)
        return rest | frozenset(transition.put), double


def entered(before: Marking, transition: Transition, flow: Flow) -> tuple[Place, ...]:
    """The places a move enters, lowest number first."""
    places = (flow.places[place] for place in transition.put)
    return tuple(sorted(places, key=lambda place: place.no))


def left(before: Marking, transition: Transition, flow: Flow) -> tuple[Place, ...]:
    """The marked places a move leaves, highest number first."""
    gone = before & frozenset(transition.clear)
    return tuple(sorted((flow.places[place] for place in gone), key=lambda place: -place.no))
