"""V3: can every case be walked to its end? (SEMANTICS section 8)

In: the flows of a machine. Out: a `Proof` per flow and findings. Each flow is walked alone, with data abstracted: from
every stable marking each move that somebody or something outside may make, then the run to completion in which an
unknown guard answers both yes and no. *May* moves build the states; only *sure* moves count as a way to the end, so
that "nobody ever answers" is found too.

Why breadth first over stable markings: the first way to a bad state is a shortest one, and each of its moves is
something a person, a connector or time does, so it can be told as a story and run as a test case. Why block by block
is not needed for most: a town hall's procedure has tens of markings; the cap is reported when it is hit, never silent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.diagnostics import TRY, Advice, Diagnostic, Fix, Label, Text
from amtsweg.dsl.marking import Marking, Net
from amtsweg.dsl.nets.explore import Graph, explore
from amtsweg.dsl.procedure import Flow, Machine, Place, Transition

CAP_STATES, CAP_SECONDS = 200_000, 5.0
END = "\0end"


@dataclass(frozen=True, slots=True)
class Move:
    """What leads from one stable marking to the next: the outside move and the automatic ones after it."""

    fired: tuple[str, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of one flow.

    `together` are pairs of places that can be marked at the same time (for races); `undecided` says that the cap was
    hit; `states` counts the stable markings.
    """

    flow: str
    states: int
    undecided: bool
    unsafe: tuple[tuple[str, tuple[str, ...]], ...]
    stuck: tuple[tuple[Marking, tuple[str, ...]], ...]
    waiting: tuple[tuple[Marking, tuple[str, ...]], ...]
    dead_steps: tuple[str, ...]
    dead_ways: tuple[str, ...]
    loops: tuple[str, ...]
    together: frozenset[tuple[str, str]]

    @property
    def sound(self) -> bool:
        """Nothing was found and everything was seen."""
        return not (
            self.undecided
            or self.unsafe
            or self.stuck
            or self.waiting
            or self.dead_steps
            or self.dead_ways
            or self.loops
        )


class Walk:
    """The abstract walk through one flow."""

    def __init__(self, machine: Machine, flow: Flow) -> None:
        self.machine = machine
        self.flow = flow
        self.net = Net(flow)
        self.unsafe: dict[str, tuple[str, ...]] = {}
        self.loops: set[str] = set()
        self.seen: set[str] = set()
        self.passed: set[str] = set()
        self._settled: dict[Marking, tuple[tuple[tuple[str, ...], bool, Marking], ...]] = {}
        self._by_id = {t.id: t for t in flow.transitions}

    def first(self) -> list[tuple[Move, Marking]]:
        """The stable markings in which a run may stand at its beginning."""
        return [(Move(f, s), m) for f, s, m in self.settle(frozenset(self.flow.start))]

    def successors(self, marking: Marking) -> Iterator[tuple[Move, Marking]]:
        """Every stable marking that one move may lead to.

        An automatic move that did not go (its condition was false, its elements were not finished) may go later, when
        data or elements have moved on without this flow noticing.
        """
        if END in marking:
            return
        for transition in (*self.net.outside, *self.net.automatic):
            if not self.net.enabled(marking, transition):
                continue
            self.seen.add(transition.id)
            after = self._fire(marking, transition)
            sure = self._is_sure(transition)
            for fired, settled_surely, settled in self.settle(after):
                yield Move((transition.id, *fired), sure and settled_surely), settled

    def settle(self, marking: Marking) -> tuple[tuple[tuple[str, ...], bool, Marking], ...]:
        """Run to completion with unknown guards: (automatic moves, sure, stable marking), shortest first."""
        known = self._settled.get(marking)
        if known is not None:
            return known
        found: dict[Marking, tuple[tuple[str, ...], bool]] = {}
        todo: list[tuple[Marking, tuple[str, ...], bool, tuple[Marking, ...]]] = [(marking, (), True, (marking,))]
        while todo:
            at, fired, sure, trail = todo.pop(0)
            self.passed |= at
            stable = END in at or self._branch(at, fired, sure, trail, todo)
            if stable and (at not in found or (sure and not found[at][1])):
                found[at] = (fired, sure)
            if len(found) > 4096 or len(todo) > 65536:
                break
        result = tuple((fired, sure, at) for at, (fired, sure) in found.items())
        self._settled[marking] = result
        return result

    def _branch(
        self,
        at: Marking,
        fired: tuple[str, ...],
        sure: bool,
        trail: tuple[Marking, ...],
        todo: list[tuple[Marking, tuple[str, ...], bool, tuple[Marking, ...]]],
    ) -> bool:
        """Add what may fire next; true if the marking may also stay as it is."""
        candidates = [t for t in self.net.automatic if self.net.enabled(at, t)]
        for index, transition in enumerate(candidates):
            self.seen.add(transition.id)
            after = self._fire(at, transition)
            if after in trail:
                self.loops.add(transition.step)
            else:
                todo.append((after, (*fired, transition.id), sure and self._is_sure(transition), (*trail, after)))
            if not self._may_stay(transition, candidates[index + 1 :]):
                return False
        return True

    def _may_stay(self, transition: Transition, later: list[Transition]) -> bool:
        """Whether this move may also *not* happen now: an unknown guard that nothing completes."""
        if transition.guard is None and not transition.joins:
            return False
        if transition.alt:
            return any(other.alt == transition.alt for other in later)
        return True

    def _fire(self, marking: Marking, transition: Transition) -> Marking:
        after, double = self.net.fire(marking, transition)
        if double:
            self.unsafe.setdefault(transition.id, double)
        if transition.end or transition.done:
            self.passed |= frozenset(transition.put)
            return frozenset({END})
        return after

    def _is_sure(self, transition: Transition) -> bool:
        """Which moves come for certain, some day (SEMANTICS 8.2)."""
        cause = transition.cause
        place = self.flow.places.get(cause.place or transition.step)
        if place is not None and place.forever:
            return True
        if cause.kind == "auto":
            if transition.joins:
                return transition.joins != "join"
            if transition.way == "paid":
                return False  # nothing is due: whoever must pay cannot count on that
            return transition.rank < 2 or transition.guard is None
        if cause.kind == "outcome":
            return True
        if cause.kind == "due":
            timer = next((t for t in place.timers if t.name == cause.name), None) if place else None
            return timer is not None and not _may_stay_null(timer.when.type, timer.when.text)
        if cause.kind == "result":
            kind = place.job.kind if place and place.job else ""
            return kind != "pay"
        return cause.kind == "child_ended"


def _may_stay_null(kind: str, text: str) -> bool:
    """A date that somebody must bring about first; a letter's day of service counts as certain."""
    return (kind.endswith("?") or kind.startswith("nullable")) and ".served" not in text


def prove(machine: Machine, flow: Flow, cap: int = CAP_STATES, seconds: float = CAP_SECONDS) -> Proof:
    """Walk one flow and say what is wrong with it."""
    walk = Walk(machine, flow)
    root: Marking = frozenset({"\0begin"})

    def successors(marking: Marking) -> Iterator[tuple[Move, Marking]]:
        return iter(walk.first()) if marking == root else walk.successors(marking)

    graph: Graph[Marking, Move] = explore(root, successors, cap, seconds)
    together: set[tuple[str, str]] = set()
    for state in graph.states:
        places = sorted(state)
        together.update((a, b) for i, a in enumerate(places) for b in places[i + 1 :])
    may = graph.reaching(lambda state: END in state)
    surely = graph.reaching(lambda state: END in state, lambda move: move.sure)
    stuck, waiting = [], []
    if graph.complete:
        bad = [i for i in range(1, len(graph.states)) if i not in may]
        stuck = [(graph.states[i], _trace(graph, i)) for i in bad[:3]]
        if not bad:
            slow = [i for i in range(1, len(graph.states)) if i not in surely]
            # first where the wait itself is: one move, which need not come, from what would end for certain
            slow.sort(key=lambda i: not any(to in surely for _, to in graph.steps[i]))
            waiting = [(graph.states[i], _trace(graph, i)) for i in slow[:3]]
    return Proof(
        flow=flow.id,
        states=len(graph.states) - 1,
        undecided=not graph.complete,
        unsafe=tuple(walk.unsafe.items()),
        stuck=tuple(stuck),
        waiting=tuple(waiting),
        dead_steps=_dead_steps(flow, walk) if graph.complete else (),
        dead_ways=_dead_ways(flow, walk) if graph.complete else (),
        loops=tuple(sorted(walk.loops)),
        together=frozenset(together),
    )


def _trace(graph: Graph[Marking, Move], index: int) -> tuple[str, ...]:
    return tuple(fired for move in graph.path(index) for fired in move.fired)


def _dead_steps(flow: Flow, walk: Walk) -> tuple[str, ...]:
    steps: dict[str, bool] = {}
    for place in flow.places.values():
        if place.kind == "stage":
            continue
        reached = place.id in walk.passed
        steps[place.step] = steps.get(place.step, False) or reached
    return tuple(step for step, reached in steps.items() if not reached)


def _dead_ways(flow: Flow, walk: Walk) -> tuple[str, ...]:
    dead = set(_dead_steps(flow, walk))
    return tuple(
        t.id for t in flow.transitions if t.own and t.id not in walk.seen and t.step not in dead and t.way != "partly"
    )


# ------------------------------------------------------------------------------------------------------------ findings


def check_soundness(subject: Subject) -> list[Diagnostic]:
    """All findings of V2, V3 and V11 for a machine."""
    found: list[Diagnostic] = []
    for flow in subject.machine.flows.values():
        found += _report(subject, flow, prove(subject.machine, flow))
    return found


def _report(subject: Subject, flow: Flow, proof: Proof) -> list[Diagnostic]:
    machine = subject.machine
    found: list[Diagnostic] = []
    if proof.undecided:
        first = next(iter(flow.places.values()))
        found.append(
            subject.finding(
                "AW210",
                first.at,
                f"Dieser Ablauf ist zu verzweigt für einen Beweis ({proof.states} Zustände wurden angesehen)",
                f"This flow branches too much to be proven ({proof.states} states were looked at)",
                body=(Text("Was nicht bewiesen ist, kann nicht in Betrieb gehen.", "Unproven flows cannot run."),),
                advice=(
                    Advice(
                        Text("Abhilfe", "Way out"),
                        Text(
                            "Teilen Sie gleichzeitige Zweige in Bausteine (use) auf.",
                            "Split parallel branches into building blocks (use).",
                        ),
                    ),
                ),
            )
        )
    for step in proof.dead_steps:
        found.append(_dead_step(subject, flow, step))
    by_id = {t.id: t for t in flow.transitions}
    for name in proof.dead_ways:
        way = by_id[name]
        found.append(
            subject.finding(
                "AW213",
                way.at,
                f"Der Weg „{way.way}“ von „{_title(machine, way.step)}“ wird nie gegangen",
                f"The way “{way.way}” from “{_title(machine, way.step)}” is never taken",
                severity="warning",
            )
        )
    for name, double in proof.unsafe:
        way = by_id[name]
        found.append(
            subject.finding(
                "AW211",
                way.at,
                f"„{_title(machine, flow.places[double[0]].step)}“ könnte hier zweimal zugleich offen sein",
                f"“{_title(machine, flow.places[double[0]].step)}” could be open twice at once here",
                body=(
                    Text(
                        "Ein Schritt ist höchstens einmal zugleich offen. Für mehrere auf einmal gibt es for_each.",
                        "A step is open at most once in a case. For several at once there is for_each.",
                    ),
                ),
            )
        )
    for marking, trace in proof.stuck[:1]:
        found.append(_stuck(subject, flow, marking, trace, surely=False))
    for marking, trace in proof.waiting[:1]:
        found.append(_stuck(subject, flow, marking, trace, surely=True))
    for step in proof.loops:
        place = next((p for p in flow.places.values() if p.step == step), None)
        found.append(
            subject.finding(
                "AW204",
                place.at if place else "",
                f"„{_title(machine, step)}“ ruft sich ohne Pause selbst auf",
                f"“{_title(machine, step)}” calls itself without a pause",
                body=(
                    Text(
                        "Zwischen zwei Runden muss eine Aufgabe, eine Wartezeit oder eine Antwort liegen.",
                        "Between two rounds there must be a task, a waiting time or an answer.",
                    ),
                ),
            )
        )
    return found


def _dead_step(subject: Subject, flow: Flow, step: str) -> Diagnostic:
    place = next(p for p in flow.places.values() if p.step == step)
    name = step.rpartition("/")[2]
    twins = _same_goal(flow, place)
    missing = Text("Fehlt ein Weg?", "Is a way missing?")
    related: tuple[Label, ...] = ()
    if twins is not None:
        source, first, second, at = twins
        missing = Text(
            f"Fehlt ein Weg? Im Schritt davor, „{source}“, führen {first} und {second} zum selben Ziel.",
            f"Is a way missing? In the step before, “{source}”, {first} and {second} lead to the same place.",
        )
        related = (Label(subject.span(at), Text("zum selben Ziel", "to the same place")),)
    return subject.finding(
        "AW201",
        place.at,
        f"Zu „{name}“ führt kein Weg",
        f"No way leads to “{name}”",
        caret=Text("hierher kommt kein Vorgang", "no case ever gets here"),
        body=(Text(f"Kein Schritt nennt „{name}“ als nächsten.", f"No step names “{name}” as its next."),),
        related=related,
        advice=(
            Advice(
                Text("Abhilfe", "Way out"),
                Text(
                    f"{missing.de}\nWird „{name}“ nicht gebraucht, löschen Sie den Schritt.",
                    f"{missing.en}\nIf “{name}” is not needed, delete the step.",
                ),
            ),
        ),
        fix=Fix("none", (), Text("das können nur Sie entscheiden", "only you can decide")),
    )


def _same_goal(flow: Flow, place: Place) -> tuple[str, str, str, str] | None:
    """The nearest step before a place of which two ways lead to the same place: (step, way, way, where)."""
    found: tuple[str, str, str, str] | None = None
    seen: dict[tuple[str, tuple[str, ...]], Transition] = {}
    for transition in flow.transitions:
        if not transition.own or transition.cause.kind == "auto" or transition.way == transition.step:
            continue
        key = (transition.step, transition.put)
        other = seen.setdefault(key, transition)
        source = flow.places.get(transition.step)
        if other is not transition and source is not None and source.no < place.no and other.way != transition.way:
            found = (transition.step.rpartition("/")[2], other.way, transition.way, transition.at)
    return found


def _stuck(subject: Subject, flow: Flow, marking: Marking, trace: tuple[str, ...], *, surely: bool) -> Diagnostic:
    machine = subject.machine
    places = [flow.places[p] for p in marking if p in flow.places]
    place = _culprit(flow, places)
    title = _title(machine, place.step)
    story = tell(machine, flow, trace)
    advice = (Advice(Text("Beispiel", "Example"), story),) if story.de else ()
    if surely:
        return subject.finding(
            "AW212",
            place.at,
            f"In „{title}“ kann ein Vorgang für immer warten",
            f"A case may wait for ever in “{title}”",
            body=(
                Text(
                    "Was hier weiterführt, muss nicht kommen, und keine Frist beendet das Warten.",
                    "What leads on from here need not come, and no time limit ends the wait.",
                ),
            ),
            advice=(
                *advice,
                Advice(
                    TRY,
                    Text(
                        "after: {6 months: <Schritt>}   oder, wenn es so gemeint ist:  forever: <Begründung>",
                        "after: {6 months: <step>}   or, if it is meant so:  forever: <reason>",
                    ),
                ),
            ),
        )
    return subject.finding(
        "AW202",
        place.at,
        f"In „{title}“ kann ein Vorgang stehen bleiben",
        f"A case can get stuck in “{title}”",
        body=(Text("Von hier führt kein Weg mehr zu einem Ende.", "No way leads to an end from here any more."),),
        advice=advice,
    )


def _culprit(flow: Flow, places: list[Place]) -> Place:
    """The place to show: one where something is pending and nothing around it moves, deepest first."""
    work = [p for p in places if p.task or p.job or p.child or p.listens or p.timers or p.kind in ("wait", "join")]
    return max(work or places or list(flow.places.values())[:1], key=lambda p: (p.depth, p.no))


def tell(machine: Machine, flow: Flow, trace: tuple[str, ...]) -> Text:
    """A path as a numbered story: what a person, a connector or time did, and where it led."""
    by_id = {t.id: t for t in flow.transitions}
    de, en = [], []
    for name in trace:
        way = by_id[name]
        title = way.step.rpartition("/")[2]
        kind = way.cause.kind
        if not way.own and kind == "auto":
            continue
        if kind == "outcome":
            de.append(f"{title}: {way.way}")
            en.append(f"{title}: {way.way}")
        elif kind == "due":
            de.append(f"{title}: Zeit ist um ({way.way})")
            en.append(f"{title}: time is over ({way.way})")
        elif kind == "heard":
            de.append(f"{title}: „{way.cause.name}“ gemeldet")
            en.append(f"{title}: “{way.cause.name}” reported")
        elif kind in ("result", "failed", "child_ended"):
            de.append(f"{title}: {way.cause.name or 'Antwort'}")
            en.append(f"{title}: {way.cause.name or 'answer'}")
        elif way.guard is not None or way.way == "else":
            reason = way.guard.text if way.guard else "else"
            de.append(f"{title}: {reason}")
            en.append(f"{title}: {reason}")
    return Text(
        "\n".join(f"{i} {line}" for i, line in enumerate(de, 1)),
        "\n".join(f"{i} {line}" for i, line in enumerate(en, 1)),
    )


def _title(machine: Machine, step: str) -> str:
    return step.rpartition("/")[2] or machine.title
