"""V7 for decision tables: gaps, overlaps, rows that never apply, with the values that show it.

Each column is an axis cut into cells, a row accepts a set of cells per column (a box). A gap is a combination of cells
that no row accepts: found by walking the columns with the set of rows still possible, remembering what was seen, so
that tables of thousands of rows take no longer than their different rows. Cells that read other values (a parameter)
cannot be decided; such a row counts as possibly true where gaps are looked for, and is left out where overlaps are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from amtsweg.dsl.check.axes import Axis, axis, constants_of, show
from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.diagnostics import TRY, Advice, Diagnostic, Fix, Label, Text
from amtsweg.dsl.feel import tree as t
from amtsweg.dsl.feel.compiler import compile_tree
from amtsweg.dsl.feel.numbers import ONE
from amtsweg.dsl.feel.types import Type, TypeTextError, of_text
from amtsweg.dsl.procedure import Decision, Expr, Machine, TableRule
from amtsweg.dsl.source import Span


@dataclass(frozen=True)
class Box:
    """One row as sets of cells (bits per column); `sure` is false if a cell reads something that is not known."""

    row: int
    sets: tuple[int, ...]
    sure: bool


def check_tables(subject: Subject) -> list[Diagnostic]:
    """All findings of V7 for the decision tables of a machine."""
    found: list[Diagnostic] = []
    for decision in subject.machine.decisions.values():
        if decision.rules and not decision.by_tenant:
            found += check_table(subject, decision)
    return found


def check_table(subject: Subject, decision: Decision) -> list[Diagnostic]:
    """Gaps, overlaps and dead rows of one table."""
    axes = columns(subject.machine, decision)
    if axes is None:
        return []
    boxes = _boxes(subject.machine, decision, axes)
    found: list[Diagnostic] = []
    if decision.hit_policy not in ("collect", "rule order", "output order"):
        hole = gap(axes, boxes)
        if hole is not None:
            found.append(_gap(subject, decision, axes, boxes, hole))
    if decision.hit_policy in ("unique", "any"):
        found += _overlaps(subject, decision, axes, boxes)
    if decision.hit_policy == "first":
        found += _dead(subject, decision, axes, boxes)
    return found


def columns(machine: Machine, decision: Decision) -> list[Axis] | None:
    """The axes of a table; None if a column has none."""
    options = {name: tuple(o.id for o in found.options) for name, found in machine.lists.items()}
    lists = list_values(machine)
    axes = []
    for index, column in enumerate(decision.columns):
        kind = _kind(decision, column)
        if kind is None:
            return None
        constants = []
        for rule in decision.rules:
            test = rule.tests[index]
            if test is not None:
                constants += constants_of(t.from_data(test.tree))
                constants += [v for name in test.names for v in lists.get(name, ())]
        least = ONE if column.text == "position" else None
        made = axis(column.text, kind, constants, options, least)
        if made is None:
            return None
        axes.append(made)
    return axes


def list_values(machine: Machine) -> Mapping[str, list[str]]:
    """The lists of a machine as values of expressions."""
    return {name: [option.id for option in found.options] for name, found in machine.lists.items()}


def _kind(decision: Decision, column: Expr) -> Type | None:
    text = next((kind for name, kind in decision.inputs if name == column.text), column.type)
    try:
        return of_text(text)
    except TypeTextError:
        try:
            return of_text(column.type)
        except TypeTextError:
            return None


def _boxes(machine: Machine, decision: Decision, axes: list[Axis]) -> list[Box]:
    lists = list_values(machine)
    boxes = []
    for row, rule in enumerate(decision.rules):
        sets, sure = [], True
        for test, dimension in zip(rule.tests, axes, strict=True):
            if test is None:
                sets.append(dimension.whole)
                continue
            node = t.from_data(test.tree)
            unknown = [n for n in t.free_names_beyond(node, _KNOWN) if n not in lists and n != "?"]
            if unknown:
                sets.append(dimension.whole)
                sure = False
                continue
            sets.append(dimension.accepted(_test(node, lists)))
        boxes.append(Box(row, tuple(sets), sure))
    return boxes


def _test(node: t.Node, lists: Mapping[str, list[str]]) -> Callable[[object], bool | None]:
    """A cell as a test of one value."""
    run = compile_tree(node, "spec")

    def test(value: object) -> bool | None:
        found = run({**lists, "?": value}, None)
        return found if isinstance(found, bool) else None

    return test


_KNOWN = frozenset({"date", "time", "date and time", "duration", "years and months duration", "not", "list contains"})


def gap(axes: list[Axis], boxes: list[Box], within: tuple[int, ...] | None = None) -> tuple[int, ...] | None:
    """A combination of cells that no box holds, as cell numbers; None if there is none.

    `within` restricts the search to a box (bits per column).
    """
    masks = [
        [sum(1 << i for i, box in enumerate(boxes) if box.sets[c] >> cell & 1) for cell in range(len(axes[c].cells))]
        for c in range(len(axes))
    ]
    full_from = [
        [all(box.sets[k] == axes[k].whole for k in range(c, len(axes))) for box in boxes] for c in range(len(axes) + 1)
    ]
    full_masks = [sum(1 << i for i, full in enumerate(row) if full) for row in full_from]
    seen: set[tuple[int, int]] = set()

    def search(column: int, active: int) -> tuple[int, ...] | None:
        if active & full_masks[column]:
            return None
        if column == len(axes):
            return () if active == 0 else None
        if (column, active) in seen:
            return None
        seen.add((column, active))
        tried: set[int] = set()
        for cell in range(len(axes[column].cells)):
            if within is not None and not within[column] >> cell & 1:
                continue
            following = active & masks[column][cell]
            if following in tried:
                continue
            tried.add(following)
            rest = search(column + 1, following)
            if rest is not None:
                return (cell, *rest)
        return None

    return search(0, (1 << len(boxes)) - 1)


def _told(axes: list[Axis], cells: tuple[int, ...], titles: Mapping[str, str]) -> Text:
    parts_de, parts_en = [], []
    for dimension, cell in zip(axes, cells, strict=True):
        said = dimension.cells[cell].told(titles)
        if len(axes) == 1:
            return said
        parts_de.append(f"{dimension.name}: {said.de}")
        parts_en.append(f"{dimension.name}: {said.en}")
    return Text(", ".join(parts_de), ", ".join(parts_en))


def _gap(subject: Subject, decision: Decision, axes: list[Axis], boxes: list[Box], hole: tuple[int, ...]) -> Diagnostic:
    said = _told(axes, hole, {})
    at = subject.span(decision.rules[0].at or decision.at)
    caret: Text | None = None
    related: tuple[Label, ...] = ()
    near = _neighbours(decision, axes, boxes, hole)
    if near is not None:
        (below, low), (above, high) = near
        at = subject.whole(below)
        caret = Text(f"endet vor {low.de}", f"ends before {low.en}")
        related = (Label(subject.whole(above), Text(f"beginnt nach {high.de}", f"begins after {high.en}")),)
    of = Text(f"Für {said.de} hat „{decision.id}“ keine Zeile", f"“{decision.id}” has no row for {said.en}")
    return Diagnostic(
        "AW401",
        "error",
        at,
        of,
        caret,
        (
            Text(
                f"Ein Vorgang mit diesen Angaben bekäme hier kein Ergebnis ({decision.title or decision.id}).",
                f"A case with these values would get no result here ({decision.title or decision.id}).",
            ),
        ),
        related,
        (
            Advice(
                TRY,
                Text(
                    "Ergänzen Sie eine Zeile, oder nehmen Sie den Wert in eine Zeile auf.\n"
                    "Welche gilt, sagt Ihre Rechtsgrundlage, nicht das Programm.",
                    "Add a row, or include the value in one.\nWhich one applies is for your law to say, not for the "
                    "program.",
                ),
            ),
        ),
        Fix("ask"),
    )


def _neighbours(
    decision: Decision, axes: list[Axis], boxes: list[Box], hole: tuple[int, ...]
) -> tuple[tuple[Expr, Text], tuple[Expr, Text]] | None:
    """In a table of one ordered column: the cells that end before and begin after the gap, and where."""
    if len(axes) != 1:
        return None
    cells, at = axes[0].cells, hole[0]
    if cells[at].kind not in ("point", "between"):
        return None

    def cell_of(number: int) -> Expr | None:
        if not 0 <= number < len(cells):
            return None
        box = next((box for box in boxes if box.sets[0] >> number & 1), None)
        return decision.rules[box.row].tests[0] if box is not None else None

    below, above = cell_of(at - 1), cell_of(at + 1)
    if below is None or above is None:
        return None
    cell = cells[at]
    low = show(cell.sample if cell.kind == "point" else cell.low)
    high = show(cell.sample if cell.kind == "point" else cell.high)
    return (below, low), (above, high)


def _overlaps(subject: Subject, decision: Decision, axes: list[Axis], boxes: list[Box]) -> list[Diagnostic]:
    sure = [box for box in boxes if box.sure]
    found = []
    for index, first in enumerate(sure):
        for second in sure[index + 1 :]:
            shared = tuple(a & b for a, b in zip(first.sets, second.sets, strict=True))
            if not all(shared):
                continue
            one, two = decision.rules[first.row], decision.rules[second.row]
            if decision.hit_policy == "any" and [e.text for e in one.outputs] == [e.text for e in two.outputs]:
                continue
            cells = tuple((bits & -bits).bit_length() - 1 for bits in shared)
            said = _told(axes, cells, {})
            found.append(
                subject.finding(
                    "AW402",
                    _row(subject, two),
                    f"Für {said.de} passen zwei Zeilen",
                    f"Two rows match {said.en}",
                    related=(Label(_row(subject, one), Text("die erste", "the first")),),
                    body=(
                        Text(
                            "Bei „unique“ darf genau eine Zeile passen; das Ergebnis wäre sonst Zufall.",
                            "With “unique” exactly one row may match; otherwise the result would be chance.",
                        ),
                    ),
                    advice=(
                        Advice(
                            TRY,
                            Text(
                                "Grenzen Sie eine der beiden Zeilen ein, oder schreiben Sie hit_policy: first.",
                                "Narrow one of the two rows, or write hit_policy: first.",
                            ),
                        ),
                    ),
                )
            )
            break
        if len(found) >= 20:
            break
    return found


def _row(subject: Subject, rule: TableRule) -> Span:
    """The first cell of a row that says something."""
    first = next((test for test in rule.tests if test is not None), None)
    return subject.whole(first) if first is not None else subject.span(rule.at)


def _dead(subject: Subject, decision: Decision, axes: list[Axis], boxes: list[Box]) -> list[Diagnostic]:
    found = []
    for index, box in enumerate(boxes):
        if not box.sure:
            continue
        number = index + 1
        if not all(box.sets):
            found.append(
                subject.finding(
                    "AW403",
                    decision.rules[box.row].at,
                    f"Zeile {number} kommt nie zum Zug: ihre Bedingung trifft auf keinen Wert zu",
                    f"Row {number} never applies: no value meets its condition",
                )
            )
            continue
        earlier = [other for other in boxes[:index] if other.sure]
        if earlier and gap(axes, earlier, box.sets) is None:
            one = next(
                (o for o in earlier if all(a & b == b for a, b in zip(o.sets, box.sets, strict=True))), earlier[-1]
            )
            found.append(
                subject.finding(
                    "AW403",
                    decision.rules[box.row].at,
                    f"Zeile {number} kommt nie zum Zug: Zeile {one.row + 1} deckt sie ab",
                    f"Row {number} never applies: row {one.row + 1} covers it",
                    related=(Label(subject.span(decision.rules[one.row].at), Text("diese gilt", "this applies")),),
                )
            )
    return found


__all__ = ["Box", "check_table", "check_tables", "gap"]
