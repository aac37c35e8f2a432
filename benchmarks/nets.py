"""Soundness of 1,386 generated nets of industrial shape: ours against a plain search, in one run.

    python benchmarks/nets.py [--nets 1386] [--seed 1]

In: a seed. Out: a table: decided, verdicts, seconds for both; every verdict of the plain search compared with ours.

Why generated: the nets the yardstick speaks of (IBM's library of process models, 1,386 nets) may not be shipped. The
shapes are theirs: median about 37 places, the largest about 274, blocks inside blocks, mostly free choice, often
several ends, roughly half of them broken by a wrong join, a forgotten branch or a jump; and about two in a hundred have
parallel blocks that no plain search survives. The plain search is the same code without reductions and without stubborn
sets, so that the difference is the method and not the packing of markings.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from dataclasses import dataclass, field
from time import monotonic, perf_counter

from amtsweg.dsl.nets.net import Net, Workflow, make_net, workflow
from amtsweg.dsl.nets.search import search
from amtsweg.dsl.nets.soundness import check

CAP_STATES = 200_000
PLAIN_SECONDS = 2.0


@dataclass
class Drawing:
    """A net while it is being drawn."""

    rng: random.Random
    places: list[str] = field(default_factory=lambda: ["i", "o"])
    steps: list[tuple[str, dict[str, int], dict[str, int]]] = field(default_factory=list)

    def place(self) -> str:
        self.places.append(f"p{len(self.places)}")
        return self.places[-1]

    def step(self, before: list[str], after: list[str]) -> None:
        self.steps.append((f"t{len(self.steps)}", dict.fromkeys(before, 1), dict.fromkeys(after, 1)))

    def block(self, a: str, b: str, size: int) -> None:
        """Draw about `size` places between a and b."""
        if size < 2:
            self.step([a], [b])
            return
        kind = self.rng.choices(("sequence", "choice", "parallel", "loop"), (5, 3, 2, 1))[0]
        if kind == "sequence":
            middle, cut = self.place(), self.rng.randint(0, size - 1)
            self.block(a, middle, cut)
            self.block(middle, b, size - 1 - cut)
        elif kind == "choice":
            ways = self.rng.randint(2, 3)
            for _ in range(ways):
                self.block(a, b, size // ways)
        elif kind == "parallel" and size >= 4:
            ways = self.rng.randint(2, 3)
            pairs = [(self.place(), self.place()) for _ in range(ways)]
            self.step([a], [p for p, _ in pairs])
            for p, q in pairs:
                self.block(p, q, max(0, size // ways - 2))
            self.step([q for _, q in pairs], [b])
        else:
            middle = self.place()
            self.block(a, middle, size - 1)
            self.step([middle], [a])
            self.step([middle], [b])

    def wide(self, a: str, b: str, ways: int, length: int) -> None:
        """A parallel block of `ways` branches with `length` steps each, some with a choice in every step."""
        pairs = [(self.place(), self.place()) for _ in range(ways)]
        self.step([a], [p for p, _ in pairs])
        for p, q in pairs:
            here = p
            for k in range(length):
                there = q if k == length - 1 else self.place()
                self.step([here], [there])
                if self.rng.random() < 0.4:
                    self.step([here], [there])
                here = there
        self.step([q for _, q in pairs], [b])

    def spoil(self) -> None:
        """One thing drawn wrongly."""
        kind = self.rng.choice(("jump", "end", "join", "split", "forget", "cross"))
        inner = self.places[2:] or self.places
        if kind == "jump":
            self.step([self.rng.choice(inner)], [self.rng.choice(inner)])
        elif kind == "end":
            self.places.append(f"end{len(self.places)}")
            self.step([self.rng.choice(inner)], [self.places[-1]])
        elif kind in ("join", "forget"):
            _, before, _ = self.rng.choice([s for s in self.steps if kind == "join" or len(s[1]) > 1] or self.steps)
            if kind == "forget" and len(before) > 1:
                before.pop(self.rng.choice(list(before)))
            else:
                before[self.rng.choice(inner)] = 1
        else:
            _, _, after = self.rng.choice(self.steps)
            after[self.rng.choice(inner if kind == "cross" else [*inner, "o"])] = 1


def draw(rng: random.Random, number: int) -> Net:
    """One net; every 58th has parallel blocks of at least 8 branches with 3 steps."""
    size = min(420, max(8, round(rng.lognormvariate(4.1, 0.75))))
    drawing = Drawing(rng)
    if number % 58 == 7:
        drawing.block("i", middle := drawing.place(), min(size, 60))
        drawing.wide(middle, "o", rng.randint(8, 14), rng.randint(3, 5))
    else:
        drawing.block("i", "o", size)
    if rng.random() < 0.5:
        for _ in range(rng.choice((1, 1, 2, 3))):
            drawing.spoil()
    used = {p for _, before, after in drawing.steps for p in (*before, *after)}
    return make_net([p for p in drawing.places if p in used], drawing.steps, {"i": 1}, f"net{number}")


def is_free_choice(net: Net) -> bool:
    """Transitions that share an input place share all of them (extended free choice; Desel and Esparza 1995)."""
    shared = all(len({net.pre[step] for step in users}) <= 1 for users in net.consumers())
    return shared and all(weight == 1 for arcs in net.pre for _, weight in arcs)


def main() -> int:
    """Run both and print the table; exit code 1 if verdicts differ or ours leaves a net undecided."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--nets", type=int, default=1386)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    rng = random.Random(given.seed)
    nets = [draw(rng, number) for number in range(given.nets)]
    flows = [found for net in nets if isinstance(found := workflow(net)[0], Workflow)]
    assert len(flows) == len(nets)
    sizes = sorted(len(flow.net.places) for flow in flows)
    several = sum(len(flow.ends) > 1 for flow in flows)
    free = sum(is_free_choice(flow.net) for flow in flows)
    print(f"{len(nets)} nets, places: median {statistics.median(sizes):g}, most {sizes[-1]}")
    print(f"free choice {free}, several ends {several}")

    begin = perf_counter()
    ours = [check(net, CAP_STATES) for net in nets]
    our_seconds = perf_counter() - begin
    begin = perf_counter()
    plain = [search(flow, CAP_STATES, monotonic() + PLAIN_SECONDS, partial=False) for flow in flows]
    plain_seconds = perf_counter() - begin

    differ = 0
    for answer, space in zip(ours, plain, strict=True):
        if space.stopped is None and answer.verdict != ("unsound" if space.failing else "sound"):
            differ += 1
    kinds = {kind: sum(answer.verdict == kind for answer in ours) for kind in ("sound", "unsound", "undecided")}
    failing: dict[str, int] = {}
    for answer in ours:
        if answer.property:
            failing[answer.property] = failing.get(answer.property, 0) + 1
    told = sum(answer.verdict == "unsound" and answer.shortest for answer in ours)
    slowest = max(answer.milliseconds for answer in ours)
    decided = sum(space.stopped is None for space in plain)
    print(f"ours:  {kinds['sound'] + kinds['unsound']} decided in {our_seconds:.2f} s (slowest net {slowest:.0f} ms)")
    print(f"       {kinds}, failing {failing}, shortest trace for {told} of {kinds['unsound']}")
    print(f"plain: {decided} decided in {plain_seconds:.2f} s (caps {CAP_STATES} markings, {PLAIN_SECONDS:g} s)")
    print(f"verdicts that differ: {differ}")
    return 1 if differ or kinds["undecided"] else 0


if __name__ == "__main__":
    sys.exit(main())
