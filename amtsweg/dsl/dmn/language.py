"""FEEL as models use it: texts with a scope in, functions of a frame out.

In: formulas, the shapes of the names around them, a mode. Out: functions for expressions, for cells of tables, for
allowed values; and the operations that boxed expressions share with FEEL (filter, iterate, call). This is the one place
where models meet the parser and the compiler.

A formula that cannot be read is not the end of its model: it is null in spec mode and raises, with its place, when it
is evaluated in strict mode. Models in the field hold dead formulas, and the standard asks for no more.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from amtsweg.dsl.dmn import foreign
from amtsweg.dsl.dmn.items import ANY, Allowed, Misfit, Shape, fit
from amtsweg.dsl.dmn.markup import shift
from amtsweg.dsl.dmn.model import Formula
from amtsweg.dsl.feel import parser, table, table_cells, tree
from amtsweg.dsl.feel.compiler import compile_tree
from amtsweg.dsl.feel.env import Env
from amtsweg.dsl.feel.operators import operators
from amtsweg.dsl.feel.table import Evaluate, Frame
from amtsweg.dsl.feel.table_build import table_operators
from amtsweg.dsl.feel.values import Function
from amtsweg.errors import ExpressionError

Value = Any
Mode = Literal["spec", "strict"]
Scope = Mapping[str, Shape]

MAX_NAMES_DEPTH = 8
"""So deep are structures searched for names with blanks; a recursive type has no end."""


MAX_DEPTH = 120
"""So deep may functions of a model call each other."""

MAX_CALLS = 100_000
"""So often may they be called within one evaluation."""


class Exhausted(Exception):
    """An evaluation calls too deeply or too often; it ends as a whole, because every step of it could call again."""


class Budget(threading.local):
    """What one evaluation has used so far, apart for each thread."""

    depth = 0
    calls = 0

    def start(self) -> None:
        """A new evaluation, unless one is under way that has called this one."""
        if self.depth == 0:
            self.calls = 0


class Language:
    """FEEL in one mode.

    Parameters
    ----------
    mode: `spec` or `strict`.
    shape_of: what the names of types in formulas mean (`x instance of tPerson`).
    budget: shared by all languages of one evaluator.
    """

    def __init__(
        self,
        mode: Mode,
        shape_of: Callable[[str], Shape] = lambda name: ANY,
        budget: Budget | None = None,
    ) -> None:
        self.mode: Mode = mode
        self.budget = budget if budget is not None else Budget()
        self.shape_of = shape_of
        self.feel = operators(mode)
        self.operators = table_operators(mode)

    # Formulas

    def expression(self, formula: Formula, scope: Scope) -> Evaluate:
        """The function of an expression; a `table.Constant` where it is a literal."""
        try:
            node = parser.parse(formula.text, names_in(scope))
        except ExpressionError as problem:
            return self._unreadable(formula, problem)
        value = table_cells.constant_value(node)
        if value is not table_cells.NO_CONSTANT:
            return table.Constant(value)
        return self._compiled(node, formula)

    def tests(self, formula: Formula, scope: Scope, shape: Shape) -> table.Test:
        """The function of unary tests; the tested value is `?` in the frame."""
        try:
            node = parser.parse_unary(formula.text, (*names_in(scope), *names_in({"?": shape})))
        except ExpressionError as problem:
            return table.Test(self._unreadable(formula, problem))
        return table.Test(table.Lazy(lambda: self._compiled(node, formula)), table_cells.cells_of(node))

    def members(self, formula: Formula, scope: Scope) -> tuple[Evaluate, ...]:
        """The single values of a list of allowed values, in written order."""
        try:
            node = parser.parse_unary(formula.text, names_in(scope))
        except ExpressionError as problem:
            return (self._unreadable(formula, problem),)
        found = node.tests if isinstance(node, tree.Tests) else (node,)
        return tuple(self._compiled(one, formula) for one in found if not isinstance(one, tree.Test | tree.Range))

    def allowed(self, formula: Formula, shape: Shape) -> Allowed:
        """Whether a value passes the tests of its type."""
        test = self.tests(formula, {}, shape).run
        return lambda value: test({"?": value}, None) is True

    def invocation(self, formula: Formula, scope: Scope, names: tuple[str, ...]) -> Evaluate:
        """A call of what `formula` names, with named parameters whose values are `argument 0`, ... in the frame."""
        try:
            called = parser.parse(formula.text, names_in(scope))
        except ExpressionError as problem:
            return self._unreadable(formula, problem)
        arguments = tuple((name, tree.Name(0, 0, f"argument {number}")) for number, name in enumerate(names))
        return self._compiled(tree.Call(called.start, called.end, called, arguments), formula)

    def _compiled(self, node: tree.Node, formula: Formula) -> Evaluate:
        run = self._run(with_plain_types(node, self.shape_of))
        if self.mode == "spec":
            return run

        def located(frame: Frame, env: Env | None) -> Value:
            try:
                return run(frame, env)
            except ExpressionError as problem:
                raise placed(problem, formula) from None

        return located

    def _run(self, node: tree.Node) -> Evaluate:
        """The compiled tree; functions of Java in it are handed in as names."""
        found: dict[str, Value] = {}

        def visit(at: tree.Node) -> tree.Node:
            if isinstance(at, tree.FunctionDefinition) and at.external:
                name = f"external {len(found)}"
                found[name] = self.foreign(tuple(name for name, _ in at.params), *_java(at.body))
                return tree.Name(at.start, at.end, name)
            return _quiet_division(tree.rebuild(at, visit))

        run = compile_tree(visit(node), self.mode)
        if not found:
            return run
        return lambda frame, env: run({**frame, **found}, env)

    def foreign(self, parameters: tuple[str, ...], class_name: str, signature: str) -> Function:
        """A function of Java as a value; calling one that `foreign` does not have is undefined."""
        known = foreign.find(class_name, signature)
        undefined = self.feel.fail

        def call(*arguments: Value) -> Value:
            if known is None or known[0] != len(arguments):
                return undefined("external_function", function=f"{class_name}.{signature}")
            try:
                return known[1](*arguments)
            except foreign.NoMatch as problem:
                return undefined("external_arguments", function=f"{class_name}.{signature}", reason=str(problem))

        return Function(parameters, call, signature.partition("(")[0])

    def _unreadable(self, formula: Formula, problem: ExpressionError) -> Evaluate:
        if self.mode == "spec":
            return table.Constant(None)

        def raises(frame: Frame, env: Env | None) -> Value:
            raise placed(problem, formula)

        return raises

    # What boxed expressions share with FEEL

    def fitted(self, value: Value, shape: Shape) -> Value:
        """The value as `shape` wants it, undefined where it cannot be made to fit."""
        try:
            return fit(value, shape)
        except Misfit as misfit:
            self.undefined(misfit.reason, **misfit.details)
            return None

    def undefined(self, code: str, **details: Value) -> None:
        """Null in spec mode, `FeelError` in strict mode."""
        self.feel.fail(code, **details)

    def function(self, name: str, parameters: tuple[str, ...], call: Callable[..., Value]) -> Function:
        """A function of the model as a value; calling it raises `Exhausted` where the budget ends."""
        budget = self.budget

        def counted(*arguments: Value) -> Value:
            budget.calls += 1
            if budget.depth >= MAX_DEPTH or budget.calls > MAX_CALLS:
                raise Exhausted(name)
            budget.depth += 1
            try:
                return call(*arguments)
            except RecursionError:
                raise Exhausted(name) from None
            finally:
                budget.depth -= 1

        return Function(parameters, counted, name)

    def wrapped(self, function: Function, change: Callable[[Value], Value]) -> Function:
        """The same function, its results changed."""
        call = function.call
        return Function(function.params, lambda *arguments: change(call(*arguments)), function.name, function.types)

    def call(self, function: Value, named: Mapping[str, Value]) -> Value:
        """A function value called with named arguments: all of its parameters, and no others."""
        if not isinstance(function, Function):
            return self.feel.call(function, ())
        if set(named) != set(function.params):
            return self.feel.fail("arguments", name=function.name, wanted=list(function.params), given=list(named))
        return self.feel.call(function, [named[name] for name in function.params])

    def holds(self, condition: Value) -> bool | None:
        """Whether the condition of a boxed conditional is true; None where it is no boolean."""
        if condition is None or isinstance(condition, bool):
            return condition is True
        self.undefined("not_boolean", value=condition)
        return None

    def select(self, source: Value, test: Callable[[Value], Value]) -> Value:
        """The elements of a list that pass."""
        return self.feel.filter_(source, test)

    def iterate(self, kind: str, source: Value, body: Callable[[Value, list[Value]], Value]) -> Value:
        """`for`: the list of results; `some`, `every`: whether any or all are true, undefined for a non-boolean."""
        domain = self.feel.domain(source)
        if domain is None:
            return None
        results: list[Value] = []
        for item in domain:
            results.append(body(item, results))
        if kind == "for":
            return results
        answer: Value = kind == "every"
        for result in results:
            if result is not None and not isinstance(result, bool):
                return self.feel.fail("not_boolean", value=result)
            answer = self.feel.and_(answer, result) if kind == "every" else self.feel.or_(answer, result)
        return answer


def _quiet_division(node: tree.Node) -> tree.Node:
    """`x / 0` with the zero written out is null, without an error in strict mode.

    Modellers write it for "no value", nothing in the data can surprise there, and the conformance suite marks it as an
    error as often as not. A zero that was computed is an error like every other undefined operation; procedures know
    no exception at all.
    """
    if not (isinstance(node, tree.Binary) and node.op == "/" and isinstance(node.right, tree.Number)):
        return node
    if table_cells.constant_value(node.right) != 0:
        return node
    null = tree.Null(node.start, node.end)
    return tree.If(node.start, node.end, tree.Binary(node.start, node.end, "=", node.left, null), null, null)


def _java(node: tree.Node) -> tuple[str, str]:
    """Class and signature of `{java: {class: "...", method signature: "..."}}`; "" for what is not there."""
    inner = next((v for k, v in node.entries if k == "java"), None) if isinstance(node, tree.Context) else None
    entries = dict(inner.entries) if isinstance(inner, tree.Context) else {}
    texts = [entries.get("class"), entries.get("method signature")]
    first, second = (text.value if isinstance(text, tree.String) else "" for text in texts)
    return first, second


def with_plain_types(node: tree.Node, shape_of: Callable[[str], Shape]) -> tree.Node:
    """The tree with every named type told structurally: FEEL itself knows no item definitions."""
    changed = tree.rebuild(node, lambda child: with_plain_types(child, shape_of))
    if isinstance(changed, tree.InstanceOf):
        return replace(changed, type=type_text(changed.type, shape_of))
    if isinstance(changed, tree.FunctionDefinition):
        params = tuple((name, type_text(kind, shape_of) if kind else "") for name, kind in changed.params)
        return replace(changed, params=params)
    return changed


_TYPE_WORD = re.compile(r"[^<>,:]+(?=([<>,:]|$))")


def type_text(text: str, shape_of: Callable[[str], Shape]) -> str:
    """A type's text with named types replaced by what they are (`list<tPerson>` -> `list<context<name: string>>`)."""

    def told(found: re.Match[str]) -> str:
        word = " ".join(found.group().split())
        if word in ("", "-", "Any", "list", "range", "context", "function") or found.group(1) in ("<", ":"):
            return found.group()
        return shape_text(shape_of(word), word)

    return _TYPE_WORD.sub(told, text)


def shape_text(shape: Shape, name: str, depth: int = 0) -> str:
    """A shape as FEEL writes types. `name` is kept where the shape is not one of the model's."""
    if shape is ANY:
        return name
    if depth > MAX_NAMES_DEPTH:
        return "Any"
    if shape.other is not None:
        return shape_text(shape.other, "Any", depth + 1)
    if shape.element is not None:
        return f"list<{shape_text(shape.element, 'Any', depth + 1)}>"
    if shape.components is not None:
        parts = (f"{part}: {shape_text(inner, 'Any', depth + 1)}" for part, inner in shape.components.items())
        return f"context<{', '.join(parts)}>"
    if shape.result is not None:
        parameters = ", ".join(shape_text(inner, "Any", depth + 1) for _, inner in shape.parameters or ())
        return f"function<{parameters}>->{shape_text(shape.result, 'Any', depth + 1)}"
    return shape.base or "Any"


class PlacedError(ExpressionError):
    """An error in a formula of a model, with its place in the model's file."""


def placed(problem: ExpressionError, formula: Formula) -> ExpressionError:
    """The same error, its place that of the model's file. An error of a called function has its own already."""
    if isinstance(problem, PlacedError):
        return problem
    offset = min(parser.locate(problem)[0], len(formula.text))
    before = formula.text[:offset]
    where = shift(formula.place, before.count("\n") + 1, offset - before.rfind("\n"))
    return PlacedError(
        problem.code,
        f"{where}: {problem.sentence}",
        problem.next_step,
        line=where.start.line,
        column=where.start.column,
    )


def names_in(scope: Scope) -> frozenset[str]:
    """The names of a scope and of all structures in it: the lexer wants those with blanks and signs."""
    return frozenset(_names(scope, 0))


def _names(scope: Scope, depth: int) -> Iterator[str]:
    if depth > MAX_NAMES_DEPTH:
        return
    for name, shape in scope.items():
        yield name
        inner: Shape | None = shape
        for _ in range(MAX_NAMES_DEPTH):
            if inner is None:
                break
            if inner.components is not None:
                yield from _names(inner.components, depth + 1)
            if inner.result is not None:
                yield from _names({"": inner.result}, depth + 1)
            inner = inner.other or inner.element
