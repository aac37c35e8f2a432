"""Decision tables of a compiled procedure, built from its trees (strict mode).

In: `Decision`. Out: a `Table` called with a frame that holds the decision's inputs and every name its cells read.
"""

from __future__ import annotations

from amtsweg.dsl.feel.compiler import compile_tree
from amtsweg.dsl.feel.table import Table
from amtsweg.dsl.feel.table_build import build, table_operators
from amtsweg.dsl.procedure import Decision, Expr
from amtsweg.engine.feel import Compiled


def table_of(decision: Decision) -> Table:
    """The table of a decision that has one."""
    return build(decision, lambda node: compile_tree(node, "procedure"), table_operators("procedure"))


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
