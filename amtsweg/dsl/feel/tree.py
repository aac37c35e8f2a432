"""The tree of an expression: frozen nodes that know their place, and their form as plain data.

`start` and `end` are offsets into the expression's text. Compiled procedures carry trees as data (`to_data`), so the
engine evaluates without the parser; therefore nothing here knows Lark. A node's data is a list: its tag, its place, its
parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amtsweg.dsl.feel.env import Relation


@dataclass(frozen=True, slots=True)
class Node:
    """What all nodes have: where they begin and end in the text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Null(Node):
    """`null`"""


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    """`true`, `false`"""

    value: bool


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number; `text` as written."""

    text: str

    @property
    def value(self) -> Decimal:
        return Decimal(self.text)


@dataclass(frozen=True, slots=True)
class String(Node):
    """A text."""

    value: str


@dataclass(frozen=True, slots=True)
class At(Node):
    """`@"2026-01-01"`"""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name of the scope."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """A bare option of a list, found by the checker (`art = fahrrad`)."""

    list: str
    value: str


@dataclass(frozen=True, slots=True)
class Money(Node):
    """`12.50 EUR`"""

    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class Percent(Node):
    """`5 %`"""

    text: str


@dataclass(frozen=True, slots=True)
class Period(Node):
    """`10 working days`; the count may be an expression in brackets."""

    count: Node
    unit: str


@dataclass(frozen=True, slots=True)
class When(Node):
    """`<period> after|before|from <moment>`; `exactly` leaves the end unmoved."""

    period: Node
    relation: Relation
    base: Node
    exactly: bool


@dataclass(frozen=True, slots=True)
class List(Node):
    """`[a, b]`"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Context(Node):
    """`{a: 1, b: 2}`"""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Range(Node):
    """`[low..high]` and its kin; None for a missing end (`< 5` as a value)."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """`-a`"""

    value: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """`+ - * / ** = != < <= > >= and or`"""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`a between b and c`"""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`a in test` or `a in (test, test)`"""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Test(Node):
    """A unary test with an operator: `< 5`, `!= null`, `= 3`."""

    op: str
    value: Node


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """Unary tests of a cell: any of them; `not(…)` turns them; empty is `-`."""

    tests: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if a then b else c`"""

    test: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for x in a, y in b return c`; an iterator over a range has `to`."""

    iterators: tuple[tuple[str, Node, Node | None], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some` / `every x in a satisfies c`"""

    kind: str
    iterators: tuple[tuple[str, Node, Node | None], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`a[b]`"""

    base: Node
    test: Node


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`a.b`"""

    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`f(a, b)` or `f(x: a)`; names are empty for positional arguments."""

    function: Node
    arguments: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    """`function(a: number, b) a + b`; parameter types as texts ("" = Any)."""

    params: tuple[tuple[str, str], ...]
    body: Node
    external: bool = False


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`a instance of list<number>`"""

    value: Node
    type: str


KINDS: dict[str, type[Node]] = {
    "null": Null, "bool": Boolean, "num": Number, "str": String, "at": At, "name": Name, "choice": Choice,
    "money": Money, "pct": Percent, "period": Period, "when": When, "list": List, "ctx": Context, "range": Range,
    "neg": Negate, "op": Binary, "between": Between, "in": In, "test": Test, "tests": Tests, "if": If, "for": For,
    "quant": Quantified, "filter": Filter, "path": Path, "call": Call, "fun": FunctionDefinition, "inst": InstanceOf,
}  # fmt: skip
TAGS = {kind: tag for tag, kind in KINDS.items()}
_NAMES = {kind: tuple(f.name for f in fields(kind))[2:] for kind in KINDS.values()}


def to_data(node: Node) -> list[Any]:
    """A tree as plain JSON data."""
    parts = [_part(getattr(node, name)) for name in _NAMES[type(node)]]
    return [TAGS[type(node)], node.start, node.end, *parts]


def _part(value: Any) -> Any:
    if isinstance(value, Node):
        return {"n": to_data(value)}
    if isinstance(value, tuple):
        return [_part(item) for item in value]
    return value


def from_data(data: Any) -> Node:
    """The inverse of `to_data`."""
    kind = KINDS[data[0]]
    return kind(data[1], data[2], *(_unpart(part) for part in data[3:]))


def _unpart(value: Any) -> Any:
    if isinstance(value, dict):
        return from_data(value["n"])
    if isinstance(value, list):
        return tuple(_unpart(item) for item in value)
    return value


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, in written order."""

    def inside(value: Any) -> Iterator[Node]:
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                yield from inside(item)

    for name in _NAMES[type(node)]:
        yield from inside(getattr(node, name))


def path_of(node: Node) -> tuple[str, ...]:
    """The parts of a plain path, `a.b` as ("a", "b"); () for anything else."""
    parts: list[str] = []
    while isinstance(node, Path):
        parts.append(node.name)
        node = node.base
    return (node.name, *reversed(parts)) if isinstance(node, Name) else ()


def anywhere(node: Node, test: Callable[[Node], bool]) -> bool:
    """Whether any node of a tree passes."""
    todo = [node]
    while todo:
        at = todo.pop()
        if test(at):
            return True
        todo += children(at)
    return False


def names_anywhere(node: Node, name: str) -> bool:
    """Whether a tree speaks of a name, bound or not: `?`, `partial`."""
    return anywhere(node, lambda at: isinstance(at, Name) and at.name == name)


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """The same node with its direct children changed."""

    def inside(value: Any) -> Any:
        if isinstance(value, Node):
            return change(value)
        if isinstance(value, tuple):
            return tuple(inside(item) for item in value)
        return value

    return replace(node, **{name: inside(getattr(node, name)) for name in _NAMES[type(node)]})


def bound_names(node: Node) -> tuple[str, ...]:
    """The names a node binds for its last part."""
    if isinstance(node, For):
        return (*(name for name, _, _ in node.iterators), "partial")
    if isinstance(node, Quantified):
        return tuple(name for name, _, _ in node.iterators)
    if isinstance(node, FunctionDefinition):
        return tuple(name for name, _ in node.params)
    return ()


def free_names(node: Node) -> tuple[str, ...]:
    """The names an expression reads from outside, in the order of their first use."""
    found: dict[str, None] = {}

    def visit(at: Node, bound: frozenset[str]) -> None:
        if isinstance(at, Name):
            if at.name not in bound:
                found.setdefault(at.name)
            return
        if isinstance(at, For | Quantified):
            inner = bound
            for name, low, high in at.iterators:
                visit(low, inner)
                if high is not None:
                    visit(high, inner)
                inner = inner | {name}
            visit(at.body, inner | {"partial"})
            return
        if isinstance(at, FunctionDefinition):
            visit(at.body, bound | set(bound_names(at)))
            return
        if isinstance(at, Context):
            inner = bound
            for name, value in at.entries:
                visit(value, inner)
                inner = inner | {name}
            return
        if isinstance(at, Filter):
            visit(at.base, bound)
            visit(at.test, bound | {"item"})
            return
        for child in children(at):
            visit(child, bound)

    visit(node, frozenset())
    return tuple(found)


def free_names_beyond(node: Node, known: frozenset[str]) -> tuple[str, ...]:
    """The free names of an expression that are not among the known ones."""
    return tuple(name for name in free_names(node) if name not in known)


def rename(node: Node, names: dict[str, str]) -> Node:
    """The same tree where free names are called otherwise; bound names stay."""

    def visit(at: Node, hidden: frozenset[str]) -> Node:
        if isinstance(at, Name):
            new = names.get(at.name)
            return replace(at, name=new) if new is not None and at.name not in hidden else at
        if isinstance(at, For | Quantified):
            inner = hidden
            iterators = []
            for name, low, high in at.iterators:
                iterators.append((name, visit(low, inner), visit(high, inner) if high is not None else None))
                inner = inner | {name}
            return replace(at, iterators=tuple(iterators), body=visit(at.body, inner))
        if isinstance(at, FunctionDefinition):
            return replace(at, body=visit(at.body, hidden | set(bound_names(at))))
        if isinstance(at, Context):
            inner = hidden
            entries = []
            for name, value in at.entries:
                entries.append((name, visit(value, inner)))
                inner = inner | {name}
            return replace(at, entries=tuple(entries))
        return rebuild(at, lambda child: visit(child, hidden))

    return visit(node, frozenset())


def read_paths(node: Node) -> tuple[tuple[str, ...], ...]:
    """The plain paths an expression reads: `antrag.hunde.rasse` as ("antrag", "hunde", "rasse")."""
    found: dict[tuple[str, ...], None] = {}

    def read(at: Node) -> tuple[str, ...] | None:
        if isinstance(at, Name):
            return (at.name,)
        if isinstance(at, Path):
            base = read(at.base)
            return None if base is None else (*base, at.name)
        if isinstance(at, Filter):
            visit(at.test)
            return read(at.base)
        return None

    def visit(at: Node) -> None:
        path = read(at)
        if path is not None:
            found.setdefault(path)
            return
        for child in children(at):
            visit(child)

    visit(node)
    return tuple(found)


def depth(node: Node) -> int:
    """How deep a tree is, without recursion."""
    deepest, todo = 0, [(node, 1)]
    while todo:
        at, level = todo.pop()
        deepest = max(deepest, level)
        todo += [(child, level + 1) for child in children(at)]
    return deepest
