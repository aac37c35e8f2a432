"""Run to completion: what goes by itself after an event, in an order that never depends on luck.

The lowest of (rank, creation of the run, number) fires first; ways of one choice are tried in written order. A `wait`
that is entered looks into the inbox (rank 2). Something sent to the case itself is heard before the next move.
"""

from __future__ import annotations

from amtsweg.dsl.procedure import Transition
from amtsweg.engine import hearing
from amtsweg.engine.draft import Draft, Stop
from amtsweg.engine.moves import FIRINGS, fire, verdict
from amtsweg.engine.scope import Scope


def run_to_completion(draft: Draft) -> None:
    """Fire what is enabled until nothing is; more than 10,000 moves are refused."""
    for _ in range(FIRINGS):
        if draft.status == "ended":
            return
        if draft.sent:
            run, name, key, data = draft.sent.pop(0)
            hearing.hear_own(draft, run, name, key or None, data)
            continue
        if not _one(draft):
            return
    raise Stop("limit", what="moves")


def _one(draft: Draft) -> bool:
    """Fire the first move that may go by itself; False if there is none."""
    found = _first(draft)
    if found is not None and found[1].rank < 2:
        fire(draft, *found)
        return True
    if hearing.from_inbox(draft):
        return True
    if found is not None:
        fire(draft, *found)
        return True
    return False


def _first(draft: Draft) -> tuple[str, Transition] | None:
    best: tuple[str, Transition] | None = None
    rank = 4
    for run in draft.runs.values():
        if run.state != "running" or not run.marking:
            continue
        found = _in_run(draft, run.id, rank)
        if found is not None:
            best, rank = (run.id, found), found.rank
    return best


def _in_run(draft: Draft, run: str, below: int) -> Transition | None:
    """The first automatic move of a run with a rank lower than `below`."""
    at = draft.runs[run]
    net = draft.prepared.nets[at.flow]
    tried: set[str] = set()
    for transition in net.automatic:
        if transition.rank >= below:
            return None
        if not may_move(draft, run, transition):
            continue
        if transition.alt:
            if transition.alt in tried:
                continue
            tried.add(transition.alt)
            return _chosen(draft, run, transition.alt)
        if transition.guard is None or Scope(draft, run, transition.step).holds(transition.guard):
            return transition
    return None


def may_move(draft: Draft, run: str, transition: Transition) -> bool:
    """Whether the tokens of all runs allow a move (guards apart)."""
    at = draft.runs[run]
    if not draft.prepared.nets[at.flow].enabled(at.marking, transition):
        return False
    if transition.lock and _locked(draft, transition.lock):
        return False
    if transition.quiet and any(r.state in ("running", "waiting") and r.id != run for r in draft.runs.values()):
        return False
    return not transition.joins or verdict(draft, run, transition)


def _locked(draft: Draft, lock: str) -> bool:
    flows = draft.prepared.machine.flows
    return any(flows[r.flow].places[p].lock == lock for r in draft.runs.values() for p in r.marking)


def _chosen(draft: Draft, run: str, alt: str) -> Transition:
    """The first way of a choice whose condition holds; none is the error `failed`."""
    flow = draft.flow_of(run)
    ways = [t for t in draft.prepared.nets[flow].automatic if t.alt == alt]
    for way in sorted(ways, key=lambda t: t.no):
        if not may_move(draft, run, way):
            continue
        if way.guard is None or Scope(draft, run, way.step).holds(way.guard):
            draft.trace("way", way.step or alt, way.at, way=way.way)
            return way
    raise Stop("failed", at=ways[0].at, text=ways[0].step, sentence="No way fits these values.", no_way=True)
