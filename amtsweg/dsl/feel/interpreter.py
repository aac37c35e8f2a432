"""The small evaluator: walks a tree, says where something is undefined, and can explain what it did.

Independent of the compiler, so that the two can be held against each other. The compiled code comes here when an
operation fails: evaluation is pure, so walking the same tree again gives the same failure, with its place. With a
`trace` every evaluated node is recorded with its value: the reasons of a notice are written from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from amtsweg.dsl.feel import temporal as tm
from amtsweg.dsl.feel import tree as t
from amtsweg.dsl.feel.builtins import BUILTINS
from amtsweg.dsl.feel.builtins.registry import call as call_builtin
from amtsweg.dsl.feel.env import Env, Relation
from amtsweg.dsl.feel.numbers import ARITHMETIC_ERRORS, CONTEXT
from amtsweg.dsl.feel.operators import FeelError, Operators
from amtsweg.dsl.feel.ranges import Range
from amtsweg.dsl.feel.types import Type, TypeTextError, of_text
from amtsweg.dsl.feel.values import Function, Money, Period

Value = Any
MISSING = object()
MAX_CALLS = 120


@dataclass(frozen=True, slots=True)
class Traced:
    """One evaluated node: its stretch of the text and its value."""

    start: int
    end: int
    value: Value


class Names:
    """The names at one place: own ones in front of those around; in a filter, the entries of the element."""

    __slots__ = ("item", "own", "parent")

    def __init__(self, parent: Names | Mapping[str, Value], own: dict[str, Value], item: Value = MISSING) -> None:
        self.parent, self.own, self.item = parent, own, item

    def get(self, name: str) -> Value:
        """The value of a name, MISSING if nobody has it."""
        at: Names | Mapping[str, Value] = self
        while isinstance(at, Names):
            if name in at.own:
                return at.own[name]
            if at.item is not MISSING:
                if type(at.item) is dict and name in at.item:
                    return at.item[name]
                if name == "item":
                    return at.item
            at = at.parent
        return at.get(name, MISSING)

    @property
    def filters_contexts(self) -> bool:
        """Whether this is inside a filter over contexts: there a name may be an entry that this context lacks."""
        at: Names | Mapping[str, Value] = self
        while isinstance(at, Names):
            if type(at.item) is dict:
                return True
            at = at.parent
        return False


class Interpreter:
    """One evaluation in one mode."""

    def __init__(self, ops: Operators, env: Env | None = None, trace: list[Traced] | None = None) -> None:
        self.ops = ops
        self.env = env
        self.trace = trace
        self.calls = 0

    def value(self, node: t.Node, names: Names) -> Value:
        """The value of a node. In strict mode an undefined operation raises `FeelError` with the node's place."""
        try:
            found = HANDLERS[type(node)](self, node, names)
        except FeelError as error:
            if not error.located:
                error.located = True
                error.start, error.end = node.start, node.end
            raise
        if self.trace is not None:
            self.trace.append(Traced(node.start, node.end, found))
        return found

    # ---------------------------------------------------------------------------------------------------------- names

    def name(self, name: str, names: Names) -> Value:
        found = names.get(name)
        if found is not MISSING:
            return found
        env = self.env
        if env is not None and name in env.functions:
            given = env.functions[name]
            return given if isinstance(given, Function) else Function((), given, name)
        if name in ("today", "now"):
            return self.builtin(name, (), {})
        builtin = BUILTINS.get(name)
        if builtin is not None:
            return Function(builtin.params, lambda *args: self.builtin(name, args, {}), name)
        return None if names.filters_contexts else self.ops.fail("unknown_name", name=name)

    def builtin(self, name: str, args: Sequence[Value], named: Mapping[str, Value]) -> Value:
        return call_builtin(BUILTINS[name], args, named, self.ops, self.env)

    def _name(self, node: t.Name, names: Names) -> Value:
        return self.name(node.name, names)

    # ------------------------------------------------------------------------------------------------------- literals

    def _at(self, node: t.At, names: Names) -> Value:
        try:
            return tm.parse_literal(node.text)
        except tm.TemporalError:
            return self.ops.fail("literal", text=node.text)

    def _period(self, node: t.Period, names: Names) -> Value:
        return period(self.ops, self.value(node.count, names), node.unit)

    def _when(self, node: t.When, names: Names) -> Value:
        length, base = self.value(node.period, names), self.value(node.base, names)
        return due(self.ops, length, base, node.relation, node.exactly, self.env)

    def _list(self, node: t.List, names: Names) -> Value:
        return [self.value(item, names) for item in node.items]

    def _context(self, node: t.Context, names: Names) -> Value:
        out: dict[str, Value] = {}
        inner = Names(names, out)
        for key, value in node.entries:
            if key in out:
                return self.ops.fail("context_key", key=key)
            out[key] = self.value(value, inner)
        return dict(out)

    def _range(self, node: t.Range, names: Names) -> Value:
        low = self.value(node.low, names) if node.low is not None else None
        high = self.value(node.high, names) if node.high is not None else None
        return self.ops.range_(low, high, node.low_closed, node.high_closed)

    def _test_value(self, node: t.Test, names: Names) -> Value:
        """`(< 5)` as a value is a range."""
        value = self.value(node.value, names)
        if value is None:
            return None
        forms = {
            "<": (None, value, False, False),
            "<=": (None, value, False, True),
            ">": (value, None, False, False),
            ">=": (value, None, True, False),
            "=": (value, value, True, True),
            "!=": (value, value, False, False),
        }
        return Range(*forms[node.op], test=True)

    # ------------------------------------------------------------------------------------------------------ operators

    def _negate(self, node: t.Negate, names: Names) -> Value:
        return self.ops.neg(self.value(node.value, names))

    def _binary(self, node: t.Binary, names: Names) -> Value:
        left = self.value(node.left, names)
        if (node.op == "and" and left is False) or (node.op == "or" and left is True):
            return left
        right = self.value(node.right, names)
        return BINARY[node.op](self.ops, left, right)

    def _between(self, node: t.Between, names: Names) -> Value:
        return self.ops.between(
            self.value(node.value, names), self.value(node.low, names), self.value(node.high, names)
        )

    def _in(self, node: t.In, names: Names) -> Value:
        value = self.value(node.value, names)
        answer: bool | None = False
        for test in node.tests:
            found = self.test(test, value, names)
            if found is True:
                return True
            if found is None:
                answer = None
        return answer

    def test(self, test: t.Node, value: Value, names: Names) -> bool | None:
        """One test of a value: `< 5`, a range, a list, something equal."""
        if isinstance(test, t.Test):
            return COMPARE[test.op](self.ops, value, self.value(test.value, names))
        return self.ops.in_(value, self.value(test, names))

    def _tests(self, node: t.Tests, names: Names) -> Value:
        value = self.name("?", names)
        if not node.tests:
            return True
        answer: bool | None = False
        for test in node.tests:
            found = self._one_test(test, value, names)
            if found is True:
                answer = True
                break
            if found is None:
                answer = None
        return (None if answer is None else not answer) if node.negated else answer

    def _one_test(self, test: t.Node, value: Value, names: Names) -> bool | None:
        if isinstance(test, t.Test):
            return self.test(test, value, names)
        found = self.value(test, names)
        if isinstance(test, t.Boolean):
            return self.ops.in_(value, found)
        return computed_test(self.ops, value, found, t.names_anywhere(test, "?"))

    # -------------------------------------------------------------------------------------------------------- control

    def _if(self, node: t.If, names: Names) -> Value:
        return self.value(node.then if self.ops.truth(self.value(node.test, names)) else node.otherwise, names)

    def _for(self, node: t.For, names: Names) -> Value:
        out: list[Value] = []
        inner = Names(names, {"partial": out})
        if not self._iterate(node.iterators, 0, inner, lambda at: out.append(self.value(node.body, at))):
            return None
        return list(out)

    def _iterate(
        self,
        iterators: tuple[tuple[str, t.Node, t.Node | None], ...],
        index: int,
        names: Names,
        body: Callable[[Names], Any],
    ) -> bool:
        if index == len(iterators):
            return body(names) is not STOP
        name, low, high = iterators[index]
        first = self.value(low, names)
        domain = self.ops.domain(first, self.value(high, names), True) if high is not None else self.ops.domain(first)
        if domain is None:
            return False
        return all(self._iterate(iterators, index + 1, Names(names, {name: item}), body) for item in domain)

    def _quantified(self, node: t.Quantified, names: Names) -> Value:
        some = node.kind == "some"
        answer: list[bool | None] = [not some]

        def body(at: Names) -> Any:
            found = self.value(node.body, at)
            answer[0] = self.ops.or_(answer[0], found) if some else self.ops.and_(answer[0], found)
            return STOP if answer[0] is some else None

        if not self._iterate(node.iterators, 0, names, body) and answer[0] is not some:
            return None
        return answer[0]

    def _filter(self, node: t.Filter, names: Names) -> Value:
        base = self.value(node.base, names)
        constant = self.value(node.test, names) if isinstance(node.test, t.Number | t.Negate) else None
        return self.ops.filter_(base, lambda item: self.value(node.test, Names(names, {}, item)), constant)

    def _path(self, node: t.Path, names: Names) -> Value:
        return self.ops.path(self.value(node.base, names), node.name)

    def _instance_of(self, node: t.InstanceOf, names: Names) -> Value:
        value = self.value(node.value, names)
        kind = type_named(node.type)
        return self.ops.fail("unknown_type", name=node.type) if kind is None else self.ops.instance_of(value, kind)

    # ------------------------------------------------------------------------------------------------------ functions

    def _function(self, node: t.FunctionDefinition, names: Names) -> Value:
        if node.external:
            return self.ops.fail("external")
        kinds = tuple(type_named(text) if text else None for _, text in node.params)
        params = tuple(name for name, _ in node.params)

        def run(*args: Value) -> Value:
            self.calls += 1
            if self.calls > MAX_CALLS:
                self.calls = 0
                raise FeelError("too_deep", name="function")
            try:
                return self.value(node.body, Names(names, dict(zip(params, args, strict=True))))
            finally:
                self.calls = max(0, self.calls - 1)

        return Function(params, run, "function", kinds)

    def _call(self, node: t.Call, names: Names) -> Value:
        function = node.function
        named = {name: self.value(value, names) for name, value in node.arguments if name}
        args = [self.value(value, names) for name, value in node.arguments if not name]
        if isinstance(function, t.Name):
            found = names.get(function.name)
            if found is MISSING and self.env is not None and function.name in self.env.functions:
                found = self.env.functions[function.name]
                if not isinstance(found, Function):
                    return found(*args)
            if found is MISSING:
                if function.name in BUILTINS:
                    return self.builtin(function.name, args, named)
                return self.ops.fail("unknown_function", name=function.name)
        else:
            found = self.value(function, names)
        return call_value(self.ops, found, args, named)


STOP = object()


def call_value(ops: Operators, function: Value, args: Sequence[Value], named: Mapping[str, Value]) -> Value:
    """A function value with positional or named arguments."""
    if named:
        if not isinstance(function, Function):
            return ops.call(function, ())
        if set(named) != set(function.params):
            return ops.fail("arguments", name=function.name, given=", ".join(named))
        args = [named[name] for name in function.params]
    return ops.call(function, args)


def computed_test(ops: Operators, value: Value, found: Value, mentions: bool) -> bool | None:
    """A test whose own value is `found`: a condition on the tested value (`mentions` it by `?`), or what it is in."""
    if mentions:
        return found if type(found) is bool else None
    if found is True and type(value) is not bool:
        return True
    return ops.in_(value, found)


def period(ops: Operators, count: Value, unit: str) -> Value:
    """`<count> working days`."""
    if count is None:
        return None
    if type(count) is not Decimal or count != count.to_integral_value():
        return ops.fail("period_count", value=count)
    return Period(int(count), unit)


def due(ops: Operators, length: Value, base: Value, relation: Relation, exactly: bool, env: Env | None) -> Value:
    """`<length> after <base>`, by the calendar of the outside world."""
    if length is None or base is None:
        return None
    if not isinstance(length, Period) or not isinstance(base, tm.Date | tm.DateTime):
        return ops.fail("period_base", period=length, base=base)
    if env is None or env.calendar is None:
        return ops.fail("no_calendar")
    return env.calendar.due(length, base, relation, exactly=exactly)


@lru_cache(maxsize=1024)
def type_named(text: str) -> Type | None:
    """The type of that text, None if there is none."""
    try:
        return of_text(text)
    except TypeTextError:
        return None


def number(text: str) -> Decimal:
    """A literal as a number of 34 digits."""
    return CONTEXT.create_decimal(text)


def percent(text: str) -> Decimal:
    """`5 %` is 0.05."""
    return CONTEXT.divide(CONTEXT.create_decimal(text), Decimal(100))


COMPARE: dict[str, Callable[[Operators, Value, Value], bool | None]] = {
    "=": lambda o, a, b: o.eq(a, b),
    "!=": lambda o, a, b: o.ne(a, b),
    "<": lambda o, a, b: o.lt(a, b),
    "<=": lambda o, a, b: o.le(a, b),
    ">": lambda o, a, b: o.gt(a, b),
    ">=": lambda o, a, b: o.ge(a, b),
}
BINARY: dict[str, Callable[[Operators, Value, Value], Value]] = {
    **COMPARE,
    "+": lambda o, a, b: o.add(a, b),
    "-": lambda o, a, b: o.sub(a, b),
    "*": lambda o, a, b: o.mul(a, b),
    "/": lambda o, a, b: o.div(a, b),
    "**": lambda o, a, b: o.power(a, b),
    "and": lambda o, a, b: o.and_(a, b),
    "or": lambda o, a, b: o.or_(a, b),
}

HANDLERS: dict[type[t.Node], Callable[[Interpreter, Any, Names], Value]] = {
    t.Null: lambda i, n, names: None,
    t.Boolean: lambda i, n, names: n.value,
    t.Number: lambda i, n, names: number(n.text),
    t.String: lambda i, n, names: n.value,
    t.At: Interpreter._at,
    t.Name: Interpreter._name,
    t.Choice: lambda i, n, names: n.value,
    t.Money: lambda i, n, names: Money(number(n.amount), n.currency),
    t.Percent: lambda i, n, names: percent(n.text),
    t.Period: Interpreter._period,
    t.When: Interpreter._when,
    t.List: Interpreter._list,
    t.Context: Interpreter._context,
    t.Range: Interpreter._range,
    t.Negate: Interpreter._negate,
    t.Binary: Interpreter._binary,
    t.Between: Interpreter._between,
    t.In: Interpreter._in,
    t.Test: Interpreter._test_value,
    t.Tests: Interpreter._tests,
    t.If: Interpreter._if,
    t.For: Interpreter._for,
    t.Quantified: Interpreter._quantified,
    t.Filter: Interpreter._filter,
    t.Path: Interpreter._path,
    t.Call: Interpreter._call,
    t.FunctionDefinition: Interpreter._function,
    t.InstanceOf: Interpreter._instance_of,
}


def evaluate(
    node: t.Node,
    frame: Mapping[str, Value],
    env: Env | None,
    ops: Operators,
    trace: list[Traced] | None = None,
) -> Value:
    """The value of a tree in a frame of names. Raises `FeelError` in strict mode, with the place."""
    try:
        return Interpreter(ops, env, trace).value(node, Names(frame, {}))
    except RecursionError:
        return ops.fail("too_deep")
    except ARITHMETIC_ERRORS:
        return ops.fail("overflow")
