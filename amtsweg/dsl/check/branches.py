"""V7 for ways: does a `branch` always find a line, is one outcome of a task always offered?

The conditions of a choice are cut into atoms: comparisons of a path with a constant become cells of that path's axis,
everything else a yes/no of its own. All combinations of cells are tried (up to a bound); one for which no condition is
true is a gap, told with its values. A choice with `else` needs no proof.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amtsweg.dsl.check.axes import Axis, axis, constants_of, yes_or_no
from amtsweg.dsl.check.facts import known
from amtsweg.dsl.check.soundness import tell
from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.diagnostics import TRY, Advice, Diagnostic, Fix, Text
from amtsweg.dsl.feel import tree as t
from amtsweg.dsl.feel.operators import SPEC
from amtsweg.dsl.feel.types import BOOLEAN, Type, TypeTextError, of_text, optional
from amtsweg.dsl.procedure import Expr, Flow, Transition

MAX_COMBINATIONS = 200_000
Value = Any


def check_branches(subject: Subject) -> list[Diagnostic]:
    """AW202 for every choice that may find no way."""
    found: list[Diagnostic] = []
    for flow in subject.machine.flows.values():
        groups: dict[str, list[Transition]] = {}
        for transition in flow.transitions:
            if transition.alt and transition.cause.kind == "auto":
                groups.setdefault(transition.alt, []).append(transition)
        for gate, ways in groups.items():
            if any(way.guard is None for way in ways):
                continue
            hole = uncovered(subject, [way.guard for way in ways if way.guard is not None])
            if hole is not None:
                found.append(_gap(subject, flow, gate, ways, hole))
        for place in flow.places.values():
            task = place.task
            if task is None or any(outcome.when is None for outcome in task.outcomes):
                continue
            hole = uncovered(subject, [outcome.when for outcome in task.outcomes if outcome.when is not None])
            if hole is not None:
                found.append(_no_outcome(subject, place.at, place.step, hole))
    return found


@dataclass(frozen=True)
class Atom:
    """A condition as it is decided by one cell: the axis and the cells in which it is true."""

    axis: str
    cells: int


def uncovered(subject: Subject, guards: list[Expr]) -> dict[str, Text] | None:
    """Values for which no guard is true, by path; None if there are none (or none can be told apart)."""
    trees = [t.from_data(guard.tree) for guard in guards]
    axes = _axes(subject, trees)
    names = list(axes)
    sizes = [len(axes[name].cells) for name in names]
    total = 1
    for size in sizes:
        total *= size
    if total > MAX_COMBINATIONS:
        return {}
    for combination in itertools.product(*(range(size) for size in sizes)):
        chosen = dict(zip(names, combination, strict=True))
        if not any(_true(node, axes, chosen) is True for node in trees):
            return {name: axes[name].cells[cell].told({}) for name, cell in chosen.items()}
    return None


def _axes(subject: Subject, trees: list[t.Node]) -> dict[str, Axis]:
    constants: dict[str, list[Value]] = {}
    kinds: dict[str, Type] = {}
    for node in trees:
        _collect(node, constants, kinds)
    options = {name: tuple(o.id for o in found.options) for name, found in subject.machine.lists.items()}
    out: dict[str, Axis] = {}
    for name, values in constants.items():
        kind = kinds.get(name) or type_of_path(subject, name) or optional(BOOLEAN)
        out[name] = axis(name, kind, values, options) or yes_or_no(name)
    return out


def _collect(node: t.Node, constants: dict[str, list[Value]], kinds: dict[str, Type]) -> None:
    if isinstance(node, t.Binary) and node.op in ("and", "or"):
        _collect(node.left, constants, kinds)
        _collect(node.right, constants, kinds)
        return
    if isinstance(node, t.Call) and isinstance(node.function, t.Name) and node.function.name == "not":
        for _, value in node.arguments:
            _collect(value, constants, kinds)
        return
    found = _subject_of(node)
    if found is None:
        constants.setdefault(written(node), [])
        kinds[written(node)] = BOOLEAN
        return
    constants.setdefault(found, []).extend(constants_of(node))


def _subject_of(node: t.Node) -> str | None:
    """The path that a comparison tests, if it compares one path with constants only."""
    if isinstance(node, t.Name | t.Path):
        return written(node)
    if isinstance(node, t.Binary):
        sides = [side for side in (node.left, node.right) if t.free_names(side)]
        return written(sides[0]) if len(sides) == 1 and isinstance(sides[0], t.Name | t.Path) else None
    if isinstance(node, t.In) and isinstance(node.value, t.Name | t.Path):
        return written(node.value) if not any(t.free_names(test) for test in node.tests) else None
    return None


def _true(node: t.Node, axes: Mapping[str, Axis], chosen: Mapping[str, int]) -> bool | None:
    if isinstance(node, t.Binary) and node.op in ("and", "or"):
        left, right = _true(node.left, axes, chosen), _true(node.right, axes, chosen)
        return SPEC.and_(left, right) if node.op == "and" else SPEC.or_(left, right)
    if isinstance(node, t.Call) and isinstance(node.function, t.Name) and node.function.name == "not":
        return SPEC.not_(_true(node.arguments[0][1], axes, chosen))
    name = _subject_of(node) or written(node)
    value = axes[name].cells[chosen[name]].sample
    if _subject_of(node) is None or isinstance(node, t.Name | t.Path):
        return value if isinstance(value, bool) else None
    return _evaluate(node, value)


def _evaluate(node: t.Node, value: Value) -> bool | None:
    from amtsweg.dsl.feel.compiler import compile_tree

    changed = _with_value(node)
    result = compile_tree(changed, "spec")({"\0": value}, None)
    return result if isinstance(result, bool) else None


def _with_value(node: t.Node) -> t.Node:
    """The comparison with its path replaced by one name."""

    def change(at: t.Node) -> t.Node:
        if isinstance(at, t.Name | t.Path) and t.free_names(at):
            return t.Name(at.start, at.end, "\0")
        return t.rebuild(at, change)

    return change(node)


def written(node: t.Node) -> str:
    """A path or condition as a name for its axis."""
    if isinstance(node, t.Name):
        return node.name
    if isinstance(node, t.Path):
        return f"{written(node.base)}.{node.name}"
    return str(t.to_data(node)[0]) + str(hash(node) & 0xFFFF)


def type_of_path(subject: Subject, path: str) -> Type | None:
    """The static type of a path into a slot."""
    name, *rest = path.split(".")
    text = subject.machine.slot_types.get(name)
    if text is None:
        return None
    try:
        kind: Type | None = of_text(text)
    except TypeTextError:
        return None
    for part in rest:
        kind = kind.member(part) if kind is not None and kind.kind == "context" else None
    return kind


def _told(hole: dict[str, Text]) -> Text:
    shown = {name: said for name, said in hole.items() if not any(c.isdigit() and "." not in name for c in name[-4:])}
    de = ", ".join(f"{name} = {said.de}" for name, said in shown.items())
    en = ", ".join(f"{name} = {said.en}" for name, said in shown.items())
    return Text(de, en)


def _gap(subject: Subject, flow: Flow, place: str, ways: list[Transition], hole: dict[str, Text]) -> Diagnostic:
    step = ways[0].step.rpartition("/")[2]
    said = _told(hole)
    where = flow.places.get(place)
    at = where.at if where is not None else ways[0].at
    alone = next(iter(hole.values())) if len(hole) == 1 else None
    caret = (
        Text(f"es gibt keine Zeile für „{alone.de}“", f"there is no line for “{alone.en}”")
        if alone is not None
        else None
    )
    story = _story(subject, flow, place)
    body = (
        (
            Text(
                f"Mit diesen Angaben findet ein Vorgang hier keinen Weg: {said.de}.",
                f"With these values a case finds no way here: {said.en}.",
            ),
        )
        if said.de
        else ()
    )
    return subject.finding(
        "AW202",
        at,
        f"In „{step}“ kann ein Vorgang stehen bleiben",
        f"A case can get stuck in “{step}”",
        caret=caret,
        body=body,
        advice=(
            *((Advice(Text("Beispiel", "Example"), story),) if story.de else ()),
            Advice(
                TRY,
                Text("eine letzte Zeile:  - {else: <Schritt>}", "a last line:  - {else: <step>}"),
            ),
        ),
        fix=Fix("ask"),
    )


def _story(subject: Subject, flow: Flow, place: str) -> Text:
    """A shortest way to a place, told step by step."""
    way = known(subject.machine)[flow.id].trace_to(place)
    return tell(subject.machine, flow, way)


def _no_outcome(subject: Subject, at: str, step: str, hole: dict[str, Text]) -> Diagnostic:
    said = _told(hole)
    name = step.rpartition("/")[2]
    return subject.finding(
        "AW214",
        at,
        f"Bei „{name}“ wird nicht immer ein Ergebnis angeboten",
        f"“{name}” does not always offer an outcome",
        body=(Text(f"Zum Beispiel: {said.de}.", f"For example: {said.en}."),) if said.de else (),
        advice=(
            Advice(
                TRY,
                Text("ein Ergebnis ohne „when“ lassen", "leave one outcome without “when”"),
            ),
        ),
    )


__all__ = ["check_branches", "uncovered"]
