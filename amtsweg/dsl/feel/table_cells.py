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
    if not isinstance(node, tree.Tests):
        node = tree.Tests(node.start, node.end, (node,), negated=False)
    found: dict[str, list[Atom]] = {}
    turned: list[tuple[str, Atom]] = []
    for test in node.tests:
        atoms = _atoms(test)
        if atoms is None:
            return None
        for kind, atom, differs in atoms:
            if differs:
                turned.append((kind, atom))
            else:
                found.setdefault(kind, []).append(atom)
    if turned:
        # `!= 5` among other tests, or inside not(...), is left to running it.
        if found or len(turned) != 1 or node.negated:
            return None
        return _all_but(turned[0][0], (turned[0][1],))
    if not node.negated:
        return tuple(Cell(kind, tuple(atoms)) for kind, atoms in found.items())
    if len(found) != 1:
        return None
    ((kind, atoms_of_kind),) = found.items()
    return _all_but(kind, tuple(atoms_of_kind))


def _all_but(kind: str, atoms: tuple[Atom, ...]) -> tuple[Cell, ...] | None:
    """Everything of the kind but these; null too, where the test is one of equality (null = 5 is false, not null)."""
    if kind == "null":
        return None  # every value of every kind
    cell = Cell(kind, atoms, negated=True)
    if all(atom.low is not None and atom.low == atom.high for atom in atoms):
        return (cell, Cell("null", (Atom.point(NULL_KEY),)))
    return (cell,)


def _atoms(test: tree.Node) -> list[tuple[str, Atom, bool]] | None:
    """Atoms of one test: kind, interval, and whether the test is `!=`."""
    if isinstance(test, tree.Test):
        return _compared(test)
    if isinstance(test, tree.Range):
        return _interval(test)
    if isinstance(test, tree.List):
        found = []
        for item in test.items:
            atoms = _atoms(item) if not isinstance(item, tree.List) else None
            if atoms is None:
                return None
            found += atoms
        return found
    known = constant(test)
    if known is None:
        return None
    kind, key = known
    return [(kind, Atom.point(key), False)]


def _compared(test: tree.Test) -> list[tuple[str, Atom, bool]] | None:
    known = constant(test.value)
    if known is None:
        return None
    kind, key = known
    if test.op in ("=", "!="):
        return [(kind, Atom.point(key), test.op == "!=")]
    if kind in ("boolean", "null"):
        return None
    closed = test.op in ("<=", ">=")
    below = test.op in ("<", "<=")
    atom = Atom(None, key, False, closed) if below else Atom(key, None, closed, False)
    return [(kind, atom, False)]


def _interval(test: tree.Range) -> list[tuple[str, Atom, bool]] | None:
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
    return [(kinds.pop(), atom, False)]


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
