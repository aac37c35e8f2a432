"""V5: a value is read only where it is certainly set; what may be missing must be guarded.

Every expression of the machine is looked at where it is evaluated: a guard before its move, a form while its task is
open, a letter when it is made. A slot that was not written on every way there may be null; reading it is fine under a
guard (`!= null`, `default(…)`, `if`, a `when`) and where null is an answer (`=`, `in`, a date formula).
The finding names a shortest way on which the value was never set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from amtsweg.dsl.check.facts import Facts, Known, known
from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.diagnostics import TRY, Advice, Diagnostic, Fix, Text
from amtsweg.dsl.feel import tree as t
from amtsweg.dsl.feel.facts import learned_paths
from amtsweg.dsl.procedure import EachPart, Expr, Field, Form, Group, HolePart, Machine, Part, WhenPart

Guard = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """An expression and the conditions that are known to hold where it stands."""

    expr: Expr
    guards: tuple[t.Node, ...] = ()
    letter: str = ""


def check_assigned(subject: Subject) -> list[Diagnostic]:
    """AW301 for every value that may be missing where it is read."""
    machine = subject.machine
    slots = {slot for flow in machine.flows.values() for slot in flow.slots}
    found: list[Diagnostic] = []
    told: set[tuple[str, str]] = set()
    for facts in known(machine).values():
        for reading, certain, place in _readings(machine, facts):
            for name in reading.expr.names:
                if name not in slots or name in certain or (name, reading.expr.at) in told:
                    continue
                node = unguarded(t.from_data(reading.expr.tree), name, reading.guards)
                if node is not None:
                    told.add((name, reading.expr.at))
                    found.append(_finding(subject, facts, reading, name, node, place))
    return found


def _readings(machine: Machine, facts: Known) -> Iterator[tuple[Reading, Facts, str]]:
    for transition in facts.flow.transitions:
        before = facts.before.get(transition.id)
        if before is None:
            continue
        source = next((p for need in transition.need for p in need.places), "")
        if transition.guard is not None and transition.cause.kind != "outcome":
            yield Reading(transition.guard), before, source
        gained: set[str] = set()
        for write in transition.write:
            if write.value is not None:
                yield Reading(write.value), before | gained, source
            gained.add(write.slot)
        for notify in transition.notify:
            for reading in _parts(notify.text, ()):
                yield reading, before | gained, source
        for send in transition.send:
            for expr in send.data.values():
                yield Reading(expr), before, source
    for place in facts.flow.places.values():
        certain = facts.at.get(place.id)
        if certain is None:
            continue
        if place.job is not None:
            for expr in place.job.input.values():
                yield Reading(expr), certain, place.id
            letter = machine.letters.get(place.job.letter)
            if letter is not None and place.job.kind == "produce":
                for body in letter.bodies.values():
                    for reading in _parts(body, ()):
                        yield Reading(reading.expr, reading.guards, letter.id), certain, place.id
        if place.task is not None:
            form = machine.forms.get(place.task.form)
            if form is not None:
                own = certain | {place.task.slot, form.id}
                for reading in form_readings(form):
                    yield reading, own, place.id
            for outcome in place.task.outcomes:
                if outcome.when is not None:
                    yield Reading(outcome.when), certain | {place.task.slot}, place.id
            for reading in _parts(place.task.title + place.task.text, ()):
                yield reading, certain, place.id
        if place.runs is not None:
            yield Reading(place.runs.items), certain, place.id
        if place.child is not None:
            for expr in place.child.input.values():
                yield Reading(expr), certain, place.id


def _parts(parts: Iterable[Part], guards: tuple[t.Node, ...]) -> Iterator[Reading]:
    for part in parts:
        if isinstance(part, HolePart):
            yield Reading(part.expr, guards)
        elif isinstance(part, WhenPart):
            yield Reading(part.test, guards)
            yield from _parts(part.body, (*guards, t.from_data(part.test.tree)))
        elif isinstance(part, EachPart):
            yield Reading(part.items, guards)
            yield from _parts(part.body, guards)


def form_readings(form: Form) -> Iterator[Reading]:
    """Every expression of a form with the `when` of the sections around it."""

    def inside(items: Iterable[Field | Group], guards: tuple[t.Node, ...]) -> Iterator[Reading]:
        for item in items:
            own = guards
            if item.when is not None:
                yield Reading(item.when, guards)
                own = (*guards, t.from_data(item.when.tree))
            for check in (*item.checks, *item.notes):
                yield Reading(check.when, own)
            if isinstance(item, Group):
                yield from inside(item.items, own)
                continue
            for expr in (item.compute, item.default, item.min, item.max, item.not_before, item.not_after):
                if expr is not None:
                    yield Reading(expr, own)
            if isinstance(item.optional, Expr):
                yield Reading(item.optional, own)

    yield from inside(form.pages, ())
    for check in (*form.checks, *form.notes):
        yield Reading(check.when)


def unguarded(node: t.Node, name: str, guards: Iterable[t.Node] = ()) -> t.Node | None:
    """The first reading of a name (or of something inside it) that would fail if the name were null."""
    facts: Guard = frozenset()
    for guard in guards:
        facts |= learned_paths(guard, True)
    return _unguarded(node, name, facts, strict=True)


def _unguarded(node: t.Node, name: str, facts: Guard, *, strict: bool) -> t.Node | None:
    """`strict`: a null here would be an error (arithmetic, order, logic, a value that is shown)."""
    root = _root(node)
    if root is not None:
        safe = root != name or (name,) in facts or not strict
        inner = _inside(node)
        return next((bad for part in inner if (bad := _unguarded(part, name, facts, strict=True))), None) or (
            None if safe else node
        )
    if isinstance(node, t.Binary):
        if node.op in ("and", "or"):
            left = _unguarded(node.left, name, facts, strict=True)
            learned = learned_paths(node.left, node.op == "and")
            return left or _unguarded(node.right, name, facts | learned, strict=True)
        quiet = node.op in ("=", "!=")
        return _unguarded(node.left, name, facts, strict=not quiet) or _unguarded(
            node.right, name, facts, strict=not quiet
        )
    if isinstance(node, t.In):
        return _unguarded(node.value, name, facts, strict=False) or _first(node.tests, name, facts, strict=False)
    if isinstance(node, t.If):
        return (
            _unguarded(node.test, name, facts, strict=True)
            or _unguarded(node.then, name, facts | learned_paths(node.test, True), strict=strict)
            or _unguarded(node.otherwise, name, facts | learned_paths(node.test, False), strict=strict)
        )
    if isinstance(node, t.When):
        return _unguarded(node.period, name, facts, strict=False) or _unguarded(node.base, name, facts, strict=False)
    if isinstance(node, t.Call) and isinstance(node.function, t.Name):
        lenient = node.function.name in ("default", "count", "not", "is", "string", "append", "concatenate")
        return _first((value for _, value in node.arguments), name, facts, strict=not lenient)
    if isinstance(node, t.For | t.Quantified | t.FunctionDefinition) and name in t.bound_names(node):
        return None
    return _first(t.children(node), name, facts, strict=True)


def _first(nodes: Iterable[t.Node], name: str, facts: Guard, *, strict: bool) -> t.Node | None:
    return next((bad for node in nodes if (bad := _unguarded(node, name, facts, strict=strict))), None)


def _root(node: t.Node) -> str | None:
    at = node
    while isinstance(at, t.Path | t.Filter):
        at = at.base
    return at.name if isinstance(at, t.Name) else None


def _inside(node: t.Node) -> list[t.Node]:
    """The filter conditions along a path."""
    found = []
    at = node
    while isinstance(at, t.Path | t.Filter):
        if isinstance(at, t.Filter):
            found.append(at.test)
        at = at.base
    return found


def _finding(subject: Subject, facts: Known, reading: Reading, name: str, node: t.Node, place: str) -> Diagnostic:
    machine = subject.machine
    text = reading.expr.text[node.start : node.end] or name
    way = facts.way_without(name, place)
    arrow = " → ".join(step.rpartition("/")[2] for step in way if step)
    writers = [
        transition.step.rpartition("/")[2]
        for flow in machine.flows.values()
        for transition in flow.transitions
        if any(write.slot == name for write in transition.write) and transition.step
    ]
    owner = writers[0] if writers else ""
    form = machine.forms.get(name)
    what = Text("Das Formular", "Form") if form is not None else Text("Der Wert", "The value")
    goal = Text("Zu diesem Schreiben", "this letter") if reading.letter else Text("Hierher", "this place")
    body = (
        Text(
            f"{what.de} „{name}“ gehört zu „{owner}“. {goal.de} kommt ein Vorgang auch ohne:"
            + (f"\n{arrow}" if arrow else ""),
            f"{what.en} “{name}” belongs to “{owner}”. A case can reach {goal.en} without it:"
            + (f"\n{arrow}" if arrow else ""),
        ),
    )
    guard = f"::: when {text} != null" if reading.letter else f"if {text} != null then … else …"
    return subject.finding(
        "AW301",
        subject.whole(reading.expr, node.start, node.end),
        f"„{text}“ ist hier nicht immer ausgefüllt",
        f"“{text}” is not always filled in here",
        body=body,
        advice=(
            Advice(
                TRY,
                Text(f"nur bei Bedarf:  {guard}", f"only if needed:  {guard}"),
            ),
        ),
        fix=Fix("ask"),
    )
