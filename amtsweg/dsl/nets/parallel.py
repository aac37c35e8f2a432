"""Which places can be marked together (may-happen-in-parallel).

In: a `Workflow`. Out: `Parallel`, the pairs of places that some reachable marking marks both, and whether it is exact.

Why two ways. As long as the state space is small, the pairs are read off it and are exact. When it is too large, the
least relation closed under "what may be marked together before a step may be so after it" is computed instead
(Kovalyov 1992; Kovalyov and Esparza 1996): polynomial, never misses a pair, and exact for sound free-choice nets. Races
are looked for in it, so to err on the side of too many pairs is the safe side; `exact` says which it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from time import monotonic

from amtsweg.dsl.nets.net import Workflow
from amtsweg.dsl.nets.search import WIDTHS, machine


@dataclass(frozen=True, slots=True)
class Parallel:
    """`pairs` of place numbers (smaller first); a pair (p, p) says that p can hold two tokens."""

    pairs: frozenset[tuple[int, int]]
    exact: bool

    def together(self, p: int, q: int) -> bool:
        """Can both be marked at once?"""
        return (min(p, q), max(p, q)) in self.pairs


def parallel(flow: Workflow, cap_states: int = 20_000, cap_seconds: float = 1.0) -> Parallel:
    """The pairs of places that can be marked together.

    Parameters
    ----------
    flow: the net, bounded or not.
    cap_states, cap_seconds: how far to look for the exact answer before the bound is taken.
    """
    until = monotonic() + cap_seconds
    for width in WIDTHS:
        try:
            exact = _walked(flow, width, cap_states, until)
        except OverflowError:
            continue
        return Parallel(_closed(flow), False) if exact is None else Parallel(exact, True)
    return Parallel(_closed(flow), False)


def _walked(flow: Workflow, width: int, cap_states: int, until: float) -> frozenset[tuple[int, int]] | None:
    net = machine(flow, width)
    everything = (1 << net.count) - 1
    seen = {net.start}
    work = [net.start]
    pairs: set[tuple[int, int]] = set()
    while work:
        if len(seen) > cap_states or monotonic() > until:
            return None
        marking = work.pop()
        marked = net.pack.unpack(marking)
        pairs.update(combinations((p for p, _ in marked), 2))
        pairs.update((p, p) for p, tokens in marked if tokens > 1)
        enabled = net.enabled(marking, everything)
        while enabled:
            low = enabled & -enabled
            enabled ^= low
            after = marking + net.delta[low.bit_length() - 1]
            if after & net.pack.guards:
                raise OverflowError
            if after not in seen:
                seen.add(after)
                work.append(after)
    return frozenset(pairs)


def _closed(flow: Workflow) -> frozenset[tuple[int, int]]:
    """The least relation; `with_[p]` is a bit set of the places that may be marked together with p."""
    net = flow.net
    count = len(net.places)
    with_ = [0] * count
    can = 0
    for p, tokens in flow.start:
        can |= 1 << p
        for q, _ in flow.start:
            if p != q or tokens > 1:
                with_[p] |= 1 << q
    before = [tuple(p for p, _ in arcs) for arcs in net.pre]
    after = [tuple(p for p, _ in arcs) for arcs in net.post]
    changed = True
    while changed:
        changed = False
        for t, inputs in enumerate(before):
            beside = (1 << count) - 1
            for place, weight in net.pre[t]:
                needed = [q for q in inputs if q != place or weight > 1]
                if not can >> place & 1 or any(not with_[place] >> q & 1 for q in needed):
                    break
                beside &= with_[place]
            else:
                beside = beside if inputs else can
                outputs = sum(1 << p for p in after[t])
                for place, weight in net.post[t]:
                    more = beside | (outputs if weight > 1 else outputs & ~(1 << place))
                    if more & ~with_[place] or not can >> place & 1:
                        changed = True
                        with_[place] |= more
                        can |= 1 << place
                        for q in range(count):
                            if more >> q & 1:
                                with_[q] |= 1 << place
    return frozenset((p, q) for p in range(count) for q in range(p, count) if with_[p] >> q & 1)
