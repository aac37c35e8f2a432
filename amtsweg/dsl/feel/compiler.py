"""Trees to Python code objects, built from `ast` nodes and never from text.

The generated function takes the frame of names and the environment. It holds nothing but arithmetic, comparisons,
branches, and calls of a fixed set of helpers; constants sit in a table, names are read once into locals, and no
attribute of a value is ever touched. The common cases (two numbers, two texts) are inline; everything else goes to the
operators of the mode. When an operation fails, the interpreter walks the same tree again: it finds the same failure and
its place, so a place costs nothing while all is well. What is rare (functions as values, loops that use `partial`)
is left to the interpreter.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from types import CodeType, FunctionType
from typing import Any

from amtsweg.dsl.feel import temporal as tm
from amtsweg.dsl.feel import tree as t
from amtsweg.dsl.feel.builtins import BUILTINS
from amtsweg.dsl.feel.builtins.registry import call as call_builtin
from amtsweg.dsl.feel.env import Env
from amtsweg.dsl.feel.interpreter import (
    MISSING,
    Interpreter,
    Names,
    call_value,
    computed_test,
    due,
    evaluate,
    number,
    percent,
    period,
    type_named,
)
from amtsweg.dsl.feel.numbers import ARITHMETIC_ERRORS, CONTEXT
from amtsweg.dsl.feel.operators import FeelError, Operators, operators
from amtsweg.dsl.feel.values import Money

Value = Any
Run = Callable[[Mapping[str, Value], "Env | None"], Value]

CAUGHT = (FeelError, RecursionError, *ARITHMETIC_ERRORS)
INLINE = {"+": "add", "-": "sub", "*": "mul"}
COMPARE: dict[str, tuple[str, type[ast.cmpop]]] = {
    "<": ("lt", ast.Lt), "<=": ("le", ast.LtE), ">": ("gt", ast.Gt), ">=": ("ge", ast.GtE),
    "=": ("eq", ast.Eq), "!=": ("ne", ast.NotEq),
}  # fmt: skip
TEXT_FUNCTIONS = {"contains"}


@lru_cache(maxsize=16384)
def compile_tree(node: t.Node, mode: str = "spec") -> Run:
    """A function of (frame, env) that gives the value of a tree.

    Parameters
    ----------
    node: the tree.
    mode: `spec` gives null where an operation is undefined, `strict` raises `FeelError` with the place.
    """
    ops = operators(mode)

    def slow(frame: Mapping[str, Value], env: Env | None) -> Value:
        return evaluate(node, frame, env, ops)

    try:
        return _Compile(node, ops, slow).function()
    except (_TooRare, RecursionError):
        return slow


class _TooRare(Exception):
    """The whole tree is better interpreted."""


class _Scope:
    """Names bound around a place: variables by their Python names, or the element of a filter."""

    def __init__(self, parent: _Scope | None, variables: dict[str, str], item: str = "") -> None:
        self.parent, self.variables, self.item = parent, variables, item


class _Compile:
    def __init__(self, node: t.Node, ops: Operators, slow: Run) -> None:
        self.node, self.ops, self.slow = node, ops, slow
        self.env: dict[str, Any] = {
            "type": type, "Decimal": Decimal, "str": str, "bool": bool, "dict": dict, "list": list, "MISSING": MISSING,
            "CAUGHT": CAUGHT, "slow": slow, "add_": CONTEXT.add, "sub_": CONTEXT.subtract, "mul_": CONTEXT.multiply,
            "missing": self._missing, "builtin": self._builtin, "call": partial(call_value, ops),
            "test_": partial(computed_test, ops),
            "literal": self._literal, "due": partial(due, ops), "period": partial(period, ops), "context": dict,
            "each": _each, "each_of_each": _each_of_each, "some": _quantify(True, ops.or_, True),
            "every": _quantify(False, ops.and_, True), "some_inner": _quantify(True, ops.or_, False),
            "every_inner": _quantify(False, ops.and_, False), "truth": ops.truth,
            "KeyError": KeyError, "named": self._function_named,
        }  # fmt: skip
        for name in ("add", "sub", "mul", "div", "power", "neg", "eq", "ne", "lt", "le", "gt", "ge", "and_", "or_",
                     "in_", "between", "path", "filter_", "domain", "instance_of", "range_", "fail"):  # fmt: skip
            self.env["o_" + name] = getattr(ops, name)
        self.free: dict[str, str] = {}
        self.count = 0

    # ------------------------------------------------------------------------------------------------- the function

    def function(self) -> Run:
        body = self.expr(self.node, None)
        quick: list[ast.stmt] = []
        careful: list[ast.stmt] = []
        for name, local in self.free.items():
            quick.append(_assign(local, _entry("frame", name)))
            there = ast.Compare(_const(name), [ast.In()], [_load("frame")])
            careful.append(
                _assign(local, ast.IfExp(there, _entry("frame", name), _call("missing", _const(name), _load("env"))))
            )
        load: list[ast.stmt] = []
        if quick:
            # All names are there as a rule; only if one is not, each is asked for.
            load.append(ast.Try(quick, [ast.ExceptHandler(_load("KeyError"), None, careful)], [], []))
        guarded: list[ast.stmt] = [*load, ast.Return(body)]
        handler = ast.ExceptHandler(_load("CAUGHT"), None, [ast.Return(_call("slow", _load("frame"), _load("env")))])
        arguments = ast.arguments([], [ast.arg("frame"), ast.arg("env")], None, [], [], None, [_const(None)])
        definition = ast.FunctionDef("feel", arguments, [ast.Try(guarded, [handler], [], [])], [], None)
        module = ast.fix_missing_locations(ast.Module([definition], []))
        code = compile(module, "<feel>", "exec", dont_inherit=True)
        inner = next(c for c in code.co_consts if isinstance(c, CodeType))
        return FunctionType(inner, {"__builtins__": {}, **self.env}, "feel", (None,))

    def constant(self, value: Value) -> ast.expr:
        if value is None or type(value) in (bool, str):
            return _const(value)
        self.count += 1
        name = f"c{self.count}"
        self.env[name] = value
        return _load(name)

    def temp(self) -> str:
        self.count += 1
        return f"t{self.count}"

    def once(self, node: t.Node, scope: _Scope | None) -> tuple[ast.expr, ast.expr]:
        """A value that is used several times: (first use, which computes it; further uses)."""
        made = self.expr(node, scope)
        if isinstance(made, ast.Name | ast.Constant):
            return made, made
        name = self.temp()
        return ast.NamedExpr(ast.Name(name, ast.Store()), made), _load(name)

    # ------------------------------------------------------------------------------------------------------- helpers

    def _missing(self, name: str, env: Env | None, items: tuple[Value, ...] = ()) -> Value:
        names = Names({}, {})
        for item in items:
            names = Names(names, {}, item)
        return Interpreter(self.ops, env).name(name, names)

    def _builtin(self, name: str, args: tuple[Value, ...], named: dict[str, Value], env: Env | None) -> Value:
        if env is not None and name in env.functions:
            return call_value(self.ops, Interpreter(self.ops, env).name(name, Names({}, {})), args, named)
        found = BUILTINS.get(name)
        if found is None:
            return self.ops.fail("unknown_function", name=name)
        return call_builtin(found, args, named, self.ops, env)

    def _function_named(
        self, given: Value, name: str, args: tuple[Value, ...], named: dict[str, Value], env: Env | None
    ) -> Value:
        if given is MISSING:
            return self._builtin(name, args, named, env)
        return call_value(self.ops, given, args, named)

    def _literal(self, text: str) -> Value:
        return self.ops.fail("literal", text=text)

    # --------------------------------------------------------------------------------------------------- expressions

    def expr(self, node: t.Node, scope: _Scope | None) -> ast.expr:
        return HANDLERS[type(node)](self, node, scope)

    def name(self, name: str, scope: _Scope | None, lazy: bool = False) -> ast.expr:
        """What reads a name; `lazy`: a function's name, read when it is called, MISSING if only a built-in has it."""
        at = scope
        items: list[str] = []
        found: ast.expr | None = None
        while at is not None:
            if name in at.variables:
                found = _load(at.variables[name])
                break
            if at.item:
                items.append(at.item)
                if name == "item":
                    found = _load(at.item)
                    break
            at = at.parent
        if found is None:
            if lazy:
                there = ast.Compare(_const(name), [ast.In()], [_load("frame")])
                found = ast.IfExp(there, _entry("frame", name), _load("MISSING"))
            elif items:
                # Often an entry of the filtered contexts and no name of the frame: asked for only where it is needed.
                there = ast.Compare(_const(name), [ast.In()], [_load("frame")])
                around = ast.Tuple([_load(item) for item in items], ast.Load())
                found = ast.IfExp(there, _entry("frame", name), _call("missing", _const(name), _load("env"), around))
            else:
                if name not in self.free:
                    self.count += 1
                    self.free[name] = f"n{self.count}"
                found = _load(self.free[name])
        for item in reversed(items):
            inside = ast.BoolOp(
                ast.And(), [_is_type(_load(item), "dict"), ast.Compare(_const(name), [ast.In()], [_load(item)])]
            )
            found = ast.IfExp(inside, _entry(item, name), found)
        return found

    def _binary(self, node: t.Binary, scope: _Scope | None) -> ast.expr:
        if node.op in ("and", "or"):
            return self._logic(node, scope)
        left, left_again = self.once(node.left, scope)
        right, right_again = self.once(node.right, scope)
        number_left, number_right = (
            isinstance(node.left, t.Number | t.Percent),
            isinstance(node.right, t.Number | t.Percent),
        )
        if node.op in INLINE:
            name = INLINE[node.op]
            return _guard(
                left, right, number_left, number_right,
                _call(name + "_", left_again, right_again), _call("o_" + name, left_again, right_again),
            )  # fmt: skip
        if node.op in COMPARE:
            name, sign = COMPARE[node.op]
            texts = isinstance(node.left, t.String | t.Choice) or isinstance(node.right, t.String | t.Choice)
            fast = ast.Compare(left_again, [sign()], [right_again])
            slow = _call("o_" + name, left_again, right_again)
            if texts:
                return _guard(
                    left, right,
                    isinstance(node.left, t.String | t.Choice), isinstance(node.right, t.String | t.Choice),
                    fast, slow, "str",
                )  # fmt: skip
            return _guard(left, right, number_left, number_right, fast, slow)
        return _call({"/": "o_div", "**": "o_power"}[node.op], left, right)

    def _logic(self, node: t.Binary, scope: _Scope | None) -> ast.expr:
        """Short on the left, three-valued on the rest."""
        left, left_again = self.once(node.left, scope)
        right, right_again = self.once(node.right, scope)
        ends = node.op == "or"
        rest = ast.IfExp(
            ast.BoolOp(ast.And(), [_is_type(right, "bool"), _is(left_again, not ends)]),
            right_again,
            _call("o_" + node.op + "_", left_again, right_again),
        )
        return ast.IfExp(_is(left, ends), _const(ends), rest)

    def _if(self, node: t.If, scope: _Scope | None) -> ast.expr:
        test, again = self.once(node.test, scope)
        otherwise = ast.BoolOp(ast.Or(), [_is(again, False), ast.UnaryOp(ast.Not(), _call("truth", again))])
        return ast.IfExp(
            _is(test, True),
            self.expr(node.then, scope),
            ast.IfExp(otherwise, self.expr(node.otherwise, scope), _const(None)),
        )

    def _call(self, node: t.Call, scope: _Scope | None) -> ast.expr:
        named = ast.Dict(
            [_const(name) for name, _ in node.arguments if name],
            [self.expr(value, scope) for name, value in node.arguments if name],
        )
        args = [value for name, value in node.arguments if not name]
        if not isinstance(node.function, t.Name):
            given = ast.Tuple([self.expr(value, scope) for value in args], ast.Load())
            return _call("call", self.expr(node.function, scope), given, named)
        name = node.function.name
        function = self.name(name, scope, lazy=True)
        if name in TEXT_FUNCTIONS and len(args) == 2 and scope is None:
            text, text_again = self.once(node.arguments[0][1], scope)
            part, part_again = self.once(node.arguments[1][1], scope)
            again = ast.Tuple([text_again, part_again], ast.Load())
            slow = _call("named", function, _const(name), again, named, _load("env"))
            own = ast.Compare(_const(name), [ast.NotIn()], [_load("frame")])
            fast = ast.IfExp(own, ast.Compare(part_again, [ast.In()], [text_again]), slow)
            texts = isinstance(node.arguments[0][1], t.String), isinstance(node.arguments[1][1], t.String)
            return _guard(text, part, *texts, fast, slow, "str")
        given = ast.Tuple([self.expr(value, scope) for value in args], ast.Load())
        return _call("named", function, _const(name), given, named, _load("env"))

    def _in(self, node: t.In, scope: _Scope | None) -> ast.expr:
        value, again = self.once(node.value, scope)
        found = [
            self._test(test, value if index == 0 else again, again, scope) for index, test in enumerate(node.tests)
        ]
        return self._any(found)

    def _any(self, found: list[ast.expr]) -> ast.expr:
        answer = found[0]
        for other in found[1:]:
            name = self.temp()
            stored = ast.NamedExpr(ast.Name(name, ast.Store()), answer)
            answer = ast.IfExp(_is(stored, True), _const(True), _call("o_or_", _load(name), other))
        return answer

    def _test(self, test: t.Node, value: ast.expr, again: ast.expr, scope: _Scope | None) -> ast.expr:
        if isinstance(test, t.Test):
            name, sign = COMPARE[test.op]
            other, other_again = self.once(test.value, scope)
            return _guard(
                value, other, False, isinstance(test.value, t.Number),
                ast.Compare(again, [sign()], [other_again]), _call("o_" + name, again, other_again),
            )  # fmt: skip
        return _call("o_in_", value, self.expr(test, scope))

    def _tests(self, node: t.Tests, scope: _Scope | None) -> ast.expr:
        if not node.tests:
            return _const(True)
        value = self.name("?", scope)
        found = []
        for test in node.tests:
            if isinstance(test, t.Test):
                found.append(self._test(test, value, value, scope))
            elif isinstance(test, t.String):
                found.append(
                    ast.IfExp(
                        _is_type(value, "str"),
                        ast.Compare(value, [ast.Eq()], [_const(test.value)]),
                        _call("test_", value, _const(test.value), _const(False)),
                    )
                )
            elif isinstance(test, t.Boolean):
                # A literal is compared; only a computed condition decides by being true.
                found.append(_call("o_in_", value, self.expr(test, scope)))
            else:
                found.append(_call("test_", value, self.expr(test, scope), _const(t.names_anywhere(test, "?"))))
        answer = self._any(found)
        if not node.negated:
            return answer
        name = self.temp()
        stored = ast.NamedExpr(ast.Name(name, ast.Store()), answer)
        return ast.IfExp(
            ast.Compare(stored, [ast.Is()], [_const(None)]), _const(None), ast.UnaryOp(ast.Not(), _load(name))
        )

    def _filter(self, node: t.Filter, scope: _Scope | None) -> ast.expr:
        base = self.expr(node.base, scope)
        constant: ast.expr = _const(None)
        if isinstance(node.test, t.Number | t.Negate):
            constant = self.expr(node.test, scope)
        item = self.temp()
        inner = self.expr(node.test, _Scope(scope, {}, item))
        return _call("o_filter_", base, _lambda(item, inner), constant)

    def _context(self, node: t.Context, scope: _Scope | None) -> ast.expr:
        if len({name for name, _ in node.entries}) != len(node.entries):
            raise _TooRare
        variables: dict[str, str] = {}
        inner = _Scope(scope, variables)
        steps: list[ast.expr] = []
        keys: list[ast.expr | None] = []
        values: list[ast.expr] = []
        for key, value in node.entries:
            made = self.expr(value, inner)
            name = self.temp()
            steps.append(ast.NamedExpr(ast.Name(name, ast.Store()), made))
            variables[key] = name
            keys.append(_const(key))
            values.append(_load(name))
        whole = ast.Tuple([*steps, ast.Dict(keys, values)], ast.Load())
        return ast.Subscript(whole, _const(-1), ast.Load())

    def _at(self, node: t.At, scope: _Scope | None) -> ast.expr:
        try:
            return self.constant(tm.parse_literal(node.text))
        except tm.TemporalError:
            return _call("literal", _const(node.text))

    def _rare(self, node: t.Node, scope: _Scope | None) -> ast.expr:
        """Functions, and loops with `partial`: interpreted, with the locals of the place."""
        ops = self.ops

        def run(frame: Mapping[str, Value], env: Env | None, own: dict[str, Value], items: tuple[Value, ...]) -> Value:
            names: Names | Mapping[str, Value] = frame
            for item in items:
                names = Names(names, {}, item)
            return Interpreter(ops, env).value(node, Names(names, own))

        self.count += 1
        helper = f"r{self.count}"
        self.env[helper] = run
        own: dict[str, str] = {}
        items: list[str] = []
        at = scope
        while at is not None:
            for name, local in at.variables.items():
                own.setdefault(name, local)
            if at.item:
                items.insert(0, at.item)
            at = at.parent
        if items and own:
            raise _TooRare
        return _call(
            helper,
            _load("frame"),
            _load("env"),
            ast.Dict([_const(n) for n in own], [_load(v) for v in own.values()]),
            ast.Tuple([_load(i) for i in items], ast.Load()),
        )

    def _for(self, node: t.For | t.Quantified, scope: _Scope | None) -> ast.expr:
        """`for` over one list with a plain body is a comprehension; every other loop is a function per variable."""
        if t.names_anywhere(node.body, "partial"):
            return self._rare(node, scope)
        if isinstance(node, t.For) and len(node.iterators) == 1 and _is_plain(node.body):
            return self._comprehension(node, scope)
        return self._loops(node, 0, scope)

    def _domain(self, low: t.Node, high: t.Node | None, scope: _Scope | None) -> ast.expr:
        if high is None:
            return _call("o_domain", self.expr(low, scope))
        return _call("o_domain", self.expr(low, scope), self.expr(high, scope), _const(True))

    def _comprehension(self, node: t.For, scope: _Scope | None) -> ast.expr:
        name, low, high = node.iterators[0]
        source = self._domain(low, high, scope)
        domain, variable = self.temp(), self.temp()
        body = self.expr(node.body, _Scope(scope, {name: variable}))
        loop = ast.ListComp(body, [ast.comprehension(ast.Name(variable, ast.Store()), _load(domain), [], 0)])
        stored = ast.NamedExpr(ast.Name(domain, ast.Store()), source)
        return ast.IfExp(ast.Compare(stored, [ast.Is()], [_const(None)]), _const(None), loop)

    def _loops(self, node: t.For | t.Quantified, index: int, scope: _Scope | None) -> ast.expr:
        name, low, high = node.iterators[index]
        source, variable = self._domain(low, high, scope), self.temp()
        inner = _Scope(scope, {name: variable})
        last = index == len(node.iterators) - 1
        body = _lambda(variable, self.expr(node.body, inner) if last else self._loops(node, index + 1, inner))
        if isinstance(node, t.For):
            return _call("each" if last else "each_of_each", source, body)
        helper = ("some" if node.kind == "some" else "every") + ("" if index == 0 else "_inner")
        return _call(helper, source, body)

    def _instance(self, node: t.InstanceOf, scope: _Scope | None) -> ast.expr:
        kind = type_named(node.type)
        value = self.expr(node.value, scope)
        if kind is None:
            return ast.Subscript(
                ast.Tuple([value, _call("o_fail", _const("unknown_type"))], ast.Load()), _const(1), ast.Load()
            )
        return _call("o_instance_of", value, self.constant(kind))

    def _range(self, node: t.Range, scope: _Scope | None) -> ast.expr:
        low = self.expr(node.low, scope) if node.low is not None else _const(None)
        high = self.expr(node.high, scope) if node.high is not None else _const(None)
        return _call("o_range_", low, high, _const(node.low_closed), _const(node.high_closed))


def _is_plain(node: t.Node) -> bool:
    """Whether a body can stand in a comprehension: nothing in it binds names or stores values of its own loops."""
    kinds = t.FunctionDefinition | t.Context | t.For | t.Quantified | t.Filter | t.In
    return not t.anywhere(node, lambda at: isinstance(at, kinds))


# ------------------------------------------------------------------------------------------------------- loops


class _NoDomain(Exception):
    """A loop has nothing that it could run over: the whole expression is null."""


def _each(domain: Sequence[Value] | None, body: Callable[[Value], Value]) -> Value:
    return None if domain is None else [body(item) for item in domain]


def _each_of_each(domain: Sequence[Value] | None, body: Callable[[Value], Value]) -> Value:
    if domain is None:
        return None
    out: list[Value] = []
    for item in domain:
        part = body(item)
        if part is None:
            return None
        out += part
    return out


def _quantify(
    some: bool, combine: Callable[[Value, Value], Value], outermost: bool
) -> Callable[[Sequence[Value] | None, Callable[[Value], Value]], Value]:
    """The loop of `some` or `every`; ends as soon as the answer is certain."""

    def walk(domain: Sequence[Value] | None, body: Callable[[Value], Value]) -> Value:
        if domain is None:
            raise _NoDomain
        answer: Value = not some
        for item in domain:
            answer = combine(answer, body(item))
            if answer is some:
                break
        return answer

    def whole(domain: Sequence[Value] | None, body: Callable[[Value], Value]) -> Value:
        try:
            return walk(domain, body)
        except _NoDomain:
            return None

    return whole if outermost else walk


HANDLERS: dict[type[t.Node], Callable[[_Compile, Any, _Scope | None], ast.expr]] = {
    t.Null: lambda c, n, s: _const(None),
    t.Boolean: lambda c, n, s: _const(n.value),
    t.Number: lambda c, n, s: c.constant(number(n.text)),
    t.String: lambda c, n, s: _const(n.value),
    t.At: _Compile._at,
    t.Name: lambda c, n, s: c.name(n.name, s),
    t.Choice: lambda c, n, s: _const(n.value),
    t.Money: lambda c, n, s: c.constant(Money(number(n.amount), n.currency)),
    t.Percent: lambda c, n, s: c.constant(percent(n.text)),
    t.Period: lambda c, n, s: _call("period", c.expr(n.count, s), _const(n.unit)),
    t.When: lambda c, n, s: _call(
        "due", c.expr(n.period, s), c.expr(n.base, s), _const(n.relation), _const(n.exactly), _load("env")
    ),
    t.List: lambda c, n, s: ast.List([c.expr(item, s) for item in n.items], ast.Load()),
    t.Context: _Compile._context,
    t.Range: _Compile._range,
    t.Negate: lambda c, n, s: _call("o_neg", c.expr(n.value, s)),
    t.Binary: _Compile._binary,
    t.Between: lambda c, n, s: _call("o_between", c.expr(n.value, s), c.expr(n.low, s), c.expr(n.high, s)),
    t.In: _Compile._in,
    t.Test: _Compile._rare,
    t.Tests: _Compile._tests,
    t.If: _Compile._if,
    t.For: _Compile._for,
    t.Quantified: _Compile._for,
    t.Filter: _Compile._filter,
    t.Path: lambda c, n, s: _call("o_path", c.expr(n.base, s), _const(n.name)),
    t.Call: _Compile._call,
    t.FunctionDefinition: _Compile._rare,
    t.InstanceOf: _Compile._instance,
}


# ------------------------------------------------------------------------------------------------------- ast shorthand


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _const(value: Any) -> ast.Constant:
    return ast.Constant(value)


def _call(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(_load(name), list(args), [])


def _entry(holder: str, name: str) -> ast.Subscript:
    return ast.Subscript(_load(holder), _const(name), ast.Load())


def _assign(name: str, value: ast.expr) -> ast.Assign:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _is(value: ast.expr, constant: bool) -> ast.expr:
    if isinstance(value, ast.Constant):  # Python warns of `is` between literals
        return _const(value.value is constant)
    return ast.Compare(value, [ast.Is()], [_const(constant)])


def _is_type(value: ast.expr, name: str) -> ast.Compare:
    return ast.Compare(_call("type", value), [ast.Is()], [_load(name)])


def _lambda(argument: str, body: ast.expr) -> ast.Lambda:
    return ast.Lambda(ast.arguments([], [ast.arg(argument)], None, [], [], None, []), body)


def _guard(
    left: ast.expr,
    right: ast.expr,
    left_known: bool,
    right_known: bool,
    fast: ast.expr,
    slow: ast.expr,
    kind: str = "Decimal",
) -> ast.expr:
    """`fast` if both sides are of the kind, `slow` otherwise; each side is computed once, left before right."""
    left_type, right_type = _is_type(left, kind), _is_type(right, kind)
    if left_known and right_known:
        return fast
    if right_known:
        return ast.IfExp(left_type, fast, slow)
    if left_known:
        return ast.IfExp(right_type, fast, slow)
    if isinstance(right, ast.NamedExpr):
        both = ast.Compare(
            ast.Tuple([_call("type", left), _call("type", right)], ast.Load()),
            [ast.Eq()],
            [ast.Tuple([_load(kind), _load(kind)], ast.Load())],
        )
        return ast.IfExp(both, fast, slow)
    return ast.IfExp(ast.BoolOp(ast.And(), [left_type, right_type]), fast, slow)
