"""Making a workflow net smaller without changing whether it is sound.

In: a `Workflow` whose transitions all have inputs and outputs. Out: `Reduced`, a smaller one, and the way back from its
firing sequences to those of the original.

Why this pays: what people draw is mostly sequences, choices, parallel blocks and loops inside each other. Five local
rules (after Berthelot 1986 and Murata 1989) fold such a net into a single step in time linear in its size, whereas its
state space is the product of its parallel branches. What is left over is what is really entangled, and only that is
searched.

Why the rules are allowed. With inputs and outputs everywhere, sound means: from every reachable marking a final one can
be reached, and no transition is dead (see `search`). Each rule keeps both:

* *after* (post-agglomeration): if all that ever happens to a token on p is that t takes it alone, t may as well happen
  at once. Nothing can prevent t, so every sequence can be reordered to that form.
* *before* (pre-agglomeration): if u does nothing but mark p, is the only one to do so, and nobody else wants its
  inputs, u may wait until the token is wanted. A token on p corresponds to u not having happened yet.
* *twin places*: always marked alike; the one that demands no more than the other decides nothing.
* *twin transitions*: same inputs, same outputs.
* *idle transitions*: what gives back just what it takes changes no marking. It may only go if it is certain not to be
  the dead one, that is if another transition needs at least as much, or its one input has another producer or a token.

Why only these: rules that merge tokens of different places reduce further, but then a firing sequence of the small net
stands for several of the original, and a counter-example could no longer be told step by step. Here each transition of
the small net carries the sequence it stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from amtsweg.dsl.nets.net import Net, Workflow

Story = tuple["int | Story", ...]
"""A firing sequence, nested as it was put together, so that sharing keeps it small."""

LONGEST = 100_000
"""Longer sequences are not told (weights can multiply them without bound)."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """The small net. `stories[t]` is what its transition t stands for, `prelude` what happened before its start.

    `speaks[t]` is the original transition that is dead if t is. `rules` counts the applications of each rule.
    """

    flow: Workflow
    stories: tuple[Story, ...]
    speaks: tuple[int, ...]
    prelude: Story
    rules: tuple[tuple[str, int], ...]

    def lift(self, trace: Sequence[int]) -> tuple[int, ...] | None:
        """The firing sequence of the original net, or None if it is longer than `LONGEST`."""
        told: list[int] = []
        work: list[int | Story] = [self.stories[t] for t in reversed(trace)]
        work.append(self.prelude)
        while work:
            item = work.pop()
            if isinstance(item, int):
                told.append(item)
                if len(told) > LONGEST:
                    return None
            else:
                work.extend(reversed(item))
        return tuple(told)


class _Shrinking:
    """The net while it is being taken apart; transitions and places keep their numbers until the end."""

    def __init__(self, flow: Workflow) -> None:
        net = flow.net
        self.net = net
        self.pre = {t: dict(arcs) for t, arcs in enumerate(net.pre)}
        self.post = {t: dict(arcs) for t, arcs in enumerate(net.post)}
        self.takers: dict[int, set[int]] = {p: set(users) for p, users in enumerate(net.consumers())}
        self.makers: dict[int, set[int]] = {p: set(users) for p, users in enumerate(net.producers())}
        self.start = dict(flow.start)
        self.ends = set(flow.ends)
        self.stories: dict[int, Story] = {t: (t,) for t in self.pre}
        self.speaks = {t: t for t in self.pre}
        self.prelude: Story = ()
        self.counts: dict[str, int] = {}
        self.places = set(self.takers)

    def note(self, rule: str) -> None:
        self.counts[rule] = self.counts.get(rule, 0) + 1

    def drop_transition(self, t: int) -> None:
        for p in self.pre.pop(t):
            self.takers[p].discard(t)
        for p in self.post.pop(t):
            self.makers[p].discard(t)
        del self.stories[t], self.speaks[t]

    def drop_place(self, p: int) -> None:
        for t in self.takers.pop(p):
            del self.pre[t][p]
        for t in self.makers.pop(p):
            del self.post[t][p]
        self.start.pop(p, None)
        self.ends.discard(p)
        self.places.discard(p)

    def after(self, p: int) -> bool:
        """t takes alone what lies on p: let it happen at once."""
        if len(self.takers[p]) != 1 or p in self.ends:
            return False
        (t,) = self.takers[p]
        goods = self.post[t]
        makers, tokens = self.makers[p], self.start.get(p, 0)
        if self.pre[t] != {p: 1} or p in goods or not (makers or tokens):
            return False
        if len(makers) > 1 and len(goods) > 1:
            return False
        for u in makers:
            times = self.post[u][p]
            for q, weight in goods.items():
                self.post[u][q] = self.post[u].get(q, 0) + times * weight
                self.makers[q].add(u)
            self.stories[u] = (self.stories[u], *(self.stories[t] for _ in range(times)))
        if tokens:
            for q, weight in goods.items():
                self.start[q] = self.start.get(q, 0) + tokens * weight
            self.prelude = (self.prelude, *(self.stories[t] for _ in range(tokens)))
        self.drop_transition(t)
        self.drop_place(p)
        self.note("after")
        return True

    def before(self, p: int) -> bool:
        """u only marks p, and nobody else wants its inputs: let it wait until the token is wanted."""
        if len(self.makers[p]) != 1 or p in self.ends or p in self.start or not self.takers[p]:
            return False
        (u,) = self.makers[p]
        needs, takers = self.pre[u], self.takers[p]
        if self.post[u] != {p: 1} or p in needs or (len(takers) > 1 and len(needs) > 1):
            return False
        if any(self.takers[q] != {u} for q in needs) or any(self.pre[t][p] != 1 for t in takers):
            return False
        for t in takers:
            for q, weight in needs.items():
                self.pre[t][q] = self.pre[t].get(q, 0) + weight
                self.takers[q].add(t)
            self.stories[t] = (self.stories[u], self.stories[t])
        self.drop_transition(u)
        self.drop_place(p)
        self.note("before")
        return True

    def twin_places(self) -> bool:
        groups: dict[tuple[object, ...], list[int]] = {}
        for p in sorted(self.places):
            effect = []
            for t in self.takers[p] | self.makers[p]:
                change = self.post[t].get(p, 0) - self.pre[t].get(p, 0)
                if change:
                    effect.append((t, change))
            effect.sort()
            groups.setdefault((tuple(effect), self.start.get(p, 0), p in self.ends), []).append(p)
        changed = False
        for twins in groups.values():
            for p in twins[1:]:
                changed |= self._same(p, twins[0]) or self._same(twins[0], p, twins)
        return changed

    def _same(self, p: int, q: int, twins: list[int] | None = None) -> bool:
        """Leave p out if whoever takes from it takes at least as much from q."""
        if any(self.pre[t][p] > self.pre[t].get(q, 0) for t in self.takers[p]):
            return False
        if p in self.ends and len(self.ends) == 2:
            return False  # a net with several ends must not become one with a single end: failures are named otherwise
        if any(len(self.post[t]) == 1 for t in self.makers[p]) or any(len(self.pre[t]) == 1 for t in self.takers[p]):
            return False
        self.drop_place(p)
        self.note("twin places")
        if twins is not None:
            twins[0] = q
        return True

    def twin_transitions(self) -> bool:
        seen: set[tuple[frozenset[tuple[int, int]], frozenset[tuple[int, int]]]] = set()
        changed = False
        for t in sorted(self.pre):
            key = (frozenset(self.pre[t].items()), frozenset(self.post[t].items()))
            if key in seen:
                self.drop_transition(t)
                self.note("twin transitions")
                changed = True
            seen.add(key)
        return changed

    def idle_transitions(self) -> bool:
        changed = False
        for t in sorted(t for t in self.pre if self.pre[t] == self.post[t]):
            needs = self.pre[t]
            first = next(iter(needs))
            sure = any(
                u != t and all(self.pre[u].get(p, 0) >= weight for p, weight in needs.items())
                for u in self.takers[first]
            )
            if not sure and len(needs) == 1 and needs[first] == 1:
                sure = first in self.start or any(u != t for u in self.makers[first])
            if sure:
                self.drop_transition(t)
                self.note("idle transitions")
                changed = True
        return changed

    def run(self) -> None:
        changed = True
        while changed:
            changed = False
            for p in sorted(self.places):
                if self.after(p) or self.before(p):
                    changed = True
            changed |= self.twin_transitions()
            changed |= self.idle_transitions()
            changed |= self.twin_places()

    def result(self) -> Reduced:
        places = sorted(self.places)
        number = {p: index for index, p in enumerate(places)}
        kept = sorted(self.pre)
        names = self.net.transitions
        net = Net(
            self.net.name,
            tuple(self.net.places[p] for p in places),
            tuple(names[self.speaks[t]] for t in kept),
            tuple(tuple(sorted((number[p], w) for p, w in self.pre[t].items())) for t in kept),
            tuple(tuple(sorted((number[p], w) for p, w in self.post[t].items())) for t in kept),
        )
        return Reduced(
            Workflow(
                net,
                tuple(sorted((number[p], n) for p, n in self.start.items())),
                tuple(sorted(number[p] for p in self.ends)),
            ),
            tuple(self.stories[t] for t in kept),
            tuple(self.speaks[t] for t in kept),
            self.prelude,
            tuple(sorted(self.counts.items())),
        )


def reduce(flow: Workflow) -> Reduced:
    """Apply the rules until none applies any more.

    Raises ValueError if a transition has no inputs or no outputs: then the rules would not be safe.
    """
    if not all(flow.net.pre) or not all(flow.net.post):
        raise ValueError("a transition has no inputs or no outputs")
    shrinking = _Shrinking(flow)
    shrinking.run()
    return shrinking.result()
