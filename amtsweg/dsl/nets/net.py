"""A net as plain numbers, and what makes it a workflow net.

In: names, arcs with weights, tokens. Out: `Net`, and `Workflow`, the net together with the places where a case
begins and ends.

Why integers: every algorithm of this package compares and adds markings millions of times. A marking is packed into one
Python integer, a field of bits per place with a spare guard bit on top (`Packing`). Then firing is one addition, "is it
enabled" and "does it cover" are one subtraction and one mask, whatever the size of the net, and a marking hashes at the
speed of an integer. The width of a field is chosen by the search, which starts narrow and widens when one is full.

Why several ends are allowed: tools of business people let a model have many end events and stop when nothing is left to
do. We take that meaning (implicit termination; Kiepuszewski, ter Hofstede, van der Aalst 2003): a case is finished when
only ends are marked, each at most once, and at least one. With a single end this is exactly van der Aalst's definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Arcs = tuple[tuple[int, int], ...]
"""Pairs (place, weight), sorted by place, weights at least 1."""


@dataclass(frozen=True, slots=True)
class Net:
    """Places and transitions by number; `pre[t]` and `post[t]` are the arcs of transition t, `tokens` those given."""

    name: str
    places: tuple[str, ...]
    transitions: tuple[str, ...]
    pre: tuple[Arcs, ...]
    post: tuple[Arcs, ...]
    tokens: Arcs = ()

    def producers(self) -> tuple[tuple[int, ...], ...]:
        """For each place the transitions that put tokens on it."""
        return _by_place(len(self.places), self.post)

    def consumers(self) -> tuple[tuple[int, ...], ...]:
        """For each place the transitions that take tokens from it."""
        return _by_place(len(self.places), self.pre)


def make_net(
    places: Sequence[str],
    transitions: Sequence[tuple[str, Mapping[str, int] | Iterable[str], Mapping[str, int] | Iterable[str]]],
    tokens: Mapping[str, int] | None = None,
    name: str = "",
) -> Net:
    """A net from names: transitions are (name, inputs, outputs), inputs and outputs names or names with weights.

    Raises KeyError for an arc to an unknown place, ValueError for a double place or a weight below 1.
    """
    number = {place: index for index, place in enumerate(places)}
    if len(number) != len(places):
        raise ValueError("two places have the same name")

    def arcs(given: Mapping[str, int] | Iterable[str]) -> Arcs:
        weights: dict[int, int] = {}
        pairs = given.items() if isinstance(given, Mapping) else ((place, 1) for place in given)
        for place, weight in pairs:
            if weight < 1:
                raise ValueError(f"the weight of {place} is {weight}")
            weights[number[place]] = weights.get(number[place], 0) + weight
        return tuple(sorted(weights.items()))

    return Net(
        name,
        tuple(places),
        tuple(transition for transition, _, _ in transitions),
        tuple(arcs(before) for _, before, _ in transitions),
        tuple(arcs(after) for _, _, after in transitions),
        arcs(tokens or {}),
    )


@dataclass(frozen=True, slots=True)
class Workflow:
    """A net in which a case begins with the tokens `start` and is finished when only places of `ends` are marked."""

    net: Net
    start: Arcs
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NotWorkflow:
    """Why no beginning or no end could be found."""

    reason: str


def workflow(net: Net) -> tuple[Workflow | NotWorkflow, tuple[str, ...]]:
    """Find beginning and ends; the second value are notes on what was understood or mended.

    The beginning is the marking of the file, else the one place without inputs. The ends are the places without
    outputs. Transitions without outputs (and, if there is no marking, without inputs) get a place of their own, as in
    models whose start and end events are transitions. Places without any arc are left out.
    """
    notes: list[str] = []
    net, mended = _mend(net)
    notes.extend(mended)
    producers, consumers = net.producers(), net.consumers()
    sources = [p for p in range(len(net.places)) if not producers[p] and consumers[p]]
    ends = tuple(p for p in range(len(net.places)) if not consumers[p])
    if not net.transitions:
        return NotWorkflow("it has no transitions"), tuple(notes)
    if not ends:
        return NotWorkflow("it has no end: every place has an outgoing arc"), tuple(notes)
    start = net.tokens
    if not start:
        if not sources:
            return NotWorkflow("it has no beginning: no tokens, and every place has an incoming arc"), tuple(notes)
        if len(sources) > 1:
            names = ", ".join(net.places[p] for p in sources[:5])
            return NotWorkflow(f"it has {len(sources)} beginnings ({names}) and no tokens"), tuple(notes)
        start = ((sources[0], 1),)
    elif start != tuple((p, 1) for p in sources):
        notes.append("begins with the tokens of the file, which are not one on each place without inputs")
    if len(ends) > 1:
        notes.append(f"{len(ends)} ends: finished when only ends are marked, each at most once")
    return Workflow(net, start, ends), tuple(notes)


def _mend(net: Net) -> tuple[Net, list[str]]:
    notes: list[str] = []
    touched = {p for arcs in (*net.pre, *net.post) for p, _ in arcs}
    marked = {p for p, _ in net.tokens}
    kept = [p for p in range(len(net.places)) if p in touched or p in marked]
    if len(kept) < len(net.places):
        notes.append(f"{len(net.places) - len(kept)} places without arcs left out")
    number = {p: index for index, p in enumerate(kept)}
    places = [net.places[p] for p in kept]
    pre = [tuple((number[p], w) for p, w in arcs) for arcs in net.pre]
    post = [tuple((number[p], w) for p, w in arcs) for arcs in net.post]
    for side, word, wanted in ((post, "end", True), (pre, "start", not net.tokens)):
        for t, arcs in enumerate(side):
            if wanted and not arcs:
                side[t] = ((len(places), 1),)
                places.append(f"{word} of {net.transitions[t]}")
                notes.append(f'place "{places[-1]}" added, since {net.transitions[t]} has none')
    tokens = tuple((number[p], n) for p, n in net.tokens)
    return Net(net.name, tuple(places), net.transitions, tuple(pre), tuple(post), tokens), notes


def _by_place(count: int, arcs: tuple[Arcs, ...]) -> tuple[tuple[int, ...], ...]:
    users: list[list[int]] = [[] for _ in range(count)]
    for t, pairs in enumerate(arcs):
        for place, _ in pairs:
            users[place].append(t)
    return tuple(tuple(found) for found in users)


@dataclass(frozen=True, slots=True)
class Packing:
    """Markings of `count` places as integers, `width` bits each; the top bit of a field is a guard and always 0.

    `guards` has all the guard bits set: `((m | guards) - other) & guards == guards` says that m covers other.
    A field holds at most `limit` tokens; a sum with a guard bit set has overflowed.
    """

    count: int
    width: int
    guards: int
    limit: int

    def pack(self, arcs: Arcs) -> int:
        """One integer for the given tokens. Raises OverflowError if a field cannot hold them."""
        marking = 0
        for place, tokens in arcs:
            if tokens > self.limit:
                raise OverflowError("more tokens than a field can hold")
            marking |= tokens << (place * self.width)
        return marking

    def unpack(self, marking: int) -> Arcs:
        """The marked places with their tokens."""
        found: list[tuple[int, int]] = []
        mask = (1 << self.width) - 1
        while marking:
            place = ((marking & -marking).bit_length() - 1) // self.width
            found.append((place, (marking >> (place * self.width)) & mask))
            marking &= ~(mask << (place * self.width))
        return tuple(found)


def packing(count: int, width: int) -> Packing:
    """A packing for `count` places with fields of `width` bits (at least 2)."""
    guard = 1 << (width - 1)
    guards = sum(guard << (p * width) for p in range(count))
    return Packing(count, width, guards, guard - 1)
