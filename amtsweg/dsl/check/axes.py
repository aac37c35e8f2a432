"""Axes: the values of one input, cut into the pieces that tests can tell apart.

In: the static type of an input and the constants that tests compare it with. Out: a finite list of `Cell`s (a point, an
open stretch between two points, an option, true, false, null, "any other text") and, for a test, the set of cells it
accepts. Two values in one cell are treated alike by every test, so looking at cells is looking at all values.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amtsweg.dsl.diagnostics import Text, same
from amtsweg.dsl.feel import temporal as tm
from amtsweg.dsl.feel import tree as t
from amtsweg.dsl.feel.operators import SPEC
from amtsweg.dsl.feel.types import Type
from amtsweg.dsl.feel.values import Money

Value = Any
MISSING = object()


@dataclass(frozen=True, slots=True)
class Cell:
    """One piece of an axis. `sample` is a value in it; a stretch has `low` and `high` (None: no end)."""

    kind: str
    sample: Value
    low: Value = None
    high: Value = None

    def told(self, titles: Mapping[str, str]) -> Text:
        """The piece in words."""
        if self.kind == "null":
            return Text("nicht ausgefüllt", "not filled in")
        if self.kind == "other":
            return Text("jeder andere Text", "any other text")
        if self.kind == "between":
            low, high = show(self.low), show(self.high)
            if self.low is None:
                return Text(f"weniger als {high.de}", f"less than {high.en}")
            if self.high is None:
                return Text(f"mehr als {low.de}", f"more than {low.en}")
            return Text(f"zwischen {low.de} und {high.de}", f"between {low.en} and {high.en}")
        if self.kind == "option":
            return Text(str(self.sample), str(self.sample))
        found = show(self.sample)
        return Text(f"genau {found.de}", f"exactly {found.en}") if self.kind == "point" else found


def show(value: Value) -> Text:
    """A value as a designer writes it."""
    if value is True or value is False:
        return Text("ja" if value else "nein", "yes" if value else "no")
    if isinstance(value, Money):
        return same(f"{value.amount:f} {value.currency}")
    if isinstance(value, Decimal):
        return same(f"{value:f}")
    return Text(str(value), str(value))


@dataclass(frozen=True)
class Axis:
    """All pieces of one input."""

    name: str
    cells: tuple[Cell, ...]

    @property
    def whole(self) -> int:
        """The set of all cells, as bits."""
        return (1 << len(self.cells)) - 1

    def accepted(self, test: Callable[[Value], bool | None]) -> int:
        """The cells a test accepts, as bits."""
        return sum(1 << i for i, cell in enumerate(self.cells) if test(cell.sample) is True)


def axis(
    name: str,
    kind: Type,
    constants: Iterable[Value],
    options: Mapping[str, tuple[str, ...]],
    least: Value = None,
    most: Value = None,
) -> Axis | None:
    """The axis of an input; None where its type has no axis (records, lists, unknown types).

    `least` and `most` bound an ordered axis from outside (a field's `min`, a position that counts from 1).
    """
    cells: list[Cell] = []
    if kind.kind == "boolean":
        cells = [*yes_or_no(name).cells]
    elif kind.kind == "enum":
        values = options.get(kind.name) or kind.values
        if not values:
            return None
        cells = [Cell("option", value) for value in values]
    elif kind.kind == "string":
        texts = sorted({value for value in constants if isinstance(value, str)})
        cells = [Cell("option", text) for text in texts] + [Cell("other", "\0other")]
    elif kind.kind in ("number", "money", "date", "days and time duration", "years and months duration"):
        points = _ordered(constants)
        if points is None:
            return None
        cells = _stretches(points, kind, least, most)
    else:
        return None
    if kind.nullable:
        cells.append(Cell("null", None))
    return Axis(name, tuple(cells))


def yes_or_no(name: str) -> Axis:
    """The axis of a condition that is known to hold or not to hold."""
    return Axis(name, (Cell("value", True), Cell("value", False)))


def _ordered(constants: Iterable[Value]) -> list[Value] | None:
    points: list[Value] = []
    for value in constants:
        if value is None:
            continue
        if not isinstance(value, Decimal | Money | tm.Date | tm.DaysDuration | tm.MonthsDuration):
            return None
        if not any(SPEC.eq(value, other) is True for other in points):
            points.append(value)
    if len({type(point) for point in points}) > 1:
        return None
    from functools import cmp_to_key

    return sorted(points, key=cmp_to_key(lambda a, b: SPEC.order(a, b) or 0))


def _stretches(points: list[Value], kind: Type, least: Value, most: Value) -> list[Cell]:
    if not points:
        return [Cell("between", _somewhere(kind), least, most)]
    cells: list[Cell] = []
    ends = [None, *points, None]
    for low, high in itertools.pairwise(ends):
        sample = _inside(low, high, kind)
        if sample is not MISSING and _allowed(sample, least, most):
            cells.append(Cell("between", sample, low, high))
        if high is not None and _allowed(high, least, most):
            cells.append(Cell("point", high))
    return cells


def _allowed(value: Value, least: Value, most: Value) -> bool:
    if least is not None and SPEC.lt(value, least) is True:
        return False
    return not (most is not None and SPEC.gt(value, most) is True)


def _somewhere(kind: Type) -> Value:
    return {
        "number": Decimal(0),
        "money": Money(Decimal(0), kind.name or "EUR"),
        "date": tm.Date(2026, 1, 1),
        "days and time duration": tm.DaysDuration(0),
    }.get(kind.kind, tm.MonthsDuration(0))


def _inside(low: Value, high: Value, kind: Type) -> Value:
    """A value strictly between two ends (None: no end); MISSING if there is none."""
    known = low if low is not None else high
    if isinstance(known, Decimal):
        return _number_between(low, high, Decimal(1) if kind.integer else Decimal("0.01"), kind.integer)
    if isinstance(known, Money):
        found = _number_between(
            None if low is None else low.amount, None if high is None else high.amount, Decimal("0.01"), True
        )
        return found if found is MISSING else Money(found, known.currency)
    if isinstance(known, tm.Date):
        first = None if low is None else low.ordinal
        last = None if high is None else high.ordinal
        day = _whole_between(first, last)
        return MISSING if day is None else tm.Date.of_ordinal(day)
    if isinstance(known, tm.DaysDuration):
        nanos = _whole_between(None if low is None else low.nanos, None if high is None else high.nanos)
        return MISSING if nanos is None else tm.DaysDuration(nanos)
    months = _whole_between(None if low is None else low.months, None if high is None else high.months)
    return MISSING if months is None else tm.MonthsDuration(months)


def _number_between(low: Decimal | None, high: Decimal | None, step: Decimal, whole_steps: bool) -> Value:
    if low is None and high is not None:
        return high - step
    if low is not None and high is None:
        return low + step
    if low is None or high is None:
        return Decimal(0)
    if whole_steps:
        first = low + step
        return first if first < high else MISSING
    return (low + high) / 2


def _whole_between(low: int | None, high: int | None) -> int | None:
    if low is None:
        return high - 1 if high is not None else 0
    if high is None:
        return low + 1
    return low + 1 if low + 1 < high else None


def constants_of(node: t.Node) -> list[Value]:
    """All constants that a test compares with."""
    from amtsweg.dsl.feel.compiler import compile_tree

    found: list[Value] = []
    todo = [node]
    while todo:
        at = todo.pop()
        if isinstance(at, t.Number | t.String | t.Money | t.Percent | t.At | t.Choice | t.Negate) and not t.free_names(
            at
        ):
            value = compile_tree(at, "spec")({}, None)
            if value is not None:
                found.append(value)
            continue
        if isinstance(at, t.Call) and isinstance(at.function, t.Name) and not t.free_names_beyond(at, BUILDERS):
            value = compile_tree(at, "spec")({}, None)
            if value is not None:
                found.append(value)
            continue
        todo += t.children(at)
    return found


BUILDERS = frozenset({"date", "time", "date and time", "duration", "years and months duration"})
