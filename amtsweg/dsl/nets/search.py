"""The state space of a workflow net: all of it, or a part that is enough.

In: a `Workflow`, a cap. Out: `Space`, which says which property fails and by which firing sequence, or that none does,
or that the cap was hit.

What is searched for, in this order at each new marking: an end reached while something is left (*proper completion*),
more tokens than on the way here (*unbounded*: what grew once can grow for ever; Karp and Miller 1969), nothing enabled
without being finished (*option to complete*). If none is found the graph is finite, and two things remain to be read
off it: a marking from which no final one is reached (*option to complete* again, a loop without a way out), and
transitions that never fire (*dead transition*).

Why no coverability tree with omegas: a net that is unbounded is not sound and needs no further answer, so the first
growth ends the search. By Dickson's lemma every infinite path of the breadth-first tree grows somewhere, and by König's
lemma an infinite tree with finite branching has an infinite path; so looking back along the path suffices.

Why a part is enough. At each marking only the enabled members of a *strong stubborn set* (Valmari 1990) are fired: a
set closed under "an enabled member brings all that take from its inputs, a disabled one brings all producers of one
input that lacks tokens". With every transition having inputs and outputs (`net.workflow` sees to that) a final marking
enables nothing, and then the part decides soundness: let s be any marking reached from r (in the part) by w. If the
stubborn set of r contains a transition of w, its first occurrence can be moved to the front, and w gets shorter; if
not, follow the shortest way from r to a final marking: its first step commutes with all of w, and the way gets shorter.
One of both ends at zero, so s too can reach a final marking, and every transition of w was fired in the part. Growth
and improper ends then cannot exist, since tokens never vanish. Conversely stubborn sets keep all deadlocks, hence all
final markings. So "option to complete and no dead transition" holds for all markings if it holds for the part, and
whatever violation is found in the part is one of the net. Only "shortest" is lost, and the caller says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Literal

from amtsweg.dsl.nets.net import Arcs, Packing, Workflow, packing

Property = Literal["option to complete", "proper completion", "dead transition", "unbounded"]
Stopped = Literal["states", "seconds"]

WIDTHS = (4, 12, 40)
"""Field widths that are tried one after the other: up to 7, 2,047, 549,755,813,887 tokens on a place."""


@dataclass(frozen=True, slots=True)
class Space:
    """What a search found.

    `failing` is None if nothing failed (with `stopped` None: the net is sound). `trace` are transitions from the start
    to the marking that shows the violation; for "unbounded" the last `pumped` of them can be repeated for ever. `dead`
    are transitions that never fire (only known when the search was complete). `reached` is that last marking.
    """

    failing: Property | None
    trace: tuple[int, ...]
    pumped: int
    dead: tuple[int, ...]
    reached: Arcs
    states: int
    stopped: Stopped | None
    livelock: bool = False


@dataclass(slots=True)
class Machine:
    """A workflow net packed for firing; one per field width."""

    count: int
    pack: Packing
    start: int
    takes: tuple[int, ...]
    delta: tuple[int, ...]
    grows: tuple[int, ...]
    touched: tuple[tuple[int, ...], ...]
    conflicts: tuple[int, ...]
    inputs: tuple[tuple[tuple[int, int], ...], ...]
    feeders: tuple[int, ...]
    ends: int
    doubled: int
    single: bool

    def enabled(self, marking: int, candidates: int) -> int:
        """The transitions among `candidates` (a bit set) that `marking` enables."""
        guards, takes = self.pack.guards, self.takes
        lifted = marking | guards
        found = 0
        while candidates:
            low = candidates & -candidates
            candidates ^= low
            if (lifted - takes[low.bit_length() - 1]) & guards == guards:
                found |= low
        return found

    def final(self, marking: int) -> bool:
        """Only ends are marked, each once, and at least one."""
        return marking != 0 and not marking & ~self.ends

    def improper(self, marking: int) -> bool:
        """An end is marked twice, or the only end is marked and something else as well."""
        if marking & self.doubled:
            return True
        return self.single and bool(marking & self.ends) and marking != self.ends


def machine(flow: Workflow, width: int) -> Machine:
    """Pack a workflow net. Raises OverflowError if a weight or the start does not fit."""
    net = flow.net
    pack = packing(len(net.places), width)
    takes = tuple(pack.pack(arcs) for arcs in net.pre)
    puts = tuple(pack.pack(arcs) for arcs in net.post)
    consumers, producers = net.consumers(), net.producers()
    feeders = tuple(sum(1 << t for t in users) for users in producers)
    takers = tuple(sum(1 << t for t in users) for users in consumers)
    touched, conflicts = [], []
    for before, after in zip(net.pre, net.post, strict=True):
        near = clash = 0
        for p, _ in before:
            near |= takers[p]
            clash |= takers[p]
        for p, _ in after:
            near |= takers[p]
        conflicts.append(clash)
        touched.append((near, ~near))
    field = (1 << width) - 1
    ends = sum(1 << (p * width) for p in flow.ends)
    return Machine(
        count=len(net.transitions),
        pack=pack,
        start=pack.pack(flow.start),
        takes=takes,
        delta=tuple(put - take for put, take in zip(puts, takes, strict=True)),
        grows=tuple(
            sum(w for _, w in after) - sum(w for _, w in before)
            for before, after in zip(net.pre, net.post, strict=True)
        ),
        touched=tuple(touched),
        conflicts=tuple(conflicts),
        inputs=tuple(tuple((p, pack.pack(((p, w),))) for p, w in arcs) for arcs in net.pre),
        feeders=feeders,
        ends=ends,
        doubled=sum((field - 1) << (p * width) for p in flow.ends),
        single=len(flow.ends) == 1,
    )


def search(flow: Workflow, cap_states: int, until: float, partial: bool) -> Space:
    """Search breadth first until something fails, all is seen, or a cap is hit.

    Parameters
    ----------
    flow: the net.
    cap_states: the most markings to keep.
    until: the moment (`time.monotonic()`, seconds) at which to stop.
    partial: fire stubborn sets only. Ignored if a transition has no inputs or outputs, since the argument above needs
        them; then everything is searched.
    """
    partial = partial and all(flow.net.pre) and all(flow.net.post)
    for width in WIDTHS:
        try:
            return _search(machine(flow, width), cap_states, until, partial)
        except OverflowError:
            continue
    return Space(None, (), 0, (), (), 0, "states")


def _search(net: Machine, cap_states: int, until: float, partial: bool) -> Space:
    guards, takes, delta, touched = net.pack.guards, net.takes, net.delta, net.touched
    index: dict[int, int] = {net.start: 0}
    states = [net.start]
    totals = [sum(n for _, n in net.pack.unpack(net.start))]
    origin: list[tuple[int, int]] = [(-1, -1)]
    able = [net.enabled(net.start, (1 << net.count) - 1)]
    before: list[list[int]] = [[]]
    finals: list[int] = []
    fired = 0

    def space(failing: Property | None, at: int, pumped: int = 0, stopped: Stopped | None = None) -> Space:
        return Space(failing, _path(origin, at), pumped, (), net.pack.unpack(states[at]), len(states), stopped)

    bad = _look(net, 0, states, able, finals)
    if bad is not None:
        return space(bad, 0)
    here = 0
    while here < len(states):
        if here % 64 == 63 and monotonic() > until:
            return space(None, 0, stopped="seconds")
        marking, enabled = states[here], able[here]
        chosen = _stubborn(net, marking, enabled) if partial else enabled
        fired |= chosen
        while chosen:
            low = chosen & -chosen
            chosen ^= low
            t = low.bit_length() - 1
            after = marking + delta[t]
            if after & guards:
                raise OverflowError
            known = index.get(after)
            if known is not None:
                before[known].append(here)
                continue
            if len(states) >= cap_states:
                return space(None, 0, stopped="states")
            known = index[after] = len(states)
            states.append(after)
            totals.append(totals[here] + net.grows[t])
            origin.append((here, t))
            before.append([here])
            near, rest = touched[t]
            found = enabled & rest
            lifted = after | guards
            while near:
                one = near & -near
                near ^= one
                if (lifted - takes[one.bit_length() - 1]) & guards == guards:
                    found |= one
            able.append(found)
            bad = _look(net, known, states, able, finals)
            if bad is not None:
                return space(bad, known)
            pumped = _grown(net, known, states, totals, origin)
            if pumped:
                return space("unbounded", known, pumped)
        here += 1
    stuck = _stuck(len(states), before, finals)
    dead = tuple(t for t in range(net.count) if not fired >> t & 1)
    if stuck is not None:
        return Space(
            "option to complete",
            _path(origin, stuck),
            0,
            () if partial else dead,
            net.pack.unpack(states[stuck]),
            len(states),
            None,
            livelock=True,
        )
    return Space("dead transition" if dead else None, (), 0, dead, (), len(states), None)


def _look(net: Machine, at: int, states: list[int], able: list[int], finals: list[int]) -> Property | None:
    """What is wrong with one marking, looked at alone."""
    marking = states[at]
    if net.improper(marking):
        return "proper completion"
    if net.final(marking):
        finals.append(at)
    elif not able[at]:
        return "option to complete"
    return None


def _grown(net: Machine, at: int, states: list[int], totals: list[int], origin: list[tuple[int, int]]) -> int:
    """How many steps back lies a marking that this one covers strictly; 0 if there is none on the path."""
    guards = net.pack.guards
    lifted, total = states[at] | guards, totals[at]
    back, steps = origin[at][0], 1
    while back >= 0:
        if totals[back] < total and (lifted - states[back]) & guards == guards:
            return steps
        back, steps = origin[back][0], steps + 1
    return 0


def _stuck(count: int, before: list[list[int]], finals: list[int]) -> int | None:
    """The first marking from which no final one can be reached."""
    good = bytearray(count)
    for at in finals:
        good[at] = 1
    work = list(finals)
    while work:
        for source in before[work.pop()]:
            if not good[source]:
                good[source] = 1
                work.append(source)
    found = good.find(0)
    return None if found < 0 else found


def _path(origin: list[tuple[int, int]], at: int) -> tuple[int, ...]:
    steps: list[int] = []
    while origin[at][0] >= 0:
        steps.append(origin[at][1])
        at = origin[at][0]
    return tuple(reversed(steps))


def _stubborn(net: Machine, marking: int, enabled: int) -> int:
    """The enabled members of a stubborn set, the smallest over all seeds; all of `enabled` if none is smaller.

    A seed that some earlier set contained can only give a set as large or a part of it; it is tried all the same, as
    the parts are what we are after, until one with a single member is found.
    """
    best, size = enabled, enabled.bit_count()
    seeds = enabled
    while seeds and size > 1:
        seed = seeds & -seeds
        seeds ^= seed
        found = _closure(net, marking, enabled, seed, size)
        if found and found.bit_count() < size:
            best, size = found, found.bit_count()
    return best


def _closure(net: Machine, marking: int, enabled: int, seed: int, limit: int) -> int:
    """The enabled part of the closure of `seed`; 0 as soon as it has `limit` members."""
    guards = net.pack.guards
    lifted = marking | guards
    members = work = seed
    while work:
        low = work & -work
        work ^= low
        t = low.bit_length() - 1
        if low & enabled:
            more = net.conflicts[t]
        else:
            more = -1
            for place, weight in net.inputs[t]:
                if (lifted - weight) & guards != guards:
                    feeders = net.feeders[place] & ~members
                    if more < 0 or feeders.bit_count() < more.bit_count():
                        more = feeders
                        if not feeders:
                            break
        new = more & ~members
        members |= new
        work |= new
        if (members & enabled).bit_count() >= limit:
            return 0
    return members & enabled
