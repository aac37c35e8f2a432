"""Boxed expressions as functions: chapter 7.3 and 10.2 of DMN 1.5.

In: a boxed expression of the model and what is in scope (names with their shapes). Out: a function from a frame of
values to the box's value, and the shape its values have. Types are enforced where the standard says so: where a box, a
row of a context, a parameter or a binding names one, its value is made to fit or is undefined (null in spec mode, an
error in strict mode).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from amtsweg.dsl.dmn import model
from amtsweg.dsl.dmn.items import ANY, Misfit, Shape, fit
from amtsweg.dsl.dmn.language import Language
from amtsweg.dsl.feel import table
from amtsweg.dsl.feel.env import Env
from amtsweg.dsl.feel.table import Evaluate, Frame
from amtsweg.dsl.feel.values import Function

Value = Any
Scope = Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class Box:
    """A compiled boxed expression. `table` is given where the box is a decision table, for explanations."""

    run: Evaluate
    shape: Shape = ANY
    table: table.Table | None = None


def nothing(frame: Frame, env: Env | None) -> Value:
    """An empty box is null."""
    return None


class Boxes:
    """Compiles the boxes of one model.

    Parameters
    ----------
    language: FEEL, in the mode the model runs in.
    shape_of: the shape that a type's name means in this model.
    """

    def __init__(self, language: Language, shape_of: Callable[[str], Shape]) -> None:
        self.language = language
        self.shape_of = shape_of

    def compile(self, box: model.Expression | None, scope: Scope) -> Box:
        """The function for a box; None is an empty box."""
        if box is None:
            return Box(nothing)
        match box:
            case model.LiteralExpression():
                made = self._literal(box, scope)
            case model.Context():
                made = self._context(box, scope)
            case model.Invocation():
                made = self._invocation(box, scope)
            case model.ListExpression():
                made = self._list(box, scope)
            case model.Relation():
                made = self._relation(box, scope)
            case model.FunctionDefinition():
                made = self.function(box, scope, "")
            case model.Conditional():
                made = self._conditional(box, scope)
            case model.Filter():
                made = self._filter(box, scope)
            case model.Iterator():
                made = self._iterator(box, scope)
            case model.DecisionTable():
                made = self._table(box, scope)
        return self.typed(made, box.type_ref)

    def typed(self, made: Box, type_ref: str) -> Box:
        """The same box with values made to fit a type."""
        shape = self.shape_of(type_ref)
        if shape.is_any:
            return made
        return Box(self.fitting(made.run, shape), shape, made.table)

    def fitting(self, run: Evaluate, shape: Shape) -> Evaluate:
        """`run`, its values made to fit `shape`."""
        if shape.is_any:
            return run
        fitted = self.language.fitted
        return lambda frame, env: fitted(run(frame, env), shape)

    # The boxes

    def _literal(self, box: model.LiteralExpression, scope: Scope) -> Box:
        if box.formula is None:
            return Box(nothing)
        return Box(self.language.expression(box.formula, scope))

    def _context(self, box: model.Context, scope: Scope) -> Box:
        inner = dict(scope)
        named: list[tuple[str, Evaluate]] = []
        shapes: dict[str, Shape] = {}
        result: Box | None = None
        for entry in box.entries:
            made = self.compile(entry.value, inner)
            if entry.variable is None:
                result = made
                continue
            typed = self.typed(made, entry.variable.type_ref)
            named.append((entry.variable.name, typed.run))
            inner[entry.variable.name] = shapes[entry.variable.name] = typed.shape
        rows = tuple(named)
        last = result.run if result is not None else None

        def context(frame: Frame, env: Env | None) -> Value:
            inside = dict(frame)
            found: dict[str, Value] = {}
            for name, run in rows:
                inside[name] = found[name] = run(inside, env)
            return found if last is None else last(inside, env)

        return Box(context, result.shape if result is not None else Shape("context", components=shapes))

    def _invocation(self, box: model.Invocation, scope: Scope) -> Box:
        bindings = []
        for one in box.bindings:
            made = self.typed(self.compile(one.value, scope), one.parameter.type_ref)
            bindings.append((one.parameter.name, made.run))
        if isinstance(box.called, model.LiteralExpression) and box.called.formula is not None:
            names = tuple(name for name, _ in bindings)
            call = self.language.invocation(box.called.formula, scope, names)
            runs = tuple(run for _, run in bindings)

            def invoked(frame: Frame, env: Env | None) -> Value:
                inside = dict(frame)
                for number, run in enumerate(runs):
                    inside[f"argument {number}"] = run(frame, env)
                return call(inside, env)

            return Box(invoked, self._result_shape(box.called.formula.text, scope))
        called = self.compile(box.called, scope).run
        language = self.language

        def invoked_value(frame: Frame, env: Env | None) -> Value:
            return language.call(called(frame, env), {name: run(frame, env) for name, run in bindings})

        return Box(invoked_value)

    def _result_shape(self, name: str, scope: Scope) -> Shape:
        """What a function of the model gives, as far as its declaration says."""
        shape = scope.get(" ".join(name.split()))
        function = shape.function if shape is not None else None
        return function.result if function is not None and function.result is not None else ANY

    def _list(self, box: model.ListExpression, scope: Scope) -> Box:
        runs = tuple(self.compile(element, scope).run for element in box.elements)
        return Box(lambda frame, env: [run(frame, env) for run in runs])

    def _relation(self, box: model.Relation, scope: Scope) -> Box:
        shapes = {column.name: self.shape_of(column.type_ref) for column in box.columns}
        rows = tuple(
            tuple(
                (column.name, self.typed(self.compile(cell, scope), column.type_ref).run)
                for column, cell in zip(box.columns, row, strict=True)
            )
            for row in box.rows
        )

        def relation(frame: Frame, env: Env | None) -> Value:
            return [{name: run(frame, env) for name, run in row} for row in rows]

        return Box(relation, Shape("list", element=Shape("context", components=shapes)))

    def function(self, box: model.FunctionDefinition, scope: Scope, name: str) -> Box:
        """A function definition: its value is a function that sees the frame it was made in."""
        parameters = tuple((one.name, self.shape_of(one.type_ref)) for one in box.parameters)
        shape = Shape("function", parameters=parameters, result=ANY)
        if box.kind != "FEEL":
            names = tuple(name for name, _ in parameters)
            external = self.language.foreign(names, *self._foreign(box))
            return Box(lambda frame, env: external, shape)
        body = self.compile(box.body, {**scope, **dict(parameters)})
        shape.result = body.shape
        names = tuple(parameter for parameter, _ in parameters)
        language = self.language

        def made(frame: Frame, env: Env | None) -> Function:
            def call(*arguments: Value) -> Value:
                inside = dict(frame)
                for (parameter, wanted), value in zip(parameters, arguments, strict=True):
                    try:
                        inside[parameter] = fit(value, wanted)
                    except Misfit as misfit:
                        language.undefined("argument_type", name=parameter, **misfit.details)
                        return None
                return body.run(inside, env)

            return language.function(name, names, call)

        return Box(made, shape)

    def _foreign(self, box: model.FunctionDefinition) -> tuple[str, str]:
        """Class and signature of a function in Java; "" for what its box does not say, or for PMML."""
        found = {"class": "", "method signature": ""}
        if box.kind == "Java" and isinstance(box.body, model.Context):
            for entry in box.body.entries:
                if entry.variable is not None and isinstance(entry.value, model.LiteralExpression):
                    run = self.compile(entry.value, {}).run
                    found[entry.variable.name] = run.value if isinstance(run, table.Constant) else ""
        return str(found["class"]), str(found["method signature"])

    def _conditional(self, box: model.Conditional, scope: Scope) -> Box:
        condition, then, otherwise = (self.compile(part, scope) for part in (box.condition, box.then, box.otherwise))

        holds = self.language.holds

        def conditional(frame: Frame, env: Env | None) -> Value:
            chosen = holds(condition.run(frame, env))
            if chosen is None:
                return None
            return (then if chosen else otherwise).run(frame, env)

        return Box(conditional, then.shape if then.shape is otherwise.shape else ANY)

    def _filter(self, box: model.Filter, scope: Scope) -> Box:
        source = self.compile(box.source, scope)
        element = source.shape.element or ANY
        inner = {**scope, **(element.components or {}), "item": element}
        match = self.compile(box.match, inner).run
        select = self.language.select

        def filtered(frame: Frame, env: Env | None) -> Value:
            def test(item: Value) -> Value:
                inside = dict(frame)
                if type(item) is dict:
                    inside.update(item)
                inside["item"] = item
                return match(inside, env)

            return select(source.run(frame, env), test)

        return Box(filtered, source.shape)

    def _iterator(self, box: model.Iterator, scope: Scope) -> Box:
        source = self.typed(self.compile(box.source, scope), "")
        element = self.shape_of(box.variable_type)
        if element.is_list:
            element = element.element or ANY
        elif element.is_any:
            element = source.shape.element or ANY
        body = self.compile(box.body, {**scope, box.variable: element, "partial": ANY}).run
        iterate = self.language.iterate
        kind, variable = box.kind, box.variable

        def iterated(frame: Frame, env: Env | None) -> Value:
            def each(item: Value, partial: list[Value]) -> Value:
                return body({**frame, variable: item, "partial": partial}, env)

            return iterate(kind, source.run(frame, env), each)

        return Box(iterated)

    # Tables

    def _table(self, box: model.DecisionTable, scope: Scope) -> Box:
        inputs = []
        shapes = []
        for column in box.inputs:
            shape = self.shape_of(column.type_ref)
            shapes.append(shape)
            if column.expression is None:
                inputs.append(table.Input(nothing, column.label))
                continue
            run = self.fitting(self.language.expression(column.expression, scope), shape)
            allowed = self.language.tests(column.values, scope, shape).run if column.values else None
            inputs.append(table.Input(run, column.label or column.expression.text, column.expression.text, allowed))
        outputs = tuple(self._output(column, scope) for column in box.outputs)
        rules = tuple(self._rule(rule, scope, shapes) for rule in box.rules)
        made = table.Table(
            tuple(inputs),
            outputs,
            rules,
            self.language.operators,
            table.POLICIES[box.hit_policy.lower()],
            table.AGGREGATIONS[(box.aggregation or "").lower()],
        )
        return Box(made, table=made)

    def _output(self, column: model.OutputClause, scope: Scope) -> table.Output:
        shape = self.shape_of(column.type_ref)
        order: tuple[Evaluate, ...] = ()
        allowed = None
        if column.values is not None:
            order = self.language.members(column.values, scope)
            allowed = self.language.tests(column.values, scope, shape).run
        default = None
        if column.default is not None:
            default = self.fitting(self.language.expression(column.default, scope), shape)
        return table.Output(column.name, column.label or column.name, order, allowed, default, self._coercion(shape))

    def _coercion(self, shape: Shape) -> Callable[[Value], Value] | None:
        if shape.is_any:
            return None
        fitted = self.language.fitted
        return lambda value: fitted(value, shape)

    def _rule(self, rule: model.Rule, scope: Scope, shapes: list[Shape]) -> table.Rule:
        tests = tuple(
            None if cell is None or cell.text == "-" else self.language.tests(cell, scope, shape)
            for cell, shape in zip(rule.inputs, shapes, strict=True)
        )
        results = tuple(
            nothing if cell is None or cell.text == "-" else self.language.expression(cell, scope)
            for cell in rule.outputs
        )
        cells = tuple("-" if cell is None else cell.text for cell in (*rule.inputs, *rule.outputs))
        return table.Rule(tests, results, rule.place, cells, rule.annotations)
