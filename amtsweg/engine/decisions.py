"""Decision tables of a compiled procedure, built from its trees (strict mode).

In: `Decision`. Out: a `Table` called with a frame that holds the decision's inputs and every name its cells read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from amtsweg.dsl.feel.compiler import compile_tree
from amtsweg.dsl.feel.operators import STRICT, FeelError
from amtsweg.dsl.feel.table import Operators, Table
from amtsweg.dsl.feel.table_build import build
from amtsweg.dsl.feel.table_cells import KINDS
from amtsweg.dsl.procedure import Decision, Expr
from amtsweg.engine.feel import Compiled

Value = Any


def table_of(decision: Decision) -> Table:
    """The table of a decision that has one."""
    operators = Operators(_equal, _sum, _smallest, _largest, _undefined, KINDS, strict=True)
    return build(decision, lambda node: compile_tree(node, "strict"), operators)


def names_read(decision: Decision, expressions: Compiled) -> frozenset[str]:
    """Every name that a decision's table or value reads beyond its inputs."""
    found: set[str] = set()
    for expr in _expressions(decision):
        found |= set(expressions.get(expr).names)
    return frozenset(found) - {name for name, _ in decision.inputs} - {"?"}


def _expressions(decision: Decision) -> list[Expr]:
    found = [*decision.columns]
    if decision.value is not None:
        found.append(decision.value)
    for rule in decision.rules:
        found += [test for test in rule.tests if test is not None]
        found += rule.outputs
    return found


def _equal(a: Value, b: Value) -> bool | None:
    return STRICT.eq(a, b)


def _sum(items: Sequence[Value]) -> Value:
    total: Value = None
    for item in items:
        total = item if total is None else STRICT.add(total, item)
    return total


def _smallest(items: Sequence[Value]) -> Value:
    best: Value = None
    for item in items:
        best = item if best is None or STRICT.lt(item, best) is True else best
    return best


def _largest(items: Sequence[Value]) -> Value:
    best: Value = None
    for item in items:
        best = item if best is None or STRICT.lt(best, item) is True else best
    return best


def _undefined(code: str, **args: Value) -> None:
    raise FeelError(code, **args)
