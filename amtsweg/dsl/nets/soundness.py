"""Is this workflow net sound? The one question of the package, put together from its parts.

In: a `Net` and caps. Out: a `Verdict` with the property that fails and a firing sequence that shows it.

Sound (van der Aalst 1998): from every reachable marking the case can be finished (*option to complete*), nothing is
left when it is (*proper completion*), every transition can happen (no *dead transition*); a net that is not bounded is
never sound, but its counter-example is another one, so it has a name of its own (*unbounded*).

Why in this order. Reduce first: most nets vanish, and a sound one needs nothing else. If the small net fails, search
the original breadth first with a small cap, because a person will read the counter-example, and the shortest one in the
words of the drawing is worth some milliseconds. Only if the original is too large, the sequence found in the small net
is translated back, and a note says that it may not be the shortest. A cap that is hit gives "undecided", never "sound".
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Literal

from amtsweg.dsl.nets.net import Arcs, Net, NotWorkflow, Workflow, workflow
from amtsweg.dsl.nets.reduce import reduce
from amtsweg.dsl.nets.search import Property, Space, search

Outcome = Literal["sound", "unsound", "undecided"]

EXAMPLE_STATES = 5_000
EXAMPLE_SECONDS = 0.5
"""How far the original net is searched for a shortest counter-example once it is known to be unsound."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer.

    `property` is the first property found to fail (None if sound or undecided). `trace` are the names, `steps` the
    numbers of the transitions from the beginning to the marking that shows it; empty for a dead transition, whose name
    is in `dead`. For "unbounded" the last `pumped` steps can be repeated for ever. `shortest`: no shorter sequence
    shows a failure of this kind. `states` counts the markings explored, in all searches together.
    """

    verdict: Outcome
    property: Property | None
    trace: tuple[str, ...]
    steps: tuple[int, ...]
    pumped: int
    dead: tuple[str, ...]
    shortest: bool
    states: int
    milliseconds: float
    notes: tuple[str, ...]


def check(net: Net, cap_states: int = 200_000, cap_seconds: float = 5.0) -> Verdict:
    """Decide whether `net` is sound.

    Parameters
    ----------
    net: any net; `net.workflow` finds where it begins and ends.
    cap_states: the most markings one search may keep.
    cap_seconds: the longest time for everything, in seconds of the wall clock.
    """
    began = monotonic()
    flow, understood = workflow(net)
    notes = list(understood)
    if isinstance(flow, NotWorkflow):
        notes.append(f"not a workflow net: {flow.reason}")
        return Verdict("undecided", None, (), (), 0, (), False, 0, _since(began), tuple(notes))
    until = began + cap_seconds
    if not all(flow.net.pre) or not all(flow.net.post):
        space = search(flow, cap_states, until, partial=False)
        return _verdict(flow, space, True, space.states, began, notes, cap_states)
    small = reduce(flow)
    space = search(small.flow, cap_states, until, partial=True)
    if space.failing is None:
        return _verdict(flow, space, True, space.states, began, notes, cap_states)
    exact = search(flow, min(cap_states, EXAMPLE_STATES), monotonic() + EXAMPLE_SECONDS, partial=False)
    explored = space.states + exact.states
    if exact.failing is not None:
        return _verdict(flow, exact, True, explored, began, notes, cap_states)
    lifted = small.lift(space.trace)
    before = small.lift(space.trace[: len(space.trace) - space.pumped])
    if lifted is None or before is None:
        notes.append("the trace is too long to be told")
        lifted, before = (), ()
    space = Space(
        space.failing,
        lifted,
        len(lifted) - len(before) if space.pumped else 0,
        tuple(small.speaks[t] for t in space.dead),
        (),
        space.states,
        None,
        space.livelock,
    )
    return _verdict(flow, space, False, explored, began, notes, cap_states)


def _verdict(
    flow: Workflow, space: Space, shortest: bool, explored: int, began: float, notes: list[str], cap_states: int
) -> Verdict:
    names = flow.net.transitions
    if space.stopped == "states":
        notes.append(f"undecided: more than {cap_states} markings")
    elif space.stopped == "seconds":
        notes.append(f"undecided: out of time after {explored} markings")
    failing = space.failing
    dead = tuple(names[t] for t in space.dead) if failing == "dead transition" else ()
    if failing == "dead transition":
        notes.append(f"never happens: {_list(dead)}")
    elif failing is not None:
        notes.append(_explain(flow, space))
        if not shortest:
            notes.append("the trace may not be the shortest: the net is too large to search unreduced")
    outcome: Outcome = "undecided" if space.stopped else "unsound" if failing else "sound"
    return Verdict(
        outcome,
        failing,
        tuple(names[t] for t in space.trace),
        space.trace,
        space.pumped,
        dead,
        shortest and failing is not None,
        explored,
        _since(began),
        tuple(notes),
    )


def _explain(flow: Workflow, space: Space) -> str:
    reached = space.reached or replay(flow, space.trace) or ()
    places = _list(tuple(f"{flow.net.places[p]}{f' ({n})' if n > 1 else ''}" for p, n in reached))
    if space.failing == "unbounded":
        return f"the last {space.pumped} steps can be repeated for ever, leaving more each time; then marked: {places}"
    if space.failing == "proper completion":
        return f"finished although something is left; then marked: {places}"
    if space.livelock:
        return f"no way to the end from here; then marked: {places}"
    return f"nothing can happen any more; then marked: {places}"


def replay(flow: Workflow, steps: tuple[int, ...]) -> Arcs | None:
    """Fire `steps` from the beginning; the marking reached, or None if one of them is not enabled."""
    marking = dict(flow.start)
    for t in steps:
        for p, weight in flow.net.pre[t]:
            marking[p] = marking.get(p, 0) - weight
            if marking[p] < 0:
                return None
        for p, weight in flow.net.post[t]:
            marking[p] = marking.get(p, 0) + weight
    return tuple(sorted((p, n) for p, n in marking.items() if n))


def _list(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:6])
    return shown if len(names) <= 6 else f"{shown} and {len(names) - 6} more"


def _since(began: float) -> float:
    return round((monotonic() - began) * 1000, 3)
