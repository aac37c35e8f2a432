"""Walking a state space whose moves somebody else defines.

In: a first state and a function giving labelled successors. Out: a graph in breadth-first order.

Why breadth first: the first path found to a state is a shortest one, so one walk serves both the verdict and the
counter-example, and no second search is needed to make an example readable. Why the caller brings `successors`: the
machine of a procedure has moves that no plain net has (clear, none, n of m), and what is proven must be what runs; the
explorer therefore never looks inside a state, it only needs to hash it. Why a cap is a value and not an exception: an
unfinished walk still holds true counter-examples; only its "nothing was found" means nothing, and `stopped` says so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Generic, Literal, TypeVar

State = TypeVar("State", bound=Hashable)
Label = TypeVar("Label")

Stopped = Literal["states", "seconds", "stop"]


@dataclass(frozen=True, slots=True)
class Graph(Generic[State, Label]):
    """What a walk has seen; states are known by their index, 0 is the first.

    `steps[i]` are the moves (label, index) out of state i, `origin[i]` the move (index, label) by which state i was
    first reached. `stopped` is None if the walk is complete, else why it is not: the cap of `states` or of `seconds`,
    or the caller's `stop`. States after `expanded` were reached, but their moves are not known.
    """

    states: tuple[State, ...]
    steps: tuple[tuple[tuple[Label, int], ...], ...]
    origin: tuple[tuple[int, Label] | None, ...]
    expanded: int
    stopped: Stopped | None

    @property
    def complete(self) -> bool:
        """Everything reachable was seen."""
        return self.stopped is None

    def path(self, index: int) -> tuple[Label, ...]:
        """The labels of a shortest path from the first state to this one."""
        labels: list[Label] = []
        move = self.origin[index]
        while move is not None:
            labels.append(move[1])
            move = self.origin[move[0]]
        return tuple(reversed(labels))

    def trail(self, index: int) -> tuple[State, ...]:
        """The states along `path(index)`, both ends included."""
        seen = [self.states[index]]
        move = self.origin[index]
        while move is not None:
            seen.append(self.states[move[0]])
            move = self.origin[move[0]]
        return tuple(reversed(seen))

    def reaching(self, goal: Callable[[State], bool], keep: Callable[[Label], bool] | None = None) -> frozenset[int]:
        """The states from which a goal can be reached, goals included.

        `keep` restricts the moves that count as a way (the *sure* ones, say); None lets all count. On an incomplete
        graph the answer is a lower bound: more states may reach a goal, none fewer.
        """
        before: list[list[int]] = [[] for _ in self.states]
        for source, moves in enumerate(self.steps):
            for label, target in moves:
                if keep is None or keep(label):
                    before[target].append(source)
        found = {index for index, state in enumerate(self.states) if goal(state)}
        work = list(found)
        while work:
            for source in before[work.pop()]:
                if source not in found:
                    found.add(source)
                    work.append(source)
        return frozenset(found)

    def labels(self) -> frozenset[Label]:
        """Every label that some known move carries; labels must be hashable for this."""
        return frozenset(label for moves in self.steps for label, _ in moves)


def explore(
    initial: State,
    successors: Callable[[State], Iterable[tuple[Label, State]]],
    cap: int,
    seconds: float | None = None,
    stop: Callable[[State], bool] | None = None,
) -> Graph[State, Label]:
    """Walk breadth first from `initial`.

    Parameters
    ----------
    initial: the first state.
    successors: the moves out of a state, in an order that is always the same (it decides among equally short paths).
    cap: the most states to keep, at least 1; reaching one more ends the walk with `stopped == "states"`.
    seconds: wall-clock limit, looked at every 256 states; None means none.
    stop: ends the walk as soon as a state satisfies it; that state is the last of `states`.
    """
    if cap < 1:
        raise ValueError("cap must be at least 1")
    began = monotonic()
    index: dict[State, int] = {initial: 0}
    states: list[State] = [initial]
    origin: list[tuple[int, Label] | None] = [None]
    steps: list[tuple[tuple[Label, int], ...]] = []
    stopped: Stopped | None = "stop" if stop is not None and stop(initial) else None
    work: deque[int] = deque([0])
    while work and stopped is None:
        here = work.popleft()
        if seconds is not None and here % 256 == 255 and monotonic() - began > seconds:
            stopped = "seconds"
            break
        moves: list[tuple[Label, int]] = []
        for label, state in successors(states[here]):
            known = index.get(state)
            if known is None:
                if len(states) >= cap:
                    stopped = "states"
                    break
                known = index[state] = len(states)
                states.append(state)
                origin.append((here, label))
                work.append(known)
                if stop is not None and stop(state):
                    stopped = "stop"
                    moves.append((label, known))
                    break
            moves.append((label, known))
        steps.append(tuple(moves))
    expanded = len(steps) if stopped in (None, "seconds") else max(0, len(steps) - 1)
    steps.extend(() for _ in range(len(states) - len(steps)))
    return Graph(tuple(states), tuple(steps), tuple(origin), expanded, stopped)
