"""What a cell of a decision table means before any value is known: the bridge from trees to the table's index.

In: the tree of a cell's unary tests. Out: `Cell`s for the index, or None where only running the test decides (it names
other values, calls functions, tests money or moments with zones). The rule behind every line here: a cell given to the
index says the same as running the test, for every value of its kind, and no value of another kind passes the test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import NoneType
from typing import Any

from amtsweg.dsl.feel import temporal, tree
from amtsweg.dsl.feel.table_index import Atom, Cell

NULL_KEY = 0

KINDS: Mapping[type, tuple[str, Callable[[Any], Any] | None]] = {
    Decimal: ("number", None),
    str: ("string", None),
    bool: ("boolean", None),
    NoneType: ("null", lambda value: NULL_KEY),
    temporal.Date: ("date", lambda value: (value.year, value.month, value.day)),
    temporal.DaysDuration: ("days", lambda value: value.nanos),
    temporal.MonthsDuration: ("months", lambda value: value.months),
}
"""The classes of values that have a place on an axis: the axis, and the key there (None: the value itself)."""


def cells_of(node: tree.Node) -> tuple[Cell, ...] | None:
    """The cells of a column's entry; None where running it decides."""
    tests = node.tests if isinstance(node, tree.Tests) else (node,)
    turned = isinstance(node, tree.Tests) and node.negated
    found: dict[str, list[Atom]] = {}
    forms: set[str] = set()
    for test in tests:
        atoms = _atoms(test)
        if atoms is None:
            return None
        for kind, atom, form in atoms:
            found.setdefault(kind, []).append(atom)
            forms.add(form)
    if not turned and UNEQUAL not in forms:
        return tuple(Cell(kind, tuple(atoms)) for kind, atoms in found.items()) or None
    if len(found) != 1 or len(forms) != 1 or (turned and UNEQUAL in forms) or (not turned and len(tests) > 1):
        return None
    ((kind, all_atoms),) = found.items()
    return _all_but(kind, tuple(all_atoms), forms.pop())


EQUAL, UNEQUAL, INSIDE = "equal", "unequal", "inside"
"""How a test compares: by `=`, by `!=`, or (a bare value, a range, `<`) by lying in it."""


def _all_but(kind: str, atoms: tuple[Atom, ...], form: str) -> tuple[Cell, ...] | None:
    """Everything but these. What other kinds make of it differs (10.3.2.13, Table 55):

    `5 in ("a")` is false, so `not("a")` holds for 5; `5 = "a"` and `5 < "a"` are null, and so is their opposite;
    `null = "a"` is false, so `!= "a"` holds for null.
    """
    if kind == "null":
        return None
    points = all(atom.low is not None and atom.low == atom.high for atom in atoms)
    if form == INSIDE:
        return (Cell(kind, atoms, negated=True, elsewhere=points),)
    return (Cell(kind, atoms, negated=True), Cell("null", (Atom.point(NULL_KEY),)))


def _atoms(test: tree.Node) -> list[tuple[str, Atom, str]] | None:
    """Atoms of one test: kind, interval, and how it compares."""
    if isinstance(test, tree.Test):
        return _compared(test)
    if isinstance(test, tree.Range):
        return _interval(test)
    if isinstance(test, tree.List):
        found = []
        for item in test.items:
            atoms = _atoms(item) if not isinstance(item, tree.List | tree.Test) else None
            if atoms is None:
                return None
            found += atoms
        return found
    known = constant(test)
    if known is None:
        return None
    kind, key = known
    return [(kind, Atom.point(key), INSIDE)]


def _compared(test: tree.Test) -> list[tuple[str, Atom, str]] | None:
    known = constant(test.value)
    if known is None:
        return None
    kind, key = known
    if test.op in ("=", "!="):
        return [(kind, Atom.point(key), EQUAL if test.op == "=" else UNEQUAL)]
    if kind in ("boolean", "null"):
        return None
    closed = test.op in ("<=", ">=")
    below = test.op in ("<", "<=")
    atom = Atom(None, key, False, closed) if below else Atom(key, None, closed, False)
    return [(kind, atom, INSIDE)]


def _interval(test: tree.Range) -> list[tuple[str, Atom, str]] | None:
    ends = [constant(end) if end is not None else None for end in (test.low, test.high)]
    kinds = {end[0] for end in ends if end is not None}
    if len(kinds) != 1 or kinds & {"boolean", "null"}:
        return None
    if any(end is None and node is not None for end, node in zip(ends, (test.low, test.high), strict=True)):
        return None
    low, high = ends
    atom = Atom(
        low[1] if low is not None else None,
        high[1] if high is not None else None,
        test.low_closed and low is not None,
        test.high_closed and high is not None,
    )
    return [(kinds.pop(), atom, INSIDE)]


def constant(node: tree.Node) -> tuple[str, Any] | None:
    """Axis and key of a node that is the same value for every case; None for all others."""
    value = constant_value(node)
    if value is NO_CONSTANT:
        return None
    found = KINDS.get(type(value))
    if found is None:
        return None
    kind, key = found
    return kind, value if key is None else key(value)


NO_CONSTANT: Any = object()
"""What `constant_value` gives for a node whose value must be computed."""


def constant_value(node: tree.Node) -> Any:
    """The value of a literal (also `-5`, `date("2026-01-01")`, `duration("P1D")`), else `NO_CONSTANT`."""
    match node:
        case tree.Null():
            return None
        case tree.Boolean() | tree.String() | tree.Choice():
            return node.value
        case tree.Number():
            return node.value
        case tree.Negate(value=tree.Number() as number):
            return -number.value
        case tree.At():
            return _temporal(temporal.parse_literal, node.text)
        case tree.Call(function=tree.Name(name="date"), arguments=(("", tree.String() as text),)):
            return _temporal(temporal.parse_date, text.value)
        case tree.Call(function=tree.Name(name="duration"), arguments=(("", tree.String() as text),)):
            return _temporal(temporal.parse_duration, text.value)
    return NO_CONSTANT


def _temporal(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except temporal.TemporalError:
        return NO_CONSTANT
