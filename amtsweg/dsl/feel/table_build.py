"""The decision tables of procedures: from the compiled machine's plain data to a `Table`.

In: a `procedure.Decision` whose expressions are trees as data, and how a tree becomes a function. Out: a `Table`. Used
wherever a procedure runs, so nothing here parses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from amtsweg.dsl.feel import table, table_cells, tree
from amtsweg.dsl.feel.builtins import BUILTINS, call
from amtsweg.dsl.feel.operators import operators
from amtsweg.dsl.feel.table import Evaluate
from amtsweg.dsl.procedure import Decision, Expr, TableRule

Compile = Callable[[tree.Node], Evaluate]


def build(decision: Decision, compile_: Compile, arithmetic: table.Operators) -> table.Table:
    """The table of a decision.

    Parameters
    ----------
    decision: one whose `value` is None.
    compile_: the function of a tree, in the mode of `arithmetic`.
    arithmetic: `table_operators` of a mode.

    Priorities (PRIORITY, OUTPUT ORDER) follow the order of the rules in which a constant output first stands: a table
    of a procedure has no list of allowed outputs beside it.
    """
    rules = tuple(_rule(rule, compile_) for rule in decision.rules)
    columns = tuple(
        table.Input(_run(column, compile_), label=column.text, name=column.text) for column in decision.columns
    )
    names = decision.outputs or (("", decision.output),)
    outputs = tuple(table.Output(name, order=_order(rules, number)) for number, (name, _) in enumerate(names))
    policy = table.POLICIES[decision.hit_policy.replace("_", " ")]
    return table.Table(columns, outputs, rules, arithmetic, policy, table.AGGREGATIONS[decision.aggregation])


def table_operators(mode: str) -> table.Operators:
    """What decision tables need of the values' own arithmetic, in a mode (`spec`, `strict`)."""
    feel = operators(mode)

    def aggregate(name: str) -> Callable[[Sequence[Any]], Any]:
        builtin = BUILTINS[name]
        return lambda values: call(builtin, [list(values)], {}, feel, None)

    return table.Operators(
        equal=feel.eq,
        sum=aggregate("sum"),
        min=aggregate("min"),
        max=aggregate("max"),
        undefined=feel.fail,
        kinds=table_cells.KINDS,
        strict=mode == "strict",
    )


def _order(rules: tuple[table.Rule, ...], number: int) -> tuple[Evaluate, ...]:
    found: list[table.Constant] = []
    for rule in rules:
        output = rule.outputs[number]
        if isinstance(output, table.Constant) and output not in found:
            found.append(output)
    return tuple(found)


def _rule(rule: TableRule, compile_: Compile) -> table.Rule:
    tests: list[table.Test | None] = []
    for test in rule.tests:
        if test is None:
            tests.append(None)
            continue
        node = tree.from_data(test.tree)
        tests.append(table.Test(table.Lazy(partial(compile_, node)), table_cells.cells_of(node)))
    outputs = tuple(_run(output, compile_) for output in rule.outputs)
    return table.Rule(tuple(tests), outputs, rule.at, rule.cells)


def _run(expression: Expr, compile_: Compile) -> Evaluate:
    node = tree.from_data(expression.tree)
    value = table_cells.constant_value(node)
    return compile_(node) if value is table_cells.NO_CONSTANT else table.Constant(value)
